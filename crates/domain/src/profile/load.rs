//! Reads and checks profile files; an error names the file, the line and the key.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{Profile, Term, Words};
use crate::levels::Narrowing;
use crate::permissions::{ALL_PERMISSIONS, ConsolePermission, PermissionEntry, Risk, is_key};
use crate::roles::{OWNER_ROLE, OWNER_ROLE_NAME, RoleDefinition};
use crate::text::{DESCRIPTION_CHARS_MAX, Name};

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
    /// The key at fault: the one that is wrong, or that has the wrong value; empty for the file as a whole.
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
    narrowing: Option<RawNarrowing>,
    #[serde(default)]
    object_types: Vec<RawTerm>,
    #[serde(default)]
    counters: Vec<RawTerm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerm {
    key: Spanned<String>,
    label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNarrowing {
    from: Spanned<String>,
    to: Spanned<String>,
    roles: Vec<Spanned<String>>,
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
    /// What roles and levels are called, as names are compared.
    role_names: BTreeSet<String>,
}

/// Reads one profile. `file` is its name, for the error.
///
/// # Errors
/// When the text is not TOML of the form asked for; a key is malformed, repeated or unknown; a name is empty, too long or
/// repeated; everyone would hold everything; or there are levels without a default.
pub fn load(file: &str, text: &str) -> Result<Profile, ProfileError> {
    let mut checker = Checker {
        file,
        text,
        permissions: BTreeSet::new(),
        roles: BTreeSet::from([OWNER_ROLE.to_owned()]),
        role_names: BTreeSet::from([OWNER_ROLE_NAME.to_lowercase()]),
    };
    if text.len() > PROFILE_BYTES_MAX {
        return Err(checker.error(0..0, "", &format!("the file is longer than {PROFILE_BYTES_MAX} bytes")));
    }
    let raw: RawProfile =
        toml::from_str(text).map_err(|error| checker.malformed(error.span().unwrap_or_default(), error.message()))?;
    checker.well_formed(&raw.key)?;
    checker.named(&raw.key, &[&raw.name, &raw.words.level, &raw.words.deactivated])?;
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
        narrowing: checker.narrowing(raw.narrowing.as_ref(), &levels, &roles)?,
        permissions: raw
            .permissions
            .iter()
            .map(|permission| checker.permission(permission, &raw.permissions))
            .collect::<Result<_, _>>()?,
        baseline: checker.limited(&raw.baseline)?,
        object_types: checker.terms(&raw.object_types)?,
        counters: checker.terms(&raw.counters)?,
        key: raw.key.into_inner(),
        name: raw.name,
        description: raw.description,
        words: raw.words,
        levels,
        default_level,
        roles,
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

    /// What TOML says of a place, with the key or table that stands on its line.
    fn malformed(&self, span: Range<usize>, reason: &str) -> ProfileError {
        let error = self.error(span, "", reason);
        let line = self.text.lines().nth(error.line - 1).unwrap_or_default();
        let key = line.split('=').next().unwrap_or_default().trim_matches(['[', ']', ' ', '\t']);
        ProfileError { key: key.to_owned(), ..error }
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

    /// Texts that people read under a key: each a name, as those that people give.
    fn named(&self, key: &Spanned<String>, names: &[&str]) -> Result<(), ProfileError> {
        names.iter().try_for_each(|name| {
            Name::parse(name).map(|_| ()).map_err(|error| self.at(key, &format!("\"{name}\": {error}")))
        })
    }

    fn described(&self, key: &Spanned<String>, description: &str) -> Result<(), ProfileError> {
        if description.chars().count() <= DESCRIPTION_CHARS_MAX {
            return Ok(());
        }
        Err(self.at(key, &format!("the description is longer than {DESCRIPTION_CHARS_MAX} characters")))
    }

    fn terms(&self, terms: &[RawTerm]) -> Result<Vec<Term>, ProfileError> {
        let mut known = BTreeSet::new();
        let check = |term: &RawTerm| {
            self.well_formed(&term.key)?;
            self.named(&term.key, &[&term.label])?;
            if !known.insert(term.key.get_ref().clone()) {
                return Err(self.at(&term.key, "this key is there already"));
            }
            Ok(Term { key: term.key.get_ref().clone(), label: term.label.clone() })
        };
        terms.iter().map(check).collect()
    }

    fn register_permissions(&mut self, permissions: &[RawPermission]) -> Result<(), ProfileError> {
        self.permissions = ConsolePermission::ALL.iter().map(|permission| permission.key().to_owned()).collect();
        for permission in permissions {
            self.well_formed(&permission.key)?;
            self.named(&permission.key, &[&permission.category, &permission.label])?;
            self.described(&permission.key, &permission.description)?;
            if !self.permissions.insert(permission.key.get_ref().clone()) {
                return Err(self.at(&permission.key, "this permission is there already"));
            }
        }
        Ok(())
    }

    fn permission(&self, raw: &RawPermission, all: &[RawPermission]) -> Result<PermissionEntry, ProfileError> {
        let mut includes = self.limited(&raw.includes)?;
        // Whoever reads `includes` follows it one step: what comes with what comes with it is written out here.
        let mut at = 0;
        while let Some(key) = includes.get(at) {
            let entry = all.iter().find(|entry| entry.key.get_ref() == key);
            for key in self.limited(entry.map(|entry| entry.includes.as_slice()).unwrap_or_default())? {
                if !includes.contains(&key) && key != *raw.key.get_ref() {
                    includes.push(key);
                }
            }
            at += 1;
        }
        Ok(PermissionEntry {
            key: raw.key.get_ref().clone(),
            category: raw.category.clone(),
            label: raw.label.clone(),
            description: raw.description.clone(),
            risk: raw.risk,
            includes,
        })
    }

    fn role(&mut self, raw: &RawRole, level_rank: Option<u32>) -> Result<RoleDefinition, ProfileError> {
        self.well_formed(&raw.key)?;
        let key = raw.key.get_ref().clone();
        if !self.roles.insert(key.clone()) {
            return Err(self.at(&raw.key, "a role or level of this key is there already"));
        }
        self.named(&raw.key, &[&raw.name])?;
        self.described(&raw.key, &raw.description)?;
        if !self.role_names.insert(raw.name.trim().to_lowercase()) {
            return Err(self.at(&raw.key, "a role or level of this name is there already"));
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

    /// As `references`, where everything would be too much: what comes with one permission, or to every user.
    fn limited(&self, keys: &[Spanned<String>]) -> Result<Vec<String>, ProfileError> {
        match keys.iter().find(|key| key.get_ref() == ALL_PERMISSIONS) {
            Some(key) => Err(self.at(key, "only a role or a level can hold everything")),
            None => self.references(keys),
        }
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

    fn narrowing(
        &self,
        raw: Option<&RawNarrowing>,
        levels: &[RoleDefinition],
        roles: &[RoleDefinition],
    ) -> Result<Option<Narrowing>, ProfileError> {
        let Some(raw) = raw else { return Ok(None) };
        let rank = |key: &Spanned<String>| {
            let level = levels.iter().find(|level| level.key == *key.get_ref());
            level.ok_or_else(|| self.at(key, "this is not one of the levels")).map(|level| level.level_rank)
        };
        if rank(&raw.from)? <= rank(&raw.to)? {
            return Err(self.at(&raw.to, "a role narrows to a lower level"));
        }
        let known = |key: &Spanned<String>| roles.iter().any(|role| role.key == *key.get_ref());
        if let Some(key) = raw.roles.iter().find(|key| !known(key)) {
            return Err(self.at(key, "this is not one of the roles"));
        }
        let text = |key: &Spanned<String>| key.get_ref().clone();
        Ok(Some(Narrowing { from: text(&raw.from), to: text(&raw.to), roles: raw.roles.iter().map(text).collect() }))
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
#[path = "load_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "shipped_tests.rs"]
mod shipped_tests;
