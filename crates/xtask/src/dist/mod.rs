//! Makes `dist/` of what was compiled: hashed names, integrity, no inline script, compressed copies.

mod asset;
mod page;
mod split;
mod text;

use std::path::{Path, PathBuf};

use crate::console::Mode;
use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result};
use asset::Asset;
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

/// Writes `dist/` anew. Everything but `index.html` lies in `dist/assets`, with a hash of its content in its name.
pub(crate) fn assemble(repo: &Repo, staging: &Path, mode: Mode) -> Result {
    let public = repo.root.join("public");
    let wasm = Asset::new("console", "wasm", files::read(&staging.join("roster-console_bg.wasm"))?);
    let glue = files::read_text(&staging.join("roster-console.js"))?;
    let parts = split::assets(staging)?;
    let glue = split::join(&glue, staging, &parts)?;
    let app = Asset::new("app", "js", startable(&glue, &wasm)?.into_bytes());
    let boot = text::script(&files::read_text(&public.join("boot.js"))?);
    let boot = Asset::new("boot", "js", boot.into_bytes());
    let style = text::style(&text::bundle(&repo.root.join("style"))?);
    let style = Asset::new("style", "css", style.into_bytes());
    let icon = Asset::new("favicon", "svg", files::read(&public.join("favicon.svg"))?);
    let source = files::read_text(&repo.root.join("index.html"))?;
    let page = Page { wasm: &wasm, app: &app, boot: &boot, style: &style, icon: &icon }.render(&source)?;

    files::empty_folder(&repo.dist())?;
    for asset in [&wasm, &app, &boot, &style, &icon].into_iter().chain(parts.iter().map(|(_, part)| part)) {
        write(repo, &asset.path(), &asset.content, mode)?;
    }
    write(repo, PAGE, page.as_bytes(), mode)
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

/// Writes the file, in a release compressed in both ways and not as it is, and says how large it is. The server unpacks it
/// for the few who take nothing compressed.
fn write(repo: &Repo, path: &str, content: &[u8], mode: Mode) -> Result {
    let target = repo.dist().join(path);
    if mode == Mode::Dev || path == PAGE {
        files::write(&target, content)?;
    }
    if mode == Mode::Dev {
        println!("console: {path}, {} bytes", content.len());
        return Ok(());
    }
    let small = asset::brotli(content)?;
    println!("console: {path}, {} bytes, {} in brotli", content.len(), small.len());
    files::write(&target.with_added_extension("br"), &small)?;
    files::write(&target.with_added_extension("gz"), &asset::gzip(content)?)
}
