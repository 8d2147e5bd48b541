//! What an invitation that is sent again keeps: it is renewed as it is, whatever was asked for this time.

use serde::{Deserialize, Serialize};

use crate::effective::{Holdings, RoleBook};
use crate::grants::GrantWhat;
use crate::id::GroupId;
use crate::roles::RoleRef;

/// Where an account that is pending already differs from what was asked for; it can be changed there, by acts of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Kept {
    /// The level it keeps, where another was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<RoleRef>,
    /// Groups that were asked for and that it is not in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupId>,
    /// Keys of roles that were asked for and that it does not hold itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Keys of permissions that were asked for and that it does not hold itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<String>,
}

/// What one request asks for, beside the organization's defaults.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Key; none where the request leaves it to the default.
    pub level: Option<&'a str>,
    pub groups: &'a [GroupId],
    /// Keys.
    pub roles: &'a [String],
    /// Keys.
    pub permissions: &'a [String],
}

impl Kept {
    /// What differs; none where nothing does.
    #[must_use]
    pub fn of(asked: Asked<'_>, held: &Holdings, book: &RoleBook) -> Option<Self> {
        let is_other = |key: &&String| asked.level.is_some_and(|asked| asked != key.as_str());
        let level = held.level.as_ref().filter(is_other).and_then(|key| book.role(key));
        let is_held = |what: &GrantWhat| held.grants.iter().any(|grant| grant.what == *what);
        let is_member = |id: &GroupId| held.groups.iter().any(|holding| holding.group.id == *id);
        let kept = Self {
            level: level.map(|role| RoleRef { key: role.key.clone(), name: role.name.clone() }),
            groups: asked.groups.iter().filter(|id| !is_member(id)).copied().collect(),
            roles: asked.roles.iter().filter(|key| !is_held(&GrantWhat::Role((*key).clone()))).cloned().collect(),
            permissions: asked
                .permissions
                .iter()
                .filter(|key| !is_held(&GrantWhat::Permission((*key).clone())))
                .cloned()
                .collect(),
        };
        (kept != Self::default()).then_some(kept)
    }

    /// "keeps level Viewer, without Sales and Alerts". `level_word` is what the profile calls a level; `missing` are the names of
    /// what was not given.
    #[must_use]
    pub fn words(&self, level_word: &str, missing: &[String]) -> String {
        let level = self.level.as_ref().map(|level| ["keeps ", &level_word.to_lowercase(), " ", &level.name].concat());
        let without = match missing {
            [] => None,
            [only] => Some(["without ", only].concat()),
            [first @ .., last] => Some(["without ", &first.join(", "), " and ", last].concat()),
        };
        level.into_iter().chain(without).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_the_level_and_what_is_missing() {
        let viewer = RoleRef { key: "viewer".to_owned(), name: "Viewer".to_owned() };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let level = Kept { level: Some(viewer), ..Kept::default() };
        let cases = [
            (&level, names(&[]), "keeps privilege level Viewer"),
            (&level, names(&["Sales"]), "keeps privilege level Viewer, without Sales"),
            (&Kept::default(), names(&["Sales", "Ops", "Alerts"]), "without Sales, Ops and Alerts"),
        ];
        for (kept, missing, words) in cases {
            assert_eq!(kept.words("Privilege level", &missing), words);
        }
    }
}
