//! The rows of a long list that are selected: one by one, from one to another, or all that fit.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};

use crate::api::ApiError;
use crate::pages::Listed;
use crate::ui::{Extent, Messages, extent, use_messages};

/// What stands in a list whose rows can be selected.
pub(crate) trait Selectable: Listed + 'static {
    /// How many one request can be about.
    const AT_ONCE_MAX: usize;
    /// As much of it as acts on it need, since thousands may be selected.
    type Picked: Clone + Send + Sync + 'static;

    fn picked(&self) -> Self::Picked;
}

/// A list whose rows can be selected.
pub(crate) trait SelectableList: Copy + 'static {
    type Row: Selectable;

    /// How many rows there are, loaded or not, not reactively.
    fn count(self) -> usize;
    /// A row that is loaded.
    fn loaded(self, index: usize) -> Option<Arc<Self::Row>>;
    /// Reads the rows between two places, also those that are not loaded.
    fn read_rows(self, first: usize, end: usize) -> impl Future<Output = Result<Vec<Self::Row>, ApiError>>;
}

/// The selection of one page.
pub(crate) struct Selection<T: Selectable> {
    picked: RwSignal<BTreeMap<T::Id, T::Picked>>,
    /// The list and the row that were pressed last, from which a range begins.
    anchor: StoredValue<Option<(u16, usize)>>,
    /// Whether rows are being read that are not loaded.
    pub(crate) gathering: RwSignal<bool>,
    /// How often it was changed: what is gathered for an older selection is not taken.
    round: StoredValue<u32>,
    messages: Messages,
}

impl<T: Selectable> Clone for Selection<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Selectable> Copy for Selection<T> {}

impl<T: Selectable> Selection<T> {
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

    /// Whether one is selected, reactively.
    pub(crate) fn has(self, id: T::Id) -> bool {
        self.picked.with(|picked| picked.contains_key(&id))
    }

    /// All that are selected, not reactively.
    pub(crate) fn all(self) -> Arc<Vec<T::Picked>> {
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
    pub(crate) fn press(self, list: impl SelectableList<Row = T>, part: u16, index: usize, with_shift: bool) {
        let Some(row) = untrack(|| list.loaded(index)) else { return };
        self.forget_gathered();
        let is_added = self.picked.with_untracked(|picked| !picked.contains_key(&row.id()));
        let anchor = self.anchor.get_value().filter(|(before, _)| with_shift && *before == part);
        self.anchor.set_value(Some((part, index)));
        let (first, end) = range(anchor.map_or(index, |(_, row)| row), index, T::AT_ONCE_MAX);
        let rows: Vec<_> = untrack(|| (first..end).filter_map(|row| list.loaded(row)).collect());
        if is_added && rows.len() < end - first {
            return self.gather(list, first, end);
        }
        self.take(rows.iter().map(|row| &**row), is_added);
    }

    /// All rows of the list, as many as one request can be about; none where all are selected.
    pub(crate) fn press_all(self, list: impl SelectableList<Row = T>) {
        let end = list.count().min(T::AT_ONCE_MAX);
        if extent(self.picked.with_untracked(BTreeMap::len), end) == Extent::All {
            return self.clear();
        }
        self.forget_gathered();
        let rows: Vec<_> = untrack(|| (0..end).map_while(|row| list.loaded(row)).collect());
        if rows.len() < end {
            return self.gather(list, 0, end);
        }
        self.take(rows.iter().map(|row| &**row), true);
    }

    fn take<'a>(self, rows: impl Iterator<Item = &'a T>, is_added: bool) {
        self.picked.try_update(|picked| {
            for row in rows {
                if is_added {
                    picked.insert(row.id(), row.picked());
                } else {
                    picked.remove(&row.id());
                }
            }
            while picked.len() > T::AT_ONCE_MAX {
                picked.pop_last();
            }
        });
    }

    /// Rows that are not loaded are read first.
    fn gather(self, list: impl SelectableList<Row = T>, first: usize, end: usize) {
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

/// The rows from the one that was pressed last to the one that is pressed now, both included, and no more than `max` of
/// them: the first row and one past the last.
fn range(anchor: usize, pressed: usize, max: usize) -> (usize, usize) {
    let (first, last) = (anchor.min(pressed), anchor.max(pressed));
    (first, (last + 1).min(first + max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_runs_either_way_and_is_bounded() {
        assert_eq!(range(3, 3, 9), (3, 4));
        assert_eq!(range(3, 7, 9), (3, 8));
        assert_eq!(range(7, 3, 9), (3, 8));
        assert_eq!(range(0, 1_000_000, 9), (0, 9));
    }
}
