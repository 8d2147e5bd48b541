//! What the pages about security rest on is there: the tests, headings and constants that they name.

use super::Source;

const PAGES: [&str; 2] = ["docs/ASVS.md", SECURITY];
const SECURITY: &str = "docs/SECURITY.md";

/// Where constants are looked for.
const RULES: [&str; 2] = ["crates/domain/src/", "crates/server/src/"];

/// What parts file and name of a test, and what the name is between in the file.
const TESTS: [(&str, &str, &str); 2] = [("::", "fn ", "("), (" › ", "test(\"", "\",")];

pub(super) fn breaches(sources: &[Source]) -> Vec<String> {
    let pages = sources.iter().filter(|source| PAGES.contains(&source.path.as_str()));
    let mut found = Vec::new();
    for page in pages {
        for (line, text) in page.lines() {
            let spans = text.split('`').skip(1).step_by(2);
            let faults =
                spans.filter_map(|span| test_fault(span, sources).or_else(|| constant_fault(span, text, sources)));
            let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            let faults = faults.chain(links.filter_map(|link| link_fault(link, page, sources)));
            found.extend(faults.map(|fault| page.breach(line, &fault)));
        }
    }
    found.extend(unlisted_actions(sources));
    found
}

/// Where the server writes an action into the audit log that the list of them does not have.
fn unlisted_actions(sources: &[Source]) -> Vec<String> {
    let Some(page) = sources.iter().find(|source| source.path == SECURITY) else { return Vec::new() };
    let server = sources.iter().filter(|source| source.is_under(&["crates/server/src/"]));
    let actions = server.flat_map(|source| source.code().map(move |(line, text)| (source, line, text)));
    let unlisted = actions.filter_map(|(source, line, text)| {
        let action = text.split_once("Event::new(\"")?.1.split('"').next()?;
        let is_listed = page.text.contains(&format!("`{action}`"));
        (!is_listed).then(|| source.breach(line, &format!("{SECURITY} does not list the action `{action}`")))
    });
    unlisted.collect()
}

/// That a test is missing; none for what is no test, or is there.
fn test_fault(span: &str, sources: &[Source]) -> Option<String> {
    let (path, name, before, after) = TESTS.iter().find_map(|(parting, before, after)| {
        let (path, name) = span.split_once(parting)?;
        let is_file = path.ends_with(".rs") || path.ends_with(".ts");
        is_file.then_some((path, name, before, after))
    })?;
    let wanted = [before, name, after].concat();
    let mut files = sources.iter().filter(|source| source.path == path);
    let is_there = files.any(|source| source.code().any(|(_, line)| line.contains(&wanted)));
    (!is_there).then(|| format!("there is no test `{span}`"))
}

/// That a constant is missing, or that its number is not in the line that names it.
fn constant_fault(span: &str, line: &str, sources: &[Source]) -> Option<String> {
    let is_named_so = span.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let is_constant = is_named_so && span.starts_with(|first: char| first.is_ascii_uppercase()) && span.contains('_');
    // Variables of the environment have names of that form, too.
    if !is_constant || span.starts_with("ROSTER_") {
        return None;
    }
    let wanted = format!("const {span}: ");
    let code = sources.iter().filter(|source| source.is_under(&RULES)).flat_map(Source::code);
    let declared: Vec<&str> = code.filter_map(|(_, line)| Some(line.split_once(&wanted)?.1)).collect();
    if declared.is_empty() {
        return Some(format!("there is no constant `{span}`"));
    }
    // Of two with one name, either may be meant.
    let numbers: Vec<u64> = declared.into_iter().map(number).collect::<Option<_>>()?;
    let mut told = line.split(|character: char| !character.is_ascii_digit() && character != ',');
    let is_told = told.any(|text| text.replace(',', "").parse().is_ok_and(|told| numbers.contains(&told)));
    (!is_told).then(|| format!("`{span}` is {numbers:?}"))
}

/// The number that a constant is declared with, be it a product of numbers: `usize = 64 * 1_024;`.
fn number(declared: &str) -> Option<u64> {
    let value = declared.split_once(" = ")?.1.split(';').next()?;
    value.split('*').map(|factor| factor.trim().replace('_', "").parse::<u64>().ok()).product()
}

/// That a link leads to a page or a heading that is missing. Addresses of the web are not looked at.
fn link_fault(link: &str, page: &Source, sources: &[Source]) -> Option<String> {
    if link.contains("://") {
        return None;
    }
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let path = match file.strip_prefix("../") {
        Some(above) => above.to_owned(),
        None if file.is_empty() => page.path.clone(),
        None => format!("docs/{file}"),
    };
    let mut targets = sources.iter().filter(|source| source.path == path);
    let is_there = targets.any(|target| heading.is_empty() || headings(target).any(|found| found == heading));
    (!is_there).then(|| format!("the link `{link}` leads nowhere"))
}

/// The headings of a page, as links name them: in lower case, with hyphens for blanks, without signs.
fn headings(page: &Source) -> impl Iterator<Item = String> {
    let titles = page
        .lines()
        .filter_map(|(_, line)| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    titles.map(|title| {
        let is_named = |character: &char| character.is_alphanumeric() || matches!(character, ' ' | '-' | '_');
        title
            .to_lowercase()
            .chars()
            .filter(is_named)
            .map(|character| if character == ' ' { '-' } else { character })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::{Source, breaches};

    /// What is found in one line of a page, beside a few files.
    fn found(line: &str) -> Vec<String> {
        let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
        breaches(&[
            source("docs/ASVS.md", line),
            source("docs/OPERATING.md", "# Running\n\n## Options of `roster serve`\n"),
            source("tests/api/session.rs", "async fn person_signs_in(database: Database) {\n// fn is_gone(\n"),
            source("tests/browser/session.spec.ts", "test(\"person signs in, and out\", async ({ page }) => {\n"),
            source(
                "crates/domain/src/text.rs",
                "pub const NAME_CHARS_MAX: usize = 100;\npub const BODY_BYTES_MAX: usize = 64 * 1_024;\nconst WAIT_MS: i64 = MINUTE_MS;\n",
            ),
        ])
    }

    #[test]
    fn tests_named_as_evidence_are_there() {
        for there in [
            "`tests/api/session.rs::person_signs_in`",
            "`tests/browser/session.spec.ts › person signs in, and out`",
            "`sa::x`",
        ] {
            assert_eq!(found(there), Vec::<String>::new(), "{there}");
        }
        for absent in [
            "`tests/api/session.rs::person_signs`",
            "`tests/api/session.rs::is_gone`",
            "`tests/api/accounts.rs::person_signs_in`",
            "`tests/browser/session.spec.ts › person signs in`",
        ] {
            assert_eq!(found(absent).len(), 1, "{absent}");
        }
    }

    #[test]
    fn links_of_the_pages_lead_to_headings() {
        for there in ["[a](OPERATING.md)", "[a](OPERATING.md#options-of-roster-serve)", "[a](https://example.com/#x)"] {
            assert_eq!(found(there), Vec::<String>::new(), "{there}");
        }
        for absent in
            ["[a](OPERATION.md)", "[a](OPERATING.md#options)", "[a](#options-of-roster-serve)", "[a](../OPERATING.md)"]
        {
            assert_eq!(found(absent).len(), 1, "{absent}");
        }
    }

    #[test]
    fn actions_of_the_audit_log_are_listed() {
        let found = |action: &str| {
            let code = format!("record(tx, Event::new(\"{action}\", id))\n");
            let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
            breaches(&[
                source("docs/SECURITY.md", "`role.created`"),
                source("crates/server/src/roles/change.rs", &code),
            ])
        };
        assert_eq!(found("role.created"), Vec::<String>::new());
        assert_eq!(found("role.deleted").len(), 1);
    }

    #[test]
    fn figures_are_those_of_the_constants() {
        for right in [
            "1 to 100 `NAME_CHARS_MAX`",
            "65,536, `BODY_BYTES_MAX`",
            "a minute `WAIT_MS`",
            "`KEY`, `_` and `ROSTER_LOG`",
        ] {
            assert_eq!(found(right), Vec::<String>::new(), "{right}");
        }
        for wrong in ["1 to 1,000 `NAME_CHARS_MAX`", "64 `BODY_BYTES_MAX`", "100 `NAME_BYTES_MAX`"] {
            assert_eq!(found(wrong).len(), 1, "{wrong}");
        }
    }
}
