//! A box to choose several things from a list by typing.

mod component;
mod keys;
mod list;
mod state;

pub(crate) use component::Combobox;
pub(crate) use keys::KeysField;
pub(crate) use state::{Choice, OptionView};
