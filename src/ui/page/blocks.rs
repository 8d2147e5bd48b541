//! Headers, cards, number tiles, keys, progress and skeletons.

use leptos::prelude::*;

use crate::ui::text::grouped;

/// The title of a page, how many things it lists, and its acts on the right.
#[component]
pub(crate) fn PageHeader(
    /// The page's `<h1>`.
    #[prop(into)]
    title: Signal<String>,
    /// How many things the page lists. Default: not shown.
    #[prop(optional, into)]
    count: Option<Signal<usize>>,
    /// The buttons on the right. Default: none.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            <h1>{title}</h1>
            {count.map(|count| view! { <span class="page-count">{move || grouped(count.get())}</span> })}
            {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
        </header>
    }
}

/// A framed part of a page.
#[component]
pub(crate) fn Card(
    /// Its heading, an `<h2>`. Default: none.
    #[prop(optional, into)]
    title: Option<Signal<String>>,
    /// What stands at the right of the heading. Default: nothing.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card">
            {title.map(|title| {
                let actions = actions.map(|actions| view! { <div class="card-actions">{actions.run()}</div> });
                view! { <header class="card-head"><h2>{title}</h2>{actions}</header> }
            })}
            <div class="card-body">{children()}</div>
        </section>
    }
}

/// A number with its name, for dashboards.
#[component]
pub(crate) fn Stat(
    /// What is counted.
    #[prop(into)]
    label: Signal<String>,
    /// The number, as it is written.
    #[prop(into)]
    value: Signal<String>,
    /// A line below, such as a share or a change. Default: none.
    #[prop(optional, into)]
    note: Option<Signal<String>>,
) -> impl IntoView {
    view! {
        <div class="stat">
            <span class="stat-label">{label}</span>
            <strong class="stat-value">{value}</strong>
            {note.map(|note| view! { <span class="stat-note">{note}</span> })}
        </div>
    }
}

/// A key of the keyboard.
#[component]
pub(crate) fn Kbd(
    /// What is on it, such as `Ctrl`.
    keys: &'static str,
) -> impl IntoView {
    view! { <kbd>{keys}</kbd> }
}

/// How far long work has come.
#[component]
pub(crate) fn Progress(
    /// What is being done.
    #[prop(into)]
    label: Signal<String>,
    /// How many steps are done.
    #[prop(into)]
    done: Signal<usize>,
    /// How many steps there are; 0 means unknown.
    #[prop(into)]
    total: Signal<usize>,
) -> impl IntoView {
    let known = move || Some(total.get()).filter(|total| *total > 0);
    let figures = move || known().map(|total| [&grouped(done.get()), " of ", &grouped(total)].concat());
    view! {
        <label class="progress">
            <span class="progress-label">{label}</span>
            <span class="progress-figures">{figures}</span>
            <progress max=move || known().map(|total| total.to_string()) value=move || known().map(|_| done.get().to_string())></progress>
        </label>
    }
}

/// Grey bars where text will be; hidden from screen readers.
#[component]
pub(crate) fn Skeleton(
    /// How many lines. Default: 3.
    #[prop(default = 3)]
    lines: usize,
) -> impl IntoView {
    let bars: Vec<_> = (0..lines).map(|_| view! { <span class="skeleton-bar"></span> }).collect();
    view! {
        <div class="skeleton" aria-hidden="true">
            {bars}
        </div>
    }
}
