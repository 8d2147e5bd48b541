//! What checking a chain of audit rows finds: each row carries the hash of the one before, and the head names the last.

use std::fmt;

use domain::OrganizationId;

use crate::secrets::ServerKey;

/// Where a chain ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Of the newest row.
    pub(super) seq: i64,
    pub(super) hash: String,
    /// By the server's key; empty where it was written without.
    pub(super) seal: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Rows that are whole, from the first on.
    pub rows: i64,
    pub fault: Option<ChainFault>,
}

/// What is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainFault {
    /// This row was changed, taken out, or put in another place.
    Broken(i64),
    /// The newest rows are missing: there were so many.
    Cut(i64),
    /// There are rows at the end that the head does not know.
    Grown,
    /// Nothing says where the chain ends.
    NoHead,
    /// The head carries no seal of the server's key.
    Unsealed,
    /// The head was written by somebody without the server's key.
    Forged,
}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(seq) => write!(f, "the chain is broken at row {seq}"),
            Self::Cut(rows) => write!(f, "rows were deleted from its end: there were {rows}"),
            Self::Grown => f.write_str("its newest rows are not those that the server wrote"),
            Self::NoHead => f.write_str("nothing says where it ends"),
            Self::Unsealed => f.write_str(
                "its end is not sealed: no server has started since it was made, or somebody took the seal away",
            ),
            Self::Forged => f.write_str("its end is not sealed with this server's key: somebody else wrote it"),
        }
    }
}

impl Head {
    pub(super) fn is_sealed_by(&self, key: &ServerKey, organization: OrganizationId) -> bool {
        key.seal_of_head(organization, self.seq, &self.hash) == self.seal
    }

    /// What is wrong with the end of a chain whose rows are whole; `last` are their number and the hash of the newest.
    pub(super) fn fault(
        head: Option<&Self>,
        organization: OrganizationId,
        last: (i64, &str),
        key: Option<&ServerKey>,
    ) -> Option<ChainFault> {
        let Some(head) = head else { return Some(ChainFault::NoHead) };
        match key {
            Some(_) if head.seal.is_empty() => Some(ChainFault::Unsealed),
            Some(key) if !head.is_sealed_by(key, organization) => Some(ChainFault::Forged),
            _ if last.0 < head.seq => Some(ChainFault::Cut(head.seq)),
            _ if last != (head.seq, head.hash.as_str()) => Some(ChainFault::Grown),
            _ => None,
        }
    }
}
