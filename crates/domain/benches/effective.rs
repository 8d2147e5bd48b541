//! How long `effective` takes: for each account of a large organization, and for one that is in many groups. Prints lines
//! of `name value`, a sample of each for every run: `cargo bench -p roster-domain -- RUNS`.

use std::hint::black_box;
use std::time::Instant;

use domain::accounts::{AccountKind, AccountState};
use domain::effective::{GroupHolding, Holdings, RoleBook, effective};
use domain::grants::{Grant, GrantWhat};
use domain::groups::GroupRef;
use domain::permissions::{Catalogue, ConsolePermission, PermissionEntry, Risk};
use domain::roles::RoleDefinition;
use domain::{GroupId, Timestamp};

const ACCOUNTS: usize = 100_000;
const GROUPS: usize = 1_000;
const ROLES: usize = 200;
/// Of each account: together a million of both.
const MEMBERSHIPS: usize = 5;
const GRANTS: usize = 5;
/// Permissions of the product, beside those of the console.
const PERMISSIONS: usize = 40;
/// Accounts that are in memory at once.
const CHUNK: usize = 10_000;
/// Groups of the one account that is in many.
const MANY_GROUPS: usize = 50;
const REPEATS: u32 = 2_000;
const RUNS_DEFAULT: u32 = 7;
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn main() {
    // Cargo adds `--bench`.
    let runs = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(RUNS_DEFAULT);
    let book = book();
    let groups: Vec<GroupHolding> = (0..GROUPS).map(group).collect();
    let many = Holdings { groups: groups.iter().take(MANY_GROUPS).cloned().collect(), ..account(0, &groups) };
    for run in 0..=runs {
        let all_ms = all_ms(&book, &groups);
        let one_us = one_us(&book, &many);
        // The first run warms up.
        if run > 0 {
            println!("all_ms {all_ms:.3}\nmany_groups_us {one_us:.3}");
        }
    }
}

fn all_ms(book: &RoleBook, groups: &[GroupHolding]) -> f64 {
    let mut milliseconds = 0.0;
    for chunk in 0..ACCOUNTS / CHUNK {
        let accounts: Vec<Holdings> = (0..CHUNK).map(|place| account(chunk * CHUNK + place, groups)).collect();
        let started = now();
        for holdings in &accounts {
            black_box(effective(black_box(holdings), book, NOW));
        }
        milliseconds += started.elapsed().as_secs_f64() * 1e3;
    }
    milliseconds
}

fn one_us(book: &RoleBook, holdings: &Holdings) -> f64 {
    let started = now();
    for _ in 0..REPEATS {
        black_box(effective(black_box(holdings), book, NOW));
    }
    started.elapsed().as_secs_f64() * 1e6 / f64::from(REPEATS)
}

/// Numbers that look random and are the same each time.
fn scatter(number: usize, limit: usize) -> usize {
    number.wrapping_mul(2_654_435_761).rotate_right(7) % limit
}

fn permission(number: usize) -> String {
    format!("product.permission_{}", number % PERMISSIONS)
}

fn role_key(number: usize) -> String {
    format!("role_{}", number % ROLES)
}

fn book() -> RoleBook {
    let entry = |number| PermissionEntry {
        key: permission(number),
        category: "Product".to_owned(),
        label: permission(number),
        description: String::new(),
        risk: Risk::Low,
        includes: Vec::new(),
    };
    let console = ConsolePermission::ALL.iter().map(|permission| permission.entry());
    let catalogue = Catalogue((0..PERMISSIONS).map(entry).chain(console).collect());
    let role = |number: usize| RoleDefinition {
        key: role_key(number),
        name: role_key(number),
        description: String::new(),
        permissions: (0..=scatter(number, 6)).map(|step| permission(scatter(number, PERMISSIONS) + step)).collect(),
        level_rank: None,
    };
    RoleBook::new((0..ROLES).map(role).collect(), vec![permission(0), permission(1)], catalogue)
}

fn group(number: usize) -> GroupHolding {
    let id = GroupId::from_u128(u128::try_from(number).unwrap_or_default());
    GroupHolding {
        group: GroupRef { id, name: format!("Group {number}") },
        is_everyone: number == 0,
        roles: (0..=number % 3).map(|step| role_key(scatter(number, ROLES) + step)).collect(),
        valid_until: None,
    }
}

/// In Everyone, in some groups, and with roles and a permission of its own.
fn account(number: usize, groups: &[GroupHolding]) -> Holdings {
    let first = scatter(number, GROUPS);
    let joined = groups.iter().skip(1).cycle().skip(first).take(MEMBERSHIPS);
    let grants = (0..GRANTS).map(|step| match step {
        0 => GrantWhat::Permission(permission(scatter(number, PERMISSIONS))),
        _ => GrantWhat::Role(role_key(scatter(number, ROLES) + step)),
    });
    Holdings {
        kind: AccountKind::User,
        state: AccountState::active_since(Timestamp::from_millis(1)),
        level: None,
        grants: grants.map(|what| Grant { what, valid_until: None }).collect(),
        groups: groups.first().into_iter().chain(joined).cloned().collect(),
    }
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
fn now() -> Instant {
    Instant::now()
}
