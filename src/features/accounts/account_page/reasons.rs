//! Why a permission is held, in words, each step a link to what it is about.

use domain::effective::Path;
use domain::why::{Part, Target, reasons};
use leptos::prelude::*;

use super::state::Page;
use crate::ui::{until, use_now};

/// The ways in which something is held, each different one once.
#[component]
pub(super) fn Reasons(
    /// Where the words come from.
    page: Page,
    /// The ways.
    paths: Vec<Path>,
) -> impl IntoView {
    let now = use_now();
    let word = page.desk.session.with(|session| session.organization.level_word.clone());
    let reason = move |path: Path| {
        let parts = path.parts(&word, |key| page.label(key)).into_iter().enumerate();
        let parts =
            parts.map(|(at, part)| view! { {(at > 0).then_some(", ")} {part_view(page, part)} }).collect::<Vec<_>>();
        let end = path.until.map(|end| move || [", ", &until(end.millis(), now.get())].concat());
        view! { <li class="reason">{parts}{end}</li> }
    };
    let reasons = reasons(&paths).into_iter().map(reason).collect::<Vec<_>>();
    view! { <ul class="reasons">{reasons}</ul> }
}

fn part_view(page: Page, part: Part) -> impl IntoView {
    let Part { before, name, after, target } = part;
    let href = move || match &target {
        Some(Target::Role(key)) => page.role_address(key),
        Some(Target::Group(id)) => Some(["/groups/", &id.to_string()].concat()),
        None => None,
    };
    // An anchor without an address is plain text.
    view! { {before}<a href=href>{name}</a>{after} }
}
