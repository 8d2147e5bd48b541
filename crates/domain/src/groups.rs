//! Groups: sets of accounts that carry roles. Everyone is one of them, with a membership that is derived, never stored.

use serde::{Deserialize, Serialize};

use crate::accounts::AccountRef;
use crate::effective::RoleBook;
use crate::id::GroupId;
use crate::problem::FieldError;
use crate::roles::{OWNER_ROLE, RoleRef};
use crate::text::{Name, description_fault, is_description};
use crate::time::Timestamp;

/// What the group of all accounts is called. It cannot be renamed, left or deleted.
pub const EVERYONE: &str = "Everyone";
/// The most groups an organization has, teams included.
pub const GROUPS_MAX: usize = 10_000;
/// The most roles a group carries.
pub const ROLES_PER_GROUP_MAX: usize = 100;
/// The most groups one invitation names.
pub const GROUPS_PER_INVITE_MAX: usize = 50;

/// What a group is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum GroupKind {
    /// All accounts, users and services.
    Everyone,
    Group,
    /// A group with member roles and settings of its own.
    Team,
}

impl GroupKind {
    /// As the store and the wire write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Group => "group",
            Self::Team => "team",
        }
    }
}

/// A group by id and name, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupRef {
    pub id: GroupId,
    pub name: String,
}

/// A group as the API lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    pub description: String,
    pub kind: GroupKind,
    pub roles: Vec<RoleRef>,
    /// Accounts in it that are not deleted.
    pub members: u64,
    pub version: i64,
}

/// `POST groups`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// Unique in the organization without regard to case.
    pub name: Name,
    /// 500 characters at most; empty by default.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Description))]
    pub description: String,
}

/// `PATCH groups/{id}`: what is absent stays as it is. Of Everyone, only `roles` can be changed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GroupChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::openapi::Description>))]
    pub description: Option<String>,
    /// Keys of all roles that the group carries from now on. Neither levels nor Owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub roles: Option<Vec<String>>,
}

/// A member of a group, as `GET groups/{id}/members` lists them by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    pub account: AccountRef,
    /// End of the membership.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    pub added_at: Timestamp,
    /// The display name of whoever added it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_by: Option<String>,
}

/// `PUT groups/{id}/members/{account}`: makes a membership, or sets its end.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MembershipChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

impl NewGroup {
    /// Whether the description is within its limit, and plain text of one or several lines.
    #[must_use]
    pub fn is_description_within_limit(&self) -> bool {
        is_description(&self.description)
    }
}

impl GroupChange {
    /// What is wrong with the change under an organization's roles, each entry with its position.
    #[must_use]
    pub fn faults(&self, book: &RoleBook) -> Vec<FieldError> {
        let mut errors: Vec<FieldError> = self.description.as_deref().and_then(description_fault).into_iter().collect();
        let roles = self.roles.as_deref().unwrap_or_default();
        if roles.len() > ROLES_PER_GROUP_MAX {
            errors.push(FieldError::new("roles", "too_many", format!("{ROLES_PER_GROUP_MAX} at most.")));
        }
        for (index, key) in roles.iter().enumerate() {
            let fault = match book.role(key) {
                None => FieldError::new("roles", "unknown_role", "There is no such role.".to_owned()),
                Some(_) if key == OWNER_ROLE => {
                    FieldError::new("roles", "not_allowed", "People are made Owners one by one.".to_owned())
                }
                Some(role) if role.level_rank.is_some() => {
                    FieldError::new("roles", "not_allowed", "A level is given to each user, not to a group.".to_owned())
                }
                Some(_) => continue,
            };
            errors.push(fault.at(index));
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::Catalogue;
    use crate::roles::RoleDefinition;

    #[test]
    fn group_carries_neither_a_level_nor_owner() {
        let role = |key: &str, level_rank| RoleDefinition {
            key: key.to_owned(),
            name: key.to_owned(),
            description: String::new(),
            permissions: Vec::new(),
            level_rank,
        };
        let roles = vec![role(OWNER_ROLE, None), role("admin", Some(1)), role("alerts", None)];
        let book = RoleBook::new(roles, Vec::new(), Catalogue(Vec::new()));
        let keys = ["alerts", OWNER_ROLE, "admin", "nobody"].map(str::to_owned).to_vec();
        let change = GroupChange { roles: Some(keys), ..GroupChange::default() };
        let found: Vec<_> = change.faults(&book).into_iter().map(|error| (error.index, error.code)).collect();
        let expected =
            [(Some(1), "not_allowed".into()), (Some(2), "not_allowed".into()), (Some(3), "unknown_role".into())];
        assert_eq!(found, expected);
    }
}
