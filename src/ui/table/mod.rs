//! The table for up to a million rows, of which only the visible ones exist.

mod component;
mod geometry;
mod header;
mod keyboard;
mod row;
mod scroller;
mod select;

pub(crate) use component::{Column, NARROW, VirtualTable};
pub(crate) use header::{SortDirection, SortHeader};
pub(crate) use select::{Extent, SelectAllHead, extent, show_selected};
