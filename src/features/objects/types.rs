//! The object types of the profile, which the list and the page of an object name.

use domain::page::Page;
use domain::profile::Term;
use leptos::{prelude::*, task::spawn_local};

use crate::api;

/// The types, empty until they have arrived: until then an object is named by the key of its type.
#[derive(Clone, Copy)]
pub(crate) struct ObjectTypes(RwSignal<Vec<Term>>);

impl ObjectTypes {
    /// Begins to read them. A failure leaves the keys, which say nearly as much.
    pub(crate) fn new() -> Self {
        let types = RwSignal::new(Vec::new());
        spawn_local(async move {
            if let Ok(page) = api::get::<Page<Term>>("/api/v1/object-types").await {
                types.try_set(page.items);
            }
        });
        Self(types)
    }

    /// All of them, reactively.
    pub(crate) fn all(self) -> Vec<Term> {
        self.0.get()
    }

    /// What a type is called, reactively.
    pub(crate) fn label(self, key: &str) -> String {
        self.0.with(|types| types.iter().find(|term| term.key == key).map_or(key, |term| &term.label).to_owned())
    }
}
