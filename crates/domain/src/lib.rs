//! Roster's rules and wire types: pure, without I/O, clock or randomness, for the browser and the server alike.

pub mod accounts;
pub mod bulk;
pub mod check;
pub mod defaults;
pub mod effective;
pub mod email;
pub mod email_list;
pub mod grants;
pub mod groups;
pub mod id;
pub mod invitations;
pub mod levels;
pub mod me;
pub mod objects;

#[cfg(feature = "openapi")]
mod openapi;
pub mod organization;
pub mod page;
pub mod password;
pub mod permissions;
pub mod previews;
pub mod problem;
pub mod profile;
pub mod roles;
pub mod secret;
pub mod session;
pub mod setup;
pub mod step;
pub mod text;
pub mod time;
pub mod usage;
pub mod why;

pub use email::EmailAddress;
pub use email_list::EmailList;
pub use id::{AccountId, GroupId, OperationId, OrganizationId, PersonId, RoleId};
pub use problem::{Code, FieldError, Problem};
pub use time::Timestamp;
