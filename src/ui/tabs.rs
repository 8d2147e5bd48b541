//! Tabs: panels of one page, and links that look the same.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::{dom, text::grouped};

/// One tab.
#[derive(Clone)]
pub(crate) struct Tab {
    /// What names it to the program.
    pub(crate) key: &'static str,
    /// What is shown.
    pub(crate) label: &'static str,
    /// How many things are behind it. Default: not shown.
    pub(crate) count: Option<Signal<usize>>,
}

/// A row of tabs. Arrow keys, Home and End move and select at once.
#[component]
pub(crate) fn Tabs(
    /// The name of the row for screen readers.
    #[prop(into)]
    label: String,
    /// What links tabs and panels; unique on the page.
    id: &'static str,
    /// The tabs, in this order.
    tabs: Vec<Tab>,
    /// The key of the selected tab, read and written.
    active: RwSignal<&'static str>,
) -> impl IntoView {
    let keys: Vec<&'static str> = tabs.iter().map(|tab| tab.key).collect();
    let keydown = move |event: KeyboardEvent| {
        let at = keys.iter().position(|key| *key == active.get_untracked()).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => (at + 1) % keys.len(),
            "ArrowLeft" => (at + keys.len() - 1) % keys.len(),
            "Home" => 0,
            "End" => keys.len() - 1,
            _ => return,
        };
        event.prevent_default();
        if let Some(key) = keys.get(next) {
            active.set(key);
            dom::focus(tab_id(id, key));
        }
    };
    let tabs: Vec<_> = tabs.into_iter().map(|tab| tab_view(id, tab, active)).collect();
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=keydown>
            {tabs}
        </div>
    }
}

fn tab_id(id: &str, key: &str) -> String {
    [id, "-tab-", key].concat()
}

fn panel_id(id: &str, key: &str) -> String {
    [id, "-panel-", key].concat()
}

fn tab_view(id: &'static str, tab: Tab, active: RwSignal<&'static str>) -> impl IntoView {
    let Tab { key, label, count } = tab;
    let selected = move || active.get() == key;
    view! {
        <button
            type="button"
            class="tab"
            role="tab"
            id=tab_id(id, key)
            aria-controls=panel_id(id, key)
            aria-selected=move || if selected() { "true" } else { "false" }
            tabindex=move || if selected() { "0" } else { "-1" }
            on:click=move |_| active.set(key)
        >
            {label}
            {count.map(|count| view! { <span class="count">{move || grouped(count.get())}</span> })}
        </button>
    }
}

/// What one tab shows; its content exists only while the tab is selected.
#[component]
pub(crate) fn TabPanel(
    /// The `id` of the `Tabs`.
    tabs: &'static str,
    /// The key of the tab.
    key: &'static str,
    /// The same signal as that of the `Tabs`.
    active: RwSignal<&'static str>,
    /// The content, built at each selection.
    children: ChildrenFn,
) -> impl IntoView {
    let selected = move || active.get() == key;
    view! {
        <div role="tabpanel" id=panel_id(tabs, key) aria-labelledby=tab_id(tabs, key) hidden=move || !selected() tabindex="0">
            {move || selected().then(|| children())}
        </div>
    }
}

/// A tab that is an address.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct TabLink {
    /// Where it leads.
    pub(crate) href: String,
    /// What is shown.
    pub(crate) label: String,
    /// How many things are behind it. Default: not shown.
    pub(crate) count: Option<usize>,
    /// Whether it is where we are.
    pub(crate) current: bool,
}

/// Links that look like tabs, for views that have their own address.
#[component]
pub(crate) fn TabLinks(
    /// The name of the row for screen readers.
    #[prop(into)]
    label: String,
    /// The links, in this order.
    #[prop(into)]
    links: Signal<Vec<TabLink>>,
) -> impl IntoView {
    let link_view = |link: TabLink| {
        view! {
            <a class="tab" href=link.href aria-current=link.current.then_some("page")>
                {link.label}
                {link.count.map(|count| view! { <span class="count">{grouped(count)}</span> })}
            </a>
        }
    };
    view! {
        <nav class="tabs" aria-label=label>
            {move || links.get().into_iter().map(link_view).collect::<Vec<_>>()}
        </nav>
    }
}
