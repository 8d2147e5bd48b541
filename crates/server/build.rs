//! Says when the binary is to be built again: the console inside it has changed. Half a console is refused.

mod dist;

use std::path::Path;

const DIST: &str = "../../dist";

fn main() {
    // An unoptimized server reads the console when asked.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "debug") {
        println!("cargo::rerun-if-changed=build.rs");
        // For a folder that is not there when the server is compiled, rust-embed finds nothing in it later either.
        if let Err(error) = std::fs::create_dir_all(DIST) {
            println!("cargo::error=dist/ cannot be made: {error}");
        }
        return;
    }
    println!("cargo::rerun-if-changed={DIST}");
    if let Some(fault) = dist::fault(Path::new(DIST)) {
        println!("cargo::error=dist/ {fault}. Run: cargo xtask build");
    }
}
