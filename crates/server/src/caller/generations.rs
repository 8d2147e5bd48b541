//! What is kept in memory of credentials in use, with a bound on how many there are.

use std::collections::HashMap;

/// Kept at the most, of each kind.
const KNOWN_MAX: usize = 2_000;

/// Something by the hash of a secret: what was asked for of late, and what was before that.
#[derive(Debug)]
pub(super) struct Generations<T> {
    recent: HashMap<String, T>,
    older: HashMap<String, T>,
}

impl<T> Default for Generations<T> {
    fn default() -> Self {
        Self { recent: HashMap::new(), older: HashMap::new() }
    }
}

impl<T: Clone> Generations<T> {
    pub(super) fn find(&mut self, hash: &str) -> Option<T> {
        if let Some(known) = self.recent.get(hash) {
            return Some(known.clone());
        }
        let (hash, known) = self.older.remove_entry(hash)?;
        self.keep(hash, known.clone());
        Some(known)
    }

    /// Where there is no room, those go that were not seen since the last time there was none.
    pub(super) fn keep(&mut self, hash: String, known: T) {
        if self.recent.len() >= KNOWN_MAX / 2 && !self.recent.contains_key(&hash) {
            self.older = std::mem::take(&mut self.recent);
        }
        self.recent.insert(hash, known);
    }

    pub(super) fn forget(&mut self, hash: &str) {
        self.recent.remove(hash);
        self.older.remove(hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_in_use_stay_and_no_more_than_there_is_room_for() {
        let mut known = Generations::<usize>::default();
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
