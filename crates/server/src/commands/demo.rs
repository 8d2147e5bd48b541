//! `roster demo`: a believable organization of any size, with a year of joining, inviting and leaving.

use domain::email::EmailAddress;
use domain::groups::{GroupKind, NewGroup};
use domain::id::Id;
use domain::secret::base62;
use domain::text::Name;
use domain::time::{DAY_MS, HOUR_MS};
use domain::{AccountId, GroupId, OrganizationId, RoleId, Timestamp};

use super::profiles;
use crate::accounts::store::search_text;
use crate::audit::{self, Actor, Event};
use crate::clock::Clock;
use crate::failure::{Failure, Outcome};
use crate::options::DemoOptions;
use crate::passwords::Hasher;
use crate::setup::create::{self, Created, NewOwner};
use crate::store::{Db, Value, insert_rows};
use crate::{groups, organization, random, roles, setup, store};

/// Accounts written in one transaction.
const CHUNK: u32 = 5_000;
/// Who signs in to look around.
const OWNER_EMAIL: &str = "owner@demo.example";

const FIRST: [&str; 40] = [
    "Ana",
    "Ben",
    "Chiara",
    "Dmitri",
    "Elif",
    "Farid",
    "Grace",
    "Hiro",
    "Ines",
    "Jonas",
    "Katarzyna",
    "Liam",
    "Mei",
    "Nadia",
    "Omar",
    "Priya",
    "Quentin",
    "Rosa",
    "Sven",
    "Tala",
    "Uma",
    "Viktor",
    "Wanjiru",
    "Xavier",
    "Yuki",
    "Zoë",
    "Amara",
    "Björn",
    "Camille",
    "Diego",
    "Emre",
    "Fatima",
    "Goran",
    "Hana",
    "Ivo",
    "Jana",
    "Kofi",
    "Lucía",
    "Marek",
    "Noor",
];
const LAST: [&str; 40] = [
    "Novak",
    "Okafor",
    "Tanaka",
    "García",
    "Müller",
    "Rossi",
    "Kowalski",
    "Singh",
    "Nguyen",
    "Andersson",
    "Dubois",
    "Silva",
    "Ivanova",
    "Haddad",
    "Kim",
    "O’Brien",
    "Yilmaz",
    "Mensah",
    "Horvat",
    "Larsen",
    "Costa",
    "Weber",
    "Moreau",
    "Lindqvist",
    "Petrov",
    "Sato",
    "Fernández",
    "Bianchi",
    "Nowak",
    "Sharma",
    "Tran",
    "Eriksen",
    "Laurent",
    "Pereira",
    "Volkova",
    "Nasser",
    "Park",
    "Murphy",
    "Demir",
    "Boateng",
];
const GROUPS: [&str; 14] = [
    "Platform",
    "Data science",
    "Site reliability",
    "Security",
    "Support",
    "Finance",
    "Interns",
    "Mobile",
    "Research",
    "Sales engineering",
    "Ingest",
    "Billing systems",
    "Contractors",
    "On-call",
];
const DOMAINS: [&str; 4] = ["demo.example", "eu.demo.example", "labs.demo.example", "partners.example"];

/// Numbers that look random and are the same each time: splitmix64 of Steele, Lea and Flood.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from.get(usize::try_from(self.below(from.len() as u64)).unwrap_or_default()).copied().unwrap_or_default()
    }

    fn id<T>(&mut self, at: Timestamp) -> Id<T> {
        let (high, low) = (self.roll().to_be_bytes(), self.roll().to_be_bytes());
        Id::v7(at, [high[0], high[1], high[2], high[3], high[4], high[5], high[6], high[7], low[0], low[1]])
    }
}

/// What every demo account may get.
struct World {
    organization: OrganizationId,
    owner: AccountId,
    /// Lowest first, with how many of a hundred accounts have at least this one.
    levels: Vec<RoleId>,
    groups: Vec<GroupId>,
    now: Timestamp,
}

/// The rows of a chunk of accounts.
#[derive(Default)]
struct Rows {
    persons: Vec<Vec<Value>>,
    accounts: Vec<Vec<Value>>,
    invitations: Vec<Vec<Value>>,
    memberships: Vec<Vec<Value>>,
    grants: Vec<Vec<Value>>,
}

pub(super) async fn run(options: DemoOptions) -> Result<(), String> {
    let db = store::open(&options.store).await.map_err(|error| error.to_string())?;
    let password = base62(&random::bytes::<16>().map_err(|error| error.to_string())?, 22);
    let made = fill(&db, options.accounts, &password, Clock::default().now()).await;
    db.close().await;
    made.map_err(|failure| match failure {
        Failure::AlreadySetUp => "the database is not empty; the demo needs one of its own: --data-dir".to_owned(),
        other => format!("{other:?}"),
    })?;
    println!("{} accounts. Sign in as {OWNER_EMAIL} with the password {password}", options.accounts);
    Ok(())
}

/// Fills an empty database with so many user accounts.
///
/// # Errors
/// `AlreadySetUp` when there is an organization.
pub async fn fill(db: &Db, accounts: u32, password: &str, now: Timestamp) -> Outcome<Created> {
    let (world, created) = prepare(db, password, now).await?;
    let mut dice = Dice(42);
    let mut done = 1;
    while done < accounts {
        let until = accounts.min(done + CHUNK);
        let mut rows = Rows::default();
        for number in done..until {
            add_account(&mut rows, &world, &mut dice, number);
        }
        write(db, &world, rows).await?;
        done = until;
    }
    Ok(created)
}

async fn prepare(db: &Db, password: &str, now: Timestamp) -> Outcome<(World, Created)> {
    let fault = |reason: String| Failure::Internal(reason);
    let name = |text: &str| Name::parse(text).map_err(|error| fault(error.to_string()));
    let profiles = profiles::load(None).map_err(fault)?;
    let profile = profiles.first().ok_or_else(|| fault("no profile".to_owned()))?;
    let email = EmailAddress::parse(OWNER_EMAIL).map_err(|error| fault(error.to_string()))?;
    let password_hash = Hasher::new()?.hash(&domain::password::Password::new(password)).await?;
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
    let mut ids = Vec::new();
    for group in GROUPS {
        let id = random::id(started)?;
        let new = NewGroup { name: name(group)?, description: String::new() };
        groups::store::insert(&mut tx, created.organization, id, GroupKind::Group, &new, started).await?;
        ids.push(id);
    }
    tx.commit().await?;
    let world = World { organization: created.organization, owner: created.account, levels, groups: ids, now };
    Ok((world, created))
}

fn add_account(rows: &mut Rows, world: &World, dice: &mut Dice, number: u32) {
    let created = world.now.plus(-i64::try_from(dice.below(365 * 24)).unwrap_or_default() * HOUR_MS);
    let (first, last) = (dice.pick(&FIRST), dice.pick(&LAST));
    let ascii = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let email = format!("{}.{}{number}@{}", ascii(first), ascii(last), dice.pick(&DOMAINS));
    let (id, fate): (AccountId, u64) = (dice.id(created), dice.below(100));
    let is_pending = fate < 6;
    let name = if is_pending { email.clone() } else { format!("{first} {last}") };
    let level = match dice.below(100) {
        0..=2 => world.levels.last(),
        3..=29 => world.levels.get(1),
        _ => world.levels.first(),
    };
    let person = (!is_pending).then(|| dice.id::<domain::id::kind::Person>(created).to_string());
    if let Some(person) = &person {
        rows.persons.push(vec![
            person.clone().into(),
            email.clone().into(),
            email.clone().into(),
            name.clone().into(),
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
        add_invitation(rows, world, dice, id);
    }
    // Neighbours in the list of groups, so that no account is in one twice.
    let (first_group, count) = (dice.below(world.groups.len() as u64), dice.below(3));
    for step in 0..count {
        let index = usize::try_from((first_group + step) % world.groups.len() as u64).unwrap_or_default();
        rows.memberships.push(vec![id.into(), world.groups.get(index).map(ToString::to_string).into(), created.into()]);
    }
    if dice.below(20) == 0 {
        rows.grants.push(vec![
            id.into(),
            "role".into(),
            dice.pick(&["alerts", "data", "trending"]).into(),
            "manual".into(),
            created.into(),
        ]);
    }
}

fn add_invitation(rows: &mut Rows, world: &World, dice: &mut Dice, account: AccountId) {
    let sent = world.now.plus(-i64::try_from(dice.below(48)).unwrap_or_default() * HOUR_MS);
    let (delivery, expires, error) = match dice.below(20) {
        0 => ("failed", None, Some("permanent error (550): no such user here".to_owned())),
        _ => ("sent", Some(sent.plus(DAY_MS)), None),
    };
    rows.invitations.push(vec![
        account.into(),
        1_i64.into(),
        world.owner.into(),
        sent.into(),
        expires.into(),
        1_i64.into(),
        delivery.into(),
        1_i64.into(),
        error.into(),
    ]);
}

async fn write(db: &Db, world: &World, rows: Rows) -> Outcome<()> {
    let mut tx = db.begin().await?;
    organization::store::lock(&mut tx, world.organization).await?;
    let count = rows.accounts.len();
    insert_rows(
        &mut tx,
        "persons (id, email, email_key, display_name, email_verified_at, created_at)",
        6,
        rows.persons,
    )
    .await?;
    insert_rows(
        &mut tx,
        "accounts (id, organization_id, kind, person_id, handle, email, display_name, name_key, search_text, level_id, invited_at, activated_at, deactivated_at, created_at, last_active_at, last_sign_in_at)",
        16,
        rows.accounts,
    )
    .await?;
    insert_rows(&mut tx, "invitations (account_id, generation, sent_by, sent_at, expires_at, send_count, delivery, attempts, last_error)", 9, rows.invitations).await?;
    insert_rows(&mut tx, "memberships (account_id, group_id, added_at)", 3, rows.memberships).await?;
    insert_rows(&mut tx, "grants (account_id, what, key, source, granted_at)", 5, rows.grants).await?;
    let event = Event::new("demo.filled", world.organization).after(&serde_json::json!({ "accounts": count }));
    audit::store::record(&mut tx, world.organization, &Actor::server(), world.now, event).await?;
    tx.commit().await?;
    Ok(())
}
