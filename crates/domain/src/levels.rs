//! Privilege levels: the profile's ladder of mutually exclusive roles.

use serde::{Deserialize, Serialize};

use crate::roles::RoleRef;

/// Why a level cannot be given by somebody.
pub const LEVEL_OUT_OF_REACH: &str = "It gives rights that you do not hold yourself.";
/// Why one's own level cannot be changed.
pub const OWN_LEVEL: &str = "Nobody changes their own level.";
/// Why the level of someone who is out cannot be changed; `AccountStatus::keeps_level` is the rule.
pub const LEVEL_WHILE_OUT: &str = "Whoever is out keeps their level until they are activated again.";
/// Why the level of someone who holds more than oneself cannot be changed (I7).
pub const LEVEL_OF_HIGHER: &str = "They hold rights that you do not hold yourself.";
/// Why nobody can be left without a level where there is a ladder (I5).
pub const LEVEL_STAYS: &str = "A level is changed, never taken away.";

/// A rung of the ladder as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Level {
    pub key: String,
    pub name: String,
    pub description: String,
    /// The height on the ladder: the lowest is 1.
    pub rank: u32,
    /// The permissions it gives, with those they include.
    pub permissions: Vec<String>,
}

impl Level {
    #[must_use]
    pub fn role_ref(&self) -> RoleRef {
        RoleRef { key: self.key.clone(), name: self.name.clone() }
    }
}

/// A profile's rule that functional roles narrow a level: a user of the level who is given one of the roles is moved to a
/// lower level, where the role says what they change. It works in this direction alone. Taking the roles away again, or
/// their end, leaves the user on the lower level, for nobody gains anything by a removal; and a user who is set back to
/// the level keeps the roles beside it. Roles of groups narrow nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Narrowing {
    /// Key of the level that is narrowed.
    pub from: String,
    /// Key of the level the user is moved to.
    pub to: String,
    /// Keys of the roles that do it.
    pub roles: Vec<String>,
}

impl Narrowing {
    /// The level for a user of `level` who is given roles; the same where nothing is narrowed.
    #[must_use]
    pub fn level<'a>(&'a self, level: Option<&'a str>, roles: &[String]) -> Option<&'a str> {
        let narrows = level == Some(&*self.from) && roles.iter().any(|role| self.roles.contains(role));
        if narrows { Some(&*self.to) } else { level }
    }
}

/// The level a new account gets where nothing is chosen: the organization's, else the profile's, if the ladder has it.
#[must_use]
pub fn default_level<'a>(levels: &'a [Level], organization: Option<&str>, profile: Option<&str>) -> Option<&'a Level> {
    let find = |key: &str| levels.iter().find(|level| level.key == key);
    organization.and_then(find).or_else(|| profile.and_then(find))
}

#[cfg(test)]
mod tests {
    use super::Narrowing;

    #[test]
    fn functional_role_moves_its_level_down_and_no_other() {
        let narrowing = Narrowing { from: "normal".into(), to: "limited".into(), roles: vec!["alerts".into()] };
        let cases = [
            (Some("normal"), "alerts", Some("limited")),
            (Some("normal"), "own", Some("normal")),
            (Some("admin"), "alerts", Some("admin")),
            (Some("limited"), "alerts", Some("limited")),
            (None, "alerts", None),
        ];
        for (level, role, expected) in cases {
            assert_eq!(narrowing.level(level, &[role.to_owned()]), expected, "{level:?} {role}");
        }
        assert_eq!(narrowing.level(Some("normal"), &[]), Some("normal"));
    }
}
