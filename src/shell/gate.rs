//! Lets a page through to those who may see it, and tells the others what they lack.

use domain::permissions::ConsolePermission;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

use super::pages::{PROFILE, page_at};
use crate::features::session::use_session;
use crate::ui::{EmptyState, Icon, LinkButton, PageHeader};

/// The page at the present address, or why it is not shown.
#[component]
pub(super) fn Gate() -> impl IntoView {
    let session = use_session();
    let path = use_location().pathname;
    let lacking = Memo::new(move |_| {
        let page = path.with(|path| page_at(path))?;
        page.needs.filter(|needs| !session.may(*needs)).map(|needs| (page.label, needs))
    });
    move || match lacking.get() {
        Some((label, needs)) => view! { <RefusedPage label=label needs=needs /> }.into_any(),
        None => view! { <Outlet /> }.into_any(),
    }
}

#[component]
fn RefusedPage(label: &'static str, needs: ConsolePermission) -> impl IntoView {
    view! {
        <div class="page">
            <PageHeader title=label />
            <EmptyState icon=Icon::Role title="You may not see this page" text=refusal(needs)>
                <LinkButton label="Go to your profile" href=PROFILE icon=Icon::User />
            </EmptyState>
        </div>
    }
}

/// What is missing, and who can give it.
fn refusal(needs: ConsolePermission) -> String {
    ["It needs the permission \"", &needs.entry().label, "\". An Owner can give it."].concat()
}

#[cfg(test)]
mod tests {
    use super::{ConsolePermission, refusal};

    #[test]
    fn refusal_names_the_permission() {
        assert!(refusal(ConsolePermission::AccountsView).contains("\"View accounts\""));
    }
}
