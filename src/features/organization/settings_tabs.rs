//! The tabs of the organization's settings.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::ui::{TabLink, TabLinks};

const TABS: [(&str, &str); 2] = [("/settings", "General"), ("/settings/new-accounts", "New accounts defaults")];

/// "General" and "New accounts defaults".
#[component]
pub(super) fn SettingsTabs() -> impl IntoView {
    let path = use_location().pathname;
    let link = move |(href, label): (&str, &str)| TabLink {
        href: href.to_owned(),
        label: label.to_owned(),
        count: None,
        current: path.with(|path| path == href),
    };
    view! { <TabLinks label="Organization settings" links=Signal::derive(move || TABS.map(link).to_vec()) /> }
}
