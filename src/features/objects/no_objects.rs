//! What stands where the list of objects has nothing to show: why, and how an object comes in.

use domain::permissions::ConsolePermission;
use leptos::prelude::*;

use super::access_words::curl;
use super::address::Address;
use super::filters::Filters;
use super::list::{ListState, ObjectList};
use super::types::ObjectTypes;
use crate::features::session::use_session;
use crate::ui::{Button, CopyField, EmptyState, Icon};

/// In place of rows.
#[component]
pub(super) fn NoObjects(list: ObjectList, address: Address, types: ObjectTypes) -> impl IntoView {
    let session = use_session();
    let clear = move || address.change(|filters| *filters = Filters::default());
    move || {
        match list.state.get() {
        ListState::Waiting => ().into_any(),
        ListState::Failed(why) => view! {
            <EmptyState icon=Icon::Warning title="The list could not be loaded" text=why>
                <Button label="Retry" icon=Icon::Refresh on_click=move || list.retry() />
            </EmptyState>
        }
        .into_any(),
        ListState::Shown if list.shown() == (Filters { orphans: true, ..Filters::default() }) => view! {
            <EmptyState icon=Icon::Check title="No orphans" text="Every restricted object has somebody active who can modify it.">
                <Button label="Clear filters" on_click=clear />
            </EmptyState>
        }
        .into_any(),
        ListState::Shown if list.shown().is_narrowed() => view! {
            <EmptyState icon=Icon::Search title="Nothing found" text="No object fits the search and the filters.">
                <Button label="Clear filters" on_click=clear />
            </EmptyState>
        }
        .into_any(),
        ListState::Shown if session.may(ConsolePermission::ObjectsManage) => {
            view! { <HowToRegister types=types /> }.into_any()
        }
        ListState::Shown => view! {
            <EmptyState icon=Icon::Object title="Nothing is shared with you" text="Objects that you may view or modify are listed here." />
        }
        .into_any(),
    }
    }
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
