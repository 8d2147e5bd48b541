//! Facts about previews: the world in small agrees with `effective`, account by account, before and after any change.

use proptest::prelude::*;

use super::*;
use crate::accounts::ShownStatus;
use crate::differences::{Ends, Shift, tally_ends};
use crate::effective::{Holdings, effective};
use crate::grants::{Grant, GrantWhat};
use crate::roles::RoleDefinition;
use crate::testing::{self, NOW, Tape, active, group_ref};

fn id(place: usize) -> AccountId {
    AccountId::from_u128(place as u128 + 1)
}

/// Names run against the order of the accounts.
fn name(place: usize) -> String {
    format!("{:04}", 9_999 - place)
}

fn is_active(holdings: &Holdings) -> bool {
    holdings.state.shown(NOW) == ShownStatus::Active
}

/// The world of accounts that are known in full.
fn world(book: &RoleBook, group_roles: &[Vec<String>], accounts: &[Holdings]) -> World {
    let mut world = World::new(book);
    for (number, roles) in (0_u128..).zip(group_roles) {
        world.add_group(group_ref(number).id, number == 0, roles);
    }
    for (place, account) in accounts.iter().enumerate().filter(|(_, account)| is_active(account)) {
        world.add_account(id(place), account.kind, account.level.as_deref(), &name(place), account.state.valid_until);
    }
    let is_over = |until: Option<crate::time::Timestamp>| until.is_some_and(|until| until <= NOW);
    for (place, account) in accounts.iter().enumerate() {
        for grant in account.grants.iter().filter(|grant| !is_over(grant.valid_until)) {
            match &grant.what {
                GrantWhat::Role(key) => world.grant_role(key, [(id(place), grant.valid_until)]),
                GrantWhat::Permission(key) => world.grant_permission(book, key, [(id(place), grant.valid_until)]),
            }
        }
        for holding in account.groups.iter().filter(|holding| !is_over(holding.valid_until)) {
            world.add_members(holding.group.id, [(id(place), holding.valid_until)]);
        }
    }
    world
}

/// What `differences` has to say, by asking `effective` of each account.
fn by_effective(before: &[Holdings], after: &[Holdings], book: &RoleBook, book_after: &RoleBook) -> Differences {
    let mut found = Differences::default();
    let mut shifts: BTreeMap<(bool, usize), Vec<usize>> = BTreeMap::new();
    for place in 0..before.len() {
        let held = effective(&before[place], book, NOW);
        let holds = effective(&after[place], book_after, NOW);
        let keys =
            |of: &crate::effective::Effective| of.keys().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
        let (held, holds) = (keys(&held), keys(&holds));
        if held == holds {
            continue;
        }
        let is_service = before[place].kind == AccountKind::Service;
        *(if is_service { &mut found.services } else { &mut found.users }) += 1;
        let is_beside = |key: &String| is_service || key != "view";
        let is_left = u64::from(held.iter().any(is_beside) && !holds.iter().any(is_beside));
        found.left_with_nothing += is_left;
        found.services_left_with_nothing += is_left * u64::from(is_service);
        for key in held.symmetric_difference(&holds) {
            let number = book.index().find(key).unwrap();
            shifts.entry((holds.contains(key), number)).or_default().push(place);
        }
    }
    for ((is_gain, permission), mut places) in shifts {
        let services = places.iter().filter(|place| before[**place].kind == AccountKind::Service).count() as u64;
        let users = places.len() as u64 - services;
        places.reverse();
        places.truncate(crate::previews::PREVIEW_EXAMPLES_MAX);
        let examples = places.into_iter().map(id).collect();
        let shift = Shift { permission, users, services, examples, ..Default::default() };
        (if is_gain { &mut found.gains } else { &mut found.losses }).push(shift);
    }
    found
}

/// The same with its ends, each account's taken from `effective`.
fn with_ends(before: &[Holdings], after: &[Holdings], book: &RoleBook, book_after: &RoleBook) -> Differences {
    let names: Vec<String> = (0..before.len()).map(name).collect();
    let of = |place: usize| {
        let account = Example { id: id(place), kind: before[place].kind, name: &names[place] };
        (account, Ends::of(&before[place], book, NOW), Ends::of(&after[place], book_after, NOW))
    };
    tally_ends(&(0..before.len()).map(of).collect::<Vec<_>>(), &book.set(book.baseline()))
}

/// A change of a role or of a group, made to the world and to the accounts alike.
fn change(
    tape: &mut Tape<'_>,
    world: &mut World,
    accounts: &mut [Holdings],
    roles: &mut [RoleDefinition],
    book: &RoleBook,
) {
    let role_keys = testing::ROLES.map(str::to_owned);
    let group = group_ref(tape.below(5) as u128);
    let regroup = |accounts: &mut [Holdings], roles: &[String]| {
        let groups = accounts.iter_mut().flat_map(|account| &mut account.groups);
        groups.filter(|holding| holding.group == group).for_each(|holding| holding.roles = roles.to_vec());
    };
    match tape.below(4) {
        0 => {
            let (key, permissions) = (tape.pick(&role_keys).clone(), tape.some(&testing::keys(), 3));
            world.change_role(book, &key, &permissions);
            roles.iter_mut().filter(|role| role.key == key).for_each(|role| role.permissions = permissions.clone());
        }
        1 => {
            let (key, instead) = (tape.pick(&role_keys).clone(), tape.pick(&role_keys).clone());
            let instead = Some(instead).filter(|instead| *instead != key && !tape.once_in(3));
            world.replace_role(&key, instead.as_deref());
            let given = roles.iter().find(|role| Some(&role.key) == instead.as_ref());
            let permissions = given.map(|role| role.permissions.clone()).unwrap_or_default();
            roles.iter_mut().filter(|role| role.key == key).for_each(|role| role.permissions = permissions.clone());
        }
        2 => {
            let keys = tape.some(&role_keys, 2);
            world.change_group(group.id, &keys);
            regroup(accounts, &keys);
        }
        _ => {
            world.change_group(group.id, &[]);
            regroup(accounts, &[]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn world_agrees_with_effective_before_and_after_any_change(numbers in prop::collection::vec(any::<u8>(), 0..900)) {
        let mut tape = Tape::new(&numbers);
        let mut roles = testing::roles(&mut tape);
        let book = testing::book(roles.clone());
        let group_roles = testing::group_roles(&mut tape);
        let before: Vec<Holdings> = (0..12).map(|_| testing::holdings(&mut tape, &group_roles)).collect();
        let world_before = world(&book, &group_roles, &before);
        for (place, account) in before.iter().enumerate() {
            let expected = effective(account, &book, NOW);
            let held: Vec<usize> = world_before.held(id(place)).iter().collect();
            prop_assert_eq!(held, expected.set().iter().collect::<Vec<_>>());
        }
        let (mut after, mut world_after) = (before.clone(), world_before.clone());
        change(&mut tape, &mut world_after, &mut after, &mut roles, &book);
        let book_after = testing::book(roles);
        let found = world_before.differences(&world_after);
        prop_assert_eq!(&found, &with_ends(&before, &after, &book, &book_after));
        let undated = |shift: &Shift| Shift { until: None, ends_vary: false, ..shift.clone() };
        let all = |shifts: &[Shift]| shifts.iter().map(undated).collect();
        let now = Differences { gains: all(&found.gains), shortened: Vec::new(), extended: Vec::new(), ..found };
        prop_assert_eq!(now, by_effective(&before, &after, &book, &book_after));
    }
}

#[test]
fn what_a_service_account_lost_last_is_told() {
    let mut roles = vec![testing::role("alone", vec!["alerts".into()], None)];
    roles.push(testing::role("other", vec!["data".into()], None));
    let book = testing::book(roles);
    let holdings = |kind, keys: &[&str]| Holdings {
        kind,
        state: active(),
        level: None,
        grants: keys.iter().map(|key| Grant { what: GrantWhat::Role((*key).into()), valid_until: None }).collect(),
        groups: Vec::new(),
    };
    let accounts = [
        holdings(AccountKind::Service, &["alone"]),
        holdings(AccountKind::Service, &["alone", "other"]),
        holdings(AccountKind::User, &["alone"]),
    ];
    let before = world(&book, &[], &accounts);
    let mut after = before.clone();
    after.change_role(&book, "alone", &[]);
    let found = before.differences(&after);
    assert_eq!((found.users, found.services, found.left_with_nothing), (1, 2, 2));
    assert_eq!(found.losses[0].examples, [id(2), id(1), id(0)], "by name");
    assert_eq!(found.gains, []);
}

#[test]
fn what_is_held_for_a_shorter_or_a_longer_time_is_told_with_its_end() {
    let book = testing::book(vec![testing::role("alone", vec!["alerts".into()], None)]);
    let soon = Some(NOW.plus(100));
    let grant = |what, valid_until| Grant { what, valid_until };
    let both = |role: Option<Timestamp>, single| Holdings {
        kind: AccountKind::User,
        state: active(),
        level: None,
        grants: vec![
            grant(GrantWhat::Role("alone".into()), role),
            grant(GrantWhat::Permission("alerts".into()), single),
        ],
        groups: Vec::new(),
    };
    let full = world(&book, &[], &[both(None, soon), both(soon, None), both(soon, soon)]);
    let mut taken = full.clone();
    taken.change_role(&book, "alone", &[]);
    let lost = full.differences(&taken);
    assert_eq!((lost.losses.len(), lost.extended.len()), (0, 0), "all of them go on holding it");
    assert_eq!((lost.shortened.len(), lost.shortened[0].users, lost.shortened[0].until), (1, 1, soon));
    let back = taken.differences(&full);
    assert_eq!((back.gains.len(), back.shortened.len()), (0, 0));
    assert_eq!((back.extended.len(), back.extended[0].users, back.extended[0].until), (1, 1, None));
}

#[test]
fn gain_that_ends_for_some_says_when_the_first_of_them_loses_it_again() {
    let book = testing::book(vec![testing::role("alone", vec!["alerts".into()], None)]);
    let holder = |valid_until, access_until| Holdings {
        kind: AccountKind::User,
        state: crate::accounts::AccountState { valid_until: access_until, ..active() },
        level: None,
        grants: vec![Grant { what: GrantWhat::Role("alone".into()), valid_until }],
        groups: Vec::new(),
    };
    let (soon, later) = (Some(NOW.plus(100)), Some(NOW.plus(200)));
    for (holders, until, ends_vary) in [
        (vec![holder(None, None)], None, false),
        (vec![holder(soon, None)], soon, false),
        (vec![holder(later, soon)], soon, false),
        (vec![holder(None, later)], later, false),
        (vec![holder(soon, None), holder(None, None)], soon, true),
        (vec![holder(soon, None), holder(later, None)], soon, true),
    ] {
        let full = world(&book, &[], &holders);
        let mut taken = full.clone();
        taken.change_role(&book, "alone", &[]);
        let gains = taken.differences(&full).gains;
        assert_eq!((gains[0].users, gains[0].until, gains[0].ends_vary), (holders.len() as u64, until, ends_vary));
    }
}
