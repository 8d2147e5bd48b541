//! Accounts for tests.

use domain::accounts::{Account, AccountKind, AccountStatus};
use domain::{AccountId, Timestamp};

/// An active account without anything, named by its number.
pub(crate) fn account(number: u128) -> Account {
    Account {
        id: AccountId::from_u128(number),
        kind: AccountKind::User,
        handle: number.to_string(),
        email: None,
        display_name: number.to_string(),
        user_name: None,
        status: AccountStatus::Active,
        level: None,
        roles: Vec::new(),
        groups: Vec::new(),
        teams: Vec::new(),
        permissions: Vec::new(),
        auth_methods: Vec::new(),
        last_active_at: None,
        last_sign_in_at: None,
        created_at: Timestamp::default(),
        deactivated_at: None,
        deleted_at: None,
        valid_until: None,
        invitation: None,
        description: String::new(),
        owner: None,
        tokens: None,
        is_beyond_reach: false,
        version: 1,
    }
}
