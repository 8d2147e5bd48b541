//! The build of the console: Cargo, then the split into files, wasm-bindgen, wasm-opt, then `dist/`; nothing when nothing
//! changed.

use std::path::{Path, PathBuf};

use crate::repo::Repo;
use crate::run::{Failure, Result, program, run};
use crate::{dist, files, setup};

/// The package of the console, and the stem of its files.
const NAME: &str = "roster-console";

/// What the console is made from. `crates/xtask` is among it, because it shapes `dist/`.
const SOURCES: [&str; 9] = [
    ".cargo/config.toml",
    "src",
    "crates/domain",
    "crates/xtask/src",
    "style",
    "public",
    "index.html",
    "Cargo.toml",
    "Cargo.lock",
];

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

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Small: the `console` profile, wasm-opt, and compressed copies.
    Release,
    /// Quick to build: the `dev` profile as it comes.
    Dev,
}

/// Leaves the console in `dist/`.
pub(crate) fn build(repo: &Repo, mode: Mode) -> Result {
    let stamp = Stamp::new(repo, mode)?;
    if stamp.is_current() {
        println!("console: nothing changed since the last build");
        return Ok(());
    }
    setup::console(repo)?;
    stamp.forget()?;
    // Not `console`: Cargo keeps that folder for the profile of the name.
    let staging = repo.target.join("console-staging");
    files::empty_folder(&staging)?;
    let whole = compile(repo, mode)?;
    split(repo, &whole, &staging)?;
    bind(repo, &staging)?;
    if mode == Mode::Release {
        for wasm in dist::wasm_files(&staging)? {
            optimize(repo, &wasm)?;
        }
    }
    dist::assemble(repo, &staging, mode)?;
    stamp.keep()
}

/// Compiles the console; where its WebAssembly lies.
fn compile(repo: &Repo, mode: Mode) -> Result<PathBuf> {
    let (profile, folder) = match mode {
        Mode::Release => ("console", "console"),
        Mode::Dev => ("dev", "debug"),
    };
    let arguments = ["build", "--package", NAME, "--target", setup::WASM, "--profile", profile];
    run(&mut program(repo, "cargo", &arguments)?)?;
    Ok(repo.target.join(setup::WASM).join(folder).join(format!("{NAME}.wasm")))
}

/// Moves the pages that `src/lazy.rs` names into files of their own, with what they alone need.
fn split(repo: &Repo, whole: &Path, staging: &Path) -> Result {
    let mut command = program(repo, "wasm-split-cli", &["--out-name", NAME, "--target", "web"])?;
    run(command.arg(whole).arg(staging))
}

/// Makes the glue between the main file and the browser. What the others share with it stays exported.
fn bind(repo: &Repo, staging: &Path) -> Result {
    let options = ["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", NAME];
    let mut command = program(repo, "wasm-bindgen", &options)?;
    let main = staging.join(format!("{NAME}.wasm"));
    run(command.arg("--out-dir").arg(staging).arg(&main))?;
    std::fs::remove_file(&main).map_err(|error| Failure::at(&main, error))
}

fn optimize(repo: &Repo, wasm: &Path) -> Result {
    let mut command = program(repo, "wasm-opt", &["-Oz", "--converge"])?;
    run(command.args(WASM_FEATURES).arg(wasm).arg("-o").arg(wasm))
}

/// Remembers, beside `dist/`, what `dist/` was made from.
struct Stamp {
    path: PathBuf,
    index: PathBuf,
    content: String,
}

impl Stamp {
    fn new(repo: &Repo, mode: Mode) -> Result<Self> {
        let mode = match mode {
            Mode::Release => "release",
            Mode::Dev => "dev",
        };
        let content = format!("{mode} {}\n", files::fingerprint(&repo.root, &SOURCES)?);
        Ok(Self { path: repo.root.join("dist.stamp"), index: repo.dist().join("index.html"), content })
    }

    fn is_current(&self) -> bool {
        self.index.is_file() && std::fs::read_to_string(&self.path).is_ok_and(|kept| kept == self.content)
    }

    /// A build that is interrupted must not leave a stamp that vouches for half of it.
    fn forget(&self) -> Result {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::at(&self.path, error)),
            _ => Ok(()),
        }
    }

    fn keep(&self) -> Result {
        files::write(&self.path, self.content.as_bytes())
    }
}
