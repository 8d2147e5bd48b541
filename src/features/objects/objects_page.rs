//! `/objects`: the objects of the product that one may see.

use domain::objects::Object;
use leptos::prelude::*;

use super::filters::Filters;
use super::no_objects::nothing;
use super::objects_table::ObjectsTable;
use super::toolbar::Toolbar;
use super::types::ObjectTypes;
use crate::paged::{Paged, no_rows};
use crate::ui::PageHeader;

/// The page.
#[component]
pub(crate) fn ObjectsPage() -> impl IntoView {
    let filters = Filters::new();
    let list = Paged::<Object>::new(Signal::derive(move || filters.path()));
    let types = ObjectTypes::new();
    let empty = no_rows(list, ViewFn::from(move || nothing(filters, types)));
    view! {
        <div class="page page-list objects">
            <PageHeader title="Object access" count=list.total />
            <Toolbar filters=filters types=types />
            <div class="split split-closed">
                <div class="split-list">
                    <ObjectsTable list=list types=types empty=empty />
                </div>
            </div>
        </div>
    }
}
