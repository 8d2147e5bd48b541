//! Reads and checks profile files; an error names the file, the line and the key.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{Profile, Term, Words};
use crate::permissions::{ALL_PERMISSIONS, ConsolePermission, PermissionEntry, Risk, is_key};
use crate::roles::{OWNER_ROLE, RoleDefinition};

/// Stands in a profile's role for every permission of the console.
const CONSOLE_PERMISSIONS: &str = "console.*";
/// The longest profile file, in octets.
const PROFILE_BYTES_MAX: usize = 256 * 1024;

/// Why a profile file was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileError {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// The key at fault; empty where the file is no TOML.
    pub key: String,
    pub reason: String,
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file, self.line)?;
        if !self.key.is_empty() {
            write!(f, ", key {}", self.key)?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for ProfileError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    key: Spanned<String>,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    words: Words,
    permissions: Vec<RawPermission>,
    #[serde(default)]
    baseline: Vec<Spanned<String>>,
    #[serde(default)]
    levels: Vec<RawRole>,
    default_level: Option<Spanned<String>>,
    #[serde(default)]
    roles: Vec<RawRole>,
    #[serde(default)]
    object_types: Vec<Term>,
    #[serde(default)]
    counters: Vec<Term>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPermission {
    key: Spanned<String>,
    category: String,
    label: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    risk: Risk,
    #[serde(default)]
    includes: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRole {
    key: Spanned<String>,
    name: String,
    #[serde(default)]
    description: String,
    permissions: Vec<Spanned<String>>,
}

/// The text of a profile file and what is known of its keys so far.
struct Checker<'a> {
    file: &'a str,
    text: &'a str,
    permissions: BTreeSet<String>,
    roles: BTreeSet<String>,
}

/// Reads one profile. `file` is its name, for the error.
///
/// # Errors
/// When the text is not TOML of the form asked for, a key is malformed, repeated or unknown, or there are levels without a default.
pub fn load(file: &str, text: &str) -> Result<Profile, ProfileError> {
    let mut checker =
        Checker { file, text, permissions: BTreeSet::new(), roles: BTreeSet::from([OWNER_ROLE.to_owned()]) };
    if text.len() > PROFILE_BYTES_MAX {
        return Err(checker.error(0..0, "", &format!("the file is longer than {PROFILE_BYTES_MAX} bytes")));
    }
    let raw: RawProfile =
        toml::from_str(text).map_err(|error| checker.error(error.span().unwrap_or_default(), "", error.message()))?;
    checker.well_formed(&raw.key)?;
    checker.register_permissions(&raw.permissions)?;
    let rungs = u32::try_from(raw.levels.len()).unwrap_or(u32::MAX);
    let levels = raw
        .levels
        .iter()
        .zip((1..=rungs).rev())
        .map(|(level, rank)| checker.role(level, Some(rank)))
        .collect::<Result<Vec<_>, _>>()?;
    let roles = raw.roles.iter().map(|role| checker.role(role, None)).collect::<Result<Vec<_>, _>>()?;
    let default_level = checker.default_level(raw.default_level.as_ref(), &levels)?;
    Ok(Profile {
        permissions: raw
            .permissions
            .iter()
            .map(|permission| checker.permission(permission))
            .collect::<Result<_, _>>()?,
        baseline: checker.references(&raw.baseline)?,
        key: raw.key.into_inner(),
        name: raw.name,
        description: raw.description,
        words: raw.words,
        levels,
        default_level,
        roles,
        object_types: raw.object_types,
        counters: raw.counters,
    })
}

impl Checker<'_> {
    fn error(&self, span: Range<usize>, key: &str, reason: &str) -> ProfileError {
        let before = self.text.get(..span.start).unwrap_or_default();
        ProfileError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            key: key.to_owned(),
            reason: reason.to_owned(),
        }
    }

    fn at(&self, key: &Spanned<String>, reason: &str) -> ProfileError {
        self.error(key.span(), key.get_ref(), reason)
    }

    fn well_formed(&self, key: &Spanned<String>) -> Result<(), ProfileError> {
        if is_key(key.get_ref()) {
            Ok(())
        } else {
            Err(self.at(key, "a key has 1 to 64 of a-z, 0-9, _ and dot, and begins with a letter"))
        }
    }

    fn register_permissions(&mut self, permissions: &[RawPermission]) -> Result<(), ProfileError> {
        self.permissions = ConsolePermission::ALL.iter().map(|permission| permission.key().to_owned()).collect();
        for permission in permissions {
            self.well_formed(&permission.key)?;
            if !self.permissions.insert(permission.key.get_ref().clone()) {
                return Err(self.at(&permission.key, "this permission is there already"));
            }
        }
        Ok(())
    }

    fn permission(&self, raw: &RawPermission) -> Result<PermissionEntry, ProfileError> {
        Ok(PermissionEntry {
            key: raw.key.get_ref().clone(),
            category: raw.category.clone(),
            label: raw.label.clone(),
            description: raw.description.clone(),
            risk: raw.risk,
            includes: self.references(&raw.includes)?,
        })
    }

    fn role(&mut self, raw: &RawRole, level_rank: Option<u32>) -> Result<RoleDefinition, ProfileError> {
        self.well_formed(&raw.key)?;
        let key = raw.key.get_ref().clone();
        if !self.roles.insert(key.clone()) {
            return Err(self.at(&raw.key, "a role or level of this key is there already"));
        }
        let permissions = self.references(&raw.permissions)?;
        Ok(RoleDefinition {
            key,
            name: raw.name.clone(),
            description: raw.description.clone(),
            permissions,
            level_rank,
        })
    }

    /// The keys named, each of them known, with the patterns written out.
    fn references(&self, keys: &[Spanned<String>]) -> Result<Vec<String>, ProfileError> {
        let mut found = Vec::new();
        for key in keys {
            match key.get_ref().as_str() {
                ALL_PERMISSIONS => found.push(ALL_PERMISSIONS.to_owned()),
                CONSOLE_PERMISSIONS => {
                    found.extend(ConsolePermission::ALL.iter().map(|permission| permission.key().to_owned()))
                }
                known if self.permissions.contains(known) => found.push(known.to_owned()),
                _ => return Err(self.at(key, "there is no such permission")),
            }
        }
        Ok(found)
    }

    fn default_level(
        &self,
        key: Option<&Spanned<String>>,
        levels: &[RoleDefinition],
    ) -> Result<Option<String>, ProfileError> {
        match key {
            None if levels.is_empty() => Ok(None),
            None => Err(self.error(0..0, "default_level", "where there are levels, one of them is the default")),
            Some(key) if levels.iter().any(|level| level.key == *key.get_ref()) => Ok(Some(key.get_ref().clone())),
            Some(key) => Err(self.at(key, "this is not one of the levels")),
        }
    }
}

/// The profiles that come with Roster, the default first.
///
/// # Errors
/// Never in a released build: a test loads them all.
pub fn shipped() -> Result<Vec<Profile>, ProfileError> {
    const FILES: [(&str, &str); 5] = [
        ("default.toml", include_str!("../../profiles/default.toml")),
        ("wavefront.toml", include_str!("../../profiles/wavefront.toml")),
        ("circonus.toml", include_str!("../../profiles/circonus.toml")),
        ("victoriametrics.toml", include_str!("../../profiles/victoriametrics.toml")),
        ("wandb.toml", include_str!("../../profiles/wandb.toml")),
    ];
    FILES.into_iter().map(|(file, text)| load(file, text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "key = \"p\"\nname = \"P\"\ndefault_level = \"viewer\"\n[[permissions]]\nkey = \"alerts\"\ncategory = \"A\"\nlabel = \"Alerts\"\n[[levels]]\nkey = \"viewer\"\nname = \"Viewer\"\npermissions = [\"alerts\"]\n";

    #[test]
    fn all_shipped_profiles_load() {
        let profiles = shipped().map(|profiles| {
            profiles.into_iter().map(|profile| (profile.key, profile.levels.len())).collect::<Vec<_>>()
        });
        let expected = [("default", 3), ("wavefront", 0), ("circonus", 4), ("victoriametrics", 3), ("wandb", 2)]
            .map(|(key, count)| (key.to_owned(), count));
        assert_eq!(profiles, Ok(expected.to_vec()));
    }

    #[test]
    fn error_names_file_line_and_key() {
        let cases = [
            ("key = \"p\"", "key = \"P!\"", 1, "P!"),
            ("permissions = [\"alerts\"]", "permissions = [\n\"alerts\",\n\"alarms\"]", 13, "alarms"),
            ("default_level = \"viewer\"", "default_level = \"boss\"", 3, "boss"),
            ("default_level = \"viewer\"\n", "", 1, "default_level"),
            ("label = \"Alerts\"", "label = \"Alerts\"\nrisk = \"huge\"", 8, ""),
            ("name = \"P\"", "name = ", 2, ""),
            ("category = \"A\"", "colour = \"A\"", 6, ""),
            ("[[levels]]\nkey = \"viewer\"", "[[levels]]\nkey = \"owner\"", 9, "owner"),
        ];
        assert!(load("p.toml", SMALL).is_ok());
        for (old, new, line, key) in cases {
            let error = load("p.toml", &SMALL.replace(old, new)).map_err(|error| (error.file, error.line, error.key));
            assert_eq!(error, Err(("p.toml".to_owned(), line, key.to_owned())), "{new}");
        }
    }

    #[test]
    fn repeated_permission_is_refused() {
        let twice = format!("{SMALL}[[permissions]]\nkey = \"alerts\"\ncategory = \"A\"\nlabel = \"Again\"\n");
        assert_eq!(load("p.toml", &twice).map_err(|error| error.line), Err(13));
    }

    #[test]
    fn victoriametrics_levels_are_its_matrix() {
        let profile = shipped().unwrap_or_default().into_iter().find(|profile| profile.key == "victoriametrics");
        let matrix: Vec<_> =
            profile.iter().flat_map(|profile| &profile.levels).map(|level| level.permissions.join(" ")).collect();
        assert!(matrix[0].starts_with("deployments.manage deployments.view deployments.overview billing.details notifications.manage audit_logs.view users.manage"));
        assert_eq!(
            matrix[1],
            "deployments.manage deployments.view deployments.overview notifications.manage audit_logs.view"
        );
        assert_eq!(matrix[2], "deployments.overview");
    }
}
