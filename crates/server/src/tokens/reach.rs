//! Whose tokens a caller sees and changes: the own ones, those of service accounts they manage, or all.

use domain::accounts::{AccountKind, AccountRef};
use domain::permissions::ConsolePermission;

use crate::caller::{self, Caller};
use crate::failure::{Failure, Outcome};
use crate::store::Tx;

/// Refuses to show the tokens of somebody else. A person's are hidden, as if they were not there.
///
/// # Errors
/// `Forbidden` for a service account's, `NotFound` for a person's.
pub(super) fn require_view(caller: &Caller, account: &AccountRef) -> Outcome<()> {
    let is_own = account.id == caller.account_id;
    if is_own || caller.effective.holds(ConsolePermission::TokensManageAll) {
        return Ok(());
    }
    match account.kind {
        AccountKind::Service => caller.require(ConsolePermission::ServiceAccountsManage),
        AccountKind::User => Err(Failure::NotFound),
    }
}

/// Refuses to change the tokens of somebody else without the right to, or beyond the caller's own rights (I7). The
/// caller is one of the transaction, whose rights were looked at again.
///
/// # Errors
/// As `require_view`; `Escalation`; `SessionRequired` for a person's own tokens changed by a token.
pub(super) async fn require_change(tx: &mut Tx, caller: &Caller, account: &AccountRef) -> Outcome<()> {
    require_view(caller, account)?;
    match account.kind {
        AccountKind::User if account.id == caller.account_id => caller.session().map(|_| ()),
        // A program does not prolong its own life: that takes the right to manage service accounts.
        AccountKind::Service if account.id == caller.account_id => {
            caller.require(ConsolePermission::ServiceAccountsManage)
        }
        _ => {
            let holdings = caller::holdings_of(tx, account.id).await?;
            caller.require_reach(&holdings.given(&caller.book))
        }
    }
}
