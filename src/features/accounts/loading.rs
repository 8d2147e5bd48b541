//! The loading of a live list: its first page, the pages in view, and the news of them.

use domain::accounts::{Account, AccountPage};
use domain::{AccountId, Code};
use leptos::{prelude::*, task::spawn_local};

use super::filters::{Counted, Filters, PageRequest};
use super::list::{AccountList, ListState};
use crate::api::{self, ApiError, Fresh};
use crate::pages::{Arrival, PAGE_ROWS, Pages, read_between};

/// Pages asked for at once; a drag of the scroll bar passes hundreds.
const REQUESTS_MAX: usize = 4;
/// Rows taken as visible until the table has said which are.
const FIRST_ROWS: usize = 20;

impl AccountList {
    /// Asks for the first page under other filters. What is shown stays until the answer is there.
    pub(super) fn ask(self, filters: Filters) {
        let Some((asked, epoch, began)) = self.inner.try_update_value(|inner| {
            inner.asked += 1;
            inner.is_owed = false;
            (inner.asked, inner.epoch, std::mem::replace(&mut inner.began, true))
        }) else {
            return;
        };
        let counts = match filters.counted() {
            // They do not depend on the status: once known, the news of them come with those of the rows.
            Counted::All if self.counts.with_untracked(Option::is_some) => None,
            counted => Some(counted),
        };
        let counts = counts.filter(|_| !self.is_part);
        let path = filters.request(&PageRequest { counts, ..PageRequest::default() }, api::encode);
        spawn_local(async move {
            let answer = if began { read_fresh(&path).await } else { api::get(&path).await.map(|page| (page, None)) };
            if self.inner.try_with_value(|inner| inner.asked) == Some(asked) {
                match answer {
                    Ok((page, tag)) => {
                        self.show(filters, epoch, page, tag);
                        if counts == Some(Counted::Fitting) && self.counts.with_untracked(Option::is_none) {
                            self.count_all();
                        }
                    }
                    Err(error) => {
                        self.inner.update_value(|inner| inner.is_owed = true);
                        self.failed(&error);
                    }
                }
            }
        });
    }

    fn show(self, filters: Filters, asked_in: u64, page: AccountPage, tag: Option<String>) {
        let is_first = self.state.get_untracked() != ListState::Shown;
        let is_overtaken = self.inner.with_value(|inner| inner.epoch != asked_in);
        self.inner.update_value(|inner| {
            // Rows that both lists have stay the same values.
            let mut pages = Pages::default();
            std::mem::swap(&mut pages, &mut inner.pages);
            inner.pages = pages.first_only();
            inner.shown = filters;
            inner.window = (0, FIRST_ROWS);
            inner.loading.clear();
            inner.epoch += 1;
        });
        self.take(0, page, tag, false);
        self.state.set(ListState::Shown);
        if is_overtaken {
            self.inner.update_value(|inner| inner.pages.mark_stale(0));
        }
        if !is_first {
            self.scroll_to.set(Some(0));
        }
        self.load_missing();
    }

    fn take(self, place: usize, page: AccountPage, tag: Option<String>, by_cursor: bool) {
        let AccountPage { items, next_cursor, total, status_counts } = page;
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        let arrival = Arrival { rows: items, next_cursor, tag, total, by_cursor };
        self.inner.update_value(|inner| inner.pages.put(place, arrival));
        if self.total.get_untracked() != total {
            self.total.set(total);
        }
        if let Some(counts) = status_counts {
            let counted = self.inner.with_value(|inner| inner.shown.counted());
            let known = if counted == Counted::All { self.counts } else { self.fitting };
            if known.get_untracked() != Some(counts) {
                known.set(Some(counts));
            }
        }
        if self.trouble.with_untracked(Option::is_some) {
            self.trouble.set(None);
        }
        self.drawn_anew();
    }

    fn failed(self, error: &ApiError) {
        if error.code() == Some(Code::NotSignedIn) {
            return self.session.end();
        }
        if self.state.get_untracked() != ListState::Shown {
            self.state.set(ListState::Failed(error.message()));
        } else if *error != ApiError::Offline {
            // That the server is away is said by the shell, for all pages.
            self.trouble.set(Some(error.message()));
        }
    }

    /// Asks for what is looked at and not there. Not during a change, whose end asks for it: the answer could be of before.
    pub(super) fn load_missing(self) {
        let total = self.total.get_untracked();
        let due = self.inner.try_update_value(|inner| {
            if inner.changes > 0 {
                return Vec::new();
            }
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

    /// Reads the rows between two places, also those that are not loaded; the list shows none of them for that.
    pub(super) async fn read_between(self, first: usize, end: usize) -> Result<Vec<Account>, ApiError> {
        let filters = self.inner.try_with_value(|inner| inner.shown.clone()).unwrap_or_default();
        read_between(first, end, async |cursor, skip, rows| {
            let page = PageRequest { cursor, skip, rows, counts: None };
            let page: AccountPage = api::get(&filters.request(&page, api::encode)).await?;
            Ok((page.items, page.next_cursor))
        })
        .await
    }

    /// Asks for a page of what is shown; with a tag, only for what is new.
    fn load(self, place: usize, tag: Option<String>, is_counted: bool) {
        let Some((epoch, path, by_cursor, counts)) = self.inner.try_with_value(|inner| {
            let (cursor, skip) = inner.pages.way_to(place);
            let (by_cursor, counts) = (cursor.is_some(), is_counted.then(|| inner.shown.counted()));
            let page = PageRequest { cursor, skip, counts, ..PageRequest::default() };
            (inner.epoch, inner.shown.request(&page, api::encode), by_cursor, counts)
        }) else {
            return;
        };
        spawn_local(async move {
            let answer = api::get_fresh::<AccountPage>(&path, tag.as_deref()).await;
            let is_current = self.inner.try_update_value(|inner| {
                inner.loading.retain(|page| *page != place);
                inner.epoch == epoch && inner.changes == 0
            });
            match (is_current, answer) {
                (None, _) => return,
                (Some(true), Ok(Fresh::New(page, tag))) => {
                    self.take(place, page, tag, by_cursor);
                    if counts == Some(Counted::Fitting) {
                        self.count_all();
                    }
                }
                (Some(true), Ok(Fresh::Unchanged)) => {
                    if self.trouble.with_untracked(Option::is_some) {
                        self.trouble.set(None);
                    }
                }
                (Some(_), Err(error)) => return self.failed(&error),
                (Some(false), Ok(_)) => {}
            }
            self.load_missing();
        });
    }

    /// Asks for the counts of all users, while those of the list are of fewer. Without an answer the last ones stay.
    fn count_all(self) {
        let page = PageRequest { rows: 1, counts: Some(Counted::All), ..PageRequest::default() };
        let kind = self.filters.with_untracked(|filters| filters.kind);
        let path = Filters { kind, ..Filters::default() }.request(&page, api::encode);
        let Some(tag) = self.inner.try_with_value(|inner| inner.counts_tag.clone()) else { return };
        spawn_local(async move {
            let answer = api::get_fresh::<AccountPage>(&path, tag.as_deref()).await;
            let Ok(Fresh::New(AccountPage { status_counts: Some(counts), .. }, tag)) = answer else { return };
            self.inner.try_update_value(|inner| inner.counts_tag = tag);
            if self.counts.try_get_untracked().is_some_and(|known| known != Some(counts)) {
                self.counts.set(Some(counts));
            }
        });
    }

    /// Asks for one account, where the list is of nothing else.
    pub(super) fn read_one(self, id: AccountId) {
        let Some((epoch, tag)) = self
            .inner
            .try_update_value(|inner| {
                let is_free = inner.loading.is_empty() && inner.changes == 0;
                is_free.then(|| {
                    inner.loading.push(0);
                    (inner.epoch, inner.pages.tag(0))
                })
            })
            .flatten()
        else {
            return;
        };
        spawn_local(async move {
            let path = ["/api/v1/accounts/", &id.to_string()].concat();
            let answer = api::get_fresh::<Account>(&path, tag.as_deref()).await;
            let is_current = self.inner.try_update_value(|inner| {
                inner.loading.clear();
                inner.epoch == epoch && inner.changes == 0
            });
            match (is_current, answer) {
                (Some(true), Ok(Fresh::New(account, tag))) => {
                    self.take(
                        0,
                        AccountPage { items: vec![account], next_cursor: None, total: 1, status_counts: None },
                        tag,
                        false,
                    );
                    if self.state.get_untracked() != ListState::Shown {
                        self.state.set(ListState::Shown);
                    }
                }
                (Some(_), Err(error)) => self.failed(&error),
                _ => {}
            }
        });
    }

    /// Looks for news of the pages in view, while the window is visible and nothing is being changed.
    pub(crate) fn refresh(self) {
        let Some(is_owed) = self.inner.try_with_value(|inner| inner.is_owed) else { return };
        if document().hidden() {
            return;
        }
        if let Some(id) = self.only {
            return self.read_one(id);
        }
        if is_owed {
            return self.ask(self.filters.get_untracked());
        }
        if self.state.get_untracked() != ListState::Shown {
            return;
        }
        let total = self.total.get_untracked();
        let due = self.inner.try_update_value(|inner| {
            let (first, end) = inner.window;
            let last = end.min(total).saturating_sub(1) / PAGE_ROWS;
            let places = (first / PAGE_ROWS..=last.max(first / PAGE_ROWS)).filter(|page| !inner.loading.contains(page));
            let places: Vec<_> = if inner.changes > 0 { Vec::new() } else { places.collect() };
            inner.loading.extend(&places);
            places.into_iter().map(|place| (place, inner.pages.tag(place))).collect::<Vec<_>>()
        });
        for (at, (place, tag)) in due.unwrap_or_default().into_iter().enumerate() {
            self.load(place, tag, at == 0 && !self.is_part);
        }
    }
}

async fn read_fresh(path: &str) -> Result<(AccountPage, Option<String>), ApiError> {
    match api::get_fresh(path, None).await? {
        Fresh::New(page, tag) => Ok((page, tag)),
        Fresh::Unchanged => Err(ApiError::Offline),
    }
}
