//! The loaded part of a list, tried on a list of 1,000 accounts that changes.

use super::*;
use crate::features::accounts::testing::account;

/// The page of a list whose rows are numbered, the cursor being the number of the last row before it.
fn arrival(list: &[u128], start: usize, by_cursor: bool) -> Arrival<Account> {
    let rows: Vec<_> = list.iter().skip(start).take(PAGE_ROWS).map(|number| account(*number)).collect();
    let has_more = start + rows.len() < list.len();
    let next_cursor = rows.last().filter(|_| has_more).map(|row| row.handle.clone());
    Arrival { rows, next_cursor, tag: Some("tag".to_owned()), total: list.len(), by_cursor }
}

fn shown(pages: &Pages<Account>, index: usize) -> Option<String> {
    pages.row(index).map(|row| row.handle.clone())
}

#[test]
fn far_page_is_found_from_the_nearest_cursor() {
    let list: Vec<u128> = (0..1_000).collect();
    let mut pages = Pages::<Account>::default();
    assert_eq!(pages.way_to(0), (None, 0));
    pages.put(0, arrival(&list, 0, false));
    assert_eq!(pages.way_to(1), (Some("99".to_owned()), 0));
    assert_eq!(pages.way_to(8), (Some("99".to_owned()), 700));
    pages.put(8, arrival(&list, 800, true));
    assert_eq!(pages.way_to(9), (Some("899".to_owned()), 0));
    assert_eq!(pages.way_to(7), (Some("99".to_owned()), 600));
    assert_eq!(shown(&pages, 850).as_deref(), Some("850"));
    assert_eq!(shown(&pages, 150), None);
}

#[test]
fn visible_pages_are_asked_for_before_their_neighbours() {
    let mut pages = Pages::<Account>::default();
    assert_eq!(pages.missing((90, 110), 1_000), [0, 1]);
    assert_eq!(pages.missing((100, 120), 1_000), [1, 0]);
    assert_eq!(pages.missing((140, 160), 1_000), [1]);
    assert_eq!(pages.missing((0, 20), 5), [0]);
    assert_eq!(pages.missing((0, 0), 0), [] as [usize; 0]);
}

#[test]
fn long_scroll_keeps_a_bounded_number_of_pages() {
    let list: Vec<u128> = (0..10_000).collect();
    let mut pages = Pages::<Account>::default();
    for place in 0..100 {
        pages.put(place, arrival(&list, place * PAGE_ROWS, place > 0));
    }
    assert_eq!(pages.pages.len(), PAGES_KEPT_MAX);
    assert_eq!(shown(&pages, 0), None);
    assert_eq!(shown(&pages, 9_999).as_deref(), Some("9999"));
}

#[test]
fn unchanged_rows_stay_the_same_values() {
    let list: Vec<u128> = (0..10).collect();
    let mut pages = Pages::<Account>::default();
    pages.put(0, arrival(&list, 0, false));
    let before = pages.row(3);
    pages.put(0, arrival(&list, 0, false));
    assert!(before.zip(pages.row(3)).is_some_and(|(before, after)| Arc::ptr_eq(&before, &after)));
}

#[test]
fn rows_move_up_when_one_is_taken_out() {
    let list: Vec<u128> = (0..250).collect();
    let mut pages = Pages::<Account>::default();
    for place in 0..3 {
        pages.put(place, arrival(&list, place * PAGE_ROWS, place > 0));
    }
    assert!(pages.remove(AccountId::from_u128(5)));
    assert!(!pages.remove(AccountId::from_u128(5)));
    assert_eq!(
        [4, 5, 99, 199, 248].map(|index| shown(&pages, index).unwrap_or_default()),
        ["4", "6", "100", "200", "249"]
    );
    assert_eq!(shown(&pages, 249), None);
    assert_eq!(pages.missing((0, 20), 249), [0]);
}

#[test]
fn row_added_before_a_cursor_makes_the_list_be_counted_anew() {
    let mut list: Vec<u128> = (0..201).collect();
    let mut pages = Pages::<Account>::default();
    for place in 0..3 {
        pages.put(place, arrival(&list, place * PAGE_ROWS, place > 0));
    }
    list.insert(0, 1_000);
    // By its old cursor the last page has one row; there are two by now.
    pages.put(2, arrival(&list, 201, true));
    assert_eq!(pages.way_to(2), (None, 200));
    assert_eq!(pages.missing((200, 202), list.len()), [2, 1]);
    pages.put(2, arrival(&list, 200, false));
    assert_eq!(shown(&pages, 201).as_deref(), Some("200"));
    assert_eq!(pages.missing((200, 202), list.len()), [1]);
}

#[test]
fn pages_behind_a_changed_one_are_asked_for_again() {
    let mut list: Vec<u128> = (0..300).collect();
    let mut pages = Pages::<Account>::default();
    for place in 0..3 {
        pages.put(place, arrival(&list, place * PAGE_ROWS, place > 0));
    }
    list.remove(0);
    pages.put(0, arrival(&list, 0, false));
    assert_eq!(pages.tag(0).as_deref(), Some("tag"));
    assert_eq!(pages.tag(1), None);
    assert_eq!(pages.missing((150, 210), list.len()), [1, 2]);
}

#[test]
fn rows_behind_the_end_are_forgotten() {
    let mut pages = Pages::<Account>::default();
    pages.put(0, arrival(&(0..150).collect::<Vec<_>>(), 0, false));
    pages.put(1, arrival(&(0..150).collect::<Vec<_>>(), 100, true));
    pages.put(0, arrival(&(0..40).collect::<Vec<_>>(), 0, false));
    assert_eq!(shown(&pages, 100), None);
    assert_eq!(shown(&pages, 39).as_deref(), Some("39"));
}

#[test]
fn rows_move_down_when_one_is_put_in() {
    let list: Vec<u128> = (0..250).collect();
    let mut pages = Pages::<Account>::default();
    for place in 0..3 {
        pages.put(place, arrival(&list, place * PAGE_ROWS, place > 0));
    }
    let number = |row: &Account| row.handle.parse::<u128>().unwrap();
    assert_eq!(pages.place_for(|row| number(row) > 100), Some(101));
    assert_eq!(pages.place_for(|_| false), Some(250));
    pages.insert(5, Arc::new(account(1_000)));
    assert_eq!(pages.place_of(AccountId::from_u128(1_000)), Some(5));
    assert_eq!(
        [4, 5, 6, 99, 100, 250].map(|index| shown(&pages, index).unwrap_or_default()),
        ["4", "1000", "5", "98", "99", "249"]
    );
    assert!(pages.remove(AccountId::from_u128(1_000)));
    assert_eq!([5, 249].map(|index| shown(&pages, index).unwrap_or_default()), ["5", "249"]);
    assert_eq!(Pages::<Account>::default().place_for(|_| true), None);
}
