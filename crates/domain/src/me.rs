//! One's own profile: what everyone may see and change of themselves.

use serde::{Deserialize, Deserializer, Serialize};

use crate::accounts::Account;
use crate::effective::{Effective, Path};
use crate::permissions::Catalogue;
use crate::text::{Name, UserName};

/// A permission with the ways in which it is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldPermission {
    pub key: String,
    pub label: String,
    pub category: String,
    pub paths: Vec<Path>,
}

impl HeldPermission {
    /// All that is held, in the order of the catalogue.
    #[must_use]
    pub fn all(effective: &Effective, catalogue: &Catalogue) -> Vec<Self> {
        let held = catalogue.0.iter().filter(|entry| effective.holds_key(&entry.key));
        held.map(|entry| Self {
            key: entry.key.clone(),
            label: entry.label.clone(),
            category: entry.category.clone(),
            paths: effective.paths(&entry.key),
        })
        .collect()
    }
}

/// The answer to `GET me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    pub account: Account,
    /// In the order of the catalogue.
    pub permissions: Vec<HeldPermission>,
}

/// `PATCH me`: what is absent stays as it is; `"user_name": null` takes the user name away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(from = "WireMeChange", into = "WireMeChange", deny_unknown_fields)]
pub struct MeChange {
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub display_name: Option<Name>,
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub user_name: Option<UserName>,
    /// Whether the user name goes; a new one goes before it. Default: no.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub clears_user_name: bool,
}

impl MeChange {
    /// The user name after the change, of one who had `present`.
    #[must_use]
    pub fn user_name_after<'a>(&'a self, present: Option<&'a str>) -> Option<&'a str> {
        match &self.user_name {
            Some(new) => Some(new.as_str()),
            None => present.filter(|_| !self.clears_user_name),
        }
    }
}

/// `MeChange` on the wire, where an absent field and one that is null are two things.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireMeChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    user_name: Option<Option<UserName>>,
}

/// Reads a field that is there, be it null.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<UserName>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl From<WireMeChange> for MeChange {
    fn from(WireMeChange { display_name, user_name }: WireMeChange) -> Self {
        Self { display_name, clears_user_name: user_name == Some(None), user_name: user_name.flatten() }
    }
}

impl From<MeChange> for WireMeChange {
    fn from(MeChange { display_name, user_name, clears_user_name }: MeChange) -> Self {
        Self { display_name, user_name: user_name.map(Some).or(clears_user_name.then_some(None)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_name_stays_goes_or_changes_and_reads_back() {
        let cases = [("{}", Some("old")), (r#"{"user_name":null}"#, None), (r#"{"user_name":"new"}"#, Some("new"))];
        for (text, after) in cases {
            let change: MeChange = serde_json::from_str(text).unwrap();
            assert_eq!(change.user_name_after(Some("old")), after, "{text}");
            assert_eq!(serde_json::to_string(&change).unwrap(), text);
        }
        assert_eq!(MeChange::default().user_name_after(None), None);
    }
}
