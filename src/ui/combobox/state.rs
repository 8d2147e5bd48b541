//! What a combobox knows while it is used.

use leptos::{html::Div, prelude::*};

use crate::ui::text::contains_ignoring_case;

/// How many options the list shows; typing narrows it down.
const OPTIONS_SHOWN_MAX: usize = 100;

/// Something that can be chosen.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct OptionView {
    /// What names it to the program.
    pub(crate) value: String,
    /// What is shown.
    pub(crate) label: String,
    /// A second line; empty for none.
    pub(crate) hint: String,
}

/// Something that is chosen.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What names it to the program.
    pub(crate) value: String,
    /// What is shown.
    pub(crate) label: String,
    /// Why it cannot be removed; none where it can.
    pub(crate) fixed: Option<String>,
    /// What is wrong with it; none where nothing is.
    pub(crate) error: Option<String>,
}

impl Choice {
    /// One that can be removed and is not wrong.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), fixed: None, error: None }
    }

    /// The same with what is wrong with it, where it is among these: pairs of value and reason.
    pub(crate) fn marked(mut self, refused: &[(String, String)]) -> Self {
        self.error = refused.iter().find(|(value, _)| *value == self.value).map(|(_, why)| why.clone());
        self
    }
}

#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) frame: NodeRef<Div>,
    pub(super) query: RwSignal<String>,
    pub(super) open: RwSignal<bool>,
    /// The place of the highlighted row in `rows`.
    pub(super) at: RwSignal<usize>,
    pub(super) rows: Memo<Vec<OptionView>>,
    /// Whether the options for what is typed are on their way.
    pub(super) loading: Signal<bool>,
    /// Why there are none for it.
    pub(super) trouble: Signal<Option<String>>,
    /// Whether the first of them is to be chosen when they are there.
    pub(super) awaited: StoredValue<bool>,
    /// Whether a last row, after `rows`, offers to create what is typed.
    pub(super) offers_create: Memo<bool>,
    pub(super) on_add: Callback<String>,
    pub(super) on_query: Option<Callback<String>>,
    pub(super) on_create: Option<Callback<String>>,
}

impl State {
    /// How many rows the list has, with the one that creates.
    pub(super) fn count(self) -> usize {
        self.rows.with_untracked(Vec::len) + usize::from(self.offers_create.get_untracked())
    }

    pub(super) fn type_text(self, text: String) {
        self.awaited.set_value(false);
        self.query.set(text.clone());
        self.at.set(0);
        self.open.set(true);
        if let Some(on_query) = self.on_query {
            on_query.run(text);
        }
    }

    /// What was asked for while the options were on their way.
    pub(super) fn choose_first(self) {
        if self.open.try_get_untracked() == Some(true) && self.count() > 0 {
            self.choose(0);
        }
    }

    pub(super) fn show(self) {
        if !self.open.get_untracked() {
            self.at.set(0);
            self.open.set(true);
            if let Some(on_query) = self.on_query.filter(|_| self.trouble.with_untracked(Option::is_some)) {
                on_query.run(self.query.get_untracked());
            }
        }
    }

    pub(super) fn choose(self, at: usize) {
        let value = self.rows.with_untracked(|rows| rows.get(at).map(|row| row.value.clone()));
        match (value, self.on_create) {
            (Some(value), _) => self.on_add.run(value),
            (None, Some(on_create)) if self.offers_create.get_untracked() => {
                on_create.run(self.query.get_untracked().trim().to_owned());
            }
            (None, _) => return,
        }
        let asked = self.query.with_untracked(|query| !query.is_empty());
        self.query.set(String::new());
        // Who typed has found what they looked for, and the list would lie over what is below. Who looks through the list
        // may choose several in a row: what stays highlighted is the next one.
        if asked {
            self.open.set(false);
        }
        self.at.update(|at| *at = if asked { 0 } else { (*at).min(self.count().saturating_sub(1)) });
        if let Some(on_query) = self.on_query.filter(|_| asked) {
            on_query.run(String::new());
        }
    }
}

/// The options that are not chosen yet and, unless the caller filters, match the query.
pub(super) fn rows_to_show(options: &[OptionView], selected: &[Choice], query: Option<&str>) -> Vec<OptionView> {
    let query = query.map(str::trim).unwrap_or_default();
    options
        .iter()
        .filter(|option| query.is_empty() || contains_ignoring_case(&option.label, query))
        .filter(|option| !selected.iter().any(|choice| choice.value == option.value))
        .take(OPTIONS_SHOWN_MAX)
        .cloned()
        .collect()
}

/// Whether no option has what is typed as its name, so that it can be made. The options are those for what is typed: before
/// they have come, nobody knows.
pub(super) fn is_new(options: &[OptionView], typed: &str) -> bool {
    let typed = typed.trim().to_lowercase();
    let is_it = |option: &OptionView| option.label.to_lowercase() == typed || option.value.to_lowercase() == typed;
    !typed.is_empty() && !options.iter().any(is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_option_of_its_name_is_new() {
        let options = [OptionView { value: "sales".to_owned(), label: "Sales team".to_owned(), hint: String::new() }];
        for (typed, expected) in
            [("", false), ("  ", false), ("Sales", false), ("SALES TEAM ", false), ("Sales t", true), ("Ops", true)]
        {
            assert_eq!(is_new(&options, typed), expected, "{typed}");
        }
    }
}
