//! Bulk changes: what is to be done with which accounts, and the words for it.

use std::sync::Arc;

use domain::accounts::Account;
use domain::bulk::{BulkAction, BulkKind, BulkSummary};
use domain::groups::GroupRef;
use domain::roles::{OWNER_ROLE, OWNER_ROLE_NAME, RoleRef};
use domain::{AccountId, Timestamp};

use super::selection::Picked;
use crate::ui::text::grouped;

/// What is given, taken or set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GiftKind {
    Role,
    Group,
    Permission,
    Level,
}

/// One thing that is given, taken or set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gift {
    pub(crate) kind: GiftKind,
    /// The key; of a group, the id.
    pub(crate) value: String,
    pub(crate) name: String,
}

impl Gift {
    pub(crate) fn owner() -> Self {
        Self { kind: GiftKind::Role, value: OWNER_ROLE.to_owned(), name: OWNER_ROLE_NAME.to_owned() }
    }

    pub(crate) fn role(role: &RoleRef) -> Self {
        Self { kind: GiftKind::Role, value: role.key.clone(), name: role.name.clone() }
    }

    pub(crate) fn level(level: &RoleRef) -> Self {
        Self { kind: GiftKind::Level, ..Self::role(level) }
    }

    pub(crate) fn group(group: &GroupRef) -> Self {
        Self { kind: GiftKind::Group, value: group.id.to_string(), name: group.name.clone() }
    }

    pub(crate) fn permission(key: &str, label: &str) -> Self {
        Self { kind: GiftKind::Permission, value: key.to_owned(), name: label.to_owned() }
    }
}

/// What an act is about; none for those about nothing more.
pub(crate) const fn gift_kind(kind: BulkKind) -> Option<GiftKind> {
    match kind {
        BulkKind::AddRole | BulkKind::RemoveRole => Some(GiftKind::Role),
        BulkKind::AddGroup | BulkKind::RemoveGroup => Some(GiftKind::Group),
        BulkKind::AddPermission | BulkKind::RemovePermission => Some(GiftKind::Permission),
        BulkKind::SetLevel => Some(GiftKind::Level),
        BulkKind::Activate | BulkKind::Deactivate | BulkKind::Resend => None,
    }
}

/// The act as the server takes it; none while what it is about is not chosen.
pub(crate) fn action(kind: BulkKind, gift: Option<&Gift>, valid_until: Option<Timestamp>) -> Option<BulkAction> {
    let mut action = BulkAction { valid_until: valid_until.filter(|_| kind.may_end()), ..BulkAction::plain(kind) };
    let Some(wanted) = gift_kind(kind) else { return Some(action) };
    let value = gift.filter(|gift| gift.kind == wanted)?.value.clone();
    match wanted {
        GiftKind::Role => action.role = Some(value),
        GiftKind::Group => action.group = Some(value.parse().ok()?),
        GiftKind::Permission => action.permission = Some(value),
        GiftKind::Level => action.level = Some(value),
    }
    Some(action)
}

/// An act on accounts that is about to be chosen, previewed and confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BulkTask {
    pub(crate) kind: BulkKind,
    pub(crate) accounts: Arc<Vec<Picked>>,
    /// What it is about, where that is chosen already.
    pub(crate) gift: Option<Gift>,
    /// The end it has now, which is to be changed.
    pub(crate) until: Option<Timestamp>,
}

impl BulkTask {
    pub(crate) const fn new(kind: BulkKind, accounts: Arc<Vec<Picked>>) -> Self {
        Self { kind, accounts, gift: None, until: None }
    }

    pub(crate) fn one(kind: BulkKind, account: &Account) -> Self {
        Self::new(kind, Arc::new(vec![account.into()]))
    }

    pub(crate) fn about(self, gift: Gift) -> Self {
        Self { gift: Some(gift), ..self }
    }

    pub(crate) fn until(self, until: Option<Timestamp>) -> Self {
        Self { until, ..self }
    }

    pub(crate) fn ids(&self) -> Vec<AccountId> {
        self.accounts.iter().map(|picked| picked.id).collect()
    }

    /// "Ana", "48 accounts".
    fn who(&self) -> String {
        match self.accounts.as_slice() {
            [only] => only.name.clone(),
            many => [&grouped(many.len()), " accounts"].concat(),
        }
    }

    fn is_about_owner(&self) -> bool {
        self.gift.as_ref().is_some_and(|gift| gift.kind == GiftKind::Role && gift.value == OWNER_ROLE)
    }

    /// What the dialog is called. `level_word` is what the profile calls a level.
    pub(crate) fn title(&self, level_word: &str) -> String {
        let who = self.who();
        let named = |one: &str, word: &str| match &self.gift {
            Some(gift) => ["the ", word, " ", &gift.name].concat(),
            None => [one, " ", word].concat(),
        };
        match self.kind {
            BulkKind::AddRole if self.is_about_owner() => ["Make ", &who, " Owner"].concat(),
            BulkKind::RemoveRole if self.is_about_owner() => ["Remove ", &who, " as Owner"].concat(),
            BulkKind::AddRole => ["Add ", &named("a", "role"), " to ", &who].concat(),
            BulkKind::RemoveRole => ["Remove ", &named("a", "role"), " from ", &who].concat(),
            BulkKind::AddGroup => ["Add ", &who, " to ", &named("a", "group")].concat(),
            BulkKind::RemoveGroup => ["Remove ", &who, " from ", &named("a", "group")].concat(),
            BulkKind::AddPermission => ["Add ", &named("a", "permission"), " to ", &who].concat(),
            BulkKind::RemovePermission => ["Remove ", &named("a", "permission"), " from ", &who].concat(),
            BulkKind::SetLevel => [level_word, " of ", &who].concat(),
            BulkKind::Activate => ["Activate ", &who].concat(),
            BulkKind::Deactivate => ["Deactivate ", &who].concat(),
            BulkKind::Resend => ["Resend invitation: ", &who].concat(),
        }
    }

    /// What the button says.
    pub(crate) fn confirm(&self) -> &'static str {
        match self.kind {
            BulkKind::AddRole if self.is_about_owner() => "Make owner",
            BulkKind::RemoveRole if self.is_about_owner() => "Remove owner",
            // What is there already gets another end.
            _ if self.until.is_some() => "Save changes",
            BulkKind::AddRole => "Add role",
            BulkKind::RemoveRole => "Remove role",
            BulkKind::AddGroup => "Add to group",
            BulkKind::RemoveGroup => "Remove from group",
            BulkKind::AddPermission => "Add permission",
            BulkKind::RemovePermission => "Remove permission",
            BulkKind::SetLevel => "Set level",
            BulkKind::Activate => "Activate",
            BulkKind::Deactivate => "Deactivate",
            BulkKind::Resend => "Resend",
        }
    }

    /// Whether it takes something away.
    pub(crate) const fn is_danger(&self) -> bool {
        use BulkKind::{Deactivate, RemoveGroup, RemovePermission, RemoveRole};
        matches!(self.kind, RemoveRole | RemoveGroup | RemovePermission | Deactivate)
    }

    /// What the message says afterwards: of one account what it has now, of many how many.
    pub(crate) fn done(&self, gift: Option<&Gift>, summary: &BulkSummary) -> String {
        let what = gift.map(|gift| gift.name.as_str()).unwrap_or_default();
        let (Some(only), 1) = (self.accounts.first(), self.accounts.len()) else {
            let counts = [&summary.words(self.kind), "."].concat();
            return if what.is_empty() { counts } else { [what, ": ", &counts].concat() };
        };
        let name = only.name.as_str();
        if let Some((code, _)) = summary.refused.first() {
            return [name, ": ", domain::bulk::refused_words(*code), "."].concat();
        }
        if summary.changed == 0 {
            return [name, ": ", self.kind.unchanged_words(), "."].concat();
        }
        match self.kind {
            BulkKind::AddRole | BulkKind::AddPermission => [name, " has ", what, " now."].concat(),
            BulkKind::RemoveRole | BulkKind::RemovePermission => [name, " no longer has ", what, "."].concat(),
            BulkKind::AddGroup => [name, " is in ", what, " now."].concat(),
            BulkKind::RemoveGroup => [name, " is no longer in ", what, "."].concat(),
            BulkKind::SetLevel => [name, " is now ", what, "."].concat(),
            BulkKind::Activate => [name, " was activated."].concat(),
            BulkKind::Deactivate => [name, " was deactivated."].concat(),
            BulkKind::Resend => ["The invitation was resent to ", name, "."].concat(),
        }
    }
}

#[cfg(test)]
#[path = "bulk_tests.rs"]
mod tests;
