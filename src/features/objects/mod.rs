//! Objects of the product: the list of them, and who may view or modify each (F50 to F52).

mod access_card;
mod access_rows;
mod access_words;
mod candidates;
mod desk;
mod facts_card;
mod filters;
mod grant_dialog;
mod no_objects;
mod object_page;
mod objects_page;
mod objects_table;
mod questions;
mod toolbar;
mod types;

pub(crate) use access_words::object_address;
pub(crate) use object_page::ObjectPage;
pub(crate) use objects_page::ObjectsPage;
pub(crate) use types::ObjectTypes;
