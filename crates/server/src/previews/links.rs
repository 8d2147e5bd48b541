//! Which invitation links a change would make outdated: those of accounts that would have more than now (I17).

use std::collections::BTreeMap;

use domain::AccountId;
use domain::effective::{Holdings, RoleBook};
use domain::invitations::AccessSnapshot;
use sqlx::AnyConnection;

use crate::accounts::bulk::Outlook;
use crate::accounts::bulk::store::load;
use crate::caller::Caller;
use crate::failure::Outcome;
use crate::invitations::store::with_shown_link;
use crate::objects::store::held;

/// What accounts hold after a change of roles and groups: the roles then, and what becomes of one account's holdings.
pub(super) struct After<'a> {
    pub(super) book: RoleBook,
    pub(super) change: &'a (dyn Fn(&mut Holdings) + Sync),
}

/// How many links a change of roles or groups would make outdated, of the accounts invited that it touches.
pub(super) async fn outdated_by(
    connection: &mut AnyConnection,
    caller: &Caller,
    invited: &[AccountId],
    after: &After<'_>,
) -> Outcome<u64> {
    let shown = with_shown_link(connection, invited, caller.at).await?;
    let loaded = load(connection, caller.organization.id, &shown, caller.at).await?;
    let gains = |held: &Holdings| {
        let mut holds = held.clone();
        (after.change)(&mut holds);
        let before = AccessSnapshot::of(held, [], &caller.book, caller.at);
        before.first_gain(&AccessSnapshot::of(&holds, [], &after.book, caller.at)).is_some()
    };
    Ok(loaded.values().filter(|account| gains(&account.target.holdings)).count() as u64)
}

/// How many links a change of single accounts would make outdated.
pub(super) async fn outdated_by_selection(
    connection: &mut AnyConnection,
    caller: &Caller,
    changed: &[Outlook],
) -> Outcome<u64> {
    let invited: Vec<AccountId> = changed
        .iter()
        .filter(|outlook| outlook.before.state.activated_at.is_none())
        .map(|outlook| outlook.id)
        .collect();
    let shown = with_shown_link(connection, &invited, caller.at).await?;
    if shown.is_empty() {
        return Ok(0);
    }
    let concerned: Vec<&Outlook> = changed.iter().filter(|outlook| shown.contains(&outlook.id)).collect();
    let groups = |holdings: &Holdings| {
        holdings.groups.iter().map(|holding| (holding.group.id, holding.valid_until)).collect::<Vec<_>>()
    };
    let of = |holdings: fn(&Outlook) -> &Holdings| {
        concerned.iter().map(|outlook| (outlook.id, groups(holdings(outlook)))).collect::<BTreeMap<_, _>>()
    };
    let mut before = held::of_accounts(connection, &of(|outlook| &outlook.before), caller.at).await?;
    let mut after = held::of_accounts(connection, &of(|outlook| &outlook.after), caller.at).await?;
    let mut outdated = 0;
    for Outlook { id, before: held, after: holds } in concerned {
        let held = AccessSnapshot::of(held, before.remove(id).unwrap_or_default(), &caller.book, caller.at);
        let holds = AccessSnapshot::of(holds, after.remove(id).unwrap_or_default(), &caller.book, caller.at);
        outdated += u64::from(held.first_gain(&holds).is_some());
    }
    Ok(outdated)
}
