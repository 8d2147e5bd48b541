//! Changes of many accounts at once, kept for a day so that they can be undone.

pub mod store;
mod undo;

use domain::Code;
use domain::accounts::AccountState;
use domain::bulk::BulkAnswer;
use domain::effective::{GroupHolding, Holdings};
use domain::grants::{Grant, GrantWhat};
use domain::permissions::ConsolePermission;
use domain::{GroupId, RoleId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::http::carried::Carried;
use crate::http::route::{Needs, RIGHTS, Route};

/// What a change of many accounts needs, and so its undoing.
pub const CHANGES_MANY: &[ConsolePermission] =
    &[ConsolePermission::AccountsManage, ConsolePermission::ServiceAccountsManage, ConsolePermission::GroupsManage];

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::post(
            "/api/v1/operations/{id}/undo",
            Needs::AnyOf(CHANGES_MANY),
            "Undo a change of many accounts, within a day",
            undo::undo,
        )
        .refuses(RIGHTS)
        .refuses(&[Code::NotUndoable])
        .also("the permission of the change itself")
        .reads(Carried::IdempotencyKey)
        .gives::<BulkAnswer>(),
    ]
}

/// What an operation touches of each of its accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The grants of one role. Its id is kept beside its key: a role made later under the same key is another one.
    Role {
        key: String,
        id: RoleId,
    },
    /// The grants of one permission.
    Permission {
        key: String,
    },
    /// The membership of one group.
    Group {
        id: GroupId,
    },
    Level,
    Status,
}

/// A grant as the store has it, beside what is granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRow {
    pub valid_until: Option<Timestamp>,
    pub source: String,
    pub granted_by: Option<String>,
    pub granted_at: Timestamp,
}

/// A membership as the store has it, beside its group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipRow {
    pub valid_until: Option<Timestamp>,
    pub source: String,
    pub added_by: Option<String>,
    pub added_at: Timestamp,
}

/// A level that an operation touches too, by its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelState {
    pub key: Option<String>,
}

/// One account at one moment, as far as the subject goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Absent where the level is left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<LevelState>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<GrantRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership: Option<MembershipRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deactivated_at: Option<Timestamp>,
}

impl Subject {
    /// What is granted, where grants are touched.
    #[must_use]
    pub fn granted(&self) -> Option<GrantWhat> {
        match self {
            Self::Role { key, .. } => Some(GrantWhat::Role(key.clone())),
            Self::Permission { key } => Some(GrantWhat::Permission(key.clone())),
            Self::Group { .. } | Self::Level | Self::Status => None,
        }
    }

    /// What an account holds once it is as it was at a moment. `group` is that of the subject, with its roles.
    #[must_use]
    pub fn restored(&self, now: &Holdings, moment: &Moment, group: Option<&GroupHolding>, at: Timestamp) -> Holdings {
        let is_on = |until: &Option<Timestamp>| until.is_none_or(|until| until > at);
        let mut holdings = now.clone();
        if let Some(level) = &moment.level {
            holdings.level.clone_from(&level.key);
        }
        if let Some(what) = self.granted() {
            holdings.grants.retain(|grant| grant.what != what);
            let ends = moment.grants.iter().map(|grant| grant.valid_until).filter(is_on);
            holdings.grants.extend(ends.map(|valid_until| Grant { what: what.clone(), valid_until }));
        }
        if let (Self::Group { id }, Some(group)) = (self, group) {
            holdings.groups.retain(|holding| holding.group.id != *id);
            let ends = moment.membership.iter().map(|membership| membership.valid_until).filter(is_on);
            holdings.groups.extend(ends.map(|valid_until| GroupHolding { valid_until, ..group.clone() }));
        }
        if *self == Self::Status {
            holdings.state = AccountState { deactivated_at: moment.deactivated_at, ..holdings.state };
        }
        holdings
    }
}
