//! Roster's rules and wire types: pure, without I/O, clock or randomness, for the browser and the server alike.

pub mod access;
pub mod accounts;
pub mod bulk;
pub mod check;
pub mod defaults;
pub mod differences;
pub mod effective;
pub mod email;
pub mod email_list;
#[cfg(test)]
mod escalation;
pub mod fixes;
pub mod full_access;
pub mod grants;
pub mod groups;
pub mod id;
pub mod invitations;
pub mod kept;
pub mod levels;
pub mod me;
pub mod new_accounts;
pub mod objects;

#[cfg(feature = "openapi")]
pub mod openapi;
pub mod organization;
pub mod page;
pub mod password;
pub mod permission_set;
pub mod permissions;
pub mod previews;
pub mod problem;
pub mod profile;
pub mod reach;
pub mod role_book;
pub mod roles;
pub mod secret;
pub mod service_accounts;
pub mod session;
pub mod setup;
pub mod step;
#[cfg(test)]
mod testing;
pub mod text;
pub mod time;
pub mod tokens;
pub mod usage;
pub mod why;
pub mod world;

pub use email::EmailAddress;
pub use email_list::EmailList;
pub use id::{AccountId, GroupId, ObjectId, OperationId, OrganizationId, PersonId, RoleId, TokenId};
pub use problem::{Code, FieldError, Problem};
pub use time::Timestamp;
