//! Facts about the sentences of a preview.

use super::*;
use crate::accounts::AccountKind;
use crate::id::AccountId;

fn account(number: u128) -> AccountRef {
    AccountRef {
        id: AccountId::from_u128(number),
        kind: AccountKind::User,
        name: format!("Person {number}"),
        handle: format!("{number}@example.com"),
    }
}

fn difference(label: &str, users: u64, services: u64, examples: &[u128]) -> Difference {
    Difference {
        permission: label.to_lowercase(),
        label: label.to_owned(),
        users,
        services,
        examples: examples.iter().copied().map(account).collect(),
        ..Difference::default()
    }
}

fn until(end: Option<i64>, difference: Difference) -> Difference {
    Difference { until: end.map(Timestamp::from_millis), ..difference }
}

fn summary(preview: &Preview) -> String {
    preview.summary(|at| format!("{} ms", at.millis()))
}

fn preview(gains: Vec<Difference>, losses: Vec<Difference>) -> Preview {
    let all = || gains.iter().chain(&losses);
    Preview {
        basis: "7".to_owned(),
        users: all().map(|difference| difference.users).max().unwrap_or_default(),
        services: all().map(|difference| difference.services).max().unwrap_or_default(),
        gains,
        losses,
        ..Preview::default()
    }
}

#[test]
fn summary_says_who_gains_and_who_loses_what() {
    let cases = [
        (preview(vec![], vec![]), "Nobody gains or loses a permission"),
        (preview(vec![difference("Alerts", 1, 0, &[1])], vec![]), "1 person gains Alerts"),
        (preview(vec![], vec![difference("Alerts", 0, 1, &[1])]), "1 service account loses Alerts"),
        (preview(vec![difference("Alerts", 12_480, 0, &[1])], vec![]), "12,480 people gain Alerts"),
        (
            preview(vec![difference("Alerts", 34, 0, &[1])], vec![difference("Dashboards", 2, 0, &[2])]),
            "34 people gain Alerts; 2 lose Dashboards",
        ),
        (
            preview(vec![difference("Alerts", 1, 2, &[1])], vec![difference("Dashboards", 0, 2, &[2])]),
            "1 person and 2 service accounts gain Alerts; 2 service accounts lose Dashboards",
        ),
        (
            preview(vec![difference("Alerts", 1, 2, &[1])], vec![difference("Dashboards", 1, 0, &[2])]),
            "1 person and 2 service accounts gain Alerts; 1 person loses Dashboards",
        ),
    ];
    for (preview, expected) in cases {
        assert_eq!(summary(&preview), expected);
    }
}

#[test]
fn last_permission_names_whose_it_is() {
    let left = |users, services| Preview {
        users,
        services,
        left_with_nothing: users + services,
        services_left_with_nothing: services,
        ..preview(vec![], vec![difference("Alerts", users, services, &[])])
    };
    let cases = [
        (left(0, 0), None),
        (left(0, 1), Some("1 service account loses its last permission")),
        (left(0, 2), Some("2 service accounts lose their last permission")),
        (left(1, 0), Some("1 person is left with what every user has")),
        (left(1_000, 0), Some("1,000 people are left with what every user has")),
        (left(3, 1), Some("1 service account loses its last permission; 3 people are left with what every user has")),
    ];
    for (preview, expected) in cases {
        assert_eq!(preview.last_permission_line().as_deref(), expected);
    }
    assert_eq!(summary(&left(0, 1)), "1 service account loses Alerts; 1 service account loses its last permission");
}

#[test]
fn who_is_not_active_is_told_of_apart() {
    let waiting = |invited, out| Preview { waiting: Waiting { invited, out, new_links: 0 }, ..Preview::default() };
    assert!(waiting(0, 0).later_lines().is_empty());
    let links = |new_links| Preview { waiting: Waiting { new_links, ..Waiting::default() }, ..Preview::default() };
    assert_eq!(links(1).later_lines(), ["1 invitation needs a new link: resend it after the change."]);
    assert_eq!(links(1_200).later_lines(), ["1,200 invitations need new links: resend them after the change."]);
    assert_eq!(
        waiting(2, 1).later_lines(),
        [
            "2 invited accounts are concerned, too, once their invitations are accepted.",
            "1 deactivated account is concerned, too, once it is active again.",
        ]
    );
    assert_eq!(summary(&waiting(1, 0)), "Nobody who is active gains or loses a permission");
    let narrowed =
        |users| Preview { narrowed: Some(Narrowed { level: "Limited".to_owned(), users }), ..Preview::default() };
    assert_eq!(
        narrowed(2).narrowed_line().as_deref(),
        Some("2 people move to Limited, and stay there when the role ends or is taken away.")
    );
    let new = Preview { reaches_new_accounts: true, ..Preview::default() };
    assert_eq!(new.later_lines(), ["New accounts are put in this group: they are concerned, too."]);
}

#[test]
fn permissions_of_the_same_accounts_share_a_line() {
    let gains = vec![
        difference("Alerts", 7, 0, &[1, 2]),
        difference("Data", 7, 0, &[1, 3]),
        difference("Graphs", 7, 0, &[1, 2]),
    ];
    let lines = preview(gains, vec![difference("Runs", 7, 0, &[1, 2])]).lines();
    let shown: Vec<_> = lines.iter().map(|line| (line.course, line.what.as_str(), line.others)).collect();
    assert_eq!(
        shown,
        [(Course::Gained, "Alerts and Graphs", 5), (Course::Gained, "Data", 5), (Course::Lost, "Runs", 5)]
    );
}

#[test]
fn long_lists_of_permissions_are_counted() {
    for (count, expected) in [
        (1, "A"),
        (2, "A and B"),
        (4, "A, B, C and D"),
        (5, "A, B, C and 2 more permissions"),
        (12, "A, B, C and 9 more permissions"),
    ] {
        let labels: Vec<String> = ('A'..).take(count).map(String::from).collect();
        assert_eq!(enumerated(&labels), expected);
    }
}

#[test]
fn defaults_speak_of_new_accounts() {
    let both = preview(vec![difference("Alerts", 0, 0, &[])], vec![difference("Data", 0, 0, &[])]);
    let defaults = Preview { is_for_new_accounts: true, ..both };
    assert_eq!(summary(&defaults), "New accounts get Alerts; they no longer get Data");
    let same = Preview { is_for_new_accounts: true, ..preview(vec![], vec![]) };
    assert_eq!(summary(&same), "New accounts get the same as before");
}

#[test]
fn line_says_whether_it_leaves_permissions_unnamed() {
    let many = |count| ('A'..).take(count).map(|label| difference(&label.to_string(), 1, 0, &[1])).collect();
    let is_cut = |count| preview(many(count), vec![]).lines().iter().any(PreviewLine::is_cut);
    assert_eq!([is_cut(1), is_cut(4), is_cut(5)], [false, false, true]);
}

#[test]
fn ends_stand_behind_the_permissions() {
    let alerts = || difference("Alerts", 3, 0, &[1]);
    let varied = Difference { ends_vary: true, ..until(Some(9), alerts()) };
    let gains = |gains| preview(gains, vec![]);
    let shortened = |difference| Preview { shortened: vec![difference], ..Preview::default() };
    let extended = |difference| Preview { extended: vec![difference], ..Preview::default() };
    let cases = [
        (gains(vec![until(Some(9), alerts())]), "3 people gain Alerts until 9 ms"),
        (gains(vec![varied.clone()]), "3 people gain Alerts until 9 ms or later"),
        (shortened(until(Some(9), alerts())), "3 people lose Alerts from 9 ms"),
        (shortened(varied), "3 people lose Alerts from 9 ms or later"),
        (extended(until(Some(9), alerts())), "3 people keep Alerts until 9 ms"),
        (extended(alerts()), "3 people keep Alerts for ever"),
        (extended(difference("Alerts", 0, 1, &[])), "1 service account keeps Alerts for ever"),
    ];
    for (preview, expected) in cases {
        assert_eq!(summary(&preview), expected);
        assert!(!preview.is_empty(), "{expected}");
    }
}

#[test]
fn permissions_with_other_ends_stand_in_lines_of_their_own() {
    let gains = vec![
        until(Some(1), difference("Alerts", 2, 0, &[1])),
        difference("Data", 2, 0, &[1]),
        until(Some(1), difference("Runs", 2, 0, &[1])),
    ];
    let lines: Vec<_> = preview(gains, vec![]).lines().into_iter().map(|line| line.what).collect();
    assert_eq!(lines, ["Alerts and Runs", "Data"]);
}
