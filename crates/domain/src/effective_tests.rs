//! Facts about effective permissions.

use proptest::prelude::*;

use super::*;
use crate::id::GroupId;
use crate::permissions::{Catalogue, PermissionEntry, Risk};
use crate::roles::RoleDefinition;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

fn entry(key: &str, includes: &[&str]) -> PermissionEntry {
    PermissionEntry {
        key: key.into(),
        category: String::new(),
        label: key.into(),
        description: String::new(),
        risk: Risk::Low,
        includes: includes.iter().map(|key| (*key).into()).collect(),
    }
}

fn role(key: &str, permissions: &[&str], level_rank: Option<u32>) -> RoleDefinition {
    RoleDefinition {
        key: key.into(),
        name: key.to_uppercase(),
        description: String::new(),
        permissions: permissions.iter().map(|key| (*key).into()).collect(),
        level_rank,
    }
}

fn book() -> RoleBook {
    let roles = vec![
        role("owner", &["*"], None),
        role("admin", &["alerts", "accounts"], Some(2)),
        role("interns", &["dashboards"], None),
    ];
    let catalogue = Catalogue(vec![
        entry("alerts", &[]),
        entry("dashboards", &[]),
        entry("view", &[]),
        entry("accounts", &["accounts.view"]),
        entry("accounts.view", &[]),
    ]);
    RoleBook::new(roles, vec!["view".into()], catalogue)
}

fn active() -> Holdings {
    let state = AccountState { activated_at: Some(Timestamp::from_millis(1)), ..AccountState::default() };
    Holdings { kind: AccountKind::User, state, level: None, grants: Vec::new(), groups: Vec::new() }
}

fn group(name: &str, roles: &[&str], is_everyone: bool, valid_until: Option<Timestamp>) -> GroupHolding {
    let group = GroupRef { id: GroupId::from_u128(7), name: name.into() };
    GroupHolding { group, is_everyone, roles: roles.iter().map(|key| (*key).into()).collect(), valid_until }
}

fn keys(holdings: &Holdings) -> Vec<String> {
    effective(holdings, &book(), NOW).keys().map(str::to_owned).collect()
}

#[test]
fn user_has_the_baseline_and_service_account_does_not() {
    assert_eq!(keys(&active()), ["view"]);
    assert_eq!(keys(&Holdings { kind: AccountKind::Service, ..active() }), Vec::<String>::new());
}

#[test]
fn level_gives_its_permissions_and_what_they_include() {
    let holdings = Holdings { level: Some("admin".into()), ..active() };
    let found = effective(&holdings, &book(), NOW);
    assert_eq!(keys(&holdings), ["accounts", "accounts.view", "alerts", "view"]);
    let level = Step::Level(RoleRef { key: "admin".into(), name: "ADMIN".into() });
    assert_eq!(
        found.paths("accounts.view"),
        [Path { steps: vec![level, Step::IncludedIn { key: "accounts".into() }], until: None }]
    );
}

#[test]
fn owner_holds_everything_and_lacks_nothing() {
    let grants = vec![Grant { what: GrantWhat::Role("owner".into()), valid_until: None }];
    let found = effective(&Holdings { grants, ..active() }, &book(), NOW);
    assert_eq!(found.keys().count(), 5);
    assert_eq!(found.lacks(&["not in the catalogue".into()]), None);
}

#[test]
fn every_path_is_named() {
    let grants = vec![
        Grant { what: GrantWhat::Permission("dashboards".into()), valid_until: Some(NOW.plus(1)) },
        Grant { what: GrantWhat::Role("interns".into()), valid_until: None },
    ];
    let groups =
        vec![group("Everyone", &["interns"], true, None), group("Summer", &["interns"], false, Some(NOW.plus(5)))];
    let found = effective(&Holdings { grants, groups, ..active() }, &book(), NOW);
    let firsts: Vec<_> = found.paths("dashboards").iter().map(|path| (path.steps.len(), path.until)).collect();
    assert_eq!(firsts, [(1, Some(NOW.plus(1))), (1, None), (2, None), (2, Some(NOW.plus(5)))]);
}

#[test]
fn grant_stops_at_its_end_to_the_millisecond() {
    for (until, held) in [(NOW.plus(-1), false), (NOW, false), (NOW.plus(1), true)] {
        let grants = vec![Grant { what: GrantWhat::Permission("alerts".into()), valid_until: Some(until) }];
        assert_eq!(effective(&Holdings { grants, ..active() }, &book(), NOW).holds_key("alerts"), held);
        let groups = vec![group("Summer", &["interns"], false, Some(until))];
        assert_eq!(effective(&Holdings { groups, ..active() }, &book(), NOW).holds_key("dashboards"), held);
    }
}

#[test]
fn account_that_is_not_active_holds_nothing() {
    let past = Some(Timestamp::from_millis(1));
    let states = [
        AccountState::default(),
        AccountState { deactivated_at: past, ..active().state },
        AccountState { deleted_at: past, ..active().state },
        AccountState { valid_until: Some(NOW), ..active().state },
    ];
    for state in states {
        let grants = vec![Grant { what: GrantWhat::Role("owner".into()), valid_until: None }];
        let found = effective(&Holdings { state, grants, ..active() }, &book(), NOW);
        assert_eq!(found, Effective::default());
    }
}

#[test]
fn only_an_owner_may_hand_on_everything() {
    let all = book().expand(&["*".into()]);
    let one_by_one = all
        .iter()
        .filter(|key| *key != "*")
        .map(|key| Grant { what: GrantWhat::Permission(key.clone()), valid_until: None })
        .collect();
    let found = effective(&Holdings { grants: one_by_one, ..active() }, &book(), NOW);
    assert_eq!(found.lacks(&all), Some("*"));
}

#[test]
fn given_counts_groups_but_not_everyone() {
    let groups = vec![group("Everyone", &["owner"], true, None), group("Summer", &["interns"], false, None)];
    assert_eq!(Holdings { groups, ..active() }.given(&book()), ["dashboards"]);
}

proptest! {
    #[test]
    fn adding_a_grant_never_takes_anything_away(first in 0_usize..4, second in 0_usize..4) {
        let pick = |index: usize| ["alerts", "dashboards", "accounts", "unknown"][index].to_owned();
        let grant = |index| Grant { what: GrantWhat::Permission(pick(index)), valid_until: None };
        let before = keys(&Holdings { grants: vec![grant(first)], ..active() });
        let after = keys(&Holdings { grants: vec![grant(first), grant(second)], ..active() });
        prop_assert!(before.iter().all(|key| after.contains(key)));
    }
}

fn owner() -> Effective {
    let grants = vec![Grant { what: GrantWhat::Role("owner".into()), valid_until: None }];
    effective(&Holdings { grants, ..active() }, &book(), NOW)
}

fn held(effective: &Effective) -> Vec<&str> {
    effective.keys().collect()
}

#[test]
fn nobody_is_an_owner_through_scopes() {
    let book = book();
    let scoped = owner().within_scopes(&book.set(&["accounts".into(), "view".into()]));
    assert_eq!(held(&scoped), ["accounts", "accounts.view", "view"], "a scope brings what it includes");
    assert!(!scoped.is_owner());
    assert_eq!(scoped.lacks(&["alerts".into()]), Some("alerts"));
    assert_eq!(scoped.paths("alerts"), []);
    assert_eq!(scoped.paths("view").len(), owner().paths("view").len(), "the ways stay what they were");
}

#[test]
fn who_acts_for_another_holds_what_both_hold() {
    let user = effective(&Holdings { level: Some("admin".into()), ..active() }, &book(), NOW);
    let grants = vec![Grant { what: GrantWhat::Permission("alerts".into()), valid_until: None }];
    let service = effective(&Holdings { kind: AccountKind::Service, grants, ..active() }, &book(), NOW);
    assert_eq!(held(&service.shared_with(&user)), ["alerts"]);
    assert_eq!(held(&user.shared_with(&service)), ["alerts"]);
    assert!(!owner().shared_with(&user).is_owner() && owner().shared_with(&owner()).is_owner());
    assert_eq!(held(&service.shared_with(&Effective::default())), Vec::<&str>::new(), "nothing for who is out");
}

#[test]
fn first_end_is_when_it_changes() {
    let until = |millis| Some(NOW.plus(millis));
    let grant = |key: &str, valid_until| Grant { what: GrantWhat::Permission(key.into()), valid_until };
    let of = |grants| effective(&Holdings { grants, ..active() }, &book(), NOW).changes_at();
    assert_eq!(of(vec![grant("alerts", None)]), None);
    assert_eq!(
        of(vec![grant("alerts", until(5)), grant("dashboards", until(3)), grant("nothing.knows", until(4))]),
        until(3)
    );
    assert_eq!(of(vec![grant("alerts", until(-1))]), None, "what is over already changes nothing");
}

#[test]
fn end_of_the_account_changes_what_it_may_too() {
    let until = |millis| Some(NOW.plus(millis));
    for (account, grant, expected) in [
        (None, None, None),
        (until(5), None, until(5)),
        (until(5), until(3), until(3)),
        (until(2), until(3), until(2)),
        (until(-1), None, None),
    ] {
        let grants = vec![Grant { what: GrantWhat::Permission("alerts".into()), valid_until: grant }];
        let mut holdings = Holdings { grants, ..active() };
        holdings.state.valid_until = account;
        let found = effective(&holdings, &book(), NOW);
        assert_eq!(holdings.change_at(&found, NOW), expected, "{account:?} {grant:?}");
    }
}

#[test]
fn what_is_shared_ends_with_the_first_of_both() {
    let until = |millis| Some(NOW.plus(millis));
    let grant = |key: &str, valid_until| Grant { what: GrantWhat::Permission(key.into()), valid_until };
    let of = |grants| effective(&Holdings { grants, ..active() }, &book(), NOW);
    let end = |shared: &Effective, key| shared.paths(key).iter().map(|path| path.until).collect::<Vec<_>>();
    for key in ["alerts", "nothing.knows"] {
        let cases = [
            (None, None, None),
            (None, until(3), until(3)),
            (until(3), None, until(3)),
            (until(3), until(5), until(3)),
            (until(5), until(3), until(3)),
        ];
        for (own, theirs, expected) in cases {
            let shared = of(vec![grant(key, own)]).shared_with(&of(vec![grant(key, theirs)]));
            assert_eq!(end(&shared, key), [expected], "{key} {own:?} {theirs:?}");
        }
    }
}

proptest! {
    #[test]
    fn who_acts_for_another_outdoes_neither(gifts in prop::collection::vec((prop::sample::select(vec!["alerts", "accounts", "dashboards", "nothing.knows"]), prop::option::of(1..9_i64), any::<bool>()), 0..8)) {
        let of = |first: bool| {
            let own = gifts.iter().filter(|(.., is_first)| *is_first == first);
            let grants = own.map(|(key, end, _)| Grant { what: GrantWhat::Permission((*key).into()), valid_until: end.map(|end| NOW.plus(end)) });
            effective(&Holdings { grants: grants.collect(), ..active() }, &book(), NOW)
        };
        let shared = of(true).shared_with(&of(false));
        prop_assert_eq!(of(true).outdone_by(&shared), None);
        prop_assert_eq!(of(false).outdone_by(&shared), None);
    }

    #[test]
    fn scopes_never_add(scopes in prop::collection::vec(prop::sample::select(vec!["alerts", "dashboards", "view", "accounts"]), 0..4), level: bool) {
        let holdings = Holdings { level: level.then(|| "admin".to_owned()), ..active() };
        let whole = effective(&holdings, &book(), NOW);
        let scopes: Vec<String> = scopes.into_iter().map(str::to_owned).collect();
        let scoped = whole.within_scopes(&book().set(&scopes));
        prop_assert!(scoped.keys().all(|key| whole.holds_key(key)));
        prop_assert_eq!(whole.outdone_by(&scoped), None);
    }
}
