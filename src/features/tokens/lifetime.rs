//! How long a new token works: what the organization's policy leaves to choose, and which moment that is.

use domain::Timestamp;
use domain::time::DAY_MS;
use domain::tokens::TokenPolicy;

use crate::ui::SelectOption;

/// The value of "On a day you choose".
pub(super) const DATE: &str = "date";
/// The value of "Never".
const NEVER: &str = "never";
/// Lifetimes that are offered, in days.
const DAYS: [u32; 3] = [30, 90, 365];

/// What can be chosen: only what the policy allows.
pub(super) fn options(policy: &TokenPolicy) -> Vec<SelectOption> {
    let is_allowed = |days: &u32| policy.ttl_days_max.is_none_or(|most| *days <= most);
    let mut days: Vec<u32> = DAYS.into_iter().filter(is_allowed).collect();
    days.extend(policy.ttl_days_max.filter(|most| *most < 365 && !DAYS.contains(most)));
    days.sort_unstable();
    let in_days = |days: u32| SelectOption::new(days.to_string(), days_text(days));
    let never = (!policy.needs_expiry()).then(|| SelectOption::new(NEVER, "Never"));
    days.into_iter().map(in_days).chain([SelectOption::new(DATE, "On a day you choose")]).chain(never).collect()
}

fn days_text(days: u32) -> String {
    if days == 1 { "In 1 day".to_owned() } else { ["In ", &days.to_string(), " days"].concat() }
}

/// What is chosen beforehand.
pub(super) fn beforehand(policy: &TokenPolicy) -> String {
    policy.ttl_days_offered().to_string()
}

/// The end that was chosen, made at a moment; `date` is the day that was chosen, where one was.
pub(super) fn end(choice: &str, date: Option<Timestamp>, at: Timestamp) -> Result<Option<Timestamp>, &'static str> {
    match (choice, choice.parse::<i64>()) {
        (NEVER, _) => Ok(None),
        (_, Ok(days)) => Ok(Some(at.plus(days * DAY_MS))),
        _ => date.map(Some).ok_or("Enter day and time."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(ttl_days_max: Option<u32>, expiry_required: bool) -> TokenPolicy {
        TokenPolicy { ttl_days_max, expiry_required, ..TokenPolicy::default() }
    }

    #[test]
    fn only_what_the_policy_allows_is_offered() {
        for (policy, values, first) in [
            (policy(None, false), "30 90 365 date never", "90"),
            (policy(None, true), "30 90 365 date", "90"),
            (policy(Some(365), false), "30 90 365 date", "90"),
            (policy(Some(60), false), "30 60 date", "60"),
            (policy(Some(7), false), "7 date", "7"),
            (policy(Some(3_650), false), "30 90 365 date", "90"),
        ] {
            let offered: Vec<String> = options(&policy).into_iter().map(|option| option.value).collect();
            assert_eq!(offered.join(" "), values, "{policy:?}");
            assert_eq!(beforehand(&policy), first, "{policy:?}");
            assert!(offered.contains(&beforehand(&policy)), "{policy:?}");
        }
    }

    #[test]
    fn end_follows_from_the_choice() {
        let at = Timestamp::from_millis(1_000);
        assert_eq!(end("30", None, at), Ok(Some(at.plus(30 * DAY_MS))));
        assert_eq!(end("never", Some(at), at), Ok(None));
        assert_eq!(end("date", Some(at.plus(5)), at), Ok(Some(at.plus(5))));
        assert!(end("date", None, at).is_err());
    }
}
