//! The accounts that are selected: one by one, from one to another, or all that fit.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::AccountId;
use domain::accounts::{Account, AccountKind};
use domain::bulk::BULK_ACCOUNTS_MAX;
use leptos::{prelude::*, task::spawn_local};

use super::list::AccountList;
use crate::ui::{Extent, Messages, extent, use_messages};

/// A selected account: as much of it as acts on it need, since thousands may be selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picked {
    pub(crate) id: AccountId,
    pub(crate) name: String,
    /// Key of the level.
    pub(crate) level: Option<String>,
    pub(crate) kind: AccountKind,
}

impl From<&Account> for Picked {
    fn from(account: &Account) -> Self {
        let level = account.level.as_ref().map(|level| level.key.clone());
        Self { id: account.id, name: account.display_name.clone(), level, kind: account.kind }
    }
}

/// The rows from the one that was pressed last to the one that is pressed now, both included, and how many of them one
/// change can take: the first row and one past the last.
pub(crate) fn range(anchor: usize, pressed: usize) -> (usize, usize) {
    let (first, last) = (anchor.min(pressed), anchor.max(pressed));
    (first, (last + 1).min(first + BULK_ACCOUNTS_MAX))
}

/// The selection of one page.
#[derive(Clone, Copy)]
pub(crate) struct Selection {
    picked: RwSignal<BTreeMap<AccountId, Picked>>,
    /// The list and the row that were pressed last, from which a range begins.
    anchor: StoredValue<Option<(u16, usize)>>,
    /// Whether rows are being read that are not loaded.
    pub(crate) gathering: RwSignal<bool>,
    /// How often it was changed: what is gathered for an older selection is not taken.
    round: StoredValue<u32>,
    messages: Messages,
}

impl Selection {
    pub(crate) fn new() -> Self {
        Self {
            picked: RwSignal::new(BTreeMap::new()),
            anchor: StoredValue::new(None),
            gathering: RwSignal::new(false),
            round: StoredValue::new(0),
            messages: use_messages(),
        }
    }

    /// How many are selected, reactively.
    pub(crate) fn count(self) -> usize {
        self.picked.with(BTreeMap::len)
    }

    /// Whether an account is selected, reactively.
    pub(crate) fn has(self, id: AccountId) -> bool {
        self.picked.with(|picked| picked.contains_key(&id))
    }

    /// All that are selected, not reactively.
    pub(crate) fn all(self) -> Arc<Vec<Picked>> {
        Arc::new(self.picked.with_untracked(|picked| picked.values().cloned().collect()))
    }

    pub(crate) fn clear(self) {
        self.forget_gathered();
        self.anchor.set_value(None);
        if !self.picked.with_untracked(BTreeMap::is_empty) {
            self.picked.set(BTreeMap::new());
        }
    }

    /// A row was pressed: it alone changes, or with Shift all from the row that was pressed before become as it does.
    /// `part` names the list, where a page has several.
    pub(crate) fn press(self, list: AccountList, part: u16, index: usize, with_shift: bool) {
        let Some(account) = untrack(|| list.row(index)) else { return };
        self.forget_gathered();
        let is_added = self.picked.with_untracked(|picked| !picked.contains_key(&account.id));
        let anchor = self.anchor.get_value().filter(|(before, _)| with_shift && *before == part);
        self.anchor.set_value(Some((part, index)));
        let (first, end) = range(anchor.map_or(index, |(_, row)| row), index);
        let rows: Vec<_> = untrack(|| (first..end).filter_map(|row| list.row(row)).collect());
        if is_added && rows.len() < end - first {
            return self.gather(list, first, end);
        }
        self.take(rows.iter().map(|row| &**row), is_added);
    }

    /// All rows of the list, as many as one change takes; none where all are selected.
    pub(crate) fn press_all(self, list: AccountList) {
        let total = list.total.get_untracked();
        if extent(self.picked.with_untracked(BTreeMap::len), total.min(BULK_ACCOUNTS_MAX)) == Extent::All {
            return self.clear();
        }
        self.forget_gathered();
        let end = total.min(BULK_ACCOUNTS_MAX);
        let rows: Vec<_> = untrack(|| (0..end).map_while(|row| list.row(row)).collect());
        if rows.len() < end {
            return self.gather(list, 0, end);
        }
        self.take(rows.iter().map(|row| &**row), true);
    }

    fn take<'a>(self, rows: impl Iterator<Item = &'a Account>, is_added: bool) {
        self.picked.try_update(|picked| {
            for row in rows {
                if is_added {
                    picked.insert(row.id, row.into());
                } else {
                    picked.remove(&row.id);
                }
            }
            while picked.len() > BULK_ACCOUNTS_MAX {
                picked.pop_last();
            }
        });
    }

    /// Rows that are not loaded are read first.
    fn gather(self, list: AccountList, first: usize, end: usize) {
        let round = self.round.get_value();
        self.gathering.set(true);
        spawn_local(async move {
            let rows = list.read_rows(first, end).await;
            if self.round.try_get_value() != Some(round) {
                return;
            }
            self.gathering.try_set(false);
            match rows {
                Ok(rows) => self.take(rows.iter(), true),
                Err(error) => {
                    let said = ["Not all rows could be selected. ", &error.message()].concat();
                    self.messages.failed(said, None);
                }
            }
        });
    }

    fn forget_gathered(self) {
        self.round.update_value(|round| *round = round.wrapping_add(1));
        if self.gathering.get_untracked() {
            self.gathering.set(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_runs_either_way_and_is_bounded() {
        assert_eq!(range(3, 3), (3, 4));
        assert_eq!(range(3, 7), (3, 8));
        assert_eq!(range(7, 3), (3, 8));
        assert_eq!(range(0, 1_000_000), (0, BULK_ACCOUNTS_MAX));
    }
}
