//! Previews: who gains and who loses what by a change, before it is made.

use serde::{Deserialize, Serialize};

use crate::accounts::AccountRef;
use crate::bulk::BulkRequest;
use crate::defaults::Defaults;
use crate::groups::GroupChange;
use crate::id::{AccountId, GroupId, RoleId};
use crate::roles::{RoleChange, RoleRemoval};
use crate::time::Timestamp;

/// Header of an apply that carries the `basis` of the preview seen. If the rights of the organization have changed
/// since, the answer is 412 and nothing is changed.
pub const BASIS_HEADER: &str = "roster-basis";
/// Accounts named as examples of each gain and loss, at the most.
pub const PREVIEW_EXAMPLES_MAX: usize = 5;

/// Members added to and removed from a group.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MembersChange {
    /// 10,000 at most together with `remove`.
    #[serde(default)]
    pub add: Vec<AccountId>,
    #[serde(default)]
    pub remove: Vec<AccountId>,
    /// End of the memberships added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub valid_until: Option<Timestamp>,
}

/// `POST previews`: exactly one of the changes, each as the request that would make it. The permission needed is that of the change.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// The role that `role_change` or `role_removal` is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_change: Option<RoleChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_removal: Option<RoleRemoval>,
    /// The group that `group_change`, `members` or `group_removal` is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_change: Option<GroupChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<MembersChange>,
    /// True previews the deletion of the group.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub group_removal: bool,
    /// As `POST accounts/bulk`; a level is changed by a bulk of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<BulkRequest>,
    /// What a new account will get, beside what it gets now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaults: Option<Defaults>,
}

/// A permission that accounts gain or lose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    pub permission: String,
    pub label: String,
    pub users: u64,
    pub services: u64,
    /// By name, 5 at most.
    pub examples: Vec<AccountRef>,
}

/// The answer to `POST previews`. Only accounts that are active now count; those that would gain once they are, do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// For the header `Roster-Basis` of the request that makes the change.
    pub basis: String,
    /// In the order of the catalogue.
    pub gains: Vec<Difference>,
    /// In the order of the catalogue.
    pub losses: Vec<Difference>,
    /// Accounts that gain or lose anything.
    pub users: u64,
    pub services: u64,
    /// Accounts that lose their last permission beside the baseline.
    pub left_with_nothing: u64,
    /// For defaults: permissions that new accounts gain and lose; those of today stay as they are.
    #[serde(default)]
    pub is_for_new_accounts: bool,
}
