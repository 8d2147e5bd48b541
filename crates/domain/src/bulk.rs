//! Bulk changes: one act on many accounts, with one result for each, previewed before and undone after.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, GroupId, OperationId};
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
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub valid_until: Option<Timestamp>,
}

/// `POST accounts/bulk`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// 1 to 10,000, none twice.
    pub ids: Vec<AccountId>,
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
        let may_end = matches!(self.kind, BulkKind::AddRole | BulkKind::AddGroup | BulkKind::AddPermission);
        match self.valid_until {
            Some(_) if !may_end => {
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
}
