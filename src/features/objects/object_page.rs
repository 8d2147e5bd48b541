//! `/objects/{type}/{id}`: who may view and who may modify one object.

use domain::objects::ObjectKey;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::access_card::AccessCard;
use super::access_words::state_badge;
use super::desk::{Known, ObjectDesk};
use super::facts_card::FactsCard;
use super::questions::Questions;
use super::types::ObjectTypes;
use crate::ui::{Badge, Banner, Button, EmptyState, Icon, PageHeader, Skeleton, Tone, dom};

/// The page.
#[component]
pub(crate) fn ObjectPage() -> impl IntoView {
    let params = use_params_map();
    let types = ObjectTypes::new();
    let key = Memo::new(move |_| {
        let params = params.get();
        ObjectKey {
            kind: params.get("type").unwrap_or_default(),
            external_id: params.get("external_id").unwrap_or_default(),
        }
    });
    view! {
        <div class="page page-narrow">
            <nav class="crumbs" aria-label="Breadcrumb"><a href="/objects">"Object access"</a></nav>
            {move || view! { <TheObject desk=ObjectDesk::new(key.get()) types=types /> }}
        </div>
    }
}

/// The object, or why it is not shown. What is read again is drawn in its place.
#[component]
fn TheObject(desk: ObjectDesk, types: ObjectTypes) -> impl IntoView {
    let phase = Memo::new(move |_| match desk.known.get() {
        Known::Ready => None,
        other => Some(other),
    });
    move || {
        match phase.get() {
        None => view! { <Ready desk=desk types=types /> }.into_any(),
        Some(Known::Failed(why)) => view! {
            <PageHeader title="Object access" />
            <EmptyState icon=Icon::Warning title="This could not be loaded" text=why>
                <Button label="Retry" icon=Icon::Refresh on_click=move || desk.reload() />
            </EmptyState>
        }
        .into_any(),
        Some(Known::Missing) => view! {
            <PageHeader title="Object access" />
            <EmptyState
                icon=Icon::Object
                title="There is no such object here"
                text="It is not registered, or nothing of it is shared with you. Whoever can modify it can share it with you."
            />
        }
        .into_any(),
        Some(_) => view! { <PageHeader title="Object access" /><Skeleton lines=6 /> }.into_any(),
    }
    }
}

#[component]
fn Ready(desk: ObjectDesk, types: ObjectTypes) -> impl IntoView {
    let badge = move || desk.with(|access| state_badge(&access.object));
    let label = Signal::derive(move || badge().0.to_owned());
    let is_orphan = Memo::new(move |_| desk.with(|access| access.object.is_orphan));
    let name = Memo::new(move |_| desk.with(|access| access.object.name.clone()));
    Effect::new(move |_| name.with(|name| dom::set_title(name)));
    view! {
        <PageHeader title=name>
            <Badge label=label tone=Signal::derive(move || badge().1) />
        </PageHeader>
        {move || is_orphan.get().then(|| view! {
            <Banner
                tone=Tone::Warning
                title="Nobody who is active can modify this any more"
                text="Choose another owner, give somebody modify access, or open it."
            />
        })}
        <FactsCard desk=desk types=types />
        <AccessCard desk=desk />
        <Questions desk=desk />
    }
}
