//! What each invitation's newest link opens: the snapshot of its account's access, taken when the link was made. Accounts
//! with the same access share a row.

use std::collections::HashMap;

use domain::invitations::AccessSnapshot;
use domain::{AccountId, OrganizationId, Timestamp};
use sqlx::AnyConnection;

use crate::failure::Outcome;
use crate::random;
use crate::store::{Columns, Db, Tx, execute_for, fetch_for, insert_rows};

/// The snapshots of invitations; none of those without one.
pub(in crate::invitations) async fn find_snapshots(
    connection: &mut AnyConnection,
    accounts: &[AccountId],
) -> Outcome<HashMap<AccountId, AccessSnapshot>> {
    let rows = fetch_for(connection, &[], accounts, |ids| {
        format!(
            "SELECT i.account_id, i.snapshot_id FROM invitations i WHERE i.snapshot_id IS NOT NULL AND i.account_id IN ({ids})"
        )
    })
    .await?;
    let mut snapshots: HashMap<String, AccessSnapshot> = HashMap::new();
    let mut found = HashMap::new();
    for row in &rows {
        let id = row.text("snapshot_id")?;
        let known = snapshots.get(&id).cloned();
        let snapshot = match known {
            Some(snapshot) => snapshot,
            None => read(connection, &id).await?,
        };
        snapshots.insert(id, snapshot.clone());
        found.insert(row.id("account_id")?, snapshot);
    }
    Ok(found)
}

async fn read(connection: &mut AnyConnection, id: &str) -> Outcome<AccessSnapshot> {
    let row =
        sqlx::query("SELECT content FROM access_snapshots WHERE id = $1").bind(id.to_owned()).fetch_one(connection);
    Ok(serde_json::from_str(&row.await?.text("content")?)?)
}

/// Writes what the newest links open.
pub(in crate::invitations) async fn set_snapshots(
    tx: &mut Tx,
    snapshots: &HashMap<AccountId, AccessSnapshot>,
    at: Timestamp,
) -> Outcome<()> {
    let mut by_content: HashMap<String, Vec<AccountId>> = HashMap::new();
    for (account, snapshot) in snapshots {
        by_content.entry(serde_json::to_string(snapshot)?).or_default().push(*account);
    }
    for (content, accounts) in by_content {
        let id = random::id::<AccessSnapshot>(at)?;
        insert_rows(tx, "access_snapshots (id, content)", 2, vec![vec![id.into(), content.into()]]).await?;
        execute_for(tx, &[id.into()], &accounts, |ids| {
            format!("UPDATE invitations SET snapshot_id = $1 WHERE account_id IN ({ids})")
        })
        .await?;
    }
    Ok(())
}

/// Which accounts have an open invitation with a link that somebody may have, and that works.
///
/// # Errors
/// When the store does not answer.
pub async fn with_shown_link(
    connection: &mut AnyConnection,
    accounts: &[AccountId],
    at: Timestamp,
) -> Outcome<Vec<AccountId>> {
    let rows = fetch_for(connection, &[at.into()], accounts, |ids| {
        format!(
            "SELECT i.account_id FROM invitations i WHERE i.outcome IS NULL AND i.delivery <> 'queued'
               AND (i.expires_at IS NULL OR i.expires_at > $1) AND i.account_id IN ({ids})"
        )
    })
    .await?;
    rows.iter().map(|row| row.id("account_id")).collect()
}

/// Pending accounts whose open link predates snapshots, and whose access can't have changed since the link was sent: neither the
/// account nor any role, group, object or setting was changed. The others stay without a snapshot, and need a new link.
pub(in crate::invitations) async fn without_snapshot(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    at: Timestamp,
) -> Outcome<Vec<AccountId>> {
    let rows = sqlx::query(
        "SELECT a.id, i.sent_at FROM invitations i JOIN accounts a ON a.id = i.account_id
         WHERE a.organization_id = $1 AND a.activated_at IS NULL AND a.deleted_at IS NULL AND i.snapshot_id IS NULL AND i.outcome IS NULL
           AND (i.expires_at IS NULL OR i.expires_at > $2)
           AND NOT EXISTS (
               SELECT 1 FROM audit_events e
               WHERE e.organization_id = a.organization_id AND e.target = a.id AND e.at >= i.sent_at
                 AND e.action NOT LIKE 'invitation.%' AND e.action NOT LIKE 'mail.%')
         ORDER BY a.id",
    )
    .bind(organization.to_string())
    .bind(at.millis())
    .fetch_all(&mut *connection)
    .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    // Read from the newest row back.
    let last = sqlx::query(
        "SELECT at FROM audit_events
         WHERE organization_id = $1
           AND (action LIKE 'role.%' OR action LIKE 'group.%' OR action LIKE 'object.%' OR action LIKE 'organization.%' OR action = 'operation.undone')
         ORDER BY seq DESC LIMIT 1",
    )
    .bind(organization.to_string())
    .fetch_optional(connection)
    .await?;
    let last = last.map(|row| row.time("at")).transpose()?;
    let sent: Vec<(AccountId, Timestamp)> =
        rows.iter().map(|row| Ok((row.id("id")?, row.time("sent_at")?))).collect::<Outcome<_>>()?;
    Ok(sent.into_iter().filter(|(_, sent_at)| last.is_none_or(|last| last < *sent_at)).map(|(id, _)| id).collect())
}

/// Forgets the snapshots of invitations that have ended or were sent again.
///
/// # Errors
/// When the store refuses.
pub async fn sweep_snapshots(db: &Db) -> Outcome<()> {
    let mut tx = db.begin().await?;
    for sql in [
        "UPDATE invitations SET snapshot_id = NULL WHERE outcome IS NOT NULL AND snapshot_id IS NOT NULL",
        "DELETE FROM access_snapshots WHERE NOT EXISTS (SELECT 1 FROM invitations i WHERE i.snapshot_id = access_snapshots.id)",
    ] {
        sqlx::query(sql).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}
