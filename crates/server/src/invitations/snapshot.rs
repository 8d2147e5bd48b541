//! What the accounts behind links would have once they are active: recorded with each new link, and looked at again
//! before it opens (I17).

use std::collections::{BTreeMap, HashMap};

use domain::accounts::{Account, AccountKind};
use domain::effective::{Holdings, RoleBook};
use domain::invitations::{AccessSnapshot, Gain};
use domain::permissions::ConsolePermission;
use domain::{AccountId, OrganizationId, Timestamp};
use sqlx::AnyConnection;

use super::store;
use crate::accounts::bulk::store::load;
use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::objects::store::held;
use crate::organization::store::{self as organizations, OrganizationRow};
use crate::roles;
use crate::store::Tx;

/// The roles of an organization, and the moment at which its accounts are looked at.
#[derive(Clone, Copy)]
pub(super) struct Now<'a> {
    pub(super) organization: OrganizationId,
    pub(super) book: &'a RoleBook,
    pub(super) at: Timestamp,
}

impl<'a> Now<'a> {
    pub(super) fn of(caller: &'a Caller) -> Self {
        Self { organization: caller.organization.id, book: &caller.book, at: caller.at }
    }

    /// What accounts would have if they were active.
    pub(super) async fn take(
        self,
        connection: &mut AnyConnection,
        accounts: &[AccountId],
    ) -> Outcome<HashMap<AccountId, AccessSnapshot>> {
        self.take_of(connection, accounts, |_| {}).await
    }

    /// As `take`, of what they hold after a change that is only thought of.
    async fn take_of(
        self,
        connection: &mut AnyConnection,
        accounts: &[AccountId],
        change: impl Fn(&mut Holdings),
    ) -> Outcome<HashMap<AccountId, AccessSnapshot>> {
        let mut loaded = load(connection, self.organization, accounts, self.at).await?;
        loaded.values_mut().for_each(|account| change(&mut account.target.holdings));
        let groups: BTreeMap<_, Vec<_>> = loaded
            .iter()
            .map(|(id, account)| {
                let groups = account.target.holdings.groups.iter();
                (*id, groups.map(|holding| (holding.group.id, holding.valid_until)).collect())
            })
            .collect();
        let mut accesses = held::of_accounts(connection, &groups, self.at).await?;
        let mut snapshot = |id: &AccountId, held| {
            let accesses = accesses.remove(id).unwrap_or_default();
            AccessSnapshot::of(held, accesses, self.book, self.at)
        };
        Ok(loaded.iter().map(|(id, account)| (*id, snapshot(id, &account.target.holdings))).collect())
    }

    /// Records what the newest links of accounts open: what they would have now.
    pub(super) async fn record(self, tx: &mut Tx, accounts: &[AccountId]) -> Outcome<()> {
        if accounts.is_empty() {
            return Ok(());
        }
        let snapshots = self.take(tx, accounts).await?;
        store::set_snapshots(tx, &snapshots, self.at).await
    }

    /// Which accounts would have more than their newest link opens. A link of which nothing was recorded opens nothing.
    pub(super) async fn outdated(
        self,
        connection: &mut AnyConnection,
        accounts: &[AccountId],
    ) -> Outcome<Vec<AccountId>> {
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let recorded = store::find_snapshots(connection, accounts).await?;
        let now = self.take(connection, accounts).await?;
        let opens = |id: &AccountId| {
            recorded.get(id).zip(now.get(id)).is_some_and(|(recorded, now)| recorded.first_gain(now).is_none())
        };
        Ok(accounts.iter().filter(|id| !opens(id)).copied().collect())
    }
}

/// Marks the invitations whose links no longer open because their accounts gained access.
///
/// # Errors
/// When the store does not answer.
pub async fn mark_outdated(connection: &mut AnyConnection, caller: &Caller, accounts: &mut [Account]) -> Outcome<()> {
    let has_link = |account: &&Account| {
        account.deleted_at.is_none()
            && account.invitation.as_ref().is_some_and(|invitation| invitation.has_shown_link())
    };
    let ids: Vec<AccountId> = accounts.iter().filter(has_link).map(|account| account.id).collect();
    let outdated = Now::of(caller).outdated(connection, &ids).await?;
    for account in accounts.iter_mut().filter(|account| outdated.contains(&account.id)) {
        if let Some(invitation) = &mut account.invitation {
            invitation.needs_new_link = true;
        }
    }
    Ok(())
}

/// Refuses to show a link that opens more than the caller has, or for longer: whoever has seen a link can use it.
pub(super) async fn require_own(tx: &mut Tx, caller: &Caller, account: AccountId) -> Outcome<()> {
    match lacks(tx, caller, account).await? {
        Some(what) => Err(Failure::Escalation(what)),
        None => Ok(()),
    }
}

/// What an account would have beyond the caller, in words; none where there is no such thing.
pub(super) async fn lacks(tx: &mut Tx, caller: &Caller, account: AccountId) -> Outcome<Option<String>> {
    if caller.effective.is_lasting_owner() {
        return Ok(None);
    }
    let parties: Vec<AccountId> = caller.parties().iter().map(|party| party.account).collect();
    let taken = Now::of(caller).take(tx, &parties).await?;
    // What all have, or every user, is not asked for: a program may invite, too.
    let given = |holdings: &mut Holdings| {
        holdings.kind = AccountKind::Service;
        holdings.groups.retain(|holding| !holding.is_everyone);
    };
    let opened = Now::of(caller).take_of(tx, &[account], given).await?.remove(&account).ok_or(Failure::NotFound)?;
    let opened = match caller.effective.holds(ConsolePermission::ObjectsManage) {
        true => opened.without_objects(),
        false => opened,
    };
    let gain = |party| taken.get(party).and_then(|own: &AccessSnapshot| own.first_gain(&opened));
    Ok(parties.iter().find_map(gain).map(|gain| match gain {
        Gain::Permission(key) => caller.words_for(key),
        Gain::Object(_) => "access to an object".to_owned(),
    }))
}

/// Records what the open links of an earlier version open: what their accounts would have now, where nothing has been changed
/// since. The others need a new link.
///
/// # Errors
/// When the store does not answer.
pub async fn record_earlier(app: &App) -> Outcome<()> {
    let at = app.clock.now();
    let organizations = organizations::list_ids(&mut *app.db.reader().acquire().await?).await?;
    for organization in organizations {
        let accounts = store::without_snapshot(&mut *app.db.reader().acquire().await?, organization, at).await?;
        if accounts.is_empty() {
            continue;
        }
        let mut tx = app.db.begin().await?;
        let row = organizations::lock(&mut tx, organization).await?;
        record(&mut tx, app, &row, &accounts, at).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Records what the newest links of accounts open, with the roles as the transaction sees them.
pub(super) async fn record(
    tx: &mut Tx,
    app: &App,
    organization: &OrganizationRow,
    accounts: &[AccountId],
    at: Timestamp,
) -> Outcome<()> {
    let book = roles::books::fresh(app, tx, organization).await?;
    Now { organization: organization.id, book: &book, at }.record(tx, accounts).await
}
