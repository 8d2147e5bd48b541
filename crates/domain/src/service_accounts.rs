//! Service accounts: identities of machines. They have tokens and no password, and hold only what was given to them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::accounts::{Account, AccountRef};
use crate::groups::{GROUPS_PER_INVITE_MAX, GroupRef};
use crate::id::{AccountId, GroupId};
use crate::problem::{FieldError, FieldErrors};
use crate::secret;
use crate::text::{NO_SECRETS, Name, description_fault};
use crate::time::Timestamp;
use crate::tokens::{MintedToken, NewToken, TokenPolicy};

/// What every id of a service account begins with.
pub const SERVICE_PREFIX: &str = "sa::";
/// The longest id of a service account behind its prefix, in characters.
pub const SERVICE_ID_CHARS_MAX: usize = 63;
/// The most roles, and the most single permissions, given when a service account is created.
pub const GIFTS_PER_SERVICE_ACCOUNT_MAX: usize = 50;

/// Why a text is no id of a service account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceIdError {
    Empty,
    TooLong,
    /// It begins with something else than a letter or a digit.
    Beginning,
    /// A character that is not allowed.
    Character(char),
    /// It is, or was before it was put into lower case, an API token or another secret.
    Secret,
}

impl ServiceIdError {
    /// A stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong => "too_long",
            Self::Beginning | Self::Character(_) => "invalid_account_id",
            Self::Secret => "secret",
        }
    }
}

impl fmt::Display for ServiceIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Enter an id."),
            Self::TooLong => write!(f, "Use {SERVICE_ID_CHARS_MAX} characters at most after {SERVICE_PREFIX}"),
            Self::Secret => f.write_str(NO_SECRETS),
            Self::Beginning => f.write_str("Begin with a letter a to z or a digit."),
            Self::Character(' ') => f.write_str("Leave out spaces. Use a to z, 0 to 9, dot, hyphen and underscore."),
            Self::Character(character) => {
                write!(f, "\"{character}\" is not allowed. Use a to z, 0 to 9, dot, hyphen and underscore.")
            }
        }
    }
}

impl std::error::Error for ServiceIdError {}

/// The id of a service account (I2): an optional `sa::` is stripped, trimmed, lower-cased; then
/// `[a-z0-9][a-z0-9._-]{0,62}`. It is unique in its organization for ever, and never changes.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceAccountId(String);

impl ServiceAccountId {
    /// # Errors
    /// When the rule of the type is broken.
    pub fn parse(text: &str) -> Result<Self, ServiceIdError> {
        let text = text.trim();
        let is_prefixed =
            text.get(..SERVICE_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(SERVICE_PREFIX));
        let name = if is_prefixed { &text[SERVICE_PREFIX.len()..] } else { text };
        let name = name.trim().to_ascii_lowercase();
        let is_allowed = |character: char| matches!(character, 'a'..='z' | '0'..='9' | '.' | '_' | '-');
        match name.chars().find(|character| !is_allowed(*character)) {
            _ if name.is_empty() => Err(ServiceIdError::Empty),
            Some(character) => Err(ServiceIdError::Character(character)),
            None if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) => Err(ServiceIdError::Beginning),
            None if secret::has_shape(&name) => Err(ServiceIdError::Secret),
            None if name.len() > SERVICE_ID_CHARS_MAX => Err(ServiceIdError::TooLong),
            None => Ok(Self([SERVICE_PREFIX, &name].concat())),
        }
    }

    /// With its prefix: `sa::ingest-eu`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without its prefix: `ingest-eu`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0[SERVICE_PREFIX.len()..]
    }
}

impl TryFrom<String> for ServiceAccountId {
    type Error = ServiceIdError;

    fn try_from(text: String) -> Result<Self, ServiceIdError> {
        Self::parse(&text)
    }
}

impl From<ServiceAccountId> for String {
    fn from(id: ServiceAccountId) -> Self {
        id.0
    }
}

impl fmt::Display for ServiceAccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who answers for a service account: a person or a group, one of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountOwner {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupRef>,
}

impl AccountOwner {
    /// The name people read; empty where there is neither.
    #[must_use]
    pub fn name(&self) -> &str {
        let account = self.account.as_ref().map(|account| account.name.as_str());
        account.or(self.group.as_ref().map(|group| group.name.as_str())).unwrap_or_default()
    }
}

/// Names who answers for a service account; nobody where both are absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OwnerChoice {
    /// A user account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// A group other than Everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
}

/// `POST service-accounts` (F91, F92, F95, F96).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewServiceAccount {
    pub account_id: ServiceAccountId,
    /// The id without its prefix when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<Name>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Description))]
    pub description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnerChoice>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub groups: Vec<GroupId>,
    /// Keys of roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub roles: Vec<String>,
    /// Keys of single permissions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub permissions: Vec<String>,
    /// The first token; its secret comes with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<NewToken>,
}

impl NewServiceAccount {
    /// Everything wrong that can be known without the store. What is inside `token` is named `token.name` and so on.
    #[must_use]
    pub fn faults(&self, policy: &TokenPolicy, at: Timestamp) -> Vec<FieldError> {
        let mut errors = FieldErrors::default();
        if let Some(fault) = description_fault(&self.description) {
            errors.push(fault);
        }
        if self.owner.is_some_and(|owner| owner.account.is_some() && owner.group.is_some()) {
            errors.push(FieldError::new("owner", "not_allowed", "Name a person or a group, not both.".to_owned()));
        }
        let lists = [
            ("groups", self.groups.len(), GROUPS_PER_INVITE_MAX),
            ("roles", self.roles.len(), GIFTS_PER_SERVICE_ACCOUNT_MAX),
            ("permissions", self.permissions.len(), GIFTS_PER_SERVICE_ACCOUNT_MAX),
        ];
        for (field, count, most) in lists {
            if count > most {
                errors.push(FieldError::new(field, "too_many", format!("Choose {most} at most.")));
            }
        }
        let of_token = self.token.iter().flat_map(|token| token.faults(policy, at));
        of_token.for_each(|error| errors.push(FieldError { field: ["token.", &error.field].concat(), ..error }));
        errors.into_vec()
    }
}

/// The answer to `POST service-accounts`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedServiceAccount {
    pub account: Account,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<MintedToken>,
}

/// The answer to `GET service-accounts/availability`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Availability {
    /// As it would be stored.
    pub account_id: ServiceAccountId,
    /// Whether no account has it, and none that was deleted ever had.
    pub available: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn token_is_no_id_even_in_lower_case() {
        let token = secret::Secret::new(secret::SecretKind::ServiceToken, [3; 32]);
        for text in [token.reveal().to_owned(), ["sa::", token.reveal()].concat(), token.reveal().to_lowercase()] {
            assert_eq!(ServiceAccountId::parse(&text), Err(ServiceIdError::Secret), "{text}");
        }
        assert!(ServiceAccountId::parse("rsts_ingest").is_ok());
    }

    #[test]
    fn id_is_one_however_it_is_typed() {
        for text in ["SA::Ingest-EU", "ingest-eu", " sa::ingest-eu ", "Sa:: INGEST-eu"] {
            assert_eq!(ServiceAccountId::parse(text).unwrap().as_str(), "sa::ingest-eu", "{text}");
        }
        assert_eq!(ServiceAccountId::parse("0.a_b-c").unwrap().name(), "0.a_b-c");
    }

    #[test]
    fn id_outside_the_rule_is_refused_in_words() {
        let long = "a".repeat(SERVICE_ID_CHARS_MAX + 1);
        let cases = [
            ("", ServiceIdError::Empty),
            ("sa::", ServiceIdError::Empty),
            ("sa::-x", ServiceIdError::Beginning),
            (".x", ServiceIdError::Beginning),
            (long.as_str(), ServiceIdError::TooLong),
            ("two words", ServiceIdError::Character(' ')),
            ("sa::sa::x", ServiceIdError::Character(':')),
            ("прокси", ServiceIdError::Character('п')),
            // The Kelvin sign, which lower-cases to k where Unicode is asked.
            ("\u{212a}elvin", ServiceIdError::Character('\u{212a}')),
        ];
        for (text, error) in cases {
            assert_eq!(ServiceAccountId::parse(text), Err(error), "{text}");
            assert!(!error.to_string().is_empty());
        }
        assert!(ServiceAccountId::parse(&long[1..]).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_becomes_an_id_of_the_rule_or_none(text in "\\PC{0,80}") {
            if let Ok(id) = ServiceAccountId::parse(&text) {
                prop_assert_eq!(ServiceAccountId::parse(id.as_str()), Ok(id.clone()));
                prop_assert!((1..=SERVICE_ID_CHARS_MAX).contains(&id.name().len()));
            }
        }
    }
}
