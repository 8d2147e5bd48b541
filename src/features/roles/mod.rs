//! Roles: their list, a page for each, and what is done with them.

mod delete_dialog;
mod edit;
mod holders_tab;
mod new_role_page;
mod permission_list;
mod reach;
mod review_dialog;
mod role_form;
mod role_page;
mod roles_page;
mod roles_table;
mod words;

pub(crate) use new_role_page::NewRolePage;
pub(crate) use permission_list::PermissionList;
pub(crate) use reach::RoleReach;
pub(crate) use role_page::RolePage;
pub(crate) use roles_page::RolesPage;
pub(crate) use words::{ROLES, permission_count};
