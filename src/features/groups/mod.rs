//! Groups: their list, a page for each with its members and roles, and the field that chooses some.

mod account_picker;
mod acts;
mod group_dialogs;
mod group_page;
mod groups_page;
mod groups_table;
mod member_dialogs;
mod members_tab;
mod members_table;
mod new_groups;
mod picker;
mod role_dialogs;
mod roles_tab;
mod search;
mod words;

pub(crate) use group_page::GroupPage;
pub(crate) use groups_page::GroupsPage;
pub(crate) use new_groups::NewGroups;
pub(crate) use picker::GroupPicker;
pub(crate) use search::groups_named;
