//! What is asked of one account: to be changed, switched or deleted.

use serde::{Deserialize, Serialize};

use super::AccountKind;
use crate::problem::FieldError;
use crate::service_accounts::OwnerChoice;
use crate::text::{Name, description_fault};

/// `PATCH accounts/{id}`: what is absent stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub display_name: Option<Name>,
    /// Key of a privilege level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusChange>,
    /// Of a service account; 500 characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Of a service account; `{}` for nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnerChoice>,
}

impl AccountChange {
    /// What is wrong with it for an account of a kind.
    #[must_use]
    pub fn faults(&self, kind: AccountKind) -> Vec<FieldError> {
        let of_services = [("description", self.description.is_some()), ("owner", self.owner.is_some())];
        let misplaced = of_services.into_iter().filter(|(_, is_given)| *is_given && kind == AccountKind::User);
        let message = || "Only service accounts have this.".to_owned();
        let misplaced = misplaced.map(|(field, _)| FieldError::new(field, "not_allowed", message()));
        misplaced.chain(self.description.as_deref().and_then(description_fault)).collect()
    }
}

/// `DELETE accounts/{id}` of a service account: its id is typed again (F80, F125).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteAccount {
    /// The account's handle; blanks around it and upper case do not count.
    pub confirm: String,
}

impl DeleteAccount {
    /// Whether what was typed is the account's handle.
    #[must_use]
    pub fn fits(&self, handle: &str) -> bool {
        crate::text::fold(self.confirm.trim()) == handle
    }
}

/// What a status can be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum StatusChange {
    Active,
    Deactivated,
}
