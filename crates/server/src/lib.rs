//! Roster's server: the HTTP API, the store, the mail worker, and the console inside one binary.

pub mod accounts;
pub mod app;
pub mod audit;
pub mod caller;
pub mod clock;
pub mod commands;
pub mod failure;
pub mod groups;
pub mod http;
pub mod invitations;
pub mod me;
pub mod options;
pub mod organization;
pub mod outbox;
pub mod passwords;
pub mod random;
pub mod roles;
pub mod secrets;
pub mod session;
pub mod setup;
pub mod store;
pub mod usage;
pub mod version;
