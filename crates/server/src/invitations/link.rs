//! What an invitation link opens: looking, declining, asking for a new one. Nobody needs to be signed in.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use domain::invitations::{
    InvitationOutcome, InvitationPreview, InvitationToken, LinkState, LinkViewer, MailFate, NEW_LINK_REQUEST_EVERY_MS,
    link_state,
};
use domain::permissions::ConsolePermission;
use domain::secret::{Secret, SecretKind};
use domain::{AccountId, EmailAddress, OrganizationId, Timestamp};
use sqlx::AnyConnection;

use super::snapshot::{self, Now};
use super::store::{self, LinkRow};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::caller::{self, Caller, Origin};
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::guard::MaybeCaller;
use crate::http::respond::Json;
use crate::{organization, roles, secrets};

/// The hash of a token that is well formed; another text is refused without a look-up.
pub(super) fn token_hash(text: &str) -> Outcome<String> {
    let secret = Secret::parse(text.trim()).ok().filter(|secret| secret.kind() == SecretKind::Invitation);
    secret.map(|secret| secrets::hash(secret.reveal())).ok_or(Failure::NotFound)
}

/// Holds one address back that tries many links.
pub(super) fn slow_down(app: &App, origin: &Origin) -> Outcome<()> {
    app.attempts.take(origin.ip, app.clock.now()).map_err(|retry_after_s| Failure::TooMany { retry_after_s })
}

/// The invitation behind a token with what it opens now: whether its sender may still invite (I12), and whether its account
/// gained access since the link was made (I17).
pub(super) async fn look(
    app: &App,
    connection: &mut AnyConnection,
    token_hash: &str,
    at: Timestamp,
) -> Outcome<(LinkRow, LinkState)> {
    let link = find(app, connection, token_hash, Book::Fresh, at).await?;
    let state = link_state(link.facts, at);
    Ok((link, state))
}

/// Which roles a sender is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Book {
    /// Those that the connection sees: it may be a transaction that has changed them.
    Fresh,
    /// Those last committed, which are kept at hand.
    Kept,
}

async fn find(
    app: &App,
    connection: &mut AnyConnection,
    token_hash: &str,
    book: Book,
    at: Timestamp,
) -> Outcome<LinkRow> {
    let mut link = store::find_link(connection, token_hash).await?;
    if link.facts.outcome.is_some() {
        return Ok(link);
    }
    let organization = organization::store::find(connection, link.organization).await?.ok_or(Failure::NotFound)?;
    let book = match book {
        Book::Fresh => Arc::new(roles::books::fresh(app, connection, &organization).await?),
        Book::Kept => app.books.get(app, connection, &organization).await?,
    };
    let sender = caller::holdings_of(connection, link.sent_by).await?;
    let sender = domain::effective::effective(&sender, &book, at);
    link.facts.may_sender_invite = sender.holds(ConsolePermission::AccountsInvite);
    if link.facts.is_newest && link.facts.is_account_open {
        let now = Now { organization: organization.id, book: &book, at };
        link.facts.is_outdated = !now.outdated(connection, &[link.account]).await?.is_empty();
    }
    Ok(link)
}

/// Gives a new link to a mail that still waits, after its account gained access (I17): the new one opens what the account
/// has by now. None where the old one opens again, or nothing does.
///
/// # Errors
/// When the store does not answer.
pub async fn renew_waiting(app: &App, organization: OrganizationId, account: AccountId) -> Outcome<Option<i64>> {
    let at = app.clock.now();
    let mut tx = app.db.begin().await?;
    let row = organization::store::lock(&mut tx, organization).await?;
    let generation = store::generation(&mut tx, account).await?;
    let (_, state) = look(app, &mut tx, &store::link_hash(&app.key, account, generation), at).await?;
    if state != LinkState::Outdated {
        return Ok(None);
    }
    let generation = store::renew_waiting(&mut tx, app, account, at).await?;
    snapshot::record(&mut tx, app, &row, &[account], at).await?;
    let event = Event::new("invitation.link_renewed", account);
    audit::store::record(&mut tx, organization, &Actor::server(), at, event).await?;
    tx.commit().await?;
    Ok(Some(generation))
}

/// What is told of a mail whose link was never kept: it was queued under another key of the server.
const LINK_UNKNOWN: &str = "The server's key was changed, and the link no longer works; resend it.";

/// What becomes of the mail that waits with a link of an account.
///
/// # Errors
/// When the store does not answer.
pub async fn mail_fate(
    app: &App,
    connection: &mut AnyConnection,
    account: AccountId,
    generation: i64,
    at: Timestamp,
) -> Outcome<MailFate> {
    match find(app, connection, &store::link_hash(&app.key, account, generation), Book::Kept, at).await {
        Ok(link) => Ok(domain::invitations::mail_fate(link.facts, at)),
        Err(Failure::NotFound) => Ok(MailFate::GivenUp(LINK_UNKNOWN)),
        Err(failure) => Err(failure),
    }
}

/// Refuses a link that does not open its invitation.
pub(super) fn require_open(state: LinkState) -> Outcome<()> {
    if state == LinkState::Open { Ok(()) } else { Err(Failure::LinkDead(state)) }
}

pub(super) async fn preview(
    State(app): State<App>,
    MaybeCaller(caller): MaybeCaller,
    origin: Origin,
    Body(body): Body<InvitationToken>,
) -> Outcome<Json<InvitationPreview>> {
    slow_down(&app, &origin)?;
    let at = app.clock.now();
    let hash = token_hash(&body.token)?;
    let mut connection = app.db.reader().acquire().await?;
    let (link, state) = look(&app, &mut connection, &hash, at).await?;
    let viewer = viewer(caller.as_ref(), &link);
    Ok(Json(InvitationPreview {
        state,
        viewer,
        organization: link.organization_name,
        invited_by: link.sender_name,
        email: link.email,
        level: link.level,
        level_word: app.profile(&link.profile).map(|profile| profile.words.level.clone()).unwrap_or_default(),
        groups: link.groups,
        expires_at: link.facts.expires_at,
        signed_in_as: caller
            .filter(|_| viewer == LinkViewer::SomeoneElse)
            .and_then(|caller| caller.person.map(|person| person.email)),
        password_chars_min: link.password_chars_min,
        link_requested: is_requested(link.link_requested_at, at),
    }))
}

fn is_requested(link_requested_at: Option<Timestamp>, at: Timestamp) -> bool {
    link_requested_at.is_some_and(|asked| at.since(asked) < NEW_LINK_REQUEST_EVERY_MS)
}

/// Nothing is told of whether the address is known to the server: another organization may look.
fn viewer(caller: Option<&Caller>, link: &LinkRow) -> LinkViewer {
    match caller {
        Some(caller) if is_person(caller, link) => LinkViewer::Invitee,
        Some(_) => LinkViewer::SomeoneElse,
        None => LinkViewer::NotSignedIn,
    }
}

/// Whether the caller is the person whose address was invited.
pub(super) fn is_person(caller: &Caller, link: &LinkRow) -> bool {
    let address = caller.person.as_ref().and_then(|person| EmailAddress::parse(&person.email).ok());
    address.is_some_and(|address| address.key() == link.email_key)
}

pub(super) async fn decline(
    State(app): State<App>,
    origin: Origin,
    Body(body): Body<InvitationToken>,
) -> Outcome<StatusCode> {
    slow_down(&app, &origin)?;
    let (at, hash) = (app.clock.now(), token_hash(&body.token)?);
    let mut tx = app.db.begin().await?;
    let organization = store::find_link(&mut tx, &hash).await?.organization;
    organization::store::lock(&mut tx, organization).await?;
    let (link, state) = look(&app, &mut tx, &hash, at).await?;
    require_open(state)?;
    store::end(&mut tx, link.account, InvitationOutcome::Declined, at).await?;
    audit::store::record(
        &mut tx,
        organization,
        &Actor::nobody(&origin),
        at,
        Event::new("invitation.declined", link.account),
    )
    .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the sender for a new link, at most once an hour; the answer does not say whether this is the first time.
pub(super) async fn request_new(
    State(app): State<App>,
    origin: Origin,
    Body(body): Body<InvitationToken>,
) -> Outcome<StatusCode> {
    slow_down(&app, &origin)?;
    let (at, hash) = (app.clock.now(), token_hash(&body.token)?);
    let mut tx = app.db.begin().await?;
    let organization = store::find_link(&mut tx, &hash).await?.organization;
    organization::store::lock(&mut tx, organization).await?;
    let (link, state) = look(&app, &mut tx, &hash, at).await?;
    if !state.can_ask_for_new_link() {
        return Err(Failure::LinkDead(state));
    }
    if !is_requested(link.link_requested_at, at) {
        store::request_link(&mut tx, &link, at).await?;
        audit::store::record(
            &mut tx,
            organization,
            &Actor::nobody(&origin),
            at,
            Event::new("invitation.link_requested", link.account),
        )
        .await?;
        tx.commit().await?;
        app.outbox_wake.notify_one();
    }
    Ok(StatusCode::ACCEPTED)
}
