//! The question a product asks: may this account do that, why, and what would change the answer.

use serde::{Deserialize, Serialize};

use crate::access::{ObjectHoldings, access_paths};
use crate::accounts::ShownStatus;
use crate::effective::{Effective, Holdings, Path, RoleBook};
use crate::groups::GroupRef;
use crate::id::AccountId;
use crate::objects::{AccessLevel, ObjectKey};
use crate::problem::FieldError;
use crate::roles::RoleRef;
use crate::time::Timestamp;

/// The most checks in one request.
pub const CHECKS_MAX: usize = 1_000;
/// The most fixes a refusal names.
pub const FIXES_MAX: usize = 5;
/// The most different refusals of one request that name fixes.
pub const FIXED_MAX: usize = 100;

/// One question.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    /// Key of the catalogue.
    pub permission: String,
    /// The caller itself when absent. Another account needs `accounts.view`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectKey>,
    /// What is to be done with the object; `view` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessLevel>,
}

/// `POST check` with many questions.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckMany {
    /// 1,000 at most. Of different refusals the first 100 name fixes.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 1_000))]
    pub checks: Vec<CheckRequest>,
}

/// The body of `POST check`: one question, or many under `checks`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckBody {
    /// Key of the catalogue; needed without `checks`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// As in `CheckRequest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// As in `CheckRequest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectKey>,
    /// As in `CheckRequest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessLevel>,
    /// 1 to 1,000, without the other fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 1_000))]
    pub checks: Option<Vec<CheckRequest>>,
}

/// What `POST check` was asked.
#[derive(Debug, Clone)]
pub enum Asked {
    One(CheckRequest),
    /// 1 to 1,000.
    Many(Vec<CheckRequest>),
}

impl CheckBody {
    /// # Errors
    /// The field that is missing, too much or too long.
    pub fn asked(self) -> Result<Asked, FieldError> {
        let Self { permission, account, object, access, checks } = self;
        let fault = |field, code, message: String| Err(FieldError::new(field, code, message));
        match (permission, checks) {
            (Some(_), Some(_)) => fault("checks", "not_allowed", "Ask one question, or many, not both.".to_owned()),
            (None, None) => fault("permission", "required", "Name the permission asked about.".to_owned()),
            (Some(permission), None) => Ok(Asked::One(CheckRequest { permission, account, object, access })),
            (None, Some(_)) if account.is_some() || object.is_some() || access.is_some() => {
                fault("checks", "not_allowed", "Each of the checks names its own account and object.".to_owned())
            }
            (None, Some(checks)) if !(1..=CHECKS_MAX).contains(&checks.len()) => {
                fault("checks", "out_of_range", format!("Ask 1 to {CHECKS_MAX} questions at once."))
            }
            (None, Some(checks)) => Ok(Asked::Many(checks)),
        }
    }
}

/// The answer to `POST check`: of the same form as the question.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum CheckReply {
    One(CheckAnswer),
    Many(CheckAnswers),
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DenyReason {
    /// Deactivated, expired, pending or deleted.
    NotActive,
    /// The account does not hold the permission.
    NoPermission,
    /// It holds the permission, but the object is restricted and it has no access, or too little.
    NoAccess,
    /// The permission is not in the catalogue.
    UnknownPermission,
    /// There is no such object, or none that whoever asks may see. One that was never registered is not restricted: ask
    /// without it.
    UnknownObject,
    /// There is no such account in this organization.
    UnknownAccount,
}

impl DenyReason {
    /// Why not, as the end of a sentence: "no: the account does not hold the permission".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotActive => "the account is not active",
            Self::NoPermission => "the account does not hold the permission",
            Self::NoAccess => "the account holds the permission, but has no such access to the object",
            Self::UnknownPermission => "there is no such permission",
            Self::UnknownObject => {
                "no such object is registered, or you may not see it; without registration, the permission alone decides"
            }
            Self::UnknownAccount => "there is no such account",
        }
    }
}

/// What a fix would add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FixKind {
    /// The role on the account.
    AddRole,
    /// The account into the group.
    AddGroup,
    /// The single permission on the account.
    AddPermission,
    /// The level.
    SetLevel,
    /// Access to the object.
    AddAccess,
    /// The account activated.
    Activate,
}

/// The smallest single addition that would allow it; the one that gives least beside comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fix {
    #[serde(rename = "type")]
    pub kind: FixKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<RoleRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessLevel>,
    /// How many other permissions it would give as well.
    pub extra: u32,
}

impl Fix {
    /// What to do: "Give the role \"Alerts\"". `label` gives the name of a permission by its key.
    #[must_use]
    pub fn words(&self, level_word: &str, label: impl Fn(&str) -> String) -> String {
        let role = || self.role.as_ref().map(|role| role.name.as_str()).unwrap_or_default();
        let group = || self.group.as_ref().map(|group| group.name.as_str()).unwrap_or_default();
        let level = || self.level.as_ref().map(|level| level.name.as_str()).unwrap_or_default();
        match self.kind {
            FixKind::AddRole => ["Give the role \"", role(), "\""].concat(),
            FixKind::AddGroup => ["Add to the group \"", group(), "\""].concat(),
            FixKind::AddPermission => {
                ["Give the permission \"", &label(self.permission.as_deref().unwrap_or_default()), "\" alone"].concat()
            }
            FixKind::SetLevel => [level_word, " \"", level(), "\""].concat(),
            FixKind::AddAccess => match self.access {
                Some(AccessLevel::Modify) => "Give modify access to this object".to_owned(),
                _ => "Give view access to this object".to_owned(),
            },
            FixKind::Activate => "Activate the account".to_owned(),
        }
    }

    /// What it would give beside: "and 3 other permissions"; empty for nothing.
    #[must_use]
    pub fn extra_words(&self) -> String {
        match self.extra {
            0 => String::new(),
            1 => "and 1 other permission".to_owned(),
            extra => ["and ", &extra.to_string(), " other permissions"].concat(),
        }
    }
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckAnswer {
    pub allowed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DenyReason>,
    /// The ways in which it is allowed; empty when it is not. First those that give the permission; after them, for a
    /// restricted object, those that give access: they end in `access`, `object_owner` or `owner`.
    #[serde(default)]
    pub paths: Vec<Path>,
    /// For those who could grant them; empty for others, and when it is allowed. Of many different refusals in one answer the
    /// first 100 name them.
    #[serde(default)]
    pub fixes: Vec<Fix>,
}

/// What is asked of one account.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Key of the catalogue.
    pub permission: &'a str,
    /// Absent when no object is asked about.
    pub object: Option<&'a ObjectHoldings>,
    /// What is to be done with the object.
    pub access: AccessLevel,
}

/// Whether an account may do something at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// By these ways: first those that give the permission, then those that give access to a restricted object.
    Allow(Vec<Path>),
    Deny(DenyReason),
}

/// The rule: the permission is held, and where the object is restricted, also access of at least the level asked
/// (F37, F38, F52). `effective` is that of `holdings` at the same moment.
#[must_use]
pub fn check(
    holdings: &Holdings,
    effective: &Effective,
    book: &RoleBook,
    question: &Question<'_>,
    at: Timestamp,
) -> Decision {
    if book.catalogue().find(question.permission).is_none() {
        return Decision::Deny(DenyReason::UnknownPermission);
    }
    if holdings.state.shown(at) != ShownStatus::Active {
        return Decision::Deny(DenyReason::NotActive);
    }
    let mut paths = effective.paths(question.permission);
    if paths.is_empty() {
        return Decision::Deny(DenyReason::NoPermission);
    }
    if let Some(object) = question.object.filter(|object| object.restricted) {
        let found = access_paths(holdings, effective, object, at);
        let enough = found.into_iter().filter(|(level, _)| *level >= question.access).map(|(_, path)| path);
        let before = paths.len();
        paths.extend(enough);
        if paths.len() == before {
            return Decision::Deny(DenyReason::NoAccess);
        }
    }
    Decision::Allow(paths)
}

/// The answers to many questions, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckAnswers {
    pub results: Vec<CheckAnswer>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_asks_one_question_or_many() {
        let fault = |text: &str| {
            let body: CheckBody = serde_json::from_str(text).unwrap();
            body.asked().map_err(|error| error.field).err()
        };
        let many = |count| format!(r#"{{"checks":[{}]}}"#, vec![r#"{"permission":"alerts"}"#; count].join(","));
        assert_eq!(fault(r#"{"permission":"alerts"}"#), None);
        assert_eq!(fault(&many(CHECKS_MAX)), None);
        assert_eq!(fault(&many(CHECKS_MAX + 1)).as_deref(), Some("checks"));
        assert_eq!(fault(&many(0)).as_deref(), Some("checks"));
        assert_eq!(fault("{}").as_deref(), Some("permission"));
        assert_eq!(fault(r#"{"permission":"alerts","checks":[]}"#).as_deref(), Some("checks"));
        assert_eq!(fault(r#"{"access":"view","checks":[{"permission":"a"}]}"#).as_deref(), Some("checks"));
    }

    #[test]
    fn fix_says_what_to_do_and_what_comes_with_it() {
        let role = RoleRef { key: "alerts".to_owned(), name: "Alerts".to_owned() };
        let fix = |kind, extra| Fix {
            kind,
            role: Some(role.clone()),
            group: None,
            permission: Some("alerts.rules".to_owned()),
            level: Some(RoleRef { key: "admin".to_owned(), name: "Admin".to_owned() }),
            access: Some(AccessLevel::Modify),
            extra,
        };
        let words = |kind| fix(kind, 0).words("Privilege level", |_| "Modify rules".to_owned());
        assert_eq!(words(FixKind::AddRole), "Give the role \"Alerts\"");
        assert_eq!(words(FixKind::AddPermission), "Give the permission \"Modify rules\" alone");
        assert_eq!(words(FixKind::SetLevel), "Privilege level \"Admin\"");
        assert_eq!(words(FixKind::AddAccess), "Give modify access to this object");
        assert_eq!(fix(FixKind::AddRole, 0).extra_words(), "");
        assert_eq!(fix(FixKind::AddRole, 1).extra_words(), "and 1 other permission");
        assert_eq!(fix(FixKind::AddRole, 4).extra_words(), "and 4 other permissions");
    }
}
