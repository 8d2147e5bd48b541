//! Why a permission is held, in words, each step a link to what it is about.

use domain::effective::Path;
use domain::objects::ObjectKey;
use domain::why::{Part, Target, reasons};
use leptos::prelude::*;

use super::state::Page;
use crate::api::encode;
use crate::features::objects::object_address;
use crate::ui::{dom, until, use_now};

/// The part of the page with what was given to the account one by one.
pub(super) const SINGLE_PERMISSIONS_ID: &str = "single-permissions";

/// The ways in which something is held, each different one once.
#[component]
pub(super) fn Reasons(
    /// Where the words come from.
    page: Page,
    /// The ways.
    paths: Vec<Path>,
    /// The object asked about, to which access leads. Default: none.
    #[prop(optional_no_strip)]
    object: Option<ObjectKey>,
) -> impl IntoView {
    let now = use_now();
    let word = page.desk.session.with(|session| session.organization.level_word.clone());
    let reason = move |path: Path| {
        let view = |(at, part)| view! { {(at > 0).then_some(", ")} {part_view(page, object.as_ref(), part)} };
        let parts = path.parts(&word, |key| page.label(key)).into_iter().enumerate().map(view).collect::<Vec<_>>();
        let end = path.until.map(|end| move || [", ", &until(end.millis(), now.get())].concat());
        view! { <li class="reason">{parts}{end}</li> }
    };
    let reasons = reasons(&paths).into_iter().map(reason).collect::<Vec<_>>();
    view! { <ul class="reasons">{reasons}</ul> }
}

/// The id of a permission's line among the effective ones.
pub(super) fn line_id(key: &str) -> String {
    ["permission-", key].concat()
}

fn part_view(page: Page, object: Option<&ObjectKey>, part: Part) -> impl IntoView + use<> {
    let Part { before, name, after, target } = part;
    let here = match &target {
        Some(Target::Direct) => Some(SINGLE_PERMISSIONS_ID.to_owned()),
        Some(Target::Permission(key)) => Some(line_id(key)),
        _ => None,
    };
    if let Some(id) = here {
        let href = ["#", &id].concat();
        let go = move |_| {
            // What is led to may be left out by the search.
            page.search.set(String::new());
            dom::focus(id.clone());
        };
        return view! { {before}<a href=href on:click=go>{name}</a>{after} }.into_any();
    }
    let object = object.map(|object| object_address(object, encode));
    let href = move || match &target {
        Some(Target::Role(key)) => page.role_address(key),
        Some(Target::Group(id)) => Some(["/groups/", &id.to_string()].concat()),
        Some(Target::Object) => object.clone(),
        _ => None,
    };
    // An anchor without an address is plain text.
    view! { {before}<a href=href>{name}</a>{after} }.into_any()
}
