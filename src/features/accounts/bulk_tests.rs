//! Bulk changes: what is sent, what the dialog is called, and what the message says.

use domain::Code;

use super::*;
use crate::features::accounts::testing::account;

fn many(count: u128) -> Arc<Vec<Picked>> {
    Arc::new((0..count).map(|number| Picked::from(&account(number))).collect())
}

#[test]
fn act_waits_until_what_it_is_about_is_chosen() {
    let at = Timestamp::from_millis(10);
    let role = Gift::owner();
    assert_eq!(action(BulkKind::AddRole, None, None), None);
    assert_eq!(action(BulkKind::AddGroup, Some(&role), None), None);
    assert_eq!(action(BulkKind::Activate, None, Some(at)), Some(BulkAction::plain(BulkKind::Activate)));
    for (kind, gift) in [
        (BulkKind::AddRole, role.clone()),
        (BulkKind::AddGroup, Gift::group(&GroupRef { id: domain::GroupId::from_u128(1), name: String::new() })),
        (BulkKind::AddPermission, Gift::permission("a", "A")),
    ] {
        let action = action(kind, Some(&gift), Some(at)).unwrap();
        assert!(action.faults(Timestamp::default()).is_empty(), "{kind:?}");
        assert_eq!(action.valid_until, Some(at));
    }
    assert_eq!(action(BulkKind::RemoveRole, Some(&role), Some(at)).unwrap().valid_until, None);
}

#[test]
fn dialog_names_one_account_and_counts_many() {
    let title = |task: BulkTask| task.title("Level");
    let one = |kind| BulkTask::one(kind, &account(7));
    assert_eq!(title(one(BulkKind::AddRole)), "Add a role to 7");
    assert_eq!(title(one(BulkKind::AddRole).about(Gift::owner())), "Make 7 Owner");
    assert_eq!(title(BulkTask::new(BulkKind::RemoveGroup, many(1_200))), "Remove 1,200 accounts from a group");
    assert_eq!(
        title(one(BulkKind::RemovePermission).about(Gift::permission("a", "Alerts"))),
        "Remove the permission Alerts from 7"
    );
    assert_eq!(title(BulkTask::new(BulkKind::SetLevel, many(2))), "Level of 2 accounts");
}

#[test]
fn message_says_what_became_of_it() {
    let gift = Gift::permission("a", "Alerts");
    let one = BulkTask::one(BulkKind::AddPermission, &account(7));
    let done = BulkSummary { changed: 1, ..BulkSummary::default() };
    assert_eq!(one.done(Some(&gift), &done), "7 has Alerts now.");
    assert_eq!(one.done(Some(&gift), &BulkSummary { unchanged: 1, ..BulkSummary::default() }), "7: already had it.");
    let refused =
        BulkSummary { refused: vec![(Code::LastOwner, vec![AccountId::from_u128(7)])], ..BulkSummary::default() };
    assert_eq!(one.done(Some(&gift), &refused), "7: the last Owner stays.");
    let many = BulkTask::new(BulkKind::AddPermission, many(3));
    let mixed = BulkSummary { changed: 2, unchanged: 1, ..BulkSummary::default() };
    assert_eq!(many.done(Some(&gift), &mixed), "Alerts: 2 changed, 1 already had it.");
}
