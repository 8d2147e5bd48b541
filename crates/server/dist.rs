//! Whether `dist/` is a console to put into the binary: asked by the build script, and by the tests of this crate.

use std::fs;
use std::path::Path;

/// Trunk collects a build here, and leaves it when the build fails.
const STAGE: &str = ".stage";
const PAGE: &str = "index.html";
/// What the page of `trunk serve` holds, in the script that reloads it.
const RELOADS: &str = "{{__TRUNK";

/// What is wrong with the folder. Without a console the server says so to people; half of one would only look broken.
pub(crate) fn fault(dist: &Path) -> Option<String> {
    let is_empty = fs::read_dir(dist).map_or(true, |mut entries| entries.next().is_none());
    if is_empty {
        return None;
    }
    if dist.join(STAGE).exists() {
        return Some(format!("holds {STAGE}: Trunk is at work, or its last build failed"));
    }
    let Ok(page) = fs::read_to_string(dist.join(PAGE)) else { return Some(format!("has no {PAGE}")) };
    if page.contains(RELOADS) {
        return Some("is what `trunk serve` made, for development".to_owned());
    }
    let named = page.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next());
    let missing = |name: &&str| !dist.join(format!("assets/{name}.gz")).is_file();
    named.into_iter().find(missing).map(|name| format!("lacks assets/{name}.gz"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a folder of these files, which are empty but for the page.
    fn fault_of(page: &str, files: &[&str]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files.iter().map(|name| (*name, "")).chain([(PAGE, page)]) {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        if page.is_empty() {
            fs::remove_file(folder.path().join(PAGE)).unwrap();
        }
        fault(folder.path())
    }

    #[test]
    fn half_a_console_is_not_put_into_the_binary() {
        let page = "<script src=\"/assets/app-1.js\"></script>";
        assert_eq!(fault_of(page, &["assets/app-1.js.gz"]), None);
        assert_eq!(fault_of("", &[]), None, "none at all");
        assert!(fault_of(page, &[]).is_some(), "without its script");
        assert!(fault_of("", &["assets/app-1.js.gz"]).is_some(), "without its page");
        assert!(fault_of(page, &["assets/app-1.js.gz", ".stage/index.html"]).is_some(), "while Trunk is at work");
        let served = format!("{page}<script nonce=\"{{{{__TRUNK NONCE__}}}}\"></script>");
        assert!(fault_of(&served, &["assets/app-1.js.gz"]).is_some(), "of `trunk serve`");
    }
}
