//! Avatars: initials on a colour that stays with the name.

use leptos::prelude::*;

use super::text::{colour_of, initials};

const CLASSES: [&str; 8] = [
    "avatar avatar-0",
    "avatar avatar-1",
    "avatar avatar-2",
    "avatar avatar-3",
    "avatar avatar-4",
    "avatar avatar-5",
    "avatar avatar-6",
    "avatar avatar-7",
];

/// A 24-pixel disc with the initials of a name. Hidden from screen readers: the name stands beside it.
#[component]
pub(crate) fn Avatar(
    /// The name or e-mail address.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    let class = move || name.with(|name| CLASSES.get(colour_of(name, 8) as usize).copied().unwrap_or("avatar"));
    let initials = move || name.with(|name| initials(name));
    view! { <span class=class data-initials=initials aria-hidden="true"></span> }
}
