//! The web around the features: answers, bodies, guards, headers, and the console's files.

pub mod address;
pub mod arrival;
pub mod body;
pub mod carried;
pub mod console;
pub mod cookies;
pub mod crowd;
pub mod document;
pub mod events;
pub mod gate;
pub mod guard;
pub mod headers;
pub mod health;
pub mod host;
pub mod listen;
pub mod openapi;
pub mod path;
pub mod patience;
pub mod query;
pub mod refusals;
pub mod respond;
pub mod route;
mod strict;
pub mod unread;
