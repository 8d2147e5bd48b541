//! Pages that the list of accounts can do without: they lie in files of their own, and come when they are opened, or
//! once the browser has nothing else to do.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_split_helpers::wasm_split;

use crate::features::accounts::{AccountPage, preload_account};
use crate::features::groups::{GroupPage, GroupsPage};
use crate::features::invitations::{InvitationPage, InvitationsPage};
use crate::features::me::ProfilePage;
use crate::features::objects::{ObjectPage, ObjectsPage};
use crate::features::organization::SettingsPage;
use crate::features::roles::{NewRolePage, RolePage, RolesPage};
use crate::features::session::SignInPage;
use crate::features::setup::SetupPage;
use crate::features::usage::DashboardPage;
use crate::ui::{Split, lazy};

/// How long the first page has the network and the processor to itself.
const REST: Duration = Duration::from_millis(1_500);

type Draw = fn() -> AnyView;

/// Names a page, the file it lies in, and the component that draws it.
macro_rules! lazy_pages {
    ($($name:ident $file:ident $load:ident $preload:ident $page:ident;)*) => {
        $(
            #[wasm_split($file, fallible, preload($preload))]
            fn $load() -> Split<Draw> {
                Ok(|| view! { <$page /> }.into_any())
            }

            pub(crate) fn $name() -> AnyView {
                lazy(|| Box::pin($load()), |draw| draw())
            }
        )*
    };
}

// Three files: for those outside, for those inside, and for who may do what.
lazy_pages! {
    sign_in outside load_sign_in preload_outside SignInPage;
    set_up outside load_set_up preload_set_up SetupPage;
    invitation outside load_invitation preload_invitation InvitationPage;
    invitations inside load_invitations preload_inside InvitationsPage;
    dashboard inside load_dashboard preload_dashboard DashboardPage;
    settings inside load_settings preload_settings SettingsPage;
    profile inside load_profile preload_profile ProfilePage;
    account rights load_account preload_rights AccountPage;
    objects rights load_objects preload_objects ObjectsPage;
    object rights load_object preload_object ObjectPage;
    groups rights load_groups preload_groups GroupsPage;
    group rights load_group preload_group GroupPage;
    roles rights load_roles preload_roles RolesPage;
    new_role rights load_new_role preload_new_role NewRolePage;
    role rights load_role preload_role RolePage;
}

/// Fetches what whoever is inside will need next, a moment from now. What does not come is asked for again when needed.
pub(crate) fn preload() {
    set_timeout(
        || {
            spawn_local(async {
                preload_account().await.ok();
                preload_rights().await.ok();
                preload_inside().await.ok();
            });
        },
        REST,
    );
}
