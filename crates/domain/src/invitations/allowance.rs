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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn address_never_gets_more_than_three_mails_and_one_for_each_hour(pauses in prop::collection::vec(0..2 * HOUR_MS, 0..60)) {
            let start = Timestamp::from_millis(0);
            let (mut full_at, mut now, mut sent) = (None, start, 0);
            for pause in pauses {
                now = now.plus(pause);
                match mail_allowance(full_at, now) {
                    Some(next) => (full_at, sent) = (Some(next), sent + 1),
                    None => prop_assert!(mail_allowance(full_at, now.plus(HOUR_MS)).is_some(), "an hour later one may go"),
                }
                prop_assert!(sent <= MAILS_AT_ONCE + now.since(start) / HOUR_MS);
            }
        }
    }
}
