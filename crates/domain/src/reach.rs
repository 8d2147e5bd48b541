//! What somebody has to hold to make a change of a role, a group or many accounts: all that it gives, and all that it takes
//! from those whom it does not ask one by one (I7). `Effective::lacks` says whether they do.

use crate::bulk::{BulkAction, BulkKind};
use crate::effective::{GroupHolding, RoleBook};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, group_ref};

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
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
