//! The table of objects.

use domain::objects::{AccessLevel, Object};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::access_words::{href, state_badge};
use super::types::ObjectTypes;
use crate::api;
use crate::paged::Paged;
use crate::ui::text::grouped;
use crate::ui::{Badge, Column, VirtualTable};

const COLUMNS: [&str; 6] = ["col-name", "col-kind", "col-state", "col-owner", "col-accesses", "col-own"];

/// All objects that the address asks for, whatever their number.
#[component]
pub(super) fn ObjectsTable(
    /// The list.
    list: Paged<Object>,
    /// What the type of an object is called.
    types: ObjectTypes,
    /// What stands where nothing is.
    empty: ViewFn,
) -> impl IntoView {
    let navigate = use_navigate();
    let open = move |index: usize| {
        if let Some(object) = list.row(index) {
            navigate(&href(&object, api::encode), Default::default());
        }
    };
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
            total=list.row_count()
            columns=COLUMNS.map(Column).to_vec()
            head=head
            cells=move |index| cells(Row { list, index }, types).into_any()
            is_loaded=move |index| list.is_loaded(index)
            on_window=move |window| list.look_at(window)
            on_open=open
            scroll_to=list.scroll_to
            empty=empty
        />
    }
}

/// What a row shows at present.
#[derive(Clone, Copy)]
struct Row {
    list: Paged<Object>,
    index: Signal<usize>,
}

impl Row {
    /// Something of the object, reactively; the default while it is on its way.
    fn read<T: Default>(self, read: impl FnOnce(&Object) -> T) -> T {
        self.list.read(self.index.get(), read)
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
