//! Reads and writes accesses to objects.

use domain::accounts::{AccountKind, AccountRef};
use domain::groups::GroupRef;
use domain::objects::{Access, AccessChange, AccessLevel, CANDIDATES_MAX, Candidates};
use domain::{AccountId, GroupId, ObjectId, OrganizationId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::accounts::store::{account_ref, kind};
use crate::failure::{Failure, Outcome};
use crate::store::{Columns, Dialect, Tx, Value, query_with};

/// Who has, or gets, access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::objects) enum Subject {
    Account(AccountId),
    Group(GroupId),
}

impl Subject {
    /// None where neither is named, or both.
    pub(in crate::objects) const fn of(account: Option<AccountId>, group: Option<GroupId>) -> Option<Self> {
        match (account, group) {
            (Some(account), None) => Some(Self::Account(account)),
            (None, Some(group)) => Some(Self::Group(group)),
            _ => None,
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Account(_) => "account_id",
            Self::Group(_) => "group_id",
        }
    }

    fn id(self) -> Value {
        match self {
            Self::Account(account) => account.into(),
            Self::Group(group) => group.into(),
        }
    }
}

/// Reads an access level as the store writes it.
pub(crate) fn level(text: &str) -> Outcome<AccessLevel> {
    AccessLevel::parse(text).ok_or_else(|| Failure::Internal(format!("not an access level in the store: {text}")))
}

const SELECT: &str = "SELECT x.level, x.valid_until, x.granted_at, b.display_name AS granted_by, a.id, a.kind, a.display_name, a.handle, u.id AS group_id, u.name AS group_name
    FROM object_access x LEFT JOIN accounts a ON a.id = x.account_id LEFT JOIN user_groups u ON u.id = x.group_id LEFT JOIN accounts b ON b.id = x.granted_by
    WHERE x.object_id = $1 AND (x.valid_until IS NULL OR x.valid_until > $2) AND (x.group_id IS NOT NULL OR a.deleted_at IS NULL)";

fn access(row: &AnyRow) -> Outcome<Access> {
    let account = match row.maybe_text("handle")? {
        Some(handle) => {
            Some(AccountRef { id: row.id("id")?, kind: kind(row)?, name: row.text("display_name")?, handle })
        }
        None => None,
    };
    let group = match row.maybe_text("group_name")? {
        Some(name) => Some(GroupRef { id: row.id("group_id")?, name }),
        None => None,
    };
    Ok(Access {
        account,
        group,
        level: level(&row.text("level")?)?,
        valid_until: row.maybe_time("valid_until")?,
        granted_at: row.time("granted_at")?,
        granted_by: row.maybe_text("granted_by")?,
    })
}

/// Accesses that have not ended, of accounts by name, then of groups by name.
pub(in crate::objects) async fn list(
    connection: &mut AnyConnection,
    object: ObjectId,
    at: Timestamp,
) -> Outcome<Vec<Access>> {
    let sql = format!(
        "{SELECT} ORDER BY CASE WHEN x.group_id IS NULL THEN 0 ELSE 1 END, COALESCE(a.name_key, u.name_key), a.id"
    );
    let rows = query_with(sql, vec![object.into(), at.into()]).fetch_all(connection).await?;
    rows.iter().map(access).collect()
}

/// The access of one account or group, while it lasts.
pub(in crate::objects) async fn find(
    connection: &mut AnyConnection,
    object: ObjectId,
    subject: Subject,
    at: Timestamp,
) -> Outcome<Option<Access>> {
    let sql = format!("{SELECT} AND x.{} = $3", subject.column());
    let row = query_with(sql, vec![object.into(), at.into(), subject.id()]).fetch_optional(connection).await?;
    row.map(|row| access(&row)).transpose()
}

/// Whether the organization has the account or group.
pub(in crate::objects) async fn is_known(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    subject: Subject,
) -> Outcome<bool> {
    let sql = match subject {
        Subject::Account(_) => {
            "SELECT 1 AS found FROM accounts WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL"
        }
        Subject::Group(_) => "SELECT 1 AS found FROM user_groups WHERE organization_id = $1 AND id = $2",
    };
    let values = vec![organization.into(), subject.id()];
    Ok(query_with(sql.to_owned(), values).fetch_optional(connection).await?.is_some())
}

/// Gives access, or makes another of the one that is there.
pub(in crate::objects) async fn set(
    tx: &mut Tx,
    object: ObjectId,
    subject: Subject,
    change: &AccessChange,
    by: AccountId,
    at: Timestamp,
) -> Outcome<()> {
    let column = subject.column();
    let sql = format!(
        "INSERT INTO object_access (object_id, {column}, level, valid_until, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (object_id, {column}) WHERE {column} IS NOT NULL
         DO UPDATE SET level = excluded.level, valid_until = excluded.valid_until, granted_by = excluded.granted_by, granted_at = excluded.granted_at"
    );
    let values = vec![
        object.into(),
        subject.id(),
        change.level.as_str().into(),
        change.valid_until.into(),
        by.into(),
        at.into(),
    ];
    query_with(sql, values).execute(&mut **tx).await?;
    Ok(())
}

pub(in crate::objects) async fn delete(tx: &mut Tx, object: ObjectId, subject: Subject) -> Outcome<()> {
    let sql = format!("DELETE FROM object_access WHERE object_id = $1 AND {} = $2", subject.column());
    query_with(sql, vec![object.into(), subject.id()]).execute(&mut **tx).await?;
    Ok(())
}

/// Active accounts and groups whose name or handle holds a text, by name.
pub(in crate::objects) async fn candidates(
    connection: &mut AnyConnection,
    dialect: Dialect,
    organization: OrganizationId,
    search: &str,
    at: Timestamp,
) -> Outcome<Candidates> {
    let limit = i64::try_from(CANDIDATES_MAX).unwrap_or(i64::MAX);
    let holds = |column| dialect.contains(column, "$2");
    // The index that has the order begins with the kind: each kind gives its first rows, and the two are merged.
    let of_kind = |kind: AccountKind| {
        format!(
            "SELECT * FROM (SELECT a.id, a.kind, a.display_name, a.handle, a.name_key FROM accounts a
             WHERE a.organization_id = $1 AND a.kind = '{}' AND a.deleted_at IS NULL AND a.activated_at IS NOT NULL AND a.deactivated_at IS NULL
               AND (a.valid_until IS NULL OR a.valid_until > $3) AND ({} OR {}) ORDER BY a.name_key, a.id LIMIT $4) part",
            kind.as_str(),
            holds("a.name_key"),
            holds("a.handle")
        )
    };
    let parts = [AccountKind::User, AccountKind::Service].map(of_kind).join(" UNION ALL ");
    let sql = format!("SELECT * FROM ({parts}) merged ORDER BY name_key, id LIMIT $4");
    let values = vec![organization.into(), search.into(), at.into(), limit.into()];
    let rows = query_with(sql, values).fetch_all(&mut *connection).await?;
    let accounts = rows.iter().map(account_ref).collect::<Outcome<Vec<_>>>()?;
    let sql = format!(
        "SELECT u.id, u.name FROM user_groups u WHERE u.organization_id = $1 AND {} ORDER BY u.name_key LIMIT $3",
        holds("u.name_key")
    );
    let values = vec![organization.into(), search.into(), limit.into()];
    let rows = query_with(sql, values).fetch_all(connection).await?;
    let group = |row: &AnyRow| Ok(GroupRef { id: row.id("id")?, name: row.text("name")? });
    Ok(Candidates { accounts, groups: rows.iter().map(group).collect::<Outcome<_>>()? })
}
