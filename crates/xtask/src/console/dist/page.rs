//! The final `index.html`: the source page with the addresses and integrity of the assets in place of its marker.

use super::asset::Asset;
use crate::run::{Failure, Result};

/// What the line of the source page holds that gives way to the assets. By it Trunk leaves the compiling to the hooks.
const MARKER: &str = "data-trunk-skip";

pub(crate) struct Page<'a> {
    pub(crate) wasm: &'a Asset,
    pub(crate) app: &'a Asset,
    pub(crate) boot: &'a Asset,
    pub(crate) style: &'a Asset,
    pub(crate) icon: &'a Asset,
}

impl Page<'_> {
    pub(crate) fn render(&self, source: &str) -> Result<String> {
        let is_marker = |line: &str| line.starts_with("<link ") && line.ends_with('>') && line.contains(MARKER);
        let lines = source.lines().map(str::trim).filter(|line| !line.is_empty());
        if lines.clone().filter(|line| is_marker(line)).count() != 1 {
            return Err(Failure::new(format!("index.html has to have one line that is a link with `{MARKER}`")));
        }
        let lines = lines.map(|line| if is_marker(line) { self.tags() } else { line.to_owned() });
        Ok(lines.collect::<Vec<_>>().join("\n") + "\n")
    }

    /// `boot.js` comes before the style sheet, since a script waits for the style sheets that come before it; the other script
    /// is `async`, since it would wait for all of them. The preload has no
    /// integrity: browsers ignore it there and warn. The `fetch` that takes the preloaded response checks it.
    fn tags(&self) -> String {
        [
            format!(r#"<script src="{}" integrity="{}"></script>"#, self.boot.url(), self.boot.integrity()),
            format!(
                r#"<link rel="preload" href="{}" as="fetch" type="application/wasm" crossorigin>"#,
                self.wasm.url()
            ),
            format!(
                r#"<script type="module" src="{}" integrity="{}" crossorigin async></script>"#,
                self.app.url(),
                self.app.integrity()
            ),
            format!(r#"<link rel="stylesheet" href="{}" integrity="{}">"#, self.style.url(), self.style.integrity()),
            format!(r#"<link rel="icon" href="{}" type="image/svg+xml">"#, self.icon.url()),
        ]
        .join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::{Asset, Page};

    fn rendered(source: &str) -> Option<String> {
        let [wasm, app, boot, style, icon] =
            ["wasm", "app", "boot", "style", "icon"].map(|stem| Asset::new(stem, "x", Vec::new()));
        Page { wasm: &wasm, app: &app, boot: &boot, style: &style, icon: &icon }.render(source).ok()
    }

    #[test]
    fn page_has_one_marker() {
        assert_eq!(rendered("<head></head>"), None);
        assert_eq!(rendered("<head><link data-trunk-skip></head>"), None);
        assert_eq!(rendered("<link data-trunk-skip>\n<link data-trunk-skip>"), None);
    }

    #[test]
    fn no_script_is_inline() {
        let marker = "<link data-trunk rel=\"rust\" data-trunk-skip data-trunk-id=\"0\">";
        let page = rendered(&format!("<head>\n  {marker}\n</head>")).unwrap_or_default();
        assert!(!page.contains("trunk"));
        assert_eq!(page.matches("<script").count(), page.matches("></script>").count());
        assert_eq!(page.matches("<script").count(), 2);
        assert!(page.find("/assets/boot-") < page.find("/assets/style-"));
    }
}
