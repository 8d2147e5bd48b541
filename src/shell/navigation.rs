//! The navigation on the left, and what happens when a page gives way to another.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::pages::{PAGES, Page, is_current, opens, page_at};
use crate::features::session::use_session;
use crate::ui::{Icon, dom};

pub(super) const NAVIGATION_ID: &str = "navigation";
pub(super) const MENU_ID: &str = "navigation-toggle";

/// Below this width of the window the navigation is a drawer.
const NARROW: &str = "(max-width: 719px)";

/// The pages one may open. On narrow windows they come from the left over the dimmed page.
#[component]
pub(super) fn Navigation(
    /// Whether it is open, where it is a drawer.
    drawer: RwSignal<bool>,
) -> impl IntoView {
    let is_narrow = dom::media_query(NARROW);
    Effect::new(move |_| {
        if !is_narrow.get() {
            drawer.set(false);
        }
    });
    view! {
        <div class="shell-backdrop" on:click=move |_| close(drawer)></div>
        // Also a link to the page that is shown already closes it.
        <nav class="shell-nav" id=NAVIGATION_ID aria-label="Main" on:click=move |_| close(drawer)>
            {PAGES.iter().map(|page| view! { <NavigationLink page=page /> }).collect::<Vec<_>>()}
        </nav>
    }
}

#[component]
fn NavigationLink(page: &'static Page) -> impl IntoView {
    let session = use_session();
    let path = use_location().pathname;
    // Whoever may open nothing else still finds a way to the own profile (F17).
    let is_alone =
        move || !PAGES.iter().any(|page| page.in_navigation && page.needs.is_some_and(|needs| opens(session, needs)));
    let is_there = Memo::new(move |_| match page.needs {
        Some(needs) => page.in_navigation && opens(session, needs),
        None => is_alone(),
    });
    let current = move || path.with(|path| is_current(page.href, path).then_some("page"));
    move || {
        is_there.get().then(|| {
            view! {
                <a class="nav-link" href=page.href aria-current=current>
                    <Icon icon=page.icon />
                    {page.label}
                </a>
            }
        })
    }
}

/// Opens the drawer, with the focus on the page that is shown.
pub(super) fn open(drawer: RwSignal<bool>) {
    drawer.set(true);
    request_animation_frame(|| {
        let Some(navigation) = dom::element(NAVIGATION_ID) else { return };
        let links = ["[aria-current]", "a"];
        if let Some(link) = links.iter().find_map(|selector| dom::query(&navigation, selector)) {
            dom::focus_element(&link);
        }
    });
}

/// Closes the drawer, if it is open, with the focus where it was before.
pub(super) fn close(drawer: RwSignal<bool>) {
    if drawer.get_untracked() {
        drawer.set(false);
        dom::focus(MENU_ID);
    }
}

/// Names the window after the page; at each change of page closes the drawer, begins at the top, and puts the focus on
/// the new page's heading, so that a screen reader says where one is. Of the first page the browser says it.
pub(super) fn follow(path: Memo<String>, drawer: RwSignal<bool>, is_first_page: bool) {
    Effect::new(move |before: Option<()>| {
        path.with(|path| dom::set_title(page_at(path).map_or("Not found", |page| page.label)));
        if before.is_some() || !is_first_page {
            drawer.set(false);
            // The page is drawn in the next frame; its heading is there in the one after, or else what waits for its file.
            request_animation_frame(|| request_animation_frame(focus_page));
        }
    });
}

fn focus_page() {
    let Some(main) = dom::element("main") else { return };
    // A page that opens with a dialog has put the focus there.
    if document().query_selector("dialog[open]").ok().flatten().is_some() {
        return;
    }
    main.set_scroll_top(0);
    dom::focus_page();
}
