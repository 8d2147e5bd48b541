//! Makes the console's files of what was compiled: hashed names, integrity, no inline script, compressed copies.

mod asset;
mod check;
mod page;
mod split;
mod text;

use std::path::{Path, PathBuf};

use super::Mode;
use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result};
use asset::Asset;
pub(crate) use check::check;
use page::Page;

/// What starts the WebAssembly; it is appended to wasm-bindgen's glue, so that both are one request.
const START: &str = include_str!("start.js");

/// The page itself: the server looks into it.
const PAGE: &str = "index.html";

/// All WebAssembly that lies in a folder: the main file and what was split off it.
pub(crate) fn wasm_files(staging: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(staging).map_err(|error| Failure::at(staging, error))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()).map_err(|error| Failure::at(staging, error)));
    let mut found = paths.collect::<Result<Vec<_>>>()?;
    found.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    Ok(found)
}

/// Writes the console into the folder where Trunk collects it, and where its own page lies already. Everything but
/// `index.html` lies in `assets`, with a hash of its content in its name.
pub(crate) fn assemble(repo: &Repo, parts: &Path, folder: &Path, mode: Mode) -> Result {
    let public = repo.root.join("public");
    let wasm = Asset::new("console", "wasm", files::read(&parts.join("roster-console_bg.wasm"))?);
    let glue = files::read_text(&parts.join("roster-console.js"))?;
    let split_off = split::assets(parts)?;
    let glue = split::join(&glue, parts, &split_off)?;
    let app = Asset::new("app", "js", startable(&glue, &wasm)?.into_bytes());
    let boot = text::script(&files::read_text(&public.join("boot.js"))?);
    let boot = Asset::new("boot", "js", boot.into_bytes());
    let style = text::style(&text::bundle(&repo.root.join("style"))?);
    let style = Asset::new("style", "css", style.into_bytes());
    let icon = Asset::new("favicon", "svg", files::read(&public.join("favicon.svg"))?);
    let source = files::read_text(&folder.join(PAGE))?;
    let page = Page { wasm: &wasm, app: &app, boot: &boot, style: &style, icon: &icon }.render(&source)?;

    let packing = Packing::of(mode, &source);
    for asset in [&wasm, &app, &boot, &style, &icon].into_iter().chain(split_off.iter().map(|(_, part)| part)) {
        packing.write(folder, &asset.path(), &asset.content)?;
    }
    packing.write(folder, PAGE, page.as_bytes())
}

/// The glue without its comments, then the lines that start it.
fn startable(glue: &str, wasm: &Asset) -> Result<String> {
    if glue.lines().any(|line| line.starts_with("import ")) {
        return Err(Failure::new("wasm-bindgen's glue imports a snippet; dist/ carries only the glue itself"));
    }
    if !glue.contains("__wbg_init") {
        return Err(Failure::new("wasm-bindgen's glue has no `__wbg_init`; was it made for the target `web`?"));
    }
    let start = START.replace("{wasm}", &wasm.url()).replace("{integrity}", &wasm.integrity());
    Ok(text::script(&format!("{glue}\n{start}")))
}

/// How files are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    /// As they are: `trunk serve` serves nothing else.
    Plain,
    /// Compressed in both ways, and but for the page not as they are. The server unpacks them for the few who take nothing
    /// compressed.
    Packed,
}

impl Packing {
    fn of(mode: Mode, page: &str) -> Self {
        match mode == Mode::Release && !page.contains(check::RELOADS) {
            true => Self::Packed,
            false => Self::Plain,
        }
    }

    /// Writes the file, and says how large it is.
    fn write(self, folder: &Path, path: &str, content: &[u8]) -> Result {
        let target = folder.join(path);
        if self == Self::Plain || path == PAGE {
            files::write(&target, content)?;
        }
        if self == Self::Plain {
            println!("console: {path}, {} bytes", content.len());
            return Ok(());
        }
        let small = asset::brotli(content)?;
        println!("console: {path}, {} bytes, {} in brotli", content.len(), small.len());
        files::write(&target.with_added_extension("br"), &small)?;
        files::write(&target.with_added_extension("gz"), &asset::gzip(content)?)
    }
}
