//! The two menus at the upper right: the gear's, and one's own.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::frame::{Overlay, ShellState};
use super::pages::{PAGES, PROFILE, Page};
use crate::features::session::{Session, use_session};
use crate::ui::{Avatar, Icon, MenuAlign, MenuButton, MenuItem, Messages, Theme, use_leave, use_messages, use_theme};

/// The pages of the gear menu (F16).
const GEAR: [&str; 2] = ["/accounts", "/settings"];
/// The pages of one's own menu (F16).
const OWN: [&str; 2] = [PROFILE, "/organization"];

pub(super) const THEMES: [(Theme, &str); 3] =
    [(Theme::Light, "Light"), (Theme::Dark, "Dark"), (Theme::System, "System")];

/// Those of the pages that one may open, reactively.
fn allowed(session: Session, addresses: &'static [&'static str]) -> impl Iterator<Item = &'static Page> {
    let pages = addresses.iter().filter_map(|address| PAGES.iter().find(|page| page.href == *address));
    pages.filter(move |page| page.needs.is_none_or(|needs| session.may(needs)))
}

fn link(page: &Page) -> MenuItem {
    MenuItem::link(page.label, page.href).icon(page.icon)
}

/// The administration's pages; not there for those who may open none.
#[component]
pub(super) fn GearMenu() -> impl IntoView {
    let session = use_session();
    let is_there = Memo::new(move |_| allowed(session, &GEAR).next().is_some());
    let items = move || allowed(session, &GEAR).map(link).collect::<Vec<_>>();
    move || {
        is_there
            .get()
            .then(|| view! { <MenuButton label="Settings menu" icon=Icon::Gear align=MenuAlign::End items=items /> })
    }
}

/// The own pages, the theme, the shortcuts, and the way out.
#[component]
pub(super) fn ProfileMenu() -> impl IntoView {
    let (session, messages, theme, leave) = (use_session(), use_messages(), use_theme(), use_leave());
    let state = expect_context::<ShellState>();
    let name = Signal::derive(move || session.with(|view| view.person.display_name.clone()));
    let items = move || {
        let mut items = vec![MenuItem::heading(session.with(|view| view.person.email.clone()))];
        items.extend(allowed(session, &OWN).map(link));
        items.extend([MenuItem::separator(), MenuItem::heading("Theme")]);
        items.extend(
            THEMES.map(|(choice, label)| {
                MenuItem::radio(label, theme.get_untracked() == choice, move || theme.set(choice))
            }),
        );
        items.extend([
            MenuItem::separator(),
            MenuItem::new("Keyboard shortcuts", move || state.overlay.set(Some(Overlay::Shortcuts))).icon(Icon::List),
            MenuItem::new("Sign out", move || leave.first_ask(move || sign_out(session, messages, state)))
                .icon(Icon::SignOut),
        ]);
        items
    };
    view! {
        <MenuButton label="Profile menu" align=MenuAlign::End items=items face=move || view! { <Avatar name=name /> }.into_any() />
    }
}

/// Signs out, and leaves nothing of this person on screen.
pub(super) fn sign_out(session: Session, messages: Messages, state: ShellState) {
    spawn_local(async move {
        state.left.set_value(true);
        match session.sign_out().await {
            Ok(()) => messages.clear(),
            Err(error) => {
                state.left.try_set_value(false);
                messages.failed(error.message(), None);
            }
        }
    });
}
