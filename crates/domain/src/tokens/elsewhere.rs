//! What other programs read of a token: RFC 6750 challenges and RFC 7662 introspection.

use serde::{Deserialize, Serialize};

use super::TokenFault;
use crate::accounts::AccountKind;

/// Names the person on whose behalf a service token acts: an account id, an e-mail address or a user name (F103).
pub const ON_BEHALF_HEADER: &str = "x-roster-on-behalf-of";

/// The `WWW-Authenticate` of an answer to a request with a token that does not work (RFC 6750, section 3).
#[must_use]
pub fn bearer_challenge(fault: TokenFault) -> String {
    ["Bearer realm=\"roster\", error=\"invalid_token\", error_description=\"", fault.words(), "\""].concat()
}

/// The answer to `POST introspect` (RFC 7662). Of a token that does not work, `active` is all there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Introspection {
    pub active: bool,
    /// Keys of everything the token may do, with blanks between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Id of the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// Id of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// Handle of the account: `sa::ci`, or an e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_kind: Option<AccountKind>,
    /// `Bearer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// Roster's public address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Seconds since 1970, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Seconds since 1970, UTC; absent where it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
}
