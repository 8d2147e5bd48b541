//! The field that chooses one object by typing a part of its name or its ID.

use domain::objects::{Object, is_external_id};
use domain::page::Page;
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::offers::Offers;
use crate::ui::{Choice, Combobox, OptionView};

/// Objects offered at once; typing narrows them down.
const OFFERED_MAX: &str = "50";

/// The object that is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) external_id: String,
    /// What it is called; the ID of one that is not listed.
    pub(super) name: String,
}

/// A field for one object of a type. Whoever may not see all objects can still name one by its ID.
#[component]
pub(super) fn ObjectField(
    /// Key of the type.
    kind: RwSignal<String>,
    /// The choice, read and written.
    chosen: RwSignal<Option<Chosen>>,
) -> impl IntoView {
    let offers = Offers::new(move |text| objects_named(kind.get(), text));
    let fault = RwSignal::new(None::<String>);
    let choice = |object: &Chosen| Choice::new(object.external_id.clone(), object.name.clone());
    let selected = Signal::derive(move || chosen.with(|object| object.iter().map(choice).collect::<Vec<_>>()));
    let options = Signal::derive(move || offers.with(|offered| offered.iter().map(option).collect::<Vec<_>>()));
    let add = move |id: String| {
        let name = offers.find(|object| object.external_id == id, |object| object.name.clone());
        chosen.set(name.map(|name| Chosen { external_id: id, name }));
    };
    let name_it = move |id: String| {
        if is_external_id(&id) {
            chosen.set(Some(Chosen { name: id.clone(), external_id: id }));
        } else {
            fault.set(Some("No object has such an ID: it has no blanks and none of / ? # %.".to_owned()));
        }
    };
    let query = move |text: String| {
        if !text.is_empty() {
            fault.set(None);
        }
        offers.type_text(text);
    };
    view! {
        <Combobox
            label="Object name or ID"
            selected=selected
            options=options
            on_add=add
            on_remove=move |_: String| chosen.set(None)
            on_query=query
            on_create=name_it
            create_verb="Ask about the ID"
            loading=offers.loading
            trouble=offers.trouble
            error=fault
            placeholder="Type a part of its name"
        />
    }
}

fn option(object: &Object) -> OptionView {
    OptionView { value: object.external_id.clone(), label: object.name.clone(), hint: object.external_id.clone() }
}

async fn objects_named(kind: String, text: String) -> Result<Vec<Object>, ApiError> {
    let (kind, text) = (api::encode(&kind), api::encode(&text));
    let path = ["/api/v1/objects?type=", &kind, "&limit=", OFFERED_MAX, "&q=", &text].concat();
    api::get::<Page<Object>>(&path).await.map(|page| page.items)
}
