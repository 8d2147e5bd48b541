//! A live list of accounts: loads what is looked at, and follows what others change.

use std::sync::Arc;
use std::time::Duration;

use domain::AccountId;
use domain::accounts::{Account, StatusCounts};
use leptos::{ev, prelude::*};

use super::filters::Filters;
use super::pages::Pages;
use crate::features::session::Session;

const REFRESH_EVERY: Duration = Duration::from_secs(3);

/// How far the list has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ListState {
    /// Nothing has arrived yet.
    Waiting,
    Shown,
    /// Nothing has arrived, and why.
    Failed(String),
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) pages: Pages,
    /// The filters of what is shown; those of `filters` may be on their way.
    pub(super) shown: Filters,
    pub(super) window: (usize, usize),
    pub(super) loading: Vec<usize>,
    /// How often something else was asked for.
    pub(super) asked: u64,
    /// How often the list was changed here: what was asked for before is out of date.
    pub(super) epoch: u64,
    /// Changes on their way to the server, during which the server's answers may be older than what is shown.
    pub(super) changes: usize,
    /// Whether what `filters` asks for did not arrive, and is to be asked for again.
    pub(super) is_owed: bool,
    /// Whether the very first request was made, which the page's first script may have begun.
    pub(super) began: bool,
}

/// The list, to be read reactively.
#[derive(Clone, Copy)]
pub(crate) struct AccountList {
    pub(super) session: Session,
    pub(super) filters: Signal<Filters>,
    pub(super) inner: StoredValue<Inner>,
    revision: RwSignal<u32>,
    pub(crate) state: RwSignal<ListState>,
    /// How many rows there are, loaded or not.
    pub(crate) total: RwSignal<usize>,
    pub(crate) counts: RwSignal<Option<StatusCounts>>,
    /// Why the list could not be brought up to date; what is shown stays.
    pub(crate) trouble: RwSignal<Option<String>>,
    /// For the table: the row to bring into view.
    pub(crate) scroll_to: RwSignal<Option<usize>>,
}

impl AccountList {
    /// A list that follows the filters, and looks for news every three seconds while the page is visible.
    pub(crate) fn new(session: Session, filters: Signal<Filters>) -> Self {
        let list = Self {
            session,
            filters,
            inner: StoredValue::new(Inner::default()),
            revision: RwSignal::new(0),
            state: RwSignal::new(ListState::Waiting),
            total: RwSignal::new(0),
            counts: RwSignal::new(None),
            trouble: RwSignal::new(None),
            scroll_to: RwSignal::new(None),
        };
        Effect::new(move |before: Option<Filters>| {
            let filters = list.filters.get();
            if before.is_none_or(|before| !before.asks_the_same(&filters)) {
                list.ask(filters.clone());
            }
            filters
        });
        if let Ok(interval) = set_interval_with_handle(move || list.refresh(), REFRESH_EVERY) {
            on_cleanup(move || interval.clear());
        }
        let listener = window_event_listener(ev::visibilitychange, move |_| list.refresh());
        on_cleanup(move || listener.remove());
        list
    }

    /// The row at a place, reactively; none while it is on its way.
    pub(crate) fn row(self, index: usize) -> Option<Arc<Account>> {
        self.revision.track();
        self.inner.with_value(|inner| inner.pages.row(index))
    }

    /// An account among what is loaded, reactively.
    pub(crate) fn find(self, id: AccountId) -> Option<Arc<Account>> {
        self.revision.track();
        self.inner.with_value(|inner| inner.pages.find(id))
    }

    /// The filters of what is shown.
    pub(crate) fn shown(self) -> Filters {
        self.revision.track();
        self.inner.with_value(|inner| inner.shown.clone())
    }

    /// Asks anew for what failed.
    pub(crate) fn retry(self) {
        self.trouble.set(None);
        if self.state.get_untracked() == ListState::Shown {
            self.refresh();
        } else {
            self.state.set(ListState::Waiting);
            self.ask(self.filters.get_untracked());
        }
    }

    /// The rows that the table shows now.
    pub(crate) fn look_at(self, window: (usize, usize)) {
        self.inner.update_value(|inner| inner.window = window);
        self.load_missing();
    }

    /// A change begins: what is shown is ahead of the server.
    pub(super) fn begin_change(self) {
        self.inner.try_update_value(|inner| inner.changes += 1);
    }

    /// A change has ended, one way or the other.
    pub(super) fn end_change(self) {
        self.inner.try_update_value(|inner| inner.changes = inner.changes.saturating_sub(1));
        self.refresh();
    }

    /// Shows an account as it is by now.
    pub(crate) fn replace(self, account: &Arc<Account>) {
        self.edit(|pages| pages.replace(account));
    }

    /// Takes an account out of what is shown.
    pub(crate) fn remove(self, id: AccountId) {
        if self.edit(|pages| pages.remove(id)) == Some(true) {
            self.total.try_update(|total| *total = total.saturating_sub(1));
        }
    }

    fn edit<T>(self, edit: impl FnOnce(&mut Pages) -> T) -> Option<T> {
        let edited = self.inner.try_update_value(|inner| {
            inner.epoch += 1;
            edit(&mut inner.pages)
        });
        self.drawn_anew();
        edited
    }

    pub(super) fn drawn_anew(self) {
        self.revision.try_update(|revision| *revision = revision.wrapping_add(1));
    }
}
