//! What `dist/` has to be before it goes into the binary: whole, each file what its name says, and with nothing of Trunk's.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use super::{PAGE, asset};
use crate::files;
use crate::run::{Failure, Result};

/// What Trunk leaves in a page: its attributes, and what `trunk serve` replaces when it serves it.
const TRUNK: [&str; 2] = ["data-trunk", RELOADS];
/// What stands in the script by which `trunk serve` reloads.
pub(super) const RELOADS: &str = "{{__TRUNK";

/// Fails unless the folder holds the page, all that the page and the scripts name, and nothing else.
pub(crate) fn check(folder: &Path) -> Result {
    let fault = |what: String| Failure::new(format!("{} {what}: run `cargo xtask build`", folder.display()));
    let paths: BTreeSet<String> = files::under(folder)?.iter().filter_map(|file| relative(folder, file)).collect();
    let named = names(folder, &paths)?;
    let mut expected: BTreeSet<String> =
        named.iter().flat_map(|name| [".br", ".gz"].map(|end| format!("{name}{end}"))).collect();
    expected.extend(["", ".br", ".gz"].map(|end| format!("{PAGE}{end}")));
    if let Some(missing) = expected.difference(&paths).next() {
        return Err(fault(format!("lacks {missing}")));
    }
    if let Some(other) = paths.difference(&expected).next() {
        return Err(fault(format!("holds {other}, which nothing names")));
    }
    for name in &named {
        let content = unpacked(folder, name)?;
        if !asset::is_named_by(name, &content) {
            return Err(fault(format!("holds {name}, whose content is another")));
        }
    }
    Ok(())
}

/// Every file that the page names, and what those name in turn.
fn names(folder: &Path, paths: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let page = files::read_text(&folder.join(PAGE))?;
    if let Some(left) = TRUNK.iter().find(|left| page.contains(**left)) {
        return Err(Failure::new(format!("{} holds `{left}`: it is of `trunk serve`", folder.join(PAGE).display())));
    }
    let mut named: BTreeSet<String> = asset::addresses(&page).collect();
    for script in named.clone().iter().filter(|name| name.ends_with(".js") && paths.contains(&format!("{name}.gz"))) {
        named.extend(asset::addresses(&String::from_utf8_lossy(&unpacked(folder, script)?)));
    }
    Ok(named)
}

fn unpacked(folder: &Path, name: &str) -> Result<Vec<u8>> {
    let path = folder.join(format!("{name}.gz"));
    let mut content = Vec::new();
    let read = GzDecoder::new(&*files::read(&path)?).read_to_end(&mut content);
    read.map(|_| content).map_err(|error| Failure::at(&path, error))
}

fn relative(folder: &Path, file: &Path) -> Option<String> {
    file.strip_prefix(folder).ok().map(|path| path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::asset::{Asset, gzip};
    use super::check;
    use crate::files;

    /// A folder with a page, a script that it names, and a part that the script names.
    fn whole(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("roster-dist-{name}-{}", std::process::id()));
        files::empty_folder(&folder).unwrap();
        let part = Asset::new("part", "wasm", b"part".to_vec());
        let script = Asset::new("app", "js", format!("fetch(\"{}\")", part.url()).into_bytes());
        for asset in [&part, &script] {
            let target = folder.join(asset.path());
            files::write(&target.with_added_extension("br"), b"").unwrap();
            files::write(&target.with_added_extension("gz"), &gzip(&asset.content).unwrap()).unwrap();
        }
        for end in ["", ".br", ".gz"] {
            let page = format!("<script src=\"{}\"></script>", script.url());
            files::write(&folder.join(format!("index.html{end}")), page.as_bytes()).unwrap();
        }
        folder
    }

    fn is_fine_after(name: &str, spoil: impl Fn(&std::path::Path)) -> bool {
        let folder = whole(name);
        spoil(&folder);
        let outcome = check(&folder);
        std::fs::remove_dir_all(&folder).unwrap();
        outcome.is_ok()
    }

    fn first(folder: &std::path::Path, start: &str) -> PathBuf {
        let files = files::under(&folder.join("assets")).unwrap();
        files.into_iter().find(|file| file.file_name().unwrap().to_string_lossy().starts_with(start)).unwrap()
    }

    #[test]
    fn whole_console_passes() {
        assert!(is_fine_after("whole", |_| ()));
    }

    #[test]
    fn half_a_console_is_refused() {
        for start in ["part-", "app-"] {
            assert!(!is_fine_after(start, |folder| std::fs::remove_file(first(folder, start)).unwrap()), "{start}");
        }
        assert!(!is_fine_after("page", |folder| std::fs::remove_file(folder.join("index.html")).unwrap()));
        assert!(!is_fine_after("assets", |folder| std::fs::remove_dir_all(folder.join("assets")).unwrap()));
        assert!(!is_fine_after("empty", |folder| files::empty_folder(folder).unwrap()));
    }

    #[test]
    fn what_belongs_to_another_build_is_refused() {
        assert!(!is_fine_after("stage", |folder| files::write(&folder.join(".stage/index.html"), b"").unwrap()));
        assert!(!is_fine_after("old", |folder| files::write(&folder.join("assets/part-0.wasm.gz"), b"").unwrap()));
        let other = gzip(b"other").unwrap();
        assert!(!is_fine_after("other", |folder| files::write(&folder.join(gz(folder, "part-")), &other).unwrap()));
    }

    #[test]
    fn page_of_trunk_serve_is_refused() {
        for left in ["<script nonce=\"{{__TRUNK NONCE__}}\">", "<link data-trunk rel=\"rust\">"] {
            let spoil = |folder: &std::path::Path| {
                let page = folder.join("index.html");
                let text = format!("{}{left}", files::read_text(&page).unwrap());
                files::write(&page, text.as_bytes()).unwrap();
            };
            assert!(!is_fine_after("serve", spoil), "{left}");
        }
    }

    fn gz(folder: &std::path::Path, start: &str) -> PathBuf {
        first(folder, start).with_extension("gz")
    }
}
