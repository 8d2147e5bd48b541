//! Facts about the HTTP API, each held on SQLite and on PostgreSQL, against a server with real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails where what it stands on is missing"
)]

mod accounts;
mod audit;
mod binary;
mod bulk;
mod busy;
mod check;
mod clock;
mod database_check;
mod defaults;
// Elsewhere a library cannot be put before the system's in this way.
#[cfg(target_os = "linux")]
mod disk;
mod ends;
mod escalation;
mod events;
mod full_access;
mod groups;
mod health;
mod idempotency;
mod invitations;
mod listen;
mod log;
mod logout;
mod me;
mod new_accounts;
mod objects;
mod organization;
mod outbox;
mod owners;
mod permissions;
mod postgres;
mod previews;
mod requests;
mod rights;
mod roles;
mod routes;
mod service_accounts;
mod session;
mod setup;
mod smtp;
mod stopping;
mod store;
mod support;
mod tokens;
mod upgrades;
mod usage;
