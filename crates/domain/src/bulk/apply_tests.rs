//! What each act makes of an account.

use super::*;
use crate::accounts::AccountState;
use crate::groups::GroupRef;
use crate::id::GroupId;
use crate::levels::Narrowing;
use crate::permissions::Catalogue;

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn book() -> RoleBook {
    let narrowing = Narrowing { from: "normal".into(), to: "limited".into(), roles: vec!["alerts".into()] };
    RoleBook::new(Vec::new(), Vec::new(), Catalogue(Vec::new())).with_narrowing(Some(narrowing))
}

fn active(level: Option<&str>) -> Holdings {
    Holdings {
        kind: AccountKind::User,
        state: AccountState { activated_at: Some(NOW), ..AccountState::default() },
        level: level.map(str::to_owned),
        grants: Vec::new(),
        groups: Vec::new(),
    }
}

fn role_grant(key: &str, until: Option<i64>) -> Grant {
    Grant { what: GrantWhat::Role(key.to_owned()), valid_until: until.map(Timestamp::from_millis) }
}

fn add_role(key: &str, until: Option<i64>) -> BulkAction {
    BulkAction {
        role: Some(key.to_owned()),
        valid_until: until.map(Timestamp::from_millis),
        ..BulkAction::plain(BulkKind::AddRole)
    }
}

fn run(action: &BulkAction, before: &Holdings) -> Result<Option<Holdings>, Code> {
    let book = book();
    let group = GroupRef { id: GroupId::from_u128(1), name: "On call".to_owned() };
    let group = GroupHolding { group, is_everyone: false, roles: vec!["alerts".to_owned()], valid_until: None };
    action.apply(&ActContext { book: &book, group: Some(&group), at: NOW }, before)
}

#[test]
fn adding_what_is_there_sets_its_end_and_nothing_else() {
    let before = |grants| Holdings { grants, ..active(None) };
    let cases = [
        (vec![], None, Some(vec![role_grant("data", None)])),
        (vec![role_grant("data", None)], None, None),
        (vec![role_grant("data", None)], Some(2_000), Some(vec![role_grant("data", Some(2_000))])),
        (vec![role_grant("data", Some(2_000))], Some(2_000), None),
        (vec![role_grant("data", Some(2_000)), role_grant("data", None)], None, None),
        (vec![role_grant("data", Some(999))], None, Some(vec![role_grant("data", None)])),
    ];
    for (grants, until, expected) in cases {
        let after = run(&add_role("data", until), &before(grants.clone()));
        assert_eq!(after.map(|after| after.map(|after| after.grants)), Ok(expected), "{grants:?} {until:?}");
    }
}

#[test]
fn removing_takes_every_grant_of_the_key_and_no_other() {
    let remove = BulkAction { role: Some("data".into()), ..BulkAction::plain(BulkKind::RemoveRole) };
    let permission = Grant { what: GrantWhat::Permission("data".into()), valid_until: None };
    let grants = vec![role_grant("data", None), role_grant("data", Some(2_000)), permission.clone()];
    let after = run(&remove, &Holdings { grants, ..active(None) });
    assert_eq!(after.map(|after| after.map(|after| after.grants)), Ok(Some(vec![permission])));
    assert_eq!(run(&remove, &Holdings { grants: vec![role_grant("data", Some(1_000))], ..active(None) }), Ok(None));
}

#[test]
fn functional_role_narrows_the_level_and_its_removal_does_not_widen_it() {
    let after = run(&add_role("alerts", None), &active(Some("normal"))).unwrap().unwrap();
    assert_eq!((after.level.as_deref(), after.grants.len()), (Some("limited"), 1));
    let remove = BulkAction { kind: BulkKind::RemoveRole, ..add_role("alerts", None) };
    let after = run(&remove, &after).unwrap().unwrap();
    assert_eq!((after.level.as_deref(), after.grants.len()), (Some("limited"), 0));
    let after = run(&add_role("data", None), &active(Some("normal"))).unwrap().unwrap();
    assert_eq!(after.level.as_deref(), Some("normal"));
}

#[test]
fn membership_is_made_ended_and_taken_away() {
    let act = |kind, until: Option<i64>| BulkAction {
        group: Some(GroupId::from_u128(1)),
        valid_until: until.map(Timestamp::from_millis),
        ..BulkAction::plain(kind)
    };
    let ends = |holdings: &Holdings| holdings.groups.iter().map(|holding| holding.valid_until).collect::<Vec<_>>();
    let joined = run(&act(BulkKind::AddGroup, None), &active(None)).unwrap().unwrap();
    assert_eq!((ends(&joined), joined.groups[0].roles.clone()), (vec![None], vec!["alerts".to_owned()]));
    assert_eq!(run(&act(BulkKind::AddGroup, None), &joined), Ok(None));
    let ended = run(&act(BulkKind::AddGroup, Some(2_000)), &joined).unwrap().unwrap();
    assert_eq!(ends(&ended), [Some(Timestamp::from_millis(2_000))]);
    let left = run(&act(BulkKind::RemoveGroup, None), &ended).unwrap().unwrap();
    assert_eq!(ends(&left), []);
    assert_eq!(run(&act(BulkKind::RemoveGroup, None), &left), Ok(None));
}

#[test]
fn act_fits_the_account_or_is_refused() {
    let level = BulkAction { level: Some("admin".into()), ..BulkAction::plain(BulkKind::SetLevel) };
    let service = Holdings { kind: AccountKind::Service, ..active(None) };
    let pending = Holdings { state: AccountState::default(), ..active(None) };
    let out = Holdings { state: AccountState { deactivated_at: Some(NOW), ..active(None).state }, ..active(None) };
    let (activate, deactivate) = (BulkAction::plain(BulkKind::Activate), BulkAction::plain(BulkKind::Deactivate));
    let resend = BulkAction::plain(BulkKind::Resend);
    let is_changed = |action: &BulkAction, before: &Holdings| run(action, before).map(|after| after.is_some());
    let cases = [
        (&level, &active(Some("viewer")), Ok(true)),
        (&level, &active(Some("admin")), Ok(false)),
        (&level, &service, Err(Code::Invalid)),
        (&level, &pending, Ok(true)),
        (&level, &out, Err(Code::LevelKept)),
        (&level, &Holdings { level: Some("admin".into()), ..out.clone() }, Ok(false)),
        (&add_role("data", None), &out, Ok(true)),
        (&add_role("owner", None), &service, Err(Code::Invalid)),
        (&add_role("data", None), &service, Ok(true)),
        (&activate, &out, Ok(true)),
        (&activate, &active(None), Ok(false)),
        (&activate, &pending, Err(Code::Invalid)),
        (&deactivate, &active(None), Ok(true)),
        (&deactivate, &out, Ok(false)),
        (&deactivate, &pending, Err(Code::Invalid)),
        (&resend, &pending, Ok(true)),
        (&resend, &active(None), Err(Code::NotPending)),
        (&resend, &out, Err(Code::NotPending)),
    ];
    for (action, before, expected) in cases {
        assert_eq!(is_changed(action, before), expected, "{action:?} {before:?}");
    }
}
