//! `roster demo`: a believable organization of any size, with a year of joining, inviting and leaving.

mod dice;
mod machines;
mod rights;
mod store;
mod words;

use std::sync::Arc;

use domain::email::EmailAddress;
use domain::invitations::Delivery;
use domain::password::Password;
use domain::secret::base62;
use domain::text::Name;
use domain::time::{DAY_MS, HOUR_MS};
use domain::{AccountId, OrganizationId, PersonId, RoleId, Timestamp};

use self::dice::Dice;
use self::rights::Rights;
use self::store::Rows;
use self::words::{DOMAINS, FIRST, LAST};
use super::output::say;
use super::{opening, profiles};
use crate::accounts::store::search_text;
use crate::audit::{self, Actor, Event};
use crate::clock::Clock;
use crate::failure::{Failure, Outcome};
use crate::invitations::store::{FIRST_GENERATION, link_hash};
use crate::options::DemoOptions;
use crate::passwords::Hasher;
use crate::random::RandomError;
use crate::secrets::ServerKey;
use crate::setup::create::{self, Created, NewOwner};
use crate::store::{Db, Value};
use crate::{organization, random, roles, setup};

/// Accounts written in one transaction.
const CHUNK: u32 = 5_000;
/// Who signs in to look around.
const OWNER_EMAIL: &str = "owner@demo.example";

/// How much of everything a demo has.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// User accounts, the Owner among them.
    pub accounts: u32,
    /// Beside Everyone.
    pub groups: u32,
    /// Beside those of the profile.
    pub roles: u32,
    /// Memberships and grants of each account; few and not of the same number when absent.
    pub holdings: Option<u32>,
    /// API tokens, all of service accounts.
    pub tokens: u32,
}

impl From<u32> for Size {
    /// So many accounts, with few groups.
    fn from(accounts: u32) -> Self {
        Self { accounts, groups: 14, roles: 0, holdings: None, tokens: 0 }
    }
}

/// What every demo account may get.
struct World {
    key: ServerKey,
    /// Of a password that nobody was told: people of the demo have one, and none of them can sign in.
    password_hash: Arc<str>,
    organization: OrganizationId,
    owner: AccountId,
    /// Lowest first, with how many of a hundred accounts have at least this one.
    levels: Vec<RoleId>,
    rights: Rights,
    now: Timestamp,
}

pub(super) async fn run(options: DemoOptions) -> Result<(), String> {
    let (db, key) = opening::open(&options.store).await?;
    let password = new_password().map_err(|error| error.to_string())?;
    let DemoOptions { accounts, groups, roles, holdings, tokens, .. } = options;
    let size = Size { accounts, groups, roles, holdings, tokens };
    let made = fill(&db, &key, size, &password, Clock::default().now()).await;
    db.close().await;
    made.map_err(|failure| match failure {
        Failure::AlreadySetUp => "the database is not empty; the demo needs one of its own: --data-dir".to_owned(),
        other => format!("{other:?}"),
    })?;
    say(&format!("{accounts} accounts. Sign in as {OWNER_EMAIL} with the password {password}"));
    Ok(())
}

fn new_password() -> Result<String, RandomError> {
    Ok(base62(&random::bytes::<16>()?, 22))
}

/// Fills an empty database with so many user accounts, whose invitations have links of the key.
///
/// # Errors
/// `AlreadySetUp` when there is an organization.
pub async fn fill(db: &Db, key: &ServerKey, size: impl Into<Size>, password: &str, now: Timestamp) -> Outcome<Created> {
    let size = size.into();
    let (world, created) = prepare(db, key, &size, password, now).await?;
    let mut dice = Dice(42);
    let mut done = 1;
    while done < size.accounts {
        let until = size.accounts.min(done + CHUNK);
        let mut rows = Rows::default();
        for number in done..until {
            add_account(&mut rows, &world, &mut dice, number)?;
        }
        write(db, &world, rows).await?;
        done = until;
    }
    machines::fill(db, &world, size.tokens).await?;
    store::count_anew(db).await?;
    Ok(created)
}

fn fault(reason: impl ToString) -> Failure {
    Failure::Internal(reason.to_string())
}

fn name(text: &str) -> Outcome<Name> {
    Name::parse(text).map_err(fault)
}

async fn prepare(db: &Db, key: &ServerKey, size: &Size, password: &str, now: Timestamp) -> Outcome<(World, Created)> {
    let profiles = profiles::load(None).map_err(fault)?;
    let profile = profiles.first().ok_or_else(|| fault("no profile"))?;
    let email = EmailAddress::parse(OWNER_EMAIL).map_err(fault)?;
    let hasher = Hasher::new()?;
    let password_hash = hasher.hash(&Password::new(password)).await?;
    let nobodys_hash = hasher.hash(&Password::new(&new_password()?)).await?;
    let mut tx = db.begin().await?;
    if setup::store::is_done(&mut tx).await? {
        return Err(Failure::AlreadySetUp);
    }
    let started = now.plus(-365 * DAY_MS);
    let owner =
        NewOwner { organization: name("Demo Observability")?, email, name: name("Olivia Owner")?, password_hash };
    let created = create::organization(&mut tx, profile, &owner, &Actor::server(), started).await?;
    let mut levels = Vec::new();
    for level in profile.levels.iter().rev() {
        levels.push(roles::store::id_of(&mut tx, created.organization, &level.key).await?);
    }
    let rights = Rights::make(&mut tx, created.organization, profile, size, started).await?;
    tx.commit().await?;
    let world = World {
        key: key.clone(),
        password_hash: nobodys_hash.into(),
        organization: created.organization,
        owner: created.account,
        levels,
        rights,
        now,
    };
    Ok((world, created))
}

fn add_account(rows: &mut Rows, world: &World, dice: &mut Dice, number: u32) -> Outcome<()> {
    let created = world.now.plus(-i64::try_from(dice.below(365 * 24)).unwrap_or_default() * HOUR_MS);
    let (first, last) = (dice.pick(&FIRST), dice.pick(&LAST));
    let ascii = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let email = format!("{}.{}{number}@{}", ascii(first), ascii(last), dice.pick(&DOMAINS));
    let (id, fate): (AccountId, u64) = (random::id(created)?, dice.below(100));
    let is_pending = fate < 6;
    let name = if is_pending { email.clone() } else { format!("{first} {last}") };
    let level = match dice.below(100) {
        0..=2 => world.levels.last(),
        3..=29 => world.levels.get(1),
        _ => world.levels.first(),
    };
    let person: Option<PersonId> = if is_pending { None } else { Some(random::id(created)?) };
    let person = person.map(|id| id.to_string());
    if let Some(person) = &person {
        rows.persons.push(vec![
            person.clone().into(),
            email.clone().into(),
            email.clone().into(),
            name.clone().into(),
            Value::Text(world.password_hash.clone()),
            created.into(),
            created.into(),
            created.into(),
        ]);
    }
    let activated =
        created.plus(i64::try_from(dice.below(20)).unwrap_or_default() * HOUR_MS).millis().min(world.now.millis());
    let since_ms = world.now.millis() - activated;
    let last_active = (!is_pending && dice.below(10) > 0)
        .then(|| world.now.plus(-i64::try_from(dice.roll() % (since_ms.unsigned_abs() / 3 + 1)).unwrap_or_default()));
    let deactivated = (!is_pending && fate < 10)
        .then_some(world.now.plus(-i64::try_from(dice.below(40)).unwrap_or_default() * DAY_MS));
    let search = search_text(&name, &email, Some(&email), None, id);
    rows.accounts.push(vec![
        id.into(),
        world.organization.into(),
        "user".into(),
        person.into(),
        email.clone().into(),
        email.into(),
        name.clone().into(),
        domain::text::fold(&name).into(),
        search.into(),
        level.map(ToString::to_string).into(),
        created.into(),
        (!is_pending).then_some(activated).into(),
        deactivated.into(),
        created.into(),
        last_active.into(),
        last_active.into(),
    ]);
    if is_pending {
        add_invitation(rows, world, dice, id, created);
    }
    world.rights.give(rows, dice, id, created);
    Ok(())
}

fn add_invitation(rows: &mut Rows, world: &World, dice: &mut Dice, account: AccountId, created: Timestamp) {
    let sent = world.now.plus(-i64::try_from(dice.below(48)).unwrap_or_default() * HOUR_MS).max(created);
    let (delivery, attempts, error) = match dice.below(20) {
        0 => (Delivery::Failed, 1_i64, Some("permanent error (550): no such user here".to_owned())),
        // Of the time before there was a mail server.
        1..=7 => (Delivery::LinkOnly, 0, None),
        _ => (Delivery::Sent, 1, None),
    };
    rows.invitations.push(vec![
        account.into(),
        FIRST_GENERATION.into(),
        world.owner.into(),
        sent.into(),
        sent.plus(DAY_MS).into(),
        1_i64.into(),
        delivery.as_str().into(),
        attempts.into(),
        error.into(),
    ]);
    let hash = link_hash(&world.key, account, FIRST_GENERATION);
    rows.links.push(vec![hash.into(), account.into(), FIRST_GENERATION.into(), sent.into()]);
}

async fn write(db: &Db, world: &World, rows: Rows) -> Outcome<()> {
    let mut tx = db.begin().await?;
    organization::store::lock_rights(&mut tx, world.organization, None).await?;
    let count = rows.accounts.len();
    store::insert(&mut tx, rows).await?;
    let event = Event::new("demo.filled", world.organization).after(&serde_json::json!({ "accounts": count }));
    audit::store::record(&mut tx, world.organization, &Actor::server(), world.now, event).await?;
    tx.commit().await?;
    Ok(())
}
