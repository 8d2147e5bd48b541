//! One account beside the list: everything that is known of it, and what can be done with it.

use std::sync::Arc;
use std::time::Duration;

use domain::accounts::{Account, AccountKind, AuthMethod, ShownStatus};
use domain::groups::EVERYONE;
use domain::invitations::Delivery;
use domain::{AccountId, Code, Timestamp};
use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local};

use super::address::Address;
use super::desk::Desk;
use super::row::{menu_items, page_address};
use super::words::{joined, level_text, outcome_label, standing, status_label, status_tone};
use crate::api::{self, ApiError, Fresh};
use crate::ui::{
    Avatar, Badge, Banner, CopyField, Icon, IconButton, LinkButton, MenuAlign, MenuButton, RelativeTime, Skeleton,
    Tone, dom, use_now,
};

const REFRESH_EVERY: Duration = Duration::from_secs(3);
const HEADING: &str = "account-heading";

/// The account as last heard of.
#[derive(Clone, PartialEq)]
enum Known {
    Waiting,
    Account(Arc<Account>),
    Failed(String),
}

/// The panel of one account.
#[component]
pub(crate) fn AccountDetail(
    /// The account.
    id: AccountId,
    /// The list that it is beside, and where acts on it go.
    desk: Desk,
    /// Where it is closed.
    address: Address,
) -> impl IntoView {
    let known = follow(id, desk);
    dom::focus(HEADING);
    let close = move || {
        address.close();
        give_focus_back(id);
    };
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    // What can have the focus stays while the account changes; only the facts are drawn anew.
    view! {
        <aside class="split-detail detail" aria-labelledby=HEADING on:keydown=keydown>
            <div class="detail-close">
                <IconButton label="Close" icon=Icon::X on_click=close />
            </div>
            <DetailHead known=known />
            <DetailBar known=known desk=desk />
            {move || match known.get() {
                Known::Waiting => view! { <Skeleton lines=8 /> }.into_any(),
                Known::Failed(why) => {
                    view! { <Banner tone=Tone::Danger title="The account could not be loaded" text=why /> }.into_any()
                }
                Known::Account(account) => view! { <Facts account=account desk=desk /> }.into_any(),
            }}
            <LinkButton label="Permissions" href=page_address(id) icon=Icon::Key />
            <CopyField label="Account ID" text=Signal::stored(id.to_string()) />
        </aside>
    }
}

/// The account as the list or, where the list has it not, the server tells it.
fn follow(id: AccountId, desk: Desk) -> Memo<Known> {
    let fetched = RwSignal::new(Known::Waiting);
    let last_tag = StoredValue::new(None::<String>);
    let read = move || {
        let Some(tag) = last_tag.try_get_value() else { return };
        spawn_local(async move {
            let path = ["/api/v1/accounts/", &id.to_string()].concat();
            let known = match api::get_fresh::<Account>(&path, tag.as_deref()).await {
                Ok(Fresh::New(account, tag)) => {
                    last_tag.try_set_value(tag);
                    Known::Account(Arc::new(account))
                }
                Ok(Fresh::Unchanged) => return,
                Err(error) if error.code() == Some(Code::NotSignedIn) => return desk.session.end(),
                // What is known stays while the server is away.
                Err(ApiError::Offline)
                    if fetched.try_with_untracked(|known| *known != Known::Waiting).unwrap_or(true) =>
                {
                    return;
                }
                Err(error) => {
                    last_tag.try_set_value(None);
                    Known::Failed(error.message())
                }
            };
            fetched.try_set(known);
        });
    };
    read();
    let refresh = move || {
        if !document().hidden() && untrack(|| desk.list.find(id)).is_none() {
            read();
        }
    };
    if let Ok(interval) = set_interval_with_handle(refresh, REFRESH_EVERY) {
        on_cleanup(move || interval.clear());
    }
    // The list is the fresher of the two: acts are shown there at once.
    Memo::new(move |_| desk.list.find(id).map_or_else(|| fetched.get(), Known::Account))
}

/// Focuses the account's row, or the search where that is not in view.
pub(super) fn give_focus_back(id: AccountId) {
    request_animation_frame(move || {
        let link = [".vtable a[href*=\"", &id.to_string(), "\"]"].concat();
        let root = document().document_element();
        match root.and_then(|root| dom::query(&root, &link)) {
            Some(link) => dom::focus_element(&link),
            None => dom::focus("account-search"),
        }
    });
}

impl Known {
    fn read<T: Default>(&self, read: impl FnOnce(&Account) -> T) -> T {
        if let Self::Account(account) = self { read(account) } else { T::default() }
    }
}

#[component]
fn DetailHead(known: Memo<Known>) -> impl IntoView {
    let name = Signal::derive(move || known.with(|known| known.read(|account| account.display_name.clone())));
    let heading = move || if name.with(String::is_empty) { "Account".to_owned() } else { name.get() };
    let email = move || {
        let email = known.with(|known| known.read(|account| account.email.clone()));
        email.filter(|email| name.with(|name| name != email))
    };
    view! {
        <header class="detail-head">
            <Avatar name=name />
            <div class="detail-name">
                <h2 id=HEADING tabindex="-1">{heading}</h2>
                <p class="muted">{email}</p>
            </div>
        </header>
    }
}

#[component]
fn DetailBar(known: Memo<Known>, desk: Desk) -> impl IntoView {
    let now = use_now();
    let items = move |()| match known.get_untracked() {
        Known::Account(account) => menu_items(desk, &account, Timestamp::from_millis(now.get_untracked())),
        _ => Vec::new(),
    };
    let is_known = Memo::new(move |_| known.with(|known| matches!(known, Known::Account(_))));
    view! {
        <div class="row-of">
            {move || match known.get() {
                Known::Account(account) => Some(view! { <StatusBadges account=account desk=desk /> }),
                _ => None,
            }}
            {move || is_known.get().then(|| view! { <MenuButton label="Actions" items=items align=MenuAlign::End /> })}
        </div>
    }
}

/// What is known of the account, in pairs of name and value.
#[component]
pub(super) fn Facts(
    account: Arc<Account>,
    desk: Desk,
    /// Whether level, roles, groups and permissions are among them. Default: yes.
    #[prop(default = true)]
    with_holdings: bool,
) -> impl IntoView {
    view! {
        <InvitationNotice account=Arc::clone(&account) />
        <FactList account=account desk=desk with_holdings=with_holdings />
    }
}

/// The status, and whether it is one's own account.
#[component]
pub(super) fn StatusBadges(account: Arc<Account>, desk: Desk) -> impl IntoView {
    let now = use_now();
    let is_self = untrack(|| desk.is_self(&account));
    // Of an invitation that has ended, the account is nothing but that.
    let outcome = account.invitation.as_ref().and_then(|invitation| invitation.outcome).map(outcome_label);
    let status = Memo::new(move |_| account.shown_status(Timestamp::from_millis(now.get())));
    let label = Signal::derive(move || {
        if let Some(outcome) = outcome.filter(|_| status.get() == ShownStatus::Deleted) {
            return outcome.to_owned();
        }
        status_label(status.get(), &desk.session.with(|session| session.organization.deactivated_word.clone()))
    });
    view! {
        <Badge label=label tone=Signal::derive(move || status_tone(status.get())) />
        {is_self.then(|| view! { <span class="badge tone-accent">"You"</span> })}
    }
}

/// What became of the mail, in the mail server's words.
#[component]
fn InvitationNotice(account: Arc<Account>) -> impl IntoView {
    let now = use_now();
    move || {
        let at = Timestamp::from_millis(now.get());
        let line = account.invitation.as_ref().and_then(|invitation| standing(invitation, at))?.line(at);
        (!line.more.is_empty()).then(|| view! { <Banner tone=Tone::Warning title=line.text text=line.more /> })
    }
}

#[component]
fn FactList(account: Arc<Account>, desk: Desk, with_holdings: bool) -> impl IntoView {
    let (word, out) = untrack(|| {
        desk.session
            .with(|session| (session.organization.level_word.clone(), session.organization.deactivated_word.clone()))
    });
    let level = level_text(&account, account.shown_status(Timestamp::from_millis(use_now().get_untracked())), &out);
    let invitation = account.invitation.clone();
    let groups = joined(std::iter::once(EVERYONE).chain(account.groups.iter().map(|group| group.name.as_str())));
    let fact = |name: &str, text: String| {
        let name = name.to_owned();
        (!text.is_empty()).then(|| view! { <dt>{name}</dt><dd>{text}</dd> })
    };
    let time = |name: &'static str, at: Option<Timestamp>, never: &'static str| {
        let value = match at {
            Some(at) => view! { <RelativeTime at=Signal::stored(at.millis()) /> }.into_any(),
            None if never.is_empty() => return None,
            None => never.into_any(),
        };
        Some(view! { <dt>{name}</dt><dd>{value}</dd> })
    };
    let is_open = invitation.as_ref().is_some_and(|invitation| invitation.outcome.is_none());
    let seen = if is_open { "Pending" } else { "Never" };
    view! {
        <dl class="facts">
            {fact("User name", account.user_name.clone().unwrap_or_default())}
            {with_holdings.then(|| view! {
                {fact(&word, level)}
                {fact("Roles", joined(account.roles.iter().map(|role| role.name.as_str())))}
                {fact("Groups", groups)}
                {fact("Permissions", joined(account.permissions.iter().map(String::as_str)))}
            })}
            {fact("Owner", account.owner.as_ref().filter(|_| with_holdings).map(|owner| owner.name().to_owned()).unwrap_or_default())}
            {fact("Teams", joined(account.teams.iter().map(|team| team.name.as_str())))}
            {fact("Auth methods", joined(account.auth_methods.iter().copied().map(AuthMethod::label)))}
            {time("Last active", account.last_active_at, seen)}
            {(account.kind == AccountKind::User).then(|| time("Last sign-in", account.last_sign_in_at, seen))}
            {time("Created", Some(account.created_at), "")}
            {time("Deactivated", account.deactivated_at, "")}
            {time("Access ends", account.valid_until, "")}
            {invitation.map(|invitation| view! {
                {fact("Invited by", invitation.sent_by.clone().unwrap_or_default())}
                {time("Invited", Some(invitation.sent_at), "")}
                {match invitation.outcome {
                    None => view! {
                        {time("Invitation ends", invitation.expires_at.filter(|_| invitation.delivery != Delivery::Failed), "")}
                        {fact("Delivery", invitation.delivery_label().to_owned())}
                    }
                    .into_any(),
                    Some(outcome) => time(outcome_label(outcome), account.deleted_at, "").into_any(),
                }}
            })}
        </dl>
    }
}
