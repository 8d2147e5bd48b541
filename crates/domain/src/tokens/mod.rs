//! API tokens: what a program shows instead of a password. Several to an account, each with its own end and its own limits.

mod elsewhere;
mod heirs;
mod network;
mod policy;
mod requests;
mod state;

use serde::{Deserialize, Serialize};

use crate::accounts::AccountRef;
use crate::id::TokenId;
use crate::time::{DAY_MS, Timestamp};

pub use elsewhere::{Introspection, ON_BEHALF_HEADER, bearer_challenge};
pub use heirs::{Beyond, are_ranges_within, beyond_scopes};
pub use network::{Network, NetworkError};
pub use policy::{TTL_DAYS_DEFAULT, TTL_DAYS_MAX, TokenPolicy, TokenPolicyChange};
pub use requests::{
    BulkRevoke, MintedToken, NewToken, REVOKE_AT_ONCE_MAX, RevokeToken, RotateToken, RotatedToken, SecretText,
    TokenChange, TokenLookup, TokenRevocation, TokenRevokeResult, TokenRevokeSummary, unknown_scopes,
};
pub use state::{TokenFault, TokenNote, TokenState};

/// The most tokens of one account that work at the same time.
pub const TOKENS_PER_ACCOUNT_MAX: usize = 1_000;
/// The most permissions a token's scopes name.
pub const SCOPES_MAX: usize = 100;
/// The most address ranges a token is limited to.
pub const NETWORKS_MAX: usize = 20;
/// A token that nobody used for so long is called unused.
pub const UNUSED_AFTER_MS: i64 = 90 * DAY_MS;
/// A token that ends within so long is called expiring.
pub const EXPIRING_WITHIN_MS: i64 = 30 * DAY_MS;
/// Ended tokens are listed for so long.
pub const ENDED_TOKENS_LISTED_MS: i64 = 90 * DAY_MS;
/// Hours that a token works on beside its successor, by default.
pub const OVERLAP_HOURS_DEFAULT: u32 = 24;
/// The most hours that a token works on beside its successor: 30 days.
pub const OVERLAP_HOURS_MAX: u32 = 720;
/// Characters of a reason for revoking, at the most.
pub const REASON_CHARS_MAX: usize = 200;

/// A token as the API gives it: never its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    pub id: TokenId,
    /// Whose it is.
    pub account: AccountRef,
    /// Whether that account is deactivated or deleted: until it is active again, the token is refused.
    #[serde(default)]
    pub account_is_out: bool,
    pub name: String,
    /// The beginning of the secret, to recognise it by.
    pub hint: String,
    /// Keys of the permissions it is limited to; all of the account's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// Address ranges it may be used from, as `10.0.0.0/8`; from anywhere when empty.
    #[serde(default)]
    pub networks: Vec<Network>,
    /// Whether it may name a person on whose behalf it acts (F103).
    #[serde(default)]
    pub on_behalf: bool,
    pub created_at: Timestamp,
    /// The display name of whoever made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Noted once a minute at the most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// Of the last use that Roster itself saw: from where a product was shown the token that asked about it, is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_ip: Option<String>,
    /// What the program called itself then (`User-Agent`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_agent: Option<String>,
    /// The person it acted for last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_for: Option<AccountRef>,
    /// Keys of the permissions it was used for, in their order.
    #[serde(default)]
    pub used: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// The display name of whoever revoked it; absent where whoever held the secret did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub revoke_reason: String,
    /// Its successor, while it works beside it and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<TokenId>,
    /// For `If-Match`.
    pub version: i64,
}

/// Which tokens a list is narrowed to (F102).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TokenFilter {
    /// All that work.
    #[default]
    Working,
    Noted(TokenNote),
    /// Expired or revoked within the last 90 days.
    Ended,
}

impl TokenFilter {
    /// In the order shown.
    pub const ALL: [Self; 7] = [
        Self::Working,
        Self::Noted(TokenNote::NeverUsed),
        Self::Noted(TokenNote::Unused),
        Self::Noted(TokenNote::NoExpiry),
        Self::Noted(TokenNote::Expiring),
        Self::Noted(TokenNote::Wide),
        Self::Ended,
    ];

    /// As the wire and the address write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Noted(note) => note.as_str(),
            Self::Ended => "ended",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.as_str() == text)
    }

    /// What people read: "Never used".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Working => "Working",
            Self::Noted(note) => note.label(),
            Self::Ended => "Ended",
        }
    }
}

/// How many tokens there are of each kind that a list can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenCounts {
    pub working: u64,
    pub never_used: u64,
    pub unused: u64,
    pub no_expiry: u64,
    pub expiring: u64,
    pub wide: u64,
    pub ended: u64,
}

impl TokenCounts {
    #[must_use]
    pub const fn of(&self, filter: TokenFilter) -> u64 {
        match filter {
            TokenFilter::Working => self.working,
            TokenFilter::Noted(TokenNote::NeverUsed) => self.never_used,
            TokenFilter::Noted(TokenNote::Unused) => self.unused,
            TokenFilter::Noted(TokenNote::NoExpiry) => self.no_expiry,
            TokenFilter::Noted(TokenNote::Expiring) => self.expiring,
            TokenFilter::Noted(TokenNote::Wide) => self.wide,
            TokenFilter::Ended => self.ended,
        }
    }
}

/// A page of tokens, newest first, with the counts where they were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenPage {
    pub items: Vec<Token>,
    /// Asks for the next page; absent on the last one. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many tokens fit the filters, on all pages together.
    pub total: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<TokenCounts>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_reads_what_it_writes() {
        for filter in TokenFilter::ALL {
            assert_eq!(TokenFilter::parse(filter.as_str()), Some(filter));
        }
        assert_eq!(TokenFilter::parse("all"), None);
    }
}
