//! Facts about fixes.

use proptest::prelude::*;

use super::*;
use crate::access::{AccessHolding, ObjectHoldings};
use crate::accounts::AccountState;
use crate::effective::GroupHolding;
use crate::grants::{Grant, GrantWhat};
use crate::roles::OWNER_ROLE;
use crate::testing::{self, NOW, Tape, active};

/// A group that an account could join.
struct GroupOffer {
    group: GroupRef,
    /// Keys of the roles on it.
    roles: Vec<String>,
    /// The access to the object asked about that it has.
    access: Option<AccessLevel>,
}

/// The fixes of one question, of all groups that there are.
fn fixes_of(
    holdings: &Holdings,
    book: &RoleBook,
    offers: &[GroupOffer],
    question: &Question<'_>,
    giver: &Giver<'_>,
) -> Vec<Fix> {
    let groups = offers.iter().map(|offer| (offer.group.clone(), offer.roles.clone()));
    let additions = Additions::new(book, groups, giver.effective);
    let access = offers.iter().filter_map(|offer| Some((offer.group.id, offer.access?))).collect();
    fixes(holdings, book, &additions, &access, question, giver, NOW)
}

fn user(grants: Vec<Grant>) -> Holdings {
    Holdings { kind: AccountKind::User, state: active(), level: Some("viewer".into()), grants, groups: Vec::new() }
}

fn granted(key: &str) -> Grant {
    Grant { what: GrantWhat::Permission(key.into()), valid_until: None }
}

fn book() -> RoleBook {
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    testing::book(vec![
        testing::role("owner", keys(&["*"]), None),
        testing::role("viewer", keys(&["runs"]), Some(1)),
        testing::role("editor", keys(&["runs", "alerts", "data"]), Some(2)),
        testing::role("narrow", keys(&["alerts"]), None),
        testing::role("wide", keys(&["alerts", "data", "dashboards"]), None),
        testing::role("suites", keys(&["suite"]), None),
    ])
}

fn group(number: u128, roles: &[&str], access: Option<AccessLevel>) -> GroupOffer {
    GroupOffer { group: testing::group_ref(number), roles: roles.iter().map(|key| (*key).to_owned()).collect(), access }
}

fn owner() -> Effective {
    let grant = Grant { what: GrantWhat::Role(OWNER_ROLE.into()), valid_until: None };
    effective(&user(vec![grant]), &book(), NOW)
}

/// What the fixes are called, in their order, each with what it gives beside.
fn names(holdings: &Holdings, groups: &[GroupOffer], question: &Question<'_>, giver: &Giver<'_>) -> Vec<String> {
    let found = fixes_of(holdings, &book(), groups, question, giver);
    let what = |fix: &Fix| match fix.kind {
        FixKind::AddPermission => fix.permission.clone().unwrap_or_default(),
        FixKind::AddAccess => fix.access.map(|access| access.as_str().to_owned()).unwrap_or_default(),
        _ => {
            let role = fix.role.as_ref().or(fix.level.as_ref()).map(|role| role.name.clone());
            role.or_else(|| fix.group.as_ref().map(|group| group.name.clone())).unwrap_or_default()
        }
    };
    found.iter().map(|fix| format!("{:?} {} {}", fix.kind, what(fix), fix.extra)).collect()
}

fn asks(permission: &str) -> Question<'_> {
    Question { permission, object: None, access: AccessLevel::View }
}

fn giver(effective: &Effective) -> Giver<'_> {
    Giver { effective, is_same_account: false, may_give_access: true, has_seat: true }
}

#[test]
fn smallest_addition_comes_first() {
    let owner = owner();
    let groups = [group(1, &["narrow"], None), group(2, &["wide"], None), group(3, &[], None)];
    assert_eq!(
        names(&user(vec![]), &groups, &asks("alerts"), &giver(&owner)),
        ["AddGroup Group 1 0", "AddRole NARROW 0", "AddPermission alerts 0", "AddRole SUITES 1", "SetLevel EDITOR 1",]
    );
    assert_eq!(names(&user(vec![granted("alerts")]), &groups, &asks("alerts"), &giver(&owner)), Vec::<String>::new());
    assert_eq!(names(&user(vec![]), &[], &asks("unknown"), &giver(&owner)), Vec::<String>::new());
}

#[test]
fn only_what_the_giver_holds_is_offered() {
    let manager = |keys: &[&str]| effective(&user(keys.iter().map(|key| granted(key)).collect()), &book(), NOW);
    let ask = |giver_holds: &[&str], given: Vec<Grant>| {
        let giver_holds = manager(giver_holds);
        names(&user(given), &[group(1, &["narrow"], None)], &asks("alerts"), &giver(&giver_holds))
    };
    assert_eq!(ask(&["accounts.manage"], vec![]), Vec::<String>::new(), "does not hold alerts");
    assert_eq!(ask(&["alerts"], vec![]), Vec::<String>::new(), "may not manage accounts");
    assert_eq!(
        ask(&["accounts.manage", "alerts"], vec![]),
        ["AddGroup Group 1 0", "AddRole NARROW 0", "AddPermission alerts 0"]
    );
    assert_eq!(ask(&["groups.manage", "alerts"], vec![]), ["AddGroup Group 1 0"]);
    assert_eq!(
        ask(&["accounts.manage", "alerts"], vec![granted("settings.manage")]),
        Vec::<String>::new(),
        "the account is beyond the giver's reach"
    );
}

#[test]
fn people_and_services_are_managed_by_a_right_each() {
    let kinds = [AccountKind::User, AccountKind::Service];
    let offered = |held: &str, kind: AccountKind, state: AccountState| {
        let holder = effective(&user(vec![granted(held), granted("alerts")]), &book(), NOW);
        let account = Holdings { kind, state, level: None, ..user(vec![]) };
        let groups = [group(1, &["narrow"], None)];
        let given = if state.deactivated_at.is_some() { vec![granted("alerts")] } else { Vec::new() };
        !names(&Holdings { grants: given, ..account }, &groups, &asks("alerts"), &giver(&holder)).is_empty()
    };
    let out = AccountState { deactivated_at: Some(NOW), ..active() };
    for state in [active(), out] {
        for (held, expected) in [
            ("accounts.manage", [true, false]),
            ("service_accounts.manage", [false, true]),
            ("groups.manage", [state == active(); 2]),
        ] {
            assert_eq!(kinds.map(|kind| offered(held, kind, state)), expected, "{held} {state:?}");
        }
    }
}

#[test]
fn what_is_held_for_a_time_is_not_offered_for_ever() {
    let grants = |until| {
        let alerts = Grant { what: GrantWhat::Permission("alerts".into()), valid_until: until };
        effective(&user(vec![granted("accounts.manage"), alerts]), &book(), NOW)
    };
    let ask = |giver_holds: &Effective| {
        names(&user(vec![]), &[group(1, &["narrow"], None)], &asks("alerts"), &giver(giver_holds)).len()
    };
    assert_eq!([None, Some(NOW.plus(50))].map(|until| ask(&grants(until))), [3, 0]);
}

#[test]
fn access_is_offered_where_the_permission_is_held() {
    let owner = owner();
    let object = ObjectHoldings { restricted: true, ..ObjectHoldings::default() };
    let ask = |given: &[&str], access, may_give_access| {
        let question = Question { permission: "dashboards", object: Some(&object), access };
        let groups = [group(1, &[], Some(AccessLevel::View)), group(2, &["wide"], Some(AccessLevel::Modify))];
        let given = given.iter().map(|key| granted(key)).collect();
        names(&user(given), &groups, &question, &Giver { may_give_access, ..giver(&owner) })
    };
    assert_eq!(
        ask(&["dashboards"], AccessLevel::View, true),
        ["AddAccess view 0", "AddGroup Group 1 0", "AddGroup Group 2 2"]
    );
    assert_eq!(ask(&["dashboards"], AccessLevel::Modify, false), ["AddGroup Group 2 2"]);
    assert_eq!(ask(&[], AccessLevel::Modify, true), ["AddGroup Group 2 2"], "one addition that gives both");
}

#[test]
fn deactivated_account_is_activated_where_that_is_enough() {
    let owner = owner();
    let state = AccountState { deactivated_at: Some(NOW), ..active() };
    let deactivated = |keys: &[&str]| Holdings { state, ..user(keys.iter().map(|key| granted(key)).collect()) };
    let ask =
        |holdings: &Holdings, has_seat| names(holdings, &[], &asks("alerts"), &Giver { has_seat, ..giver(&owner) });
    assert_eq!(ask(&deactivated(&["alerts"]), true), ["Activate  2"], "gives viewer's runs and the baseline beside");
    assert_eq!(ask(&deactivated(&["alerts"]), false), Vec::<String>::new());
    assert_eq!(ask(&deactivated(&[]), true), Vec::<String>::new(), "would still be refused");
    let pending = Holdings { state: AccountState::default(), ..user(vec![granted("alerts")]) };
    assert_eq!(ask(&pending, true), Vec::<String>::new());
}

/// The account after a fix, as an administrator would apply it.
fn applied(
    holdings: &Holdings,
    object: Option<&ObjectHoldings>,
    offers: &[GroupOffer],
    fix: &Fix,
) -> (Holdings, Option<ObjectHoldings>) {
    let (mut holdings, mut object) = (holdings.clone(), object.cloned());
    let grant = |what| Grant { what, valid_until: None };
    let key = |role: &Option<crate::roles::RoleRef>| role.clone().map(|role| role.key).unwrap_or_default();
    match fix.kind {
        FixKind::AddRole => holdings.grants.push(grant(GrantWhat::Role(key(&fix.role)))),
        FixKind::AddPermission => holdings.grants.push(grant(GrantWhat::Permission(fix.permission.clone().unwrap()))),
        FixKind::SetLevel => holdings.level = Some(key(&fix.level)),
        FixKind::Activate => holdings.state.deactivated_at = None,
        FixKind::AddAccess => {
            let level = fix.access.unwrap();
            object.as_mut().unwrap().accesses.push(AccessHolding { group: None, level, valid_until: None });
        }
        FixKind::AddGroup => {
            let group: GroupRef = fix.group.clone().unwrap();
            let offer = offers.iter().find(|offer| offer.group == group).unwrap();
            holdings.groups.retain(|holding| holding.group != group);
            holdings.groups.push(GroupHolding {
                group,
                is_everyone: false,
                roles: offer.roles.clone(),
                valid_until: None,
            });
        }
    }
    (holdings, object)
}

/// Every single addition there is, whether it helps or not.
fn all_additions(book: &RoleBook, offers: &[GroupOffer], question: &Question<'_>) -> Vec<Fix> {
    let plain = |kind| Fix { kind, role: None, group: None, permission: None, level: None, access: None, extra: 0 };
    let mut found = vec![
        Fix { permission: Some(question.permission.to_owned()), ..plain(FixKind::AddPermission) },
        plain(FixKind::Activate),
    ];
    for role in book.roles().filter(|role| role.key != OWNER_ROLE) {
        found.push(match role.level_rank {
            Some(_) => Fix { level: Some(role.role_ref()), ..plain(FixKind::SetLevel) },
            None => Fix { role: Some(role.role_ref()), ..plain(FixKind::AddRole) },
        });
    }
    found.extend(offers.iter().map(|offer| Fix { group: Some(offer.group.clone()), ..plain(FixKind::AddGroup) }));
    found.extend(question.object.map(|_| Fix { access: Some(question.access), ..plain(FixKind::AddAccess) }));
    found
}

fn object(tape: &mut Tape<'_>) -> Option<ObjectHoldings> {
    if tape.once_in(2) {
        return None;
    }
    let level = |tape: &mut Tape<'_>| *tape.pick(&[AccessLevel::View, AccessLevel::Modify]);
    let mut accesses = Vec::new();
    for number in 0..=testing::GROUPS {
        if tape.once_in(3) {
            let group = (number > 0).then(|| GroupId::from_u128(number));
            accesses.push(AccessHolding { group, level: level(tape), valid_until: tape.end() });
        }
    }
    Some(ObjectHoldings { restricted: !tape.once_in(4), is_owner: tape.once_in(9), accesses })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn each_fix_allows_it_and_nothing_smaller_does(numbers in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut tape = Tape::new(&numbers);
        let book = testing::book(testing::roles(&mut tape));
        let group_roles = testing::group_roles(&mut tape);
        let holdings = testing::holdings(&mut tape, &group_roles);
        let object = object(&mut tape);
        let keys = testing::keys();
        let access = *tape.pick(&[AccessLevel::View, AccessLevel::Modify]);
        let question = Question { permission: tape.pick::<String>(&keys), object: object.as_ref(), access };
        let offers: Vec<GroupOffer> = (1..=testing::GROUPS)
            .map(|number| GroupOffer {
                group: testing::group_ref(number),
                roles: group_roles[usize::try_from(number).unwrap()].clone(),
                access: object.iter().flat_map(|object| &object.accesses)
                    .filter(|access| access.group == Some(GroupId::from_u128(number)) && access.valid_until.is_none_or(|until| until > NOW))
                    .map(|access| access.level).max(),
            })
            .collect();
        let owner = Grant { what: GrantWhat::Role(OWNER_ROLE.into()), valid_until: None };
        let owner = effective(&Holdings { grants: vec![owner], ..user(vec![]) }, &book, NOW);
        let giver = Giver { effective: &owner, is_same_account: false, may_give_access: true, has_seat: true };

        let before = effective(&holdings, &book, NOW);
        let found = fixes_of(&holdings, &book, &offers, &question, &giver);
        if matches!(check(&holdings, &before, &book, &question, NOW), Decision::Allow(_)) {
            prop_assert!(found.is_empty());
            return Ok(());
        }
        // What helps, by trying all there is: allowed afterwards, and nothing lost on the way.
        let is_service = holdings.kind == AccountKind::Service;
        let mut helping: Vec<u32> = all_additions(&book, &offers, &question).iter().filter_map(|addition| {
            if is_service && addition.kind == FixKind::SetLevel {
                return None;
            }
            let (after, object) = applied(&holdings, object.as_ref(), &offers, addition);
            let then = effective(&after, &book, NOW);
            let question = Question { object: object.as_ref(), ..question };
            let is_allowed = matches!(check(&after, &then, &book, &question, NOW), Decision::Allow(_));
            let gained = then.keys().filter(|key| !before.holds_key(key) && *key != question.permission).count();
            let is_pure = before.keys().all(|key| then.holds_key(key));
            (is_allowed && is_pure).then(|| u32::try_from(gained).unwrap())
        }).collect();
        helping.sort_unstable();
        helping.truncate(FIXES_MAX);
        prop_assert_eq!(found.iter().map(|fix| fix.extra).collect::<Vec<_>>(), helping);
        for fix in &found {
            let (after, object) = applied(&holdings, object.as_ref(), &offers, fix);
            let then = effective(&after, &book, NOW);
            let question = Question { object: object.as_ref(), ..question };
            prop_assert!(matches!(check(&after, &then, &book, &question, NOW), Decision::Allow(_)), "{:?}", fix);
        }
    }

    #[test]
    fn nobody_is_offered_what_they_could_not_give(numbers in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut tape = Tape::new(&numbers);
        let book = testing::book(testing::roles(&mut tape));
        let group_roles = testing::group_roles(&mut tape);
        let (asking, asked) = (testing::holdings(&mut tape, &group_roles), testing::holdings(&mut tape, &group_roles));
        let holds = effective(&asking, &book, NOW);
        let giver = Giver { effective: &holds, is_same_account: false, may_give_access: false, has_seat: true };
        let keys = testing::keys();
        let question = asks(tape.pick::<String>(&keys));
        let offers: Vec<GroupOffer> = (1..=testing::GROUPS)
            .map(|number| GroupOffer { group: testing::group_ref(number), roles: group_roles[usize::try_from(number).unwrap()].clone(), access: None })
            .collect();
        let before = effective(&asked, &book, NOW);
        for fix in fixes_of(&asked, &book, &offers, &question, &giver) {
            let (after, _) = applied(&asked, None, &offers, &fix);
            let then = effective(&after, &book, NOW);
            let baseline = book.set(book.baseline());
            for key in then.keys().filter(|key| !before.holds_key(key)) {
                let is_baseline = book.index().find(key).is_some_and(|number| baseline.contains(number));
                prop_assert!(holds.holds_key(key) || is_baseline, "{} by {:?}", key, fix);
            }
        }
    }
}
