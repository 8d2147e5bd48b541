//! Whether a token works, why not, and what is worth knowing of one that does.

use core::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{EXPIRING_WITHIN_MS, Network, Token, UNUSED_AFTER_MS};
use crate::time::Timestamp;

/// The stored facts from which it follows whether a token works.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenState {
    pub revoked_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    /// From anywhere when empty.
    pub networks: Vec<Network>,
}

/// Why a token does not work. It is told to whoever shows the token, and nothing more is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// Cut, mistyped, or something else.
    Malformed,
    /// Nobody has it.
    Unknown,
    Revoked,
    Expired,
    /// Its account is deactivated, expired or deleted.
    AccountNotActive,
    /// Shown from an address outside of its ranges.
    Elsewhere,
    /// It names a person on whose behalf it may not act, or who is not there or not active.
    OnBehalf,
}

impl TokenFault {
    /// For people, and for `error_description` (RFC 6750): ASCII without quotes and backslashes.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Malformed => "The token is malformed.",
            Self::Unknown => "The token is not known.",
            Self::Revoked => "The token was revoked.",
            Self::Expired => "The token has expired.",
            Self::AccountNotActive => "The account of the token is not active.",
            Self::Elsewhere => "The token may not be used from this address.",
            Self::OnBehalf => "The token may not act on behalf of that person.",
        }
    }
}

impl TokenState {
    /// Why the token does not work at a moment, shown from an address; none where it does. From where it is shown may not be
    /// known: then its ranges say nothing.
    #[must_use]
    pub fn fault(&self, from: Option<IpAddr>, at: Timestamp) -> Option<TokenFault> {
        let is_within = |from| self.networks.is_empty() || self.networks.iter().any(|network| network.contains(from));
        if self.revoked_at.is_some() {
            Some(TokenFault::Revoked)
        } else if self.expires_at.is_some_and(|end| end <= at) {
            Some(TokenFault::Expired)
        } else if !from.is_none_or(is_within) {
            Some(TokenFault::Elsewhere)
        } else {
            None
        }
    }
}

/// What is worth knowing of a token that works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TokenNote {
    NeverUsed,
    /// Neither used nor made within the last 90 days.
    Unused,
    NoExpiry,
    /// It ends within 30 days.
    Expiring,
    /// It was used, but not for all that it may: it has no scopes, or scopes that it was never used for.
    Wide,
}

impl TokenNote {
    pub const ALL: [Self; 5] = [Self::NeverUsed, Self::Unused, Self::NoExpiry, Self::Expiring, Self::Wide];

    /// As the wire and the address write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeverUsed => "never_used",
            Self::Unused => "unused",
            Self::NoExpiry => "no_expiry",
            Self::Expiring => "expiring",
            Self::Wide => "wide",
        }
    }

    /// What people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::NeverUsed => "Never used",
            Self::Unused => "Unused for 90 days",
            Self::NoExpiry => "No expiry",
            Self::Expiring => "Expiring in 30 days",
            Self::Wide => "Wider than it uses",
        }
    }
}

impl Token {
    /// Whether it works at a moment, as far as it itself is concerned: its account may not be active.
    #[must_use]
    pub fn works(&self, at: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > at)
    }

    /// What is worth knowing of it at a moment; nothing of one that has ended. The list's filters say the same in SQL.
    #[must_use]
    pub fn notes(&self, at: Timestamp) -> Vec<TokenNote> {
        let holds = |note: &TokenNote| match note {
            TokenNote::NeverUsed => self.last_used_at.is_none(),
            TokenNote::Unused => self.last_used_at.unwrap_or(self.created_at) <= at.plus(-UNUSED_AFTER_MS),
            TokenNote::NoExpiry => self.expires_at.is_none(),
            TokenNote::Expiring => self.expires_at.is_some_and(|end| end <= at.plus(EXPIRING_WITHIN_MS)),
            TokenNote::Wide => self.last_used_at.is_some() && self.is_wider_than_used(),
        };
        if self.works(at) { TokenNote::ALL.into_iter().filter(holds).collect() } else { Vec::new() }
    }

    fn is_wider_than_used(&self) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|scope| !self.used.contains(scope)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{AccountKind, AccountRef};
    use crate::id::{AccountId, TokenId};
    use crate::time::DAY_MS;

    const NOW: Timestamp = Timestamp::from_millis(1_000 * DAY_MS);

    fn token() -> Token {
        Token {
            id: TokenId::from_u128(1),
            account: AccountRef {
                id: AccountId::from_u128(1),
                kind: AccountKind::Service,
                name: "Ingest".to_owned(),
                handle: "sa::ingest".to_owned(),
            },
            account_is_out: false,
            name: "proxy".to_owned(),
            hint: "rsts_abcd".to_owned(),
            scopes: None,
            networks: Vec::new(),
            on_behalf: false,
            created_at: NOW,
            created_by: None,
            expires_at: None,
            last_used_at: None,
            last_used_ip: None,
            last_used_agent: None,
            last_used_for: None,
            used: Vec::new(),
            revoked_at: None,
            revoked_by: None,
            revoke_reason: String::new(),
            replaced_by: None,
            version: 1,
        }
    }

    #[test]
    fn first_reason_against_a_token_is_named() {
        let here: IpAddr = "192.0.2.1".parse().unwrap();
        let state = |revoked: Option<i64>, expires: Option<i64>, network: &str| TokenState {
            revoked_at: revoked.map(Timestamp::from_millis),
            expires_at: expires.map(|after| NOW.plus(after)),
            networks: Network::parse(network).into_iter().collect(),
        };
        for (state, fault) in [
            (state(None, None, ""), None),
            (state(None, Some(1), "192.0.2.0/24"), None),
            (state(None, Some(0), ""), Some(TokenFault::Expired)),
            (state(Some(1), Some(0), ""), Some(TokenFault::Revoked)),
            (state(None, None, "10.0.0.0/8"), Some(TokenFault::Elsewhere)),
        ] {
            assert_eq!(state.fault(Some(here), NOW), fault, "{state:?}");
        }
    }

    #[test]
    fn words_of_faults_fit_into_a_header() {
        use TokenFault::{AccountNotActive, Elsewhere, Expired, Malformed, OnBehalf, Revoked, Unknown};
        for fault in [Malformed, Unknown, Revoked, Expired, AccountNotActive, Elsewhere, OnBehalf] {
            let is_plain = |byte: u8| matches!(byte, 0x20..=0x7e) && !matches!(byte, b'"' | b'\\');
            assert!(fault.words().bytes().all(is_plain), "{fault:?}");
        }
    }

    #[test]
    fn notes_follow_from_use_and_end() {
        use TokenNote::{Expiring, NeverUsed, NoExpiry, Unused, Wide};
        let scoped = |scopes: &[&str], used: &[&str]| Token {
            scopes: Some(scopes.iter().map(|key| (*key).to_owned()).collect()),
            used: used.iter().map(|key| (*key).to_owned()).collect(),
            last_used_at: Some(NOW),
            expires_at: Some(NOW.plus(EXPIRING_WITHIN_MS + 1)),
            ..token()
        };
        let old = NOW.plus(-UNUSED_AFTER_MS);
        for (token, notes) in [
            (token(), vec![NeverUsed, NoExpiry]),
            (Token { created_at: old, ..token() }, vec![NeverUsed, Unused, NoExpiry]),
            (Token { created_at: old, last_used_at: Some(old.plus(1)), ..token() }, vec![NoExpiry, Wide]),
            (Token { expires_at: Some(NOW.plus(EXPIRING_WITHIN_MS)), ..token() }, vec![NeverUsed, Expiring]),
            (scoped(&["alerts"], &["alerts", "data"]), vec![]),
            (scoped(&["alerts", "data"], &["alerts"]), vec![Wide]),
            (Token { revoked_at: Some(NOW), ..token() }, vec![]),
            (Token { expires_at: Some(NOW), ..token() }, vec![]),
        ] {
            assert_eq!(token.notes(NOW), notes, "{token:?}");
        }
    }
}
