//! What the list of objects is narrowed to, as the address and the API write it.

use domain::page::SEARCH_CHARS_MAX;

/// The rows of one request.
const PAGE_ROWS: usize = 100;

/// What the list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filters {
    /// As typed.
    pub(super) search: String,
    /// Key of an object type.
    pub(super) kind: Option<String>,
    /// Whether only those are shown that nobody can modify any more.
    pub(super) orphans: bool,
}

impl Filters {
    /// Reads the address; what it does not name leaves nothing out.
    pub(super) fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            search: get("q").unwrap_or_default().chars().take(SEARCH_CHARS_MAX).collect(),
            kind: get("type").filter(|kind| !kind.is_empty()),
            orphans: get("orphan").as_deref() == Some("true"),
        }
    }

    /// The pairs of the address.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.search.is_empty() {
            pairs.push(("q", self.search.clone()));
        }
        if let Some(kind) = &self.kind {
            pairs.push(("type", kind.clone()));
        }
        if self.orphans {
            pairs.push(("orphan", "true".to_owned()));
        }
        pairs
    }

    /// Whether it asks for the same rows, however the search was typed.
    pub(super) fn asks_the_same(&self, other: &Self) -> bool {
        let search = self.search.trim() == other.search.trim();
        search && self.kind == other.kind && self.orphans == other.orphans
    }

    /// Whether rows are left out.
    pub(super) fn is_narrowed(&self) -> bool {
        !self.search.trim().is_empty() || self.kind.is_some() || self.orphans
    }

    /// The address of a page of the API; the first one without a cursor.
    pub(super) fn request(&self, cursor: Option<&str>, encode: impl Fn(&str) -> String) -> String {
        let mut path = ["/api/v1/objects?limit=", &PAGE_ROWS.to_string()].concat();
        let trimmed = Self { search: self.search.trim().to_owned(), ..self.clone() };
        for (name, value) in trimmed.pairs() {
            path.extend(["&", name, "=", &encode(&value)]);
        }
        if let Some(cursor) = cursor {
            path.extend(["&cursor=", &encode(cursor)]);
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrow() -> Filters {
        Filters { search: "sales q3 ".to_owned(), kind: Some("dashboard".to_owned()), orphans: true }
    }

    #[test]
    fn address_reads_back_what_it_writes() {
        for filters in [Filters::default(), narrow(), Filters { kind: None, ..narrow() }] {
            let pairs = filters.pairs();
            let get = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
            assert_eq!(Filters::read(get), filters);
        }
        assert!(Filters::default().pairs().is_empty());
    }

    #[test]
    fn every_filter_is_asked_for() {
        let request = |filters: &Filters, cursor| filters.request(cursor, |text| text.replace(' ', "%20"));
        assert_eq!(request(&Filters::default(), None), "/api/v1/objects?limit=100");
        assert_eq!(
            request(&narrow(), Some("ab")),
            "/api/v1/objects?limit=100&q=sales%20q3&type=dashboard&orphan=true&cursor=ab"
        );
    }

    #[test]
    fn blanks_around_a_search_ask_nothing_new() {
        assert!(narrow().asks_the_same(&Filters { search: "sales q3".to_owned(), ..narrow() }));
        assert!(!narrow().asks_the_same(&Filters { orphans: false, ..narrow() }));
        assert!(narrow().is_narrowed() && !Filters { search: " ".to_owned(), ..Filters::default() }.is_narrowed());
    }
}
