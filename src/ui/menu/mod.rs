//! Menus: a button that opens a list of acts, links or choices.

mod button;
mod item;
mod popup;

pub(crate) use button::{MenuAlign, MenuButton};
pub(crate) use item::MenuItem;
