//! Whether a crate of `Cargo.lock` has a vulnerability that the RustSec advisory database knows, for where cargo-deny is not
//! installed. The database is optional: it cannot be fetched everywhere.

use std::path::{Path, PathBuf};

use semver::{Version, VersionReq};

use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result};

/// Names a copy of the database; without it the one beside the tools is used, where it is.
const VARIABLE: &str = "ROSTER_ADVISORY_DB";
const DATABASE: &str = "https://github.com/rustsec/advisory-db";

/// One entry of the database.
struct Advisory {
    id: String,
    /// Without it the entry is a vulnerability; otherwise it says `unsound`, `unmaintained` or `notice`.
    informational: Option<String>,
    /// Versions without the fault: those before it, and those after.
    sound: Vec<VersionReq>,
}

pub(crate) fn check(repo: &Repo) -> Result {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    let folder = named.clone().unwrap_or_else(|| repo.tools.with_file_name("advisory-db"));
    let crates = folder.join("crates");
    if !crates.is_dir() {
        let what = format!(
            "{} is not there: `git clone {DATABASE}` makes it, and {VARIABLE} may name another",
            folder.display()
        );
        return match named {
            Some(_) => Err(Failure::new(what)),
            None => {
                println!("lint: advisories are not looked at; {what}");
                Ok(())
            }
        };
    }
    let lock = files::read_text(&repo.root.join("Cargo.lock"))?;
    let mut faults = 0;
    for (name, version) in locked(&lock) {
        for advisory in advisories(&crates.join(name))? {
            if let Some(what) = advisory.concerns(version) {
                println!("lint: {name} {version}: {} {what}", advisory.id);
                faults += usize::from(advisory.is_fault());
            }
        }
    }
    match faults {
        0 => {
            println!("lint: no crate has a vulnerability that {} knows", folder.display());
            Ok(())
        }
        count => Err(Failure::new(format!("{count} advisories concern crates of Cargo.lock"))),
    }
}

/// Names and versions of what comes from a registry.
fn locked(lock: &str) -> impl Iterator<Item = (&str, &str)> {
    let field = |block: &'_ str, name: &str| -> Option<(usize, usize)> {
        let start = block.find(&format!("{name} = \""))? + name.len() + 4;
        Some((start, start + block.get(start..)?.find('"')?))
    };
    lock.split("[[package]]").filter(|block| block.contains("\nsource = \"registry+")).filter_map(move |block| {
        let (name, version) = (field(block, "name")?, field(block, "version")?);
        Some((block.get(name.0..name.1)?, block.get(version.0..version.1)?))
    })
}

fn advisories(folder: &Path) -> Result<Vec<Advisory>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let files = files::under(folder)?;
    let documents = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "md"));
    let read = |file: &PathBuf| Advisory::parse(&files::read_text(file)?).map_err(|what| Failure::at(file, what));
    documents.filter_map(|file| read(file).transpose()).collect()
}

impl Advisory {
    /// Reads the part in TOML at the head of the document; nothing if it was withdrawn.
    fn parse(document: &str) -> std::result::Result<Option<Self>, String> {
        let head = document.split("```toml").nth(1).and_then(|rest| rest.split("\n```").next());
        let head: toml::Table = head.ok_or("has no part in TOML")?.parse().map_err(|error| format!("{error}"))?;
        let about = head.get("advisory").and_then(toml::Value::as_table).ok_or("has no `[advisory]`")?;
        if about.contains_key("withdrawn") {
            return Ok(None);
        }
        let text = |name: &str| about.get(name).and_then(toml::Value::as_str).map(str::to_owned);
        let ranges = |name: &str| {
            let list = head.get("versions").and_then(|versions| versions.get(name)?.as_array());
            list.into_iter().flatten().filter_map(toml::Value::as_str)
        };
        let sound = ranges("patched").chain(ranges("unaffected")).map(VersionReq::parse);
        Ok(Some(Self {
            id: text("id").ok_or("has no id")?,
            informational: text("informational"),
            sound: sound.collect::<std::result::Result<_, _>>().map_err(|error| error.to_string())?,
        }))
    }

    /// What it says of the version, if it concerns it.
    fn concerns(&self, version: &str) -> Option<&str> {
        let is_sound =
            Version::parse(version).is_ok_and(|version| self.sound.iter().any(|range| range.matches(&version)));
        (!is_sound).then(|| self.informational.as_deref().unwrap_or("vulnerable"))
    }

    /// What nobody maintains any longer is told, and no fault.
    fn is_fault(&self) -> bool {
        self.informational.as_deref().is_none_or(|kind| kind == "unsound")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2020-0001\"\npackage = \"a\"\n\n[versions]\npatched = [\">= 1.2.3\", \">= 0.9.7, < 1.0.0\"]\nunaffected = [\"< 0.5.0\"]\n```\n\n# What it is\n";

    fn concerns(document: &str, version: &str) -> bool {
        Advisory::parse(document)
            .unwrap()
            .is_some_and(|advisory| advisory.concerns(version).is_some() && advisory.is_fault())
    }

    #[test]
    fn versions_between_the_sound_ones_are_vulnerable() {
        for (version, expected) in
            [("0.4.9", false), ("0.5.0", true), ("0.9.6", true), ("0.9.7", false), ("1.2.2", true), ("1.2.3", false)]
        {
            assert_eq!(concerns(DOCUMENT, version), expected, "{version}");
        }
    }

    #[test]
    fn unsound_crate_is_a_fault_and_an_unmaintained_one_is_told() {
        let informational = |kind: &str| DOCUMENT.replace("package", &format!("informational = \"{kind}\"\npackage"));
        assert!(concerns(&informational("unsound"), "1.0.0"));
        assert!(!concerns(&informational("unmaintained"), "1.0.0"));
        assert!(!concerns(&DOCUMENT.replace("package", "withdrawn = \"2021-01-01\"\npackage"), "1.0.0"));
        assert!(Advisory::parse("# Nothing\n").is_err());
    }

    #[test]
    fn crates_of_the_registry_are_looked_up() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+https://x\"\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n";
        assert_eq!(locked(lock).collect::<Vec<_>>(), [("a", "1.0.0")]);
    }
}
