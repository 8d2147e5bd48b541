//! A list that is read page by page as one scrolls, for lists without a place of their own for each row.

use std::sync::Arc;
use std::time::Duration;

use domain::Code;
use domain::page::Page;
use leptos::{ev, prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

use crate::api::{self, ApiError};
use crate::features::session::{Session, use_session};
use crate::ui::{Button, EmptyState, Icon};

const PAGE_ROWS: usize = 200;
/// Grey rows that stand in for a list, or a page, that has not arrived.
const ROWS_WAITED_FOR: usize = 12;
/// How long typing rests before the list is asked for anew.
const REST: Duration = Duration::from_millis(150);

/// How far the list has come.
#[derive(Clone, PartialEq, Eq)]
enum State {
    Waiting,
    Shown,
    Failed(String),
}

/// The list, to be read reactively.
pub(crate) struct Paged<T: Send + Sync + 'static> {
    /// The address with its filters, ready for `&limit=`.
    path: Signal<String>,
    rows: RwSignal<Vec<Arc<T>>>,
    /// How many rows there are, loaded or not.
    pub(crate) total: RwSignal<usize>,
    state: RwSignal<State>,
    next: StoredValue<Option<String>>,
    /// How often the list was asked for from its beginning: answers to older questions are not taken.
    asked: StoredValue<u32>,
    is_loading: StoredValue<bool>,
    /// For the table: the row to bring into view.
    pub(crate) scroll_to: RwSignal<Option<usize>>,
    session: Session,
}

impl<T: Send + Sync + 'static> Clone for Paged<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Paged<T> {}

impl<T: DeserializeOwned + Send + Sync + 'static> Paged<T> {
    /// Begins to read, and again whenever the address changes or the window comes back.
    pub(crate) fn new(path: impl Into<Signal<String>>) -> Self {
        let list = Self {
            path: path.into(),
            rows: RwSignal::new(Vec::new()),
            total: RwSignal::new(0),
            state: RwSignal::new(State::Waiting),
            next: StoredValue::new(None),
            asked: StoredValue::new(0),
            is_loading: StoredValue::new(false),
            scroll_to: RwSignal::new(None),
            session: use_session(),
        };
        let address = Memo::new(move |_| list.path.get());
        Effect::new(move |before: Option<()>| {
            // Read, not only tracked: a memo that nobody has read follows nothing yet.
            address.with(|_| ());
            if before.is_none() {
                return list.reload();
            }
            let anew = move || {
                list.reload();
                list.scroll_to.set(Some(0));
            };
            if let Ok(rest) = set_timeout_with_handle(anew, REST) {
                on_cleanup(move || rest.clear());
            }
        });
        let listener = window_event_listener(ev::visibilitychange, move |_| {
            // Whoever has scrolled far down stays there.
            if !document().hidden() && list.rows.with_untracked(Vec::len) <= PAGE_ROWS {
                list.reload();
            }
        });
        on_cleanup(move || listener.remove());
        list
    }

    /// Reads again from the beginning; what is shown stays until the answer is there.
    pub(crate) fn reload(self) {
        let asked = self.asked.try_update_value(|asked| {
            *asked = asked.wrapping_add(1);
            *asked
        });
        if let Some(asked) = asked {
            self.load(asked, None);
        }
    }

    /// What the table shows now: the next page is read when its end comes into view.
    pub(crate) fn look_at(self, (_, end): (usize, usize)) {
        if end < self.rows.with_untracked(Vec::len) || self.is_loading.get_value() {
            return;
        }
        if let Some(cursor) = self.next.get_value() {
            self.load(self.asked.get_value(), Some(cursor));
        }
    }

    /// Reads the next page, if there is one.
    pub(crate) fn more(self) {
        self.look_at((0, usize::MAX));
    }

    fn load(self, asked: u32, cursor: Option<String>) {
        self.is_loading.set_value(true);
        let limit = PAGE_ROWS.to_string();
        let mut path = [self.path.get_untracked().as_str(), "&limit=", &limit].concat();
        let is_first = cursor.is_none();
        if let Some(cursor) = cursor {
            path.extend(["&cursor=", &api::encode(&cursor)]);
        }
        spawn_local(async move {
            let answer = api::get::<Page<T>>(&path).await;
            if self.asked.try_get_value() != Some(asked) {
                return;
            }
            self.is_loading.set_value(false);
            match answer {
                Ok(page) => self.take(page, is_first),
                Err(error) => self.failed(&error),
            }
        });
    }

    fn take(self, page: Page<T>, is_first: bool) {
        self.next.set_value(page.next_cursor);
        self.total.set(usize::try_from(page.total).unwrap_or(usize::MAX));
        self.rows.update(|rows| {
            if is_first {
                rows.clear();
            }
            rows.extend(page.items.into_iter().map(Arc::new));
        });
        self.state.set(State::Shown);
    }

    fn failed(self, error: &ApiError) {
        if error.code() == Some(Code::NotSignedIn) {
            self.session.end();
        } else if self.state.get_untracked() != State::Shown {
            self.state.set(State::Failed(error.message()));
        }
    }
}

impl<T: Send + Sync + 'static> Paged<T> {
    /// How many rows the table has: those that are there, and some grey ones for those on their way.
    pub(crate) fn row_count(self) -> Signal<usize> {
        Signal::derive(move || match self.state.get() {
            State::Waiting => ROWS_WAITED_FOR,
            State::Failed(_) => 0,
            State::Shown => {
                let loaded = self.rows.with(Vec::len);
                loaded + self.total.get().saturating_sub(loaded).min(ROWS_WAITED_FOR)
            }
        })
    }

    /// Something of a row, reactively; the default while it is on its way.
    pub(crate) fn read<R: Default>(self, index: usize, read: impl FnOnce(&T) -> R) -> R {
        self.rows.with(|rows| rows.get(index).map(|row| read(row)).unwrap_or_default())
    }

    /// A row, not reactively.
    pub(crate) fn row(self, index: usize) -> Option<Arc<T>> {
        self.rows.with_untracked(|rows| rows.get(index).cloned())
    }

    /// Whether a row is there, reactively.
    pub(crate) fn is_loaded(self, index: usize) -> bool {
        self.rows.with(|rows| index < rows.len())
    }

    /// How many rows are there, reactively.
    pub(crate) fn loaded(self) -> usize {
        self.rows.with(Vec::len)
    }

    /// Whether nothing has arrived yet, reactively.
    pub(crate) fn is_waiting(self) -> bool {
        self.state.with(|state| *state == State::Waiting)
    }

    /// The rows that are there, reactively.
    pub(crate) fn rows(self) -> Vec<Arc<T>> {
        self.rows.get()
    }
}

/// What stands in place of rows: why the list could not be read, or what its page says of an empty one.
pub(crate) fn no_rows<T: DeserializeOwned + Send + Sync + 'static>(list: Paged<T>, none: ViewFn) -> ViewFn {
    let retry = move || {
        list.state.set(State::Waiting);
        list.reload();
    };
    let view = move || match list.state.get() {
        State::Waiting => ().into_any(),
        State::Failed(why) => view! {
            <EmptyState icon=Icon::Warning title="The list could not be loaded" text=why>
                <Button label="Retry" icon=Icon::Refresh on_click=retry />
            </EmptyState>
        }
        .into_any(),
        State::Shown => none.run(),
    };
    view.into()
}
