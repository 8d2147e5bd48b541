//! Roster's server: the HTTP API, the store, the mail worker, and the console inside one binary.

pub mod accounts;
pub mod app;
pub mod audit;
pub mod caller;
pub mod check;
pub mod clock;
pub mod commands;
#[cfg(test)]
#[path = "../dist.rs"]
mod dist;
pub mod exposure;
pub mod failure;
pub mod files;
pub mod groups;
pub mod http;
pub mod idempotency;
pub mod invitations;
pub mod log;
pub mod me;
pub mod objects;
pub mod operations;
pub mod options;
pub mod organization;
pub mod outbox;
pub mod passwords;
pub mod previews;
pub mod random;
pub mod roles;
pub mod secrets;
pub mod service_accounts;
pub mod session;
pub mod setup;
pub mod store;
pub mod tokens;
pub mod usage;
pub mod version;
