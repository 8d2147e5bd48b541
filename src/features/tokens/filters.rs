//! What the list of all tokens is narrowed to, as the address and the API write it.

use domain::accounts::AccountKind;
use domain::tokens::TokenFilter;
use leptos::prelude::*;

use crate::pages::PAGE_ROWS;
use crate::query::query_text;

/// The filters, in step with the address.
#[derive(Clone, Copy)]
pub(super) struct Filters {
    pub(super) search: RwSignal<String>,
    /// A `TokenFilter`; empty for those that work.
    pub(super) filter: RwSignal<String>,
    /// A kind of account; empty for both.
    pub(super) kind: RwSignal<String>,
    /// Id of an account; empty for all.
    pub(super) account: RwSignal<String>,
}

/// What is asked for, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    search: String,
    filter: TokenFilter,
    kind: Option<AccountKind>,
    account: String,
}

impl Filters {
    pub(super) fn new() -> Self {
        Self {
            search: query_text("q"),
            filter: query_text("filter"),
            kind: query_text("kind"),
            account: query_text("account"),
        }
    }

    /// What is asked for, reactively.
    pub(super) fn asked(self) -> Asked {
        let kinds = [AccountKind::User, AccountKind::Service];
        Asked {
            search: self.search.with(|text| text.trim().to_owned()),
            filter: self.filter.with(|text| TokenFilter::parse(text)).unwrap_or_default(),
            kind: self.kind.with(|text| kinds.into_iter().find(|kind| kind.as_str() == text)),
            account: self.account.get(),
        }
    }

    /// Leaves nothing out any more, beside what has ended.
    pub(super) fn clear(self) {
        for text in [self.search, self.filter, self.kind, self.account] {
            text.set(String::new());
        }
    }
}

impl Asked {
    /// Whether tokens that work are left out.
    pub(super) fn is_narrowed(&self) -> bool {
        *self != Self::default()
    }

    pub(super) const fn filter(&self) -> TokenFilter {
        self.filter
    }

    /// The address of a part of the list: `rows` rows, `skip` behind the cursor.
    pub(super) fn path(&self, part: &Part, encode: impl Fn(&str) -> String) -> String {
        let mut path = ["/api/v1/tokens?filter=", self.filter.as_str()].concat();
        let mut add = |name: &str, value: &str| path.extend(["&", name, "=", value]);
        if !self.search.is_empty() {
            add("q", &encode(&self.search));
        }
        if let Some(kind) = self.kind {
            add("kind", kind.as_str());
        }
        if !self.account.is_empty() {
            add("account", &encode(&self.account));
        }
        add("limit", &part.rows.to_string());
        if let Some(cursor) = &part.cursor {
            add("cursor", &encode(cursor));
        }
        if part.skip > 0 {
            add("skip", &part.skip.to_string());
        }
        if part.is_counted {
            add("counts", "true");
        }
        path
    }
}

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) rows: usize,
    pub(super) cursor: Option<String>,
    /// Rows to leave out behind the cursor.
    pub(super) skip: usize,
    /// Whether the counts are wanted, too.
    pub(super) is_counted: bool,
}

impl Default for Part {
    fn default() -> Self {
        Self { rows: PAGE_ROWS, cursor: None, skip: 0, is_counted: false }
    }
}

#[cfg(test)]
mod tests {
    use domain::tokens::TokenNote;

    use super::*;

    #[test]
    fn every_filter_is_asked_for() {
        let encode = |text: &str| text.replace(' ', "%20");
        let first = Part { is_counted: true, ..Part::default() };
        assert_eq!(Asked::default().path(&first, encode), "/api/v1/tokens?filter=working&limit=100&counts=true");
        let asked = Asked {
            search: "proxy eu".to_owned(),
            filter: TokenFilter::Noted(TokenNote::NeverUsed),
            kind: Some(AccountKind::Service),
            account: "7".to_owned(),
        };
        let part = Part { rows: 500, cursor: Some("c".to_owned()), skip: 200, is_counted: false };
        assert_eq!(
            asked.path(&part, encode),
            "/api/v1/tokens?filter=never_used&q=proxy%20eu&kind=service&account=7&limit=500&cursor=c&skip=200"
        );
        assert!(asked.is_narrowed() && !Asked::default().is_narrowed());
    }
}
