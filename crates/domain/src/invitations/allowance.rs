//! How many mails an address gets.

use crate::time::{HOUR_MS, Timestamp};

/// Mails one address gets at once; then one an hour.
const MAILS_AT_ONCE: i64 = 3;

/// Whether one more mail may go to an address, given when its allowance was last full again; if so, when it is next.
#[must_use]
pub fn mail_allowance(full_at: Option<Timestamp>, at: Timestamp) -> Option<Timestamp> {
    let full_at = full_at.filter(|full_at| *full_at > at).unwrap_or(at);
    let next = full_at.plus(HOUR_MS);
    (next.since(at) <= MAILS_AT_ONCE * HOUR_MS).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_gets_three_mails_at_once_then_one_an_hour() {
        let start = Timestamp::from_millis(0);
        let mut full_at = None;
        for _ in 0..3 {
            full_at = mail_allowance(full_at, start);
            assert!(full_at.is_some());
        }
        assert_eq!(mail_allowance(full_at, start.plus(HOUR_MS - 1)), None);
        assert!(mail_allowance(full_at, start.plus(HOUR_MS)).is_some());
    }
}
