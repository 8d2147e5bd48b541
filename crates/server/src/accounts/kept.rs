//! Pages of accounts as they were sent, kept while their tag holds: an unchanged list is read and written only once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;

/// Octets of all pages kept, at the most.
const KEPT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Pages by tag and query. The tag names the organization, its revision and the moment, so that no page outlives a
/// write on any process; whoever may ask for the list and reaches as far gets the same one.
#[derive(Debug, Default)]
pub struct PageCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    bytes: usize,
    pages: HashMap<String, Bytes>,
}

/// The name of a page: its tag, and the query as it was sent.
#[must_use]
pub fn page_key(tag: &str, query: &str) -> String {
    [tag, " ", query].concat()
}

impl PageCache {
    #[must_use]
    pub fn find(&self, key: &str) -> Option<Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pages.get(key).cloned()
    }

    /// Keeps a page; where there is no room, those before it go.
    pub fn keep(&self, key: String, page: Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key_size = key.len();
        let size = key_size + page.len();
        if size > KEPT_BYTES_MAX {
            return;
        }
        if kept.bytes + size > KEPT_BYTES_MAX {
            *kept = Kept::default();
        }
        kept.bytes += size;
        if let Some(before) = kept.pages.insert(key, page) {
            kept.bytes -= key_size + before.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_kept_within_their_room() {
        let cache = PageCache::default();
        let page = Bytes::from(vec![0; KEPT_BYTES_MAX / 3]);
        for key in ["a", "b"] {
            cache.keep(page_key("tag", key), page.clone());
        }
        assert!(cache.find("tag a").is_some() && cache.find("tag b").is_some());
        cache.keep(page_key("tag", "c"), page);
        assert!(cache.find("tag a").is_none() && cache.find("tag c").is_some());
        cache.keep("too large".to_owned(), Bytes::from(vec![0; KEPT_BYTES_MAX]));
        assert!(cache.find("too large").is_none() && cache.find("tag c").is_some());
    }
    #[test]
    fn page_that_grows_takes_its_new_room() {
        let cache = PageCache::default();
        for size in [1, KEPT_BYTES_MAX / 2, 1, KEPT_BYTES_MAX / 2] {
            cache.keep("a".to_owned(), Bytes::from(vec![0; size]));
        }
        cache.keep("b".to_owned(), Bytes::from(vec![0; KEPT_BYTES_MAX / 2]));
        assert!(cache.find("a").is_none() && cache.find("b").is_some());
    }
}
