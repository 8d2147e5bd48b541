//! Who may do what to whom: tables, and chains of random acts.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::accounts::AccountState;
use crate::bulk::{ActContext, BulkAction, BulkKind};
use crate::grants::{Grant, GrantWhat};
use crate::permissions::{ALL_PERMISSIONS, Catalogue, PermissionEntry, Risk};
use crate::roles::{OWNER_ROLE, RoleDefinition};

const NOW: Timestamp = Timestamp::from_millis(1_000);
const ACTOR: AccountId = AccountId::from_u128(1);
const OTHER: AccountId = AccountId::from_u128(2);

fn book() -> RoleBook {
    let role = |key: &str, permissions: &[&str], level_rank| RoleDefinition {
        key: key.to_owned(),
        name: key.to_owned(),
        description: String::new(),
        permissions: permissions.iter().map(|key| (*key).to_owned()).collect(),
        level_rank,
    };
    let entry = |key: &str| PermissionEntry {
        key: key.to_owned(),
        category: String::new(),
        label: String::new(),
        description: String::new(),
        risk: Risk::Low,
        includes: Vec::new(),
    };
    let roles = vec![
        role(OWNER_ROLE, &[ALL_PERMISSIONS], None),
        role("admin", &["a", "b"], Some(2)),
        role("viewer", &[], Some(1)),
        role("alerts", &["a"], None),
        role("secret", &["c"], None),
    ];
    RoleBook::new(roles, Vec::new(), Catalogue(["a", "b", "c"].map(entry).to_vec()))
}

/// An active user who holds a level and roles, each with its end.
fn user(level: &str, roles: &[(&str, Option<i64>)]) -> Holdings {
    let grant = |(key, until): &(&str, Option<i64>)| Grant {
        what: GrantWhat::Role((*key).to_owned()),
        valid_until: until.map(Timestamp::from_millis),
    };
    Holdings {
        kind: AccountKind::User,
        state: AccountState { activated_at: Some(NOW), ..AccountState::default() },
        level: Some(level.to_owned()),
        grants: roles.iter().map(grant).collect(),
        groups: Vec::new(),
    }
}

fn out(holdings: Holdings) -> Holdings {
    Holdings { state: AccountState { deactivated_at: Some(NOW), ..holdings.state }, ..holdings }
}

/// Decides on one change of an account by an actor who holds `actor`.
fn verdict(actor: &Holdings, id: AccountId, before: &Holdings, after: &Holdings) -> Result<(), Code> {
    let book = book();
    let held = effective(actor, &book, NOW);
    let owners = if actor.is_lasting_owner() { BTreeSet::from([ACTOR]) } else { BTreeSet::new() };
    let mut decider = Decider {
        actors: vec![ACTOR],
        effective: &held,
        book: &book,
        at: NOW,
        owners,
        seats_left: Some(0),
        gives_full_access: false,
    };
    decider.decide(&Target { id, can_sign_in: true, holdings: before.clone() }, after)
}

#[test]
fn nobody_gives_or_touches_what_they_lack() {
    let (admin, viewer) = (user("admin", &[]), user("viewer", &[]));
    let owner = user("admin", &[(OWNER_ROLE, None)]);
    let cases = [
        (&admin, &viewer, user("viewer", &[("alerts", None)]), Ok(())),
        (&admin, &viewer, user("viewer", &[("secret", None)]), Err(Code::Escalation)),
        (&admin, &viewer, user("viewer", &[(OWNER_ROLE, None)]), Err(Code::Escalation)),
        (&admin, &user("viewer", &[("secret", None)]), viewer.clone(), Err(Code::Escalation)),
        (&admin, &owner, viewer.clone(), Err(Code::Escalation)),
        (&owner, &viewer, user("viewer", &[("secret", None)]), Ok(())),
        (&viewer, &viewer, user("admin", &[]), Err(Code::Escalation)),
    ];
    for (actor, before, after, expected) in cases {
        assert_eq!(verdict(actor, OTHER, before, &after), expected, "{actor:?} {before:?} {after:?}");
    }
}

#[test]
fn nobody_gains_by_their_own_act_not_even_time() {
    let brief = user("viewer", &[("alerts", Some(5_000)), ("secret", None)]);
    let cases = [
        (user("viewer", &[("alerts", Some(4_000)), ("secret", None)]), Ok(())),
        (user("viewer", &[("alerts", Some(6_000)), ("secret", None)]), Err(Code::Escalation)),
        (user("viewer", &[("alerts", None), ("secret", None)]), Err(Code::Escalation)),
        (user("viewer", &[]), Ok(())),
        (user("admin", &[("alerts", Some(5_000)), ("secret", None)]), Err(Code::Escalation)),
    ];
    for (after, expected) in cases {
        assert_eq!(verdict(&brief, ACTOR, &brief, &after), expected, "{after:?}");
    }
    let owner = user("admin", &[(OWNER_ROLE, Some(5_000))]);
    assert_eq!(verdict(&owner, ACTOR, &owner, &user("admin", &[(OWNER_ROLE, None)])), Err(Code::Escalation));
    assert_eq!(verdict(&owner, ACTOR, &owner, &user("viewer", &[(OWNER_ROLE, Some(5_000))])), Err(Code::OwnAccount));
    assert_eq!(verdict(&owner, ACTOR, &owner, &out(owner.clone())), Err(Code::OwnAccount));
}

#[test]
fn last_owner_stays_without_an_end() {
    let owner = user("admin", &[(OWNER_ROLE, None)]);
    for after in [user("admin", &[]), user("admin", &[(OWNER_ROLE, Some(9_000))])] {
        assert_eq!(verdict(&owner, ACTOR, &owner, &after), Err(Code::LastOwner));
        assert_eq!(verdict(&owner, OTHER, &owner, &after), Ok(()), "the actor is left");
    }
}

#[test]
fn owners_and_seats_are_counted_through_one_request() {
    let book = book();
    let owner = user("admin", &[(OWNER_ROLE, None)]);
    let held = effective(&owner, &book, NOW);
    let ids = [1, 2, 3].map(AccountId::from_u128);
    let mut decider = Decider {
        actors: vec![AccountId::from_u128(9)],
        effective: &held,
        book: &book,
        at: NOW,
        owners: BTreeSet::from(ids),
        seats_left: Some(2),
        gives_full_access: false,
    };
    let mut each = |before: &Holdings, after: &Holdings| {
        ids.map(|id| decider.decide(&Target { id, can_sign_in: true, holdings: before.clone() }, after))
    };
    assert_eq!(each(&owner, &user("admin", &[])), [Ok(()), Ok(()), Err(Code::LastOwner)]);
    let viewer = user("viewer", &[]);
    assert_eq!(each(&out(viewer.clone()), &viewer)[..2], [Ok(()), Ok(())]);
}

#[test]
fn seat_is_needed_by_whoever_comes_back() {
    let (admin, viewer) = (user("admin", &[]), user("viewer", &[]));
    assert_eq!(verdict(&admin, OTHER, &out(viewer.clone()), &viewer), Err(Code::NoSeat));
    let service = |holdings| Holdings { kind: AccountKind::Service, ..holdings };
    assert_eq!(verdict(&admin, OTHER, &service(out(viewer.clone())), &service(viewer)), Ok(()));
}

proptest! {
    /// Whoever acts, however often, on whomever: nobody comes to hold what the actor did not, and an Owner stays.
    #[test]
    fn no_chain_of_acts_escalates(start in vec((0..3_usize, vec(0..4_usize, 0..3)), 4), acts in vec((0..4_usize, 0..4_usize, 0..9_usize, 0..4_usize), 1..40)) {
        let book = book();
        let roles = [OWNER_ROLE, "alerts", "secret", "nothing"];
        let levels = ["admin", "viewer", "viewer"];
        let id = |number: usize| AccountId::from_u128(number as u128);
        let mut world: Vec<Holdings> = start
            .iter()
            .map(|(level, held)| user(levels[*level], &held.iter().skip(1).map(|role| (roles[*role], None)).collect::<Vec<_>>()))
            .collect();
        world[0] = user("admin", &[(OWNER_ROLE, None)]);
        for (actor, target, kind, what) in acts {
            let held = effective(&world[actor], &book, NOW);
            let owners = (0..world.len()).filter(|number| is_owner_for_good(&world[*number])).map(id).collect();
            let mut decider =
                Decider { actors: vec![id(actor)], effective: &held, book: &book, at: NOW, owners, seats_left: None, gives_full_access: false };
            let action = act(kind, roles[what], levels[what % 3]);
            let context = ActContext { book: &book, group: None, at: NOW };
            let Ok(Some(after)) = action.apply(&context, &world[target]) else { continue };
            let before = world[target].clone();
            if decider.decide(&Target { id: id(target), can_sign_in: true, holdings: before.clone() }, &after).is_ok() {
                let gained: Vec<String> =
                    after.given(&book).into_iter().filter(|key| !before.given(&book).contains(key)).collect();
                prop_assert_eq!(held.lacks(&gained), None);
                prop_assert!(held.is_owner() || !before.is_lasting_owner());
                world[target] = after;
            }
            prop_assert!(world.iter().any(is_owner_for_good));
        }
    }
}

fn act(kind: usize, role: &str, level: &str) -> BulkAction {
    let until = (kind == 1).then(|| NOW.plus(5_000));
    match kind {
        0 | 1 => BulkAction { role: Some(role.to_owned()), valid_until: until, ..BulkAction::plain(BulkKind::AddRole) },
        2 | 3 => BulkAction { role: Some(role.to_owned()), ..BulkAction::plain(BulkKind::RemoveRole) },
        4 | 5 => BulkAction { level: Some(level.to_owned()), ..BulkAction::plain(BulkKind::SetLevel) },
        6 => BulkAction { permission: Some("c".to_owned()), ..BulkAction::plain(BulkKind::AddPermission) },
        7 => BulkAction::plain(BulkKind::Activate),
        _ => BulkAction::plain(BulkKind::Deactivate),
    }
}
