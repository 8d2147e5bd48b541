//! What the board knows: its columns, and what is being carried from one to another.

use domain::AccountId;
use domain::accounts::Account;
use domain::levels::{LEVEL_OF_HIGHER, LEVEL_WHILE_OUT, OWN_LEVEL};
use domain::roles::RoleRef;
use leptos::prelude::*;

use super::keys;
use crate::features::accounts::acts::may_change_level;
use crate::features::accounts::desk::Desk;
use crate::features::accounts::list::AccountList;
use crate::features::accounts::selection::Picked;

/// One column: a level, or those without one.
#[derive(Clone)]
pub(super) struct Column {
    /// None for those without a level.
    pub(super) level: Option<RoleRef>,
    pub(super) name: String,
    pub(super) about: String,
    /// Why nothing can be dropped here.
    pub(super) refused: Option<String>,
    pub(super) list: AccountList,
}

/// By what cards are carried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    Keyboard,
    Pointer,
}

/// Cards that are above a column and not dropped yet.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Carried {
    pub(super) accounts: Vec<Picked>,
    pub(super) from: usize,
    pub(super) over: usize,
    pub(super) hand: Hand,
}

impl Carried {
    /// "Ana", "3 accounts".
    pub(super) fn who(&self) -> String {
        who(&self.accounts)
    }
}

pub(super) fn who(accounts: &[Picked]) -> String {
    keys::who(&accounts.iter().map(|picked| picked.name.as_str()).collect::<Vec<_>>())
}

/// The board, to be read reactively.
#[derive(Clone, Copy)]
pub(super) struct Board {
    pub(super) desk: Desk,
    pub(super) columns: StoredValue<Vec<Column>>,
    pub(super) carried: RwSignal<Option<Carried>>,
    /// The account that was moved by keyboard last: the focus goes with its card, wherever that is drawn, until the next key.
    pub(super) followed: RwSignal<Option<AccountId>>,
}

impl Board {
    pub(super) fn new(desk: Desk, columns: Vec<Column>) -> Self {
        Self { desk, columns: StoredValue::new(columns), carried: RwSignal::new(None), followed: RwSignal::new(None) }
    }

    /// Something of a column; the default where there is none.
    pub(super) fn column<T: Default>(self, at: usize, read: impl FnOnce(&Column) -> T) -> T {
        self.columns.try_with_value(|columns| columns.get(at).map(read)).flatten().unwrap_or_default()
    }

    /// How many columns are shown: that of those without a level only while there are any.
    pub(super) fn shown(self) -> usize {
        let is_shown = |column: &&Column| column.level.is_some() || column.list.total.get_untracked() > 0;
        self.columns.try_with_value(|columns| columns.iter().filter(is_shown).count()).unwrap_or_default()
    }

    /// What moves when this account is moved: it alone, or all that are selected where it is one of them.
    pub(super) fn moved_with(self, account: &Account) -> Vec<Picked> {
        let selection = self.desk.selection;
        if untrack(|| selection.has(account.id)) { selection.all().to_vec() } else { vec![account.into()] }
    }

    /// Why an account cannot be moved; none where it can. Reactively.
    pub(super) fn why_fixed(self, account: &Account) -> Option<&'static str> {
        let (rights, is_self) = (self.desk.rights(), self.desk.is_self(account));
        match may_change_level(account, rights, is_self) {
            true => None,
            false if !rights.manage => Some(""),
            false if is_self => Some(OWN_LEVEL),
            false if account.is_beyond_reach => Some(LEVEL_OF_HIGHER),
            false => Some(LEVEL_WHILE_OUT),
        }
    }
}
