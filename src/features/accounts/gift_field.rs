//! The field that chooses one role, group or permission by typing.

use domain::groups::{Group, GroupKind, GroupRef};
use domain::page::Page;
use domain::permissions::PermissionEntry;
use domain::roles::{OWNER_ROLE, Role, RoleRef};
use domain::session::SessionView;
use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

use super::bulk::{Gift, GiftKind};
use crate::api;
use crate::features::roles::RoleReach;
use crate::features::session::{Session, use_session};
use crate::ui::{Choice, Combobox, OptionView};

/// Groups offered at once; typing narrows them down.
const GROUPS_OFFERED_MAX: usize = 50;

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

#[derive(Clone, Copy)]
struct Offers {
    session: Session,
    kind: GiftKind,
    offer: Offer,
    offered: RwSignal<Offered>,
    reach: RoleReach,
    loading: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
    /// How often was asked: an answer to an earlier question is not taken.
    asked: StoredValue<u32>,
}

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
    let offers = Offers {
        session: use_session(),
        kind,
        offer,
        offered: RwSignal::new(Vec::new()),
        reach: RoleReach::new(),
        loading: RwSignal::new(false),
        trouble: RwSignal::new(None),
        asked: StoredValue::new(0),
    };
    offers.ask(String::new());
    let choice = |gift: &Gift| Choice::new(gift.value.clone(), gift.name.clone());
    let selected = Signal::derive(move || chosen.with(|gift| gift.iter().map(choice).collect::<Vec<_>>()));
    let options = Signal::derive(move || offers.options());
    let error = Signal::derive(move || offers.trouble.get().or_else(|| error.get()));
    let add = move |value: String| {
        let found = offers.offered.with_untracked(|offered| {
            offered.iter().find(|offered| offered.gift.value == value).map(|offered| offered.gift.clone())
        });
        chosen.set(found);
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
                on_query=move |text: String| offers.ask(text) loading=offers.loading error=error placeholder=placeholder />
        }
        .into_any(),
        _ => view! {
            <Combobox label=label selected=selected options=options on_add=add on_remove=remove
                loading=offers.loading error=error placeholder=placeholder />
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

impl Offers {
    /// What the field offers, reactively.
    fn options(self) -> Vec<OptionView> {
        let may_give = |offered: &&OfferedGift| self.offer == Offer::All || self.reach.may_give(&offered.brings);
        self.offered.with(|offered| offered.iter().filter(may_give).map(OfferedGift::option).collect())
    }

    fn ask(self, text: String) {
        match self.kind {
            GiftKind::Role | GiftKind::Level => self.read("/api/v1/roles".to_owned(), roles),
            GiftKind::Permission => self.read("/api/v1/permissions".to_owned(), permissions),
            GiftKind::Group => {
                let limit = GROUPS_OFFERED_MAX.to_string();
                self.read(["/api/v1/groups?limit=", &limit, "&q=", &api::encode(text.trim())].concat(), groups);
            }
        }
    }

    fn read<T: DeserializeOwned + 'static>(self, path: String, offer: fn(Vec<T>, Offer, &SessionView) -> Offered) {
        let Some(asked) = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        }) else {
            return;
        };
        self.loading.set(true);
        spawn_local(async move {
            let answer = api::get::<Page<T>>(&path).await;
            if self.asked.try_get_value() != Some(asked) {
                return;
            }
            self.loading.set(false);
            match answer {
                Ok(page) => {
                    self.trouble.set(None);
                    let offered = untrack(|| self.session.with(|session| offer(page.items, self.offer, session)));
                    self.offered.set(offered);
                }
                Err(error) if error.code() == Some(domain::Code::NotSignedIn) => self.session.end(),
                Err(error) => self.trouble.set(Some(error.message())),
            }
        });
    }
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

fn groups(groups: Vec<Group>, _: Offer, _: &SessionView) -> Offered {
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
