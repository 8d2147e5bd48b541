//! The field that chooses one role, group or permission by typing.

use domain::groups::{Group, GroupKind, GroupRef};
use domain::page::Page;
use domain::permissions::PermissionEntry;
use domain::roles::{OWNER_ROLE, Role, RoleRef};
use domain::session::SessionView;
use leptos::prelude::*;

use super::bulk::{Gift, GiftKind};
use crate::api::{self, ApiError};
use crate::features::groups::groups_named;
use crate::features::roles::RoleReach;
use crate::features::session::{Session, use_session};
use crate::offers::Offers;
use crate::ui::{Choice, Combobox, OptionView};

/// Which of all there are can be chosen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// What the person at the desk may hand on.
    Givable,
    /// Everything, to look for whoever has it.
    All,
}

/// One thing that can be chosen.
struct OfferedGift {
    gift: Gift,
    /// A second line.
    hint: String,
    /// The roles that a group brings its members.
    brings: Vec<RoleRef>,
}

type Offered = Vec<OfferedGift>;

/// A field for one role, group or permission. What one may not hand on is not offered.
#[component]
pub(crate) fn GiftField(
    /// What is chosen: a role, a group or a permission.
    kind: GiftKind,
    /// The choice, read and written.
    chosen: RwSignal<Option<Gift>>,
    /// Which of all there are can be chosen. Default: what the person at the desk may hand on.
    #[prop(default = Offer::Givable)]
    offer: Offer,
    /// What is wrong with it. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let (session, reach) = (use_session(), RoleReach::new());
    let offers = Offers::new(move |text| gifts_named(kind, text, offer, session));
    let choice = |gift: &Gift| Choice::new(gift.value.clone(), gift.name.clone());
    let selected = Signal::derive(move || chosen.with(|gift| gift.iter().map(choice).collect::<Vec<_>>()));
    let may_give = move |offered: &&OfferedGift| offer == Offer::All || reach.may_give(&offered.brings);
    let options = Signal::derive(move || {
        offers.with(|offered| offered.iter().filter(may_give).map(OfferedGift::option).collect::<Vec<_>>())
    });
    let add = move |value: String| {
        chosen.set(offers.find(|offered| offered.gift.value == value, |offered| offered.gift.clone()));
    };
    let remove = move |_: String| chosen.set(None);
    let (label, placeholder) = match kind {
        GiftKind::Group => ("Group", "Type a name"),
        GiftKind::Permission => ("Permission", "Type a part of its name"),
        GiftKind::Role | GiftKind::Level => ("Role", "Type a name"),
    };
    match kind {
        // There may be thousands of groups: the server looks for them.
        GiftKind::Group => view! {
            <Combobox label=label selected=selected options=options on_add=add on_remove=remove
                on_query=move |text: String| offers.type_text(text) loading=offers.loading trouble=offers.trouble
                error=error placeholder=placeholder />
        }
        .into_any(),
        _ => view! {
            <Combobox label=label selected=selected options=options on_add=add on_remove=remove
                loading=offers.loading trouble=offers.trouble error=error placeholder=placeholder />
        }
        .into_any(),
    }
}

impl OfferedGift {
    const fn new(gift: Gift, hint: String) -> Self {
        Self { gift, hint, brings: Vec::new() }
    }

    fn option(&self) -> OptionView {
        OptionView { value: self.gift.value.clone(), label: self.gift.name.clone(), hint: self.hint.clone() }
    }
}

/// What the field offers. Groups are looked for by the server, since there may be thousands; of the others, all are read.
async fn gifts_named(kind: GiftKind, text: String, offer: Offer, session: Session) -> Result<Offered, ApiError> {
    Ok(match kind {
        GiftKind::Group => groups(groups_named(text).await?),
        GiftKind::Permission => {
            let page: Page<PermissionEntry> = api::get("/api/v1/permissions").await?;
            untrack(|| session.with(|session| permissions(page.items, offer, session)))
        }
        GiftKind::Role | GiftKind::Level => {
            let page: Page<Role> = api::get("/api/v1/roles").await?;
            untrack(|| session.with(|session| roles(page.items, offer, session)))
        }
    })
}

/// Levels are set, not added; and Owners are made by an act of its own.
fn roles(roles: Vec<Role>, offer: Offer, session: &SessionView) -> Offered {
    let is_offered = |role: &Role| match offer {
        Offer::All => role.level_rank.is_none(),
        Offer::Givable => {
            role.level_rank.is_none() && role.key != OWNER_ROLE && session.may_give_all(&role.permissions)
        }
    };
    roles
        .into_iter()
        .filter(is_offered)
        .map(|role| OfferedGift::new(Gift::role(&RoleRef { key: role.key, name: role.name }), role.description))
        .collect()
}

fn permissions(entries: Vec<PermissionEntry>, offer: Offer, session: &SessionView) -> Offered {
    let is_offered =
        |entry: &PermissionEntry| offer == Offer::All || session.may_give_all(std::slice::from_ref(&entry.key));
    let hint = |entry: &PermissionEntry| [&entry.category, ". ", &entry.description].concat();
    entries
        .into_iter()
        .filter(is_offered)
        .map(|entry| OfferedGift::new(Gift::permission(&entry.key, &entry.label), hint(&entry)))
        .collect()
}

fn groups(groups: Vec<Group>) -> Offered {
    let hint = |group: &Group| {
        let names = super::words::joined(group.roles.iter().map(|role| role.name.as_str()));
        if names.is_empty() { "No roles".to_owned() } else { names }
    };
    groups
        .into_iter()
        .filter(|group| group.kind != GroupKind::Everyone)
        .map(|group| {
            let gift = Gift::group(&GroupRef { id: group.id, name: group.name.clone() });
            OfferedGift { hint: hint(&group), gift, brings: group.roles }
        })
        .collect()
}
