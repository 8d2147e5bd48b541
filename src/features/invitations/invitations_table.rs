//! The table of invitations: how each stands, and what the sender can do with it.

use domain::accounts::{Account, AccountSort};
use domain::invitations::InvitationView;
use domain::permissions::ConsolePermission;
use leptos::prelude::*;

use crate::features::accounts::{
    Act, Address, Desk, Line, LineView, Row, SortedHeader, Standing, account_at, has_open_link, joined, outcome_label,
    rows, standing,
};
use crate::ui::{Badge, ButtonSize, Column, Icon, IconButton, Tone, VirtualTable, absolute_time, relative_time};

const COLUMNS: [&str; 8] =
    ["col-name", "col-delivery", "col-level", "col-groups", "col-by", "col-active", "col-expires", "col-acts"];

/// All invitations that the address asks for.
#[component]
pub(super) fn InvitationsTable(
    /// The list, and where acts on it go.
    desk: Desk,
    /// The filters and the opened account.
    address: Address,
    /// What stands where nothing is.
    #[prop(into)]
    empty: ViewFn,
) -> impl IntoView {
    let list = desk.list;
    let level = untrack(|| desk.session.with(|session| session.organization.level_word.clone()));
    let head = move || {
        view! {
            <SortedHeader address=address sort=AccountSort::Email label="E-mail" />
            <th scope="col">"Delivery"</th>
            <th scope="col" class="cell-level">{level}</th>
            <th scope="col" class="cell-groups">"Groups"</th>
            <th scope="col" class="cell-by">"Invited by"</th>
            <th scope="col" class="cell-active">"Invited"</th>
            <th scope="col" class="cell-expires">"Ends"</th>
            <th scope="col"><span class="sr-only">"Actions"</span></th>
        }
    };
    let open = move |index: usize| {
        if let Some(account) = account_at(list, index) {
            address.open(account.id);
        }
    };
    view! {
        <VirtualTable
            label="Invitations"
            total=rows(list)
            columns=COLUMNS.map(Column).to_vec()
            head=head
            cells=move |index| cells(Row::new(desk, address, index)).into_any()
            is_loaded=move |index| list.row(index).is_some()
            on_window=move |window| list.look_at(window)
            on_open=open
            scroll_to=list.scroll_to
            empty=empty
        />
    }
}

fn of_invitation<T: Default>(account: &Account, read: impl FnOnce(&InvitationView) -> T) -> T {
    account.invitation.as_ref().map(read).unwrap_or_default()
}

fn cells(row: Row) -> impl IntoView {
    // When it was last sent, from which its time counts.
    let invited_at = |account: &Account| of_invitation(account, |invitation| Some(invitation.sent_at.millis()));
    let ends_at = |account: &Account| {
        account.deleted_at.or_else(|| of_invitation(account, |invitation| invitation.expires_at)).map(|at| at.millis())
    };
    view! {
        <td class="cell-main">
            <a class="cell-link truncate" href=move || row.href()>
                {move || row.read(|account| account.email.clone().unwrap_or_else(|| account.handle.clone()))}
            </a>
        </td>
        <DeliveryCell row=row />
        <td class="cell-level">{move || row.read(|account| account.level.as_ref().map(|level| level.name.clone()))}</td>
        <td class="cell-groups" data-tip=move || row.read(groups)>{move || row.read(groups)}</td>
        <td class="cell-by">{move || row.read(|account| of_invitation(account, |invitation| invitation.sent_by.clone()))}</td>
        <td class="cell-active" data-tip=move || row.read(invited_at).map(absolute_time)>
            {move || row.read_at(|account, at| invited_at(account).map(|invited| relative_time(invited, at.millis())))}
        </td>
        <td class="cell-expires cell-side" data-tip=move || row.read(ends_at).map(absolute_time)>
            {move || row.read_at(|account, at| ends_at(account).map(|end| relative_time(end, at.millis())))}
        </td>
        <ActsCell row=row />
    }
}

fn groups(account: &Account) -> Option<String> {
    let names = joined(account.groups.iter().map(|group| group.name.as_str()));
    (!names.is_empty()).then_some(names)
}

/// "Sent", "Queued, retrying", "Not delivered", "Link to copy"; of one that ended, how.
#[component]
fn DeliveryCell(row: Row) -> impl IntoView {
    let label = Signal::derive(move || row.read(|account| of_invitation(account, badge_text).to_owned()));
    let tone =
        Signal::derive(move || row.read(|account| account.invitation.as_ref().map(badge_tone).unwrap_or_default()));
    let line = Memo::new(move |_| row.read_at(|account, at| of_invitation(account, |invitation| line(invitation, at))));
    view! {
        <td class="cell-sub">
            <div class="cell-two">
                <Badge label=label tone=tone />
                <LineView line=line />
            </div>
        </td>
    }
}

fn badge_text(invitation: &InvitationView) -> &'static str {
    match invitation.outcome {
        Some(outcome) => outcome_label(outcome),
        None if invitation.expired => "Expired",
        None if invitation.needs_new_link => "New link needed",
        None => invitation.delivery_label(),
    }
}

fn badge_tone(invitation: &InvitationView) -> Tone {
    use domain::invitations::Delivery;
    match (invitation.outcome, invitation.delivery) {
        (Some(_), _) => Tone::Neutral,
        (None, _) if invitation.expired || invitation.needs_new_link => Tone::Warning,
        (None, Delivery::Failed) => Tone::Danger,
        (None, Delivery::Queued) => Tone::Warning,
        (None, Delivery::Sent) => Tone::Success,
        (None, Delivery::LinkOnly) => Tone::Info,
    }
}

/// Below the badge: the mail server's words, or that a new link was asked for. When it ends, or did, has a column.
fn line(invitation: &InvitationView, at: domain::Timestamp) -> Line {
    let standing = standing(invitation, at);
    let is_told = |standing: &Standing| !matches!(standing, Standing::Expires(_) | Standing::Expired(_));
    let mut line = standing.filter(is_told).map(|standing| standing.line(at)).unwrap_or_default();
    // The badge says already how the invitation stands; the reason stands below it.
    if line.text == badge_text(invitation) || line.text == invitation.delivery_label() {
        line.text.clone_from(&line.more);
    }
    line
}

/// Resend, copy the link while it opens, and the X that withdraws (F31).
#[component]
fn ActsCell(row: Row) -> impl IntoView {
    let may_act = Memo::new(move |_| {
        row.desk.session.may(ConsolePermission::AccountsInvite)
            && row.read(|account| account.deleted_at.is_none() && account.invitation.is_some())
    });
    let may_copy = Memo::new(move |_| row.read_at(|account, at| has_open_link(account, account.shown_status(at))));
    let button = move |act_name: &'static str, icon: Icon, act: Act| {
        let label = Signal::derive(move || row.read(|account| [act_name, " of ", &account.handle].concat()));
        view! { <IconButton label=label icon=icon size=ButtonSize::Small on_click=move || row.begin(act) /> }
    };
    view! {
        <td class="cell-menu cell-end">
            {move || may_act.get().then(|| view! {
                <div class="cell-acts">
                    {button("Resend invitation", Icon::Refresh, Act::Resend)}
                    {move || may_copy.get().then(|| button("Copy invitation link", Icon::Link, Act::CopyLink))}
                    {button("Withdraw invitation", Icon::X, Act::Withdraw)}
                </div>
            })}
        </td>
    }
}
