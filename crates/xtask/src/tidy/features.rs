//! The page of features: every test that it names is there, each row names one, and no number stands twice.

use std::collections::BTreeSet;

use super::Source;

const PAGE: &str = "docs/FEATURES.md";

/// Tests of one column: where their files are, what parts file and name on the page, and what the name stands between in
/// the file.
struct Column {
    folder: &'static str,
    parting: &'static str,
    before: &'static str,
    after: &'static str,
}

/// The columns behind number and words, in the order of the table.
const COLUMNS: [Column; 3] = [
    Column { folder: "tests/browser/", parting: " › ", before: "test(\"", after: "\"," },
    Column { folder: "tests/api/", parting: "::", before: "fn ", after: "(" },
    Column { folder: "crates/domain/src/", parting: "::", before: "fn ", after: "(" },
];
const COLUMNS_BEFORE: usize = 2;

pub(super) fn breaches(sources: &[Source]) -> Vec<String> {
    let Some(page) = sources.iter().find(|source| source.path == PAGE) else {
        return vec![format!("{PAGE}: the page is not there")];
    };
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for (line, text) in page.lines() {
        let numbers = numbers(text);
        let is_row = text.starts_with('|') && !numbers.is_empty();
        let twice = numbers.into_iter().filter(|number| !seen.insert(*number));
        found.extend(twice.map(|number| page.breach(line, &format!("{number} stands on the page already"))));
        if is_row {
            found.extend(faults(text, sources).iter().map(|fault| page.breach(line, fault)));
        }
    }
    found
}

/// The numbers that a row or an entry of a list is about: those of its first cell, or before its colon.
fn numbers(line: &str) -> Vec<&str> {
    let head = match (line.strip_prefix("| "), line.strip_prefix("- ")) {
        (Some(row), _) => row.split('|').next(),
        (_, Some(entry)) => entry.split(':').next(),
        _ => None,
    };
    let words = head.unwrap_or_default().split([',', ' ']);
    words.filter(|word| word.strip_prefix('F').is_some_and(|digits| digits.parse::<u32>().is_ok())).collect()
}

/// What is wrong with the tests that a row names.
fn faults(row: &str, sources: &[Source]) -> Vec<String> {
    let cells = row.trim_matches('|').split('|').skip(COLUMNS_BEFORE);
    let tests = COLUMNS.iter().zip(cells).flat_map(|(column, cell)| spans(cell).map(move |test| (column, test)));
    let tests: Vec<_> = tests.collect();
    if tests.is_empty() {
        return vec!["the row names no test".to_owned()];
    }
    let absent = tests.iter().filter(|(column, test)| !column.is_there(test, sources));
    absent.map(|(column, test)| format!("there is no test `{test}` in {}", column.folder)).collect()
}

/// What stands between backticks.
fn spans(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

impl Column {
    fn is_there(&self, test: &str, sources: &[Source]) -> bool {
        let Some((file, name)) = test.split_once(self.parting) else {
            return false;
        };
        let path = [self.folder, file].concat();
        let wanted = [self.before, name, self.after].concat();
        let mut files = sources.iter().filter(|source| source.path == path);
        files.any(|source| source.code().any(|(_, line)| line.contains(&wanted)))
    }
}

#[cfg(test)]
mod tests {
    use super::{PAGE, Source, breaches};

    /// What is found on a page of these lines, where each kind of test has one file.
    fn found(lines: &[&str]) -> Vec<String> {
        let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
        let table = "| Feature | What it is | In the browser | Over the API | In the rules |\n|---|---|---|---|---|\n";
        breaches(&[
            source(PAGE, &[table, &lines.join("\n")].concat()),
            source("tests/browser/session.spec.ts", "test(\"person signs in, and out\", async ({ page }) => {\n"),
            source("tests/api/tokens/mod.rs", "async fn token_works(database: Database) {\n// fn token_is_gone(\n"),
            source("crates/domain/src/levels.rs", "    fn level_has_no_end() {\n"),
        ])
    }

    #[test]
    fn tests_on_the_page_of_features_are_there() {
        let there = [
            "| F2 | Signing in | `session.spec.ts › person signs in, and out` | `tokens/mod.rs::token_works` | |",
            "| F3, F4 | Levels, as in `F5` | | | `levels.rs::level_has_no_end` |",
        ];
        assert_eq!(found(&there), Vec::<String>::new());
        for absent in [
            "| F2 | Retitled | `session.spec.ts › person signs in` | | |",
            "| F2 | Moved | `accounts.spec.ts › person signs in, and out` | | |",
            "| F2 | Begins alike | | `tokens/mod.rs::token` | |",
            "| F2 | Commented out | | `tokens/mod.rs::token_is_gone` | |",
            "| F2 | Wrong column | | `levels.rs::level_has_no_end` | |",
            "| F2 | No name | | | `levels.rs` |",
            "| F2 | No test | | | |",
        ] {
            assert_eq!(found(&[absent]).len(), 1, "{absent}");
        }
    }

    #[test]
    fn number_of_a_feature_stands_once() {
        let row = "| F3, F4 | Levels | | | `levels.rs::level_has_no_end` |";
        assert_eq!(found(&[row, "- F5, F6: not yet, unlike F3", "F3 in a sentence, and | F4 |"]), Vec::<String>::new());
        assert_eq!(found(&[row, "- F4: not yet"]), ["docs/FEATURES.md:4: F4 stands on the page already"]);
        assert_eq!(found(&[row, row]).len(), 2);
    }

    #[test]
    fn page_of_features_is_there() {
        assert_eq!(breaches(&[]).len(), 1);
    }
}
