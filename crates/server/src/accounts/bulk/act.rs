//! An act whose role, group, permission or level was found, and lies within what the caller may give.

use domain::bulk::{BulkAction, BulkKind};
use domain::effective::GroupHolding;
use domain::groups::{GroupKind, GroupRef};
use domain::reach;
use domain::{GroupId, Timestamp};
use sqlx::AnyConnection;

use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::operations::{GrantRow, LevelState, MembershipRow, Moment, Subject};
use crate::{groups, objects, roles};

/// See the module.
pub(super) struct Act {
    pub(super) action: BulkAction,
    /// Absent for a resend, which cannot be undone.
    pub(super) subject: Option<Subject>,
    pub(super) group: Option<GroupHolding>,
}

impl Act {
    /// Looks up what the act names. What it adds has to be within the caller's rights (I7); what it takes away is asked
    /// of each account.
    pub(super) async fn resolve(connection: &mut AnyConnection, caller: &Caller, action: &BulkAction) -> Outcome<Self> {
        let mut group = None;
        let subject = match action.kind {
            BulkKind::AddRole | BulkKind::RemoveRole => Some(role(connection, caller, action).await?),
            BulkKind::AddPermission | BulkKind::RemovePermission => Some(permission(caller, action)?),
            BulkKind::AddGroup | BulkKind::RemoveGroup => {
                let id = action.group.ok_or(Failure::NotFound)?;
                let holding = holding_of(connection, caller, id).await.map_err(|failure| match failure {
                    Failure::NotFound => Failure::field("group", "unknown_group", "There is no such group."),
                    other => other,
                })?;
                if holding.is_everyone {
                    return Err(Failure::BuiltIn);
                }
                group = Some(holding);
                Some(Subject::Group { id })
            }
            BulkKind::SetLevel => Some(level(caller, action)?),
            BulkKind::Activate | BulkKind::Deactivate => Some(Subject::Status),
            BulkKind::Resend => None,
        };
        // Whether an account gains full access by it, the decider finds out.
        caller.require_rights(&reach::of_act(&caller.book, action, group.as_ref()))?;
        if action.kind == BulkKind::AddGroup {
            let joined: Vec<GroupId> = group.iter().map(|holding| holding.group.id).collect();
            objects::require_joining(connection, caller, &joined, action.valid_until).await?;
        }
        Ok(Self { action: action.clone(), subject, group })
    }

    /// What the act makes of the subject for an account whose level, if it is another one afterwards, is `level`.
    pub(super) fn moment(&self, caller: &Caller, level: Option<LevelState>) -> Moment {
        let (by, at) = (Some(caller.account_id.to_string()), caller.at);
        let (valid_until, source) = (self.action.valid_until, "manual".to_owned());
        let empty = Moment { level, ..Moment::default() };
        match self.action.kind {
            BulkKind::AddRole | BulkKind::AddPermission => {
                let grants = vec![GrantRow { valid_until, source, granted_by: by, granted_at: at }];
                Moment { grants, ..empty }
            }
            BulkKind::AddGroup => {
                let membership = Some(MembershipRow { valid_until, source, added_by: by, added_at: at });
                Moment { membership, ..empty }
            }
            BulkKind::Deactivate => Moment { deactivated_at: Some(at), ..empty },
            _ => empty,
        }
    }
}

async fn role(connection: &mut AnyConnection, caller: &Caller, action: &BulkAction) -> Outcome<Subject> {
    let unknown = || Failure::field("role", "unknown_role", "There is no such role.");
    let key = action.role.clone().unwrap_or_default();
    let role = caller.book.role(&key).filter(|role| role.level_rank.is_none()).ok_or_else(unknown)?;
    let id = roles::store::id_of(connection, caller.organization.id, &role.key).await?;
    Ok(Subject::Role { key, id })
}

fn permission(caller: &Caller, action: &BulkAction) -> Outcome<Subject> {
    let key = action.permission.clone().unwrap_or_default();
    if action.kind == BulkKind::AddPermission {
        let unknown = || Failure::field("permission", "unknown_permission", "There is no such permission.");
        caller.book.catalogue().find(&key).ok_or_else(unknown)?;
    }
    Ok(Subject::Permission { key })
}

fn level(caller: &Caller, action: &BulkAction) -> Outcome<Subject> {
    let key = action.level.as_deref().unwrap_or_default();
    let level = caller.book.role(key).filter(|role| role.level_rank.is_some());
    let unknown = || Failure::field("level", "unknown_level", "Choose one of the levels.");
    level.map(|_| Subject::Level).ok_or_else(unknown)
}

/// A group with the roles it carries, as a membership without an end.
///
/// # Errors
/// `NotFound` where the organization has none of this id.
pub async fn holding_of(connection: &mut AnyConnection, caller: &Caller, id: GroupId) -> Outcome<GroupHolding> {
    let group = groups::store::lookup(connection, caller.organization.id, id, Timestamp::default()).await?;
    Ok(GroupHolding {
        group: GroupRef { id, name: group.name },
        is_everyone: group.kind == GroupKind::Everyone,
        roles: group.roles.into_iter().map(|role| role.key).collect(),
        valid_until: None,
    })
}
