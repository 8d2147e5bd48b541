//! Putting accounts into groups gives them the groups' access to objects: only as far as the giver has it (I7).

use std::collections::HashMap;

use domain::access::{GroupAccess, Sharer};
use domain::effective::{Effective, Holdings};
use domain::permissions::ConsolePermission;
use domain::{AccountId, GroupId, OrganizationId, Timestamp};
use sqlx::AnyConnection;

use super::store;
use crate::caller::{Caller, Party};
use crate::failure::{Failure, Outcome};

/// Somebody who puts accounts into groups, or once did.
#[derive(Clone, Copy)]
pub struct Giver<'a> {
    pub organization: OrganizationId,
    pub account: AccountId,
    pub holdings: &'a Holdings,
    pub effective: &'a Effective,
    pub at: Timestamp,
}

impl<'a> Giver<'a> {
    /// The caller, and the person for whom it acts: what is given has to be each one's.
    #[must_use]
    pub fn all_of(caller: &'a Caller) -> Vec<Self> {
        let giver = |Party { account, holdings, effective }: Party<'a>| Self {
            organization: caller.organization.id,
            account,
            holdings,
            effective,
            at: caller.at,
        };
        caller.parties().into_iter().map(giver).collect()
    }

    /// Who shares, as the rules of `domain` see them.
    #[must_use]
    pub const fn sharer(&self) -> Sharer<'a> {
        Sharer { holdings: self.holdings, effective: self.effective, at: self.at }
    }
}

/// What access some groups bring their members, as each giver sees it.
pub struct Joining<'a>(Vec<(Giver<'a>, HashMap<GroupId, Vec<GroupAccess>>)>);

impl<'a> Joining<'a> {
    /// Reads what groups bring; nothing for who manages objects, and may give all of it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn read(connection: &mut AnyConnection, givers: Vec<Giver<'a>>, groups: &[GroupId]) -> Outcome<Self> {
        let mut seen = Vec::with_capacity(givers.len());
        for giver in givers {
            let Giver { organization, account, at, .. } = giver;
            let accesses = match giver.effective.holds(ConsolePermission::ObjectsManage) {
                true => HashMap::new(),
                false => store::joining::of_groups(connection, organization, account, groups, at).await?,
            };
            seen.push((giver, accesses));
        }
        Ok(Self(seen))
    }

    /// Whether the givers may put accounts into one of the groups until a time.
    #[must_use]
    pub fn may_add(&self, group: GroupId, until: Option<Timestamp>) -> bool {
        self.0.iter().all(|(giver, accesses)| {
            accesses.get(&group).is_none_or(|accesses| giver.sharer().may_add_member(accesses, until))
        })
    }
}

/// Refuses to put accounts into groups that have access to objects which the caller lacks, or has for less long.
///
/// # Errors
/// `Escalation`. It names no object: the caller may not know of it.
pub async fn require_joining(
    connection: &mut AnyConnection,
    caller: &Caller,
    groups: &[GroupId],
    until: Option<Timestamp>,
) -> Outcome<()> {
    let joining = Joining::read(connection, Giver::all_of(caller), groups).await?;
    match groups.iter().all(|group| joining.may_add(*group, until)) {
        true => Ok(()),
        false => Err(Failure::Escalation("the group's access to objects".to_owned())),
    }
}
