//! The table of members.

use domain::accounts::AccountKind;
use domain::groups::Member;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::members_tab::{MembersDesk, Question};
use crate::paged::no_rows;
use crate::ui::{
    Badge, ButtonSize, Checkbox, Column, Icon, MenuAlign, MenuButton, MenuItem, Tone, VirtualTable, absolute_time,
    relative_time, until, use_now,
};

const COLUMNS: [&str; 6] = ["col-check", "col-member", "col-role-kind", "col-added", "col-ends", "col-menu"];

/// The table. Check boxes and menus are there for those who may change the group.
#[component]
pub(super) fn MembersTable(
    /// The list.
    members: MembersDesk,
    /// Whether members can be selected, removed, and given an end.
    may_change: bool,
    /// What stands where nobody is.
    #[prop(into)]
    empty: ViewFn,
) -> impl IntoView {
    let list = members.list;
    let columns = if may_change { &COLUMNS[..] } else { &COLUMNS[1..5] };
    let head = move || {
        view! {
            {may_change.then(|| view! { <th scope="col" class="cell-check"><SelectAll members=members /></th> })}
            <th scope="col">"Member"</th>
            <th scope="col" class="cell-kind">"Kind"</th>
            <th scope="col" class="cell-added">"Added"</th>
            <th scope="col">"Ends"</th>
            {may_change.then(|| view! { <th scope="col"><span class="sr-only">"Actions"</span></th> })}
        }
    };
    let navigate = use_navigate();
    let open = move |index: usize| {
        if let Some(member) = list.row(index) {
            navigate(&account_page(&member), Default::default());
        }
    };
    let toggle = move |index: usize| {
        if may_change {
            members.toggle(index);
        }
    };
    view! {
        <VirtualTable
            label="Members"
            total=list.row_count()
            columns=columns.iter().copied().map(Column).collect()
            head=head
            cells=move |index| cells(members, may_change, index).into_any()
            is_loaded=move |index| list.is_loaded(index)
            is_selected=move |index| members.is_selected(index)
            on_window=move |window| list.look_at(window)
            on_open=open
            on_toggle=toggle
            scroll_to=list.scroll_to
            empty=no_rows(list, empty)
        />
    }
}

fn account_page(member: &Member) -> String {
    ["/accounts?account=", &member.account.id.to_string()].concat()
}

#[component]
fn SelectAll(members: MembersDesk) -> impl IntoView {
    let loaded = move || members.list.rows().len();
    let count = move || members.selected.with(|selected| selected.len());
    view! {
        <Checkbox
            label="Select all that are shown"
            label_hidden=true
            checked=Signal::derive(move || loaded() > 0 && count() == loaded())
            mixed=Signal::derive(move || count() > 0 && count() != loaded())
            on_change=move |is_on| members.select_all(is_on)
        />
    }
}

fn cells(members: MembersDesk, may_change: bool, index: Signal<usize>) -> impl IntoView {
    let (list, now) = (members.list, use_now());
    let name = Signal::derive(move || list.read(index.get(), |member| member.account.name.clone()));
    let is_service = move || list.read(index.get(), |member| member.account.kind == AccountKind::Service);
    let kind = Signal::derive(move || if is_service() { "Service account" } else { "User" }.to_owned());
    let tone = Signal::derive(move || if is_service() { Tone::Info } else { Tone::Neutral });
    let under = move || {
        list.read(index.get(), |member| {
            (member.account.handle != member.account.name).then(|| member.account.handle.clone())
        })
    };
    let added = move || {
        list.read(index.get(), |member| {
            let by = member.added_by.as_ref().map(|by| [", by ", by].concat());
            [&relative_time(member.added_at.millis(), now.get()), by.as_deref().unwrap_or_default()].concat()
        })
    };
    let added_tip = move || list.read(index.get(), |member| Some(absolute_time(member.added_at.millis())));
    let end = move || list.read(index.get(), |member| member.valid_until.map(|end| until(end.millis(), now.get())));
    let end_tip = move || list.read(index.get(), |member| member.valid_until.map(|end| absolute_time(end.millis())));
    view! {
        {may_change.then(|| view! { <td class="cell-check"><SelectOne members=members index=index name=name /></td> })}
        <td class="cell-main">
            <div class="cell-two">
                <a class="cell-link truncate" href=move || list.read(index.get(), account_page)>{name}</a>
                <span class="cell-under truncate">{under}</span>
            </div>
        </td>
        <td class="cell-kind cell-sub"><Badge label=kind tone=tone /></td>
        <td class="cell-added" data-tip=added_tip>{added}</td>
        <td class="cell-side" data-tip=end_tip>{move || end().unwrap_or_else(|| "No end".to_owned())}</td>
        {may_change.then(|| view! { <MenuCell members=members index=index name=name /> })}
    }
}

#[component]
fn SelectOne(members: MembersDesk, index: Signal<usize>, name: Signal<String>) -> impl IntoView {
    let label = Signal::derive(move || ["Select ", &name.get()].concat());
    let change = move |is_on: bool| {
        if let Some(member) = members.list.row(index.get_untracked()) {
            members.select(&member, is_on);
        }
    };
    view! {
        <Checkbox label=label label_hidden=true checked=Signal::derive(move || members.is_selected(index.get())) on_change=change />
    }
}

#[component]
fn MenuCell(members: MembersDesk, index: Signal<usize>, name: Signal<String>) -> impl IntoView {
    let label = Signal::derive(move || ["Actions for ", &name.get()].concat());
    let items = move |()| {
        let Some(member) = members.list.row(index.get_untracked()) else { return Vec::new() };
        let (ends, leaves) = (member.clone(), member.clone());
        let end = if member.valid_until.is_some() { "Change end" } else { "Set end" };
        vec![
            MenuItem::link("Open account", account_page(&member)).icon(Icon::User),
            MenuItem::new(end, move || members.question.set(Some(Question::End(ends.clone())))).icon(Icon::Clock),
            MenuItem::new("Remove from group", move || {
                members.question.set(Some(Question::Remove(vec![leaves.clone()])))
            })
            .icon(Icon::X)
            .danger(),
        ]
    };
    view! {
        <td class="cell-menu cell-end">
            <MenuButton label=label icon=Icon::Dots size=ButtonSize::Small align=MenuAlign::End items=items />
        </td>
    }
}
