//! What each line and opening must be: the first comment, colours in one place, no machine's names, no silenced lint.

use super::Source;

/// Paths and hosts of a particular machine. They are put together here so that this file does not hold them itself.
const MACHINE_NAMES: [&str; 8] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("registry.npm", "js"),
    concat!("deb.deb", "ian.org"),
    concat!("arti", "factory"),
];

const COLOUR_FUNCTIONS: [&str; 8] = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "oklch(", "oklab(", "lch("];
/// The digits that a hexadecimal colour may have.
const HEX_COLOUR_DIGITS: [usize; 4] = [3, 4, 6, 8];
const SILENCED: &str = concat!("[al", "low(");
const SILENCED_INNER: &str = concat!("#![al", "low");

/// The most lines of a file of source; past them it is parted by what it does.
const LINES_MAX: usize = 400;

pub(super) fn breaches(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let lines = source.lines().count();
    if ["rs", "ts", "mjs"].contains(&source.extension()) && lines > LINES_MAX {
        found.push(source.breach(lines, &format!("a file has {LINES_MAX} lines at the most: part it by what it does")));
    }
    if let Some(opening) = opening(source.extension()).filter(|opening| !source.text.starts_with(opening)) {
        found.push(source.breach(1, &format!("the file must open with a `{opening}` line that says what it holds")));
    }
    let names_colours = source.is_under(&["style/", "src/"]) && source.path != "style/tokens.css";
    for (number, line) in source.lines() {
        if names_colours && colour_in(line, source.extension()) {
            found.push(source.breach(number, "colours belong in style/tokens.css"));
        }
        if !source.path.ends_with(".lock") && MACHINE_NAMES.iter().any(|name| line.contains(name)) {
            found.push(source.breach(number, "the line names a path or a host of one machine"));
        }
        if source.extension() == "rs" && (line.contains(SILENCED) || line.contains(SILENCED_INNER)) {
            found.push(source.breach(number, "a lint is silenced only by `#[expect(..., reason = \"...\")]`"));
        }
    }
    found
}

fn opening(extension: &str) -> Option<&'static str> {
    match extension {
        "rs" => Some("//!"),
        "ts" | "js" | "mjs" => Some("//"),
        "css" => Some("/*"),
        _ => None,
    }
}

fn colour_in(line: &str, extension: &str) -> bool {
    let line = line.trim_start();
    // In a style sheet a colour is a value; `#name` before the colon is a selector.
    let values = match extension {
        "css" => line.split_once(':').map_or("", |(_, values)| values),
        _ if line.starts_with("//") => "",
        _ => line,
    };
    COLOUR_FUNCTIONS.iter().any(|function| has_word(values, function)) || has_hex_colour(values)
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
}

fn has_hex_colour(line: &str) -> bool {
    line.match_indices('#').any(|(at, _)| {
        let after = &line[at + 1..];
        let digits = after.bytes().take_while(u8::is_ascii_hexdigit).count();
        let ends = !after[digits..].starts_with(|next: char| next.is_alphanumeric() || next == '-' || next == '_');
        let begins = at == 0 || line[..at].ends_with([' ', ':', '"', '(', ',']);
        begins && ends && HEX_COLOUR_DIGITS.contains(&digits)
    })
}

#[cfg(test)]
mod tests {
    use super::{MACHINE_NAMES, SILENCED, Source, breaches};

    fn count(path: &str, text: &str) -> usize {
        breaches(&Source { path: path.to_owned(), text: text.to_owned() }).len()
    }

    #[test]
    fn files_open_with_what_they_hold() {
        assert_eq!(count("src/a.rs", "//! Holds a.\n"), 0);
        assert_eq!(count("src/a.rs", "use b;\n"), 1);
        assert_eq!(count("style/a.css", ".a {}\n"), 1);
        assert_eq!(count("tests/browser/a.spec.ts", "// Holds a.\n"), 0);
        assert_eq!(count("README.md", "# Roster\n"), 0);
    }

    #[test]
    fn files_are_parted_before_they_are_long() {
        let file = |lines: usize| format!("//! Holds a.\n{}", "\n".repeat(lines - 1));
        assert_eq!(count("src/a.rs", &file(400)), 0);
        assert_eq!(count("src/a.rs", &file(401)), 1);
        assert_eq!(count("docs/a.md", &file(401)), 0);
    }

    #[test]
    fn colours_are_tokens() {
        for line in ["  color: #fff;", "  color:#a1b2c3;", "  background: oklch(50% 0 0);", "a { color: rgb(0 0 0) }"] {
            assert_eq!(count("style/a.css", &format!("/* a */\n{line}\n")), 1, "{line}");
            assert_eq!(count("style/tokens.css", &format!("/* a */\n{line}\n")), 0, "{line}");
        }
        for line in ["#fade {", "  color: var(--ink);", "  fill: url(#arrow);"] {
            assert_eq!(count("style/a.css", &format!("/* a */\n{line}\n")), 0, "{line}");
        }
        assert_eq!(count("src/a.rs", "//! a\nlet ink = \"#1a2b3c\";\n"), 1);
        assert_eq!(count("src/a.rs", "//! a\nlet link = \"#accounts\";\n// see #123\n"), 0);
    }

    #[test]
    fn no_line_names_one_machine() {
        for name in MACHINE_NAMES {
            assert_eq!(count("docs/a.md", &format!("see {name}x")), 1, "{name}");
            assert_eq!(count("Cargo.lock", &format!("see {name}x")), 0, "{name}");
        }
    }

    #[test]
    fn lints_are_not_silenced() {
        assert_eq!(count("src/a.rs", &format!("//! a\n{SILENCED}(dead_code)]\n")), 1);
    }
}
