//! Narrows a list to those who have a level, hold a role or are in a group: by naming them where they are few, else by
//! asking of each account in the order of the list's own index. Either way no planner has to guess how many there are.

use domain::accounts::{AccountSort, ShownStatus};
use domain::{AccountId, GroupId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::accounts::query::{Holding, ListQuery};
use crate::failure::Outcome;
use crate::store::{Columns, Value, placeholder_list, query_with};

/// Up to so many holders are named one by one. Where there are more, a page is found soon.
const FEW: usize = 1_000;

/// Conditions on accounts `a` for all that a list asks of what they hold, each behind an `AND`. Their values are added; the
/// organization and the kind are the first two.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn conditions(
    connection: &mut AnyConnection,
    query: &ListQuery,
    values: &mut Vec<Value>,
) -> Outcome<String> {
    let mut sql = String::new();
    for holding in &query.holdings {
        sql.push_str(" AND ");
        sql.push_str(&match holding {
            Holding::Level(key) => of_level(connection, key.as_deref(), query, values).await?,
            Holding::Role(key) => {
                let from = "grants held WHERE held.what = 'role' AND held.key";
                holders(connection, from, key.as_str().into(), query.at, values).await?
            }
            Holding::Group(id) => members(connection, *id, query.at, values).await?,
        });
    }
    Ok(sql)
}

/// A condition on accounts `a` that are in a group; its values are added.
///
/// # Errors
/// When the store does not answer.
pub async fn members(
    connection: &mut AnyConnection,
    group: GroupId,
    at: Timestamp,
    values: &mut Vec<Value>,
) -> Outcome<String> {
    holders(connection, "memberships held WHERE held.group_id", group.into(), at, values).await
}

/// The accounts of a level, or those without one. An index has them by name. In another order, where they are searched, and
/// for a status that few have, the level is asked for in a way that keeps to the index of that; its few holders are named.
async fn of_level(
    connection: &mut AnyConnection,
    key: Option<&str>,
    query: &ListQuery,
    values: &mut Vec<Value>,
) -> Outcome<String> {
    let is_of_many = matches!(query.status, None | Some(ShownStatus::Active)) && query.invitation.is_none();
    let is_by_index = is_of_many && query.sort == AccountSort::Name && query.search.is_empty();
    let level = if is_by_index { "a.level_id" } else { "COALESCE(a.level_id, '')" };
    let Some(key) = key else {
        return Ok(if is_by_index { "a.level_id IS NULL".to_owned() } else { format!("{level} = ''") });
    };
    let own =
        |key: usize| format!("(SELECT own.id FROM roles own WHERE own.organization_id = $1 AND own.key = ${key})");
    if is_of_many && !is_by_index {
        let sql = format!(
            "SELECT a.id FROM accounts a WHERE a.organization_id = $1 AND a.kind = $2 AND a.deleted_at IS NULL AND a.level_id = {} LIMIT $4",
            own(3)
        );
        let asked = [values[0].clone(), values[1].clone(), key.into(), limit()].to_vec();
        let rows = query_with(sql, asked).fetch_all(&mut *connection).await?;
        if rows.len() <= FEW {
            return named(&rows, "id", values);
        }
    }
    values.push(key.into());
    Ok(format!("{level} = {}", own(values.len())))
}

async fn holders(
    connection: &mut AnyConnection,
    from: &str,
    what: Value,
    at: Timestamp,
    values: &mut Vec<Value>,
) -> Outcome<String> {
    let holders = |what: usize, now: usize| {
        format!("{from} = ${what} AND (held.valid_until IS NULL OR held.valid_until > ${now})")
    };
    let sql = format!("SELECT held.account_id FROM {} LIMIT $3", holders(1, 2));
    let rows = query_with(sql, vec![what.clone(), at.into(), limit()]).fetch_all(connection).await?;
    if rows.len() > FEW {
        values.extend([what, at.into()]);
        let held = holders(values.len() - 1, values.len());
        return Ok(format!("(SELECT COUNT(*) FROM {held} AND held.account_id = a.id) > 0"));
    }
    named(&rows, "account_id", values)
}

/// One more than are named.
fn limit() -> Value {
    i64::try_from(FEW).map_or(i64::MAX, |few| few + 1).into()
}

/// The accounts of some rows, one by one.
fn named(rows: &[AnyRow], column: &str, values: &mut Vec<Value>) -> Outcome<String> {
    if rows.is_empty() {
        return Ok("1 = 0".to_owned());
    }
    let first = values.len() + 1;
    for row in rows {
        let id: AccountId = row.id(column)?;
        values.push(id.into());
    }
    Ok(format!("a.id IN ({})", placeholder_list(first, rows.len())))
}
