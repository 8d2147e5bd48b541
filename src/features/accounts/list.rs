//! A live list of accounts: loads what is looked at, and follows what others change.

use std::sync::Arc;
use std::time::Duration;

use domain::AccountId;
use domain::accounts::{Account, AccountKind, StatusCounts};
use leptos::{ev, prelude::*};

use super::filters::{Counted, Filters};
use super::order::is_before;
use crate::features::session::Session;
use crate::pages::Pages;

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
    pub(super) pages: Pages<Account>,
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
    /// Of the last counts of all users that were asked for apart from the list.
    pub(super) counts_tag: Option<String>,
    /// Whether the very first request was made, which the page's first script may have begun.
    pub(super) began: bool,
}

/// The list, to be read reactively.
#[derive(Clone, Copy)]
pub(crate) struct AccountList {
    pub(super) session: Session,
    pub(super) filters: Signal<Filters>,
    pub(super) inner: StoredValue<Inner>,
    /// Set where the list is of this account alone.
    pub(super) only: Option<AccountId>,
    /// Whether another list asks for the counts by status.
    pub(super) is_part: bool,
    revision: RwSignal<u32>,
    pub(crate) state: RwSignal<ListState>,
    /// How many rows there are, loaded or not.
    pub(crate) total: RwSignal<usize>,
    /// Of all users.
    pub(crate) counts: RwSignal<Option<StatusCounts>>,
    /// Of those that fit what `shown` is narrowed to, the status apart.
    pub(super) fitting: RwSignal<Option<StatusCounts>>,
    /// Why the list could not be brought up to date; what is shown stays.
    pub(crate) trouble: RwSignal<Option<String>>,
    /// For the table: the row to bring into view.
    pub(crate) scroll_to: RwSignal<Option<usize>>,
}

impl AccountList {
    /// A list that follows the filters, and looks for news every three seconds while the page is visible.
    pub(crate) fn new(session: Session, filters: Signal<Filters>) -> Self {
        let list = Self::empty(session, filters);
        list.follow_filters();
        list.look_for_news();
        list
    }

    /// A part of another list, which looks for news whenever that one had some.
    pub(crate) fn part_of(whole: Self, filters: Signal<Filters>) -> Self {
        let list = Self { is_part: true, ..Self::empty(whole.session, filters) };
        list.follow_filters();
        Effect::watch(move || whole.revision.track(), move |(), _, _| list.refresh(), false);
        list
    }

    /// One account alone, as a list that has nothing else.
    pub(crate) fn of_one(session: Session, id: AccountId) -> Self {
        let list = Self { only: Some(id), ..Self::empty(session, Signal::stored(Filters::default())) };
        list.read_one(id);
        list.look_for_news();
        list
    }

    fn empty(session: Session, filters: Signal<Filters>) -> Self {
        Self {
            session,
            filters,
            inner: StoredValue::new(Inner::default()),
            only: None,
            is_part: false,
            revision: RwSignal::new(0),
            state: RwSignal::new(ListState::Waiting),
            total: RwSignal::new(0),
            counts: RwSignal::new(None),
            fitting: RwSignal::new(None),
            trouble: RwSignal::new(None),
            scroll_to: RwSignal::new(None),
        }
    }

    fn follow_filters(self) {
        Effect::new(move |before: Option<Filters>| {
            let filters = self.filters.get();
            if before.is_none_or(|before| !before.asks_the_same(&filters)) {
                self.ask(filters.clone());
            }
            filters
        });
    }

    fn look_for_news(self) {
        if let Ok(interval) = set_interval_with_handle(move || self.refresh(), REFRESH_EVERY) {
            on_cleanup(move || interval.clear());
        }
        let listener = window_event_listener(ev::visibilitychange, move |_| self.refresh());
        on_cleanup(move || listener.remove());
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

    /// Of which kind of accounts it is.
    pub(crate) fn kind(self) -> AccountKind {
        self.filters.with_untracked(|filters| filters.kind)
    }

    /// Whether it is of one account alone.
    pub(crate) const fn is_of_one(self) -> bool {
        self.only.is_some()
    }

    /// Where an account stands among what is loaded, not reactively.
    pub(crate) fn place_of(self, id: AccountId) -> Option<usize> {
        self.inner.try_with_value(|inner| inner.pages.place_of(id)).flatten()
    }

    /// The filters of what is shown.
    pub(crate) fn shown(self) -> Filters {
        self.revision.track();
        self.inner.with_value(|inner| inner.shown.clone())
    }

    /// How many rows each status would show beside the other filters, reactively; none while that is not known.
    pub(crate) fn counts_shown(self) -> Option<StatusCounts> {
        match self.shown().counted() {
            Counted::All => self.counts.get(),
            Counted::Fitting => self.fitting.get(),
        }
    }

    /// Asks anew for what failed.
    pub(crate) fn retry(self) {
        self.trouble.set(None);
        if self.state.get_untracked() == ListState::Shown {
            return self.refresh();
        }
        self.state.set(ListState::Waiting);
        match self.only {
            Some(id) => self.read_one(id),
            None => self.ask(self.filters.get_untracked()),
        }
    }

    /// The rows that the table shows now.
    pub(crate) fn look_at(self, window: (usize, usize)) {
        self.inner.update_value(|inner| inner.window = window);
        self.load_missing();
    }

    /// A change begins: what is shown is ahead of the server.
    pub(crate) fn begin_change(self) {
        self.inner.try_update_value(|inner| inner.changes += 1);
    }

    /// A change has ended, one way or the other. What was asked for before may be answered from before it, and come after.
    pub(crate) fn end_change(self) {
        self.inner.try_update_value(|inner| {
            inner.changes = inner.changes.saturating_sub(1);
            inner.epoch += 1;
            inner.pages.mark_stale(0);
        });
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

    /// Shows an account where the order has it, as far as that is loaded.
    pub(crate) fn insert(self, account: &Arc<Account>) {
        let place = self.inner.try_with_value(|inner| {
            let (sort, direction) = (inner.shown.sort, inner.shown.direction);
            inner.pages.place_for(|row| is_before(account, row, sort, direction))
        });
        self.edit(|pages| {
            if let Some(Some(place)) = place {
                pages.insert(place, Arc::clone(account));
            }
        });
        self.total.try_update(|total| *total += 1);
    }

    fn edit<T>(self, edit: impl FnOnce(&mut Pages<Account>) -> T) -> Option<T> {
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
