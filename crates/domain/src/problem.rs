//! What went wrong, for programs and for people: problem details of RFC 9457.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Stable codes of problems. A code is never renamed; a reader takes one it does not know as `Unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// 400: the request is not JSON of the form asked for.
    Malformed,
    /// 401: nobody is signed in, or no longer.
    NotSignedIn,
    /// 401: the token is malformed, unknown, expired or revoked, its account is not active, or it may not be used from here.
    InvalidToken,
    /// 401: name and password do not fit; also for a name nobody has.
    WrongCredentials,
    /// 403: the caller lacks a permission.
    Forbidden,
    /// 403: it would give or touch what the caller does not hold.
    Escalation,
    /// 403: the token's scopes do not reach so far; the account itself may hold the permission.
    OutOfScope,
    /// 403: the password has to be entered again before this (`POST session/confirmation`).
    ConfirmationRequired,
    /// 403: for people who are signed in to the console, not for tokens.
    SessionRequired,
    /// 403: a change sent by another site.
    CrossSite,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 408: the body did not arrive in time; nothing was changed.
    Timeout,
    /// 409: set-up is done already.
    AlreadySetUp,
    /// 409: the organization would be left without an Owner.
    LastOwner,
    /// 409: nobody does this to themselves.
    OwnAccount,
    /// 409: whoever is deactivated keeps their level until they are activated again.
    LevelKept,
    /// 409: all seats are taken.
    NoSeat,
    /// 409: another account or thing has this name.
    NameTaken,
    /// 409: somebody holds the role; `holders` says who.
    InUse,
    /// 409: it comes with the profile, or with the organization, and stays as it is.
    BuiltIn,
    /// 409: the change was undone already, or it is too old to be undone.
    NotUndoable,
    /// 409: a request with the same `Idempotency-Key` was carried out, and its answer held a secret that is shown once.
    AlreadyDone,
    /// 409: the invitation was accepted, withdrawn or declined meanwhile.
    NotPending,
    /// 409: the invitation is for somebody else than who is signed in.
    SignedInAsOther,
    /// 410: the link is used, expired, replaced, withdrawn or declined.
    LinkDead,
    /// 412: somebody changed it meanwhile.
    Stale,
    /// 413
    TooLarge,
    /// 415
    NotJson,
    /// 422: fields are wrong; `errors` says which.
    Invalid,
    /// 422: the `Idempotency-Key` was used for another request.
    IdempotencyKeyReused,
    /// 428: a change without `If-Match`.
    VersionRequired,
    /// 429: too many attempts; `Retry-After` says when.
    TooMany,
    /// 500
    Internal,
    /// 503: the database or the disk is away and nothing was changed, or the answer took too long and something may be.
    Unavailable,
    /// A code of a newer server.
    #[serde(other)]
    Unknown,
}

impl Code {
    /// The status of the answer that carries it.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::NotSignedIn | Self::InvalidToken | Self::WrongCredentials => 401,
            Self::Forbidden
            | Self::Escalation
            | Self::OutOfScope
            | Self::ConfirmationRequired
            | Self::SessionRequired
            | Self::CrossSite => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Timeout => 408,
            Self::AlreadySetUp
            | Self::LastOwner
            | Self::OwnAccount
            | Self::LevelKept
            | Self::NoSeat
            | Self::NameTaken
            | Self::InUse
            | Self::BuiltIn
            | Self::NotUndoable
            | Self::AlreadyDone
            | Self::NotPending
            | Self::SignedInAsOther => 409,
            Self::LinkDead => 410,
            Self::Stale => 412,
            Self::TooLarge => 413,
            Self::NotJson => 415,
            Self::Invalid | Self::IdempotencyKeyReused => 422,
            Self::VersionRequired => 428,
            Self::TooMany => 429,
            Self::Internal | Self::Unknown => 500,
            Self::Unavailable => 503,
        }
    }
}

/// What people read when they tried too often, with the wait of `Retry-After` in words.
#[must_use]
pub fn too_many(wait_s: i64) -> String {
    let (amount, unit) = if wait_s < 60 { (wait_s.max(1), "second") } else { ((wait_s + 59) / 60, "minute") };
    let plural = if amount == 1 { "" } else { "s" };
    format!("Too many attempts. Try again in {amount} {unit}{plural}.")
}

/// One field of a request that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's name in the request.
    pub field: String,
    /// In a list, the position from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// Stable, for programs.
    pub code: Cow<'static, str>,
    /// For people: what is allowed.
    pub message: String,
}

impl FieldError {
    #[must_use]
    pub fn new(field: &str, code: &'static str, message: String) -> Self {
        Self { field: field.to_owned(), index: None, code: Cow::Borrowed(code), message }
    }

    /// Of the entry at a position of the field's list, from 0.
    #[must_use]
    pub fn at(self, index: usize) -> Self {
        Self { index: Some(index), ..self }
    }
}

/// The body of every answer of 4xx and 5xx, as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URN that repeats the status.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    pub code: Code,
    /// For people: what happened, what was kept, what to do.
    pub detail: String,
    /// To find the request in the server's log.
    #[serde(default)]
    pub request_id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// With `stale`, of an account: as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<crate::accounts::Account>>,
    /// With `stale`: the organization's settings as they are now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_organization: Option<Box<crate::organization::Organization>>,
    /// With `stale`, of a role: as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_role: Option<Box<crate::roles::Role>>,
    /// With `stale`, of a group: as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_group: Option<Box<crate::groups::Group>>,
    /// With `stale`, of a token: as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_token: Option<Box<crate::tokens::Token>>,
    /// With `stale`, of an access to an object: the object with all of them as they are now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_access: Option<Box<crate::objects::ObjectAccess>>,
    /// With `in_use`: who holds the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holders: Option<Box<crate::roles::RoleHolders>>,
    /// Where OAuth asks for it: its word for the fault (RFC 6749, section 5.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Problem {
    /// The error of a field, wherever in a list it stands.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldError> {
        self.errors.iter().find(|error| error.field == name)
    }
}

/// Gathers the errors of a form, so that all of them are told at once.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Passes a good value on, and keeps the error of a bad one.
    pub fn take<T, E: FieldFault>(&mut self, field: &str, result: Result<T, E>) -> Option<T> {
        result
            .map_err(|error| {
                self.0.push(FieldError {
                    field: field.to_owned(),
                    index: None,
                    code: Cow::Borrowed(error.code()),
                    message: error.message(),
                })
            })
            .ok()
    }

    pub fn push(&mut self, error: FieldError) {
        self.0.push(error);
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn into_vec(self) -> Vec<FieldError> {
        self.0
    }
}

/// What every reason to refuse a field's value has: a code for programs, a sentence for people.
pub trait FieldFault {
    /// Stable, for programs.
    fn code(&self) -> &'static str;
    /// For people.
    fn message(&self) -> String;
}

macro_rules! field_fault {
    ($($error:ty),*) => {$(
        impl FieldFault for $error {
            fn code(&self) -> &'static str {
                <$error>::code(self)
            }

            fn message(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

field_fault!(
    crate::text::NameError,
    crate::email::EmailError,
    crate::email_list::EmailListError,
    crate::email_list::EntryError,
    crate::password::PasswordError,
    crate::service_accounts::ServiceIdError
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wait_is_told_in_seconds_and_then_in_begun_minutes() {
        for (wait_s, words) in [(0, "1 second."), (59, "59 seconds."), (60, "1 minute."), (61, "2 minutes.")] {
            assert!(too_many(wait_s).ends_with(words), "{wait_s}");
        }
    }

    fn any_error() -> impl Strategy<Value = FieldError> {
        let texts = (any::<String>(), any::<String>(), any::<String>());
        (texts, any::<Option<u32>>()).prop_map(|((field, code, message), index)| FieldError {
            field,
            index: index.map(|index| index as usize),
            code: Cow::Owned(code),
            message,
        })
    }

    proptest! {
        #[test]
        fn problem_is_read_as_it_was_written(
            texts in any::<[String; 4]>(),
            status in 400..600_u16,
            code in prop::sample::select(vec![Code::Invalid, Code::Stale, Code::LinkDead, Code::Unknown]),
            errors in prop::collection::vec(any_error(), 0..4),
        ) {
            let [kind, title, detail, request_id] = texts;
            let problem = Problem {
                kind,
                title,
                status,
                code,
                detail,
                request_id,
                errors,
                current: None,
                current_organization: None,
                current_role: None,
                current_group: None,
                current_token: None,
                current_access: None,
                holders: None,
                error: None,
            };
            let written = serde_json::to_string(&problem).unwrap();
            prop_assert_eq!(serde_json::from_str::<Problem>(&written).unwrap(), problem);
        }

        #[test]
        fn code_of_a_newer_server_is_unknown(code in "x_[a-z_]{0,20}") {
            let read: Code = serde_json::from_value(code.into()).unwrap();
            prop_assert_eq!(read, Code::Unknown);
        }
    }
}
