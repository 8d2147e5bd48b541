//! What pages are made of: headers, cards, tiles, notices and placeholders.

mod blocks;
mod notice;

pub(crate) use blocks::{Card, Kbd, PageHeader, Progress, Skeleton, Stat};
pub(crate) use notice::{Banner, EmptyState, Tip};
