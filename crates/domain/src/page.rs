//! Pages of lists: keyset cursors, so that the last page costs what the first does.

use serde::{Deserialize, Serialize};

/// The most items a page holds.
pub const PAGE_ITEMS_MAX: u32 = 500;
/// Items a page holds when nothing is asked for.
pub const PAGE_ITEMS_DEFAULT: u32 = 100;
/// The farthest a page may begin behind its cursor: how far a scroll bar is dragged in one go.
pub const PAGE_SKIP_MAX: u32 = 10_000_000;
/// The longest search text, in code points.
pub const SEARCH_CHARS_MAX: usize = 200;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Asks for the next page; absent on the last one. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many items fit the filter, on all pages together.
    pub total: u64,
}

/// The page size for what was asked: the default for nothing, 1 to 500 otherwise.
#[must_use]
pub fn page_items(asked: Option<u32>) -> Option<u32> {
    match asked {
        None => Some(PAGE_ITEMS_DEFAULT),
        Some(count) => (1..=PAGE_ITEMS_MAX).contains(&count).then_some(count),
    }
}
