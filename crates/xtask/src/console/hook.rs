//! The steps of the console's build that `Trunk.toml` names as hooks. Trunk says by its environment what they are to do.

use std::path::PathBuf;

use super::{Mode, dist, wasm};
use crate::repo::Repo;
use crate::run::{Failure, Result};
use crate::{files, setup};

/// What the hook `wasm` leaves for the hook `page`, in the folder where Trunk collects the build.
const PARTS: &str = "parts";

const USAGE: &str = "usage: cargo xtask hook wasm|page; Trunk calls it, see Trunk.toml";

pub(crate) fn hook(repo: &Repo, arguments: &[String]) -> Result {
    let staging = PathBuf::from(trunk_variable("TRUNK_STAGING_DIR")?);
    let mode = match trunk_variable("TRUNK_PROFILE")?.as_str() {
        "release" => Mode::Release,
        _ => Mode::Dev,
    };
    let parts = staging.join(PARTS);
    match arguments.first().map(String::as_str) {
        Some("wasm") => {
            setup::wasm(repo)?;
            wasm::build(repo, mode, &parts)
        }
        Some("page") => {
            dist::assemble(repo, &parts, &staging, mode)?;
            files::remove_folder(&parts)
        }
        _ => Err(Failure::new(USAGE)),
    }
}

fn trunk_variable(name: &str) -> Result<String> {
    std::env::var(name).map_err(|_| Failure::new(format!("{name} is not set\n{USAGE}")))
}
