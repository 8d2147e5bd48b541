//! What stands where the list of objects has nothing to show: why, and how an object comes in.

use domain::permissions::ConsolePermission;
use leptos::prelude::*;

use super::access_words::curl;
use super::filters::Filters;
use super::types::ObjectTypes;
use crate::features::session::use_session;
use crate::ui::{Button, CopyField, EmptyState, Icon};

/// In place of rows.
pub(super) fn nothing(filters: Filters, types: ObjectTypes) -> AnyView {
    let session = use_session();
    let why = Memo::new(move |_| (filters.is_narrowed(), filters.has_orphans_only()));
    let clear = move || filters.clear();
    let view = move || {
        match why.get() {
        (true, _) => view! {
            <EmptyState icon=Icon::Search title="Nothing found" text="No object fits the search and the filters.">
                <Button label="Clear filters" on_click=clear />
            </EmptyState>
        }
        .into_any(),
        (false, true) => view! {
            <EmptyState icon=Icon::Check title="No orphans" text="Every restricted object has somebody active who can modify it.">
                <Button label="Clear filters" on_click=clear />
            </EmptyState>
        }
        .into_any(),
        (false, false) if session.may(ConsolePermission::ObjectsManage) => {
            view! { <HowToRegister types=types /> }.into_any()
        }
        (false, false) => view! {
            <EmptyState icon=Icon::Object title="Nothing is shared with you" text="Objects that you may view or modify are listed here." />
        }
        .into_any(),
    }
    };
    view.into_any()
}

/// Objects come from the product; nobody types them in here.
#[component]
fn HowToRegister(types: ObjectTypes) -> impl IntoView {
    let origin = window().location().origin().unwrap_or_default();
    let command = Signal::derive(move || {
        let types = types.all();
        curl(&origin, types.first().map_or("dashboard", |term| &term.key))
    });
    view! {
        <EmptyState
            icon=Icon::Object
            title="No objects yet"
            text="The product registers its dashboards, alerts and the like through the API. From then on you choose here who may view and who may modify each."
        >
            <div class="no-objects">
                <CopyField label="Register one" text=command />
            </div>
        </EmptyState>
    }
}
