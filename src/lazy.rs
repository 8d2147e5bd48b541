//! Pages that the list of accounts can do without: they lie in files of their own, and come when they are opened, or
//! once the browser has nothing else to do.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_split_helpers::wasm_split;

use crate::confirmation;
use crate::features::accounts::{AccountPage, preload_account};
use crate::features::groups::{GroupPage, GroupsPage};
use crate::features::invitations::{InvitationPage, InvitationsPage};
use crate::features::me::ProfilePage;
use crate::features::objects::{ObjectPage, ObjectsPage};
use crate::features::organization::{DefaultsPage, SettingsPage};
use crate::features::roles::{NewRolePage, RolePage, RolesPage};
use crate::features::service_accounts::{NewServicePage, ServicesPage};
use crate::features::session::{CONFIRM_TITLE, ConfirmationDialog, SignInPage};
use crate::features::setup::SetupPage;
use crate::features::tokens::TokensPage;
use crate::features::usage::DashboardPage;
use crate::shell::PublicPage;
use crate::ui::{Split, Stead, lazy};

/// How long the first page has the network and the processor to itself.
const REST: Duration = Duration::from_millis(1_500);

type Draw = fn() -> AnyView;

/// Names a page or dialog, the file it lies in, the component that draws it, and what stands in its stead until then.
macro_rules! lazy_pages {
    ($($name:ident $file:ident $load:ident $preload:ident $page:ident $stead:expr;)*) => {
        $(
            #[wasm_split($file, fallible, preload($preload))]
            fn $load() -> Split<Draw> {
                Ok(|| view! { <$page /> }.into_any())
            }

            pub(crate) fn $name() -> AnyView {
                lazy(|| Box::pin($load()), $stead, |draw| draw())
            }
        )*
    };
}

/// In the stead of a page outside of the shell: a card like theirs.
fn card() -> Stead {
    Stead::Within(Arc::new(|content| view! { <PublicPage title="Roster">{content}</PublicPage> }.into_any()))
}

/// In the stead of the question before something sensitive.
fn question() -> Stead {
    Stead::Dialog(CONFIRM_TITLE, Callback::new(|()| confirmation::answer(false)))
}

// Three files: for those outside, for those inside, and for who may do what.
lazy_pages! {
    sign_in outside load_sign_in preload_outside SignInPage card();
    set_up outside load_set_up preload_set_up SetupPage card();
    invitation outside load_invitation preload_invitation InvitationPage card();
    invitations inside load_invitations preload_inside InvitationsPage Stead::Page;
    dashboard inside load_dashboard preload_dashboard DashboardPage Stead::Page;
    settings inside load_settings preload_settings SettingsPage Stead::Page;
    defaults inside load_defaults preload_defaults DefaultsPage Stead::Page;
    profile inside load_profile preload_profile ProfilePage Stead::Page;
    account rights load_account preload_rights AccountPage Stead::Page;
    objects rights load_objects preload_objects ObjectsPage Stead::Page;
    object rights load_object preload_object ObjectPage Stead::Page;
    groups rights load_groups preload_groups GroupsPage Stead::Page;
    group rights load_group preload_group GroupPage Stead::Page;
    roles rights load_roles preload_roles RolesPage Stead::Page;
    new_role rights load_new_role preload_new_role NewRolePage Stead::Page;
    role rights load_role preload_role RolePage Stead::Page;
    services rights load_services preload_services ServicesPage Stead::Page;
    new_service rights load_new_service preload_new_service NewServicePage Stead::Page;
    tokens rights load_tokens preload_tokens TokensPage Stead::Page;
    confirmation inside load_confirmation preload_confirmation ConfirmationDialog question();
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
