//! The one place where a failure becomes an answer: problem details of RFC 9457, without internals.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::invitations::LinkState;
use domain::levels::LEVEL_WHILE_OUT;
use domain::tokens::bearer_challenge;
use domain::{Code, Problem};

use crate::failure::{Current, Failure};
use crate::http::refusals::Refused;
use crate::version;

/// What an answer says of a failure, beside its status.
struct Words {
    status: StatusCode,
    code: Code,
    title: &'static str,
    detail: String,
}

/// The most faults of ours that are logged with what they say; the text never leaves the server.
fn log(failure: &Failure) {
    match failure {
        Failure::Unavailable(reason) => tracing::error!(reason, "the database is away"),
        Failure::Internal(reason) => tracing::error!(reason, "a fault of ours"),
        Failure::SlowBody => tracing::warn!("a request did not arrive in time"),
        Failure::TookTooLong => tracing::warn!("a request was not answered in time"),
        _ => {}
    }
}

fn words(failure: &Failure) -> Words {
    let say = |status, code, title, detail: &str| Words { status, code, title, detail: detail.to_owned() };
    match failure {
        Failure::Malformed(reason) => say(StatusCode::BAD_REQUEST, Code::Malformed, "Malformed request", reason),
        Failure::NotSignedIn => say(StatusCode::UNAUTHORIZED, Code::NotSignedIn, "Not signed in", "Sign in to go on."),
        Failure::WrongCredentials => say(
            StatusCode::UNAUTHORIZED,
            Code::WrongCredentials,
            "Sign-in failed",
            "The name and the password do not fit together, or too many attempts were made. Check both, or wait a while.",
        ),
        Failure::Forbidden(permission) => {
            let label = permission.entry().label;
            say(
                StatusCode::FORBIDDEN,
                Code::Forbidden,
                "Not allowed",
                &format!("This needs the permission \"{label}\" ({permission}). An Owner can give it."),
            )
        }
        Failure::Escalation(permission) => say(
            StatusCode::FORBIDDEN,
            Code::Escalation,
            "Not allowed",
            &format!("This reaches beyond what you hold yourself: {permission}."),
        ),
        Failure::HeldUntil { permission, until } => say(
            StatusCode::FORBIDDEN,
            Code::Escalation,
            "Not allowed",
            &format!(
                "You hold this only until {}, and cannot give it for longer: {permission}.",
                until.to_the_minute()
            ),
        ),
        Failure::CrossSite => {
            say(StatusCode::FORBIDDEN, Code::CrossSite, "Refused", "A change has to come from Roster's own pages.")
        }
        Failure::InvalidToken(fault) => {
            say(StatusCode::UNAUTHORIZED, Code::InvalidToken, "The token does not work", fault.words())
        }
        Failure::OutOfScope(permission) => {
            let label = permission.entry().label;
            say(
                StatusCode::FORBIDDEN,
                Code::OutOfScope,
                "Not allowed",
                &format!("The scopes of the token do not have the permission \"{label}\" ({permission})."),
            )
        }
        Failure::Lacks(key) => {
            say(StatusCode::FORBIDDEN, Code::Forbidden, "Not allowed", &format!("This needs the permission `{key}`."))
        }
        Failure::ConfirmationRequired => say(
            StatusCode::FORBIDDEN,
            Code::ConfirmationRequired,
            "Confirm that it is you",
            "Enter your password once more; then this goes on.",
        ),
        Failure::SessionRequired => say(
            StatusCode::FORBIDDEN,
            Code::SessionRequired,
            "For people only",
            "This is for people who are signed in to the console. An API token cannot do it.",
        ),
        Failure::NotFound => say(
            StatusCode::NOT_FOUND,
            Code::NotFound,
            "Not found",
            "There is nothing here, or nothing that you may see.",
        ),
        Failure::MethodNotAllowed => say(
            StatusCode::METHOD_NOT_ALLOWED,
            Code::MethodNotAllowed,
            "Method not allowed",
            "This address does not take this method.",
        ),
        Failure::AlreadySetUp => say(
            StatusCode::CONFLICT,
            Code::AlreadySetUp,
            "Set-up link used or expired",
            "Set-up is done, the link is more than a day old, or a newer one was printed. Sign in, or look at the server's output.",
        ),
        Failure::LastOwner => say(
            StatusCode::CONFLICT,
            Code::LastOwner,
            "The last Owner stays",
            "An organization always has an Owner who can sign in. Make someone else Owner first.",
        ),
        Failure::OwnAccount => say(
            StatusCode::CONFLICT,
            Code::OwnAccount,
            "Your own account",
            "Nobody deactivates themselves, sets their own end, or changes their own level. Ask another administrator.",
        ),
        Failure::LevelKept => say(StatusCode::CONFLICT, Code::LevelKept, "The level stays", LEVEL_WHILE_OUT),
        Failure::NoSeat => say(
            StatusCode::CONFLICT,
            Code::NoSeat,
            "No seat left",
            "All seats are taken. Deactivate an account or raise the number of seats.",
        ),
        Failure::NameTaken(_) => {
            say(StatusCode::CONFLICT, Code::NameTaken, "Name taken", "This name is in use already.")
        }
        Failure::InUse(_) => say(
            StatusCode::CONFLICT,
            Code::InUse,
            "The role is in use",
            "Somebody holds this role. Choose a role that its holders get instead, or take it from them first.",
        ),
        Failure::BuiltIn => say(
            StatusCode::CONFLICT,
            Code::BuiltIn,
            "This stays as it is",
            "It came with the organization: it can be neither changed nor deleted.",
        ),
        Failure::NotUndoable => say(
            StatusCode::CONFLICT,
            Code::NotUndoable,
            "This cannot be undone any more",
            "The change was undone already, or it is older than a day.",
        ),
        Failure::AlreadyDone | Failure::Repeated(_) => say(
            StatusCode::CONFLICT,
            Code::AlreadyDone,
            "Already done",
            "A request with this Idempotency-Key was carried out. Its answer held a secret, which is shown only once. Look for what was created; if you don't have the secret, replace it.",
        ),
        Failure::KeyReused => say(
            StatusCode::UNPROCESSABLE_ENTITY,
            Code::IdempotencyKeyReused,
            "Idempotency-Key reused",
            "This Idempotency-Key was used for another request. Send a new key with each new request.",
        ),
        Failure::NotPending => say(
            StatusCode::CONFLICT,
            Code::NotPending,
            "No longer pending",
            "The invitation was accepted, declined or withdrawn meanwhile.",
        ),
        Failure::SignedInAsOther => say(
            StatusCode::CONFLICT,
            Code::SignedInAsOther,
            "Signed in as someone else",
            "This invitation is for another address. Sign out first.",
        ),
        Failure::LinkDead(state) => {
            say(StatusCode::GONE, Code::LinkDead, "This link no longer works", link_words(*state))
        }
        Failure::Stale(_) => say(
            StatusCode::PRECONDITION_FAILED,
            Code::Stale,
            "Changed meanwhile",
            "Somebody else changed this a moment ago. Nothing was changed; look at it as it is now and try again.",
        ),
        Failure::TooLarge => {
            say(StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge, "Too large", "The request is larger than is taken here.")
        }
        Failure::HeadTooLarge => say(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Code::TooLarge,
            "Too large",
            "The request's headers are more or longer than is taken here.",
        ),
        Failure::NotJson => {
            say(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::NotJson, "Not JSON", "Send application/json.")
        }
        Failure::NotOauthForm(what) => {
            say(StatusCode::BAD_REQUEST, Code::Malformed, "Not the form of the standard", what)
        }
        Failure::Invalid(errors) => say(
            StatusCode::UNPROCESSABLE_ENTITY,
            Code::Invalid,
            "Please check what was entered",
            errors.first().map_or("A field is wrong.", |error| error.message.as_str()),
        ),
        Failure::VersionRequired => say(
            StatusCode::PRECONDITION_REQUIRED,
            Code::VersionRequired,
            "Version required",
            "A change carries the version it saw, in If-Match.",
        ),
        Failure::TooMany { .. } => {
            say(StatusCode::TOO_MANY_REQUESTS, Code::TooMany, "Too many requests", "Wait a while and try again.")
        }
        Failure::Unavailable(_) => say(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::Unavailable,
            "Not available right now",
            "The database does not answer. Nothing was changed; try again in a moment.",
        ),
        Failure::SlowBody => say(
            StatusCode::REQUEST_TIMEOUT,
            Code::Timeout,
            "The request took too long to arrive",
            "Not all of the request came in time, and it was not carried out. Try again.",
        ),
        Failure::TookTooLong => say(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::Unavailable,
            "This took too long",
            "Roster is busy and did not finish in time. Look whether the change was made before you try again.",
        ),
        Failure::Internal(_) => say(
            StatusCode::INTERNAL_SERVER_ERROR,
            Code::Internal,
            "Something went wrong",
            "This is a fault of Roster. The request id helps to find it in the server's log.",
        ),
    }
}

/// What the answer says of the token that was shown, or is missing (RFC 6750, section 3): the kind of failure, and no more.
fn challenge(failure: &Failure, status: StatusCode) -> Option<String> {
    match failure {
        Failure::InvalidToken(fault) => Some(bearer_challenge(*fault)),
        Failure::OutOfScope(permission) => {
            Some(format!("Bearer realm=\"roster\", error=\"insufficient_scope\", scope=\"{permission}\""))
        }
        Failure::Lacks(key) => Some(format!("Bearer realm=\"roster\", error=\"insufficient_scope\", scope=\"{key}\"")),
        _ => (status == StatusCode::UNAUTHORIZED).then(|| "Bearer realm=\"roster\"".to_owned()),
    }
}

const fn link_words(state: LinkState) -> &'static str {
    match state {
        LinkState::Open => "The link works.",
        LinkState::Expired => "The link has expired. Ask for a new one.",
        LinkState::Used => "This invitation was accepted already. Sign in instead.",
        LinkState::Withdrawn => "This invitation was withdrawn.",
        LinkState::Declined => "This invitation was declined.",
        LinkState::Replaced => "There is a newer link for this invitation. Use that one.",
        LinkState::Outdated => "The account's access was extended after this link was sent. Ask for a new link.",
    }
}

/// Puts what changed meanwhile into the problem; its version.
fn put(problem: &mut Problem, current: Current) -> i64 {
    match current {
        Current::Account(account) => problem.current.insert(account).version,
        Current::Organization(organization) => problem.current_organization.insert(organization).version,
        Current::Role(role) => problem.current_role.insert(role).version,
        Current::Group(group) => problem.current_group.insert(group).version,
        Current::Token(token) => problem.current_token.insert(token).version,
        Current::Access(access) => problem.current_access.insert(access).object.version,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let failure = match self {
            Self::Repeated(answer) => return answer.into_response(),
            failure => failure,
        };
        failure.into_problem()
    }
}

impl Failure {
    fn into_problem(self) -> Response {
        log(&self);
        let refused = Refused::of(&self);
        let Words { status, code, title, detail } = words(&self);
        let mut problem = Problem {
            kind: format!("urn:roster:problem:{}", status.as_u16()),
            title: title.to_owned(),
            status: status.as_u16(),
            code,
            detail,
            request_id: String::new(),
            errors: Vec::new(),
            current: None,
            current_organization: None,
            current_role: None,
            current_group: None,
            current_token: None,
            current_access: None,
            holders: None,
            error: None,
        };
        let (mut retry_after, mut present_version) = (None, None);
        let challenge = challenge(&self, status);
        match self {
            Self::Invalid(errors) => problem.errors = errors,
            Self::KeyReused => {
                let error = domain::FieldError::new("Idempotency-Key", "reused", problem.detail.clone());
                problem.errors.push(error);
            }
            Self::NameTaken(field) => {
                problem.errors.push(domain::FieldError::new(field, "taken", problem.detail.clone()))
            }
            Self::Stale(Some(current)) => present_version = Some(put(&mut problem, current)),
            Self::InUse(holders) => problem.holders = Some(holders),
            Self::NotOauthForm(_) => problem.error = Some("invalid_request".to_owned()),
            Self::TooMany { retry_after_s } => retry_after = Some(retry_after_s),
            _ => {}
        }
        let mut response = (status, ProblemBody(problem)).into_response();
        if let Some(refused) = refused {
            response.extensions_mut().insert(refused);
        }
        if let Some(present) = present_version {
            version::tag(&mut response, present);
        }
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Carries the problem to the outermost layer, which writes it together with the id of the request.
#[derive(Clone)]
pub struct ProblemBody(pub Problem);

impl IntoResponse for ProblemBody {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

/// An answer in JSON, never kept by a cache.
pub struct Json<T>(pub T);

impl<T: serde::Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => json_response(bytes, "application/json"),
            Err(error) => Failure::from(error).into_response(),
        }
    }
}

/// Bytes of JSON as an answer.
#[must_use]
pub fn json_response(bytes: Vec<u8>, media_type: &'static str) -> Response {
    ([(CONTENT_TYPE, media_type), (CACHE_CONTROL, "no-store")], bytes).into_response()
}
