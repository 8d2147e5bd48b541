//! The status of an account: the times it is stored as, and what programs and people see of them.

use serde::{Deserialize, Serialize};

use crate::invitations::Delivery;
use crate::time::Timestamp;

/// The stored times from which an account's status follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountState {
    pub activated_at: Option<Timestamp>,
    pub deactivated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    /// End of the whole account's access.
    pub valid_until: Option<Timestamp>,
    /// Of the open invitation: its end (absent while its mail waits) and what became of its mail.
    pub invitation: Option<(Option<Timestamp>, Delivery)>,
}

/// The status as programs see it: three values, and deletion by absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AccountStatus {
    Pending,
    Active,
    Deactivated,
}

impl AccountStatus {
    /// Whether somebody's level stays as it is: whoever is out comes back with the rights they had, by an act that says so,
    /// and not with others that were set meanwhile.
    #[must_use]
    pub const fn keeps_level(self) -> bool {
        matches!(self, Self::Deactivated)
    }
}

/// The status as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShownStatus {
    Deleted,
    Deactivated,
    AccessExpired,
    InvitationFailed,
    InvitationExpired,
    Pending,
    Active,
}

impl ShownStatus {
    /// Those that a list can be narrowed to, in the order shown.
    pub const FILTERS: [Self; 6] = [
        Self::Active,
        Self::Pending,
        Self::InvitationExpired,
        Self::InvitationFailed,
        Self::AccessExpired,
        Self::Deactivated,
    ];

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Deleted => "Deleted",
            Self::Deactivated => "Deactivated",
            Self::AccessExpired => "Access expired",
            Self::InvitationFailed => "Invitation failed",
            Self::InvitationExpired => "Invitation expired",
            Self::Pending => "Pending invitation",
            Self::Active => "Active",
        }
    }

    /// As the wire and the address write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Deactivated => "deactivated",
            Self::AccessExpired => "access_expired",
            Self::InvitationFailed => "invitation_failed",
            Self::InvitationExpired => "invitation_expired",
            Self::Pending => "pending",
            Self::Active => "active",
        }
    }

    #[must_use]
    pub fn parse_filter(text: &str) -> Option<Self> {
        Self::FILTERS.into_iter().find(|status| status.as_str() == text)
    }
}

impl AccountState {
    /// Active since a moment, without an end.
    #[must_use]
    pub const fn active_since(at: Timestamp) -> Self {
        Self { activated_at: Some(at), deactivated_at: None, deleted_at: None, valid_until: None, invitation: None }
    }

    /// The stored status, which programs see.
    #[must_use]
    pub const fn status(&self) -> AccountStatus {
        match (self.deactivated_at, self.activated_at) {
            (Some(_), _) => AccountStatus::Deactivated,
            (None, Some(_)) => AccountStatus::Active,
            (None, None) => AccountStatus::Pending,
        }
    }

    /// The status at a moment, in the order of precedence that the model gives.
    #[must_use]
    pub fn shown(&self, at: Timestamp) -> ShownStatus {
        let is_over = |end: Option<Timestamp>| end.is_some_and(|end| end <= at);
        if self.deleted_at.is_some() {
            ShownStatus::Deleted
        } else if self.deactivated_at.is_some() {
            ShownStatus::Deactivated
        } else if is_over(self.valid_until) {
            ShownStatus::AccessExpired
        } else if self.activated_at.is_some() {
            ShownStatus::Active
        } else {
            match self.invitation {
                Some((_, Delivery::Failed)) => ShownStatus::InvitationFailed,
                Some((expires_at, _)) if is_over(expires_at) => ShownStatus::InvitationExpired,
                _ => ShownStatus::Pending,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    #[test]
    fn status_follows_from_the_times_in_the_order_of_the_model() {
        let at = |millis| Some(Timestamp::from_millis(millis));
        let invited = |end, delivery| AccountState { invitation: Some((end, delivery)), ..AccountState::default() };
        let cases = [
            (
                AccountState {
                    deleted_at: at(1),
                    deactivated_at: at(1),
                    activated_at: at(1),
                    ..AccountState::default()
                },
                ShownStatus::Deleted,
            ),
            (
                AccountState {
                    deactivated_at: at(1),
                    activated_at: at(1),
                    valid_until: at(1),
                    ..AccountState::default()
                },
                ShownStatus::Deactivated,
            ),
            (
                AccountState { activated_at: at(1), valid_until: at(1_000), ..AccountState::default() },
                ShownStatus::AccessExpired,
            ),
            (
                AccountState { activated_at: at(1), valid_until: at(1_001), ..AccountState::default() },
                ShownStatus::Active,
            ),
            (invited(at(500), Delivery::Failed), ShownStatus::InvitationFailed),
            (invited(at(1_000), Delivery::Sent), ShownStatus::InvitationExpired),
            (invited(at(1_001), Delivery::Sent), ShownStatus::Pending),
            (invited(None, Delivery::Queued), ShownStatus::Pending),
            (AccountState { activated_at: at(1), ..invited(at(1), Delivery::Failed) }, ShownStatus::Active),
        ];
        for (state, status) in cases {
            assert_eq!(state.shown(NOW), status, "{state:?}");
        }
    }

    fn any_time() -> impl Strategy<Value = Option<Timestamp>> {
        prop::option::of((900..1_100_i64).prop_map(Timestamp::from_millis))
    }

    fn any_state() -> impl Strategy<Value = AccountState> {
        use Delivery::{Failed, LinkOnly, Queued, Sent};
        let delivery = prop::sample::select(vec![Queued, Sent, Failed, LinkOnly]);
        let invitation = prop::option::of((any_time(), delivery));
        (any_time(), any_time(), any_time(), any_time(), invitation).prop_map(
            |(activated_at, deactivated_at, deleted_at, valid_until, invitation)| AccountState {
                activated_at,
                deactivated_at,
                deleted_at,
                valid_until,
                invitation,
            },
        )
    }

    proptest! {
        #[test]
        fn deletion_wins_and_then_deactivation(state in any_state()) {
            let shown = state.shown(NOW);
            prop_assert_eq!(shown == ShownStatus::Deleted, state.deleted_at.is_some());
            let is_out = state.deleted_at.is_none() && state.deactivated_at.is_some();
            prop_assert_eq!(shown == ShownStatus::Deactivated, is_out);
            if shown == ShownStatus::Active {
                prop_assert!(state.activated_at.is_some() && state.valid_until.is_none_or(|end| end > NOW));
            }
        }
    }
}
