//! Where an account stands in a list, until the server says so: close enough for a row that was just moved.

use domain::accounts::{Account, AccountSort, Direction};

/// Whether an account comes before a row.
pub(super) fn is_before(account: &Account, row: &Account, sort: AccountSort, direction: Direction) -> bool {
    use std::cmp::Ordering;
    let folded = |text: &str| text.to_lowercase();
    let email = |account: &Account| account.email.as_deref().map(folded).unwrap_or_default();
    let order = match sort {
        AccountSort::Name => folded(&account.display_name).cmp(&folded(&row.display_name)),
        AccountSort::Email => email(account).cmp(&email(row)),
        AccountSort::LastActive => account.last_active_at.cmp(&row.last_active_at),
        AccountSort::Created => account.created_at.cmp(&row.created_at),
    };
    match direction {
        Direction::Ascending => order == Ordering::Less,
        Direction::Descending => order == Ordering::Greater,
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::*;
    use crate::features::accounts::testing::account;

    #[test]
    fn order_is_that_of_the_list() {
        let named = |name: &str, created| Account {
            display_name: name.to_owned(),
            created_at: Timestamp::from_millis(created),
            ..account(1)
        };
        let (ana, ben) = (named("ana", 2), named("Ben", 1));
        assert!(is_before(&ana, &ben, AccountSort::Name, Direction::Ascending));
        assert!(!is_before(&ben, &ana, AccountSort::Name, Direction::Ascending));
        assert!(is_before(&ben, &ana, AccountSort::Name, Direction::Descending));
        assert!(is_before(&ben, &ana, AccountSort::Created, Direction::Ascending));
        assert!(!is_before(&ana, &ana, AccountSort::Name, Direction::Ascending));
    }
}
