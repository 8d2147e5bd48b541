//! Tests of snapshots: every kind of gain is seen, and no loss is taken for one.

use proptest::prelude::*;

use super::{AccessSnapshot, Gain};
use crate::accounts::AccountKind;
use crate::effective::{GroupHolding, Holdings, RoleBook};
use crate::grants::{Grant, GrantWhat};
use crate::id::ObjectId;
use crate::objects::AccessLevel::{Modify, View};
use crate::testing::{self, NOW, Tape, group_ref};
use crate::time::Timestamp;

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

fn book(alerts: &[&str]) -> RoleBook {
    testing::book(vec![
        testing::role("owner", keys(&["*"]), None),
        testing::role("viewer", keys(&["dashboards"]), Some(1)),
        testing::role("editor", keys(&["dashboards", "data"]), Some(2)),
        testing::role("alerting", keys(alerts), None),
    ])
}

/// A viewer who has not accepted yet, with a role until a moment, in a group without roles and in Everyone.
fn invited() -> Holdings {
    let group = |number, is_everyone| GroupHolding {
        group: group_ref(number),
        is_everyone,
        roles: Vec::new(),
        valid_until: None,
    };
    Holdings {
        kind: AccountKind::User,
        state: Default::default(),
        level: Some("viewer".to_owned()),
        grants: vec![Grant { what: GrantWhat::Role("alerting".to_owned()), valid_until: Some(NOW.plus(50)) }],
        groups: vec![group(1, false), group(0, true)],
    }
}

fn snapshot(holdings: &Holdings) -> AccessSnapshot {
    let accesses = [(ObjectId::from_u128(1), View, Some(NOW.plus(50)))];
    AccessSnapshot::of(holdings, accesses, &book(&["alerts"]), NOW)
}

/// Whether changed holdings are a gain, and whether changing them back is one.
fn gains(change: impl FnOnce(&mut Holdings)) -> (bool, bool) {
    let (before, mut after) = (invited(), invited());
    change(&mut after);
    let (before, after) = (snapshot(&before), snapshot(&after));
    (before.first_gain(&after).is_some(), after.first_gain(&before).is_some())
}

#[test]
fn each_kind_of_gain_is_seen_and_taking_it_back_is_none() {
    let role = |key: &str| Grant { what: GrantWhat::Role(key.to_owned()), valid_until: None };
    let single = |key: &str| Grant { what: GrantWhat::Permission(key.to_owned()), valid_until: None };
    assert_eq!(gains(|_| {}), (false, false));
    assert_eq!(gains(|account| account.level = Some("editor".to_owned())), (true, false));
    assert_eq!(gains(|account| account.grants.push(role("owner"))), (true, false));
    assert_eq!(gains(|account| account.grants.push(single("runs"))), (true, false));
    assert_eq!(gains(|account| account.grants.push(single("unheard_of"))), (true, false));
    assert_eq!(gains(|account| account.grants.push(single("dashboards"))), (false, false), "held already");
    assert_eq!(gains(|account| account.grants[0].valid_until = Some(NOW.plus(51))), (true, false));
    assert_eq!(gains(|account| account.grants[0].valid_until = None), (true, false));
    assert_eq!(gains(|account| account.groups[0].roles = keys(&["editor"])), (true, false));
    assert_eq!(gains(|account| account.groups[1].roles = keys(&["editor"])), (true, false), "Everyone");
    assert_eq!(gains(|account| account.state.valid_until = Some(NOW.plus(10))), (false, true));
    assert_eq!(gains(|account| account.state.valid_until = Some(NOW)), (false, true), "it would have nothing");
    assert_eq!(gains(|account| account.state.deactivated_at = Some(NOW)), (false, false));
    let (narrow, wide) = (book(&["alerts"]), book(&["alerts", "runs"]));
    let of = |book| AccessSnapshot::of(&invited(), [], book, NOW);
    assert_eq!(of(&narrow).first_gain(&of(&wide)), Some(Gain::Permission("runs")), "the role's own permissions");
    assert_eq!(of(&wide).first_gain(&of(&narrow)), None);
}

#[test]
fn access_to_objects_counts_by_level_and_end() {
    let object = ObjectId::from_u128(7);
    let of = |accesses: &[(_, Option<i64>)]| {
        let accesses = accesses.iter().map(|(level, end)| (object, *level, end.map(|end: i64| NOW.plus(end))));
        AccessSnapshot::of(&invited(), accesses, &book(&["alerts"]), NOW)
    };
    let cases: [(&[_], &[_], bool); 8] = [
        (&[], &[(View, None)], true),
        (&[(View, None)], &[], false),
        (&[(View, None)], &[(Modify, None)], true),
        (&[(Modify, None)], &[(View, None)], false),
        (&[(Modify, Some(5))], &[(Modify, Some(6))], true),
        (&[(Modify, Some(5)), (View, None)], &[(View, None)], false),
        (&[(Modify, Some(5))], &[(View, None)], true),
        (&[(View, Some(5)), (View, None)], &[(View, None)], false),
    ];
    for (before, after, expected) in cases {
        assert_eq!(of(before).first_gain(&of(after)).is_some(), expected, "{before:?} {after:?}");
    }
    let gain = of(&[]).without_objects();
    assert_eq!(gain.first_gain(&of(&[(View, None)])), Some(Gain::Object(object)));
    assert_eq!(gain.first_gain(&of(&[(View, None)]).without_objects()), None);
}

#[test]
fn owner_gains_nothing_but_time() {
    let owner = |until: Option<Timestamp>| {
        let mut account = invited();
        account.grants.push(Grant { what: GrantWhat::Role("owner".to_owned()), valid_until: until });
        account
    };
    let of = |holdings: &Holdings| AccessSnapshot::of(holdings, [], &book(&["alerts"]), NOW);
    let more = AccessSnapshot::of(
        &owner(None),
        [(ObjectId::from_u128(1), Modify, None)],
        &book(&["alerts", "unheard_of"]),
        NOW,
    );
    assert_eq!(of(&owner(None)).first_gain(&more), None);
    assert_eq!(of(&owner(Some(NOW.plus(5)))).first_gain(&of(&owner(None))), Some(Gain::Permission("*")));
    assert_eq!(of(&owner(None)).first_gain(&of(&owner(Some(NOW.plus(5))))), None);
}

#[test]
fn snapshot_is_read_as_it_was_written() {
    let owner = |valid_until| {
        let mut account = invited();
        account.grants.push(Grant { what: GrantWhat::Role("owner".to_owned()), valid_until });
        account
    };
    for holdings in [invited(), owner(Some(NOW.plus(1))), owner(None)] {
        let before = snapshot(&holdings);
        let text = serde_json::to_string(&before).unwrap();
        assert_eq!(serde_json::from_str::<AccessSnapshot>(&text).unwrap(), before, "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_is_gained_as_time_passes(numbers in prop::collection::vec(any::<u8>(), 0..120), passed in 0..60_i64) {
        let mut tape = Tape::new(&numbers);
        let book = testing::book(testing::roles(&mut tape));
        let group_roles = testing::group_roles(&mut tape);
        let holdings = testing::holdings(&mut tape, &group_roles);
        let at = |time| AccessSnapshot::of(&holdings, [], &book, time);
        let (now, later) = (at(NOW), at(NOW.plus(passed)));
        prop_assert_eq!(now.first_gain(&now), None);
        prop_assert_eq!(now.first_gain(&later), None);
    }

    /// What a link does not open because of a gain is exactly what its account could do that the link did not say.
    #[test]
    fn gain_is_what_would_be_held_longer(one in prop::collection::vec(any::<u8>(), 0..120), two in prop::collection::vec(any::<u8>(), 0..120)) {
        let mut tape = Tape::new(&one);
        let book = testing::book(testing::roles(&mut tape));
        let group_roles = testing::group_roles(&mut tape);
        let of = |tape: &mut Tape<'_>| {
            let mut holdings = testing::holdings(tape, &group_roles);
            holdings.state = testing::active();
            (crate::effective::effective(&holdings, &book, NOW), AccessSnapshot::of(&holdings, [], &book, NOW))
        };
        let ((held, before), (holds, after)) = (of(&mut tape), of(&mut Tape::new(&two)));
        prop_assert_eq!(before.first_gain(&after).is_some(), held.outdone_by(&holds).is_some());
    }
}
