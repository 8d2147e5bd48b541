//! The addresses of the console, and who sees which.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::features::accounts::{AccountPage, AccountsPage};
use crate::features::groups::{GroupPage, GroupsPage};
use crate::features::invitations::{InvitationPage, InvitationsPage};
use crate::features::me::ProfilePage;
use crate::features::objects::{ObjectPage, ObjectsPage};
use crate::features::organization::{DefaultsPage, SettingsPage};
use crate::features::roles::{NewRolePage, RolePage, RolesPage};
use crate::features::session::{SignInPage, provide_session};
use crate::features::setup::SetupPage;
use crate::features::usage::DashboardPage;
use crate::shell::{NotFoundPage, Shell};
use crate::ui::UiRoot;

/// The whole application.
#[component]
pub(crate) fn App() -> impl IntoView {
    provide_session();
    view! {
        <UiRoot>
            <Router>
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/set-up") view=SetupPage />
                    <Route path=path!("/sign-in") view=SignInPage />
                    <Route path=path!("/invitation") view=InvitationPage />
                    <ParentRoute path=path!("/") view=Shell>
                        <Route path=path!("") view=AccountsPage />
                        <Route path=path!("accounts") view=AccountsPage />
                        <Route path=path!("accounts/invitations") view=InvitationsPage />
                        <Route path=path!("accounts/:id") view=AccountPage />
                        <Route path=path!("objects") view=ObjectsPage />
                        <Route path=path!("objects/:type/:external_id") view=ObjectPage />
                        <Route path=path!("groups") view=GroupsPage />
                        <Route path=path!("groups/:id") view=GroupPage />
                        <Route path=path!("roles") view=RolesPage />
                        <Route path=path!("roles/new") view=NewRolePage />
                        <Route path=path!("roles/:id") view=RolePage />
                        <Route path=path!("organization") view=DashboardPage />
                        <Route path=path!("settings") view=SettingsPage />
                        <Route path=path!("settings/new-accounts") view=DefaultsPage />
                        <Route path=path!("profile") view=ProfilePage />
                    </ParentRoute>
                </Routes>
            </Router>
        </UiRoot>
    }
}
