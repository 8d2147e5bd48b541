//! What an organization asks of its tokens: how long they live, and whether people may have any.

use serde::{Deserialize, Serialize};

use crate::problem::{FieldError, FieldErrors};
use crate::time::{DAY_MS, Timestamp};

/// The longest lifetime that can be set, in days: ten years.
pub const TTL_DAYS_MAX: u32 = 3_650;
/// The lifetime offered for a new token where the organization sets none, in days.
pub const TTL_DAYS_DEFAULT: u32 = 90;

/// The organization's settings of tokens. They hold for tokens made from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenPolicy {
    /// The longest lifetime in days, 1 to 3,650; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_days_max: Option<u32>,
    /// Whether every new token needs an end. A longest lifetime asks for one, too.
    #[serde(default)]
    pub expiry_required: bool,
    /// Whether people may make tokens for themselves. Those they have go on either way.
    #[serde(default = "yes")]
    pub user_tokens: bool,
}

const fn yes() -> bool {
    true
}

impl Default for TokenPolicy {
    fn default() -> Self {
        Self { ttl_days_max: None, expiry_required: false, user_tokens: true }
    }
}

/// What `PATCH organization` changes of it; what is absent stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenPolicyChange {
    /// 0 for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(maximum = 3650))]
    pub ttl_days_max: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry_required: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_tokens: Option<bool>,
}

impl TokenPolicyChange {
    /// What is out of its range, named as inside of `tokens`.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut errors = FieldErrors::default();
        if self.ttl_days_max.is_some_and(|days| days > TTL_DAYS_MAX) {
            let message = format!("Enter a number from 0 to {TTL_DAYS_MAX}.");
            errors.push(FieldError::new("tokens.ttl_days_max", "out_of_range", message));
        }
        errors.into_vec()
    }

    /// The policy after the change.
    #[must_use]
    pub fn applied_to(&self, policy: TokenPolicy) -> TokenPolicy {
        TokenPolicy {
            ttl_days_max: match self.ttl_days_max {
                None => policy.ttl_days_max,
                Some(days) => Some(days).filter(|days| *days > 0),
            },
            expiry_required: self.expiry_required.unwrap_or(policy.expiry_required),
            user_tokens: self.user_tokens.unwrap_or(policy.user_tokens),
        }
    }
}

impl TokenPolicy {
    /// Whether a new token needs an end.
    #[must_use]
    pub const fn needs_expiry(&self) -> bool {
        self.expiry_required || self.ttl_days_max.is_some()
    }

    /// The lifetime offered for a new token, in days.
    #[must_use]
    pub fn ttl_days_offered(&self) -> u32 {
        self.ttl_days_max.map_or(TTL_DAYS_DEFAULT, |days| days.min(TTL_DAYS_DEFAULT))
    }

    /// The latest end of a token made at a moment; none where there is no limit. An hour is added, so that a whole number
    /// of days chosen a while before is not refused.
    #[must_use]
    pub fn latest_end(&self, at: Timestamp) -> Option<Timestamp> {
        self.ttl_days_max.map(|days| at.plus(i64::from(days) * DAY_MS + crate::time::HOUR_MS))
    }

    /// What is wrong with an end of a token made at a moment; none where it may stand.
    #[must_use]
    pub fn expiry_fault(&self, expires_at: Option<Timestamp>, at: Timestamp) -> Option<FieldError> {
        let fault = |code, message: String| Some(FieldError::new("expires_at", code, message));
        match (expires_at, self.latest_end(at)) {
            (None, _) if self.needs_expiry() => {
                fault("required", "The organization asks for an end of every token.".to_owned())
            }
            (Some(end), _) if end <= at => fault("past", "Choose a time to come.".to_owned()),
            (Some(end), Some(latest)) if end > latest => {
                let days = self.ttl_days_max.unwrap_or_default();
                let plural = if days == 1 { "" } else { "s" };
                fault("too_late", format!("The organization lets tokens live for {days} day{plural} at most."))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn end_is_asked_for_and_limited_as_the_policy_says() {
        let now = Timestamp::from_millis(1_000);
        let after = |days: i64| Some(now.plus(days * DAY_MS));
        let code = |policy: TokenPolicy, end| policy.expiry_fault(end, now).map(|fault| fault.code.into_owned());
        let open = TokenPolicy::default();
        assert_eq!(code(open, None), None);
        assert_eq!(code(open, after(9_999)), None);
        assert_eq!(code(open, Some(now)).as_deref(), Some("past"));
        let limited = TokenPolicy { ttl_days_max: Some(30), ..open };
        assert_eq!(code(limited, None).as_deref(), Some("required"));
        assert_eq!(code(limited, after(30)), None);
        assert_eq!(code(limited, after(31)).as_deref(), Some("too_late"));
        let asked = TokenPolicy { expiry_required: true, ..open };
        assert_eq!(code(asked, None).as_deref(), Some("required"));
        assert_eq!(code(asked, after(9_999)), None);
    }

    #[test]
    fn change_leaves_what_it_does_not_name_and_zero_takes_the_limit_away() {
        let policy = TokenPolicy { ttl_days_max: Some(30), expiry_required: true, user_tokens: true };
        let change = TokenPolicyChange { user_tokens: Some(false), ..TokenPolicyChange::default() };
        assert_eq!(change.applied_to(policy), TokenPolicy { user_tokens: false, ..policy });
        let open = TokenPolicyChange { ttl_days_max: Some(0), ..TokenPolicyChange::default() };
        assert_eq!(open.applied_to(policy).ttl_days_max, None);
        let far = TokenPolicyChange { ttl_days_max: Some(TTL_DAYS_MAX + 1), ..TokenPolicyChange::default() };
        assert_eq!(far.faults()[0].field, "tokens.ttl_days_max");
    }
}
