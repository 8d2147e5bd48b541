//! Callers who come with a session of the console: what was found of it, for as long as the database says that nothing
//! of it was changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::accounts::AccountKind;
use domain::effective::RoleBook;
use domain::session::PersonView;
use domain::{AccountId, Timestamp};
use sqlx::AnyConnection;

use super::generations::Generations;
use super::held::Held;
use super::store::{self, SessionRow};
use super::{Caller, Credential, Origin, SessionCredential, Uses};
use crate::app::App;
use crate::failure::Outcome;
use crate::organization::store::{Marks, OrganizationRow};
use crate::secrets;
use crate::store::shared::{self, Line, Shared};

/// A session cookie has 43 digits of base 62; anything else is not looked up.
const SESSION_CHARS: usize = 43;

/// A session with its account, as the store had it at its organization's marks.
#[derive(Debug)]
struct KnownSession {
    person: PersonView,
    account: AccountId,
    handle: String,
    organization: Arc<OrganizationRow>,
    created_at: Timestamp,
    proved_at: Timestamp,
    held: Held,
}

/// What of a session moves without a write in its organization, with the marks that tell whether there was one. A person
/// who is named anew in one organization may be entering another.
#[derive(Clone, Debug)]
pub struct Pulse {
    pub(super) display_name: String,
    pub(super) user_name: Option<String>,
    pub(super) last_seen_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) last_active_at: Option<Timestamp>,
    pub(super) marks: Marks,
}

/// Reads sessions. Of one that is known, its pulse is all that has to be read; and that is read at once for all who ask.
#[derive(Debug, Default)]
pub struct SessionReader {
    line: Line<String, Pulse>,
    known: Mutex<Generations<String, Arc<KnownSession>>>,
}

impl SessionReader {
    fn known(&self) -> MutexGuard<'_, Generations<String, Arc<KnownSession>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KnownSession {
    /// Whether nothing of it was written since.
    fn is_as_read(&self, pulse: &Pulse) -> bool {
        self.organization.marks() == pulse.marks
            && self.person.display_name == pulse.display_name
            && self.person.user_name == pulse.user_name
    }
}

impl Shared for SessionReader {
    type Key = String;
    type Found = Pulse;
    const WHAT: &'static str = "a session";

    fn line(app: &App) -> &Line<String, Pulse> {
        &app.sessions.line
    }

    async fn load(app: &App, hashes: Vec<String>) -> Outcome<HashMap<String, Pulse>> {
        let mut connection = app.db.reader().acquire().await?;
        store::pulses(&mut connection, &hashes).await
    }
}

/// The caller of a session cookie; none where the session is unknown, over, or its account no longer active.
///
/// # Errors
/// When the store does not answer.
pub async fn find(app: &App, session: &str, origin: &Origin) -> Outcome<Option<Caller>> {
    if session.len() != SESSION_CHARS {
        return Ok(None);
    }
    let at = app.clock.now();
    let hash = secrets::hash(session);
    let found = look_up(app, &hash, at).await?;
    let lasts = |Found { known, pulse, .. }: &Found| {
        pulse.ended_at.is_none_or(|ended| ended > at)
            && !app.session_limits.is_over(known.created_at, pulse.last_seen_at, at)
            && known.held.is_active(at)
    };
    let Some(Found { known, pulse, book }) = found.filter(lasts) else {
        app.sessions.known().forget(&hash);
        return Ok(None);
    };
    let credential = SessionCredential {
        hash,
        began_at: known.created_at,
        proved_at: known.proved_at,
        last_seen_at: pulse.last_seen_at,
    };
    Ok(Some(Caller {
        person: Some(known.person.clone()),
        account_id: known.account,
        kind: AccountKind::User,
        handle: known.handle.clone(),
        level: known.held.holdings.level.clone(),
        organization: (*known.organization).clone(),
        holdings: known.held.holdings.clone(),
        effective: known.held.effective.clone(),
        book,
        origin: origin.clone(),
        credential: Credential::Session(credential),
        on_behalf: None,
        uses: Uses::default(),
        claim: None,
        at,
        is_changing: false,
        last_active_at: pulse.last_active_at,
    }))
}

/// A session as the store has it now, whether it still lasts or not.
struct Found {
    known: Arc<KnownSession>,
    pulse: Pulse,
    book: Arc<RoleBook>,
}

async fn look_up(app: &App, hash: &str, at: Timestamp) -> Outcome<Option<Found>> {
    let known = app.sessions.known().find(hash);
    if let Some(known) = known {
        let Some(pulse) = shared::read::<SessionReader>(app, hash.to_owned()).await? else { return Ok(None) };
        if let Some(book) = app.books.known(&known.organization)
            && known.is_as_read(&pulse)
            && known.held.is_current(at)
        {
            return Ok(Some(Found { known, pulse, book }));
        }
    }
    let mut connection = app.db.reader().acquire().await?;
    let Some(row) = store::find_session(&mut connection, hash).await? else { return Ok(None) };
    let (pulse, book) = (row.pulse(), app.books.get(app, &mut connection, &row.organization).await?);
    let known = Arc::new(read(app, &mut connection, row, &book, at).await?);
    app.sessions.known().keep(hash.to_owned(), known.clone());
    Ok(Some(Found { known, pulse, book }))
}

/// Reads what a session's account holds, unless that is known.
async fn read(
    app: &App,
    connection: &mut AnyConnection,
    row: SessionRow,
    book: &RoleBook,
    at: Timestamp,
) -> Outcome<KnownSession> {
    let organization = &row.organization;
    let held = match app.held.find(organization, row.account, at) {
        Some(held) => held,
        None => {
            let holdings = store::holdings(connection, row.account, organization.id, row.state, row.level).await?;
            let held = Held::new(holdings, book, at);
            app.held.keep(connection, organization, row.account, &held, at).await?;
            held
        }
    };
    Ok(KnownSession {
        person: row.person,
        account: row.account,
        handle: row.handle,
        organization: Arc::new(row.organization),
        created_at: row.created_at,
        proved_at: row.proved_at,
        held,
    })
}
