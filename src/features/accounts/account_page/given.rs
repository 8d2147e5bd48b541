//! "Permissions": what was given to the account itself, each with its source and end, added and removed one by one.

use domain::Timestamp;
use domain::accounts::AccountKind;
use domain::bulk::BulkKind;
use domain::grants::{AccountPermissions, GrantSource, GrantView, MembershipView};
use domain::roles::{OWNER_ROLE, RoleRef};
use leptos::prelude::*;

use super::reasons::SINGLE_PERMISSIONS_ID;
use super::state::Page;
use crate::features::accounts::acts::may_change_level;
use crate::features::accounts::bulk::{BulkTask, Gift, GiftKind};
use crate::features::accounts::words::joined;
use crate::ui::{Button, ButtonSize, Card, Icon, IconButton, Skeleton, absolute_time, until, use_now};

/// The card.
#[component]
pub(super) fn GivenCard(page: Page) -> impl IntoView {
    view! {
        <Card title="Permissions">
            {move || match page.held.get() {
                Some(held) => view! {
                    <div class="stack">
                        <LevelPart page=page level=held.level.clone() />
                        <Part page=page title="Roles" add=("Add role", BulkKind::AddRole) none="No roles of its own." lines=roles(&held) />
                        <Part page=page title="Groups" add=("Add to group", BulkKind::AddGroup) none="" lines=groups(&held) />
                        <Part page=page title="Single permissions" add=("Add permission", BulkKind::AddPermission) none="None. Roles and groups are easier to keep in order." lines=permissions(page, &held) />
                    </div>
                }
                .into_any(),
                None => view! { <Skeleton lines=6 /> }.into_any(),
            }}
        </Card>
    }
}

/// One thing that was given.
#[derive(Clone)]
struct Line {
    gift: Gift,
    /// The page of it.
    leads_to: Option<Leads>,
    /// Where it came from, and what it brings.
    notes: Vec<String>,
    until: Option<Timestamp>,
    /// How it is changed and taken away; none for what cannot be.
    acts: Option<(BulkKind, BulkKind)>,
}

#[derive(Clone)]
enum Leads {
    Role(String),
    Address(String),
}

fn roles(held: &AccountPermissions) -> Vec<Line> {
    let line = |grant: &GrantView| {
        let role = grant.role.as_ref()?;
        Some(Line {
            gift: Gift::role(role),
            leads_to: Some(Leads::Role(role.key.clone())),
            notes: origin(grant),
            until: grant.valid_until,
            acts: Some((BulkKind::AddRole, BulkKind::RemoveRole)),
        })
    };
    held.grants.iter().filter_map(line).collect()
}

fn permissions(page: Page, held: &AccountPermissions) -> Vec<Line> {
    let line = |grant: &GrantView| {
        let key = grant.permission.as_ref()?;
        Some(Line {
            gift: Gift::permission(key, &untrack(|| page.label(key))),
            leads_to: None,
            notes: origin(grant),
            until: grant.valid_until,
            acts: Some((BulkKind::AddPermission, BulkKind::RemovePermission)),
        })
    };
    held.grants.iter().filter_map(line).collect()
}

fn groups(held: &AccountPermissions) -> Vec<Line> {
    let line = |membership: &MembershipView| {
        let names = joined(membership.roles.iter().map(|role| role.name.as_str()));
        let brings = if names.is_empty() { "Brings no roles".to_owned() } else { ["Brings ", &names].concat() };
        let everyone = membership.is_everyone.then(|| "Everyone is in this group".to_owned());
        Line {
            gift: Gift::group(&membership.group),
            leads_to: Some(Leads::Address(["/groups/", &membership.group.id.to_string()].concat())),
            notes: everyone.into_iter().chain([brings]).collect(),
            until: membership.valid_until,
            acts: (!membership.is_everyone).then_some((BulkKind::AddGroup, BulkKind::RemoveGroup)),
        }
    };
    held.memberships.iter().map(line).collect()
}

/// "Given by Olivia, 22 Nov 2026", "By the invitation", "New-account default".
fn origin(grant: &GrantView) -> Vec<String> {
    let source = match (grant.source, &grant.granted_by) {
        (GrantSource::Manual, Some(who)) => ["Given by ", who].concat(),
        (GrantSource::Manual, None) => "Given by hand".to_owned(),
        (GrantSource::Invitation, Some(who)) => ["With the invitation by ", who].concat(),
        (GrantSource::Invitation, None) => "With the invitation".to_owned(),
        (GrantSource::Default, _) => "New-account default".to_owned(),
    };
    vec![source]
}

#[component]
fn LevelPart(page: Page, level: Option<RoleRef>) -> impl IntoView {
    let desk = page.desk;
    let may_change = Memo::new(move |_| {
        let rights = desk.rights();
        page.read(|account| may_change_level(account, rights, desk.is_self(account)))
    });
    let change = move || {
        if let Some(account) = untrack(|| page.account()) {
            desk.ask(BulkTask::one(BulkKind::SetLevel, &account));
        }
    };
    // Machines have none.
    let has_levels =
        Memo::new(move |_| desk.rights().has_levels && page.read(|account| account.kind == AccountKind::User));
    let word = Signal::derive(move || desk.session.with(|session| session.organization.level_word.clone()));
    let name = level.as_ref().map_or("None", |level| &level.name).to_owned();
    let key = level.map(|level| level.key);
    let href = move || key.as_ref().and_then(|key| page.role_address(key));
    let heading = word;
    move || {
        let (href, name) = (href.clone(), name.clone());
        has_levels.get().then(|| view! {
            <section class="given">
                <header class="given-head">
                    <h3>{heading}</h3>
                    {move || may_change.get().then(|| view! { <Button label="Change" size=ButtonSize::Small on_click=change /> })}
                </header>
                <p><a href=href>{name}</a></p>
            </section>
        })
    }
}

#[component]
fn Part(
    page: Page,
    title: &'static str,
    add: (&'static str, BulkKind),
    none: &'static str,
    lines: Vec<Line>,
) -> impl IntoView {
    let ask = move || {
        if let Some(account) = untrack(|| page.account()) {
            page.desk.ask(BulkTask::one(add.1, &account));
        }
    };
    let id = (add.1 == BulkKind::AddPermission).then_some(SINGLE_PERMISSIONS_ID);
    let is_empty = lines.is_empty();
    let lines = lines.into_iter().map(|line| line_view(page, line)).collect::<Vec<_>>();
    view! {
        <section class="given" id=id tabindex=id.map(|_| "-1")>
            <header class="given-head">
                <h3>{title}</h3>
                {move || page.may_do(add.1).then(|| view! { <Button label=add.0 icon=Icon::Plus size=ButtonSize::Small on_click=ask /> })}
            </header>
            {if is_empty {
                view! { <p class="muted">{none}</p> }.into_any()
            } else {
                view! { <ul class="given-lines">{lines}</ul> }.into_any()
            }}
        </section>
    }
}

fn line_view(page: Page, line: Line) -> impl IntoView {
    let now = use_now();
    let Line { gift, leads_to, notes, until: end, acts } = line;
    let name = gift.name.clone();
    let href = move || match &leads_to {
        Some(Leads::Role(key)) => page.role_address(key),
        Some(Leads::Address(address)) => Some(address.clone()),
        None => None,
    };
    let ends = end.map(|end| {
        let class = move || if end.millis() <= now.get() { "given-end cell-alert" } else { "given-end" };
        view! { <span class=class data-tip=absolute_time(end.millis())>{move || until(end.millis(), now.get())}</span> }
    });
    let is_owner = gift == Gift::owner();
    let may = {
        let gift = gift.clone();
        Memo::new(move |_| {
            acts.is_some_and(|(change, _)| page.may_do(change))
                && match gift.kind {
                    GiftKind::Role if gift.value == OWNER_ROLE => page.desk.rights().is_owner,
                    GiftKind::Role => page.may_hand_on(&gift.value),
                    _ => true,
                }
        })
    };
    let buttons = move || {
        acts.filter(|_| may.get()).map(|(change, remove)| {
            let ask = {
                let gift = gift.clone();
                move |kind: BulkKind, end: Option<Timestamp>| {
                    if let Some(account) = untrack(|| page.account()) {
                        page.desk.ask(BulkTask::one(kind, &account).about(gift.clone()).until(end));
                    }
                }
            };
            let (ask_change, name) = (ask.clone(), gift.name.clone());
            let (change_label, remove_label) = (["Change the end of ", &name].concat(), ["Remove ", &name].concat());
            view! {
                <span class="given-acts">
                    {(!is_owner).then(|| view! {
                        <IconButton label=change_label icon=Icon::Clock size=ButtonSize::Small on_click=move || ask_change(change, end) />
                    })}
                    <IconButton label=remove_label icon=Icon::X size=ButtonSize::Small on_click=move || ask(remove, None) />
                </span>
            }
        })
    };
    view! {
        <li class="given-line">
            <span class="given-name"><a href=href>{name}</a></span>
            <span class="muted given-note">{notes.join(". ")}</span>
            {ends}
            {buttons}
        </li>
    }
}
