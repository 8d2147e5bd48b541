//! What somebody has to hold to make a change of a role, a group or many accounts: all that it gives, and all that it takes
//! from those whom it does not ask one by one (I7). `Effective::lacks` says whether they do.

use crate::accounts::Account;
use crate::bulk::{BulkAction, BulkKind};
use crate::effective::{GroupHolding, Holdings, RoleBook};
use crate::grants::{Grant, GrantWhat};
use crate::groups::GroupRef;
use crate::id::GroupId;

/// To change what a role gives: all that it gave, and all that it is to give.
#[must_use]
pub fn of_role_change(book: &RoleBook, before: &[String], after: &[String]) -> Vec<String> {
    book.expand(&[before, after].concat())
}

/// To delete a role: all that it gives, and all that its holders get instead.
#[must_use]
pub fn of_role_removal(book: &RoleBook, permissions: &[String], instead: Option<&str>) -> Vec<String> {
    let instead = instead.and_then(|key| book.role(key)).map(|role| role.permissions.as_slice());
    book.expand(&[permissions, instead.unwrap_or_default()].concat())
}

/// To put roles on a group and take others off: what these give. Roles that stay on it are nobody's doing.
#[must_use]
pub fn of_group_change(book: &RoleBook, before: &[String], after: &[String]) -> Vec<String> {
    let taken_off = before.iter().filter(|key| !after.contains(key));
    let put_on = after.iter().filter(|key| !before.contains(key));
    book.given_by(taken_off.chain(put_on))
}

/// To do one act to many accounts: what it adds to each of them. What it takes away is asked of each by `bulk::Decider`.
/// `group` is that of the act.
#[must_use]
pub fn of_act(book: &RoleBook, action: &BulkAction, group: Option<&GroupHolding>) -> Vec<String> {
    match action.kind {
        BulkKind::AddRole => book.given_by(&action.role),
        BulkKind::SetLevel => book.given_by(&action.level),
        BulkKind::AddPermission => book.expand(action.permission.as_slice()),
        BulkKind::AddGroup => book.given_by(group.iter().flat_map(|group| &group.roles)),
        _ => Vec::new(),
    }
}

/// To change an account: all that was given to it. `roles_of` knows the keys of the roles that a group carries.
#[must_use]
pub fn of_account(book: &RoleBook, account: &Account, roles_of: impl Fn(GroupId) -> Vec<String>) -> Vec<String> {
    let roles = account.roles.iter().map(|role| GrantWhat::Role(role.key.clone()));
    let permissions = account.permissions.iter().map(|key| GrantWhat::Permission(key.clone()));
    let teams = account.teams.iter().map(|team| GroupRef { id: team.id, name: String::new() });
    let group = |group: GroupRef| {
        let roles = roles_of(group.id);
        GroupHolding { group, is_everyone: false, roles, valid_until: None }
    };
    let holdings = Holdings {
        kind: account.kind,
        state: account.state(),
        level: account.level.as_ref().map(|level| level.key.clone()),
        grants: roles.chain(permissions).map(|what| Grant { what, valid_until: None }).collect(),
        groups: account.groups.iter().cloned().chain(teams).map(group).collect(),
    };
    holdings.given(book)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::TeamRef;
    use crate::roles::RoleRef;
    use crate::testing::{self, group_ref};

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn account_is_reached_by_whoever_holds_all_it_was_given() {
        let book = testing::book(vec![
            testing::role("viewer", keys(&["view"]), Some(1)),
            testing::role("a", keys(&["alerts"]), None),
            testing::role("b", keys(&["data"]), None),
            testing::role("owner", keys(&["*"]), None),
        ]);
        let role = |key: &str| RoleRef { key: key.to_owned(), name: String::new() };
        let plain: Account = serde_json::from_value(serde_json::json!({
            "id": GroupId::from_u128(1).to_string(), "kind": "user", "handle": "ana", "display_name": "Ana", "status": "active",
            "level": { "key": "viewer", "name": "Viewer" }, "created_at": "2026-01-01T00:00:00Z", "version": 1
        }))
        .unwrap();
        let given = |account: &Account| {
            let roles_of = |group| if group == group_ref(1).id { keys(&["b"]) } else { Vec::new() };
            of_account(&book, account, roles_of)
        };
        assert_eq!(given(&plain), ["view"]);
        assert_eq!(given(&Account { roles: vec![role("a")], ..plain.clone() }), ["view", "alerts"]);
        assert_eq!(given(&Account { permissions: keys(&["runs"]), ..plain.clone() }), ["view", "runs"]);
        assert_eq!(given(&Account { groups: vec![group_ref(1), group_ref(2)], ..plain.clone() }), ["view", "data"]);
        let team = TeamRef { id: group_ref(1).id, name: String::new(), role: "admin".to_owned() };
        assert_eq!(given(&Account { teams: vec![team], ..plain.clone() }), ["view", "data"]);
        assert!(given(&Account { roles: vec![role("owner")], ..plain }).contains(&"*".to_owned()));
    }

    #[test]
    fn whoever_gives_or_takes_holds_it() {
        let book = testing::book(vec![
            testing::role("a", keys(&["alerts"]), None),
            testing::role("b", keys(&["data", "suite"]), None),
            testing::role("c", keys(&["runs"]), None),
        ]);
        let sorted = |mut keys: Vec<String>| {
            keys.sort();
            keys.join(" ")
        };
        let change = of_role_change(&book, &keys(&["data"]), &keys(&["suite"]));
        assert_eq!(sorted(change), "alerts data suite", "with all that comes with it");
        assert_eq!(sorted(of_role_removal(&book, &keys(&["runs"]), Some("a"))), "alerts runs");
        assert_eq!(sorted(of_role_removal(&book, &keys(&["runs"]), None)), "runs");
        assert_eq!(sorted(of_group_change(&book, &keys(&["a", "c"]), &keys(&["c", "b"]))), "alerts data suite");
        let act = |kind| BulkAction {
            role: Some("a".into()),
            permission: Some("suite".into()),
            level: Some("c".into()),
            ..BulkAction::plain(kind)
        };
        let group =
            GroupHolding { group: group_ref(1), is_everyone: false, roles: keys(&["a", "c"]), valid_until: None };
        for (kind, expected) in [
            (BulkKind::AddRole, "alerts"),
            (BulkKind::AddPermission, "alerts suite"),
            (BulkKind::SetLevel, "runs"),
            (BulkKind::AddGroup, "alerts runs"),
            (BulkKind::RemoveRole, ""),
            (BulkKind::RemoveGroup, ""),
            (BulkKind::Activate, ""),
        ] {
            assert_eq!(sorted(of_act(&book, &act(kind), Some(&group))), expected, "{kind:?}");
        }
    }
}
