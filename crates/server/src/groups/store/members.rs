//! Reads the members of a group, page by page in the order of their names.

use std::collections::HashMap;

use domain::accounts::{AccountKind, AccountRef};
use domain::groups::{Group, GroupKind, Member};
use domain::{AccountId, GroupId, OrganizationId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::accounts::store::{Cursor, account_ref, holding};
use crate::failure::Outcome;
use crate::store::{Columns, Dialect, Value, fetch_for, query_with};

/// What a list of members is narrowed to.
pub(in crate::groups) struct MemberQuery {
    pub(in crate::groups) kind: Option<AccountKind>,
    /// Folded.
    pub(in crate::groups) search: String,
    pub(in crate::groups) after: Option<Cursor>,
    pub(in crate::groups) limit: u32,
    pub(in crate::groups) at: Timestamp,
}

/// A page of members, the cursor of the next, and how many there are. Memberships that are over are not among them.
pub(in crate::groups) async fn page(
    connection: &mut AnyConnection,
    dialect: Dialect,
    organization: OrganizationId,
    group: &Group,
    query: &MemberQuery,
) -> Outcome<(Vec<Member>, Option<String>, u64)> {
    let mut values: Vec<Value> = vec![organization.into(), query.search.as_str().into()];
    let found = dialect.contains("a.search_text", "$2");
    let mut conditions = format!("a.organization_id = $1 AND a.deleted_at IS NULL AND {found}");
    if group.kind != GroupKind::Everyone {
        let held = holding::members(connection, group.id, query.at, &mut values).await?;
        conditions = format!("{conditions} AND {held}");
    }
    let all = [AccountKind::User, AccountKind::Service];
    let kinds = all.into_iter().filter(|kind| query.kind.is_none_or(|asked| asked == *kind));
    let kinds: Vec<_> = kinds.map(|kind| format!("'{}'", kind.as_str())).collect();
    let count =
        format!("SELECT COUNT(*) AS total FROM accounts a WHERE {conditions} AND a.kind IN ({})", kinds.join(", "));
    let row = query_with(count, values.clone()).fetch_one(&mut *connection).await?;
    let total = u64::try_from(row.number("total")?).unwrap_or_default();
    if let Some(cursor) = &query.after {
        values.extend(cursor.values());
        conditions.push_str(&format!(" AND (a.name_key, a.id) > (${}, ${})", values.len() - 1, values.len()));
    }
    values.push(i64::from(query.limit + 1).into());
    let limit = values.len();
    // The index that has the order begins with the kind: each kind gives its first rows, and the two are merged.
    let part = |kind: &String| {
        format!(
            "SELECT * FROM (SELECT a.id, a.kind, a.display_name, a.handle, a.name_key, a.created_at FROM accounts a WHERE {conditions} AND a.kind = {kind} ORDER BY a.name_key, a.id LIMIT ${limit}) part"
        )
    };
    let parts: Vec<_> = kinds.iter().map(part).collect();
    let sql = format!("SELECT * FROM ({}) merged ORDER BY name_key, id LIMIT ${limit}", parts.join(" UNION ALL "));
    let rows = query_with(sql, values).fetch_all(&mut *connection).await?;
    let has_more = rows.len() > query.limit as usize;
    let shown = &rows[..rows.len().min(query.limit as usize)];
    let next = match shown.last().filter(|_| has_more) {
        Some(row) => Some(Cursor::text(&row.text("name_key")?, account_ref(row)?.id)),
        None => None,
    };
    Ok((with_memberships(connection, group, shown).await?, next, total))
}

/// Since when and until when the accounts of a page are members, and who added them.
async fn with_memberships(connection: &mut AnyConnection, group: &Group, rows: &[AnyRow]) -> Outcome<Vec<Member>> {
    let accounts = rows.iter().map(account_ref).collect::<Outcome<Vec<_>>>()?;
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
    let mut found = memberships(connection, group.id, &ids).await?;
    let member = |(row, account): (&AnyRow, AccountRef)| match found.remove(&account.id) {
        Some((valid_until, added_at, added_by)) => Ok(Member { account, valid_until, added_at, added_by }),
        // In Everyone, an account is since it was made.
        None => Ok(Member { account, valid_until: None, added_at: row.time("created_at")?, added_by: None }),
    };
    rows.iter().zip(accounts).map(member).collect()
}

type Membership = (Option<Timestamp>, Timestamp, Option<String>);

async fn memberships(
    connection: &mut AnyConnection,
    group: GroupId,
    ids: &[AccountId],
) -> Outcome<HashMap<AccountId, Membership>> {
    let rows = fetch_for(connection, &[group.into()], ids, |ids| {
        format!(
            "SELECT m.account_id, m.valid_until, m.added_at, b.display_name AS added_by
             FROM memberships m LEFT JOIN accounts b ON b.id = m.added_by WHERE m.group_id = $1 AND m.account_id IN ({ids})"
        )
    })
    .await?;
    let membership = |row: &AnyRow| {
        let membership = (row.maybe_time("valid_until")?, row.time("added_at")?, row.maybe_text("added_by")?);
        Ok((row.id("account_id")?, membership))
    };
    rows.iter().map(membership).collect()
}

/// One member of a group that is not Everyone.
pub(in crate::groups) async fn find(
    connection: &mut AnyConnection,
    group: &Group,
    account: AccountId,
    at: Timestamp,
) -> Outcome<Option<Member>> {
    let row = sqlx::query("SELECT id, kind, display_name, handle FROM accounts WHERE id = $1 AND deleted_at IS NULL")
        .bind(account.to_string())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let found = memberships(connection, group.id, &[account]).await?.remove(&account);
    let Some((valid_until, added_at, added_by)) = found else { return Ok(None) };
    let is_on = valid_until.is_none_or(|until| until > at);
    Ok(is_on.then_some(Member { account: account_ref(&row)?, valid_until, added_at, added_by }))
}
