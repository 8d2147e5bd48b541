//! What invitations gave, and what of it is taken back before anybody has it (I12).

use domain::{AccountId, GroupId};
use sqlx::AnyConnection;

use crate::failure::Outcome;
use crate::store::{Columns, Tx};

/// What an invitation gave that its account still has of it. What others gave since, and the defaults, are not among it.
#[derive(Debug, Default)]
pub(in crate::invitations) struct Given {
    /// `role` or `permission`, and the key.
    pub(in crate::invitations) grants: Vec<(&'static str, String)>,
    /// Each with the keys of its roles.
    pub(in crate::invitations) groups: Vec<(GroupId, Vec<String>)>,
    /// Key of the level.
    pub(in crate::invitations) level: Option<String>,
}

/// Reads what an invitation gave.
pub(in crate::invitations) async fn given(connection: &mut AnyConnection, account: AccountId) -> Outcome<Given> {
    let rows = sqlx::query(
        "SELECT g.what, g.key, '' AS role_key FROM grants g WHERE g.account_id = $1 AND g.source = 'invitation'
         UNION ALL
         SELECT 'group', m.group_id, COALESCE(r.key, '') FROM memberships m LEFT JOIN group_roles gr ON gr.group_id = m.group_id LEFT JOIN roles r ON r.id = gr.role_id
         WHERE m.account_id = $1 AND m.source = 'invitation'
         UNION ALL
         SELECT 'level', l.key, '' FROM accounts a JOIN roles l ON l.id = a.level_id WHERE a.id = $1
         ORDER BY 1, 2, 3",
    )
    .bind(account.to_string())
    .fetch_all(connection)
    .await?;
    let mut given = Given::default();
    for row in &rows {
        let key = row.text("key")?;
        match row.text("what")?.as_str() {
            "role" => given.grants.push(("role", key)),
            "permission" => given.grants.push(("permission", key)),
            "level" => given.level = Some(key),
            _ => {
                let id = crate::store::parse_id(&key)?;
                if given.groups.last().is_none_or(|(last, _)| *last != id) {
                    given.groups.push((id, Vec::new()));
                }
                let role = row.text("role_key")?;
                if let Some((_, roles)) = given.groups.last_mut().filter(|_| !role.is_empty()) {
                    roles.push(role);
                }
            }
        }
    }
    Ok(given)
}

/// Strips an invited account of grants, memberships or its level that its sender may no longer give (I12).
pub(in crate::invitations) async fn strip(
    tx: &mut Tx,
    account: AccountId,
    grants: &[(&'static str, String)],
    groups: &[GroupId],
    strip_level: bool,
) -> Outcome<()> {
    for (what, key) in grants {
        sqlx::query("DELETE FROM grants WHERE account_id = $1 AND what = $2 AND key = $3 AND source = 'invitation'")
            .bind(account.to_string())
            .bind(*what)
            .bind(key.clone())
            .execute(&mut **tx)
            .await?;
    }
    for group in groups {
        sqlx::query("DELETE FROM memberships WHERE account_id = $1 AND group_id = $2")
            .bind(account.to_string())
            .bind(group.to_string())
            .execute(&mut **tx)
            .await?;
    }
    if strip_level {
        sqlx::query(
            "UPDATE accounts SET level_id = (SELECT r.id FROM roles r WHERE r.organization_id = accounts.organization_id AND r.level_rank IS NOT NULL ORDER BY r.level_rank LIMIT 1) WHERE id = $1",
        )
        .bind(account.to_string())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
