//! What may be named where: `domain` is pure, `src/ui` knows no feature, SQL stays in stores.

use super::Source;

/// Input, output, clock and randomness.
const IMPURE: [&str; 14] = [
    "tokio",
    "axum",
    "sqlx",
    "reqwest",
    "web_sys",
    "js_sys",
    "getrandom",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
];

/// What `domain` may depend on: pure crates, each reviewed when it was added.
const DOMAIN_DEPENDENCIES: [&str; 8] =
    ["serde", "serde_json", "idna", "icu_normalizer", "ipnet", "crc32fast", "toml", "utoipa"];

/// Statements, and the call that makes one of a table and its columns.
const SQL: [&str; 5] = ["\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE ", "insert_rows("];

pub(super) fn breaches(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    if source.is_under(&["crates/domain/src/"]) {
        found.extend(naming(source, &IMPURE, "`domain` is pure and may not name"));
    }
    if source.path == "crates/domain/Cargo.toml" {
        found.extend(foreign_dependencies(source));
    }
    if source.is_under(&["src/ui/"]) {
        found.extend(naming(
            source,
            &["crate::features", "super::features"],
            "`src/ui` knows no feature and may not name",
        ));
    }
    if source.is_under(&["src/", "crates/domain/src/", "crates/server/src/"]) && !is_store(&source.path) {
        found.extend(naming(source, &SQL, "SQL belongs in a file `store.rs`; here is"));
    }
    found
}

fn naming(source: &Source, words: &[&str], why: &str) -> Vec<String> {
    let hits = source
        .code()
        .flat_map(|(line, code)| words.iter().filter(move |word| code.contains(**word)).map(move |word| (line, word)));
    hits.map(|(line, word)| source.breach(line, &format!("{why} `{}`", word.trim_matches(['"', ' '])))).collect()
}

fn is_store(path: &str) -> bool {
    path.ends_with("/store.rs") || path.contains("/store/")
}

fn foreign_dependencies(source: &Source) -> Vec<String> {
    let mut section = "";
    let mut found = Vec::new();
    for (number, line) in source.lines() {
        if line.starts_with('[') {
            section = line;
        }
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
        let is_entry = section == "[dependencies]" && !name.is_empty() && !name.starts_with(['[', '#']);
        if is_entry && !DOMAIN_DEPENDENCIES.contains(&name) {
            found.push(source.breach(number, &format!("`{name}` is not among the reviewed dependencies of `domain`")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Source, breaches};

    fn count(path: &str, text: &str) -> usize {
        breaches(&Source { path: path.to_owned(), text: text.to_owned() }).len()
    }

    #[test]
    fn domain_names_no_clock() {
        assert_eq!(count("crates/domain/src/a.rs", "let t = SystemTime::UNIX_EPOCH;"), 1);
        assert_eq!(count("crates/domain/src/a.rs", "// no SystemTime here"), 0);
        assert_eq!(count("crates/server/src/a.rs", "use std::fs;"), 0);
    }

    #[test]
    fn domain_depends_on_reviewed_crates_only() {
        let manifest = "[dependencies]\nserde.workspace = true\nrand = \"1\"\n\n[dev-dependencies]\nproptest = \"1\"\n";
        assert_eq!(count("crates/domain/Cargo.toml", manifest), 1);
        assert_eq!(count("crates/server/Cargo.toml", manifest), 0);
    }

    #[test]
    fn ui_names_no_feature() {
        assert_eq!(count("src/ui/button.rs", "use crate::features::accounts;"), 1);
        assert_eq!(count("src/features/roles/page.rs", "use crate::features::accounts;"), 0);
    }

    #[test]
    fn sql_stays_in_stores() {
        let query = "query(\"SELECT 1\")";
        assert_eq!(count("crates/server/src/roles/routes.rs", query), 1);
        assert_eq!(count("crates/server/src/roles/store.rs", query), 0);
        assert_eq!(count("crates/server/src/store/dialect.rs", query), 0);
        let rows = "insert_rows(tx, \"roles (id)\", 1, rows)";
        assert_eq!(count("crates/server/src/roles/create.rs", rows), 1);
        assert_eq!(count("crates/server/src/roles/store/mod.rs", rows), 0);
    }
}
