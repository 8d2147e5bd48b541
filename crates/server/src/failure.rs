//! Why a request was not done: everything that can go wrong on the way, before it becomes an answer.

use domain::accounts::Account;
use domain::groups::Group;
use domain::invitations::LinkState;
use domain::objects::ObjectAccess;
use domain::organization::Organization;
use domain::permissions::ConsolePermission;
use domain::roles::{Role, RoleHolders};
use domain::tokens::{Token, TokenFault};
use domain::{FieldError, Timestamp};

use crate::idempotency::SavedAnswer;
use crate::random::RandomError;

/// A request that was not done. `http::respond` turns each into its answer.
#[derive(Debug)]
pub enum Failure {
    Malformed(String),
    NotSignedIn,
    WrongCredentials,
    Forbidden(ConsolePermission),
    /// It would give or touch this permission, which the caller lacks (I7).
    Escalation(String),
    /// It would give this permission for longer than the caller holds it (I7).
    HeldUntil {
        permission: String,
        until: Timestamp,
    },
    CrossSite,
    /// The request's token does not work.
    InvalidToken(TokenFault),
    /// A product asks for a permission, by its key, that the caller lacks.
    Lacks(String),
    /// The account holds the permission, but the token's scopes do not have it.
    OutOfScope(ConsolePermission),
    /// The password has to be entered again before this (S12).
    ConfirmationRequired,
    /// For people who are signed in to the console, not for tokens.
    SessionRequired,
    NotFound,
    MethodNotAllowed,
    AlreadySetUp,
    LastOwner,
    OwnAccount,
    LevelKept,
    NoSeat,
    /// The field whose value is taken.
    NameTaken(&'static str),
    /// With those who hold the role.
    InUse(Box<RoleHolders>),
    /// It came with the profile or the organization, and stays as it is.
    BuiltIn,
    NotUndoable,
    /// A request with the same key was carried out; this is its answer.
    Repeated(Box<SavedAnswer>),
    /// A request with the same key was carried out; its answer held a secret, and was not saved.
    AlreadyDone,
    /// The key was used for another request.
    KeyReused,
    NotPending,
    SignedInAsOther,
    LinkDead(LinkState),
    /// With what was to be changed as it is now.
    Stale(Option<Current>),
    TooLarge,
    /// The head of the request is larger than is read.
    HeadTooLarge,
    NotJson,
    /// One of the two routes that take a form was sent something else; what is to be sent.
    NotOauthForm(&'static str),
    Invalid(Vec<FieldError>),
    VersionRequired,
    TooMany {
        retry_after_s: u64,
    },
    /// The client did not send its body in time.
    SlowBody,
    /// We did not answer in time; what was begun may still be done.
    TookTooLong,
    /// The database or the disk is away. The text is for the log.
    Unavailable(String),
    /// A fault of ours. The text is for the log.
    Internal(String),
}

/// Something as it is now, for whoever saw it as it was.
#[derive(Debug)]
pub enum Current {
    Account(Box<Account>),
    Organization(Box<Organization>),
    Role(Box<Role>),
    Group(Box<Group>),
    Token(Box<Token>),
    Access(Box<ObjectAccess>),
}

/// What handlers return.
pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// One field that is wrong.
    #[must_use]
    pub fn field(field: &str, code: &'static str, message: &str) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, message.to_owned())])
    }
}

/// Codes of SQLite that say "not now" or "not on this disk": busy, locked, read-only, I/O error, malformed, full, cannot open,
/// failed locks of the write-ahead log, and no database. A disk that fails while it is read makes a file look malformed.
const SQLITE_AWAY: [u32; 9] = [5, 6, 8, 10, 11, 13, 14, 15, 26];

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        let is_away = match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed
            | sqlx::Error::InvalidSavePointStatement
            | sqlx::Error::Tls(_) => true,
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                // Of PostgreSQL: connection, read-only, sign-in refused, no such database, rollback, a privilege taken away,
                // resources, takes no connections, lock timeout, operator intervention, system error; and, where somebody set
                // other settings meanwhile, a transaction that was ended, a schema or a table that is not found.
                let away = [
                    "08", "25006", "25P02", "25P03", "25P04", "28", "3D", "3F000", "40", "42501", "42P01", "53",
                    "55000", "55P03", "57", "58",
                ];
                let is_postgres_away = code.len() == 5 && away.iter().any(|start| code.starts_with(start));
                is_postgres_away
                    || code.parse::<u32>().is_ok_and(|code| code < 10_000 && SQLITE_AWAY.contains(&(code & 0xff)))
            }
            _ => false,
        };
        if is_away { Self::Unavailable(error.to_string()) } else { Self::Internal(error.to_string()) }
    }
}

impl From<RandomError> for Failure {
    fn from(error: RandomError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.to_string())
    }
}
