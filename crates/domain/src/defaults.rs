//! New-account defaults: what each user account gets when it is created. Not retroactive, and never for service accounts (I10).

use serde::{Deserialize, Serialize};

use crate::effective::RoleBook;
use crate::groups::GroupRef;
use crate::id::GroupId;
use crate::problem::FieldError;

/// Groups among the defaults, at the most.
pub const DEFAULT_GROUPS_MAX: usize = 50;
/// Permissions among the defaults, at the most.
pub const DEFAULT_PERMISSIONS_MAX: usize = 100;

/// `PUT organization/defaults`: all that new user accounts get from now on. Everyone is never among the groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub groups: Vec<GroupId>,
    /// Keys of the catalogue.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub permissions: Vec<String>,
    /// Key of a level; the profile's own default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

/// The answer to `GET organization/defaults` and to `PUT`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DefaultsView {
    pub groups: Vec<GroupRef>,
    pub permissions: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Of the organization, for `If-Match`.
    pub version: i64,
}

impl Defaults {
    /// What is wrong with them under an organization's roles and catalogue, each entry with its position. Whether the
    /// groups are there is for the store to say.
    #[must_use]
    pub fn faults(&self, book: &RoleBook) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let limits = [
            ("groups", self.groups.len(), DEFAULT_GROUPS_MAX),
            ("permissions", self.permissions.len(), DEFAULT_PERMISSIONS_MAX),
        ];
        for (field, count, most) in limits {
            if count > most {
                errors.push(FieldError::new(field, "too_many", format!("{most} at most.")));
            }
        }
        let unknown = |key: &str| book.catalogue().find(key).is_none();
        for (index, _) in self.permissions.iter().enumerate().filter(|(_, key)| unknown(key)) {
            let fault = FieldError::new("permissions", "unknown_permission", "There is no such permission.".to_owned());
            errors.push(fault.at(index));
        }
        let is_level = |key: &str| book.role(key).is_some_and(|role| role.level_rank.is_some());
        if self.level.as_deref().is_some_and(|key| !is_level(key)) {
            errors.push(FieldError::new("level", "unknown_level", "Choose one of the levels.".to_owned()));
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::{Catalogue, ConsolePermission};

    #[test]
    fn faults_name_field_and_position() {
        let book = RoleBook::new(Vec::new(), Vec::new(), Catalogue(vec![ConsolePermission::UsageView.entry()]));
        let permissions = vec!["usage.view".to_owned(), "*".to_owned()];
        let defaults = Defaults { groups: Vec::new(), permissions, level: Some("admin".to_owned()) };
        let found: Vec<_> = defaults.faults(&book).into_iter().map(|error| (error.field, error.index)).collect();
        assert_eq!(found, [("permissions".to_owned(), Some(1)), ("level".to_owned(), None)]);
    }
}
