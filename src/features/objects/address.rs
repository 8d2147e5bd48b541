//! The address of the list of objects: it holds the filters, so that Back works and a link shows the same view.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::filters::Filters;
use crate::api;

pub(super) const OBJECTS: &str = "/objects";
/// The address follows typing at a distance: browsers limit how often it may change.
const TYPED_AFTER: Duration = Duration::from_millis(300);

/// The filters, in step with the address.
#[derive(Clone, Copy)]
pub(super) struct Address {
    filters: RwSignal<Filters>,
    go: Callback<(String, bool)>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Address {
    pub(super) fn new() -> Self {
        let (query, navigate) = (use_query_map(), use_navigate());
        let read = move || query.with(|query| Filters::read(|name| query.get(name)));
        let address = Self {
            filters: RwSignal::new(untrack(read)),
            go: Callback::new(move |(to, replace): (String, bool)| {
                navigate(&to, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
            }),
            timer: StoredValue::new(None),
        };
        Effect::new(move |_| {
            let read = read();
            if address.filters.with_untracked(|filters| *filters != read) {
                address.forget_typed();
                address.filters.set(read);
            }
        });
        on_cleanup(move || address.forget_typed());
        address
    }

    /// What the list is narrowed to, reactively.
    pub(super) fn filters(self) -> Signal<Filters> {
        self.filters.into()
    }

    /// Changes the filters, as a step that Back undoes.
    pub(super) fn change(self, change: impl FnOnce(&mut Filters)) {
        self.forget_typed();
        self.filters.update(change);
        self.write(false);
    }

    /// Changes the search at once; the address follows, without a step for each letter.
    pub(super) fn type_search(self, search: String) {
        self.filters.update(|filters| filters.search = search);
        self.forget_typed();
        self.timer.set_value(set_timeout_with_handle(move || self.write(true), TYPED_AFTER).ok());
    }

    fn write(self, replace: bool) {
        let pairs = self.filters.with_untracked(Filters::pairs);
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| [name, "=", &api::encode(value)].concat()).collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        self.go.run(([OBJECTS, mark, &pairs.join("&")].concat(), replace));
    }

    fn forget_typed(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }
}
