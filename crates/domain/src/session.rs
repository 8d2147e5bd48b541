//! Signing in: the request, what the console learns of who it serves, and the rule against guessing.

use serde::{Deserialize, Serialize};

use crate::effective::{Effective, RoleBook};
use crate::id::{AccountId, OrganizationId, PersonId};
use crate::levels::Level;
use crate::organization::OrganizationRef;
use crate::password::Password;
use crate::permissions::ConsolePermission;
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};
use crate::tokens::TokenPolicy;

/// A session ends when nothing was done for so long, by default.
pub const SESSION_IDLE_MS: i64 = 30 * MINUTE_MS;
/// A session ends after so long, whatever is done, by default.
pub const SESSION_ABSOLUTE_MS: i64 = 12 * HOUR_MS;
/// The longest sign-in name taken, in octets: an address or a user name.
pub const SIGN_IN_NAME_BYTES_MAX: usize = 254;

/// `POST session`
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// E-mail address or user name.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::SignInName))]
    pub email: String,
    pub password: Password,
}

/// After proving the password, sensitive acts are let through for so long (S12).
pub const CONFIRMATION_MS: i64 = 5 * MINUTE_MS;
/// A session that got a new id is found by the older one for so long, without what the new one has risen by: requests that
/// are on their way with it arrive.
pub const OLDER_ID_MS: i64 = 10 * SECOND_MS;

/// `POST session/confirmation`: the own password once more, before something sensitive (S12).
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmRequest {
    pub password: Password,
}

/// The person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonView {
    pub id: PersonId,
    pub email: String,
    pub display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
}

/// The account in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionAccount {
    pub id: AccountId,
    pub is_owner: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

/// The organization in use, with the words and levels of its profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionOrganization {
    pub id: OrganizationId,
    pub name: String,
    /// What a privilege level is called.
    pub level_word: String,
    /// What a deactivated account is called.
    pub deactivated_word: String,
    /// Highest first; empty where the profile has no ladder.
    pub levels: Vec<Level>,
    /// Key of the level chosen beforehand when inviting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_level: Option<String>,
    /// User accounts that may still be added; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats_left: Option<u32>,
    /// Hours an invitation link is valid.
    pub invitation_ttl_hours: u32,
    /// Whether invitations go out by mail; without, links are copied.
    pub has_mail: bool,
    /// What the organization asks of new tokens.
    #[serde(default)]
    pub tokens: TokenPolicy,
}

/// The answer to `GET session` and `POST session`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    pub person: PersonView,
    pub account: SessionAccount,
    pub organization: SessionOrganization,
    /// Keys of everything the account may do.
    pub permissions: Vec<String>,
    /// All organizations the person has an active account in.
    pub organizations: Vec<OrganizationRef>,
    /// Whether the account may view or modify any object by an access of its own or of a group: then the list of objects
    /// is there for it without any permission (F51).
    #[serde(default)]
    pub has_objects: bool,
    /// The console's permissions that the account lacks, where a role brings them.
    #[serde(default)]
    pub lacking: Vec<Lacking>,
}

/// Roles that a missing permission names, at the most.
pub const LACKING_ROLES_MAX: usize = 5;

/// A permission of the console that the account lacks, with the roles that bring it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lacking {
    pub permission: String,
    /// Names, 5 at most; levels and Owner are none of them.
    pub roles: Vec<String>,
}

/// What an account lacks of the console's permissions, and which roles would bring it. What no role brings is left out.
#[must_use]
pub fn lacking(effective: &Effective, book: &RoleBook) -> Vec<Lacking> {
    let lacked = ConsolePermission::ALL.iter().filter(|permission| !effective.holds(**permission));
    let roles = |permission: &ConsolePermission| {
        book.bringers(permission.key()).take(LACKING_ROLES_MAX).map(str::to_owned).collect::<Vec<_>>()
    };
    let found = lacked.map(|permission| Lacking { permission: permission.to_string(), roles: roles(permission) });
    found.filter(|lacking| !lacking.roles.is_empty()).collect()
}

impl SessionView {
    #[must_use]
    pub fn may(&self, permission: ConsolePermission) -> bool {
        self.permissions.iter().any(|key| key == permission.key())
    }

    /// Whether a level may be given: nobody gives what they do not hold (I7).
    #[must_use]
    pub fn may_give(&self, level: &Level) -> bool {
        self.may_give_all(&level.permissions)
    }

    /// Whether all of these may be handed on, by key: nobody gives what they do not hold (I7). `*` is for Owners.
    #[must_use]
    pub fn may_give_all(&self, keys: &[String]) -> bool {
        self.account.is_owner || keys.iter().all(|key| self.permissions.contains(key))
    }
}

/// When a session ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Milliseconds without any act.
    pub idle_ms: i64,
    /// Milliseconds since it began.
    pub absolute_ms: i64,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle_ms: SESSION_IDLE_MS, absolute_ms: SESSION_ABSOLUTE_MS }
    }
}

impl SessionLimits {
    /// Whether a session has ended by itself.
    #[must_use]
    pub const fn is_over(self, created_at: Timestamp, last_seen_at: Timestamp, at: Timestamp) -> bool {
        at.since(created_at) >= self.absolute_ms || at.since(last_seen_at) >= self.idle_ms
    }
}

/// Guesses that cost no waiting.
const FREE_GUESSES: u32 = 5;
/// Guesses evaluated in a day for one name, at most.
pub const GUESSES_PER_DAY_MAX: u32 = 100;
/// The longest wait between two guesses within the day's number.
const WAIT_MS_MAX: i64 = 15 * MINUTE_MS;

/// So few guesses are forgotten after `GUESSES_FORGOTTEN_AFTER_MS`, and not only after a day: strangers who try ever other names
/// leave that much behind. All those that are let through by this in a day are still fewer than `GUESSES_PER_DAY_MAX`.
pub const GUESSES_FORGOTTEN_MAX: u32 = 3;
/// See `GUESSES_FORGOTTEN_MAX`.
pub const GUESSES_FORGOTTEN_AFTER_MS: i64 = HOUR_MS;
const _: () =
    assert!(GUESSES_FORGOTTEN_MAX as i64 * (DAY_MS / GUESSES_FORGOTTEN_AFTER_MS) < GUESSES_PER_DAY_MAX as i64);

/// The failed guesses for one sign-in name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guesses {
    /// Evaluated since `window_start`.
    pub count: u32,
    pub window_start: Timestamp,
    pub last_at: Timestamp,
}

impl Guesses {
    /// When the next guess is evaluated. The lock is soft: it always ends by itself, within a day.
    #[must_use]
    pub fn next_allowed_at(&self) -> Timestamp {
        match self.count {
            0..FREE_GUESSES => self.last_at,
            count if count >= GUESSES_PER_DAY_MAX => self.window_start.plus(DAY_MS),
            count => self.last_at.plus((SECOND_MS << (count - FREE_GUESSES).min(20)).min(WAIT_MS_MAX)),
        }
    }

    /// Whether a guess at this moment is evaluated.
    #[must_use]
    pub fn allows(&self, at: Timestamp) -> bool {
        at >= self.next_allowed_at() || at.since(self.window_start) >= DAY_MS
    }

    /// The state after one more guess; a day after the first, counting begins anew.
    #[must_use]
    pub const fn after_guess(&self, at: Timestamp) -> Self {
        if at.since(self.window_start) >= DAY_MS {
            Self { count: 1, window_start: at, last_at: at }
        } else {
            Self { count: self.count + 1, window_start: self.window_start, last_at: at }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn session_ends_by_idleness_and_by_age() {
        let start = Timestamp::from_millis(0);
        let cases = [
            (0, 0, false),
            (0, SESSION_IDLE_MS - 1, false),
            (0, SESSION_IDLE_MS, true),
            (SESSION_ABSOLUTE_MS - 1, SESSION_ABSOLUTE_MS - 1, false),
            (SESSION_ABSOLUTE_MS - 1, SESSION_ABSOLUTE_MS, true),
        ];
        for (seen, now, over) in cases {
            assert_eq!(
                SessionLimits::default().is_over(start, start.plus(seen), start.plus(now)),
                over,
                "{seen} {now}"
            );
        }
    }

    proptest! {
        #[test]
        fn guesses_a_day_are_limited_and_the_lock_always_ends(pauses in prop::collection::vec(0_i64..20 * MINUTE_MS, 1..400)) {
            let start = Timestamp::from_millis(0);
            let (mut guesses, mut now, mut evaluated) = (Guesses { count: 0, window_start: start, last_at: start }, start, 0);
            for pause in pauses {
                now = now.plus(pause);
                if now.since(start) >= DAY_MS {
                    break;
                }
                if guesses.allows(now) {
                    guesses = guesses.after_guess(now);
                    evaluated += 1;
                }
                prop_assert!(guesses.next_allowed_at().since(guesses.window_start) <= DAY_MS + WAIT_MS_MAX);
                prop_assert!(guesses.allows(guesses.window_start.plus(DAY_MS)));
            }
            prop_assert!(evaluated <= GUESSES_PER_DAY_MAX);
        }
    }
}
