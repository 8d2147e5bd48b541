//! Bulk changes: one act on many accounts, with one result for each, previewed before and undone after.

mod apply;
mod decide;

use serde::{Deserialize, Serialize};

pub use apply::ActContext;
pub use decide::{Decider, Target};

use crate::id::{AccountId, GroupId, OperationId};
use crate::permissions::ConsolePermission;
use crate::previews::grouped;
use crate::problem::{Code, FieldError};
use crate::time::{DAY_MS, Timestamp};

/// The most accounts one request names.
pub const BULK_ACCOUNTS_MAX: usize = 10_000;
/// A bulk change can be undone for so long.
pub const UNDO_MS: i64 = DAY_MS;

/// What is done to each account. Deletion is not among them (I13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BulkKind {
    AddRole,
    RemoveRole,
    AddGroup,
    RemoveGroup,
    AddPermission,
    RemovePermission,
    SetLevel,
    Activate,
    Deactivate,
    Resend,
}

/// An act with what it is about; flat, as the wire has it. `faults` says what is missing or too much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkAction {
    #[serde(rename = "type")]
    pub kind: BulkKind,
    /// Key, for `add_role` and `remove_role`; `owner` makes and unmakes Owners.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// For `add_group` and `remove_group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// Key, for `add_permission` and `remove_permission`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// Key, for `set_level`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// End of what is added; later than now. Adding what is there already sets its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// `POST accounts/bulk`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// 1 to 10,000, none twice.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 10_000))]
    pub ids: Vec<AccountId>,
    /// The versions of the accounts that were seen, one for each of `ids`: an account that has another by now is left as it
    /// is, `stale`. Null where any will do; absent where any will do for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 10_000))]
    pub versions: Vec<Option<i64>>,
    pub action: BulkAction,
    /// Says what would happen, and changes nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What became of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum BulkOutcome {
    Ok,
    /// It was so already.
    Unchanged,
    Error,
}

/// The result for one account, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkResult {
    pub account_id: AccountId,
    pub outcome: BulkOutcome,
    /// Why not, with `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
}

/// The answer to `POST accounts/bulk`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkAnswer {
    /// For `POST operations/{id}/undo`; absent for a dry run, and where nothing can be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<OperationId>,
    pub results: Vec<BulkResult>,
}

impl BulkKind {
    /// What the act needs, one of these: resending is inviting, everything else is managing, people or service accounts.
    #[must_use]
    pub const fn needs(self) -> &'static [ConsolePermission] {
        match self {
            Self::Resend => &[ConsolePermission::AccountsInvite],
            _ => &[ConsolePermission::AccountsManage, ConsolePermission::ServiceAccountsManage],
        }
    }

    /// Whether it adds something that may have an end.
    #[must_use]
    pub const fn may_end(self) -> bool {
        matches!(self, Self::AddRole | Self::AddGroup | Self::AddPermission)
    }

    /// What is said of accounts for which it was so already, behind their number.
    #[must_use]
    pub const fn unchanged_words(self) -> &'static str {
        match self {
            Self::AddRole | Self::AddPermission | Self::SetLevel => "already had it",
            Self::RemoveRole | Self::RemovePermission => "did not have it",
            Self::AddGroup => "already in it",
            Self::RemoveGroup => "not in it",
            Self::Activate => "already active",
            Self::Deactivate => "already out",
            Self::Resend => "unchanged",
        }
    }
}

/// Why an account was left as it is, behind a number or a name: "not allowed".
#[must_use]
pub const fn refused_words(code: Code) -> &'static str {
    match code {
        Code::Forbidden | Code::Escalation => "not allowed: it is beyond your own rights",
        Code::LastOwner => "the last Owner stays",
        Code::OwnAccount => "not allowed on your own account",
        Code::LevelKept => "out, and with the same level until activated again",
        Code::NoSeat => "no seat is left",
        Code::NotPending => "not invited any more",
        Code::NotFound => "no longer there",
        Code::Stale => "changed by somebody else since",
        Code::BuiltIn => "Everyone stays as it is",
        Code::NotUndoable => "no longer to be undone",
        Code::TooMany => "asked for too often",
        Code::Invalid => "not possible for such an account",
        _ => "failed",
    }
}

/// What became of all accounts of a bulk change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkSummary {
    pub changed: usize,
    pub unchanged: usize,
    /// The reasons in the order in which they came, each with its accounts.
    pub refused: Vec<(Code, Vec<AccountId>)>,
}

impl BulkSummary {
    #[must_use]
    pub fn of(results: &[BulkResult]) -> Self {
        let mut summary = Self::default();
        for result in results {
            match result.outcome {
                BulkOutcome::Ok => summary.changed += 1,
                BulkOutcome::Unchanged => summary.unchanged += 1,
                BulkOutcome::Error => {
                    let code = result.code.unwrap_or(Code::Unknown);
                    match summary.refused.iter_mut().find(|(known, _)| refused_words(*known) == refused_words(code)) {
                        Some((_, ids)) => ids.push(result.account_id),
                        None => summary.refused.push((code, vec![result.account_id])),
                    }
                }
            }
        }
        summary
    }

    /// "48 changed, 2 already had it, 1 not allowed: it is beyond your own rights". Without a full stop.
    #[must_use]
    pub fn words(&self, kind: BulkKind) -> String {
        let mut parts = Vec::new();
        let mut add = |count: usize, words: &str| parts.push([&grouped(count as u64), " ", words].concat());
        if self.changed > 0 || (self.unchanged == 0 && self.refused.is_empty()) {
            add(self.changed, if matches!(kind, BulkKind::Resend) { "resent" } else { "changed" });
        }
        if self.unchanged > 0 {
            add(self.unchanged, kind.unchanged_words());
        }
        for (code, ids) in &self.refused {
            add(ids.len(), refused_words(*code));
        }
        parts.join(", ")
    }

    /// Of an undo: "Undone", or "Undone for 46 accounts; 2 changed by somebody else since". Without a full stop.
    #[must_use]
    pub fn undone_words(&self) -> String {
        if self.refused.is_empty() {
            return "Undone".to_owned();
        }
        let refused =
            self.refused.iter().map(|(code, ids)| [&grouped(ids.len() as u64), " ", refused_words(*code)].concat());
        let count = self.changed + self.unchanged;
        let plural = if count == 1 { " account; " } else { " accounts; " };
        ["Undone for ", &grouped(count as u64), plural, &refused.collect::<Vec<_>>().join(", ")].concat()
    }
}

impl BulkRequest {
    /// What is wrong with it: the number of accounts and versions, accounts named twice, and what `BulkAction::faults` says.
    #[must_use]
    pub fn faults(&self, at: Timestamp) -> Vec<FieldError> {
        let mut errors = account_faults("ids", &self.ids);
        if !self.versions.is_empty() && self.versions.len() != self.ids.len() {
            errors.push(FieldError::new("versions", "not_allowed", "One for each account, or none.".to_owned()));
        }
        errors.extend(self.action.faults(at));
        errors
    }
}

/// Whether a list of accounts is within the limit and names none twice.
#[must_use]
pub(crate) fn account_faults(field: &str, ids: &[AccountId]) -> Vec<FieldError> {
    if ids.is_empty() {
        return vec![FieldError::new(field, "required", "Name one account or more.".to_owned())];
    }
    if ids.len() > BULK_ACCOUNTS_MAX {
        return vec![FieldError::new(field, "too_many", [&grouped(BULK_ACCOUNTS_MAX as u64), " at most."].concat())];
    }
    let mut seen = std::collections::BTreeSet::new();
    let twice = ids.iter().enumerate().filter(|(_, id)| !seen.insert(**id));
    let fault = || FieldError::new(field, "duplicate", "This account is named twice.".to_owned());
    twice.map(|(index, _)| fault().at(index)).collect()
}

impl BulkAction {
    /// An act about nothing more, such as `activate`.
    #[must_use]
    pub const fn plain(kind: BulkKind) -> Self {
        Self { kind, role: None, group: None, permission: None, level: None, valid_until: None }
    }

    /// Fields that are missing, too much, or over already at `at`, each named as in the request.
    #[must_use]
    pub fn faults(&self, at: Timestamp) -> Vec<FieldError> {
        let needed = match self.kind {
            BulkKind::AddRole | BulkKind::RemoveRole => "role",
            BulkKind::AddGroup | BulkKind::RemoveGroup => "group",
            BulkKind::AddPermission | BulkKind::RemovePermission => "permission",
            BulkKind::SetLevel => "level",
            BulkKind::Activate | BulkKind::Deactivate | BulkKind::Resend => "",
        };
        let given = [
            ("role", self.role.is_some()),
            ("group", self.group.is_some()),
            ("permission", self.permission.is_some()),
            ("level", self.level.is_some()),
        ];
        let mut errors: Vec<FieldError> = given
            .into_iter()
            .filter(|(name, is_given)| *is_given != (*name == needed))
            .map(|(name, is_given)| match is_given {
                true => FieldError::new(name, "not_allowed", "This does not belong to the act.".to_owned()),
                false => FieldError::new(name, "required", "The act needs this.".to_owned()),
            })
            .collect();
        match self.valid_until {
            Some(_) if !self.kind.may_end() => {
                errors.push(FieldError::new("valid_until", "not_allowed", "Only what is added has an end.".to_owned()))
            }
            Some(until) if until <= at => {
                errors.push(FieldError::new("valid_until", "past", "Choose a time to come.".to_owned()))
            }
            _ => {}
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_names_each_account_once_and_ten_thousand_at_most() {
        let request = |numbers: Vec<u128>| BulkRequest {
            ids: numbers.into_iter().map(AccountId::from_u128).collect(),
            versions: Vec::new(),
            action: BulkAction::plain(BulkKind::Activate),
            dry_run: false,
        };
        let found = |numbers: Vec<u128>| {
            let faults = request(numbers).faults(Timestamp::from_millis(0));
            faults.into_iter().map(|error| (error.index, error.code.into_owned())).collect::<Vec<_>>()
        };
        assert_eq!(found((0..10_000).collect()), []);
        assert_eq!(found((0..10_001).collect()), [(None, "too_many".to_owned())]);
        assert_eq!(found(Vec::new()), [(None, "required".to_owned())]);
        assert_eq!(found(vec![1, 2, 1]), [(Some(2), "duplicate".to_owned())]);
        let seen = |versions| BulkRequest { versions, ..request(vec![1, 2]) }.faults(Timestamp::from_millis(0)).len();
        assert_eq!([vec![], vec![Some(1), None], vec![None], vec![None; 3]].map(seen), [0, 0, 1, 1]);
    }

    #[test]
    fn act_names_what_it_needs_and_nothing_else() {
        let at = Timestamp::from_millis(10);
        let fields = |action: &BulkAction| action.faults(at).into_iter().map(|error| error.field).collect::<Vec<_>>();
        let role = || Some("alerts".to_owned());
        let add = BulkAction { role: role(), ..BulkAction::plain(BulkKind::AddRole) };
        assert_eq!(fields(&add), Vec::<String>::new());
        assert_eq!(fields(&BulkAction { valid_until: Some(at), ..add.clone() }), ["valid_until"]);
        assert_eq!(fields(&BulkAction { valid_until: Some(at.plus(1)), ..add }), Vec::<String>::new());
        assert_eq!(fields(&BulkAction::plain(BulkKind::AddRole)), ["role"]);
        assert_eq!(fields(&BulkAction { role: role(), ..BulkAction::plain(BulkKind::SetLevel) }), ["role", "level"]);
        assert_eq!(
            fields(&BulkAction { valid_until: Some(at.plus(1)), ..BulkAction::plain(BulkKind::Activate) }),
            ["valid_until"]
        );
    }

    #[test]
    fn summary_counts_each_outcome_and_each_reason() {
        let result = |number, outcome, code| BulkResult { account_id: AccountId::from_u128(number), outcome, code };
        let words = |results: &[BulkResult], kind| BulkSummary::of(results).words(kind);
        let mixed = [
            result(1, BulkOutcome::Ok, None),
            result(2, BulkOutcome::Unchanged, None),
            result(3, BulkOutcome::Error, Some(Code::Escalation)),
            result(4, BulkOutcome::Error, Some(Code::LastOwner)),
            result(5, BulkOutcome::Error, Some(Code::Forbidden)),
        ];
        assert_eq!(
            words(&mixed, BulkKind::AddRole),
            "1 changed, 1 already had it, 2 not allowed: it is beyond your own rights, 1 the last Owner stays"
        );
        let everyone: Vec<_> = (0..1_200).map(|number| result(number, BulkOutcome::Ok, None)).collect();
        assert_eq!(words(&everyone, BulkKind::SetLevel), "1,200 changed");
        assert_eq!(words(&[result(1, BulkOutcome::Unchanged, None)], BulkKind::RemoveGroup), "1 not in it");
        assert_eq!(words(&[], BulkKind::AddRole), "0 changed");
        assert_eq!(
            BulkSummary::of(&mixed).undone_words(),
            "Undone for 2 accounts; 2 not allowed: it is beyond your own rights, 1 the last Owner stays"
        );
        assert_eq!(BulkSummary::of(&mixed[..2]).undone_words(), "Undone");
    }
}
