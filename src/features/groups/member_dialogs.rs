//! Dialogs about members: adding some, removing some, and when a membership ends; each shows first what it changes.

use std::sync::Arc;

use domain::accounts::AccountRef;
use domain::groups::{Group, Member};
use domain::previews::{MembersChange, PreviewRequest};
use domain::{GroupId, Timestamp};
use leptos::prelude::*;

use super::account_picker::AccountPicker;
use super::acts::GroupDesk;
use super::words::{members, membership, named};
use crate::features::previews::{Attempt, LivePreview, PreviewDialog};
use crate::ui::{EndField, end_text, parse_end, read_end, until, use_now};

fn request(group: GroupId, change: MembersChange) -> PreviewRequest {
    PreviewRequest { group: Some(group), members: Some(change), ..PreviewRequest::default() }
}

fn end_fault(text: &str, now: i64) -> Option<&'static str> {
    read_end(text, now).err()
}

/// An end that was found to be whole.
fn end_of(text: &str) -> Option<Timestamp> {
    parse_end(text).map(Timestamp::from_millis)
}

/// "Add members": who, and until when.
#[component]
pub(super) fn AddMembersDialog(
    /// The group.
    desk: GroupDesk,
    /// Runs when it is closed, by a person or because it is done.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    desk.now().map(|group| {
        let now = use_now();
        let selected = RwSignal::new(Vec::<AccountRef>::new());
        let end = RwSignal::new(String::new());
        let fault = Memo::new(move |_| end.with(|end| end_fault(end, now.get())));
        let change = move || {
            let add: Vec<_> = selected.with(|selected| selected.iter().map(|account| account.id).collect());
            let is_whole = !add.is_empty() && fault.get().is_none();
            is_whole.then(|| MembersChange { add, remove: Vec::new(), valid_until: end.with(|end| end_of(end)) })
        };
        let (id, name) = (group.id, group.name);
        let attempt = Attempt::new(LivePreview::new(Signal::derive(move || change().map(|change| request(id, change)))));
        let confirm = Signal::derive(move || match selected.with(Vec::len) as u64 {
            0 => "Add members".to_owned(),
            count => ["Add ", &members(count)].concat(),
        });
        let reason = Signal::derive(move || {
            let why = if selected.with(Vec::is_empty) { "Choose somebody first." } else { fault.get().unwrap_or_default() };
            why.to_owned()
        });
        let title = ["Add members to ", &name].concat();
        let add = move || {
            if let Some(change) = untrack(change) {
                let who = selected.with_untracked(|selected| named(selected.iter().map(|account| &*account.name)));
                let verb = if change.add.len() == 1 { " is in " } else { " are in " };
                desk.add(attempt, change, [&who, verb, &name, " now."].concat(), on_close);
            }
        };
        view! {
            <PreviewDialog title=title confirm=confirm attempt=attempt disabled_reason=reason on_confirm=add on_close=on_close>
                <AccountPicker selected=selected not_in=id label="Members" />
                <EndField value=end error=Signal::derive(move || fault.get().map(str::to_owned)) />
            </PreviewDialog>
        }
    })
}

/// Takes accounts out of the group.
#[component]
pub(super) fn RemoveMembersDialog(
    /// The group.
    desk: GroupDesk,
    /// Who leaves it.
    leaving: Vec<Arc<Member>>,
    /// Runs when it is closed, by a person or because it is done.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    desk.now().map(|group| {
        let Group { id, name, .. } = group;
        let now = use_now();
        let remove = leaving.iter().map(|member| member.account.id).collect();
        let change = MembersChange { remove, ..MembersChange::default() };
        let attempt = Attempt::new(LivePreview::new(Signal::stored(Some(request(id, change)))));
        let who = named(leaving.iter().map(|member| &*member.account.name));
        let (leaves, left) = if leaving.len() == 1 { (" leaves ", " has left ") } else { (" leave ", " have left ") };
        let count = members(leaving.len() as u64);
        let (title, confirm) = (["Remove ", &count, "?"].concat(), ["Remove ", &count].concat());
        let text = [&who, leaves, &name, ". What the group alone gave is gone at once; the accounts stay."].concat();
        let said = [&who, left, &name, "."].concat();
        let apply = move || {
            let members = leaving.iter().map(|member| membership(member)).collect();
            desk.remove(attempt, members, now, said.clone(), on_close);
        };
        view! {
            <PreviewDialog title=title confirm=confirm danger=true attempt=attempt on_confirm=apply on_close=on_close>
                <p class="prose">{text}</p>
            </PreviewDialog>
        }
    })
}

/// When a membership ends.
#[component]
pub(super) fn EndDialog(
    /// The group.
    desk: GroupDesk,
    /// Whose membership.
    member: Arc<Member>,
    /// Runs when it is closed, by a person or because it is done.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    desk.now().map(|group| {
        let Group { id, name, .. } = group;
        let now = use_now();
        let (account, before) = membership(&member);
        let start = before.map(|end| end_text(end.millis())).unwrap_or_default();
        let end = RwSignal::new(start.clone());
        let fault = Memo::new(move |_| end.with(|end| end_fault(end, now.get())));
        let is_same = Memo::new(move |_| end.with(|end| *end == start));
        let ready = move || !is_same.get() && fault.get().is_none();
        let preview = Signal::derive(move || {
            let valid_until = end.with(|end| end_of(end));
            ready().then(|| request(id, MembersChange { add: vec![account], remove: Vec::new(), valid_until }))
        });
        let attempt = Attempt::new(LivePreview::new(preview));
        let reason = Signal::derive(move || {
            let why = if is_same.get() { "Nothing was changed." } else { fault.get().unwrap_or_default() };
            why.to_owned()
        });
        let who = member.account.name.clone();
        let title = ["How long ", &who, " is in ", &name].concat();
        let apply = move || {
            let after = end.with_untracked(|end| end_of(end));
            let until = after.map(|end| [" ", &until(end.millis(), now.get_untracked())].concat());
            let said = [&who, " is in ", &name, until.as_deref().unwrap_or(" without an end"), "."].concat();
            desk.set_end(attempt, account, (before, after), said, on_close);
        };
        view! {
            <PreviewDialog
                title=title
                confirm="Save changes"
                attempt=attempt
                idle="Nothing was changed yet."
                disabled_reason=reason
                on_confirm=apply
                on_close=on_close
            >
                <EndField value=end error=Signal::derive(move || fault.get().map(str::to_owned)) />
            </PreviewDialog>
        }
    })
}
