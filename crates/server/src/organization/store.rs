//! Reads, locks and changes organizations.

use std::collections::HashMap;

use domain::invitations::INVITATION_TTL_MS_DEFAULT;
use domain::organization::{Organization, OrganizationChange, OrganizationRef};
use domain::password::{PASSWORD_CHARS_MIN_ALONE, chars_min};
use domain::text::Name;
use domain::time::HOUR_MS;
use domain::tokens::TokenPolicy;
use domain::{OrganizationId, PersonId, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use crate::failure::{Current, Failure, Outcome};
use crate::store::{Columns, Tx, fetch_for, insert_rows, parse_id};

/// An organization's own row.
#[derive(Clone, Debug)]
pub struct OrganizationRow {
    pub id: OrganizationId,
    pub name: String,
    /// Key of its profile.
    pub profile: String,
    pub seats: Option<u32>,
    pub invitation_ttl_ms: i64,
    pub password_chars_min: usize,
    pub default_level: Option<String>,
    /// Rises with every write in the organization; caches are keyed by it.
    pub revision: i64,
    /// Rises with every write that alters who may do what: what a preview is built on, and its apply is checked against.
    pub rights_revision: i64,
    /// Rises with every write after which a token may do less.
    pub tokens_revision: i64,
    pub tokens: TokenPolicy,
    pub version: i64,
}

/// What tells whether anything in a row is other than it was: each write raises one of them. Revision, that of rights, that
/// of tokens, and version.
pub type Marks = [i64; 4];

impl OrganizationRow {
    #[must_use]
    pub const fn marks(&self) -> Marks {
        [self.revision, self.rights_revision, self.tokens_revision, self.version]
    }
}

/// For a SELECT from `organizations o`.
pub const ORGANIZATION_COLUMNS: &str = "o.id AS organization_id, o.name AS organization_name, o.profile, o.seats, o.invitation_ttl_ms, o.password_chars_min, o.default_level, o.revision, o.rights_revision, o.tokens_revision, o.token_ttl_days_max, o.token_expiry_required, o.user_tokens, o.version AS organization_version";

/// # Errors
/// When a column is missing.
pub fn organization_row(row: &AnyRow) -> Outcome<OrganizationRow> {
    Ok(OrganizationRow {
        id: row.id("organization_id")?,
        name: row.text("organization_name")?,
        profile: row.text("profile")?,
        seats: row.maybe_number("seats")?.map(|seats| u32::try_from(seats).unwrap_or(u32::MAX)),
        invitation_ttl_ms: row.number("invitation_ttl_ms")?,
        password_chars_min: chars_min(row.number("password_chars_min")?),
        default_level: row.maybe_text("default_level")?,
        revision: row.number("revision")?,
        rights_revision: row.number("rights_revision")?,
        tokens_revision: row.number("tokens_revision")?,
        tokens: TokenPolicy {
            ttl_days_max: row.maybe_number("token_ttl_days_max")?.and_then(|days| u32::try_from(days).ok()),
            expiry_required: row.number("token_expiry_required")? == 1,
            user_tokens: row.number("user_tokens")? == 1,
        },
        version: row.number("organization_version")?,
    })
}

/// Begins a write in an organization: takes its lock and raises its revision. Every change starts here, so all of an
/// organization's writes stand in one line, on both databases.
///
/// # Errors
/// When the organization is not there, or the store does not answer.
pub async fn lock(tx: &mut Tx, id: OrganizationId) -> Outcome<OrganizationRow> {
    sqlx::query("UPDATE organizations SET revision = revision + 1 WHERE id = $1")
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    find(tx, id).await?.ok_or(Failure::NotFound)
}

/// As `lock`, for a row of the audit log alone, beside which nothing is written: the revision stays, and with it what
/// caches and clients keep.
///
/// # Errors
/// When the store does not answer.
pub async fn lock_log(tx: &mut Tx, id: OrganizationId) -> Outcome<()> {
    sqlx::query("UPDATE organizations SET revision = revision WHERE id = $1")
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// As `lock`, for a write that alters who may do what: of accounts, levels, grants, memberships, roles, groups and
/// defaults. Access to objects is none of it: previews say nothing about objects. `basis` is the rights revision on which
/// the change was previewed, of `version::basis`; without one, the change is made whatever happened meanwhile.
///
/// # Errors
/// As `lock`; `Stale` when the rights have changed since the basis.
pub async fn lock_rights(tx: &mut Tx, id: OrganizationId, basis: Option<i64>) -> Outcome<OrganizationRow> {
    sqlx::query(
        "UPDATE organizations SET revision = revision + 1, rights_revision = rights_revision + 1 WHERE id = $1",
    )
    .bind(id.to_string())
    .execute(&mut **tx)
    .await?;
    let row = find(tx, id).await?.ok_or(Failure::NotFound)?;
    // The row carries what this write has raised already.
    if basis.is_some_and(|basis| basis != row.rights_revision - 1) { Err(Failure::Stale(None)) } else { Ok(row) }
}

/// As `lock`, for a write after which a token may do less than before, or ends: what is known of tokens in memory, on
/// every process, is read anew from then on.
///
/// # Errors
/// As `lock`.
pub async fn lock_tokens(tx: &mut Tx, id: OrganizationId) -> Outcome<OrganizationRow> {
    sqlx::query(
        "UPDATE organizations SET revision = revision + 1, tokens_revision = tokens_revision + 1 WHERE id = $1",
    )
    .bind(id.to_string())
    .execute(&mut **tx)
    .await?;
    find(tx, id).await?.ok_or(Failure::NotFound)
}

/// # Errors
/// When the store does not answer.
pub async fn find(connection: &mut AnyConnection, id: OrganizationId) -> Outcome<Option<OrganizationRow>> {
    let sql = format!("SELECT {ORGANIZATION_COLUMNS} FROM organizations o WHERE o.id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.to_string()).fetch_optional(connection).await?;
    row.map(|row| organization_row(&row)).transpose()
}

/// The marks of organizations' rows as they are now; none of those that are not there.
///
/// # Errors
/// When the store does not answer.
pub async fn marks(connection: &mut AnyConnection, ids: &[OrganizationId]) -> Outcome<HashMap<OrganizationId, Marks>> {
    let rows = fetch_for(connection, &[], ids, |ids| {
        format!("SELECT revision, rights_revision, tokens_revision, version, id FROM organizations WHERE id IN ({ids})")
    });
    let of = |row: &AnyRow| {
        let id = parse_id(row.try_get(4)?)?;
        Ok((id, [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?]))
    };
    rows.await?.iter().map(of).collect()
}

/// An organization to be.
pub struct NewOrganization<'a> {
    pub id: OrganizationId,
    pub slug: String,
    pub name: &'a Name,
    /// Key of its profile.
    pub profile: &'a str,
}

/// Adds an organization with the settings that each begins with.
///
/// # Errors
/// When the store refuses.
pub async fn insert(tx: &mut Tx, new: &NewOrganization<'_>, at: Timestamp) -> Outcome<()> {
    let row = vec![
        new.id.into(),
        new.slug.as_str().into(),
        new.name.to_string().into(),
        new.profile.into(),
        INVITATION_TTL_MS_DEFAULT.into(),
        i64::try_from(PASSWORD_CHARS_MIN_ALONE).unwrap_or(i64::MAX).into(),
        at.into(),
    ];
    let columns = "organizations (id, slug, name, profile, invitation_ttl_ms, password_chars_min, created_at)";
    insert_rows(tx, columns, 7, vec![row]).await
}

/// Ids of all organizations.
///
/// # Errors
/// When the store does not answer.
pub async fn list_ids(connection: &mut AnyConnection) -> Outcome<Vec<OrganizationId>> {
    let rows = sqlx::query("SELECT id FROM organizations ORDER BY id").fetch_all(connection).await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// User accounts that are active or pending: what seats are counted by (I15).
///
/// # Errors
/// When the store does not answer.
pub async fn seats_taken(connection: &mut AnyConnection, id: OrganizationId) -> Outcome<u32> {
    let row = sqlx::query("SELECT COUNT(*) AS taken FROM accounts WHERE organization_id = $1 AND kind = 'user' AND deleted_at IS NULL AND deactivated_at IS NULL").bind(id.to_string()).fetch_one(connection).await?;
    Ok(u32::try_from(row.number("taken")?).unwrap_or(u32::MAX))
}

/// The organizations in which a person has an active account, by name.
///
/// # Errors
/// When the store does not answer.
pub async fn of_person(
    connection: &mut AnyConnection,
    person: PersonId,
    at: Timestamp,
) -> Outcome<Vec<OrganizationRef>> {
    let rows = sqlx::query(
        "SELECT o.id, o.name FROM accounts a JOIN organizations o ON o.id = a.organization_id
         WHERE a.person_id = $1 AND a.activated_at IS NOT NULL AND a.deactivated_at IS NULL AND a.deleted_at IS NULL
           AND (a.valid_until IS NULL OR a.valid_until > $2)
         ORDER BY o.name, o.id LIMIT 100",
    )
    .bind(person.to_string())
    .bind(at.millis())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(OrganizationRef { id: row.id("id")?, name: row.text("name")? })).collect()
}

/// Writes what a change names; the rest stays.
///
/// # Errors
/// `Stale`, with the settings as they are, when the version is not the present one.
pub async fn change(tx: &mut Tx, row: &OrganizationRow, change: &OrganizationChange, version: i64) -> Outcome<()> {
    let seats = match change.seats {
        None => row.seats.map(i64::from),
        Some(0) => None,
        Some(seats) => Some(i64::from(seats)),
    };
    let tokens = change.tokens.unwrap_or_default().applied_to(row.tokens);
    let done = sqlx::query("UPDATE organizations SET name = $1, seats = $2, invitation_ttl_ms = $3, password_chars_min = $4, default_level = $5, token_ttl_days_max = $6, token_expiry_required = $7, user_tokens = $8, version = version + 1 WHERE id = $9 AND version = $10")
        .bind(change.name.as_ref().map_or_else(|| row.name.clone(), ToString::to_string))
        .bind(seats)
        .bind(change.invitation_ttl_hours.map_or(row.invitation_ttl_ms, |hours| i64::from(hours) * HOUR_MS))
        .bind(change.password_chars_min.map_or_else(|| i64::try_from(row.password_chars_min).unwrap_or(i64::MAX), i64::from))
        .bind(change.default_level.clone().or_else(|| row.default_level.clone()))
        .bind(tokens.ttl_days_max.map(i64::from))
        .bind(i64::from(tokens.expiry_required))
        .bind(i64::from(tokens.user_tokens))
        .bind(row.id.to_string())
        .bind(version)
        .execute(&mut **tx)
        .await?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    let taken = seats_taken(tx, row.id).await?;
    Err(Failure::Stale(Some(Current::Organization(Box::new(row.clone().view(taken))))))
}

impl OrganizationRow {
    /// As the API gives it.
    #[must_use]
    pub fn view(self, seats_taken: u32) -> Organization {
        Organization {
            id: self.id,
            name: self.name,
            profile: self.profile,
            seats: self.seats,
            seats_taken,
            invitation_ttl_hours: u32::try_from(self.invitation_ttl_ms / HOUR_MS).unwrap_or(u32::MAX),
            password_chars_min: u32::try_from(self.password_chars_min).unwrap_or(u32::MAX),
            default_level: self.default_level,
            tokens: self.tokens,
            version: self.version,
        }
    }
}
