//! The loaded part of a long list: a bounded number of pages, and the cursors by which others are found.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::accounts::Account;
use domain::page::PAGE_ITEMS_MAX;
use domain::tokens::Token;
use domain::{AccountId, TokenId};

use crate::api::ApiError;

/// The rows of one request.
pub(crate) const PAGE_ROWS: usize = 100;
/// Pages kept; those not looked at for the longest time go first.
const PAGES_KEPT_MAX: usize = 20;
/// Rows beside the visible ones that are loaded with them, so that a slow scroll never shows a gap.
const ROWS_AHEAD: usize = 40;

/// What stands in a long list: it is known by its id.
pub(crate) trait Listed: PartialEq {
    type Id: Copy + Eq + Ord + Send + Sync;

    fn id(&self) -> Self::Id;
}

impl Listed for Account {
    type Id = AccountId;

    fn id(&self) -> AccountId {
        self.id
    }
}

impl Listed for Token {
    type Id = TokenId;

    fn id(&self) -> TokenId {
        self.id
    }
}

#[derive(Debug)]
struct LoadedPage<T> {
    rows: Vec<Arc<T>>,
    tag: Option<String>,
    /// What it shows may have moved: it is shown, and asked for again.
    stale: bool,
    looked_at: u64,
}

/// Loaded pages by their place in the list.
#[derive(Debug)]
pub(crate) struct Pages<T> {
    pages: BTreeMap<usize, LoadedPage<T>>,
    /// The cursor of a page, by its place; the first needs none.
    cursors: BTreeMap<usize, String>,
    looks: u64,
}

/// Reads the rows between two places page by page. `read` is given the cursor of the page, or how many rows to skip, and how
/// many it should have; it gives them with the next cursor.
pub(crate) async fn read_between<T>(
    first: usize,
    end: usize,
    read: impl AsyncFn(Option<String>, usize, usize) -> Result<(Vec<T>, Option<String>), ApiError>,
) -> Result<Vec<T>, ApiError> {
    let mut rows = Vec::new();
    let (mut cursor, mut skip) = (None, first);
    while rows.len() < end - first {
        let wanted = (end - first - rows.len()).min(PAGE_ITEMS_MAX as usize);
        let (page, next) = read(cursor, skip, wanted).await?;
        rows.extend(page);
        if next.is_none() {
            break;
        }
        (cursor, skip) = (next, 0);
    }
    Ok(rows)
}

/// A page as the server gave it.
#[derive(Debug)]
pub(crate) struct Arrival<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) next_cursor: Option<String>,
    pub(crate) tag: Option<String>,
    /// How many rows the whole list has.
    pub(crate) total: usize,
    /// Whether it was found by a cursor.
    pub(crate) by_cursor: bool,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { pages: BTreeMap::new(), cursors: BTreeMap::new(), looks: 0 }
    }
}

impl<T: Listed> Pages<T> {
    pub(crate) fn row(&self, index: usize) -> Option<Arc<T>> {
        self.pages.get(&(index / PAGE_ROWS))?.rows.get(index % PAGE_ROWS).cloned()
    }

    pub(crate) fn find(&self, id: T::Id) -> Option<Arc<T>> {
        self.pages.values().flat_map(|page| &page.rows).find(|row| row.id() == id).cloned()
    }

    pub(crate) fn place_of(&self, id: T::Id) -> Option<usize> {
        let at = |page: &LoadedPage<T>| page.rows.iter().position(|row| row.id() == id);
        self.pages.iter().find_map(|(place, page)| at(page).map(|at| place * PAGE_ROWS + at))
    }

    /// Where a new row belongs: before the first loaded one that it is before; else behind the last. None where nothing is
    /// loaded.
    pub(crate) fn place_for(&self, is_before: impl Fn(&T) -> bool) -> Option<usize> {
        let first = self
            .pages
            .iter()
            .find_map(|(place, page)| page.rows.iter().position(|row| is_before(row)).map(|at| place * PAGE_ROWS + at));
        first.or_else(|| self.pages.last_key_value().map(|(place, page)| place * PAGE_ROWS + page.rows.len()))
    }

    /// The first page alone, to be compared with that of another list.
    pub(crate) fn first_only(mut self) -> Self {
        self.pages.retain(|place, _| *place == 0);
        self.cursors.clear();
        self
    }

    /// By which cursor a page is found, and how many rows behind it.
    pub(crate) fn way_to(&self, page: usize) -> (Option<String>, usize) {
        match self.cursors.range(..=page).next_back() {
            Some((known, cursor)) => (Some(cursor.clone()), (page - known) * PAGE_ROWS),
            None => (None, page * PAGE_ROWS),
        }
    }

    /// The tag of a page that shows what the server gave; none of one that was changed here or may have moved.
    pub(crate) fn tag(&self, page: usize) -> Option<String> {
        self.pages.get(&page).filter(|page| !page.stale).and_then(|page| page.tag.clone())
    }

    /// The pages that must be asked for to show these rows, those of the rows themselves first.
    pub(crate) fn missing(&mut self, (first, end): (usize, usize), total: usize) -> Vec<usize> {
        let wanted = pages_of(first, end.min(total));
        self.looks += 1;
        for page in &wanted {
            if let Some(page) = self.pages.get_mut(page) {
                page.looked_at = self.looks;
            }
        }
        let ahead = pages_of(first.saturating_sub(ROWS_AHEAD), end.saturating_add(ROWS_AHEAD).min(total));
        let ahead = ahead.into_iter().filter(|page| !wanted.contains(page)).collect::<Vec<_>>();
        let is_missing = |page: &usize| self.pages.get(page).is_none_or(|page| page.stale);
        wanted.into_iter().chain(ahead).filter(is_missing).collect()
    }

    /// Takes a page. Rows that did not change stay the same values, so that nothing of them is drawn anew.
    pub(crate) fn put(&mut self, place: usize, arrival: Arrival<T>) {
        let before = self.pages.remove(&place);
        let known = before.as_ref().map(|page| page.rows.as_slice()).unwrap_or_default();
        let count = arrival.rows.len();
        let keep = |row: T| {
            known.iter().find(|old| old.id() == row.id() && ***old == row).cloned().unwrap_or_else(|| Arc::new(row))
        };
        let rows = arrival.rows.into_iter().map(keep).collect();
        // Rows that came or went before a cursor shift everything behind it: then the list is counted from its start again.
        let expected = arrival.total.saturating_sub(place * PAGE_ROWS).min(PAGE_ROWS);
        let shifted = arrival.by_cursor && count != expected;
        self.looks += 1;
        self.pages.insert(place, LoadedPage { rows, tag: arrival.tag, stale: shifted, looked_at: self.looks });
        if shifted {
            self.cursors.clear();
            self.mark_stale(0);
        } else if self.cursors.get(&(place + 1)).is_some_and(|known| Some(known) != arrival.next_cursor.as_ref()) {
            self.cursors.retain(|page, _| *page <= place);
            self.mark_stale(place + 1);
        }
        if let (Some(cursor), false) = (arrival.next_cursor, shifted) {
            self.cursors.insert(place + 1, cursor);
        }
        let last = arrival.total.saturating_sub(1) / PAGE_ROWS;
        self.pages.retain(|page, _| *page <= last);
        self.drop_old();
    }

    /// Shows something in place of what is shown of it. Its page is asked for again at the next occasion.
    pub(crate) fn replace(&mut self, now: &Arc<T>) {
        for page in self.pages.values_mut() {
            if let Some(row) = page.rows.iter_mut().find(|row| row.id() == now.id()) {
                *row = Arc::clone(now);
                page.tag = None;
            }
        }
    }

    /// Takes something out; those behind it move up, as far as they are loaded. Whether it was there.
    pub(crate) fn remove(&mut self, id: T::Id) -> bool {
        let found = self
            .pages
            .iter()
            .find_map(|(place, page)| page.rows.iter().position(|row| row.id() == id).map(|at| (*place, at)));
        let Some((mut place, at)) = found else { return false };
        if let Some(page) = self.pages.get_mut(&place) {
            page.rows.remove(at);
        }
        while let Some(moved) =
            self.pages.get_mut(&(place + 1)).filter(|next| !next.rows.is_empty()).map(|next| next.rows.remove(0))
        {
            if let Some(page) = self.pages.get_mut(&place) {
                page.rows.push(moved);
            }
            place += 1;
        }
        self.mark_stale(0);
        self.cursors.clear();
        true
    }

    /// Puts something in; those behind it move down, as far as they are loaded.
    pub(crate) fn insert(&mut self, index: usize, row: Arc<T>) {
        let (mut place, mut at, mut moving) = (index / PAGE_ROWS, index % PAGE_ROWS, Some(row));
        while let (Some(row), Some(page)) = (moving.take(), self.pages.get_mut(&place)) {
            page.rows.insert(at.min(page.rows.len()), row);
            if page.rows.len() > PAGE_ROWS {
                moving = page.rows.pop();
            }
            (place, at) = (place + 1, 0);
        }
        self.mark_stale(0);
        self.cursors.clear();
    }

    /// Has pages asked for again, from this one on; until then they show what they have.
    pub(crate) fn mark_stale(&mut self, from: usize) {
        for (_, page) in self.pages.range_mut(from..) {
            page.stale = true;
        }
    }

    fn drop_old(&mut self) {
        while self.pages.len() > PAGES_KEPT_MAX {
            let oldest = self.pages.iter().min_by_key(|(_, page)| page.looked_at).map(|(place, _)| *place);
            match oldest {
                Some(place) => self.pages.remove(&place),
                None => break,
            };
        }
    }
}

fn pages_of(first: usize, end: usize) -> Vec<usize> {
    if first >= end {
        return Vec::new();
    }
    (first / PAGE_ROWS..=(end - 1) / PAGE_ROWS).collect()
}

#[cfg(test)]
#[path = "pages_tests.rs"]
mod tests;
