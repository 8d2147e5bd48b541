//! The bar above the list while accounts are selected: what can be done with all of them.

use domain::accounts::AccountKind;
use domain::bulk::{BULK_ACCOUNTS_MAX, BulkKind};
use domain::permissions::ConsolePermission;
use leptos::prelude::*;

use super::acts::Rights;
use super::bulk::BulkTask;
use super::desk::Desk;
use crate::ui::text::grouped;
use crate::ui::{Button, ButtonSize, ButtonVariant};

/// Why several accounts are not deleted together (I13).
const ONE_AT_A_TIME: &str = "Accounts are deleted one at a time.";

/// What can be done with a selection, in the order of the bar.
const ACTS: [(BulkKind, &str); 10] = [
    (BulkKind::AddRole, "+Role"),
    (BulkKind::RemoveRole, "-Role"),
    (BulkKind::AddGroup, "+Group"),
    (BulkKind::RemoveGroup, "-Group"),
    (BulkKind::AddPermission, "+Permission"),
    (BulkKind::RemovePermission, "-Permission"),
    (BulkKind::SetLevel, "Set level"),
    (BulkKind::Activate, "Activate"),
    (BulkKind::Deactivate, "Deactivate"),
    (BulkKind::Resend, "Resend"),
];

/// Whether someone with these rights may do it to others at all. Service accounts have no level and were not invited.
fn is_offered(kind: BulkKind, of: AccountKind, rights: Rights) -> bool {
    match kind {
        BulkKind::Resend | BulkKind::SetLevel if of == AccountKind::Service => false,
        BulkKind::Resend => rights.invite,
        BulkKind::SetLevel => rights.manage && rights.has_levels,
        _ => rights.may_manage(of),
    }
}

/// Whether anything can be done with a selection.
pub(crate) fn may_select(of: AccountKind, rights: Rights) -> bool {
    ACTS.into_iter().any(|(kind, _)| is_offered(kind, of, rights))
}

/// The bar; nothing while nothing is selected.
#[component]
pub(crate) fn ActionBar(
    /// The selection, and where acts on it go.
    desk: Desk,
) -> impl IntoView {
    let selection = desk.selection;
    let is_shown = Memo::new(move |_| {
        (selection.count() > 0 || selection.gathering.get()) && may_select(desk.list.kind(), desk.rights())
    });
    view! {
        <span class="sr-only" role="status">{move || is_shown.get().then(|| told(selection.count()))}</span>
        {move || is_shown.get().then(|| view! { <Bar desk=desk /> })}
    }
}

#[component]
fn Bar(desk: Desk) -> impl IntoView {
    let selection = desk.selection;
    let offered = Memo::new(move |_| {
        let rights = desk.rights();
        ACTS.into_iter().filter(|(kind, _)| is_offered(*kind, desk.list.kind(), rights)).collect::<Vec<_>>()
    });
    let act = move |(kind, label): (BulkKind, &'static str)| {
        let ask = move || desk.ask(BulkTask::new(kind, selection.all()));
        view! { <Button label=label size=ButtonSize::Small on_click=ask /> }
    };
    let is_delete_shown = Memo::new(move |_| selection.count() > 1 && desk.session.may(deletes(desk.list.kind())));
    view! {
        <div class="toolbar toolbar-selection" role="group" aria-label="Selection">
            <strong class="selection-count">
                {move || if selection.gathering.get() { "Selecting…".to_owned() } else { told(selection.count()) }}
            </strong>
            {move || offered.get().into_iter().map(act).collect::<Vec<_>>()}
            {move || is_delete_shown.get().then(|| view! {
                <Button label="Delete" size=ButtonSize::Small disabled_reason=Signal::stored(ONE_AT_A_TIME.to_owned()) />
            })}
            <div class="toolbar-end">
                <Button label="Clear selection" size=ButtonSize::Small variant=ButtonVariant::Quiet on_click=move || selection.clear() />
            </div>
        </div>
    }
}

const fn deletes(of: AccountKind) -> ConsolePermission {
    match of {
        AccountKind::User => ConsolePermission::AccountsDelete,
        AccountKind::Service => of.managed_by(),
    }
}

/// How many are selected, and why not more where more fit.
fn told(count: usize) -> String {
    let counted = [&grouped(count), " selected"].concat();
    if count < BULK_ACCOUNTS_MAX { counted } else { [&counted, ", the most for one change"].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_may_not_do_is_not_offered() {
        let labels_of = |of, rights| {
            let offered = ACTS.into_iter().filter(|(kind, _)| is_offered(*kind, of, rights));
            offered.map(|(_, label)| label).collect::<Vec<_>>()
        };
        let labels = |rights| labels_of(AccountKind::User, rights);
        let inviter = Rights { invite: true, ..Rights::default() };
        let manager = Rights { manage: true, ..Rights::default() };
        assert_eq!(labels(Rights::default()), Vec::<&str>::new());
        assert_eq!(labels(inviter), ["Resend"]);
        assert!(!labels(manager).contains(&"Set level"));
        assert!(labels(Rights { has_levels: true, ..manager }).contains(&"Set level"));
        let may_select = |rights| super::may_select(AccountKind::User, rights);
        assert!(may_select(inviter) && may_select(manager) && !may_select(Rights::default()));
        let of_services = labels_of(
            AccountKind::Service,
            Rights { invite: true, has_levels: true, services: true, ..Rights::default() },
        );
        assert!(!of_services.contains(&"Set level") && !of_services.contains(&"Resend"));
        assert!(of_services.contains(&"Activate") && !super::may_select(AccountKind::Service, manager));
    }

    #[test]
    fn bound_of_one_change_is_told() {
        assert_eq!(told(3), "3 selected");
        assert_eq!(told(10_000), "10,000 selected, the most for one change");
    }
}
