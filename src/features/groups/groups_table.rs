//! The table of groups.

use domain::groups::{Group, GroupKind};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::groups_page::{GroupsDesk, Question};
use super::words::{kind, members, page};
use crate::paged::no_rows;
use crate::ui::text::grouped;
use crate::ui::{Badge, ButtonSize, Column, Icon, MenuAlign, MenuButton, MenuItem, VirtualTable};

const COLUMNS: [&str; 4] = ["col-group", "col-group-roles", "col-count", "col-menu"];

/// The table. Rows have a menu for those who may change groups.
#[component]
pub(super) fn GroupsTable(
    /// The list.
    desk: GroupsDesk,
    /// Whether rows have a menu.
    may_manage: bool,
    /// What stands where nothing is.
    #[prop(into)]
    empty: ViewFn,
) -> impl IntoView {
    let list = desk.list;
    let head = move || {
        view! {
            <th scope="col">"Name"</th>
            <th scope="col" class="cell-group-roles">"Roles"</th>
            <th scope="col" class="cell-count">"Members"</th>
            {may_manage.then(|| view! { <th scope="col"><span class="sr-only">"Actions"</span></th> })}
        }
    };
    let columns = COLUMNS.iter().take(if may_manage { 4 } else { 3 }).copied().map(Column).collect();
    let navigate = use_navigate();
    let open = move |index: usize| {
        if let Some(group) = list.row(index) {
            navigate(&page(&group), Default::default());
        }
    };
    view! {
        <VirtualTable
            label="Groups"
            total=list.row_count()
            columns=columns
            head=head
            cells=move |index| cells(desk, may_manage, index).into_any()
            is_loaded=move |index| list.is_loaded(index)
            on_window=move |window| list.look_at(window)
            on_open=open
            scroll_to=list.scroll_to
            empty=no_rows(list, empty)
        />
    }
}

fn cells(desk: GroupsDesk, may_manage: bool, index: Signal<usize>) -> impl IntoView {
    let list = desk.list;
    let kind = Memo::new(move |_| list.read(index.get(), kind));
    let roles = Memo::new(move |_| list.read(index.get(), role_names));
    let number = move || list.read(index.get(), |group| usize::try_from(group.members).unwrap_or(usize::MAX));
    let narrow = move || list.read(index.get(), |group| members(group.members));
    view! {
        <td class="cell-main">
            <div class="cell-two">
                <div class="cell-line">
                    <a class="cell-link truncate" href=move || list.read(index.get(), page)>
                        {move || list.read(index.get(), |group| group.name.clone())}
                    </a>
                    {move || kind.get().map(|kind| view! { <Badge label=kind /> })}
                </div>
                <span class="cell-under truncate">{move || list.read(index.get(), |group| group.description.clone())}</span>
            </div>
        </td>
        <td class="cell-group-roles cell-sub" data-tip=move || roles.with(|roles| (!roles.is_empty()).then(|| roles.clone()))>
            <span class="truncate">{roles}</span>
            {move || roles.with(String::is_empty).then(|| view! { <span class="cell-narrow">"No roles"</span> })}
        </td>
        <td class="cell-count cell-side numeric">
            <span aria-hidden="true" class="cell-narrow">{narrow}</span>
            <span class="cell-broad">{move || grouped(number())}</span>
        </td>
        {may_manage.then(|| view! { <MenuCell desk=desk index=index /> })}
    }
}

fn role_names(group: &Group) -> String {
    group.roles.iter().map(|role| role.name.as_str()).collect::<Vec<_>>().join(", ")
}

#[component]
fn MenuCell(desk: GroupsDesk, index: Signal<usize>) -> impl IntoView {
    let label = Signal::derive(move || desk.list.read(index.get(), |group| ["Actions for ", &group.name].concat()));
    let items = move |()| {
        let Some(group) = desk.list.row(index.get_untracked()) else { return Vec::new() };
        let mut items = vec![
            MenuItem::link("Members", page(&group)).icon(Icon::Users),
            MenuItem::link("Roles", [&page(&group), "?tab=roles"].concat()).icon(Icon::Role),
        ];
        if group.kind != GroupKind::Everyone {
            // Deleting it takes its roles away.
            let may_delete = untrack(|| desk.reach.may_give(&group.roles));
            let (renamed, deleted) = (group.clone(), group);
            let rename = move || desk.question.set(Some(Question::Rename(renamed.clone())));
            let delete = move || desk.question.set(Some(Question::Delete(deleted.clone())));
            items.push(MenuItem::new("Rename", rename).icon(Icon::Pencil));
            if may_delete {
                items.push(MenuItem::new("Delete", delete).icon(Icon::Trash).danger());
            }
        }
        items
    };
    view! {
        <td class="cell-menu cell-end">
            <MenuButton label=label icon=Icon::Dots size=ButtonSize::Small align=MenuAlign::End items=items />
        </td>
    }
}
