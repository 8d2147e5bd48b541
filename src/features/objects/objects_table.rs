//! The table of objects.

use std::sync::Arc;

use domain::objects::{AccessLevel, Object};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::access_words::{href, state_badge};
use super::address::Address;
use super::list::{ListState, ObjectList};
use super::no_objects::NoObjects;
use super::types::ObjectTypes;
use crate::api;
use crate::ui::text::grouped;
use crate::ui::{Badge, Column, VirtualTable};

/// Grey rows that stand in for a list that has not arrived.
const ROWS_WAITED_FOR: usize = 12;

const COLUMNS: [&str; 6] = ["col-name", "col-kind", "col-state", "col-owner", "col-accesses", "col-own"];

/// All objects that the address asks for, whatever their number.
#[component]
pub(super) fn ObjectsTable(
    /// The list.
    list: ObjectList,
    /// What the type of an object is called.
    types: ObjectTypes,
    /// Where filters are taken back.
    address: Address,
) -> impl IntoView {
    let navigate = use_navigate();
    let open = move |index: usize| {
        if let Some(object) = list.at(index) {
            navigate(&href(&object, api::encode), Default::default());
        }
    };
    let total = Signal::derive(move || match list.state.get() {
        ListState::Waiting if list.total.get() == 0 => ROWS_WAITED_FOR,
        _ => list.total.get(),
    });
    let head = || {
        view! {
            <th scope="col">"Name"</th>
            <th scope="col">"Type"</th>
            <th scope="col">"State"</th>
            <th scope="col" class="cell-owner">"Owner"</th>
            <th scope="col" class="cell-accesses">"Shared with"</th>
            <th scope="col" class="cell-own">"Your access"</th>
        }
    };
    view! {
        <VirtualTable
            label="Objects"
            total=total
            columns=COLUMNS.map(Column).to_vec()
            head=head
            cells=move |index| cells(Row::new(list, index), types).into_any()
            is_loaded=move |index| list.row(index).is_some()
            on_window=move |window| list.look_at(window)
            on_open=open
            scroll_to=list.scroll_to
            empty=move || view! { <NoObjects list=list address=address types=types /> }
        />
    }
}

/// What a row shows at present.
#[derive(Clone, Copy)]
struct Row(Memo<Option<Arc<Object>>>);

impl Row {
    fn new(list: ObjectList, index: Signal<usize>) -> Self {
        Self(Memo::new(move |_| list.row(index.get())))
    }

    /// Something of the object, reactively; the default while it is on its way.
    fn read<T: Default>(self, read: impl FnOnce(&Object) -> T) -> T {
        self.0.with(|object| object.as_deref().map(read).unwrap_or_default())
    }
}

fn cells(row: Row, types: ObjectTypes) -> impl IntoView {
    let label = Signal::derive(move || row.read(|object| state_badge(object).0.to_owned()));
    let tone = Signal::derive(move || row.read(|object| state_badge(object).1));
    let kind = move || row.read(|object| types.label(&object.kind));
    let owner = move || row.read(|object| object.owner.as_ref().map(|owner| owner.name.clone()).unwrap_or_default());
    let accesses = move || row.read(|object| grouped(usize::try_from(object.accesses).unwrap_or(usize::MAX)));
    let own = move || row.read(|object| object.own_access.map(AccessLevel::label).unwrap_or_default());
    view! {
        <td class="cell-main">
            <div class="cell-two">
                <a class="cell-link truncate" href=move || row.read(|object| href(object, api::encode))>
                    {move || row.read(|object| object.name.clone())}
                </a>
                <span class="cell-under truncate">{move || row.read(|object| object.external_id.clone())}</span>
            </div>
        </td>
        <td class="cell-sub">{kind}</td>
        <td class="cell-side"><Badge label=label tone=tone /></td>
        <td class="cell-owner" data-tip=owner>{owner}</td>
        <td class="cell-accesses">{accesses}</td>
        <td class="cell-own">{own}</td>
    }
}
