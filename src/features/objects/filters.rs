//! What the list of objects is narrowed to, as the address and the API write it.

use leptos::prelude::*;

use crate::api;
use crate::query::query_text;

const TRUE: &str = "true";

/// The filters, in step with the address.
#[derive(Clone, Copy)]
pub(super) struct Filters {
    pub(super) search: RwSignal<String>,
    /// Key of an object type; empty for all.
    pub(super) kind: RwSignal<String>,
    /// `true` shows those alone that nobody can modify any more.
    orphan: RwSignal<String>,
}

impl Filters {
    pub(super) fn new() -> Self {
        Self { search: query_text("q"), kind: query_text("type"), orphan: query_text("orphan") }
    }

    /// Whether only orphans are shown, reactively.
    pub(super) fn has_orphans_only(self) -> bool {
        self.orphan.with(|orphan| orphan == TRUE)
    }

    pub(super) fn toggle_orphans(self) {
        self.orphan.update(|orphan| *orphan = if orphan == TRUE { String::new() } else { TRUE.to_owned() });
    }

    /// Whether rows are left out, beside those that are no orphans, reactively.
    pub(super) fn is_narrowed(self) -> bool {
        self.search.with(|search| !search.trim().is_empty()) || self.kind.with(|kind| !kind.is_empty())
    }

    pub(super) fn clear(self) {
        for text in [self.search, self.kind, self.orphan] {
            text.set(String::new());
        }
    }

    /// The address of the list in the API, reactively.
    pub(super) fn path(self) -> String {
        let orphans = self.has_orphans_only();
        self.search.with(|search| self.kind.with(|kind| path(search, kind, orphans, api::encode)))
    }
}

fn path(search: &str, kind: &str, orphans: bool, encode: impl Fn(&str) -> String) -> String {
    let mut path = ["/api/v1/objects?q=", &encode(search.trim())].concat();
    if !kind.is_empty() {
        path.extend(["&type=", &encode(kind)]);
    }
    if orphans {
        path.push_str("&orphan=true");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn every_filter_is_asked_for() {
        let encode = |text: &str| text.replace(' ', "%20");
        assert_eq!(path("", "", false, encode), "/api/v1/objects?q=");
        assert_eq!(
            path(" sales q3 ", "dashboard", true, encode),
            "/api/v1/objects?q=sales%20q3&type=dashboard&orphan=true"
        );
    }
}
