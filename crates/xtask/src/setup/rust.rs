//! What comes by way of rustup and Cargo: the WebAssembly target, Trunk, wasm-split, wasm-bindgen, nextest.

use std::path::Path;
use std::process::Command;

use super::announce;
use super::background::Background;
use crate::console::TrunkToml;
use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result, output, program, run};

pub(crate) const WASM: &str = "wasm32-unknown-unknown";
const WASM_SPLIT: &str = "wasm_split_cli_support";
const WASM_SPLIT_VERSION: &str = "0.2.4";
const NEXTEST_VERSION: &str = "0.9.151";

/// Trunk without its own TLS, and without its look for newer versions: it serves on this machine alone, and fetches nothing.
const TRUNK_OPTIONS: [&str; 1] = ["--no-default-features"];

/// Of all tools: what they gain at run time is less than it takes to compile them so.
const PROFILE: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_STRIP", "symbols"),
];

/// A crate's program, as the set-up installs it.
struct Tool<'a> {
    package: &'a str,
    program: &'a str,
    version: &'a str,
    /// Whether its own lock file is kept. wasm-bindgen's is not, since it may name versions that are withdrawn.
    lock: Lock,
    /// Further options of `cargo install`.
    options: &'a [&'a str],
    effort: Effort,
    why: &'a str,
}

/// How much it is optimized.
#[derive(Clone, Copy)]
enum Effort {
    /// It leaves the work to others.
    None,
    /// It has seconds of work in a build.
    Little,
    /// As its makers have it.
    Full,
}

enum Lock {
    Kept,
    Resolved,
}

pub(crate) fn wasm_target(repo: &Repo) -> Result {
    let folder = output(&mut program(repo, "rustc", &["--print", "target-libdir", "--target", WASM])?);
    if folder.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    announce(WASM, "the console is compiled to WebAssembly");
    run(&mut program(repo, "rustup", &["target", "add", WASM])?)
}

/// rustfmt and clippy, which a minimal toolchain leaves out.
pub(crate) fn components(repo: &Repo) -> Result {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if output(&mut program(repo, "cargo", &[command, "--version"])?).is_none() {
            announce(component, "the checks use it");
            run(&mut program(repo, "rustup", &["component", "add", component])?)?;
        }
    }
    Ok(())
}

/// The program tells no version; what Cargo installed here is in its own list.
pub(crate) fn wasm_split(repo: &Repo) -> Result {
    let installed = std::fs::read_to_string(repo.tools.join(".crates.toml")).unwrap_or_default();
    if installed.contains(&format!("\"{WASM_SPLIT} {WASM_SPLIT_VERSION} ")) {
        return Ok(());
    }
    compile(
        repo,
        &Tool {
            package: WASM_SPLIT,
            program: "wasm-split-cli",
            version: WASM_SPLIT_VERSION,
            lock: Lock::Kept,
            options: &["--features", "build-binary"],
            effort: Effort::Little,
            why: "it splits pages off the console that are needed later",
        },
    )
}

/// In the version that `Trunk.toml` asks for. Compiling it takes as long as everything else that the console needs, so that is
/// done in the background.
pub(crate) fn trunk(repo: &Repo) -> Result<Background> {
    let config = TrunkToml::read(repo)?;
    let tool = Tool {
        package: "trunk",
        program: "trunk",
        version: config.version()?,
        lock: Lock::Kept,
        options: &TRUNK_OPTIONS,
        effort: Effort::None,
        why: "it conducts the build of the console, as Trunk.toml says; meanwhile the rest goes on",
    };
    if is_installed(repo, &tool)? {
        return Ok(Background::done());
    }
    let mut command = installation(repo, &tool)?;
    command.arg("--quiet");
    Background::start(command, &repo.tools.join("trunk.log"))
}

/// The program must have the version of the library that the console links, so that comes from `Cargo.lock`.
pub(crate) fn wasm_bindgen(repo: &Repo) -> Result {
    let lock = files::read_text(&repo.root.join("Cargo.lock"))?;
    let version = locked_version(&lock, "wasm-bindgen")
        .ok_or_else(|| Failure::new("Cargo.lock does not name a version of wasm-bindgen"))?;
    let why = "it joins the WebAssembly and the browser, in the version that Cargo.lock names";
    let tool = Tool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version,
        lock: Lock::Resolved,
        options: &[],
        effort: Effort::Little,
        why,
    };
    install(repo, &tool)
}

/// Any version that is already there serves.
pub(crate) fn nextest(repo: &Repo) -> Result {
    if repo.find_program("cargo-nextest").is_some() {
        return Ok(());
    }
    let why = "it runs the Rust tests";
    let tool = Tool {
        package: "cargo-nextest",
        program: "cargo-nextest",
        version: NEXTEST_VERSION,
        lock: Lock::Kept,
        options: &[],
        effort: Effort::Full,
        why,
    };
    install(repo, &tool)
}

fn install(repo: &Repo, tool: &Tool<'_>) -> Result {
    if is_installed(repo, tool)? { Ok(()) } else { compile(repo, tool) }
}

fn is_installed(repo: &Repo, tool: &Tool<'_>) -> Result<bool> {
    let found = output(&mut program(repo, tool.program, &["--version"])?);
    Ok(found.is_some_and(|line| line.split_whitespace().any(|word| word == tool.version)))
}

fn compile(repo: &Repo, tool: &Tool<'_>) -> Result {
    run(&mut installation(repo, tool)?)
}

fn installation(repo: &Repo, tool: &Tool<'_>) -> Result<Command> {
    announce(&format!("{} {} (compiled here, which takes minutes)", tool.package, tool.version), tool.why);
    let package = format!("{}@{}", tool.package, tool.version);
    let mut command = program(repo, "cargo", &["install", &package, "--root"])?;
    command.arg(&repo.tools).args(tool.options);
    command.envs(PROFILE).env_remove("CARGO_TARGET_DIR");
    match tool.effort {
        Effort::None => command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
        Effort::Little => command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
        Effort::Full => &mut command,
    };
    if matches!(tool.lock, Lock::Kept) {
        command.arg("--locked");
    }
    Ok(command)
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn version_is_that_of_the_exact_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
