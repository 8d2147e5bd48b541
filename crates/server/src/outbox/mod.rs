//! The outbox: mails queued in the change's transaction, sent after it, retried until the mail server takes them.

pub mod mail;
mod message;
pub mod store;
pub mod worker;

use domain::Timestamp;
use domain::time::{HOUR_MS, MINUTE_MS, SECOND_MS};

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To the invited person, with the link.
    Invitation,
    /// To the sender: the invited person asks for a new link.
    LinkRequested,
}

impl Kind {
    /// As the store writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::LinkRequested => "link_requested",
        }
    }
}

/// A mail is retried for so long, then given up.
pub const RETRY_FOR_MS: i64 = 72 * HOUR_MS;
/// The wait after the first failure; it doubles with each.
const RETRY_FIRST_MS: i64 = 2 * SECOND_MS;
/// The longest wait between two attempts.
const RETRY_EVERY_MS_MAX: i64 = 15 * MINUTE_MS;

/// When a mail is tried again after so many attempts.
#[must_use]
pub fn retry_at(attempts: u32, at: Timestamp) -> Timestamp {
    let doublings = attempts.saturating_sub(1).min(20);
    at.plus((RETRY_FIRST_MS << doublings).min(RETRY_EVERY_MS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let start = Timestamp::from_millis(0);
        let waits = [1, 2, 3, 9, 10, 1_000].map(|attempts| retry_at(attempts, start).millis() / SECOND_MS);
        assert_eq!(waits, [2, 4, 8, 512, 900, 900]);
    }
}
