//! What the binary does: serve, and the operator's commands.

mod backup;
mod check;
mod clock;
pub mod demo;
mod migrate;
mod opening;
mod output;
mod owner;
pub mod permissions;
pub mod profiles;
pub mod serve;
mod time;

use crate::http::openapi;
use crate::options::{ClockCommand, Command, OwnerCommand};

/// Runs a command to its end.
///
/// # Errors
/// In words for the operator.
pub fn run(command: Command) -> Result<(), String> {
    carry_out(command)?;
    output::finish()
}

fn carry_out(command: Command) -> Result<(), String> {
    if matches!(command, Command::Openapi) {
        output::say(&openapi::document().to_pretty_json().map_err(|error| error.to_string())?);
        return Ok(());
    }
    if matches!(command, Command::Permissions) {
        output::say(permissions::document().trim_end());
        return Ok(());
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        match command {
            Command::Serve(options) => serve::run(*options).await,
            Command::Owner(OwnerCommand::Create(options)) => owner::create(options).await,
            Command::Demo(options) => demo::run(options).await,
            Command::Backup(options) => backup::run(options).await,
            Command::Migrate(options) => migrate::run(options).await,
            Command::Check(options) => check::run(options).await,
            Command::Clock(ClockCommand::Show(options)) => clock::show(options).await,
            Command::Clock(ClockCommand::Reset(options)) => clock::reset(options).await,
            Command::Openapi | Command::Permissions => Ok(()),
        }
    })
}
