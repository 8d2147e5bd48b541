//! The features, each under the word that names it everywhere.

pub(crate) mod accounts;
pub(crate) mod groups;
pub(crate) mod invitations;
pub(crate) mod me;
pub(crate) mod objects;
pub(crate) mod organization;
pub(crate) mod previews;
pub(crate) mod roles;
pub(crate) mod service_accounts;
pub(crate) mod session;
pub(crate) mod setup;
pub(crate) mod tokens;
pub(crate) mod usage;
