//! The list of objects, loaded from its beginning as far as it was looked at.

use std::sync::Arc;

use domain::Code;
use domain::objects::Object;
use domain::page::Page;
use leptos::{prelude::*, task::spawn_local};

use super::filters::Filters;
use crate::api::{self, ApiError};
use crate::features::session::Session;

/// Rows behind the visible ones that are loaded with them, so that a slow scroll never shows a gap.
const ROWS_AHEAD: usize = 60;

/// How far the list has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ListState {
    /// Nothing has arrived yet.
    Waiting,
    Shown,
    /// What was asked for has not arrived, and why.
    Failed(String),
}

#[derive(Default)]
struct Inner {
    /// The filters of what is shown.
    shown: Filters,
    next_cursor: Option<String>,
    /// How often something else was asked for: an answer to an earlier question is not taken.
    asked: u32,
    is_loading: bool,
    /// One past the last row that was looked at.
    looked_at: usize,
}

/// The list, to be read reactively.
#[derive(Clone, Copy)]
pub(super) struct ObjectList {
    session: Session,
    filters: Signal<Filters>,
    rows: RwSignal<Vec<Arc<Object>>>,
    inner: StoredValue<Inner>,
    pub(super) state: RwSignal<ListState>,
    /// How many rows there are, loaded or not.
    pub(super) total: RwSignal<usize>,
    /// For the table: the row to bring into view.
    pub(super) scroll_to: RwSignal<Option<usize>>,
}

impl ObjectList {
    /// A list that follows the filters.
    pub(super) fn new(session: Session, filters: Signal<Filters>) -> Self {
        let list = Self {
            session,
            filters,
            rows: RwSignal::new(Vec::new()),
            inner: StoredValue::new(Inner::default()),
            state: RwSignal::new(ListState::Waiting),
            total: RwSignal::new(0),
            scroll_to: RwSignal::new(None),
        };
        Effect::new(move |before: Option<Filters>| {
            let filters = list.filters.get();
            if before.is_none_or(|before| !before.asks_the_same(&filters)) {
                list.ask();
            }
            filters
        });
        list
    }

    /// The row at a place, reactively; none while it is on its way.
    pub(super) fn row(self, index: usize) -> Option<Arc<Object>> {
        self.rows.with(|rows| rows.get(index).cloned())
    }

    /// The row at a place, not reactively.
    pub(super) fn at(self, index: usize) -> Option<Arc<Object>> {
        self.rows.with_untracked(|rows| rows.get(index).cloned())
    }

    /// The filters of what is shown, reactively.
    pub(super) fn shown(self) -> Filters {
        self.rows.track();
        self.inner.with_value(|inner| inner.shown.clone())
    }

    /// The rows that the table shows now.
    pub(super) fn look_at(self, (_, end): (usize, usize)) {
        self.inner.update_value(|inner| inner.looked_at = end);
        self.load_more();
    }

    /// Asks for the first page. What is shown stays until the answer is there.
    pub(super) fn ask(self) {
        let Some(asked) = self.inner.try_update_value(|inner| {
            inner.asked += 1;
            inner.is_loading = true;
            inner.asked
        }) else {
            return;
        };
        let filters = self.filters.get_untracked();
        spawn_local(async move {
            let answer = api::get::<Page<Object>>(&filters.request(None, api::encode)).await;
            if self.inner.try_with_value(|inner| inner.asked) == Some(asked) {
                match answer {
                    Ok(page) => self.show(filters, page),
                    Err(error) => self.failed(&error),
                }
            }
        });
    }

    fn show(self, filters: Filters, page: Page<Object>) {
        self.inner.update_value(|inner| {
            inner.shown = filters;
            inner.next_cursor = page.next_cursor;
            inner.is_loading = false;
        });
        self.rows.set(page.items.into_iter().map(Arc::new).collect());
        self.count(page.total);
        self.state.set(ListState::Shown);
        self.scroll_to.set(Some(0));
        self.load_more();
    }

    /// Loads the next page as long as rows are looked at that are not there.
    fn load_more(self) {
        let loaded = self.rows.with_untracked(Vec::len);
        let next = self.inner.try_update_value(|inner| {
            let is_due = !inner.is_loading && inner.looked_at + ROWS_AHEAD > loaded;
            let cursor = inner.next_cursor.clone().filter(|_| is_due)?;
            inner.is_loading = true;
            Some((inner.asked, inner.shown.request(Some(&cursor), api::encode)))
        });
        let Some(Some((asked, path))) = next else { return };
        spawn_local(async move {
            let answer = api::get::<Page<Object>>(&path).await;
            if self.inner.try_with_value(|inner| inner.asked) != Some(asked) {
                return;
            }
            match answer {
                Ok(page) => {
                    self.inner.update_value(|inner| {
                        inner.next_cursor = page.next_cursor;
                        inner.is_loading = false;
                    });
                    self.rows.update(|rows| rows.extend(page.items.into_iter().map(Arc::new)));
                    self.count(page.total);
                    self.load_more();
                }
                Err(error) => self.failed(&error),
            }
        });
    }

    /// Where the last page is there, the rows themselves say how many there are.
    fn count(self, total: u64) {
        let is_whole = self.inner.with_value(|inner| inner.next_cursor.is_none());
        let loaded = self.rows.with_untracked(Vec::len);
        self.total.set(if is_whole { loaded } else { usize::try_from(total).unwrap_or(usize::MAX) });
    }

    fn failed(self, error: &ApiError) {
        self.inner.update_value(|inner| inner.is_loading = false);
        if error.code() == Some(Code::NotSignedIn) {
            self.session.end();
        } else {
            self.state.set(ListState::Failed(error.message()));
        }
    }

    /// Asks anew for what failed.
    pub(super) fn retry(self) {
        self.state.set(ListState::Waiting);
        self.ask();
    }
}
