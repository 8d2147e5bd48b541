//! What other people's crates may be: their licences, sources and names, as `deny.toml` has them. A part of what cargo-deny
//! looks at, for where it is not installed.

use std::collections::BTreeSet;

use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result, output, program};
use crate::setup::WASM;

/// The lists of `deny.toml` that are looked at here.
struct Allowed<'a> {
    licences: Vec<&'a str>,
    banned: Vec<&'a str>,
}

/// Looks at every crate that the console, the server and their tests are built from.
pub(crate) fn check(repo: &Repo) -> Result {
    let rules = String::from_utf8_lossy(&files::read(&repo.root.join("deny.toml"))?).into_owned();
    let allowed = Allowed::read(&rules);
    let native = ["--workspace", "--edges", "normal,build,dev"];
    let console = ["--package", "roster-console", "--edges", "normal,build", "--target", WASM];
    let mut crates = BTreeSet::new();
    for scope in [&native[..], &console] {
        let listed = output(
            program(repo, "cargo", &["tree", "--locked", "--prefix", "none"])?
                .args(scope)
                .args(["--format", "{l}|{p}"]),
        );
        let listed = listed.ok_or_else(|| Failure::new("`cargo tree` failed"))?;
        crates.extend(
            listed.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).filter(|line| !line.is_empty()),
        );
    }
    let faults: Vec<String> = crates.iter().filter_map(|line| allowed.fault(line)).collect();
    faults.iter().for_each(|fault| println!("lint: {fault}"));
    match faults.len() {
        0 => {
            println!("lint: {} crates have allowed licences, sources and names", crates.len());
            Ok(())
        }
        count => Err(Failure::new(format!("{count} crates are not what deny.toml allows"))),
    }
}

impl<'a> Allowed<'a> {
    fn read(rules: &'a str) -> Self {
        let list = |name: &str| {
            let start = rules.find(&format!("\n{name} = [")).map_or(rules.len(), |at| at + name.len() + 5);
            let rest = rules.get(start..).unwrap_or_default();
            rest.split("\n]").next().unwrap_or_default().lines()
        };
        let quoted = |line: &'a str| line.split('"').nth(1);
        Self { licences: list("allow").filter_map(quoted).collect(), banned: list("deny").filter_map(quoted).collect() }
    }

    /// What is wrong with a crate, of a line `licence|name version (source)`.
    fn fault(&self, line: &str) -> Option<String> {
        let (licence, id) = line.split_once('|')?;
        let mut parts = id.split(' ');
        let (name, source) = (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
        if self.banned.contains(&name) {
            return Some(format!("`{name}` is banned"));
        }
        // Those of the registry have no source in the list.
        let is_local = source.starts_with("(/");
        if source.contains("://") {
            return Some(format!("`{name}` comes from {source}"));
        }
        (!is_local && !self.allows(licence)).then(|| format!("`{name}` has the licence `{licence}`"))
    }

    /// Whether an SPDX expression can be met by licences that are allowed.
    fn allows(&self, licence: &str) -> bool {
        let spaced = licence.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "+WITH+");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let mut rest = words.as_slice();
        self.any(&mut rest) && rest.is_empty()
    }

    fn any(&self, rest: &mut &[&str]) -> bool {
        let mut is_met = self.all(rest);
        while let [next, after @ ..] = *rest
            && *next == "OR"
        {
            *rest = after;
            is_met |= self.all(rest);
        }
        is_met
    }

    fn all(&self, rest: &mut &[&str]) -> bool {
        let mut is_met = self.one(rest);
        while let [next, after @ ..] = *rest
            && *next == "AND"
        {
            *rest = after;
            is_met &= self.one(rest);
        }
        is_met
    }

    fn one(&self, rest: &mut &[&str]) -> bool {
        let [next, after @ ..] = *rest else { return false };
        *rest = after;
        if *next != "(" {
            return self.licences.contains(&next.replace('+', " ").as_str());
        }
        let is_met = self.any(rest);
        *rest = rest.get(1..).unwrap_or_default();
        is_met
    }
}

#[cfg(test)]
mod tests {
    use super::Allowed;

    const RULES: &str = "[licenses]\nallow = [\n  \"Apache-2.0\",\n  \"Apache-2.0 WITH LLVM-exception\",\n  \"MIT\",\n]\n\n[bans]\nallow-wildcard-paths = true\ndeny = [\n  { name = \"openssl\", reason = \"TLS is rustls\" },\n]\n";

    #[test]
    fn licence_is_allowed_if_one_can_choose_allowed_ones() {
        let allowed = Allowed::read(RULES);
        for licence in
            ["MIT", "GPL-3.0 OR MIT", "Apache-2.0/MIT", "(MIT OR X) AND Apache-2.0", "Apache-2.0 WITH LLVM-exception"]
        {
            assert!(allowed.allows(licence), "{licence}");
        }
        for licence in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR X) AND X", "MIT WITH LLVM-exception"] {
            assert!(!allowed.allows(licence), "{licence}");
        }
    }

    #[test]
    fn crate_is_refused_for_its_name_source_or_licence() {
        let allowed = Allowed::read(RULES);
        for line in ["MIT|serde v1.0.0", "MIT|serde_derive v1.0.0 (proc-macro)", "|xtask v0.1.0 (/work/crates/xtask)"] {
            assert_eq!(allowed.fault(line), None, "{line}");
        }
        for line in
            ["MIT|openssl v0.10.0", "MIT|a v1.0.0 (https://example.com/a?rev=1#1)", "GPL-3.0|b v1.0.0", "|c v1.0.0"]
        {
            assert!(allowed.fault(line).is_some(), "{line}");
        }
    }
}
