//! `POST invitations/accept`: a person joins, new or known, and is signed in.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::effective::{Effective, effective};
use domain::invitations::{AcceptRequest, InvitationOutcome};
use domain::password::{KnownLength, Password, PasswordError, check_password, known_length};
use domain::text::Name;
use domain::{GroupId, PersonId, Timestamp};

use super::link::{is_person, look, require_open, slow_down, token_hash};
use super::store::{self, LinkRow};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::caller::{self, Caller, Origin};
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::guard::MaybeCaller;
use crate::session::sign_in::{self, Credentials};
use crate::session::store::{NewPerson, PersonRow};
use crate::session::{self, store as sessions};
use crate::store::Tx;
use crate::{objects, organization, random, roles};

/// Who joins.
enum Joining {
    Known(PersonRow),
    /// With the length of their password.
    New(NewPerson, usize),
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
        (Some(caller), Some(person)) if is_person(caller, &link) => {
            require_length(caller, &link, &person)?;
            Joining::Known(person)
        }
        (Some(_), _) => return Err(Failure::SignedInAsOther),
        (None, known) => {
            let asks = Asks { app: &app, origin: &origin, headers: &headers, link: &link, request: &request, at };
            asks.join_as(known).await?
        }
    };
    let person = match &joining {
        Joining::Known(person) => person.id,
        Joining::New(person, _) => person.id,
    };
    let proved_at = caller.as_ref().map(|caller| caller.session().map(|session| session.proved_at)).transpose()?;
    join(&app, &origin, &hash, joining, proved_at, at).await?;
    match &caller {
        // The session goes on in the organization that was joined: nobody has proved a password.
        Some(caller) => session::enter(&app, caller, &headers, link.organization).await,
        None => session::start(&app, &origin, &headers, person, Some(link.organization), at).await,
    }
}

/// Somebody who is signed in joins without their password where it is known to be as long as the organization asks.
fn require_length(caller: &Caller, link: &LinkRow, person: &PersonRow) -> Outcome<()> {
    if person.password_hash.is_none() {
        return Ok(());
    }
    let is_recent = caller.require_confirmed().is_ok();
    match known_length(person.password_chars, link.password_chars_min, is_recent) {
        KnownLength::Enough => Ok(()),
        KnownLength::Unknown => Err(Failure::ConfirmationRequired),
        KnownLength::TooShort => Err(too_short(link)),
    }
}

fn too_short(link: &LinkRow) -> Failure {
    let words = format!(
        "{} asks for passwords of at least {} characters, and yours has fewer.",
        link.organization_name, link.password_chars_min
    );
    Failure::field("password", PasswordError::TooShort(link.password_chars_min).code(), &words)
}

/// An acceptance by someone who is not signed in. The link may be held by another organization. Only an attempt to sign up,
/// which succeeds if the address is new to the server, reveals whether the address already has a password here.
struct Asks<'a> {
    app: &'a App,
    origin: &'a Origin,
    headers: &'a HeaderMap,
    link: &'a LinkRow,
    request: &'a AcceptRequest,
    at: Timestamp,
}

impl Asks<'_> {
    /// With a name, a new person signs up; one who has a password here already may enter it there, too. Without one,
    /// somebody signs in, and an address that is new here gets the answer to a wrong password.
    async fn join_as(&self, known: Option<PersonRow>) -> Outcome<Joining> {
        let Some(display_name) = &self.request.display_name else {
            let password = self.password("Enter your password.")?;
            return self.prove(password).await;
        };
        let password = self.password("Choose a password.")?;
        let context = ["Roster", &self.link.organization_name, &self.link.email, display_name.as_str()];
        let fault = |error: PasswordError| Failure::field("password", error.code(), &error.to_string());
        check_password(password, self.link.password_chars_min, &context).map_err(fault)?;
        self.app.hasher.check_common(password).await?.map_err(fault)?;
        self.require_free_user_name().await?;
        match known {
            Some(person) if person.password_hash.is_some() => self.prove(password).await,
            _ => self.new_person(display_name, password).await,
        }
    }

    fn password(&self, message: &str) -> Outcome<&Password> {
        self.request.password.as_ref().ok_or_else(|| Failure::field("password", "required", message))
    }

    async fn require_free_user_name(&self) -> Outcome<()> {
        let Some(user_name) = &self.request.user_name else { return Ok(()) };
        let mut connection = self.app.db.reader().acquire().await?;
        match sessions::is_user_name_taken(&mut connection, user_name.as_str()).await? {
            true => Err(Failure::NameTaken("user_name")),
            false => Ok(()),
        }
    }

    /// A person proves with the password that they are known here, under the same rule against guessing as signing in.
    async fn prove(&self, password: &Password) -> Outcome<Joining> {
        let credentials = Credentials { name: self.link.email_key.clone(), password: password.clone() };
        let proved = sign_in::check(self.app, self.origin, self.headers, &credentials, self.at).await?;
        let (person, chars) = (proved.person, password.chars());
        let mut tx = self.app.db.begin().await?;
        // The person first, as a session's start does: two in the other order would wait for each other.
        sessions::note_password_chars(&mut tx, person.id, person.password_chars, chars).await?;
        sessions::forget_guesses(&mut tx, &proved.bucket).await?;
        tx.commit().await?;
        if chars < self.link.password_chars_min {
            return Err(too_short(self.link));
        }
        Ok(Joining::Known(person))
    }

    async fn new_person(&self, display_name: &Name, password: &Password) -> Outcome<Joining> {
        let person = NewPerson {
            id: random::id(self.at)?,
            email: self.link.email.clone(),
            email_key: self.link.email_key.clone(),
            user_name: self.request.user_name.clone().map(String::from),
            display_name: display_name.to_string(),
            password_hash: self.app.hasher.hash(password).await?,
            email_verified_at: self.link.proves_address.then_some(self.at),
        };
        Ok(Joining::New(person, password.chars()))
    }
}

/// Makes the account active, once: everything is looked at again under the organization's lock. `proved_at` is when the
/// person proved their password, where their session stands for it.
async fn join(
    app: &App,
    origin: &Origin,
    hash: &str,
    joining: Joining,
    proved_at: Option<Timestamp>,
    at: Timestamp,
) -> Outcome<()> {
    let mut tx = app.db.begin().await?;
    let organization = store::find_link(&mut tx, hash).await?.organization;
    organization::store::lock_rights(&mut tx, organization, None).await?;
    let (link, state) = look(app, &mut tx, hash, at).await?;
    require_open(state)?;
    // The session would be refused in this organization. Refusing it only after joining would use the link up.
    if let Some(proved_at) = proved_at
        && sessions::is_signed_out_since(&mut tx, link.account, proved_at).await?
    {
        return Err(Failure::ConfirmationRequired);
    }
    strip_what_the_sender_lost(&mut tx, app, &link, at).await?;
    let (person, name, user_name): (PersonId, String, Option<String>) = match joining {
        Joining::Known(person) => (person.id, person.display_name, person.user_name),
        Joining::New(person, chars) => {
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
            sessions::note_password_chars(&mut tx, person.id, None, chars).await?;
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
