//! What is asked about tokens, and what comes back; secrets hide themselves from every log.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{NETWORKS_MAX, Network, OVERLAP_HOURS_MAX, REASON_CHARS_MAX, SCOPES_MAX, Token, TokenPolicy};
use crate::id::TokenId;
use crate::permissions::{Catalogue, is_key};
use crate::problem::{Code, FieldError, FieldErrors};
use crate::text::{Name, is_plain, secret_fault};
use crate::time::Timestamp;

/// The most tokens revoked by one request.
pub const REVOKE_AT_ONCE_MAX: usize = 10_000;

/// The text of a secret on its one way: `Debug` hides it, and only the wire type that carries it writes it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(..)")
    }
}

/// `POST accounts/{id}/tokens` and `POST me/tokens`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    pub name: Name,
    /// It works for ever when absent, where the organization lets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Keys of permissions that the account holds, 1 to 100; all of the account's, also those to come, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    pub scopes: Option<Vec<String>>,
    /// 20 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub networks: Vec<Network>,
    /// Whether it may act on behalf of people; of a service account only.
    #[serde(default)]
    pub on_behalf: bool,
}

impl NewToken {
    /// Everything wrong that can be known without the account.
    #[must_use]
    pub fn faults(&self, policy: &TokenPolicy, at: Timestamp) -> Vec<FieldError> {
        let mut errors = FieldErrors::default();
        policy.expiry_fault(self.expires_at, at).into_iter().for_each(|fault| errors.push(fault));
        scope_faults(self.scopes.as_deref(), &mut errors);
        network_faults(&self.networks, &mut errors);
        errors.into_vec()
    }
}

fn scope_faults(scopes: Option<&[String]>, errors: &mut FieldErrors) {
    let Some(scopes) = scopes else { return };
    if scopes.is_empty() {
        errors.push(FieldError::new("scopes", "required", "Choose one permission or more, or no limit.".to_owned()));
    }
    if scopes.len() > SCOPES_MAX {
        errors.push(FieldError::new("scopes", "too_many", format!("Choose {SCOPES_MAX} permissions at most.")));
    }
    let mut seen = BTreeSet::new();
    for (index, scope) in scopes.iter().enumerate() {
        if !is_key(scope) || !seen.insert(scope) {
            let message = "Name a permission by its key, and each once.".to_owned();
            errors.push(FieldError::new("scopes", "invalid", message).at(index));
        }
    }
}

fn network_faults(networks: &[Network], errors: &mut FieldErrors) {
    if networks.len() > NETWORKS_MAX {
        errors.push(FieldError::new("networks", "too_many", format!("Name {NETWORKS_MAX} ranges at most.")));
    }
}

/// The positions of scopes that the catalogue does not have.
#[must_use]
pub fn unknown_scopes(scopes: &[String], catalogue: &Catalogue) -> Vec<FieldError> {
    let unknown = scopes.iter().enumerate().filter(|(_, scope)| catalogue.find(scope).is_none());
    let fault = || FieldError::new("scopes", "unknown_permission", "There is no such permission.".to_owned());
    unknown.map(|(index, _)| fault().at(index)).collect()
}

/// A token just made, with its secret: the only answer that ever carries it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MintedToken {
    pub token: Token,
    /// Shown once; Roster keeps a hash.
    pub secret: SecretText,
}

/// `PATCH tokens/{id}`: what is absent stays. Scopes and ranges become narrower, never wider.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Some of the present scopes; of a token without, any that the account holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    pub scopes: Option<Vec<String>>,
}

impl TokenChange {
    /// What is wrong with it for a token.
    #[must_use]
    pub fn faults(&self, token: &Token) -> Vec<FieldError> {
        let mut errors = FieldErrors::default();
        scope_faults(self.scopes.as_deref(), &mut errors);
        if let (Some(present), Some(scopes)) = (&token.scopes, &self.scopes) {
            for (index, _) in scopes.iter().enumerate().filter(|(_, scope)| !present.contains(scope)) {
                let message = "A token is narrowed, never widened. Make a new one.".to_owned();
                errors.push(FieldError::new("scopes", "widening", message).at(index));
            }
        }
        errors.into_vec()
    }
}

/// `POST tokens/{id}/rotate`: makes the successor, with the limits of the one before.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RotateToken {
    /// Hours that the old one works on, 0 to 720; 24 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(maximum = 720))]
    pub overlap_hours: Option<u32>,
    /// End of the successor. When absent, it lives as long as the old one was made to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl RotateToken {
    /// The end of the successor of a token, made at a moment.
    #[must_use]
    pub fn end(&self, before: &Token, at: Timestamp) -> Option<Timestamp> {
        self.expires_at.or_else(|| before.expires_at.map(|end| at.plus(end.since(before.created_at))))
    }

    /// What is wrong with it, for a successor that ends when `end` says.
    #[must_use]
    pub fn faults(&self, policy: &TokenPolicy, end: Option<Timestamp>, at: Timestamp) -> Vec<FieldError> {
        let mut errors = FieldErrors::default();
        if self.overlap_hours.is_some_and(|hours| hours > OVERLAP_HOURS_MAX) {
            let message = format!("Enter a number from 0 to {OVERLAP_HOURS_MAX}.");
            errors.push(FieldError::new("overlap_hours", "out_of_range", message));
        }
        policy.expiry_fault(end, at).into_iter().for_each(|fault| errors.push(fault));
        errors.into_vec()
    }
}

/// The answer to `POST tokens/{id}/rotate`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RotatedToken {
    /// The successor, with its secret.
    pub minted: MintedToken,
    /// The old one, with its new end.
    pub before: Token,
}

/// `DELETE tokens/{id}`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RevokeToken {
    /// Why, for those who look later; 200 characters at most.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Reason))]
    pub reason: String,
    /// The token itself: whoever has it may end it, whatever else they may do (RFC 7009).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretText>,
}

/// What is wrong with a reason; none where it may stand.
#[must_use]
fn reason_fault(reason: &str) -> Option<FieldError> {
    let is_good = reason.chars().count() <= REASON_CHARS_MAX && reason.chars().all(is_plain);
    let message = || format!("Use {REASON_CHARS_MAX} characters at most, and no control characters.");
    let too_long = (!is_good).then(|| FieldError::new("reason", "too_long", message()));
    too_long.or_else(|| secret_fault("reason", reason))
}

impl RevokeToken {
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        reason_fault(&self.reason).into_iter().collect()
    }
}

/// `POST tokens/revoke`: many at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkRevoke {
    /// 1 to 10,000, none twice.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 10_000))]
    pub ids: Vec<TokenId>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Reason))]
    pub reason: String,
    /// Says what would happen, and changes nothing.
    #[serde(default)]
    pub dry_run: bool,
}

impl BulkRevoke {
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut errors = FieldErrors::default();
        if !(1..=REVOKE_AT_ONCE_MAX).contains(&self.ids.len()) {
            let message = "Name 1 to 10,000 tokens.".to_owned();
            errors.push(FieldError::new("ids", "out_of_range", message));
        }
        let mut seen = BTreeSet::new();
        for (index, _) in self.ids.iter().enumerate().filter(|(_, id)| !seen.insert(**id)) {
            errors.push(FieldError::new("ids", "duplicate", "This token is named twice.".to_owned()).at(index));
        }
        reason_fault(&self.reason).into_iter().for_each(|fault| errors.push(fault));
        errors.into_vec()
    }
}

/// What became of one token, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRevokeResult {
    pub token_id: TokenId,
    /// `not_found` or `escalation`; absent where it is revoked now, or was ended before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
}

/// What revoking many tokens does, or would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRevokeSummary {
    /// Tokens that worked and are revoked.
    pub revoked: u64,
    /// Tokens that had ended before.
    pub ended_before: u64,
    /// Tokens left as they are: not there, or beyond the caller's rights.
    pub refused: u64,
    /// Of those revoked: used within the last seven days, so that something will stop working.
    pub in_use: u64,
    /// Accounts whose tokens they are.
    pub accounts: u64,
    /// Accounts that are left without any token that works.
    pub left_without: u64,
}

/// The answer to `POST tokens/revoke`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRevocation {
    pub summary: TokenRevokeSummary,
    pub results: Vec<TokenRevokeResult>,
}

/// `POST tokens/lookup`: a token found somewhere, to learn whose it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenLookup {
    /// As it was found, alone or within a line of a log or a file.
    pub secret: SecretText,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn new_token(scopes: Option<Vec<&str>>) -> NewToken {
        let scopes: Option<Vec<String>> = scopes.map(|keys| keys.into_iter().map(str::to_owned).collect());
        serde_json::from_value(serde_json::json!({ "name": "proxy", "scopes": scopes })).unwrap()
    }

    #[test]
    fn scopes_are_named_once_by_key_and_are_few() {
        let codes = |token: NewToken| {
            let faults = token.faults(&TokenPolicy::default(), NOW);
            faults.into_iter().map(|fault| (fault.index, fault.code.into_owned())).collect::<Vec<_>>()
        };
        assert_eq!(codes(new_token(None)), []);
        assert_eq!(codes(new_token(Some(vec!["alerts", "data.edit"]))), []);
        assert_eq!(codes(new_token(Some(vec![]))), [(None, "required".to_owned())]);
        assert_eq!(codes(new_token(Some(vec!["alerts", "alerts"]))), [(Some(1), "invalid".to_owned())]);
        assert_eq!(codes(new_token(Some(vec!["*"]))), [(Some(0), "invalid".to_owned())]);
        let many: Vec<String> = (0..=SCOPES_MAX).map(|number| format!("p{number}")).collect();
        let many = new_token(Some(many.iter().map(String::as_str).collect()));
        assert_eq!(codes(many), [(None, "too_many".to_owned())]);
    }

    #[test]
    fn revoking_names_each_token_once() {
        let revoke = |numbers: Vec<u128>| BulkRevoke {
            ids: numbers.into_iter().map(TokenId::from_u128).collect(),
            reason: String::new(),
            dry_run: false,
        };
        let fields = |request: BulkRevoke| {
            request.faults().into_iter().map(|fault| (fault.field, fault.index)).collect::<Vec<_>>()
        };
        assert_eq!(fields(revoke(vec![1, 2])), []);
        assert_eq!(fields(revoke(vec![])), [("ids".to_owned(), None)]);
        assert_eq!(fields(revoke(vec![1, 1])), [("ids".to_owned(), Some(1))]);
        let request = BulkRevoke { reason: "x".repeat(REASON_CHARS_MAX + 1), ..revoke(vec![1]) };
        assert_eq!(fields(request), [("reason".to_owned(), None)]);
    }

    #[test]
    fn secret_is_hidden_from_logs() {
        let lookup = TokenLookup { secret: SecretText::new("rsts_abc") };
        assert!(!format!("{lookup:?}").contains("rsts"));
    }
}
