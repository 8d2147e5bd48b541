//! Reads an organization in small. Ids come many to a row, joined by the database: a row for each membership would take
//! longer than all that is done with it.

mod touched;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::accounts::{AccountKind, AccountRef};
use domain::effective::{GroupHolding, RoleBook};
use domain::world::{Holder, World};
use domain::{AccountId, GroupId, OrganizationId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::Turn;
use crate::accounts::store::account_ref;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::store::{Columns, Value, fetch_for, parse_id, placeholder_list, query_with};

pub(super) use touched::{Touched, invited, waiting};

/// Characters of an id.
const ID_CHARS: usize = 36;
/// Groups, roles and permissions that one statement names: so much text is in memory at once.
const SOURCES_PER_STATEMENT: usize = 100;
/// Up to so many accounts are asked about by name; beyond that, everything is read that anybody holds, and kept for the next
/// preview.
const ACCOUNTS_NAMED_MAX: usize = 4_000;
/// Accounts that one statement names: SQLite finds each one's placeholder by looking through those before it.
const ACCOUNTS_PER_STATEMENT: usize = 250;

/// Who is active among the accounts touched, or among all of them, with all they hold that has not ended.
pub(super) async fn world(
    app: &Turn<'_>,
    connection: &mut AnyConnection,
    caller: &Caller,
    groups: &[GroupHolding],
    touched: &Touched<'_>,
) -> Outcome<World> {
    if let Some(known) = app.worlds.find(&caller.organization, caller.at) {
        return Ok(known);
    }
    let levels = levels(connection, caller.organization.id).await?;
    if matches!(touched, Touched::Holders { .. }) {
        let (world, ends_at, accounts) =
            accounts(app, connection, caller, (&levels, touched), empty(caller, groups)).await?;
        if accounts.len() <= ACCOUNTS_NAMED_MAX {
            let reading = Reading::of(&caller.book);
            reading.begin(world, ends_at);
            add_holdings_of(connection, caller, &accounts, &reading).await?;
            return Ok(reading.done().0);
        }
    }
    let reading = Reading::of(&caller.book);
    add_all(app, connection, caller, &levels, groups, &reading).await?;
    let (world, ends_at) = reading.done();
    app.worlds.keep(app, &caller.organization, caller.at, ends_at, &world);
    Ok(world)
}

/// The roles and groups, and nobody yet.
fn empty(caller: &Caller, groups: &[GroupHolding]) -> World {
    let mut world = World::new(&caller.book);
    for group in groups {
        world.add_group(group.group.id, group.is_everyone, &group.roles);
    }
    world
}

/// From what accounts have something.
enum Source {
    Group(GroupId),
    Role(String),
    Permission(String),
}

/// Who has what a source gives, and when the first of them ceases to.
struct Found {
    source: Source,
    holders: Holders,
    ends_at: Option<Timestamp>,
}

/// A world that is being read, by one connection or by two. What is found before the accounts are there waits for them.
struct Reading<'a> {
    book: &'a RoleBook,
    state: Mutex<ReadingState>,
}

#[derive(Default)]
struct ReadingState {
    world: Option<World>,
    waiting: Vec<Found>,
    /// When the first of what is in it ends.
    ends_at: Option<Timestamp>,
}

impl<'a> Reading<'a> {
    fn of(book: &'a RoleBook) -> Self {
        Self { book, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, ReadingState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on with a world that has its accounts.
    fn begin(&self, world: World, ends_at: Option<Timestamp>) {
        let mut state = self.state();
        state.world = Some(world);
        state.ends(ends_at);
        for found in std::mem::take(&mut state.waiting) {
            state.add(self.book, found);
        }
    }

    fn add(&self, found: Found) {
        self.state().add(self.book, found);
    }

    fn done(self) -> (World, Option<Timestamp>) {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        (state.world.unwrap_or_else(|| World::new(self.book)), state.ends_at)
    }
}

impl ReadingState {
    fn ends(&mut self, at: Option<Timestamp>) {
        self.ends_at = [self.ends_at, at].into_iter().flatten().min();
    }

    fn add(&mut self, book: &RoleBook, found: Found) {
        let Some(world) = &mut self.world else { return self.waiting.push(found) };
        match &found.source {
            Source::Group(id) => world.add_members(*id, found.holders.iter()),
            Source::Role(key) => world.grant_role(key, found.holders.iter()),
            Source::Permission(key) => world.grant_permission(book, key, found.holders.iter()),
        }
        self.ends(found.ends_at);
    }
}

/// Adds all accounts with all they hold.
async fn add_all(
    app: &Turn<'_>,
    connection: &mut AnyConnection,
    caller: &Caller,
    levels: &[(String, String)],
    groups: &[GroupHolding],
    reading: &Reading<'_>,
) -> Outcome<()> {
    let in_groups = async |connection: &mut AnyConnection| -> Outcome<()> {
        let all = &Touched::All;
        let (world, ends_at, _) = accounts(app, connection, caller, (levels, all), empty(caller, groups)).await?;
        reading.begin(world, ends_at);
        let is_carrying = |group: &&GroupHolding| !group.is_everyone && !group.roles.is_empty();
        let carrying: Vec<GroupId> = groups.iter().filter(is_carrying).map(|group| group.group.id).collect();
        for chunk in carrying.chunks(SOURCES_PER_STATEMENT) {
            add_memberships(connection, caller, None, chunk, reading).await?;
        }
        Ok(())
    };
    // Where another connection is free, two read at once. Nobody waits for it, who holds one.
    match app.db.reader().try_acquire() {
        Some(mut beside) => {
            tokio::try_join!(in_groups(connection), add_all_grants(&mut beside, caller, reading))?;
        }
        None => {
            in_groups(connection).await?;
            add_all_grants(connection, caller, reading).await?;
        }
    }
    Ok(())
}

async fn add_all_grants(connection: &mut AnyConnection, caller: &Caller, reading: &Reading<'_>) -> Outcome<()> {
    let roles: Vec<&str> = caller.book.roles().map(|role| role.key.as_str()).collect();
    let permissions: Vec<&str> = caller.book.catalogue().0.iter().map(|entry| entry.key.as_str()).collect();
    for (what, keys) in [("role", roles), ("permission", permissions)] {
        for chunk in keys.chunks(SOURCES_PER_STATEMENT) {
            add_grants(connection, caller, None, what, chunk, reading).await?;
        }
    }
    Ok(())
}

/// Adds what the accounts named hold.
async fn add_holdings_of(
    connection: &mut AnyConnection,
    caller: &Caller,
    accounts: &[AccountId],
    reading: &Reading<'_>,
) -> Outcome<()> {
    for chunk in accounts.chunks(ACCOUNTS_PER_STATEMENT) {
        add_memberships(connection, caller, Some(chunk), &[], reading).await?;
        add_grants(connection, caller, Some(chunk), "", &[], reading).await?;
    }
    Ok(())
}

/// The levels of an organization by id and key.
async fn levels(connection: &mut AnyConnection, organization: OrganizationId) -> Outcome<Vec<(String, String)>> {
    let rows =
        sqlx::query("SELECT id, key FROM roles WHERE organization_id = $1 AND level_rank IS NOT NULL ORDER BY key")
            .bind(organization.to_string())
            .fetch_all(connection)
            .await?;
    rows.iter().map(|row| Ok((row.text("id")?, row.text("key")?))).collect()
}

/// The world with the active accounts that are touched, when the first of them ends, and who they are. Each is read as a
/// line: id, the first letter of its kind, the place of its level in four digits, when its access ends, a blank, and what it
/// is sorted by.
async fn accounts(
    app: &Turn<'_>,
    connection: &mut AnyConnection,
    caller: &Caller,
    (levels, touched): (&[(String, String)], &Touched<'_>),
    mut world: World,
) -> Outcome<(World, Option<Timestamp>, Vec<AccountId>)> {
    let mut values: Vec<Value> = vec![caller.at.into(), caller.organization.id.into()];
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let mut level = "'0000'".to_owned();
    for (number, (id, _)) in levels.iter().enumerate() {
        level =
            format!("CASE WHEN a.level_id = {} THEN '{:04}' ELSE {level} END", place(id.as_str().into()), number + 1);
    }
    let conditions = touched.conditions(&mut place);
    let sql = format!(
        "SELECT string_agg(a.id || SUBSTR(a.kind, 1, 1) || {level} || COALESCE(CAST(a.valid_until AS TEXT), '') || ' ' || a.name_key, '\n') AS lines, MIN(a.valid_until) AS ends_at FROM accounts a
         WHERE a.organization_id = $2 AND a.activated_at IS NOT NULL AND a.deactivated_at IS NULL AND a.deleted_at IS NULL
           AND (a.valid_until IS NULL OR a.valid_until > $1) {conditions}"
    );
    let row = query_with(sql, values).fetch_one(connection).await?;
    let lines = row.maybe_text("lines")?.unwrap_or_default();
    let levels = levels.to_vec();
    let add = move || add_accounts(&mut world, &lines, &levels).map(|accounts| (world, accounts));
    let (world, accounts) = app.pass.work(add).await??;
    Ok((world, row.maybe_time("ends_at")?, accounts))
}

/// Adds the accounts of the lines that `accounts` read.
fn add_accounts(world: &mut World, lines: &str, levels: &[(String, String)]) -> Outcome<Vec<AccountId>> {
    let mut accounts = Vec::new();
    for line in lines.lines() {
        let wrong = || Failure::Internal(format!("not an account in the store: {line}"));
        let (id, rest) = line.split_at_checked(ID_CHARS).ok_or_else(wrong)?;
        let (kind, rest) = rest.split_at_checked(1).ok_or_else(wrong)?;
        let (level, rest) = rest.split_at_checked(4).ok_or_else(wrong)?;
        let (until, name) = rest.split_once(' ').ok_or_else(wrong)?;
        let kind = if kind == "s" { AccountKind::Service } else { AccountKind::User };
        let level: usize = level.parse().map_err(|_| wrong())?;
        let level = level.checked_sub(1).and_then(|place| levels.get(place)).map(|(_, key)| key.as_str());
        let id = parse_id(id)?;
        world.add_account(id, kind, level, name, end(until));
        accounts.push(id);
    }
    Ok(accounts)
}

/// What was joined of a source: the ids of those who have it without an end, and a line for each of the others.
const HOLDERS: &str = "string_agg(CASE WHEN h.valid_until IS NULL THEN h.account_id END, '') AS ids,
    string_agg(CASE WHEN h.valid_until IS NOT NULL THEN h.account_id || h.valid_until END, '\n') AS ending,
    MIN(h.valid_until) AS ends_at";

/// The holders that were joined as `HOLDERS` says.
struct Holders {
    ids: String,
    ending: String,
}

impl Holders {
    fn of(row: &AnyRow) -> Outcome<Self> {
        let text = |name| Ok::<_, Failure>(row.maybe_text(name)?.unwrap_or_default());
        Ok(Self { ids: text("ids")?, ending: text("ending")? })
    }

    fn iter(&self) -> impl Iterator<Item = Holder> {
        let lasting = self.ids.as_bytes().chunks(ID_CHARS).map(|id| (std::str::from_utf8(id).unwrap_or_default(), ""));
        let holders = lasting.chain(self.ending.lines().filter_map(|line| line.split_at_checked(ID_CHARS)));
        holders.filter_map(|(id, until)| Some((id.parse().ok()?, end(until))))
    }
}

/// A moment in milliseconds; none where nothing is written.
fn end(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(Timestamp::from_millis)
}

/// Adds memberships of the accounts named, or else of the groups named.
async fn add_memberships(
    connection: &mut AnyConnection,
    caller: &Caller,
    accounts: Option<&[AccountId]>,
    groups: &[GroupId],
    reading: &Reading<'_>,
) -> Outcome<()> {
    let (column, named): (_, Vec<Value>) = match accounts {
        Some(accounts) => ("account_id", accounts.iter().map(|id| (*id).into()).collect()),
        None => ("group_id", groups.iter().map(|id| (*id).into()).collect()),
    };
    let sql = format!(
        "SELECT h.group_id, {HOLDERS} FROM memberships h
         WHERE h.{column} IN ({}) AND (h.valid_until IS NULL OR h.valid_until > $1) GROUP BY h.group_id",
        placeholder_list(2, named.len())
    );
    let values = std::iter::once(caller.at.into()).chain(named).collect();
    for row in query_with(sql, values).fetch_all(connection).await? {
        // One row may name every account.
        tokio::task::yield_now().await;
        let source = Source::Group(row.id("group_id")?);
        reading.add(Found { source, holders: Holders::of(&row)?, ends_at: row.maybe_time("ends_at")? });
    }
    Ok(())
}

/// Adds grants of the accounts named, or else of the roles or permissions named.
async fn add_grants(
    connection: &mut AnyConnection,
    caller: &Caller,
    accounts: Option<&[AccountId]>,
    what: &str,
    keys: &[&str],
    reading: &Reading<'_>,
) -> Outcome<()> {
    let (condition, named): (_, Vec<Value>) = match accounts {
        Some(accounts) => {
            let list = placeholder_list(2, accounts.len());
            (format!("h.account_id IN ({list})"), accounts.iter().map(|id| (*id).into()).collect())
        }
        None => {
            let condition = format!("h.what = $2 AND h.key IN ({})", placeholder_list(3, keys.len()));
            (condition, std::iter::once(what.into()).chain(keys.iter().map(|key| (*key).into())).collect())
        }
    };
    let sql = format!(
        "SELECT h.what, h.key, {HOLDERS} FROM grants h
         WHERE {condition} AND (h.valid_until IS NULL OR h.valid_until > $1) GROUP BY h.what, h.key"
    );
    let values = std::iter::once(caller.at.into()).chain(named).collect();
    for row in query_with(sql, values).fetch_all(connection).await? {
        // One row may name every account.
        tokio::task::yield_now().await;
        let key = row.text("key")?;
        let source = if row.text("what")? == "role" { Source::Role(key) } else { Source::Permission(key) };
        reading.add(Found { source, holders: Holders::of(&row)?, ends_at: row.maybe_time("ends_at")? });
    }
    Ok(())
}

/// What accounts are sorted by.
pub(super) async fn name_keys(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    accounts: &[AccountId],
) -> Outcome<HashMap<AccountId, String>> {
    let rows = fetch_for(connection, &[organization.into()], accounts, |ids| {
        format!("SELECT a.id, a.name_key FROM accounts a WHERE a.organization_id = $1 AND a.id IN ({ids})")
    })
    .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("name_key")?))).collect()
}

/// Accounts as examples name them.
pub(super) async fn names(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    accounts: &[AccountId],
) -> Outcome<Vec<AccountRef>> {
    let rows = fetch_for(connection, &[organization.into()], accounts, |ids| {
        format!("SELECT a.id, a.kind, a.display_name, a.handle FROM accounts a WHERE a.organization_id = $1 AND a.id IN ({ids})")
    })
    .await?;
    rows.iter().map(account_ref).collect()
}
