//! One row of a list: an account that changes as the row is scrolled, and the cells that lists have in common.

use std::sync::Arc;

use domain::accounts::{Account, AccountKind, ShownStatus};
use domain::{AccountId, Timestamp};
use leptos::prelude::*;

use super::acts::{Act, acts, may_change_level};
use super::address::Address;
use super::desk::Desk;
use super::levels;
use super::words::{Line, is_named, level_text, standing, status_label, status_tone};
use crate::ui::{Avatar, Badge, ButtonSize, Icon, MenuAlign, MenuButton, MenuItem, use_now};

/// What a row shows at present, and where acts on it go.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) desk: Desk,
    pub(crate) address: Address,
    now: Signal<i64>,
    account: Memo<Option<Arc<Account>>>,
    status: Memo<Option<ShownStatus>>,
}

impl Row {
    pub(crate) fn new(desk: Desk, address: Address, index: Signal<usize>) -> Self {
        let now = use_now();
        let account = Memo::new(move |_| desk.list.row(index.get()));
        let status = Memo::new(move |_| {
            let at = Timestamp::from_millis(now.get());
            account.with(|account| account.as_ref().map(|account| account.shown_status(at)))
        });
        Self { desk, address, now, account, status }
    }

    /// Something of the account, reactively; the default while it is on its way.
    pub(crate) fn read<T: Default>(self, read: impl FnOnce(&Account) -> T) -> T {
        self.account.with(|account| account.as_deref().map(read).unwrap_or_default())
    }

    /// Something of the account that changes with time, too.
    pub(crate) fn read_at<T: Default>(self, read: impl FnOnce(&Account, Timestamp) -> T) -> T {
        let at = Timestamp::from_millis(self.now.get());
        self.read(|account| read(account, at))
    }

    pub(crate) fn id(self) -> Option<AccountId> {
        self.account.with(|account| account.as_ref().map(|account| account.id))
    }

    pub(crate) fn status(self) -> Option<ShownStatus> {
        self.status.get()
    }

    pub(crate) fn account_now(self) -> Option<Arc<Account>> {
        self.account.get_untracked()
    }

    pub(crate) fn now_untracked(self) -> Timestamp {
        Timestamp::from_millis(self.now.get_untracked())
    }

    pub(crate) fn word(self) -> String {
        self.desk.session.with(|session| session.organization.deactivated_word.clone())
    }

    pub(crate) fn level(self) -> String {
        let status = self.status().unwrap_or(ShownStatus::Active);
        self.read(|account| level_text(account, status, &self.word()))
    }

    fn is_self(self) -> bool {
        self.read(|account| self.desk.is_self(account))
    }

    /// Begins an act on what the row shows now.
    pub(crate) fn begin(self, act: Act) {
        if let Some(account) = self.account.get_untracked() {
            self.desk.begin(act, account);
        }
    }

    /// Where the row's link leads: the same list with the account opened.
    pub(crate) fn href(self) -> String {
        self.address.href(self.id())
    }
}

/// Name and user name, beside the avatar.
#[component]
pub(crate) fn NameCell(
    /// The row.
    row: Row,
) -> impl IntoView {
    let name = Signal::derive(move || row.read(|account| account.display_name.clone()));
    let is_self = Memo::new(move |_| row.is_self());
    // Where it stands for a name it may be cut.
    let address = Memo::new(move |_| row.read(|account| (!is_named(account)).then(|| account.display_name.clone())));
    view! {
        <td class="cell-main">
            <div class="cell-line">
                <Avatar name=name />
                <div class="cell-two">
                    <div class="cell-line">
                        <a class="cell-link truncate" href=move || row.href() data-tip=address>{name}</a>
                        {move || is_self.get().then(|| view! { <span class="badge tone-accent">"You"</span> })}
                    </div>
                    <span class="cell-under truncate">{move || row.read(|account| account.user_name.clone())}</span>
                </div>
            </div>
        </td>
    }
}

/// The status, with how the invitation stands below it.
#[component]
pub(crate) fn StatusCell(
    /// The row.
    row: Row,
) -> impl IntoView {
    let label =
        Signal::derive(move || row.status().map(|status| status_label(status, &row.word())).unwrap_or_default());
    let tone = Signal::derive(move || row.status().map(status_tone).unwrap_or_default());
    let line = Memo::new(move |_| {
        row.read_at(|account, at| {
            let standing = account.invitation.as_ref().and_then(|invitation| standing(invitation, at));
            standing.map(|standing| standing.line(at)).unwrap_or_default()
        })
    });
    view! {
        <td class="cell-side cell-status">
            <div class="cell-two">
                <Badge label=label tone=tone />
                <LineView line=line />
            </div>
        </td>
    }
}

/// A small line; what more there is to it shows on hover and focus.
#[component]
pub(crate) fn LineView(
    /// What it says.
    line: Memo<Line>,
) -> impl IntoView {
    let class = move || {
        if line.with(|line| line.needs_attention) { "cell-under truncate cell-alert" } else { "cell-under truncate" }
    };
    // Those without more are no stop for the keyboard.
    let has_more = move || line.with(|line| !line.more.is_empty());
    let more = move || line.with(|line| (!line.more.is_empty()).then(|| line.more.clone()));
    view! {
        <span class=class data-tip=more tabindex=move || has_more().then_some("0") role=move || has_more().then_some("note") aria-label=move || {
            more().map(|more| line.with(|line| [&line.text, ": ", &more].concat()))
        }>
            {move || line.with(|line| line.text.clone())}
        </span>
    }
}

/// The level, which is changed in its place where that is allowed.
#[component]
pub(crate) fn LevelCell(
    /// The row.
    row: Row,
) -> impl IntoView {
    let may_edit = Memo::new(move |_| {
        let rights = row.desk.rights();
        row.read(|account| may_change_level(account, rights, row.desk.is_self(account)))
    });
    let label = Signal::derive(move || row.read(|account| ["Change level of ", &account.display_name].concat()));
    view! {
        <td class="cell-level">
            <div class="cell-line cell-edit">
                <span class="truncate">{move || row.level()}</span>
                {move || may_edit.get().then(|| view! {
                    <MenuButton label=label icon=Icon::Pencil size=ButtonSize::Small items=move |()| level_items(row) />
                })}
            </div>
        </td>
    }
}

fn level_items(row: Row) -> Vec<MenuItem> {
    let Some(account) = row.account.get_untracked() else { return Vec::new() };
    let item = |choice: levels::LevelChoice| {
        let is_now = account.level.as_ref().is_some_and(|level| level.key == choice.level.key);
        let (account, level) = (Arc::clone(&account), choice.level.clone());
        let item = MenuItem::radio(choice.level.name, is_now, move || row.desk.set_level(&account, &level));
        item.note(choice.level.description).disabled(choice.refused)
    };
    untrack(|| row.desk.session.with(levels::choices)).into_iter().map(item).collect()
}

/// The three-dot menu of the row.
#[component]
pub(crate) fn MenuCell(
    /// The row.
    row: Row,
) -> impl IntoView {
    let label = Signal::derive(move || row.read(|account| ["Actions for ", &account.display_name].concat()));
    let items = move |()| {
        row.account
            .get_untracked()
            .map(|account| menu_items(row.desk, &account, row.now_untracked()))
            .unwrap_or_default()
    };
    view! {
        <td class="cell-menu cell-end">
            <MenuButton label=label icon=Icon::Dots size=ButtonSize::Small align=MenuAlign::End items=items />
        </td>
    }
}

/// The address of an account's own page.
pub(crate) fn page_address(id: AccountId) -> String {
    ["/accounts/", &id.to_string()].concat()
}

/// All that can be done with an account, as lines of a menu.
pub(crate) fn menu_items(desk: Desk, account: &Arc<Account>, at: Timestamp) -> Vec<MenuItem> {
    items_of(desk, account, at, |_| true)
}

/// The same without one act, which stands elsewhere.
pub(crate) fn menu_items_but(without: Act, desk: Desk, account: &Arc<Account>, at: Timestamp) -> Vec<MenuItem> {
    items_of(desk, account, at, |act| act != without)
}

fn items_of(desk: Desk, account: &Arc<Account>, at: Timestamp, is_wanted: impl Fn(Act) -> bool) -> Vec<MenuItem> {
    let (status, rights, is_self, is_full) = untrack(|| {
        let is_full = desk.session.with(|session| session.organization.seats_left == Some(0));
        (account.shown_status(at), desk.rights(), desk.is_self(account), is_full)
    });
    // On the account's own page there is nothing to open.
    let is_opened = |act: &Act| desk.list.is_of_one() && matches!(act, Act::Open | Act::Permissions);
    let item = |act: Act| {
        let (label, icon) = label_of(act, account.kind);
        if act == Act::Permissions {
            return MenuItem::link(label, page_address(account.id)).icon(icon);
        }
        let of = Arc::clone(account);
        let item = MenuItem::new(label, move || desk.begin(act, Arc::clone(&of))).icon(icon);
        match act {
            Act::Deactivate | Act::Withdraw | Act::RemoveOwner | Act::Delete => item.danger(),
            Act::Activate if is_full && account.kind == AccountKind::User => {
                item.disabled(Some("No seats are left.".to_owned()))
            }
            _ => item,
        }
    };
    acts(account, status, rights, is_self)
        .into_iter()
        .filter(|act| is_wanted(*act) && !is_opened(act))
        .map(item)
        .collect()
}

const fn label_of(act: Act, kind: AccountKind) -> (&'static str, Icon) {
    match act {
        Act::Permissions if matches!(kind, AccountKind::Service) => ("Open", Icon::Bot),
        Act::Open => ("Open", Icon::User),
        Act::CopyEmail => ("Copy e-mail", Icon::Mail),
        Act::Resend => ("Resend invitation", Icon::Refresh),
        Act::CopyLink => ("Copy invitation link", Icon::Link),
        Act::Withdraw => ("Withdraw invitation", Icon::X),
        Act::ChangeLevel => ("Change level…", Icon::Role),
        Act::Deactivate => ("Deactivate", Icon::SignOut),
        Act::Activate => ("Activate", Icon::Check),
        Act::Permissions => ("Permissions", Icon::Key),
        Act::MakeOwner => ("Make owner", Icon::Role),
        Act::RemoveOwner => ("Remove owner", Icon::Role),
        Act::SignOut => ("Sign out everywhere", Icon::SignOut),
        Act::Delete => ("Delete", Icon::Trash),
    }
}
