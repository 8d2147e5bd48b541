//! The audit log: one row for each change, in the change's transaction, each carrying the hash of the one before.

pub mod chain;
pub mod store;

use domain::{AccountId, OrganizationId, Timestamp, TokenId};
use serde::Serialize;

use crate::caller::{Caller, Origin};

/// Who did it, from where.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Absent for somebody who is not signed in, and for the server itself.
    pub account: Option<AccountId>,
    pub ip: Option<String>,
    pub request_id: Option<String>,
    /// The person for whom a service acted (F103).
    pub on_behalf_of: Option<AccountId>,
    /// The token that was shown.
    pub token: Option<TokenId>,
}

impl Actor {
    /// Somebody who is not signed in.
    #[must_use]
    pub fn nobody(origin: &Origin) -> Self {
        let (ip, request_id) = (Some(origin.ip.to_string()), Some(origin.request_id.clone()));
        Self { ip, request_id, ..Self::server() }
    }

    /// An account that just proved who it is.
    #[must_use]
    pub fn account(account: AccountId, origin: &Origin) -> Self {
        Self { account: Some(account), ..Self::nobody(origin) }
    }

    /// The server itself, or its operator at the command line.
    #[must_use]
    pub const fn server() -> Self {
        Self { account: None, ip: None, request_id: None, on_behalf_of: None, token: None }
    }
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        Self {
            on_behalf_of: caller.on_behalf_of(),
            token: caller.credential.token_id(),
            ..Self::account(caller.account_id, &caller.origin)
        }
    }
}

/// What happened. No secret ever enters it.
#[derive(Clone, Debug)]
pub struct Event {
    /// Feature and act: `invitation.sent`.
    pub action: &'static str,
    /// Id of what was changed.
    pub target: Option<String>,
    /// JSON.
    pub before: Option<String>,
    /// JSON.
    pub after: Option<String>,
}

impl Event {
    #[must_use]
    pub fn new(action: &'static str, target: impl ToString) -> Self {
        Self { action, target: Some(target.to_string()), before: None, after: None }
    }

    /// As it was.
    #[must_use]
    pub fn before(mut self, value: &impl Serialize) -> Self {
        self.before = serde_json::to_string(value).ok();
        self
    }

    /// As it is now.
    #[must_use]
    pub fn after(mut self, value: &impl Serialize) -> Self {
        self.after = serde_json::to_string(value).ok();
        self
    }
}

/// Everything a row holds, for its hash.
pub(crate) struct Link<'a> {
    pub(crate) organization: OrganizationId,
    pub(crate) seq: i64,
    pub(crate) at: Timestamp,
    pub(crate) fields: [Option<&'a str>; 7],
    /// For whom, and with which token. A row without either hashes as rows did before there were tokens.
    pub(crate) token_fields: [Option<&'a str>; 2],
    pub(crate) previous_hash: &'a str,
}

impl Link<'_> {
    /// SHA-256 over all fields, each with its length, and the hash before.
    pub(crate) fn hash(&self) -> String {
        let mut text = format!("{}|{}|{}|{}", self.previous_hash, self.organization, self.seq, self.at.millis());
        let token_fields = self.token_fields.iter().any(Option::is_some).then_some(self.token_fields);
        for field in self.fields.into_iter().chain(token_fields.into_iter().flatten()) {
            match field {
                Some(field) => text.push_str(&format!("|{}:{field}", field.len())),
                None => text.push_str("|-"),
            }
        }
        crate::secrets::hash(&text)
    }
}
