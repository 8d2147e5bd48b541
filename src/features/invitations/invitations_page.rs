//! The page of open invitations, and of those that ended lately.

use domain::accounts::{AccountSort, Direction, InvitationFilter, ShownStatus, StatusCounts};
use leptos::prelude::*;

use super::invitations_table::InvitationsTable;
use super::invite_dialog::opened_by_address;
use crate::features::accounts::{
    AccountDetail, AccountList, AccountSearch, AccountTabs, Address, Desk, Filters, InviteButton, InviteDialog, NoRows,
    Order, Questions, SortMenu, Trouble,
};
use crate::features::session::use_session;
use crate::ui::{Banner, EmptyState, FilterChips, FilterOption, Icon, PageHeader, Tone};

const ORDERS: [Order; 4] = [
    (AccountSort::Created, Direction::Descending, "First invited, latest first"),
    (AccountSort::Created, Direction::Ascending, "First invited, oldest first"),
    (AccountSort::Email, Direction::Ascending, "E-mail, A to Z"),
    (AccountSort::Email, Direction::Descending, "E-mail, Z to A"),
];

/// A part of the invitations that has a chip.
#[derive(Clone, Copy)]
struct Part {
    invitation: InvitationFilter,
    status: Option<ShownStatus>,
    label: &'static str,
}

const fn part(invitation: InvitationFilter, status: Option<ShownStatus>, label: &'static str) -> Part {
    Part { invitation, status, label }
}

/// Those that wait for their people, then those that wait for an administrator.
const PARTS: [Part; 6] = [
    part(InvitationFilter::Open, None, "Open"),
    part(InvitationFilter::Open, Some(ShownStatus::Pending), "Pending"),
    part(InvitationFilter::Asked, None, "Asked for a new link"),
    part(InvitationFilter::Open, Some(ShownStatus::InvitationExpired), "Expired"),
    part(InvitationFilter::Open, Some(ShownStatus::InvitationFailed), "Not delivered"),
    part(InvitationFilter::Ended, None, "Ended in the last 30 days"),
];

impl Part {
    /// Names it among them.
    fn value(&self) -> String {
        [self.invitation.as_str(), self.status.map_or("", ShownStatus::as_str)].join(" ")
    }

    /// How many it has, as far as the counts by status tell.
    fn count(&self, counts: &StatusCounts) -> Option<u64> {
        match (self.invitation, self.status) {
            (InvitationFilter::Open, Some(status)) => Some(counts.of(status)),
            (InvitationFilter::Open, None) => Some(counts.open_invitations()),
            _ => None,
        }
    }
}

/// `/accounts/invitations`.
#[component]
pub(crate) fn InvitationsPage() -> impl IntoView {
    let session = use_session();
    let address = Address::new(Filters::open_invitations());
    let list = AccountList::new(session, address.filters());
    let desk = Desk::new(list, move |id| address.open(id));
    let inviting = RwSignal::new(false);
    opened_by_address(inviting);
    let empty =
        move || view! { <NoRows desk=desk address=address none=move || view! { <NoInvitations address=address /> } /> };
    view! {
        <div class="page page-list">
            <PageHeader title="Invitations" count=list.total>
                <InviteButton inviting=inviting />
            </PageHeader>
            <AccountTabs counts=list.counts />
            <InvitationsToolbar desk=desk address=address />
            <NoMail desk=desk />
            <Trouble desk=desk />
            <div class=move || if address.account().get().is_some() { "split" } else { "split split-closed" }>
                <div class="split-list">
                    <InvitationsTable desk=desk address=address empty=empty />
                </div>
                {move || address.account().get().map(|id| view! { <AccountDetail id=id desk=desk address=address /> })}
            </div>
        </div>
        <Questions desk=desk />
        {move || inviting.get().then(|| view! { <InviteDialog desk=desk on_close=move || inviting.set(false) /> })}
    }
}

#[component]
fn InvitationsToolbar(desk: Desk, address: Address) -> impl IntoView {
    let filters = address.filters();
    let options = Signal::derive(move || {
        // While the ended ones are narrowed, the counts are of those alone.
        let is_counted = desk.list.shown().counts_open();
        let counts = desk.list.counts_shown().filter(|_| is_counted);
        let count = |part: Part| counts.and_then(|counts| usize::try_from(part.count(&counts)?).ok());
        PARTS
            .map(|part| FilterOption { value: part.value(), label: part.label.to_owned(), count: count(part) })
            .to_vec()
    });
    let chosen = move || {
        filters.with(|filters| {
            let is_it = |part: &&Part| (Some(part.invitation), part.status) == (filters.invitation, filters.status);
            PARTS.iter().find(is_it).map(Part::value).unwrap_or_default()
        })
    };
    let choose = move |value: String| {
        if let Some(part) = PARTS.iter().find(|part| part.value() == value) {
            address.change(|filters| (filters.invitation, filters.status) = (Some(part.invitation), part.status));
        }
    };
    view! {
        <div class="toolbar" role="search">
            <AccountSearch address=address label="Search invitations" />
            <FilterChips label="Invitations" options=options value=Signal::derive(chosen) on_change=choose />
            <div class="toolbar-end">
                <SortMenu address=address orders=&ORDERS />
            </div>
        </div>
    }
}

/// Says that nothing is mailed, and what to do instead.
#[component]
fn NoMail(desk: Desk) -> impl IntoView {
    let is_without = Memo::new(move |_| desk.session.view().is_some_and(|session| !session.organization.has_mail));
    move || {
        is_without.get().then(|| view! {
            <div class="list-notice">
                <Banner tone=Tone::Info title="There is no mail server" text="Invitations are not sent by e-mail. Copy each link and pass it on to the invited person alone." />
            </div>
        })
    }
}

#[component]
fn NoInvitations(address: Address) -> impl IntoView {
    let is_ended = move || address.filters().with(|filters| filters.invitation == Some(InvitationFilter::Ended));
    move || {
        if is_ended() {
            view! { <EmptyState icon=Icon::Mail title="No invitation ended lately" text="Declined and withdrawn invitations are listed here for 30 days." /> }.into_any()
        } else {
            view! {
                <EmptyState icon=Icon::Mail title="No open invitations" text="Whoever is invited is listed here until they accept." />
            }
            .into_any()
        }
    }
}
