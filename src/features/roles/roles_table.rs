//! The table of roles.

use std::sync::Arc;

use domain::roles::Role;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::roles_page::{Line, Question, RolesDesk};
use super::words::{copy_page, groups_page, holders, holders_page, kind, kind_tone, page, permission_count, risk_tone};
use crate::ui::text::grouped;
use crate::ui::{Badge, ButtonSize, Column, Icon, MenuAlign, MenuButton, MenuItem, VirtualTable};

/// Grey rows that stand in for a list that has not arrived.
const ROWS_WAITED_FOR: usize = 8;
const COLUMNS: [&str; 7] = ["col-role", "col-role-kind", "col-count", "col-count", "col-count", "col-risk", "col-menu"];

/// The table. The menu of each row is there for those who may change roles.
#[component]
pub(super) fn RolesTable(
    /// The list.
    desk: RolesDesk,
    /// Whether rows have a menu.
    may_manage: bool,
    /// Whether the list has arrived.
    is_there: Memo<bool>,
    /// What stands where nothing is.
    #[prop(into)]
    empty: ViewFn,
) -> impl IntoView {
    let total = Signal::derive(move || {
        let waits = !is_there.get() && desk.failure().is_none();
        if waits { ROWS_WAITED_FOR } else { desk.shown.with(Vec::len) }
    });
    let head = move || {
        view! {
            <th scope="col">"Name"</th>
            <th scope="col" class="cell-kind">"Kind"</th>
            <th scope="col" class="cell-count">"Accounts"</th>
            <th scope="col" class="cell-count">"Groups"</th>
            <th scope="col" class="cell-count">"Permissions"</th>
            <th scope="col">"Risk"</th>
            {may_manage.then(|| view! { <th scope="col"><span class="sr-only">"Actions"</span></th> })}
        }
    };
    let columns = COLUMNS.iter().take(if may_manage { 7 } else { 6 }).copied().map(Column).collect();
    let navigate = use_navigate();
    let open = move |index: usize| {
        if let Some(line) = desk.shown.with_untracked(|rows| rows.get(index).cloned()) {
            navigate(&page(&line.role), Default::default());
        }
    };
    view! {
        <VirtualTable
            label="Roles"
            total=total
            columns=columns
            head=head
            cells=move |index| cells(desk, may_manage, index).into_any()
            is_loaded=move |index| desk.shown.with(|rows| index < rows.len())
            on_open=open
            empty=empty
        />
    }
}

/// What a row shows at present.
#[derive(Clone, Copy)]
struct Row(Memo<Option<Arc<Line>>>);

impl Row {
    fn read<T: Default>(self, read: impl FnOnce(&Line) -> T) -> T {
        self.0.with(|line| line.as_deref().map(read).unwrap_or_default())
    }
}

fn cells(desk: RolesDesk, may_manage: bool, index: Signal<usize>) -> impl IntoView {
    let row = Row(Memo::new(move |_| desk.shown.with(|rows| rows.get(index.get()).cloned())));
    view! {
        <td class="cell-main">
            <div class="cell-two">
                <a class="cell-link truncate" href=move || row.read(|line| page(&line.role))>
                    {move || row.read(|line| line.role.name.clone())}
                </a>
                <span class="cell-under truncate">{move || row.read(|line| line.role.description.clone())}</span>
            </div>
        </td>
        <td class="cell-kind cell-sub">
            <div class="cell-line">
                <Badge
                    label=Signal::derive(move || row.read(|line| kind(&line.role).to_owned()))
                    tone=Signal::derive(move || row.read(|line| kind_tone(&line.role)))
                />
                <span class="cell-under truncate cell-narrow">{move || row.read(|line| holders(line.role.accounts, line.role.groups))}</span>
            </div>
        </td>
        <CountCell row=row href=holders_page noun=("account", "accounts") count=|line| line.role.accounts />
        <CountCell row=row href=groups_page noun=("group", "groups") count=|line| line.role.groups />
        <td class="cell-count numeric">{move || row.read(|line| permission_count(&line.role))}</td>
        <td class="cell-side">
            {move || row.read(|line| line.risk).map(|risk| view! { <Badge label=risk.label() tone=risk_tone(risk) /> })}
        </td>
        {may_manage.then(|| view! { <MenuCell row=row desk=desk /> })}
    }
}

/// How many hold the role, as a link to them.
#[component]
fn CountCell(
    row: Row,
    href: fn(&Role) -> String,
    noun: (&'static str, &'static str),
    count: fn(&Line) -> u64,
) -> impl IntoView {
    let number = Memo::new(move |_| row.read(count));
    let link = move || {
        let (count, text) = (number.get(), grouped(usize::try_from(number.get()).unwrap_or(usize::MAX)));
        if count == 0 {
            return text.into_any();
        }
        let (name, href) = row.read(|line| (line.role.name.clone(), href(&line.role)));
        let noun = if count == 1 { noun.0 } else { noun.1 };
        let label = [text.as_str(), " ", noun, " with the role ", &name].concat();
        view! { <a href=href aria-label=label>{text}</a> }.into_any()
    };
    view! { <td class="cell-count numeric">{link}</td> }
}

#[component]
fn MenuCell(row: Row, desk: RolesDesk) -> impl IntoView {
    let label = Signal::derive(move || row.read(|line| ["Actions for ", &line.role.name].concat()));
    let items = move |()| row.0.get_untracked().map(|line| menu_items(desk, &line)).unwrap_or_default();
    view! {
        <td class="cell-menu cell-end">
            <MenuButton label=label icon=Icon::Dots size=ButtonSize::Small align=MenuAlign::End items=items />
        </td>
    }
}

fn menu_items(desk: RolesDesk, line: &Line) -> Vec<MenuItem> {
    let mut items = vec![MenuItem::link("Copy", copy_page(&line.role)).icon(Icon::Copy)];
    if desk.may_change(&line.role) {
        let ask = |question: fn(Arc<Role>) -> Question| {
            let role = Arc::clone(&line.role);
            move || desk.question.set(Some(question(Arc::clone(&role))))
        };
        items.push(MenuItem::new("Rename", ask(Question::Rename)).icon(Icon::Pencil));
        items.push(MenuItem::new("Delete", ask(Question::Delete)).icon(Icon::Trash).danger());
    }
    items
}
