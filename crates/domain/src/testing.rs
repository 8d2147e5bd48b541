//! Random organizations for property tests, read from a tape of numbers: a shorter tape is a simpler organization.

use crate::accounts::{AccountKind, AccountState};
use crate::effective::{GroupHolding, Holdings, RoleBook};
use crate::grants::{Grant, GrantWhat};
use crate::groups::GroupRef;
use crate::id::GroupId;
use crate::permissions::{Catalogue, ConsolePermission, PermissionEntry, Risk};
use crate::roles::RoleDefinition;
use crate::time::Timestamp;

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_000_000);
/// Permissions of the product: the last one brings the first.
pub(crate) const PERMISSIONS: [&str; 5] = ["alerts", "dashboards", "data", "runs", "suite"];
pub(crate) const ROLES: [&str; 5] = ["role_a", "role_b", "role_c", "role_d", "role_e"];
pub(crate) const LEVELS: [&str; 3] = ["viewer", "editor", "admin"];
pub(crate) const GROUPS: u128 = 4;

/// Numbers to choose by; zeros when they are used up.
pub(crate) struct Tape<'a>(std::slice::Iter<'a, u8>);

impl<'a> Tape<'a> {
    pub(crate) fn new(numbers: &'a [u8]) -> Self {
        Self(numbers.iter())
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % limit.max(1)
    }

    /// Once in so many times, and never when the tape is over.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub(crate) fn pick<'b, T>(&mut self, from: &'b [T]) -> &'b T {
        &from[self.below(from.len())]
    }

    /// Some of them, each taken once in so many times.
    pub(crate) fn some<T: Clone>(&mut self, from: &[T], times: usize) -> Vec<T> {
        from.iter().filter(|_| self.once_in(times)).cloned().collect()
    }

    /// Mostly none; else a little before or after now.
    pub(crate) fn end(&mut self) -> Option<Timestamp> {
        self.once_in(4).then(|| NOW.plus(*self.pick(&[-1, 0, 1, 50])))
    }
}

pub(crate) fn catalogue() -> Catalogue {
    let entry = |key: &str, includes: &[&str]| PermissionEntry {
        key: key.to_owned(),
        category: String::new(),
        label: key.to_uppercase(),
        description: String::new(),
        risk: Risk::Low,
        includes: includes.iter().map(|key| (*key).to_owned()).collect(),
    };
    let own = PERMISSIONS.map(|key| entry(key, if key == "suite" { &["alerts"] } else { &[] }));
    let view = entry("view", &[]);
    Catalogue(own.into_iter().chain([view]).chain(ConsolePermission::ALL.iter().map(|key| key.entry())).collect())
}

/// Every key that a role may carry: of the product, and some of the console's.
pub(crate) fn keys() -> Vec<String> {
    let console = [
        ConsolePermission::AccountsManage,
        ConsolePermission::GroupsManage,
        ConsolePermission::RolesManage,
        ConsolePermission::AccountsInvite,
        ConsolePermission::SettingsManage,
        ConsolePermission::ObjectsManage,
    ];
    PERMISSIONS.iter().map(|key| (*key).to_owned()).chain(console.map(|key| key.to_string())).collect()
}

pub(crate) fn role(key: &str, permissions: Vec<String>, level_rank: Option<u32>) -> RoleDefinition {
    RoleDefinition {
        key: key.to_owned(),
        name: key.to_uppercase(),
        description: String::new(),
        permissions,
        level_rank,
    }
}

/// Owner, three levels, and up to five roles.
pub(crate) fn roles(tape: &mut Tape<'_>) -> Vec<RoleDefinition> {
    let owner = role("owner", vec!["*".to_owned()], None);
    let levels = LEVELS.iter().zip(1..).map(|(key, rank)| role(key, tape.some(&keys(), 4), Some(rank)));
    let mut found: Vec<_> = levels.chain([owner]).collect();
    found.extend(ROLES.map(|key| role(key, tape.some(&keys(), 4), None)));
    found
}

pub(crate) fn book(roles: Vec<RoleDefinition>) -> RoleBook {
    RoleBook::new(roles, vec!["view".to_owned()], catalogue())
}

pub(crate) fn group_ref(number: u128) -> GroupRef {
    GroupRef { id: GroupId::from_u128(number), name: format!("Group {number}") }
}

/// The roles on each group; those of Everyone come first.
pub(crate) fn group_roles(tape: &mut Tape<'_>) -> Vec<Vec<String>> {
    let keys = ROLES.map(str::to_owned);
    (0..=GROUPS).map(|number| tape.some(&keys, if number == 0 { 12 } else { 3 })).collect()
}

pub(crate) fn active() -> AccountState {
    AccountState { activated_at: Some(Timestamp::from_millis(1)), ..AccountState::default() }
}

/// One account: mostly active, with a level, some grants and some groups.
pub(crate) fn holdings(tape: &mut Tape<'_>, group_roles: &[Vec<String>]) -> Holdings {
    let kind = if tape.once_in(5) { AccountKind::Service } else { AccountKind::User };
    let mut state = active();
    match tape.below(10) {
        7 => state.deactivated_at = Some(NOW),
        8 => state.valid_until = Some(NOW.plus(*tape.pick(&[0, 1]))),
        9 => state.activated_at = None,
        _ => {}
    }
    let level = (kind == AccountKind::User && !tape.once_in(3)).then(|| (*tape.pick(&LEVELS)).to_owned());
    let mut grants: Vec<Grant> = Vec::new();
    for key in ROLES.iter().chain(&["owner"]) {
        if tape.once_in(if *key == "owner" { 9 } else { 5 }) {
            grants.push(Grant { what: GrantWhat::Role((*key).to_owned()), valid_until: tape.end() });
        }
    }
    for key in tape.some(&keys(), 8) {
        grants.push(Grant { what: GrantWhat::Permission(key), valid_until: tape.end() });
    }
    let mut groups = Vec::new();
    for (number, roles) in (0_u128..).zip(group_roles) {
        if number == 0 || tape.once_in(3) {
            let valid_until = if number == 0 { None } else { tape.end() };
            let is_everyone = number == 0;
            groups.push(GroupHolding { group: group_ref(number), is_everyone, roles: roles.clone(), valid_until });
        }
    }
    Holdings { kind, state, level, grants, groups }
}
