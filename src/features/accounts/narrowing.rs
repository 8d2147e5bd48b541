//! Role and group as filters of the list: the menu that asks for them, and the chips that show and end them.

use domain::groups::Group;
use domain::page::Page;
use domain::roles::Role;
use leptos::{prelude::*, task::spawn_local};

use super::address::Address;
use super::bulk::{Gift, GiftKind};
use super::gift_field::{GiftField, Offer};
use crate::api;
use crate::ui::{
    Button, ButtonSize, ButtonVariant, Dialog, DialogSize, Icon, IconButton, MenuAlign, MenuButton, MenuItem,
};

/// "Filter": by role, by group.
#[component]
pub(crate) fn FilterMenu(
    /// Where the filters are written.
    address: Address,
) -> impl IntoView {
    let asking = RwSignal::new(None::<GiftKind>);
    let items = move |()| {
        vec![
            MenuItem::new("By role…", move || asking.set(Some(GiftKind::Role))).icon(Icon::Role),
            MenuItem::new("By group…", move || asking.set(Some(GiftKind::Group))).icon(Icon::Group),
        ]
    };
    view! {
        <MenuButton label="Filter" items=items align=MenuAlign::End />
        {move || asking.get().map(|kind| view! { <FilterDialog kind=kind address=address asking=asking /> })}
    }
}

#[component]
fn FilterDialog(kind: GiftKind, address: Address, asking: RwSignal<Option<GiftKind>>) -> impl IntoView {
    let chosen = RwSignal::new(None::<Gift>);
    let close = move || asking.set(None);
    let apply = move || {
        let gift = chosen.get_untracked();
        close();
        address.change(|filters| match kind {
            GiftKind::Group => filters.group = gift.and_then(|gift| gift.value.parse().ok()),
            _ => filters.role = gift.map(|gift| gift.value),
        });
    };
    let title = if kind == GiftKind::Group { "Filter by group" } else { "Filter by role" };
    let waits = Signal::derive(move || if chosen.with(Option::is_some) { "" } else { "Choose one first." }.to_owned());
    let footer = move || {
        view! {
            <Button label="Cancel" on_click=close />
            <Button label="Filter" variant=ButtonVariant::Primary disabled_reason=waits on_click=apply />
        }
    };
    view! {
        <Dialog title=title size=DialogSize::Small on_close=close footer=footer>
            <GiftField kind=kind chosen=chosen offer=Offer::All />
        </Dialog>
    }
}

/// A chip for each of both filters that is set; its x ends the filter.
#[component]
pub(crate) fn NarrowedBy(
    /// Where the filters are written.
    address: Address,
) -> impl IntoView {
    let role = Memo::new(move |_| address.filters().with(|filters| filters.role.clone()));
    let group = Memo::new(move |_| address.filters().with(|filters| filters.group));
    let (role_name, group_name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    Effect::new(move |_| {
        role_name.set(role.get().unwrap_or_default());
        if let Some(key) = role.get() {
            spawn_local(async move {
                if let Ok(page) = api::get::<Page<Role>>("/api/v1/roles").await
                    && role.try_get_untracked() == Some(Some(key.clone()))
                    && let Some(role) = page.items.into_iter().find(|role| role.key == key)
                {
                    role_name.try_set(role.name);
                }
            });
        }
    });
    Effect::new(move |_| {
        group_name.set(String::new());
        if let Some(id) = group.get() {
            spawn_local(async move {
                let name = match api::get::<Group>(&["/api/v1/groups/", &id.to_string()].concat()).await {
                    Ok(group) => group.name,
                    Err(_) => id.to_string(),
                };
                if group.try_get_untracked() == Some(Some(id)) {
                    group_name.try_set(name);
                }
            });
        }
    });
    let no_role = move || address.change(|filters| filters.role = None);
    let no_group = move || address.change(|filters| filters.group = None);
    view! {
        {move || role.with(Option::is_some).then(|| chip("Role", role_name, no_role))}
        {move || group.with(Option::is_some).then(|| chip("Group", group_name, no_group))}
    }
}

fn chip(word: &'static str, name: RwSignal<String>, end: impl Fn() + Send + Sync + 'static) -> impl IntoView {
    let label = Signal::derive(move || ["Remove filter ", word, ": ", &name.get()].concat());
    view! {
        <span class="chip narrowed-by">
            <span class="truncate">{word} ": " {name}</span>
            <IconButton label=label icon=Icon::X size=ButtonSize::Small on_click=end />
        </span>
    }
}
