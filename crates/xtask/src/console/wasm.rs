//! The console's WebAssembly: Cargo, then the split into files, wasm-bindgen, wasm-opt; the last three only when Cargo made
//! something else than the last time.

use std::fs::File;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Mode, dist};
use crate::repo::Repo;
use crate::run::{Failure, Result, program, run};
use crate::{files, setup};

/// The package of the console, and the stem of its files.
const NAME: &str = "roster-console";

/// What shapes the files besides Cargo's output: the tools, their versions and their options.
const SHAPED_BY: [&str; 3] = ["Cargo.lock", "crates/xtask/node", "crates/xtask/src"];

/// What overrides the flags that `.cargo/config.toml` has for WebAssembly.
const OVERRIDING: [&str; 2] = ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"];

/// The features of WebAssembly that rustc turns on by default; wasm-opt refuses code that uses one it was not told of.
const WASM_FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Leaves the console's WebAssembly, its glue and the script that loads the parts in the folder.
pub(super) fn build(repo: &Repo, mode: Mode, folder: &Path) -> Result {
    let made = repo.target.join("console-parts").join(mode.name());
    // Another Trunk may be at work on the same folder.
    let _lock = lock(&made.with_extension("lock"))?;
    let whole = compile(repo, mode)?;
    let stamp = made.with_extension("stamp");
    let from = made_from(repo, &whole)?;
    let is_current = made.is_dir() && std::fs::read_to_string(&stamp).is_ok_and(|kept| kept == from);
    if !is_current {
        // What is interrupted below must not be taken for whole.
        files::write(&stamp, b"")?;
        make(repo, mode, &whole, &made)?;
        files::write(&stamp, from.as_bytes())?;
    }
    files::copy_folder(&made, folder)
}

/// Makes the files of Cargo's output.
fn make(repo: &Repo, mode: Mode, whole: &Path, folder: &Path) -> Result {
    files::empty_folder(folder)?;
    split(repo, whole, folder)?;
    bind(repo, folder)?;
    if mode == Mode::Release {
        for wasm in dist::wasm_files(folder)? {
            optimize(repo, &wasm)?;
        }
    }
    Ok(())
}

/// Compiles the console; where its WebAssembly lies.
pub(super) fn compile(repo: &Repo, mode: Mode) -> Result<PathBuf> {
    let arguments = ["build", "--package", NAME, "--target", setup::WASM, "--profile", mode.profile()];
    let mut command = program(repo, "cargo", &arguments)?;
    for name in OVERRIDING.into_iter().filter(|name| std::env::var_os(name).is_some()) {
        println!(
            "console: {name} is not used here: it would override the flags in .cargo/config.toml, and the console could not be split"
        );
        command.env_remove(name);
    }
    run(&mut command)?;
    Ok(repo.target.join(setup::WASM).join(mode.folder()).join(format!("{NAME}.wasm")))
}

fn made_from(repo: &Repo, whole: &Path) -> Result<String> {
    let shape = files::fingerprint(&repo.root, &SHAPED_BY)?;
    Ok(format!("{shape} {}\n", files::hex(&Sha256::digest(files::read(whole)?))))
}

fn lock(path: &Path) -> Result<File> {
    files::write(path, b"")?;
    let file = File::open(path).map_err(|error| Failure::at(path, error))?;
    file.lock().map_err(|error| Failure::at(path, error))?;
    Ok(file)
}

/// Moves the pages that `src/lazy.rs` names into files of their own, with what they alone need.
fn split(repo: &Repo, whole: &Path, folder: &Path) -> Result {
    let mut command = program(repo, "wasm-split-cli", &["--out-name", NAME, "--target", "web"])?;
    run(command.arg(whole).arg(folder))
}

/// Makes the glue between the main file and the browser. What the others share with it stays exported.
fn bind(repo: &Repo, folder: &Path) -> Result {
    let options = ["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", NAME];
    let mut command = program(repo, "wasm-bindgen", &options)?;
    let main = folder.join(format!("{NAME}.wasm"));
    run(command.arg("--out-dir").arg(folder).arg(&main))?;
    std::fs::remove_file(&main).map_err(|error| Failure::at(&main, error))
}

fn optimize(repo: &Repo, wasm: &Path) -> Result {
    let mut command = program(repo, "wasm-opt", &["-Oz", "--converge"])?;
    run(command.args(WASM_FEATURES).arg(wasm).arg("-o").arg(wasm))
}

impl Mode {
    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }

    fn profile(self) -> &'static str {
        match self {
            Self::Release => "console",
            Self::Dev => "dev",
        }
    }

    /// Where Cargo leaves what it builds in the profile.
    fn folder(self) -> &'static str {
        match self {
            Self::Release => "console",
            Self::Dev => "debug",
        }
    }
}
