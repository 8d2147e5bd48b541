//! Light work on text assets: the style sheets into one, comments and indentation away.

use std::path::Path;

use crate::files;
use crate::run::{Failure, Result};

const IMPORT: &str = "@import \"./";

/// `main.css` with each `@import "./name.css";` line replaced by that file, in order.
pub(crate) fn bundle(folder: &Path) -> Result<String> {
    let main = folder.join("main.css");
    let mut bundled = String::new();
    for line in files::read_text(&main)?.lines() {
        match line.trim().strip_prefix(IMPORT) {
            Some(rest) => {
                let name =
                    rest.strip_suffix("\";").ok_or_else(|| Failure::at(&main, format!("cannot read `{line}`")))?;
                bundled.push_str(&files::read_text(&folder.join(name))?);
            }
            None => bundled.push_str(line),
        }
        bundled.push('\n');
    }
    Ok(bundled)
}

/// CSS without comments, indentation and empty lines.
pub(crate) fn style(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    lines(kept.lines())
}

/// JavaScript without the lines that are only comment, indentation and empty lines.
///
/// A comment after code stays, and so does all inside a line: this is no parser. No template literal may span lines.
pub(crate) fn script(source: &str) -> String {
    let mut in_comment = false;
    lines(source.lines().filter(|line| {
        let line = line.trim();
        let opens = !in_comment && line.starts_with("/*");
        let is_comment = in_comment || opens || line.starts_with("//");
        in_comment = (in_comment || opens) && !line.contains("*/");
        !is_comment
    }))
}

fn lines<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let kept: Vec<&str> = lines.map(str::trim).filter(|line| !line.is_empty()).collect();
    kept.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::{script, style};

    #[test]
    fn style_loses_comments_and_indentation() {
        assert_eq!(style("/* a */\n.x {\n  color: red; /* b\n c */\n}\n"), ".x {\ncolor: red;\n}\n");
    }

    #[test]
    fn script_loses_comment_lines_only() {
        let source = "/**\n * about\n */\nconst a = 1; // stays\n  // goes\n/* goes */\nlet url = \"http://x/*\";\n";
        assert_eq!(script(source), "const a = 1; // stays\nlet url = \"http://x/*\";\n");
    }
}
