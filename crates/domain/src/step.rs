//! Steps of a path as the wire writes them: flat, which costs the console a fraction of what a tagged union would.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::effective::Step;
use crate::groups::GroupRef;
use crate::id::GroupId;
use crate::objects::AccessLevel;
use crate::roles::RoleRef;

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepType {
    Direct,
    Level,
    Role,
    Group,
    Everyone,
    Baseline,
    Owner,
    IncludedIn,
    Access,
    ObjectOwner,
}

/// A step on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WireStep {
    #[serde(rename = "type")]
    pub kind: StepType,
    /// Of a level, a role or a permission; of an access, its level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Of a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<GroupId>,
    /// Of a level, a role or a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A step lacks what its type needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidStep;

impl fmt::Display for InvalidStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step has the key, id and name that its type needs")
    }
}

impl From<Step> for WireStep {
    fn from(step: Step) -> Self {
        let plain = |kind| Self { kind, key: None, id: None, name: None };
        let role = |kind, role: RoleRef| Self { key: Some(role.key), name: Some(role.name), ..plain(kind) };
        let group = |kind, group: GroupRef| Self { id: Some(group.id), name: Some(group.name), ..plain(kind) };
        match step {
            Step::Direct => plain(StepType::Direct),
            Step::Baseline => plain(StepType::Baseline),
            Step::Owner => plain(StepType::Owner),
            Step::Level(level) => role(StepType::Level, level),
            Step::Role(held) => role(StepType::Role, held),
            Step::Group(joined) => group(StepType::Group, joined),
            Step::Everyone(all) => group(StepType::Everyone, all),
            Step::IncludedIn { key } => Self { key: Some(key), ..plain(StepType::IncludedIn) },
            Step::Access(level) => Self { key: Some(level.as_str().to_owned()), ..plain(StepType::Access) },
            Step::ObjectOwner => plain(StepType::ObjectOwner),
        }
    }
}

impl TryFrom<WireStep> for Step {
    type Error = InvalidStep;

    fn try_from(wire: WireStep) -> Result<Self, InvalidStep> {
        let WireStep { kind, key, id, name } = wire;
        let role = |key: Option<String>, name: Option<String>| key.zip(name).map(|(key, name)| RoleRef { key, name });
        let group = |name: Option<String>| id.zip(name).map(|(id, name)| GroupRef { id, name });
        match kind {
            StepType::Direct => Some(Self::Direct),
            StepType::Baseline => Some(Self::Baseline),
            StepType::Owner => Some(Self::Owner),
            StepType::Level => role(key, name).map(Self::Level),
            StepType::Role => role(key, name).map(Self::Role),
            StepType::Group => group(name).map(Self::Group),
            StepType::Everyone => group(name).map(Self::Everyone),
            StepType::IncludedIn => key.map(|key| Self::IncludedIn { key }),
            StepType::Access => key.as_deref().and_then(AccessLevel::parse).map(Self::Access),
            StepType::ObjectOwner => Some(Self::ObjectOwner),
        }
        .ok_or(InvalidStep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_reads_back_what_it_writes() {
        let role = || RoleRef { key: "alerts".into(), name: "Alerts".into() };
        let group = || GroupRef { id: GroupId::from_u128(7), name: "Interns".into() };
        let steps = [
            Step::Direct,
            Step::Baseline,
            Step::Owner,
            Step::Level(role()),
            Step::Role(role()),
            Step::Group(group()),
            Step::Everyone(group()),
            Step::IncludedIn { key: "accounts".into() },
            Step::Access(AccessLevel::View),
            Step::Access(AccessLevel::Modify),
            Step::ObjectOwner,
        ];
        for step in steps {
            let text = serde_json::to_string(&step).unwrap();
            assert_eq!(serde_json::from_str::<Step>(&text).unwrap(), step, "{text}");
        }
        for text in [r#"{"type":"role"}"#, r#"{"type":"access"}"#, r#"{"type":"access","key":"all"}"#] {
            assert!(serde_json::from_str::<Step>(text).is_err(), "{text}");
        }
    }
}
