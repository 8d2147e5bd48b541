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
mod check;
mod clock;
mod database_check;
mod defaults;
mod ends;
mod escalation;
mod groups;
mod health;
mod idempotency;
mod invitations;
mod listen;
mod logout;
mod me;
mod new_accounts;
mod objects;
mod organization;
mod outbox;
mod owners;
mod permissions;
mod previews;
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
mod usage;
