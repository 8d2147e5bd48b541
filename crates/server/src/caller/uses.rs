//! What a request used of the caller's permissions: for a token, what it is there for.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// Keys of permissions, gathered while a request is answered. All copies of a caller have the same ones.
#[derive(Clone, Debug, Default)]
pub struct Uses(Arc<Mutex<Vec<Cow<'static, str>>>>);

impl Uses {
    pub fn add(&self, key: impl Into<Cow<'static, str>>) {
        let key = key.into();
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }

    /// One of some that let a request in, unless the request needed others of them.
    pub(super) fn add_first(&self, mut held: impl Iterator<Item = &'static str> + Clone) {
        let is_used = |key: &str| self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|used| used == key);
        if !held.clone().any(is_used) {
            held.next().into_iter().for_each(|key| self.add(key));
        }
    }

    pub(super) fn take(&self) -> Vec<Cow<'static, str>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lets_in_counts_where_nothing_more_was_asked() {
        for (asked, expected) in [(None, vec!["a"]), (Some("b"), vec!["b"]), (Some("c"), vec!["c", "a"])] {
            let uses = Uses::default();
            asked.into_iter().for_each(|key| uses.add(key));
            uses.add_first(["a", "b"].into_iter());
            assert_eq!(uses.take(), expected);
        }
    }
}
