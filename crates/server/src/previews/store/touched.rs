//! Which accounts a change can touch, and how many of them hold nothing at present.

use domain::previews::Waiting;
use domain::roles::Role;
use domain::{AccountId, GroupId};
use sqlx::AnyConnection;

use super::SOURCES_PER_STATEMENT;
use crate::caller::Caller;
use crate::failure::Outcome;
use crate::store::{Columns, Value, query_with};

/// The accounts that a change can touch.
pub(in crate::previews) enum Touched<'a> {
    All,
    /// Who holds the role itself, and who is in one of the groups.
    Holders {
        role: Option<&'a Role>,
        groups: Vec<GroupId>,
    },
}

impl Touched<'_> {
    /// What picks the accounts that are touched, for `accounts a` and the moment and the organization as the first two values.
    pub(super) fn conditions(&self, place: &mut impl FnMut(Value) -> String) -> String {
        let Touched::Holders { role, groups } = self else { return String::new() };
        let valid = "(h.valid_until IS NULL OR h.valid_until > $1)";
        let mut sources = vec!["SELECT '' AS account_id".to_owned()];
        if let Some(role) = role {
            let key = place(role.key.as_str().into());
            sources
                .push(format!("SELECT h.account_id FROM grants h WHERE h.what = 'role' AND h.key = {key} AND {valid}"));
            if role.level_rank.is_some() {
                let (level, of_level) = (place(role.id.into()), "b.kind = 'user' AND b.deleted_at IS NULL");
                sources.push(format!(
                    "SELECT b.id FROM accounts b WHERE b.organization_id = $2 AND {of_level} AND b.level_id = {level}"
                ));
            }
        }
        for chunk in groups.chunks(SOURCES_PER_STATEMENT) {
            let list: Vec<_> = chunk.iter().map(|group| place((*group).into())).collect();
            sources.push(format!(
                "SELECT h.account_id FROM memberships h WHERE h.group_id IN ({}) AND {valid}",
                list.join(", ")
            ));
        }
        format!("AND a.id IN ({})", sources.join(" UNION ALL "))
    }
}

/// How many of the accounts touched are not active.
pub(in crate::previews) async fn waiting(
    connection: &mut AnyConnection,
    caller: &Caller,
    touched: &Touched<'_>,
) -> Outcome<Waiting> {
    let mut values: Vec<Value> = vec![caller.at.into(), caller.organization.id.into()];
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let conditions = touched.conditions(&mut place);
    let sql = format!(
        "SELECT COUNT(CASE WHEN a.activated_at IS NULL AND a.deactivated_at IS NULL THEN 1 END) AS invited, COUNT(*) AS total
         FROM accounts a WHERE a.organization_id = $2 AND a.deleted_at IS NULL
           AND (a.activated_at IS NULL OR a.deactivated_at IS NOT NULL OR a.valid_until <= $1) {conditions}"
    );
    let row = query_with(sql, values).fetch_one(connection).await?;
    let (invited, total) = (row.number("invited")?, row.number("total")?);
    let (invited, out) = (invited.unsigned_abs(), (total - invited).unsigned_abs());
    Ok(Waiting { invited, out, new_links: 0 })
}

/// The accounts touched that are invited and have not accepted.
pub(in crate::previews) async fn invited(
    connection: &mut AnyConnection,
    caller: &Caller,
    touched: &Touched<'_>,
) -> Outcome<Vec<AccountId>> {
    let mut values: Vec<Value> = vec![caller.at.into(), caller.organization.id.into()];
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let conditions = touched.conditions(&mut place);
    let sql = format!(
        "SELECT a.id FROM accounts a WHERE a.organization_id = $2 AND a.kind = 'user' AND a.deleted_at IS NULL
           AND a.activated_at IS NULL AND (a.valid_until IS NULL OR a.valid_until > $1) {conditions}"
    );
    let rows = query_with(sql, values).fetch_all(connection).await?;
    rows.iter().map(|row| row.id("id")).collect()
}
