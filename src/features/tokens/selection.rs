//! The tokens that are selected: one by one, from one to another, or all that fit.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::TokenId;
use domain::tokens::{REVOKE_AT_ONCE_MAX, Token};
use leptos::{prelude::*, task::spawn_local};

use super::list::TokenList;
use crate::ui::{Messages, use_messages};

/// The rows from the one that was pressed last to the one that is pressed now, both included: the first row and one past
/// the last, and no more than one request revokes.
fn range(anchor: usize, pressed: usize) -> (usize, usize) {
    let (first, last) = (anchor.min(pressed), anchor.max(pressed));
    (first, (last + 1).min(first + REVOKE_AT_ONCE_MAX))
}

/// The selection.
#[derive(Clone, Copy)]
pub(super) struct Selection {
    list: TokenList,
    /// Each with the name it had.
    picked: RwSignal<BTreeMap<TokenId, String>>,
    /// The row that was pressed last, from which a range begins.
    anchor: StoredValue<Option<usize>>,
    /// Whether rows are being read that are not loaded.
    pub(super) gathering: RwSignal<bool>,
    /// How often it was changed: what is gathered for an older selection is not taken.
    round: StoredValue<u32>,
    messages: Messages,
}

impl Selection {
    pub(super) fn new(list: TokenList) -> Self {
        Self {
            list,
            picked: RwSignal::new(BTreeMap::new()),
            anchor: StoredValue::new(None),
            gathering: RwSignal::new(false),
            round: StoredValue::new(0),
            messages: use_messages(),
        }
    }

    /// How many are selected, reactively.
    pub(super) fn count(self) -> usize {
        self.picked.with(BTreeMap::len)
    }

    /// Whether a token is selected, reactively.
    pub(super) fn has(self, id: TokenId) -> bool {
        self.picked.with(|picked| picked.contains_key(&id))
    }

    /// All that are selected with their names, not reactively.
    pub(super) fn all(self) -> Arc<BTreeMap<TokenId, String>> {
        Arc::new(self.picked.get_untracked())
    }

    pub(super) fn clear(self) {
        self.forget_gathered();
        self.anchor.set_value(None);
        if !self.picked.with_untracked(BTreeMap::is_empty) {
            self.picked.set(BTreeMap::new());
        }
    }

    /// A row was pressed: it alone changes, or with Shift all from the row that was pressed before become as it does.
    pub(super) fn press(self, index: usize, with_shift: bool) {
        let Some(token) = untrack(|| self.list.row(index)) else { return };
        self.forget_gathered();
        let is_added = self.picked.with_untracked(|picked| !picked.contains_key(&token.id));
        let anchor = self.anchor.get_value().filter(|_| with_shift).unwrap_or(index);
        self.anchor.set_value(Some(index));
        let (first, end) = range(anchor, index);
        let rows: Vec<_> = untrack(|| (first..end).filter_map(|row| self.list.row(row)).collect());
        if is_added && rows.len() < end - first {
            return self.gather(first, end);
        }
        self.take(rows.iter().map(|row| &**row), is_added);
    }

    /// All rows of the list, as many as one request revokes; none where all are selected.
    pub(super) fn press_all(self) {
        let end = self.list.total.get_untracked().min(REVOKE_AT_ONCE_MAX);
        if self.picked.with_untracked(BTreeMap::len) >= end {
            return self.clear();
        }
        self.forget_gathered();
        let rows: Vec<_> = untrack(|| (0..end).map_while(|row| self.list.row(row)).collect());
        if rows.len() < end {
            return self.gather(0, end);
        }
        self.take(rows.iter().map(|row| &**row), true);
    }

    fn take<'a>(self, rows: impl Iterator<Item = &'a Token>, is_added: bool) {
        self.picked.try_update(|picked| {
            for row in rows {
                if is_added {
                    picked.insert(row.id, row.name.clone());
                } else {
                    picked.remove(&row.id);
                }
            }
            while picked.len() > REVOKE_AT_ONCE_MAX {
                picked.pop_last();
            }
        });
    }

    /// Rows that are not loaded are read first.
    fn gather(self, first: usize, end: usize) {
        let round = self.round.get_value();
        self.gathering.set(true);
        spawn_local(async move {
            let rows = self.list.read_rows(first, end).await;
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
        assert_eq!(range(0, 1_000_000), (0, REVOKE_AT_ONCE_MAX));
    }
}
