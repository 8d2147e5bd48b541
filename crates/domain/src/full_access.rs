//! Full access: every permission there is and will be, as Owners have it, by whatever role it comes. Letting an account
//! have it takes a recent proof of the password (S12).

use crate::effective::{Holdings, RoleBook, order_of};
use crate::grants::GrantWhat;
use crate::permissions::ALL_PERMISSIONS;
use crate::roles::OWNER_ROLE;
use crate::time::Timestamp;

/// Until when an account has full access, or would have it once its invitation is accepted: the inner absence is for ever.
/// None where it has not, and for an account that is deactivated or deleted: it can do nothing until somebody activates it.
#[must_use]
pub fn full_access_end(holdings: &Holdings, book: &RoleBook, at: Timestamp) -> Option<Option<Timestamp>> {
    let state = &holdings.state;
    if state.deactivated_at.is_some() || state.deleted_at.is_some() {
        return None;
    }
    let is_full = |role: &str| {
        role == OWNER_ROLE
            || book.role(role).is_some_and(|role| role.permissions.iter().any(|key| key == ALL_PERMISSIONS))
    };
    let level = holdings.level.iter().filter(|key| is_full(key)).map(|_| None);
    let grants = holdings.grants.iter().filter(|grant| match &grant.what {
        GrantWhat::Role(key) => is_full(key),
        GrantWhat::Permission(key) => key == ALL_PERMISSIONS,
    });
    let groups = holdings.groups.iter().filter(|group| group.roles.iter().any(|key| is_full(key)));
    let ends = level.chain(grants.map(|grant| grant.valid_until)).chain(groups.map(|group| group.valid_until));
    let ends = ends.map(|end| [end, state.valid_until].into_iter().flatten().min());
    ends.filter(|end| end.is_none_or(|end| end > at)).max_by_key(|end| order_of(*end))
}

/// Whether a change of an account gives it full access, or gives it for longer: by a role, a level or a group, by activating
/// it, or by a later end.
#[must_use]
pub fn gains_full_access(before: &Holdings, after: &Holdings, book: &RoleBook, at: Timestamp) -> bool {
    full_access_end(after, book, at).map(order_of) > full_access_end(before, book, at).map(order_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::AccountKind;
    use crate::effective::GroupHolding;
    use crate::grants::Grant;
    use crate::testing::{self, NOW, active, group_ref};

    fn book() -> RoleBook {
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        testing::book(vec![
            testing::role("owner", keys(&["*"]), None),
            testing::role("all", keys(&["*"]), None),
            testing::role("chief", keys(&["*"]), Some(9)),
            testing::role("most", keys(&["view", "alerts", "data", "suite", "runs"]), None),
        ])
    }

    fn nothing() -> Holdings {
        Holdings { kind: AccountKind::User, state: active(), level: None, grants: Vec::new(), groups: Vec::new() }
    }

    fn with_role(key: &str, until: Option<i64>) -> Holdings {
        let valid_until = until.map(|millis| NOW.plus(millis));
        Holdings { grants: vec![Grant { what: GrantWhat::Role(key.to_owned()), valid_until }], ..nothing() }
    }

    fn in_group(is_everyone: bool, until: Option<i64>) -> Holdings {
        let valid_until = until.map(|millis| NOW.plus(millis));
        let roles = vec!["all".to_owned()];
        Holdings { groups: vec![GroupHolding { group: group_ref(1), is_everyone, roles, valid_until }], ..nothing() }
    }

    #[test]
    fn full_access_comes_by_any_role_level_or_group() {
        let cases = [
            (nothing(), None),
            (with_role("most", None), None),
            (with_role("owner", None), Some(None)),
            (with_role("all", None), Some(None)),
            (with_role("all", Some(5)), Some(Some(5))),
            (with_role("all", Some(0)), None),
            (Holdings { level: Some("chief".to_owned()), ..nothing() }, Some(None)),
            (in_group(false, None), Some(None)),
            (in_group(false, Some(7)), Some(Some(7))),
            (in_group(true, None), Some(None)),
        ];
        for (holdings, expected) in cases {
            let expected = expected.map(|end: Option<i64>| end.map(|millis| NOW.plus(millis)));
            assert_eq!(full_access_end(&holdings, &book(), NOW), expected, "{holdings:?}");
        }
    }

    #[test]
    fn activating_and_prolonging_give_it_too() {
        let book = book();
        let owner = with_role("owner", None);
        let changed = |change: fn(&mut Holdings)| {
            let mut holdings = owner.clone();
            change(&mut holdings);
            holdings
        };
        let deactivated = changed(|owner| owner.state.deactivated_at = Some(NOW));
        let pending = changed(|owner| owner.state.activated_at = None);
        let ending = changed(|owner| owner.state.valid_until = Some(NOW.plus(5)));
        let over = changed(|owner| owner.state.valid_until = Some(NOW));
        for (before, after, expected) in [
            (&deactivated, &owner, true),
            (&owner, &deactivated, false),
            (&ending, &owner, true),
            (&over, &ending, true),
            (&owner, &ending, false),
            (&nothing(), &pending, true),
            (&pending, &owner, false),
            (&with_role("all", Some(5)), &with_role("all", Some(6)), true),
            (&with_role("all", None), &owner, false),
            (&owner, &owner, false),
        ] {
            assert_eq!(gains_full_access(before, after, &book, NOW), expected, "{before:?} {after:?}");
        }
    }
}
