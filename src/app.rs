//! The addresses of the console, and who sees which.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::attendance;
use crate::features::accounts::AccountsPage;
use crate::features::session::provide_session;
use crate::lazy;
use crate::shell::{NotFoundPage, Shell};
use crate::ui::UiRoot;

/// The whole application.
#[component]
pub(crate) fn App() -> impl IntoView {
    attendance::watch();
    provide_session();
    view! {
        <UiRoot>
            <Router>
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/set-up") view=lazy::set_up />
                    <Route path=path!("/sign-in") view=lazy::sign_in />
                    <Route path=path!("/invitation") view=lazy::invitation />
                    <ParentRoute path=path!("/") view=Shell>
                        <Route path=path!("") view=AccountsPage />
                        <Route path=path!("accounts") view=AccountsPage />
                        <Route path=path!("accounts/invitations") view=lazy::invitations />
                        <Route path=path!("accounts/services") view=lazy::services />
                        <Route path=path!("accounts/new") view=lazy::new_service />
                        <Route path=path!("accounts/tokens") view=lazy::tokens />
                        <Route path=path!("accounts/:id") view=lazy::account />
                        <Route path=path!("objects") view=lazy::objects />
                        <Route path=path!("objects/:type/:external_id") view=lazy::object />
                        <Route path=path!("groups") view=lazy::groups />
                        <Route path=path!("groups/:id") view=lazy::group />
                        <Route path=path!("roles") view=lazy::roles />
                        <Route path=path!("roles/new") view=lazy::new_role />
                        <Route path=path!("roles/:id") view=lazy::role />
                        <Route path=path!("organization") view=lazy::dashboard />
                        <Route path=path!("settings") view=lazy::settings />
                        <Route path=path!("settings/new-accounts") view=lazy::defaults />
                        <Route path=path!("profile") view=lazy::profile />
                    </ParentRoute>
                </Routes>
            </Router>
        </UiRoot>
    }
}
