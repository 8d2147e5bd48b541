//! The set-up: finds what a command needs, and says what it installs and why before it does.

mod background;
mod debian;
mod node;
mod python;
mod rust;

pub(crate) use debian::{chromium, pooler, postgres, proxies};
pub(crate) use node::test_packages;
pub(crate) use python::schemathesis;
pub(crate) use rust::{WASM, components, nextest, wasm_target};

use background::Background;

use crate::repo::Repo;
use crate::run::Result;

/// Everything the build of the console needs. Trunk may not be there yet.
pub(crate) fn console(repo: &Repo) -> Result<Background> {
    let trunk = rust::trunk(repo)?;
    wasm(repo)?;
    Ok(trunk)
}

/// What makes the console's WebAssembly.
pub(crate) fn wasm(repo: &Repo) -> Result {
    rust::wasm_target(repo)?;
    rust::wasm_split(repo)?;
    rust::wasm_bindgen(repo)?;
    node::wasm_opt(repo)
}

fn announce(what: &str, why: &str) {
    println!("set-up: installing {what}: {why}");
}
