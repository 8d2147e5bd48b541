//! The organization dashboard (F112): who is in, who uses it, and at which level.

use domain::permissions::ConsolePermission;
use domain::usage::{LevelCount, UsageSummary};
use leptos::prelude::*;

use crate::features::session::use_session;
use crate::load::Loader;
use crate::ui::text::grouped;
use crate::ui::{Card, PageHeader, Stat};

/// The page.
#[component]
pub(crate) fn DashboardPage() -> impl IntoView {
    let summary = Loader::<UsageSummary>::new("/api/v1/usage/summary");
    view! {
        <div class="page">
            <PageHeader title="Organization dashboard" />
            {summary.draw(|summary| view! { <Summary summary=summary /> })}
        </div>
    }
}

fn number(count: u64) -> String {
    grouped(usize::try_from(count).unwrap_or(usize::MAX))
}

#[component]
fn Summary(summary: UsageSummary) -> impl IntoView {
    let session = use_session();
    let counts = summary.status_counts;
    let users = counts.active;
    let share = move |active: u64| share(active, users);
    let may_open = untrack(|| session.may(ConsolePermission::AccountsView));
    let open = number(counts.open_invitations());
    view! {
        <div class="tiles">
            <Stat label="Active users" value=number(users) />
            <Stat label="Active today" value=number(summary.active_1d) note=share(summary.active_1d) />
            <Stat label="Active in 7 days" value=number(summary.active_7d) note=share(summary.active_7d) />
            <Stat label="Active in 30 days" value=number(summary.active_30d) note=share(summary.active_30d) />
            <Stat label="Joined in 30 days" value=number(summary.joined_30d) />
            {if may_open {
                view! {
                    <a class="stat-link" href="/accounts/invitations"><Stat label="Open invitations" value=open note="View invitations" /></a>
                }
                .into_any()
            } else {
                view! { <Stat label="Open invitations" value=open /> }.into_any()
            }}
            <Stat label="Deactivated" value=number(counts.deactivated) />
            <Stat label="Seats taken" value=number(summary.seats_taken.into()) note=seats_note(summary.seats, summary.seats_taken) />
        </div>
        <Card title="Accounts by level">
            <LevelBars levels=summary.levels />
        </Card>
    }
}

/// How many of the users that is.
fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "No users yet".to_owned();
    }
    let percent = (part.min(whole) * 100 + whole / 2) / whole;
    format!("{percent}% of users")
}

/// How many seats there are, and are left.
fn seats_note(seats: Option<u32>, taken: u32) -> String {
    match seats {
        None => "No limit".to_owned(),
        Some(seats) => {
            let (of, left) = (number(seats.into()), number(seats.saturating_sub(taken).into()));
            ["of ", &of, ", ", &left, " left"].concat()
        }
    }
}

#[component]
fn LevelBars(levels: Vec<LevelCount>) -> impl IntoView {
    let all = levels.iter().map(|level| level.accounts).sum::<u64>().max(1);
    let bar = |level: LevelCount| {
        view! {
            <li>
                <span class="truncate">{level.name}</span>
                // The number says the same to a screen reader.
                <progress aria-hidden="true" max=all.to_string() value=level.accounts.to_string()></progress>
                <strong class="numeric">{number(level.accounts)}</strong>
            </li>
        }
    };
    if levels.is_empty() {
        return view! { <p class="muted">"This profile has no levels."</p> }.into_any();
    }
    view! { <ul class="bars">{levels.into_iter().map(bar).collect::<Vec<_>>()}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::{seats_note, share};

    #[test]
    fn shares_are_rounded_and_never_above_the_whole() {
        for (part, whole, text) in
            [(0, 0, "No users yet"), (1, 3, "33% of users"), (2, 3, "67% of users"), (5, 3, "100% of users")]
        {
            assert_eq!(share(part, whole), text);
        }
    }

    #[test]
    fn seats_say_what_is_left() {
        assert_eq!(seats_note(None, 3), "No limit");
        assert_eq!(seats_note(Some(2500), 12), "of 2,500, 2,488 left");
        assert_eq!(seats_note(Some(2), 3), "of 2, 0 left");
    }
}
