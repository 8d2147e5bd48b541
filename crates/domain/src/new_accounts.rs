//! New accounts: what comes of an invitation together with the defaults, before it is sent.

use serde::{Deserialize, Serialize};

use crate::accounts::{AccountKind, AccountState};
use crate::effective::{Effective, GroupHolding, Holdings, RoleBook, effective};
use crate::grants::{Grant, GrantWhat, MembershipView};
use crate::levels::Narrowing;
use crate::permissions::Catalogue;
use crate::roles::RoleDefinition;
use crate::time::Timestamp;

/// The answer to `GET organization/new-account`: what every new user account holds, whatever its invitation adds. For those
/// who may invite, so that they see what comes of an invitation before it is sent (F20).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewAccountView {
    /// Keys of what every signed-in user has.
    pub baseline: Vec<String>,
    /// Everyone, then the default groups by name.
    pub groups: Vec<MembershipView>,
    /// Keys of the default permissions.
    pub permissions: Vec<String>,
    /// Which roles move a new account to a lower level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrowing: Option<Narrowing>,
}

/// What an invitation adds to what every new account holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Additions {
    /// A service account gets neither defaults nor what every signed-in user has (F86); Everyone it is in, too (F89).
    pub kind: AccountKind,
    /// Key of the level.
    pub level: Option<String>,
    pub groups: Vec<GroupHolding>,
    /// Keys.
    pub roles: Vec<String>,
    /// Keys.
    pub permissions: Vec<String>,
}

impl NewAccountView {
    /// What permissions are looked up in.
    #[must_use]
    pub fn book(&self, roles: Vec<RoleDefinition>, catalogue: Catalogue) -> RoleBook {
        RoleBook::new(roles, self.baseline.clone(), catalogue).with_narrowing(self.narrowing.clone())
    }

    /// What an invited user will be able to do from acceptance on, or a service account from the beginning, and why. A
    /// group that is among the defaults anyway counts once.
    #[must_use]
    pub fn outlook(&self, additions: &Additions, book: &RoleBook) -> Effective {
        let holding = |membership: &MembershipView| GroupHolding {
            group: membership.group.clone(),
            is_everyone: membership.is_everyone,
            roles: membership.roles.iter().map(|role| role.key.clone()).collect(),
            valid_until: membership.valid_until,
        };
        let is_user = additions.kind == AccountKind::User;
        let own = self.groups.iter().filter(|membership| is_user || membership.is_everyone);
        let mut groups: Vec<GroupHolding> = own.map(holding).collect();
        for added in &additions.groups {
            if !groups.iter().any(|known| known.group.id == added.group.id) {
                groups.push(added.clone());
            }
        }
        let grant = |what| Grant { what, valid_until: None };
        let roles = additions.roles.iter().cloned().map(GrantWhat::Role);
        let defaults = self.permissions.iter().filter(|_| is_user);
        let permissions = additions.permissions.iter().chain(defaults).cloned().map(GrantWhat::Permission);
        let accepted_at = Timestamp::from_millis(0);
        let holdings = Holdings {
            kind: additions.kind,
            state: AccountState { activated_at: Some(accepted_at), ..AccountState::default() },
            level: book.narrowed(additions.level.as_deref(), &additions.roles).map(str::to_owned),
            grants: roles.chain(permissions).map(grant).collect(),
            groups,
        };
        effective(&holdings, book, accepted_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::GroupRef;
    use crate::id::GroupId;
    use crate::permissions::{PermissionEntry, Risk};
    use crate::roles::RoleRef;

    fn entry(key: &str, includes: &[&str]) -> PermissionEntry {
        PermissionEntry {
            key: key.to_owned(),
            category: String::new(),
            label: key.to_owned(),
            description: String::new(),
            risk: Risk::Low,
            includes: includes.iter().map(|key| (*key).to_owned()).collect(),
        }
    }

    fn role(key: &str, permission: &str, level_rank: Option<u32>) -> RoleDefinition {
        RoleDefinition {
            key: key.to_owned(),
            name: key.to_owned(),
            description: String::new(),
            permissions: vec![permission.to_owned()],
            level_rank,
        }
    }

    fn group(number: u128, is_everyone: bool, role: &str) -> MembershipView {
        MembershipView {
            group: GroupRef { id: GroupId::from_u128(number), name: number.to_string() },
            is_everyone,
            roles: vec![RoleRef { key: role.to_owned(), name: role.to_owned() }],
            valid_until: None,
        }
    }

    #[test]
    fn outlook_is_the_union_of_defaults_and_invitation() {
        let view = NewAccountView {
            baseline: vec!["view".to_owned()],
            groups: vec![group(1, true, "interns"), group(2, false, "data")],
            permissions: vec!["runs".to_owned()],
            narrowing: Some(Narrowing {
                from: "normal".to_owned(),
                to: "limited".to_owned(),
                roles: vec!["alerts".to_owned()],
            }),
        };
        let roles = vec![
            role("interns", "dashboards", None),
            role("data", "checks", None),
            role("alerts", "rules", None),
            role("normal", "all", Some(2)),
            role("limited", "few", Some(1)),
        ];
        let catalogue = Catalogue(vec![entry("runs", &["runs.view"])]);
        let book = view.book(roles, catalogue);
        let keys = |additions: &Additions| view.outlook(additions, &book).keys().collect::<Vec<_>>().join(" ");
        assert_eq!(keys(&Additions::default()), "checks dashboards runs runs.view view");
        let normal = Additions { level: Some("normal".to_owned()), ..Additions::default() };
        assert_eq!(keys(&normal), "all checks dashboards runs runs.view view");
        let narrowed = Additions { roles: vec!["alerts".to_owned()], ..normal };
        assert_eq!(keys(&narrowed), "checks dashboards few rules runs runs.view view");
        let again = GroupHolding {
            group: GroupRef { id: GroupId::from_u128(2), name: "2".to_owned() },
            is_everyone: false,
            roles: vec!["data".to_owned()],
            valid_until: None,
        };
        let twice = Additions { groups: vec![again], ..Additions::default() };
        assert_eq!(view.outlook(&twice, &book).paths("checks").len(), 1);
        let service = Additions { kind: AccountKind::Service, ..Additions::default() };
        assert_eq!(keys(&service), "dashboards");
        let gifted = Additions { roles: vec!["alerts".to_owned()], permissions: vec!["runs".to_owned()], ..service };
        assert_eq!(keys(&gifted), "dashboards rules runs runs.view");
    }
}
