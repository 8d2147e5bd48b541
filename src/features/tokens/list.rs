//! The live list of all tokens: loads what is looked at, wherever in the list that is, and follows what others change.

use std::sync::Arc;
use std::time::Duration;

use domain::Code;
use domain::tokens::{Token, TokenCounts, TokenPage};
use leptos::{ev, prelude::*, task::spawn_local};

use super::filters::{Asked, Filters, Part};
use crate::api::{self, ApiError, Fresh};
use crate::features::session::{Session, use_session};
use crate::pages::{Arrival, PAGE_ROWS, Pages, read_between};

const REFRESH_EVERY: Duration = Duration::from_secs(5);
/// How long typing rests before the list is asked for anew.
const REST: Duration = Duration::from_millis(150);
/// Pages asked for at once; a drag of the scroll bar passes hundreds.
const REQUESTS_MAX: usize = 4;
/// Rows taken as visible until the table has said which are.
const FIRST_ROWS: usize = 20;

/// How far the list has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Waiting,
    Shown,
    Failed(String),
}

#[derive(Default)]
struct Inner {
    pages: Pages<Token>,
    /// What is shown; what is asked for may be on its way.
    shown: Asked,
    window: (usize, usize),
    loading: Vec<usize>,
    /// How often something else was asked for: answers to older questions are not taken.
    asked: u64,
}

/// The list, to be read reactively.
#[derive(Clone, Copy)]
pub(super) struct TokenList {
    filters: Filters,
    inner: StoredValue<Inner>,
    revision: RwSignal<u32>,
    pub(super) state: RwSignal<State>,
    /// How many rows there are, loaded or not.
    pub(super) total: RwSignal<usize>,
    /// How many tokens each filter would show.
    pub(super) counts: RwSignal<Option<TokenCounts>>,
    /// For the table: the row to bring into view.
    pub(super) scroll_to: RwSignal<Option<usize>>,
    session: Session,
}

impl TokenList {
    /// Begins to read, and again whenever the filters change; looks for news while the window is visible.
    pub(super) fn new(filters: Filters) -> Self {
        let list = Self {
            filters,
            inner: StoredValue::new(Inner { window: (0, FIRST_ROWS), ..Inner::default() }),
            revision: RwSignal::new(0),
            state: RwSignal::new(State::Waiting),
            total: RwSignal::new(0),
            counts: RwSignal::new(None),
            scroll_to: RwSignal::new(None),
            session: use_session(),
        };
        let asked = Memo::new(move |_| filters.asked());
        Effect::new(move |before: Option<()>| {
            let now = asked.get();
            if before.is_none() {
                list.ask(now);
            } else if let Ok(rest) = set_timeout_with_handle(move || list.ask(now.clone()), REST) {
                on_cleanup(move || rest.clear());
            }
        });
        if let Ok(interval) = set_interval_with_handle(move || list.refresh(), REFRESH_EVERY) {
            on_cleanup(move || interval.clear());
        }
        let listener = window_event_listener(ev::visibilitychange, move |_| list.refresh());
        on_cleanup(move || listener.remove());
        list
    }

    /// What is asked for now, reactively.
    pub(super) fn asked(self) -> Asked {
        self.filters.asked()
    }

    /// The token of a row, reactively; none while it is on its way.
    pub(super) fn row(self, index: usize) -> Option<Arc<Token>> {
        self.revision.track();
        self.inner.with_value(|inner| inner.pages.row(index))
    }

    /// The rows that the table shows now.
    pub(super) fn look_at(self, window: (usize, usize)) {
        self.inner.update_value(|inner| inner.window = window);
        self.load_missing();
    }

    /// Asks anew for what failed.
    pub(super) fn retry(self) {
        self.state.set(State::Waiting);
        self.ask(self.filters.asked());
    }

    /// Asks for the beginning. What is shown stays until the answer is there.
    fn ask(self, asked: Asked) {
        let Some(round) = self.inner.try_update_value(|inner| {
            inner.asked += 1;
            inner.asked
        }) else {
            return;
        };
        let path = asked.path(&Part { is_counted: true, ..Part::default() }, api::encode);
        spawn_local(async move {
            let answer = api::get_fresh::<TokenPage>(&path, None).await;
            if self.inner.try_with_value(|inner| inner.asked) != Some(round) {
                return;
            }
            match answer {
                Ok(Fresh::New(page, tag)) => self.show(asked, page, tag),
                Ok(Fresh::Unchanged) => {}
                Err(error) => self.failed(&error),
            }
        });
    }

    fn show(self, asked: Asked, page: TokenPage, tag: Option<String>) {
        let is_first = self.state.get_untracked() != State::Shown;
        self.inner.update_value(|inner| {
            // Rows that both lists have stay the same values.
            let pages = std::mem::take(&mut inner.pages);
            inner.pages = pages.first_only();
            inner.shown = asked;
            inner.window = (0, FIRST_ROWS);
            inner.loading.clear();
        });
        self.take(0, page, tag, false);
        self.state.set(State::Shown);
        if !is_first {
            self.scroll_to.set(Some(0));
        }
        self.load_missing();
    }

    fn take(self, place: usize, page: TokenPage, tag: Option<String>, by_cursor: bool) {
        let total = usize::try_from(page.total).unwrap_or(usize::MAX);
        let arrival = Arrival { rows: page.items, next_cursor: page.next_cursor, tag, total, by_cursor };
        self.inner.update_value(|inner| inner.pages.put(place, arrival));
        if self.total.get_untracked() != total {
            self.total.set(total);
        }
        if page.counts.is_some() && self.counts.get_untracked() != page.counts {
            self.counts.set(page.counts);
        }
        self.revision.update(|revision| *revision = revision.wrapping_add(1));
    }

    fn failed(self, error: &ApiError) {
        if error.code() == Some(Code::NotSignedIn) {
            self.session.end();
        } else if self.state.get_untracked() != State::Shown {
            self.state.set(State::Failed(error.message()));
        }
    }

    fn load_missing(self) {
        let total = self.total.get_untracked();
        let due = self.inner.try_update_value(|inner| {
            let free = REQUESTS_MAX.saturating_sub(inner.loading.len());
            let missing = inner.pages.missing(inner.window, total);
            let due: Vec<_> = missing.into_iter().filter(|page| !inner.loading.contains(page)).take(free).collect();
            inner.loading.extend(&due);
            due
        });
        for place in due.unwrap_or_default() {
            self.load(place, None, false);
        }
    }

    /// Asks for a page of what is shown; with a tag, only for what is new.
    fn load(self, place: usize, tag: Option<String>, is_counted: bool) {
        let Some((round, path, by_cursor)) = self.inner.try_with_value(|inner| {
            let (cursor, skip) = inner.pages.way_to(place);
            let by_cursor = cursor.is_some();
            let part = Part { cursor, skip, is_counted, ..Part::default() };
            (inner.asked, inner.shown.path(&part, api::encode), by_cursor)
        }) else {
            return;
        };
        spawn_local(async move {
            let answer = api::get_fresh::<TokenPage>(&path, tag.as_deref()).await;
            let is_current = self.inner.try_update_value(|inner| {
                inner.loading.retain(|page| *page != place);
                inner.asked == round
            });
            match (is_current, answer) {
                (Some(true), Ok(Fresh::New(page, tag))) => self.take(place, page, tag, by_cursor),
                (Some(_), Err(error)) => return self.failed(&error),
                (None, _) => return,
                _ => {}
            }
            self.load_missing();
        });
    }

    /// Looks for news of the pages in view.
    pub(super) fn refresh(self) {
        if document().hidden() || self.state.try_get_untracked() != Some(State::Shown) {
            return;
        }
        let total = self.total.get_untracked();
        let due = self.inner.try_update_value(|inner| {
            let (first, end) = inner.window;
            let last = end.min(total).saturating_sub(1) / PAGE_ROWS;
            let places = (first / PAGE_ROWS..=last.max(first / PAGE_ROWS)).filter(|page| !inner.loading.contains(page));
            let places: Vec<_> = places.collect();
            inner.loading.extend(&places);
            places.into_iter().map(|place| (place, inner.pages.tag(place))).collect::<Vec<_>>()
        });
        for (at, (place, tag)) in due.unwrap_or_default().into_iter().enumerate() {
            self.load(place, tag, at == 0);
        }
    }

    /// Reads the rows between two places, also those that are not loaded; the list shows none of them for that.
    pub(super) async fn read_between(self, first: usize, end: usize) -> Result<Vec<Token>, ApiError> {
        let asked = self.inner.try_with_value(|inner| inner.shown.clone()).unwrap_or_default();
        read_between(first, end, async |cursor, skip, rows| {
            let part = Part { cursor, skip, rows, is_counted: false };
            let page: TokenPage = api::get(&asked.path(&part, api::encode)).await?;
            Ok((page.items, page.next_cursor))
        })
        .await
    }
}
