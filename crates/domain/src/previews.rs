//! Previews: who gains and who loses what by a change, before it is made.

mod change;
mod lines;
mod refusals;

use serde::{Deserialize, Serialize};

pub use change::PreviewedChange;
pub use lines::{Course, PreviewLine};

use crate::accounts::AccountRef;
use crate::bulk::{BulkRequest, account_faults};
use crate::defaults::Defaults;
use crate::groups::GroupChange;
use crate::id::{AccountId, GroupId, RoleId};
use crate::problem::{Code, FieldError};
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
    #[cfg_attr(feature = "openapi", schema(max_items = 10_000))]
    pub add: Vec<AccountId>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 10_000))]
    pub remove: Vec<AccountId>,
    /// End of the memberships added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

impl MembersChange {
    /// What is wrong with it: too many accounts, one named twice, or an end that is over already.
    #[must_use]
    pub fn faults(&self, at: Timestamp) -> Vec<FieldError> {
        let all: Vec<AccountId> = self.add.iter().chain(&self.remove).copied().collect();
        let mut errors = account_faults("add", &all);
        for error in &mut errors {
            // Positions are counted through both lists.
            if let Some(index) = error.index.and_then(|index| index.checked_sub(self.add.len())) {
                (error.field, error.index) = ("remove".to_owned(), Some(index));
            }
        }
        if self.valid_until.is_some_and(|until| until <= at) {
            errors.push(FieldError::new("valid_until", "past", "Choose a time to come.".to_owned()));
        }
        errors
    }
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

/// A permission that accounts gain or lose, or hold for a shorter or a longer time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    pub permission: String,
    pub label: String,
    pub users: u64,
    pub services: u64,
    /// By name, 5 at most.
    pub examples: Vec<AccountRef>,
    /// When the first of them ceases to hold it; absent where it does not end. Told of changes of single accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Whether others of them hold it longer than `until`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends_vary: bool,
}

/// Accounts that a change would leave as they are, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refusal {
    /// As the result of the change would have it.
    pub code: Code,
    pub count: u64,
    /// By name, 5 at most.
    pub examples: Vec<AccountRef>,
}

/// What goes with a group beside the permissions that it gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupTies {
    /// Objects that it has access to.
    pub objects: u64,
    /// Those of them that nobody but Owners can modify without it.
    pub orphans: u64,
    /// Service accounts that it owns.
    pub services: u64,
    /// Whether new accounts join it.
    pub is_default: bool,
}

/// The answer to `POST previews`. Only accounts that are active count, or become so by the change; those that would gain
/// once they are, do not. Of a selection, the accounts that would be refused stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// For the header `Roster-Basis` of the request that makes the change.
    pub basis: String,
    /// In the order of the catalogue.
    pub gains: Vec<Difference>,
    /// In the order of the catalogue.
    pub losses: Vec<Difference>,
    /// Held from now on for a shorter time than before, in the order of the catalogue. Told of changes of single accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shortened: Vec<Difference>,
    /// Held from now on for a longer time than before, in the order of the catalogue. Told of changes of single accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extended: Vec<Difference>,
    /// Accounts that gain or lose anything at once.
    pub users: u64,
    pub services: u64,
    /// Accounts that lose their last permission beside the baseline.
    pub left_with_nothing: u64,
    /// How many of these are service accounts, which have no baseline.
    #[serde(default)]
    pub services_left_with_nothing: u64,
    /// Users whom a role moves to another level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrowed: Option<Narrowed>,
    /// Accounts that are concerned and not active: it holds for them once they are.
    #[serde(default)]
    pub waiting: Waiting,
    /// Whether a group is concerned that new accounts are put in.
    #[serde(default)]
    pub reaches_new_accounts: bool,
    /// Of a selection: accounts that would not stay as they are, also those whose permissions do.
    #[serde(default)]
    pub changed: u64,
    /// Of a selection: accounts that would be refused, by the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refusal>,
    /// Of the deletion of a group: what else goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupTies>,
    /// For defaults: permissions that new accounts gain and lose; those of today stay as they are.
    #[serde(default)]
    pub is_for_new_accounts: bool,
}

/// Users whom a role that is given to them moves to a level where such roles say what they change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Narrowed {
    /// What the level is called.
    pub level: String,
    pub users: u64,
}

/// Accounts that a change concerns and that hold nothing at present.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Waiting {
    /// Invited, and not signed up.
    pub invited: u64,
    /// Deactivated, or past the end of their access.
    pub out: u64,
    /// Invitations whose links would no longer open, for their accounts would gain access (I17).
    #[serde(default)]
    pub new_links: u64,
}

/// The number with its thousands set apart: `12,480`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
