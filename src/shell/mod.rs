//! What stands around every page: the top bar, the navigation, the search, and what is shown instead of a page.

mod account_menu;
mod addresses;
mod brand;
mod connection;
mod frame;
mod gate;
mod instead;
mod navigation;
mod pages;
mod palette;
mod palette_entries;
mod public;
mod shortcuts;

pub(crate) use addresses::{forget_fragment, fragment, next_address};
pub(crate) use frame::Shell;
pub(crate) use instead::NotFoundPage;
pub(crate) use public::PublicPage;

use crate::ui::dom;

/// Takes away what `index.html` drew while the program was on its way. True for the first page, which takes its place.
fn remove_static_shell() -> bool {
    dom::element("shell").map(|shell| shell.remove()).is_some()
}
