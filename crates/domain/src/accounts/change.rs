//! What is asked of one account: to be changed, switched or deleted. Roles, groups and permissions change by the bulk acts.

use serde::{Deserialize, Deserializer, Serialize};

use super::AccountKind;
use crate::problem::FieldError;
use crate::service_accounts::OwnerChoice;
use crate::text::{Name, description_fault};
use crate::time::Timestamp;

/// `PATCH accounts/{id}`: what is absent stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<Name>,
    /// Key of a privilege level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusChange>,
    /// End of the whole account's access, later than now; null for none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Timestamp>))]
    pub valid_until: Option<Option<Timestamp>>,
    /// Of a service account; 500 characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::openapi::Description>))]
    pub description: Option<String>,
    /// Of a service account; `{}` for nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnerChoice>,
}

/// Reads a field that is there, be it null.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Timestamp>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl AccountChange {
    /// What is wrong with it for an account of a kind, at a time.
    #[must_use]
    pub fn faults(&self, kind: AccountKind, at: Timestamp) -> Vec<FieldError> {
        let of_services = [("description", self.description.is_some()), ("owner", self.owner.is_some())];
        let misplaced = of_services.into_iter().filter(|(_, is_given)| *is_given && kind == AccountKind::User);
        let message = || "Only service accounts have this.".to_owned();
        let misplaced = misplaced.map(|(field, _)| FieldError::new(field, "not_allowed", message()));
        let is_over = self.valid_until.flatten().is_some_and(|until| until <= at);
        let over = is_over.then(|| FieldError::new("valid_until", "past", "Choose a time to come.".to_owned()));
        misplaced.chain(over).chain(self.description.as_deref().and_then(description_fault)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn end_stays_goes_or_is_set_and_lies_ahead() {
        let at = Timestamp::from_millis(1_000);
        let soon = Timestamp::from_millis(1_001);
        let cases = [
            ("{}".to_owned(), None, 0),
            (r#"{"valid_until":null}"#.to_owned(), Some(None), 0),
            ([r#"{"valid_until":""#, &soon.to_string(), r#""}"#].concat(), Some(Some(soon)), 0),
            ([r#"{"valid_until":""#, &at.to_string(), r#""}"#].concat(), Some(Some(at)), 1),
        ];
        for (text, end, faults) in cases {
            let change: AccountChange = serde_json::from_str(&text).unwrap();
            assert_eq!((change.valid_until, change.faults(AccountKind::User, at).len()), (end, faults), "{text}");
            assert_eq!(serde_json::to_string(&change).unwrap(), text);
        }
    }
}
