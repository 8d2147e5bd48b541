//! The members of a group: found by search and kind, added and removed many at once, each with its end.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::AccountId;
use domain::groups::{GroupKind, Member};
use leptos::prelude::*;

use super::acts::{GroupDesk, path};
use super::member_dialogs::{AddMembersDialog, EndDialog, RemoveMembersDialog};
use super::members_table::MembersTable;
use crate::api::encode;
use crate::features::roles::RoleReach;
use crate::paged::Paged;
use crate::query::query_text;
use crate::ui::{Button, ButtonVariant, EmptyState, FilterChips, FilterOption, Icon, SearchField};

/// What stands before an act.
#[derive(Clone)]
pub(super) enum Question {
    Add,
    Remove(Vec<Arc<Member>>),
    End(Arc<Member>),
}

/// The list of members, and what is chosen of it.
#[derive(Clone, Copy)]
pub(super) struct MembersDesk {
    pub(super) group: GroupDesk,
    pub(super) list: Paged<Member>,
    pub(super) selected: RwSignal<BTreeMap<AccountId, Arc<Member>>>,
    pub(super) question: RwSignal<Option<Question>>,
}

/// What the tab shows.
#[component]
pub(super) fn MembersTab(
    /// The group, which has been read.
    desk: GroupDesk,
) -> impl IntoView {
    let Some(group) = desk.now() else { return ().into_any() };
    let is_everyone = group.kind == GroupKind::Everyone;
    let (search, kind) = (query_text("q"), query_text("kind"));
    let address = Signal::derive(move || {
        let narrowed = kind.with(|kind| if kind.is_empty() { String::new() } else { ["&kind=", kind].concat() });
        [&path(group.id), "/members?q=", &encode(search.get().trim()), &narrowed].concat()
    });
    let members = MembersDesk {
        group: desk,
        list: Paged::new(address),
        selected: RwSignal::new(BTreeMap::new()),
        question: RwSignal::new(None),
    };
    Effect::watch(move || desk.members_changed.track(), move |(), _, _| members.changed(), false);
    // Whoever is put into a group, or taken out, gains or loses all that it gives: that takes as much (I7).
    let reach = RoleReach::new();
    let is_within = Memo::new(move |_| desk.group.with(|group| reach.may_give(&group.roles)).unwrap_or(true));
    let may_change = Memo::new(move |_| !is_everyone && desk.may_manage() && is_within.get());
    let beyond = move || {
        let is_beyond = !is_everyone && desk.may_manage() && !is_within.get();
        is_beyond.then(|| view! {
            <p class="group-note muted">"The group gives more than you hold yourself: whoever holds all of it changes its members."</p>
        })
    };
    let note = is_everyone.then(|| view! {
        <p class="group-note muted">"All accounts are members, users and service accounts. Nobody can be added or removed."</p>
    });
    view! {
        {note}
        {beyond}
        <MembersToolbar members=members search=search kind=kind may_change=may_change />
        {move || may_change.get().then(|| view! { <SelectionBar members=members /> })}
        <div class="split split-closed">
            <div class="split-list">
                {move || view! {
                    <MembersTable members=members may_change=may_change.get() empty=move || nobody(members, search, kind, may_change.get()) />
                }}
            </div>
        </div>
        {move || members.question.get().filter(|_| may_change.get()).map(|question| view! { <Asked members=members question=question /> })}
    }
    .into_any()
}

#[component]
fn MembersToolbar(
    members: MembersDesk,
    search: RwSignal<String>,
    kind: RwSignal<String>,
    may_change: Memo<bool>,
) -> impl IntoView {
    let chip =
        |value: &str, label: &str| FilterOption { value: value.to_owned(), label: label.to_owned(), count: None };
    let kinds = vec![chip("", "All"), chip("user", "Users"), chip("service", "Service accounts")];
    view! {
        <div class="toolbar" role="search">
            <SearchField label="Search members" value=search id="member-search" />
            <FilterChips label="Kind" options=Signal::stored(kinds) value=kind on_change=move |value| kind.set(value) />
            <div class="toolbar-end">
                {move || may_change.get().then(|| view! {
                    <Button
                        label="Add members"
                        icon=Icon::Plus
                        variant=ButtonVariant::Primary
                        on_click=move || members.question.set(Some(Question::Add))
                    />
                })}
            </div>
        </div>
    }
}

/// What can be done with those that are selected.
#[component]
fn SelectionBar(members: MembersDesk) -> impl IntoView {
    let count = Memo::new(move |_| members.selected.with(BTreeMap::len));
    let remove = move || {
        let leaving = members.selected.with_untracked(|selected| selected.values().cloned().collect());
        members.question.set(Some(Question::Remove(leaving)));
    };
    view! {
        <p class="sr-only" role="status">{move || (count.get() > 0).then(|| [&count.get().to_string(), " selected"].concat())}</p>
        {move || (count.get() > 0).then(|| view! {
            <div class="toolbar toolbar-selection" role="group" aria-label="Selected members">
                <strong>{move || [&super::words::members(count.get() as u64), " selected"].concat()}</strong>
                <Button label="Remove from group" on_click=remove />
                <Button label="Clear selection" variant=ButtonVariant::Quiet on_click=move || members.selected.set(BTreeMap::new()) />
            </div>
        })}
    }
}

#[component]
fn Asked(members: MembersDesk, question: Question) -> impl IntoView {
    let desk = members.group;
    let close = move || {
        members.question.try_set(None);
    };
    match question {
        Question::Add => view! { <AddMembersDialog desk=desk on_close=close /> }.into_any(),
        Question::Remove(leaving) => {
            view! { <RemoveMembersDialog desk=desk leaving=leaving on_close=close /> }.into_any()
        }
        Question::End(member) => view! { <EndDialog desk=desk member=member on_close=close /> }.into_any(),
    }
}

/// What stands where no member is: nobody fits, or nobody is in.
fn nobody(members: MembersDesk, search: RwSignal<String>, kind: RwSignal<String>, may_change: bool) -> AnyView {
    let is_narrowed = search.with(|search| !search.trim().is_empty()) || kind.with(|kind| !kind.is_empty());
    if is_narrowed {
        let clear = move || {
            search.set(String::new());
            kind.set(String::new());
        };
        return view! {
            <EmptyState icon=Icon::Search title="Nothing found" text="No member fits the search and the filter.">
                <Button label="Clear filters" on_click=clear />
            </EmptyState>
        }
        .into_any();
    }
    let add = may_change.then(|| view! { <Button label="Add the first members" icon=Icon::Plus on_click=move || members.question.set(Some(Question::Add)) /> });
    view! {
        <EmptyState icon=Icon::Group title="Nobody is in this group yet" text="Its members get the roles of the group.">
            {add}
        </EmptyState>
    }
    .into_any()
}

impl MembersDesk {
    /// Members have come or gone: whoever was selected may be among them.
    fn changed(self) {
        self.selected.try_set(BTreeMap::new());
        self.list.reload();
    }

    /// Selects a member, or takes it out of the selection.
    pub(super) fn select(self, member: &Arc<Member>, is_on: bool) {
        self.selected.update(|selected| {
            if is_on {
                selected.insert(member.account.id, Arc::clone(member));
            } else {
                selected.remove(&member.account.id);
            }
        });
    }

    pub(super) fn is_selected(self, index: usize) -> bool {
        let id = self.list.read(index, |member| Some(member.account.id));
        id.is_some_and(|id| self.selected.with(|selected| selected.contains_key(&id)))
    }

    pub(super) fn toggle(self, index: usize) {
        if let Some(member) = self.list.row(index) {
            self.select(&member, !untrack(|| self.is_selected(index)));
        }
    }

    /// Selects all that have been read, or none.
    pub(super) fn select_all(self, is_on: bool) {
        let rows = if is_on { untrack(|| self.list.rows()) } else { Vec::new() };
        self.selected.set(rows.into_iter().map(|member| (member.account.id, member)).collect());
    }
}
