//! The shell around the pages of whoever is signed in.

use domain::OrganizationId;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use super::account_menu::{GearMenu, ProfileMenu};
use super::addresses::sign_in_address;
use super::brand::Brand;
use super::connection::ConnectionBanner;
use super::gate::Gate;
use super::instead::FailedPage;
use super::navigation::{MENU_ID, NAVIGATION_ID, Navigation, close, follow, open};
use super::palette::Palette;
use super::remove_static_shell;
use super::shortcuts::Shortcuts;
use crate::features::session::{Confirmation, SessionState, use_session};
use crate::ui::{Icon, IconButton, LeaveQuestion, dom};
use crate::{api, lazy};

/// What of the session decides what is drawn. A change of rights or names does not draw the page anew.
#[derive(Clone, PartialEq)]
enum Phase {
    Asking,
    In(OrganizationId),
    Out,
    Failed(String),
}

/// What lies above the page.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Overlay {
    Palette,
    Shortcuts,
}

/// What the parts of the shell share.
#[derive(Clone, Copy)]
pub(super) struct ShellState {
    pub(super) overlay: RwSignal<Option<Overlay>>,
    /// Whether the navigation is open, where it is a drawer.
    pub(super) drawer: RwSignal<bool>,
    /// Whether a person signed out by hand: the next one need not go on where this one was.
    pub(super) left: StoredValue<bool>,
}

/// The shell; the routes inside it fill its page.
#[component]
pub(crate) fn Shell() -> impl IntoView {
    let session = use_session();
    let state =
        ShellState { overlay: RwSignal::new(None), drawer: RwSignal::new(false), left: StoredValue::new(false) };
    provide_context(state);
    let phase = Memo::new(move |_| match session.state() {
        SessionState::Asking => Phase::Asking,
        SessionState::SignedIn(view) => Phase::In(view.organization.id),
        SessionState::SignedOut => Phase::Out,
        SessionState::Failed(reason) => Phase::Failed(reason),
    });
    let (location, navigate) = (use_location(), use_navigate());
    Effect::new(move |_| {
        if phase.get() == Phase::Out {
            let query = location.search.get_untracked();
            let mark = if query.is_empty() { "" } else { "?" };
            let here = [location.pathname.get_untracked().as_str(), mark, &query].concat();
            let here = if state.left.get_value() { "/" } else { here.as_str() };
            navigate(&sign_in_address(here, api::encode), NavigateOptions { replace: true, ..Default::default() });
        }
    });
    move || match phase.get() {
        // The static shell of the page stays until there is something to draw.
        Phase::Asking | Phase::Out => ().into_any(),
        Phase::In(_) => {
            let is_first_page = remove_static_shell();
            lazy::preload();
            view! { <Frame state=state is_first_page=is_first_page /> }.into_any()
        }
        Phase::Failed(reason) => view! { <FailedPage reason=reason /> }.into_any(),
    }
}

#[component]
fn Frame(state: ShellState, is_first_page: bool) -> impl IntoView {
    let ShellState { overlay, drawer, .. } = state;
    follow(use_location().pathname, drawer, is_first_page);
    dom::on_document_key(move |event| key(state, &event));
    let open_search = move || overlay.set(Some(Overlay::Palette));
    view! {
        <SkipLink />
        <div class=move || if drawer.get() { "shell nav-open" } else { "shell" }>
            <header class="shell-top">
                <MenuToggle drawer=drawer />
                <Brand />
                <div class="shell-search">
                    <button type="button" class="search-opener" aria-keyshortcuts="Control+K" on:click=move |_| open_search()>
                        <Icon icon=Icon::Search />
                        <span>"Search"</span>
                        <kbd aria-hidden="true">"Ctrl K"</kbd>
                    </button>
                </div>
                <div class="shell-tools">
                    <div class="shell-menu">
                        <IconButton label="Search" icon=Icon::Search on_click=open_search />
                    </div>
                    <GearMenu />
                    <ProfileMenu />
                </div>
            </header>
            <Navigation drawer=drawer />
            <main id="main" class="shell-main" tabindex="-1" inert=drawer>
                <Gate />
            </main>
        </div>
        <ConnectionBanner />
        <LeaveQuestion />
        <Confirmation />
        {move || match overlay.get() {
            Some(Overlay::Palette) => view! { <Palette state=state /> }.into_any(),
            Some(Overlay::Shortcuts) => view! { <Shortcuts on_close=move || overlay.set(None) /> }.into_any(),
            None => ().into_any(),
        }}
    }
}

#[component]
fn SkipLink() -> impl IntoView {
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        dom::focus("main");
    };
    view! { <a class="skip-link" href="#main" on:click=skip>"Skip to content"</a> }
}

#[component]
fn MenuToggle(drawer: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="shell-menu">
            <button
                type="button"
                id=MENU_ID
                class="button button-quiet button-icon"
                aria-label="Navigation"
                aria-expanded=move || if drawer.get() { "true" } else { "false" }
                aria-controls=NAVIGATION_ID
                on:click=move |_| if drawer.get_untracked() { close(drawer) } else { open(drawer) }
            >
                <Icon icon=Icon::Menu />
            </button>
        </div>
    }
}

/// The keys of the whole console.
fn key(state: ShellState, event: &leptos::ev::KeyboardEvent) {
    let ShellState { overlay, drawer, .. } = state;
    let held = event.ctrl_key() || event.meta_key();
    let is_covered = document().query_selector("dialog[open]").ok().flatten().is_some();
    match event.key().as_str() {
        // The browser's own search stays out of the way, also while a dialog is open.
        "k" | "K" if held && !event.shift_key() && !event.alt_key() => {
            event.prevent_default();
            if !is_covered {
                overlay.set(Some(Overlay::Palette));
            }
        }
        "?" if !held && !event.alt_key() && !is_covered && !dom::is_typing(event) => {
            event.prevent_default();
            overlay.set(Some(Overlay::Shortcuts));
        }
        "Escape" if !is_covered && !event.default_prevented() => close(drawer),
        _ => {}
    }
}
