//! `/objects`: the objects of the product that one may see.

use leptos::prelude::*;

use super::address::Address;
use super::list::{ListState, ObjectList};
use super::objects_table::ObjectsTable;
use super::toolbar::Toolbar;
use super::types::ObjectTypes;
use crate::features::session::use_session;
use crate::ui::{Banner, Button, Icon, PageHeader, Tone};

/// The page.
#[component]
pub(crate) fn ObjectsPage() -> impl IntoView {
    let address = Address::new();
    let list = ObjectList::new(use_session(), address.filters());
    let types = ObjectTypes::new();
    view! {
        <div class="page page-list">
            <PageHeader title="Object access" count=list.total />
            <Toolbar address=address types=types />
            <Trouble list=list />
            <div class="split split-closed">
                <div class="split-list">
                    <ObjectsTable list=list types=types address=address />
                </div>
            </div>
        </div>
    }
}

/// Says that what is shown is not all, and why.
#[component]
fn Trouble(list: ObjectList) -> impl IntoView {
    move || match list.state.get() {
        ListState::Failed(why) if list.total.get() > 0 => Some(view! {
            <div class="list-notice">
                <Banner tone=Tone::Warning title="The list could not be loaded" text=why announce=true>
                    <Button label="Retry" icon=Icon::Refresh on_click=move || list.retry() />
                </Banner>
            </div>
        }),
        _ => None,
    }
}
