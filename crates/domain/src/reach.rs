//! What somebody has to hold to make a change: all that it gives, for as long as it gives it, and all that it takes or
//! touches (I7).

mod account;

pub use account::of_account_change;

use crate::accounts::Account;
use crate::bulk::{BulkAction, BulkKind};
use crate::effective::{Effective, GroupHolding, Holdings, Lack, RoleBook};
use crate::grants::{Grant, GrantWhat};
use crate::groups::GroupRef;
use crate::id::GroupId;
use crate::permissions::ALL_PERMISSIONS;
use crate::time::Timestamp;

/// See the module. Permissions by key, expanded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// What is taken away, or held by whom it is about: to be held now.
    pub touched: Vec<String>,
    /// To be held until the gift ends.
    pub given: Vec<String>,
    /// The end of the gift; absent for what has none.
    pub until: Option<Timestamp>,
}

impl Reach {
    /// A gift that ends at `until`, or never.
    #[must_use]
    pub const fn gift(given: Vec<String>, until: Option<Timestamp>) -> Self {
        Self { touched: Vec::new(), given, until }
    }

    /// Whether it gives full access: that takes a password proved a short while ago (S12).
    #[must_use]
    pub fn gives_full_access(&self) -> bool {
        self.given.iter().any(|key| key == ALL_PERMISSIONS)
    }

    /// What is lacked by somebody who holds `effective`; none where it is within their reach.
    #[must_use]
    pub fn lack(&self, effective: &Effective) -> Option<Lack<'_>> {
        let touched = || effective.lacks(&self.touched).map(|key| Lack { key, held_until: None });
        effective.lacks_until(&self.given, self.until).or_else(touched)
    }
}

/// To change what a role gives: all that it gave, and what is added to it. What a role gives has no end.
#[must_use]
pub fn of_role_change(book: &RoleBook, before: &[String], after: &[String]) -> Reach {
    let (touched, mut given) = (book.expand(before), book.expand(after));
    given.retain(|key| !touched.contains(key));
    Reach { touched, given, until: None }
}

/// To delete a role: all that it gives, and what its holders get instead.
#[must_use]
pub fn of_role_removal(book: &RoleBook, permissions: &[String], instead: Option<&str>) -> Reach {
    let instead = instead.and_then(|key| book.role(key)).map(|role| role.permissions.as_slice());
    of_role_change(book, permissions, instead.unwrap_or_default())
}

/// To put roles on a group and take others off: what these give. Roles that stay on it are nobody's doing.
#[must_use]
pub fn of_group_change(book: &RoleBook, before: &[String], after: &[String]) -> Reach {
    let taken_off = before.iter().filter(|key| !after.contains(key));
    let put_on = after.iter().filter(|key| !before.contains(key));
    Reach { touched: book.given_by(taken_off), given: book.given_by(put_on), until: None }
}

/// To do one act to many accounts: what it adds to each of them. What it takes away is asked of each by `bulk::Decider`.
/// `group` is that of the act.
#[must_use]
pub fn of_act(book: &RoleBook, action: &BulkAction, group: Option<&GroupHolding>) -> Reach {
    let given = match action.kind {
        BulkKind::AddRole => book.given_by(&action.role),
        BulkKind::SetLevel => book.given_by(&action.level),
        BulkKind::AddPermission => book.expand(action.permission.as_slice()),
        BulkKind::AddGroup => book.given_by(group.iter().flat_map(|group| &group.roles)),
        _ => Vec::new(),
    };
    Reach::gift(given, action.valid_until)
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
    use crate::accounts::{AccountKind, TeamRef};
    use crate::effective::effective;
    use crate::roles::RoleRef;
    use crate::testing::{self, NOW, active, group_ref};

    /// Keys of roles, each with how long it is held.
    type Held = &'static [(&'static str, Option<i64>)];

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
        let parts = |reach: Reach| (sorted(reach.touched), sorted(reach.given));
        let is = |touched: &str, given: &str| (touched.to_owned(), given.to_owned());
        let change = of_role_change(&book, &keys(&["data", "runs"]), &keys(&["suite", "runs"]));
        assert_eq!(parts(change), is("data runs", "alerts suite"), "with all that comes with it");
        assert_eq!(parts(of_role_removal(&book, &keys(&["runs"]), Some("a"))), is("runs", "alerts"));
        assert_eq!(parts(of_role_removal(&book, &keys(&["runs"]), None)), is("runs", ""));
        let change = of_group_change(&book, &keys(&["a", "c"]), &keys(&["c", "b"]));
        assert_eq!(parts(change), is("alerts", "alerts data suite"));
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
            assert_eq!(parts(of_act(&book, &act(kind), Some(&group))), is("", expected), "{kind:?}");
        }
    }

    #[test]
    fn gift_is_within_reach_for_as_long_as_it_is_held() {
        let book = testing::book(vec![
            testing::role("owner", keys(&["*"]), None),
            testing::role("a", keys(&["alerts"]), None),
            testing::role("b", keys(&["alerts", "data"]), None),
        ]);
        let holder = |held: &[(&str, Option<i64>)]| {
            let grant = |(key, until): &(&str, Option<i64>)| Grant {
                what: GrantWhat::Role((*key).to_owned()),
                valid_until: until.map(|millis| NOW.plus(millis)),
            };
            let grants = held.iter().map(grant).collect();
            let (kind, state) = (AccountKind::User, active());
            effective(&Holdings { kind, state, level: None, grants, groups: Vec::new() }, &book, NOW)
        };
        let cases: [(Held, Option<i64>, Option<Option<i64>>); 9] = [
            (&[("a", None)], None, None),
            (&[("a", Some(5))], None, Some(Some(5))),
            (&[("a", Some(5))], Some(5), None),
            (&[("a", Some(5))], Some(6), Some(Some(5))),
            (&[("a", Some(5)), ("b", Some(7))], Some(6), None),
            (&[("a", Some(5)), ("b", None)], None, None),
            (&[], Some(1), Some(None)),
            (&[("owner", Some(5))], None, Some(Some(5))),
            (&[("owner", None)], None, None),
        ];
        for (held, until, expected) in cases {
            let reach = Reach::gift(keys(&["alerts"]), until.map(|millis| NOW.plus(millis)));
            let lack = reach.lack(&holder(held)).map(|lack| lack.held_until);
            assert_eq!(lack, expected.map(|end| end.map(|millis| NOW.plus(millis))), "{held:?} {until:?}");
        }
        let touched = Reach { touched: keys(&["alerts"]), ..Reach::default() };
        assert_eq!(touched.lack(&holder(&[("a", Some(1))])), None, "what is only touched is held now");
        assert!(holder(&[("owner", None)]).is_lasting_owner() && !holder(&[("owner", Some(5))]).is_lasting_owner());
    }
}
