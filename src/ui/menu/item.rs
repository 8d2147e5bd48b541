//! One line of a menu.

use std::sync::Arc;

use leptos::prelude::*;

use crate::ui::icon::Icon;

type Act = Arc<dyn Fn() + Send + Sync>;

#[derive(Clone)]
pub(super) enum Kind {
    Run(Act),
    Radio(Act, Signal<bool>),
    Check(Act, Signal<bool>),
    Link(String),
    Separator,
    Heading,
}

/// One line of a menu: an act, a link, a choice, a check box, a heading or a separator.
#[derive(Clone)]
pub(crate) struct MenuItem {
    pub(super) kind: Kind,
    pub(super) label: String,
    icon: Option<Icon>,
    danger: bool,
    pub(super) disabled: Option<String>,
    note: Option<String>,
}

impl MenuItem {
    fn of(kind: Kind, label: String) -> Self {
        Self { kind, label, icon: None, danger: false, disabled: None, note: None }
    }

    /// An act. It runs after the menu has closed and given the focus back to its button.
    pub(crate) fn new(label: impl Into<String>, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self::of(Kind::Run(Arc::new(run)), label.into())
    }

    /// One of several choices, with a mark at the chosen one.
    pub(crate) fn radio(
        label: impl Into<String>,
        chosen: impl Into<Signal<bool>>,
        run: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::of(Kind::Radio(Arc::new(run), chosen.into()), label.into())
    }

    /// Something that is on or off by itself. The menu stays open when it is pressed.
    pub(crate) fn check(label: impl Into<String>, is_on: Signal<bool>, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self::of(Kind::Check(Arc::new(run), is_on), label.into())
    }

    /// A link to another page.
    pub(crate) fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self::of(Kind::Link(href.into()), label.into())
    }

    /// A line between groups of items.
    pub(crate) fn separator() -> Self {
        Self::of(Kind::Separator, String::new())
    }

    /// A small heading above the items that follow.
    pub(crate) fn heading(label: impl Into<String>) -> Self {
        Self::of(Kind::Heading, label.into())
    }

    /// With an icon before the label.
    pub(crate) fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// In the tone of acts that take something away.
    pub(crate) fn danger(mut self) -> Self {
        self.danger = true;
        self
    }

    /// Greyed out, with the reason below the label; `None` leaves it available.
    pub(crate) fn disabled(mut self, reason: Option<String>) -> Self {
        self.disabled = reason;
        self
    }

    /// With a second line below the label.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// The item's element. `at` is its place in the list, which the popup's one listener reads.
pub(super) fn item_view(at: usize, item: MenuItem) -> AnyView {
    let MenuItem { kind, label, icon, danger, disabled, note } = item;
    let class = if danger { "menu-item menu-danger" } else { "menu-item" };
    let blocked = disabled.is_some().then_some("true");
    let (role, checked) = match kind {
        Kind::Separator => return view! { <div class="menu-separator" role="separator"></div> }.into_any(),
        Kind::Heading => return view! { <div class="menu-heading" role="presentation">{label}</div> }.into_any(),
        Kind::Radio(_, chosen) => ("menuitemradio", Some(chosen)),
        Kind::Check(_, is_on) => ("menuitemcheckbox", Some(is_on)),
        Kind::Run(_) | Kind::Link(_) => ("menuitem", None),
    };
    let mark = checked.map(|checked| move || if checked.get() { "menu-mark" } else { "menu-mark menu-mark-off" });
    let checked = checked.map(|checked| move || if checked.get() { "true" } else { "false" });
    let content = view! {
        {mark.map(|class| view! { <span class=class><Icon icon=Icon::Check /></span> })}
        {icon.map(|icon| view! { <Icon icon=icon /> })}
        <span class="menu-text">
            {label}
            {disabled.or(note).map(|note| view! { <small>{note}</small> })}
        </span>
    };
    match kind {
        Kind::Link(href) if blocked.is_none() => {
            view! { <a class=class role=role href=href tabindex="-1" data-at=at.to_string()>{content}</a> }.into_any()
        }
        _ => view! {
            <button type="button" class=class role=role aria-checked=checked aria-disabled=blocked tabindex="-1" data-at=at.to_string()>
                {content}
            </button>
        }
        .into_any(),
    }
}
