//! Facts about access to objects, and about `check`, which asks for it.

use super::*;
use crate::accounts::{AccountKind, AccountState};
use crate::check::{Decision, DenyReason, Question, check};
use crate::effective::{GroupHolding, effective};
use crate::grants::{Grant, GrantWhat};
use crate::testing::{self, NOW, active, group_ref};

fn user(grants: &[GrantWhat], groups: Vec<GroupHolding>) -> Holdings {
    let grants = grants.iter().map(|what| Grant { what: what.clone(), valid_until: None }).collect();
    Holdings { kind: AccountKind::User, state: active(), level: None, grants, groups }
}

fn dashboards() -> GrantWhat {
    GrantWhat::Permission("dashboards".to_owned())
}

fn member(number: u128, valid_until: Option<Timestamp>) -> GroupHolding {
    GroupHolding { group: group_ref(number), is_everyone: number == 0, roles: Vec::new(), valid_until }
}

fn access(group: Option<u128>, level: AccessLevel, valid_until: Option<Timestamp>) -> AccessHolding {
    AccessHolding { group: group.map(GroupId::from_u128), level, valid_until }
}

fn restricted(accesses: Vec<AccessHolding>) -> ObjectHoldings {
    ObjectHoldings { restricted: true, is_owner: false, accesses }
}

fn book() -> crate::effective::RoleBook {
    testing::book(vec![testing::role("owner", vec!["*".to_owned()], None)])
}

fn asks(holdings: &Holdings, object: Option<&ObjectHoldings>, access: AccessLevel) -> Decision {
    let found = effective(holdings, &book(), NOW);
    check(holdings, &found, &book(), &Question { permission: "dashboards", object, access }, NOW)
}

#[test]
fn restricted_object_needs_access_beside_the_permission() {
    use AccessLevel::{Modify, View};
    let no_access = Err(DenyReason::NoAccess);
    let ago = Some(NOW);
    let later = Some(NOW.plus(1));
    let cases = [
        ("nothing given", vec![], vec![], View, no_access),
        ("own view", vec![access(None, View, None)], vec![], View, Ok(2)),
        ("view is not modify", vec![access(None, View, None)], vec![], Modify, no_access),
        ("modify is view too", vec![access(None, Modify, None)], vec![], View, Ok(2)),
        ("over", vec![access(None, View, ago)], vec![], View, no_access),
        ("a moment more", vec![access(None, View, later)], vec![], View, Ok(2)),
        ("group", vec![access(Some(1), View, None)], vec![member(1, None)], View, Ok(2)),
        ("not a member", vec![access(Some(1), View, None)], vec![member(2, None)], View, no_access),
        ("membership over", vec![access(Some(1), View, None)], vec![member(1, ago)], View, no_access),
        ("Everyone", vec![access(Some(0), Modify, None)], vec![member(0, None)], Modify, Ok(2)),
        (
            "the higher counts, and only ways that are enough are told",
            vec![access(None, View, None), access(Some(1), Modify, None)],
            vec![member(1, None)],
            Modify,
            Ok(2),
        ),
    ];
    for (what, accesses, groups, level, expected) in cases {
        let decision = asks(&user(&[dashboards()], groups), Some(&restricted(accesses)), level);
        let found = match decision {
            Decision::Allow(paths) => Ok(paths.len()),
            Decision::Deny(reason) => Err(reason),
        };
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn permission_alone_opens_what_is_not_restricted_and_nothing_else_does() {
    let open = ObjectHoldings::default();
    let modify = restricted(vec![access(None, AccessLevel::Modify, None)]);
    assert!(matches!(asks(&user(&[dashboards()], vec![]), Some(&open), AccessLevel::Modify), Decision::Allow(_)));
    for object in [None, Some(&open), Some(&modify)] {
        let decision = asks(&user(&[], vec![]), object, AccessLevel::View);
        assert_eq!(decision, Decision::Deny(DenyReason::NoPermission));
    }
}

#[test]
fn owners_of_the_object_and_of_the_organization_need_no_access() {
    let own = ObjectHoldings { is_owner: true, ..restricted(vec![]) };
    let Decision::Allow(paths) = asks(&user(&[dashboards()], vec![]), Some(&own), AccessLevel::Modify) else {
        panic!("the object's owner may modify it");
    };
    assert_eq!(paths[1].steps, [Step::ObjectOwner]);
    let owner = GrantWhat::Role("owner".to_owned());
    let Decision::Allow(paths) = asks(&user(&[owner], vec![]), Some(&restricted(vec![])), AccessLevel::Modify) else {
        panic!("an Owner may modify everything");
    };
    assert_eq!(paths[1].steps, [Step::Owner]);
}

#[test]
fn path_of_an_access_names_the_group_and_ends_with_whichever_ends_first() {
    let (sooner, later) = (Some(NOW.plus(5)), Some(NOW.plus(9)));
    let object =
        restricted(vec![access(Some(1), AccessLevel::View, later), access(Some(2), AccessLevel::View, sooner)]);
    let holdings = user(&[dashboards()], vec![member(1, sooner), member(2, None)]);
    let found = access_paths(&holdings, &effective(&holdings, &book(), NOW), &object, NOW);
    let step = |number| vec![Step::Group(group_ref(number)), Step::Access(AccessLevel::View)];
    let expected = [1, 2].map(|number| (AccessLevel::View, Path { steps: step(number), until: sooner }));
    assert_eq!(found, expected);
}

#[test]
fn account_that_is_not_active_has_no_access() {
    let state = AccountState { deactivated_at: Some(NOW), ..active() };
    let holdings = Holdings { state, ..user(&[dashboards()], vec![]) };
    let object = ObjectHoldings { is_owner: true, ..restricted(vec![access(None, AccessLevel::View, None)]) };
    assert_eq!(asks(&holdings, Some(&object), AccessLevel::View), Decision::Deny(DenyReason::NotActive));
    assert_eq!(access_level(&holdings, &effective(&holdings, &book(), NOW), &object, NOW), None);
}

#[test]
fn access_is_given_as_high_and_as_long_as_ones_own() {
    use AccessLevel::{Modify, View};
    let (sooner, later) = (Some(NOW.plus(5)), Some(NOW.plus(9)));
    let cases = [
        ("no access", vec![], View, sooner, false),
        ("as long", vec![access(None, Modify, sooner)], Modify, sooner, true),
        ("longer", vec![access(None, Modify, sooner)], Modify, later, false),
        ("for ever", vec![access(None, Modify, sooner)], View, None, false),
        ("for ever from for ever", vec![access(None, Modify, None)], Modify, None, true),
        ("higher", vec![access(None, View, None)], Modify, sooner, false),
        ("the end of the membership counts", vec![access(Some(1), Modify, None)], Modify, None, false),
        ("as long as the membership", vec![access(Some(1), Modify, None)], Modify, sooner, true),
        (
            "each level for its own time",
            vec![access(None, View, None), access(Some(1), Modify, None)],
            View,
            None,
            true,
        ),
    ];
    for (what, accesses, level, until, expected) in cases {
        let holdings = user(&[dashboards()], vec![member(1, sooner)]);
        let found = effective(&holdings, &book(), NOW);
        let sharer = Sharer { holdings: &holdings, effective: &found, at: NOW };
        let object = restricted(accesses);
        assert_eq!(sharer.may_give(&object, level, until), expected, "{what}");
        assert_eq!(sharer.may_change(&object, None, level, until), expected, "{what}");
        assert!(sharer.may_change(&object, Some((Modify, None)), level, until), "{what}: what is taken is no gift");
        let group = GroupAccess { level, valid_until: until, object: object.clone() };
        assert_eq!(sharer.may_add_member(std::slice::from_ref(&group), None), expected, "{what}: through a group");
        let for_ever = GroupAccess { valid_until: None, ..group };
        assert_eq!(sharer.may_add_member(&[for_ever], until), expected, "{what}: by a membership");
    }
}

#[test]
fn who_manages_objects_and_who_owns_one_give_any_access_to_it() {
    let manager = user(&[GrantWhat::Permission("objects.manage".to_owned())], vec![]);
    let found = effective(&manager, &book(), NOW);
    let sharer = Sharer { holdings: &manager, effective: &found, at: NOW };
    assert!(sharer.may_give(&restricted(vec![]), AccessLevel::Modify, None));
    let owner = user(&[], vec![]);
    let found = effective(&owner, &book(), NOW);
    let sharer = Sharer { holdings: &owner, effective: &found, at: NOW };
    let own = ObjectHoldings { is_owner: true, ..restricted(vec![]) };
    assert!(sharer.may_give(&own, AccessLevel::Modify, None));
    assert!(!sharer.may_give(&restricted(vec![]), AccessLevel::View, Some(NOW.plus(1))));
    assert!(sharer.may_add_member(&[], None), "a group without access");
}
