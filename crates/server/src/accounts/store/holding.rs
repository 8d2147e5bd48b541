//! Narrows a list to those who hold a role or are in a group: by naming them where they are few, else by asking of each
//! account in the order of the list's own index. Either way no planner has to guess how many there are.

use domain::{AccountId, Timestamp};
use sqlx::AnyConnection;

use crate::accounts::query::Holding;
use crate::failure::Outcome;
use crate::store::{Columns, Value, placeholder_list, query_with};

/// Up to so many holders are named one by one. Where there are more, a page is found soon.
const FEW: usize = 1_000;

/// A condition on accounts `a` for what they hold; its values are added. The organization is the first value.
///
/// # Errors
/// When the store does not answer.
pub async fn condition(
    connection: &mut AnyConnection,
    holding: &Holding,
    at: Timestamp,
    values: &mut Vec<Value>,
) -> Outcome<String> {
    let (holders, what): (_, Value) = match holding {
        Holding::Level(key) => {
            values.push(key.as_str().into());
            let key = values.len();
            return Ok(format!(
                "a.level_id = (SELECT own.id FROM roles own WHERE own.organization_id = $1 AND own.key = ${key})"
            ));
        }
        Holding::Role(key) => ("grants held WHERE held.what = 'role' AND held.key", key.as_str().into()),
        Holding::Group(id) => ("memberships held WHERE held.group_id", (*id).into()),
    };
    let holders = |what: usize, now: usize| {
        format!("{holders} = ${what} AND (held.valid_until IS NULL OR held.valid_until > ${now})")
    };
    let sql = format!("SELECT held.account_id FROM {} LIMIT $3", holders(1, 2));
    let most = i64::try_from(FEW).unwrap_or(i64::MAX) + 1;
    let rows = query_with(sql, vec![what.clone(), at.into(), most.into()]).fetch_all(connection).await?;
    if rows.len() > FEW {
        values.extend([what, at.into()]);
        let held = holders(values.len() - 1, values.len());
        return Ok(format!("(SELECT COUNT(*) FROM {held} AND held.account_id = a.id) > 0"));
    }
    if rows.is_empty() {
        return Ok("1 = 0".to_owned());
    }
    let first = values.len() + 1;
    for row in &rows {
        let id: AccountId = row.id("account_id")?;
        values.push(id.into());
    }
    Ok(format!("a.id IN ({})", placeholder_list(first, rows.len())))
}

/// As `condition`, for all that a list asks for, each behind an `AND`.
pub(super) async fn conditions(
    connection: &mut AnyConnection,
    holdings: &[Holding],
    at: Timestamp,
    values: &mut Vec<Value>,
) -> Outcome<String> {
    let mut sql = String::new();
    for holding in holdings {
        sql.push_str(" AND ");
        sql.push_str(&condition(connection, holding, at, values).await?);
    }
    Ok(sql)
}
