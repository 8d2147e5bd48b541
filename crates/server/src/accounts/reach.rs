//! Which accounts hold more than whoever asks, so that nothing is offered that would be refused (F11, I7).

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use domain::GroupId;
use domain::accounts::Account;
use domain::reach;
use sqlx::AnyConnection;

use crate::caller::Caller;
use crate::failure::Outcome;
use crate::groups;

/// Marks the accounts that a caller can change nothing of. Nothing is beyond an Owner, for whom nothing is read.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn mark(connection: &mut AnyConnection, caller: &Caller, accounts: &mut [Account]) -> Outcome<()> {
    if caller.effective.is_owner() {
        return Ok(());
    }
    let mut groups: Vec<GroupId> = accounts.iter().flat_map(groups_of).collect();
    groups.sort();
    groups.dedup();
    let roles = groups::store::roles::of(connection, &groups).await?;
    let roles_of = |group: GroupId| roles.get(&group).cloned().unwrap_or_default();
    // Many accounts of a page were given the same.
    let mut known: HashMap<_, bool> = HashMap::new();
    for account in accounts {
        let level = account.level.as_ref().map(|level| level.key.clone());
        let own: Vec<String> = account.roles.iter().map(|role| role.key.clone()).collect();
        let key = (level, own, account.permissions.clone(), groups_of(account).collect::<Vec<_>>());
        account.is_beyond_reach = *known.entry(key).or_insert_with(|| {
            let given = reach::of_account(&caller.book, account, roles_of);
            caller.effective.lacks(&given).is_some()
        });
    }
    Ok(())
}

fn groups_of(account: &Account) -> impl Iterator<Item = GroupId> {
    account.groups.iter().map(|group| group.id).chain(account.teams.iter().map(|team| team.id))
}

/// What tells the answers to callers apart who reach differently far; the same for all Owners.
pub(super) fn tag(caller: &Caller) -> String {
    if caller.effective.is_owner() {
        return "all".to_owned();
    }
    let mut hasher = DefaultHasher::new();
    caller.organization.rights_revision.hash(&mut hasher);
    caller.effective.keys().for_each(|key| key.hash(&mut hasher));
    format!("{:x}", hasher.finish())
}
