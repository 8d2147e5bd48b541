//! `POST session`: one hash for every attempt, guesses counted before it, and the same answer to every wrong one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::password::Password;
use domain::session::{Guesses, SIGN_IN_NAME_BYTES_MAX, SignInRequest};
use domain::text::UserName;
use domain::{EmailAddress, PersonId, Timestamp};

use super::store::{self, PersonRow};
use super::{Begun, Entered, Proof};
use crate::app::App;
use crate::caller::Origin;
use crate::failure::{Failure, Outcome};
use crate::http::address::Guesser;
use crate::http::body::Body;
use crate::http::cookies;
use crate::store::Db;
use crate::{random, secrets};

/// A name and a password to try.
pub struct Credentials {
    /// E-mail key or user name, folded.
    pub name: String,
    pub password: Password,
}

pub(super) async fn sign_in(
    State(app): State<App>,
    origin: Origin,
    headers: HeaderMap,
    Body(request): Body<SignInRequest>,
) -> Outcome<Response> {
    let at = app.clock.now();
    if request.email.len() > SIGN_IN_NAME_BYTES_MAX {
        return Err(Failure::field("email", "too_long", "An address or a user name."));
    }
    let name = EmailAddress::parse(&request.email)
        .map(|address| address.key().to_owned())
        .or_else(|_| UserName::parse(&request.email).map(String::from));
    let name = name.unwrap_or_else(|_| domain::text::fold(request.email.trim()).replace('\0', ""));
    let credentials = Credentials { name, password: request.password };
    take_attempt(&app, &origin, &headers, &credentials.name, at).await?;
    let proved = check(&app, &origin, &headers, &credentials, at).await?;
    let begun = Begun {
        person: proved.person.id,
        organization: None,
        proof: Proof::Password(Some(Entered {
            bucket: proved.bucket,
            chars: credentials.password.chars(),
            chars_known: proved.person.password_chars,
        })),
    };
    super::start_from(&app, &origin, &headers, begun, at).await
}

/// Takes an attempt from the bucket of this device, where the person has signed in on it before; else from that of the address,
/// which strangers behind the same one may have emptied.
async fn take_attempt(app: &App, origin: &Origin, headers: &HeaderMap, name: &str, at: Timestamp) -> Outcome<()> {
    let mut guesser = Guesser::Network(origin.ip);
    if let Some(device) = cookies::get(headers, cookies::DEVICE) {
        let mut connection = app.db.reader().acquire().await?;
        let person = store::find_by_name(&mut connection, name).await?;
        if person.is_some_and(|person| is_device_of(app, device, person.id)) {
            guesser = Guesser::Device(secrets::hash(device));
        }
    }
    app.attempts.take(guesser, at).map_err(|retry_after_s| Failure::TooMany { retry_after_s })
}

/// Somebody who proved who they are. What was guessed before is to be forgotten in the transaction that follows.
pub struct Proved {
    pub person: PersonRow,
    /// What the guesses were counted by.
    pub bucket: String,
}

/// Checks a name and a password. Unknown names, people without a password, wrong passwords and locked names get the
/// same answer after the same work; people without an active account get it from `session::start`.
///
/// # Errors
/// `WrongCredentials`, whatever is wrong; `TooMany` when too many wait for a hash.
pub async fn check(
    app: &App,
    origin: &Origin,
    headers: &HeaderMap,
    credentials: &Credentials,
    at: Timestamp,
) -> Outcome<Proved> {
    // Before the guess is counted: whoever is sent away has not guessed.
    let place = app.hasher.place()?;
    let person = {
        let mut connection = app.db.reader().acquire().await?;
        store::find_by_name(&mut connection, &credentials.name).await?
    };
    let bucket = bucket(app, headers, credentials, person.as_ref());
    let is_counted = count_guess(&app.db, &bucket, at).await?;
    let stored = person.as_ref().filter(|_| is_counted).and_then(|person| person.password_hash.clone());
    let verdict = app.hasher.verify(place, &credentials.password, stored).await?;
    match person {
        Some(person) if verdict.fits && is_counted => {
            if verdict.is_weak {
                strengthen(app, &person, &credentials.password).await?;
            }
            Ok(Proved { person, bucket })
        }
        person => {
            app.refused_sign_ins.note(person.map(|person| person.id), origin, at);
            Err(Failure::WrongCredentials)
        }
    }
}

/// Makes a person's hash anew with the present parameters; at the next sign-in where too many wait now.
async fn strengthen(app: &App, person: &PersonRow, password: &Password) -> Outcome<()> {
    match app.hasher.hash(password).await {
        Ok(hash) => store::set_password_hash(&app.db, person.id, hash).await,
        Err(Failure::TooMany { .. }) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// What guesses are counted by: the name; or, on a device where this person has signed in before, the device, so that
/// strangers who guess cannot lock its owner out.
fn bucket(app: &App, headers: &HeaderMap, credentials: &Credentials, person: Option<&PersonRow>) -> String {
    let device = cookies::get(headers, cookies::DEVICE);
    match (device, person) {
        (Some(device), Some(person)) if is_device_of(app, device, person.id) => {
            secrets::hash(&format!("device {device}"))
        }
        _ => secrets::hash(&format!("name {}", credentials.name)),
    }
}

fn device_mac(app: &App, random: &str, person: PersonId) -> String {
    secrets::hex(&app.key.mac(&[b"device", random.as_bytes(), &person.to_bytes()]))
}

fn is_device_of(app: &App, device: &str, person: PersonId) -> bool {
    device
        .split_once('.')
        .is_some_and(|(random, mac)| secrets::hash(mac) == secrets::hash(&device_mac(app, random, person)))
}

/// The cookie of this device for a person: the one it has, or a new one.
///
/// # Errors
/// When the operating system has no randomness.
pub fn device_cookie(app: &App, headers: &HeaderMap, person: PersonId) -> Outcome<String> {
    if let Some(known) = cookies::get(headers, cookies::DEVICE).filter(|device| is_device_of(app, device, person)) {
        return Ok(known.to_owned());
    }
    let random = secrets::hex(&random::bytes::<16>()?);
    Ok(format!("{random}.{}", device_mac(app, &random, person)))
}

/// Counts a guess before it is evaluated, in one transaction, so that parallel ones cannot pass the limit. False when
/// the name is locked for now.
async fn count_guess(db: &Db, bucket: &str, at: Timestamp) -> Outcome<bool> {
    let mut tx = db.begin().await?;
    let guesses = store::guesses(&mut tx, bucket, at).await?;
    let is_allowed = guesses.is_none_or(|guesses| guesses.allows(at));
    let before = guesses.unwrap_or(Guesses { count: 0, window_start: at, last_at: at });
    // Written also where nothing was counted: a name that is locked takes no less than another.
    let after = if is_allowed { before.after_guess(at) } else { before };
    store::set_guesses(&mut tx, bucket, after).await?;
    tx.commit().await?;
    Ok(is_allowed)
}
