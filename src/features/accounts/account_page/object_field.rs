//! The field that chooses one object by typing a part of its name or its ID.

use std::time::Duration;

use domain::Code;
use domain::objects::{Object, is_external_id};
use domain::page::Page;
use leptos::{prelude::*, task::spawn_local};

use crate::api::{self, ApiError};
use crate::features::session::{Session, use_session};
use crate::ui::{Choice, Combobox, OptionView};

/// Objects offered at once; typing narrows them down.
const OFFERED_MAX: &str = "50";
/// How long typing rests before objects are looked for.
const REST: Duration = Duration::from_millis(120);

/// The object that is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) external_id: String,
    /// What it is called; the ID of one that is not listed.
    pub(super) name: String,
}

#[derive(Clone, Copy)]
struct Offers {
    kind: RwSignal<String>,
    query: RwSignal<String>,
    offered: RwSignal<Vec<Object>>,
    loading: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
    session: Session,
}

/// A field for one object of a type. Whoever may not see all objects can still name one by its ID.
#[component]
pub(super) fn ObjectField(
    /// Key of the type.
    kind: RwSignal<String>,
    /// The choice, read and written.
    chosen: RwSignal<Option<Chosen>>,
) -> impl IntoView {
    let offers = Offers {
        kind,
        query: RwSignal::new(String::new()),
        offered: RwSignal::new(Vec::new()),
        loading: RwSignal::new(true),
        trouble: RwSignal::new(None),
        session: use_session(),
    };
    offers.follow();
    let fault = RwSignal::new(None::<String>);
    let error = Signal::derive(move || fault.get().or_else(|| offers.trouble.get()));
    let choice = |object: &Chosen| Choice::new(object.external_id.clone(), object.name.clone());
    let selected = Signal::derive(move || chosen.with(|object| object.iter().map(choice).collect::<Vec<_>>()));
    let options = Signal::derive(move || offers.offered.with(|offered| offered.iter().map(option).collect::<Vec<_>>()));
    let add = move |id: String| {
        let name = offers.offered.with_untracked(|offered| {
            offered.iter().find(|object| object.external_id == id).map(|object| object.name.clone())
        });
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
        offers.query.set(text);
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
            error=error
            placeholder="Type a part of its name"
        />
    }
}

fn option(object: &Object) -> OptionView {
    OptionView { value: object.external_id.clone(), label: object.name.clone(), hint: object.external_id.clone() }
}

impl Offers {
    /// Looks for what is typed once it rests; at once for the first time and for another type.
    fn follow(self) {
        Effect::new(move |before: Option<String>| {
            let (kind, text) = (self.kind.get(), self.query.get());
            self.loading.set(true);
            let asked = (kind.clone(), text);
            let ask = move || {
                spawn_local(async move { self.ask(asked).await });
            };
            if before.as_ref() != Some(&kind) {
                ask();
            } else if let Ok(rest) = set_timeout_with_handle(ask, REST) {
                on_cleanup(move || rest.clear());
            }
            kind
        });
    }

    async fn ask(self, asked: (String, String)) {
        let (kind, text) = (api::encode(&asked.0), api::encode(asked.1.trim()));
        let path = ["/api/v1/objects?type=", &kind, "&limit=", OFFERED_MAX, "&q=", &text].concat();
        let answer = api::get::<Page<Object>>(&path).await;
        // The answer to an older question is too late.
        let is_asked = self.kind.try_with_untracked(|kind| *kind == asked.0) == Some(true)
            && self.query.try_with_untracked(|query| *query == asked.1) == Some(true);
        if !is_asked {
            return;
        }
        self.loading.set(false);
        match answer {
            Ok(page) => {
                self.trouble.set(None);
                self.offered.set(page.items);
            }
            Err(error) => self.failed(&error),
        }
    }

    fn failed(self, error: &ApiError) {
        if error.code() == Some(Code::NotSignedIn) {
            self.session.end();
        } else {
            self.trouble.set(Some(error.message()));
        }
    }
}
