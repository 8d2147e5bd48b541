//! What only service accounts have: who answers for them, and how many of their tokens work.

use std::collections::HashMap;

use domain::accounts::{Account, AccountKind, AccountRef};
use domain::groups::GroupRef;
use domain::service_accounts::AccountOwner;
use domain::{AccountId, Timestamp};
use sqlx::AnyConnection;

use crate::failure::Outcome;
use crate::store::{Columns, fetch_for};

/// Adds it to the service accounts among a page of accounts, by one query for all of them.
pub(super) async fn add(connection: &mut AnyConnection, accounts: &mut [Account], at: Timestamp) -> Outcome<()> {
    let is_service = |account: &&mut Account| account.kind == AccountKind::Service;
    let mut by_id: HashMap<AccountId, &mut Account> =
        accounts.iter_mut().filter(is_service).map(|account| (account.id, account)).collect();
    if by_id.is_empty() {
        return Ok(());
    }
    let ids: Vec<AccountId> = by_id.keys().copied().collect();
    let rows = fetch_for(connection, &[at.into()], &ids, |ids| {
        format!(
            "SELECT a.id, o.id AS owner_id, o.display_name AS owner_name, o.handle AS owner_handle, u.id AS group_id, u.name AS group_name,
                    (SELECT COUNT(*) FROM tokens t WHERE t.account_id = a.id AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $1)) AS tokens
             FROM accounts a LEFT JOIN accounts o ON o.id = a.owner_account_id LEFT JOIN user_groups u ON u.id = a.owner_group_id
             WHERE a.id IN ({ids})"
        )
    })
    .await?;
    for row in &rows {
        let Some(account) = by_id.get_mut(&row.id("id")?) else { continue };
        account.tokens = Some(u32::try_from(row.number("tokens")?).unwrap_or(u32::MAX));
        let person = match row.maybe_id("owner_id")? {
            Some(id) => Some(AccountRef {
                id,
                kind: AccountKind::User,
                name: row.text("owner_name")?,
                handle: row.text("owner_handle")?,
            }),
            None => None,
        };
        let group = match row.maybe_id("group_id")? {
            Some(id) => Some(GroupRef { id, name: row.text("group_name")? }),
            None => None,
        };
        let is_owned = person.is_some() || group.is_some();
        account.owner = is_owned.then_some(AccountOwner { account: person, group });
    }
    Ok(())
}
