//! `POST invitations/accept`: a person joins, new or known, and is signed in.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::effective::{Effective, effective};
use domain::invitations::{AcceptRequest, InvitationOutcome};
use domain::password::{PasswordError, check_password};
use domain::text::Name;
use domain::{GroupId, PersonId, Timestamp};

use super::link::{is_person, look, require_open, slow_down, token_hash};
use super::store::{self, LinkRow};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::caller::{self, Origin};
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::guard::MaybeCaller;
use crate::passwords::check_common;
use crate::session::sign_in::{self, Credentials};
use crate::session::store::{NewPerson, PersonRow};
use crate::session::{self, store as sessions};
use crate::store::Tx;
use crate::{objects, organization, random, roles};

/// Who joins.
enum Joining {
    Known(PersonRow),
    New(NewPerson),
}

pub(super) async fn accept(
    State(app): State<App>,
    MaybeCaller(caller): MaybeCaller,
    origin: Origin,
    headers: HeaderMap,
    Body(request): Body<AcceptRequest>,
) -> Outcome<Response> {
    slow_down(&app, &origin)?;
    let (at, hash) = (app.clock.now(), token_hash(&request.token)?);
    let (link, known) = {
        let mut connection = app.db.reader().acquire().await?;
        let (link, state) = look(&app, &mut connection, &hash, at).await?;
        require_open(state)?;
        let known = sessions::find_person(&mut connection, &link.email_key).await?;
        (link, known)
    };
    let joining = match (&caller, known) {
        (Some(caller), Some(person)) if is_person(caller, &link) => Joining::Known(person),
        (Some(_), _) => return Err(Failure::SignedInAsOther),
        (None, Some(person)) if person.password_hash.is_some() => {
            prove(&app, &origin, &headers, person, &request, at).await?
        }
        (None, _) => Joining::New(new_person(&app, &link, &request, at).await?),
    };
    let person = match &joining {
        Joining::Known(person) => person.id,
        Joining::New(person) => person.id,
    };
    join(&app, &origin, &hash, joining, at).await?;
    let started = session::start(&app, &origin, &headers, person, Some(link.organization), at).await?;
    Ok(started)
}

/// A person who is known here proves it with the password, under the same rule against guessing as signing in.
async fn prove(
    app: &App,
    origin: &Origin,
    headers: &HeaderMap,
    person: PersonRow,
    request: &AcceptRequest,
    at: Timestamp,
) -> Outcome<Joining> {
    let password =
        request.password.clone().ok_or_else(|| Failure::field("password", "required", "Enter your password."))?;
    let credentials = Credentials { name: person.email_key.clone(), password };
    let proved = sign_in::check(app, origin, headers, &credentials, at).await?;
    let mut tx = app.db.begin().await?;
    sessions::forget_guesses(&mut tx, &proved.bucket).await?;
    tx.commit().await?;
    Ok(Joining::Known(person))
}

async fn new_person(app: &App, link: &LinkRow, request: &AcceptRequest, at: Timestamp) -> Outcome<NewPerson> {
    let required = |field, message| Failure::field(field, "required", message);
    let display_name: Name =
        request.display_name.clone().ok_or_else(|| required("display_name", "Enter your name."))?;
    let password = request.password.as_ref().ok_or_else(|| required("password", "Choose a password."))?;
    let context = ["Roster", &link.organization_name, &link.email, display_name.as_str()];
    let fault = |error: PasswordError| Failure::field("password", error.code(), &error.to_string());
    check_password(password, link.password_chars_min, &context).and_then(|()| check_common(password)).map_err(fault)?;
    Ok(NewPerson {
        id: random::id(at)?,
        email: link.email.clone(),
        email_key: link.email_key.clone(),
        user_name: request.user_name.clone().map(String::from),
        display_name: display_name.to_string(),
        password_hash: app.hasher.hash(password).await?,
        email_verified_at: link.proves_address.then_some(at),
    })
}

/// Makes the account active, once: everything is looked at again under the organization's lock.
async fn join(app: &App, origin: &Origin, hash: &str, joining: Joining, at: Timestamp) -> Outcome<()> {
    let mut tx = app.db.begin().await?;
    let organization = store::find_link(&mut tx, hash).await?.organization;
    organization::store::lock_rights(&mut tx, organization, None).await?;
    let (link, state) = look(app, &mut tx, hash, at).await?;
    require_open(state)?;
    strip_what_the_sender_lost(&mut tx, app, &link, at).await?;
    let (person, name, user_name): (PersonId, String, Option<String>) = match joining {
        Joining::Known(person) => (person.id, person.display_name, person.user_name),
        Joining::New(person) => {
            if let Some(user_name) = &person.user_name
                && sessions::is_user_name_taken(&mut tx, user_name).await?
            {
                return Err(Failure::NameTaken("user_name"));
            }
            if sessions::find_person(&mut tx, &person.email_key).await?.is_some() {
                // Somebody with this address joined elsewhere a moment ago: they prove who they are next time.
                return Err(Failure::WrongCredentials);
            }
            sessions::insert_person(&mut tx, &person, at).await?;
            (person.id, person.display_name, person.user_name)
        }
    };
    sessions::activate(&mut tx, link.account, person, at).await?;
    let account = crate::accounts::store::lookup(&mut tx, organization, link.account, at).await?;
    crate::accounts::store::set_name(&mut tx, &account, &name, user_name.as_deref()).await?;
    store::set_outcome(&mut tx, link.account, InvitationOutcome::Accepted, at).await?;
    let actor = Actor::account(link.account, origin);
    audit::store::record(&mut tx, organization, &actor, at, Event::new("invitation.accepted", link.account)).await?;
    tx.commit().await?;
    Ok(())
}

/// What the sender may no longer grant is not granted (I12): neither roles and permissions, nor groups. What the defaults
/// gave stays, and what others gave since: they held it when they gave it. The level stands and falls with whoever gave
/// it, be it the sender or somebody who changed it since.
async fn strip_what_the_sender_lost(tx: &mut Tx, app: &App, link: &LinkRow, at: Timestamp) -> Outcome<()> {
    let row = organization::store::find(tx, link.organization).await?.ok_or(Failure::NotFound)?;
    let book = roles::books::fresh(app, tx, &row).await?;
    let sender_holdings = caller::holdings_of(tx, link.sent_by).await?;
    let sender = effective(&sender_holdings, &book, at);
    let granter = effective(&caller::holdings_of(tx, link.level_granted_by).await?, &book, at);
    let given = store::given(tx, link.account).await?;
    let lacks_role = |who: &Effective, key: &str| {
        book.role(key).is_some_and(|role| who.lacks(&book.expand(&role.permissions)).is_some())
    };
    let lacks = |(what, key): &(&'static str, String)| match *what {
        "role" => lacks_role(&sender, key),
        _ => sender.lacks(&book.expand(std::slice::from_ref(key))).is_some(),
    };
    let grants: Vec<(&'static str, String)> = given.grants.into_iter().filter(lacks).collect();
    let joined: Vec<GroupId> = given.groups.iter().map(|(id, _)| *id).collect();
    let giver = objects::Giver {
        organization: link.organization,
        account: link.sent_by,
        holdings: &sender_holdings,
        effective: &sender,
        at,
    };
    let joining = objects::Joining::read(tx, vec![giver], &joined).await?;
    let lacks_group = |(id, roles): &&(GroupId, Vec<String>)| {
        !joining.may_add(*id, None) || roles.iter().any(|key| lacks_role(&sender, key))
    };
    let groups: Vec<GroupId> = given.groups.iter().filter(lacks_group).map(|(id, _)| *id).collect();
    let level = given.level.as_ref().is_some_and(|key| lacks_role(&granter, key));
    if grants.is_empty() && groups.is_empty() && !level {
        return Ok(());
    }
    store::strip(tx, link.account, &grants, &groups, level).await?;
    let lost = serde_json::json!({ "grants": grants, "groups": groups, "level": level.then_some(given.level) });
    audit::store::record(
        tx,
        link.organization,
        &Actor::server(),
        at,
        Event::new("invitation.reduced", link.account).before(&lost),
    )
    .await
}
