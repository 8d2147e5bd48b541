//! Reads and writes objects.

pub mod access;
pub mod held;
pub(super) mod joining;
pub mod ties;

use std::collections::HashMap;

use domain::accounts::AccountRef;
use domain::objects::{AccessLevel, Object};
use domain::permissions::ConsolePermission;
use domain::text::fold;
use domain::{AccountId, ObjectId, OrganizationId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::Address;
use crate::accounts::store::{Cursor, kind};
use crate::caller::{Caller, Party};
use crate::failure::Outcome;
use crate::store::{Columns, Dialect, Tx, Value, fetch_for, insert_rows, query_with};

/// Who looks at objects.
struct Viewer {
    organization: OrganizationId,
    account: AccountId,
    /// Owners of the organization may modify every object.
    is_owner: bool,
    /// Whoever manages objects sees and shares all of them.
    manages: bool,
    /// Whether access of one's own is enough to share: not for a token cut down to some permissions.
    shares_own: bool,
    at: Timestamp,
}

impl Viewer {
    /// The caller of a request, and the person for whom it acts.
    #[must_use]
    fn all_of(caller: &Caller) -> Vec<Self> {
        let viewer = |party: Party<'_>| Self {
            organization: caller.organization.id,
            account: party.account,
            is_owner: party.effective.is_owner(),
            manages: party.effective.holds(ConsolePermission::ObjectsManage),
            shares_own: !caller.credential.is_scoped(),
            at: caller.at,
        };
        caller.parties().into_iter().map(viewer).collect()
    }

    fn sees_all(&self) -> bool {
        self.is_owner || self.manages
    }
}

/// An object with the id that the store has for it.
pub struct ObjectRow {
    pub id: ObjectId,
    /// With the least access that any of the viewers has of their own.
    pub object: Object,
    /// Whether each of the viewers may know of it.
    pub may_see: bool,
    /// Whether each may grant and revoke access to it, restrict and open it: who manages objects, and who may modify it
    /// (F51).
    pub may_share: bool,
}

/// What a list is narrowed to.
pub(super) struct ObjectQuery {
    pub(super) kind: Option<String>,
    /// Folded.
    pub(super) search: String,
    pub(super) only_orphans: bool,
    pub(super) after: Option<Cursor>,
    pub(super) limit: u32,
}

/// What is written of an object beside its key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written<'a> {
    pub(super) name: &'a str,
    pub(super) owner: Option<AccountId>,
    pub(super) restricted: bool,
}

impl<'a> Written<'a> {
    pub(super) fn of(object: &'a Object) -> Self {
        let owner = object.owner.as_ref().map(|owner| owner.id);
        Self { name: &object.name, owner, restricted: object.restricted }
    }
}

/// Whether the account `w` is active at the time `$1`.
const IS_ACTIVE: &str = "w.activated_at IS NOT NULL AND w.deactivated_at IS NULL AND w.deleted_at IS NULL AND (w.valid_until IS NULL OR w.valid_until > $1)";
/// The groups that an account of the organization `$2` is in at the time `$1`.
fn own_groups(account: &str) -> String {
    format!(
        "SELECT m.group_id FROM memberships m WHERE m.account_id = {account} AND (m.valid_until IS NULL OR m.valid_until > $1)
         UNION ALL SELECT e.id FROM user_groups e WHERE e.organization_id = $2 AND e.kind = 'everyone'"
    )
}

/// Accesses to the object `o` that have not ended by `$1`.
fn valid_access(condition: &str) -> String {
    format!(
        "FROM object_access x WHERE x.object_id = o.id AND (x.valid_until IS NULL OR x.valid_until > $1) AND {condition}"
    )
}

/// Whether nobody but Owners can modify the restricted object `o`. As in `check`, only who is active counts.
fn is_orphan() -> String {
    is_orphan_by("1 = 1")
}

/// As `is_orphan`, where only those accesses `x` count that meet a condition.
fn is_orphan_by(condition: &str) -> String {
    let of_account = format!("EXISTS (SELECT 1 FROM accounts w WHERE w.id = x.account_id AND {IS_ACTIVE})");
    let of_group = format!(
        "EXISTS (SELECT 1 FROM user_groups u WHERE u.id = x.group_id AND (u.kind = 'everyone' OR EXISTS (SELECT 1 FROM memberships m JOIN accounts w ON w.id = m.account_id
         WHERE m.group_id = u.id AND (m.valid_until IS NULL OR m.valid_until > $1) AND {IS_ACTIVE})))"
    );
    let modifies = valid_access(&format!("x.level = 'modify' AND {condition} AND ({of_account} OR {of_group})"));
    format!(
        "(o.restricted = 1 AND NOT EXISTS (SELECT 1 FROM accounts w WHERE w.id = o.owner_id AND {IS_ACTIVE}) AND NOT EXISTS (SELECT 1 {modifies}))"
    )
}

/// The ids of the objects that an account has an access of its own to.
fn own_ids(account: &str) -> String {
    let (valid, groups) = ("(x.valid_until IS NULL OR x.valid_until > $1)", own_groups(account));
    format!(
        "SELECT y.id FROM objects y WHERE y.owner_id = {account} AND y.organization_id = $2
         UNION ALL SELECT x.object_id FROM object_access x WHERE x.account_id = {account} AND {valid}
         UNION ALL SELECT x.object_id FROM object_access x WHERE x.group_id IN ({groups}) AND {valid}"
    )
}

/// The rows of objects `o` as `$3` sees them at `$1`.
fn select() -> String {
    let own = valid_access(&format!("(x.account_id = $3 OR x.group_id IN ({}))", own_groups("$3")));
    let counted = valid_access(
        "(x.group_id IS NOT NULL OR EXISTS (SELECT 1 FROM accounts w WHERE w.id = x.account_id AND w.deleted_at IS NULL))",
    );
    format!(
        "SELECT o.id AS object_id, o.type, o.external_id, o.name, o.restricted, o.version, o.created_at, o.owner_id, a.id, a.kind, a.display_name, a.handle,
                CASE WHEN {} THEN 1 ELSE 0 END AS is_orphan,
                CASE WHEN o.owner_id = $3 THEN 2 ELSE (SELECT MAX(CASE x.level WHEN 'modify' THEN 2 ELSE 1 END) {own}) END AS own_access,
                (SELECT COUNT(*) {counted}) AS accesses
         FROM objects o LEFT JOIN accounts a ON a.id = o.owner_id AND a.deleted_at IS NULL",
        is_orphan()
    )
}

fn viewed_by(viewer: &Viewer) -> Vec<Value> {
    vec![viewer.at.into(), viewer.organization.into(), viewer.account.into()]
}

fn object(row: &AnyRow, viewer: &Viewer) -> Outcome<ObjectRow> {
    let owner = match row.maybe_text("handle")? {
        Some(handle) => {
            Some(AccountRef { id: row.id("id")?, kind: kind(row)?, name: row.text("display_name")?, handle })
        }
        None => None,
    };
    let own_access = match row.maybe_number("own_access")? {
        _ if viewer.is_owner => Some(AccessLevel::Modify),
        Some(2) => Some(AccessLevel::Modify),
        Some(_) => Some(AccessLevel::View),
        None => None,
    };
    let object = Object {
        kind: row.text("type")?,
        external_id: row.text("external_id")?,
        name: row.text("name")?,
        owner,
        restricted: row.number("restricted")? == 1,
        is_orphan: row.number("is_orphan")? == 1,
        own_access,
        accesses: u64::try_from(row.number("accesses")?).unwrap_or_default(),
        created_at: row.time("created_at")?,
        version: row.number("version")?,
    };
    let shares = viewer.shares_own && object.own_access == Some(AccessLevel::Modify);
    Ok(ObjectRow {
        id: row.id("object_id")?,
        may_see: viewer.sees_all() || object.own_access.is_some(),
        may_share: viewer.manages || shares,
        object,
    })
}

/// Takes from rows, as the first viewer sees them, what the others do not see or may not share.
async fn narrow(
    connection: &mut AnyConnection,
    others: &[Viewer],
    mut rows: Vec<ObjectRow>,
) -> Outcome<Vec<ObjectRow>> {
    for viewer in others {
        let ids: Vec<ObjectId> = rows.iter().map(|row| row.id).collect();
        let found = fetch_for(connection, &viewed_by(viewer), &ids, |ids| {
            format!("{} WHERE o.organization_id = $2 AND o.id IN ({ids})", select())
        })
        .await?;
        let found = found.iter().map(|row| object(row, viewer)).collect::<Outcome<Vec<_>>>()?;
        let mut found: HashMap<ObjectId, ObjectRow> = found.into_iter().map(|row| (row.id, row)).collect();
        rows.retain_mut(|row| {
            let Some(seen) = found.remove(&row.id) else { return false };
            row.object.own_access = row.object.own_access.min(seen.object.own_access);
            row.may_see &= seen.may_see;
            row.may_share &= seen.may_share;
            true
        });
    }
    Ok(rows)
}

/// An object by its type and the id that the product gave it, as a caller sees it.
pub(super) async fn find(
    connection: &mut AnyConnection,
    caller: &Caller,
    (kind, external_id): &Address,
) -> Outcome<Option<ObjectRow>> {
    let viewers = Viewer::all_of(caller);
    let Some((viewer, others)) = viewers.split_first() else { return Ok(None) };
    // PostgreSQL takes no text with NUL, and no object is called so.
    if [kind, external_id].iter().any(|text| text.contains('\0')) {
        return Ok(None);
    }
    let sql = format!("{} WHERE o.organization_id = $2 AND o.type = $4 AND o.external_id = $5", select());
    let values = viewed_by(viewer).into_iter().chain([kind.as_str().into(), external_id.as_str().into()]).collect();
    let row = query_with(sql, values).fetch_optional(&mut *connection).await?;
    let row = row.map(|row| object(&row, viewer)).transpose()?;
    Ok(narrow(connection, others, row.into_iter().collect()).await?.pop())
}

/// A page of objects by name with one row more than asked for, where there is one, and how many there are.
pub(super) async fn page(
    connection: &mut AnyConnection,
    dialect: Dialect,
    caller: &Caller,
    query: &ObjectQuery,
) -> Outcome<(Vec<ObjectRow>, u64)> {
    let viewers = Viewer::all_of(caller);
    let Some((viewer, others)) = viewers.split_first() else { return Ok((Vec::new(), 0)) };
    let mut values = viewed_by(viewer);
    let mut conditions = "o.organization_id = $2".to_owned();
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some(kind) = &query.kind {
        conditions.push_str(&format!(" AND o.type = {}", place(kind.as_str().into())));
    }
    if !query.search.is_empty() {
        let search = place(query.search.as_str().into());
        let (name, id) = (dialect.contains("o.name_key", &search), dialect.contains("LOWER(o.external_id)", &search));
        conditions.push_str(&format!(" AND ({name} OR {id})"));
    }
    if query.only_orphans {
        conditions.push_str(&format!(" AND {}", is_orphan()));
    }
    for viewer in viewers.iter().filter(|viewer| !viewer.sees_all()) {
        let account = place(viewer.account.into());
        conditions.push_str(&format!(" AND o.id IN ({})", own_ids(&account)));
    }
    // The time and the account are named in every text, so that each placeholder has its value on both databases.
    let count = format!("SELECT COUNT(*) AS total FROM objects o WHERE {conditions} AND $1 > 0 AND $3 <> ''");
    let row = query_with(count, values.clone()).fetch_one(&mut *connection).await?;
    let total = u64::try_from(row.number("total")?).unwrap_or_default();
    if let Some(cursor) = &query.after {
        values.extend(cursor.values());
        conditions.push_str(&format!(" AND (o.name_key, o.id) > (${}, ${})", values.len() - 1, values.len()));
    }
    values.push(i64::from(query.limit + 1).into());
    let sql = format!("{} WHERE {conditions} ORDER BY o.name_key, o.id LIMIT ${}", select(), values.len());
    let rows = query_with(sql, values).fetch_all(&mut *connection).await?;
    let rows = rows.iter().map(|row| object(row, viewer)).collect::<Outcome<_>>()?;
    Ok((narrow(connection, others, rows).await?, total))
}

/// Whether a caller has an access of its own to any object.
///
/// # Errors
/// When the store does not answer.
pub async fn has_any(connection: &mut AnyConnection, caller: &Caller) -> Outcome<bool> {
    let sql = format!("SELECT own.id FROM ({}) own LIMIT 1", own_ids("$3"));
    for viewer in &Viewer::all_of(caller) {
        if query_with(sql.clone(), viewed_by(viewer)).fetch_optional(&mut *connection).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    id: ObjectId,
    (kind, external_id): (&str, &str),
    written: &Written<'_>,
    at: Timestamp,
) -> Outcome<()> {
    let row = vec![
        id.into(),
        organization.into(),
        kind.into(),
        external_id.into(),
        written.name.into(),
        fold(written.name).into(),
        written.owner.map(|owner| owner.to_string()).into(),
        i64::from(written.restricted).into(),
        at.into(),
    ];
    let columns = "objects (id, organization_id, type, external_id, name, name_key, owner_id, restricted, created_at)";
    insert_rows(tx, columns, 9, vec![row]).await
}

pub(super) async fn update(tx: &mut Tx, id: ObjectId, written: &Written<'_>) -> Outcome<()> {
    sqlx::query("UPDATE objects SET name = $1, name_key = $2, owner_id = $3, restricted = $4, version = version + 1 WHERE id = $5")
        .bind(written.name.to_owned())
        .bind(fold(written.name))
        .bind(written.owner.map(|owner| owner.to_string()))
        .bind(i64::from(written.restricted))
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Raises the version: the accesses that somebody saw are no longer all.
pub(super) async fn raise_version(tx: &mut Tx, id: ObjectId) -> Outcome<()> {
    sqlx::query("UPDATE objects SET version = version + 1 WHERE id = $1")
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: ObjectId) -> Outcome<()> {
    for sql in ["DELETE FROM object_access WHERE object_id = $1", "DELETE FROM objects WHERE id = $1"] {
        sqlx::query(sql).bind(id.to_string()).execute(&mut **tx).await?;
    }
    Ok(())
}
