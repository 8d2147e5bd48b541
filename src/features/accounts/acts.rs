//! What can be done with an account, by its status and by what the person at the desk may do.

use domain::accounts::{Account, AccountKind, AccountStatus, ShownStatus};
use domain::permissions::ConsolePermission;
use domain::roles::OWNER_ROLE;
use domain::session::SessionView;

use super::words::is_invited;

/// One thing that can be done with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Open,
    Resend,
    CopyLink,
    Withdraw,
    ChangeLevel,
    Deactivate,
    Activate,
    CopyEmail,
    /// The account's own page.
    Permissions,
    MakeOwner,
    RemoveOwner,
    /// Everywhere.
    SignOut,
    /// For good; of service accounts.
    Delete,
}

/// What the person at the desk may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rights {
    pub(crate) invite: bool,
    pub(crate) manage: bool,
    /// To create, change and delete service accounts.
    pub(crate) services: bool,
    pub(crate) revoke_sessions: bool,
    pub(crate) is_owner: bool,
    /// Whether the organization has levels at all.
    pub(crate) has_levels: bool,
}

impl Rights {
    /// Whether accounts of a kind may be changed: each kind has a permission of its own.
    pub(crate) const fn may_manage(self, kind: AccountKind) -> bool {
        match kind {
            AccountKind::User => self.manage,
            AccountKind::Service => self.services,
        }
    }

    pub(crate) fn of(session: &SessionView) -> Self {
        Self {
            invite: session.may(ConsolePermission::AccountsInvite),
            manage: session.may(ConsolePermission::AccountsManage),
            services: session.may(ConsolePermission::ServiceAccountsManage),
            revoke_sessions: session.may(ConsolePermission::SessionsRevoke),
            is_owner: session.account.is_owner,
            has_levels: !session.organization.levels.is_empty(),
        }
    }
}

/// Whether the level of an account can be changed: not one's own, and not that of someone who is out.
pub(crate) fn may_change_level(account: &Account, rights: Rights, is_self: bool) -> bool {
    rights.manage
        && account.kind == AccountKind::User
        && rights.has_levels
        && !is_self
        && !account.is_beyond_reach
        && !account.status.keeps_level()
        && account.deleted_at.is_none()
}

/// Whether an account holds the Owner role itself.
pub(crate) fn is_owner(account: &Account) -> bool {
    account.roles.iter().any(|role| role.key == OWNER_ROLE)
}

/// Whether the link of an account's invitation still opens it: one that has expired, or from before the account gained
/// access, is sent again, not passed on.
pub(crate) fn has_open_link(account: &Account, status: ShownStatus) -> bool {
    let is_dead = account.invitation.as_ref().is_some_and(|invitation| invitation.expired || invitation.needs_new_link);
    is_invited(status) && status != ShownStatus::InvitationExpired && !is_dead
}

/// The acts on an account, in the order of the menu. What one may not do is not there; of an account that holds more than
/// oneself that is all that changes it (I7).
pub(crate) fn acts(account: &Account, status: ShownStatus, rights: Rights, is_self: bool) -> Vec<Act> {
    let is_invited = is_invited(status);
    let is_in_reach = !account.is_beyond_reach;
    let may_withdraw = rights.invite && is_invited && is_in_reach;
    let is_service = account.kind == AccountKind::Service;
    let may_switch =
        rights.may_manage(account.kind) && is_in_reach && !is_self && !is_invited && status != ShownStatus::Deleted;
    let is_out = account.status == AccountStatus::Deactivated;
    let may_crown = rights.is_owner && account.kind == AccountKind::User && status == ShownStatus::Active;
    let may_sign_out = rights.revoke_sessions && is_in_reach && !is_self && status == ShownStatus::Active;
    [
        // A service account has its page alone.
        (Act::Open, !is_service),
        (Act::Permissions, true),
        (Act::CopyEmail, account.email.is_some()),
        (Act::Resend, may_withdraw),
        (Act::CopyLink, may_withdraw && has_open_link(account, status)),
        (Act::ChangeLevel, may_change_level(account, rights, is_self)),
        (Act::MakeOwner, may_crown && !is_owner(account)),
        (Act::RemoveOwner, rights.is_owner && is_owner(account)),
        (Act::SignOut, may_sign_out && account.kind == AccountKind::User),
        (Act::Activate, may_switch && is_out),
        (Act::Deactivate, may_switch && !is_out),
        (Act::Withdraw, may_withdraw),
        (Act::Delete, is_service && rights.services && is_in_reach && status != ShownStatus::Deleted),
    ]
    .into_iter()
    .filter(|(_, offered)| *offered)
    .map(|(act, _)| act)
    .collect()
}

#[cfg(test)]
mod tests {
    use domain::invitations::{Delivery, InvitationView};
    use domain::roles::RoleRef;

    use super::*;
    use crate::features::accounts::testing::account;

    const ALL: Rights = Rights {
        invite: true,
        manage: true,
        services: false,
        has_levels: true,
        revoke_sessions: false,
        is_owner: false,
    };

    fn offered(status: ShownStatus, rights: Rights, is_self: bool) -> Vec<Act> {
        let wire = match status {
            ShownStatus::Deactivated => AccountStatus::Deactivated,
            ShownStatus::Active | ShownStatus::AccessExpired => AccountStatus::Active,
            _ => AccountStatus::Pending,
        };
        let account = Account { status: wire, ..account(1) };
        let open = |act: &Act| !matches!(act, Act::Open | Act::Permissions | Act::CopyEmail);
        acts(&account, status, rights, is_self).into_iter().filter(open).collect()
    }

    #[test]
    fn acts_follow_the_status() {
        let pending = [Act::Resend, Act::CopyLink, Act::ChangeLevel, Act::Withdraw];
        let cases: [(ShownStatus, &[Act]); 6] = [
            (ShownStatus::Active, &[Act::ChangeLevel, Act::Deactivate]),
            (ShownStatus::AccessExpired, &[Act::ChangeLevel, Act::Deactivate]),
            (ShownStatus::Pending, &pending),
            (ShownStatus::InvitationExpired, &[Act::Resend, Act::ChangeLevel, Act::Withdraw]),
            (ShownStatus::InvitationFailed, &pending),
            (ShownStatus::Deactivated, &[Act::Activate]),
        ];
        for (status, acts) in cases {
            assert_eq!(offered(status, ALL, false), acts, "{status:?}");
        }
    }

    #[test]
    fn expired_link_of_a_mail_that_failed_is_not_copied() {
        let invited = |expired| {
            let sent_at = domain::Timestamp::default();
            let invitation = InvitationView {
                sent_at,
                expires_at: Some(sent_at),
                expired,
                delivery: Delivery::Failed,
                attempts: 1,
                error: None,
                sent_by: None,
                link_requested_at: None,
                needs_new_link: false,
                outcome: None,
            };
            Account { status: AccountStatus::Pending, invitation: Some(invitation), ..account(1) }
        };
        assert!(has_open_link(&invited(false), ShownStatus::InvitationFailed));
        assert!(!has_open_link(&invited(true), ShownStatus::InvitationFailed));
    }

    #[test]
    fn nobody_changes_themselves_or_what_they_have_no_right_to() {
        let none = Rights { has_levels: true, ..Rights::default() };
        for status in ShownStatus::FILTERS {
            assert_eq!(offered(status, none, false), []);
        }
        assert_eq!(offered(ShownStatus::Active, ALL, true), []);
        let inviter = Rights { invite: true, ..none };
        assert_eq!(offered(ShownStatus::Active, inviter, false), []);
        assert_eq!(offered(ShownStatus::Pending, inviter, false), [Act::Resend, Act::CopyLink, Act::Withdraw]);
        let without_levels = Rights { has_levels: false, ..ALL };
        assert_eq!(offered(ShownStatus::Active, without_levels, false), [Act::Deactivate]);
    }

    #[test]
    fn owners_alone_make_and_unmake_owners() {
        let owner = Rights { is_owner: true, ..ALL };
        let with_roles = |rights, is_self, roles: &[&str]| {
            let roles = roles.iter().map(|key| RoleRef { key: (*key).to_owned(), name: String::new() }).collect();
            acts(&Account { roles, ..account(1) }, ShownStatus::Active, rights, is_self)
        };
        assert!(with_roles(owner, false, &[]).contains(&Act::MakeOwner));
        assert!(!with_roles(owner, false, &[]).contains(&Act::RemoveOwner));
        assert!(with_roles(owner, true, &["owner"]).contains(&Act::RemoveOwner));
        assert!(!with_roles(owner, false, &["owner"]).contains(&Act::MakeOwner));
        for roles in [&[][..], &["owner"]] {
            let acts = with_roles(ALL, false, roles);
            assert!(!acts.contains(&Act::MakeOwner) && !acts.contains(&Act::RemoveOwner));
        }
    }

    #[test]
    fn service_accounts_have_a_right_of_their_own() {
        let offered = |status, wire, rights| {
            acts(&Account { kind: AccountKind::Service, status: wire, ..account(1) }, status, rights, false)
        };
        let services = Rights { services: true, ..Rights::default() };
        let active = offered(ShownStatus::Active, AccountStatus::Active, services);
        assert_eq!(active, [Act::Permissions, Act::Deactivate, Act::Delete]);
        let out = offered(ShownStatus::Deactivated, AccountStatus::Deactivated, services);
        assert_eq!(out, [Act::Permissions, Act::Activate, Act::Delete]);
        assert_eq!(offered(ShownStatus::Active, AccountStatus::Active, ALL), [Act::Permissions]);
    }

    #[test]
    fn nothing_is_changed_of_who_holds_more() {
        let rights = Rights { services: true, revoke_sessions: true, ..ALL };
        for kind in [AccountKind::User, AccountKind::Service] {
            for status in ShownStatus::FILTERS {
                let beyond = Account { kind, is_beyond_reach: true, ..account(1) };
                let looks = |act: &Act| matches!(act, Act::Open | Act::Permissions);
                let acts = acts(&beyond, status, rights, false);
                assert!(acts.iter().all(looks), "{kind:?} {status:?} {acts:?}");
                assert!(!may_change_level(&beyond, rights, false));
            }
        }
    }

    #[test]
    fn only_others_who_are_in_are_signed_out() {
        let rights = Rights { revoke_sessions: true, ..ALL };
        assert!(offered(ShownStatus::Active, rights, false).contains(&Act::SignOut));
        assert!(!offered(ShownStatus::Active, rights, true).contains(&Act::SignOut));
        assert!(!offered(ShownStatus::Pending, rights, false).contains(&Act::SignOut));
        assert!(!offered(ShownStatus::Active, ALL, false).contains(&Act::SignOut));
    }
}
