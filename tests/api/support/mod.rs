//! What every test of the API stands on: a world with a server, a mail server, and people who ask.

pub(crate) mod canary;
mod client;
pub(crate) mod cluster;
mod described;
#[cfg(target_os = "linux")]
mod disk;
mod mailbox;
mod pressure;
mod process;
mod program;
mod world;

use std::path::Path;

pub(crate) use client::{Answer, Client, send};
#[cfg(target_os = "linux")]
pub(crate) use disk::Disk;
pub(crate) use mailbox::{Mailbox, token_of};
pub(crate) use pressure::nothing_succeeds_after;
pub(crate) use process::{Process, roster, serving, text};
pub(crate) use program::Program;
pub(crate) use world::{Database, PASSWORD, World, WorldOptions, new_postgres_database, serve_options};

/// Where the tests lie, relative to the package in which they run: what was compiled into them may name another checkout that
/// shares the build folder.
pub(crate) fn tests_folder() -> &'static Path {
    Path::new("../../tests")
}

/// Waits until something holds, looking often, and gives up after a time that no working server needs.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    const LOOKS: u32 = 1_600;
    for _ in 0..LOOKS {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("waited in vain for {what}");
}

/// Makes of one fact two tests, one for each database.
macro_rules! on_both {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::support::Database::Sqlite).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::support::Database::Postgres).await;
            })*
        }
    };
}
pub(crate) use on_both;
