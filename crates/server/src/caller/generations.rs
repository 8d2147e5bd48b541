//! What is kept in memory of accounts and credentials in use, with a bound on how many there are.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Kept at the most, of each kind.
const KNOWN_MAX: usize = 2_000;

/// What was asked for of late, and what was before that.
#[derive(Debug)]
pub(super) struct Generations<K, T> {
    recent: HashMap<K, T>,
    older: HashMap<K, T>,
}

impl<K, T> Default for Generations<K, T> {
    fn default() -> Self {
        Self { recent: HashMap::new(), older: HashMap::new() }
    }
}

impl<K: Eq + Hash, T: Clone> Generations<K, T> {
    pub(super) fn find<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<T>
    where
        K: Borrow<Q>,
    {
        if let Some(known) = self.recent.get(key) {
            return Some(known.clone());
        }
        let (key, known) = self.older.remove_entry(key)?;
        self.keep(key, known.clone());
        Some(known)
    }

    /// Where there is no room, those go that were not seen since the last time there was none.
    pub(super) fn keep(&mut self, key: K, known: T) {
        if self.recent.len() >= KNOWN_MAX / 2 && !self.recent.contains_key(&key) {
            self.older = std::mem::take(&mut self.recent);
        }
        self.recent.insert(key, known);
    }

    pub(super) fn forget<Q: Eq + Hash + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.recent.remove(key);
        self.older.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_in_use_stay_and_no_more_than_there_is_room_for() {
        let mut known = Generations::<String, usize>::default();
        for number in 0..10 * KNOWN_MAX {
            known.keep(number.to_string(), number);
            assert_eq!(known.find("0"), Some(0), "after {number}");
            assert!(known.recent.len() + known.older.len() <= KNOWN_MAX, "after {number}");
        }
        assert_eq!(known.find("1"), None);
        known.forget("0");
        assert_eq!(known.find("0"), None);
    }
}
