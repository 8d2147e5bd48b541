//! Facts about the profiles that come with Roster: each plays the document of its product.

use std::collections::BTreeSet;

use super::super::Profile;
use super::shipped;
use crate::accounts::{AccountKind, AccountState};
use crate::effective::{Effective, GroupHolding, Holdings, RoleBook, effective};
use crate::grants::{Grant, GrantWhat};
use crate::groups::{EVERYONE, GroupRef};
use crate::id::GroupId;
use crate::levels::default_level;
use crate::permissions::{Catalogue, ConsolePermission, PermissionEntry};
use crate::roles::RoleDefinition;
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

fn profile(key: &str) -> Profile {
    shipped().unwrap().into_iter().find(|profile| profile.key == key).unwrap()
}

fn book(profile: &Profile, own: Vec<RoleDefinition>) -> RoleBook {
    let console = ConsolePermission::ALL.iter().map(|permission| permission.entry());
    let catalogue: Vec<PermissionEntry> = profile.permissions.iter().cloned().chain(console).collect();
    let roles = profile.levels.iter().chain(&profile.roles).cloned().chain(own).collect();
    RoleBook::new(roles, profile.baseline.clone(), Catalogue(catalogue))
}

/// An active account of a kind, with a level and roles named as "limited+alerts"; either may be missing.
fn holdings(profile: &Profile, kind: AccountKind, names: &str) -> Holdings {
    let is_level = |key: &&str| profile.levels.iter().any(|level| level.key == **key);
    let (levels, roles): (Vec<_>, Vec<_>) = names.split('+').filter(|key| !key.is_empty()).partition(is_level);
    let grant = |key: &str| Grant { what: GrantWhat::Role(key.to_owned()), valid_until: None };
    Holdings {
        kind,
        state: AccountState { activated_at: Some(NOW), ..AccountState::default() },
        level: levels.first().map(|key| (*key).to_owned()),
        grants: roles.into_iter().map(grant).collect(),
        groups: Vec::new(),
    }
}

fn held(profile: &Profile, names: &str) -> Effective {
    effective(&holdings(profile, AccountKind::User, names), &book(profile, Vec::new()), NOW)
}

/// Holds a table against a profile: the first line names levels and roles, each other one a permission and who has it.
/// Every permission of the product stands in it.
fn assert_matrix(key: &str, table: &str) {
    let profile = profile(key);
    let mut lines = table.lines().map(str::split_whitespace).filter(|words| words.clone().next().is_some());
    let columns: Vec<&str> = lines.next().unwrap().collect();
    let mut named = BTreeSet::new();
    for mut words in lines {
        let permission = words.next().unwrap();
        named.insert(permission.to_owned());
        let marks: Vec<&str> = words.collect();
        assert_eq!(marks.len(), columns.len(), "{permission}");
        for (column, mark) in columns.iter().zip(marks) {
            assert_eq!(held(&profile, column).holds_key(permission), mark == "x", "{key}: {column} {permission}");
        }
    }
    let missing = profile.permissions.iter().map(|entry| &entry.key).find(|key| !named.contains(*key));
    assert_eq!(missing, None, "{key}");
}

#[test]
fn victoriametrics_is_its_matrix() {
    assert_matrix(
        "victoriametrics",
        "                      admin  editor  viewer
         deployments.manage    x      x       -
         deployments.view      x      x       -
         deployments.overview  x      x       x
         billing.details       x      -       -
         billing.view          x      -       -
         notifications.manage  x      x       -
         audit_logs.view       x      x       -
         audit.view            x      x       -
         users.manage          x      -       -
         accounts.view         x      -       -
         accounts.invite       x      -       -
         accounts.manage       x      -       -
         accounts.delete       x      -       -
         settings.manage       x      -       -",
    );
    let categories: BTreeSet<_> =
        profile("victoriametrics").permissions.into_iter().map(|entry| entry.category).collect();
    let document = ["Audit logs", "Billing details", "Deployments", "Notifications", "User management"];
    assert!(categories.iter().eq(document), "{categories:?}");
}

#[test]
fn circonus_roles_limit_changing_and_never_seeing() {
    assert_matrix(
        "circonus",
        "                      admin  normal  limited  read_only  limited+alerts  limited+data  limited+trending
         alerts.respond        x      x       -        -          x               -             -
         alerts.rules          x      x       -        -          x               -             -
         data.checks           x      x       -        -          -               x             -
         data.templates        x      x       -        -          -               x             -
         trending.graphs       x      x       -        -          -               -             x
         trending.worksheets   x      x       -        -          -               -             x
         pages.view            x      x       x        x          x               x             x
         accounts.invite       x      -       -        -          -               -             -
         accounts.manage       x      -       -        -          -               -             -
         accounts.delete       x      -       -        -          -               -             -",
    );
    let keys: Vec<_> = profile("circonus").levels.into_iter().map(|level| level.key).collect();
    assert_eq!(keys, ["admin", "normal", "limited", "read_only"]);
}

#[test]
fn wandb_admins_manage_people_and_members_use_the_product() {
    assert_matrix(
        "wandb",
        "                      admin  member
         projects.view         x      x
         runs.log              x      x
         reports.write         x      x
         registry.manage       x      -
         accounts.view         x      -
         accounts.invite       x      -
         accounts.manage       x      -
         accounts.delete       x      -
         teams.create          x      -
         usage.view            x      -",
    );
    let counters: Vec<_> = profile("wandb").counters.into_iter().map(|counter| counter.key).collect();
    assert_eq!(counters, ["runs", "reports"]);
}

#[test]
fn default_profile_has_levels_and_functional_roles() {
    assert_matrix(
        "default",
        "                      admin  editor  viewer  viewer+alerts  viewer+data  viewer+trending
         dashboards            x      x       -       -              -            x
         alerts                x      x       -       x              -            -
         data                  x      x       -       -              x            -
         trending              x      x       -       -              -            x
         notifications         x      x       -       x              -            -
         deployments           x      x       -       -              -            -
         proxies               x      x       -       -              x            -
         ingestion             x      x       -       -              x            -
         integrations          x      x       -       -              -            -
         runs                  x      x       -       -              -            -
         reports               x      x       -       -              -            -
         dashboards.view       x      x       x       x              x            x
         alerts.view           x      x       x       x              x            x
         metrics.view          x      x       x       x              x            x
         events.view           x      x       x       x              x            x
         favorites.use         x      x       x       x              x            x
         charts.explore        x      x       x       x              x            x
         links.share           x      x       x       x              x            x
         profile.open          x      x       x       x              x            x
         accounts.manage       x      -       -       -              -            -
         billing.view          x      -       -       -              -            -
         audit.view            x      x       -       -              -            -
         usage.view            x      x       -       -              -            -",
    );
}

#[test]
fn new_accounts_begin_at_the_level_of_the_document() {
    for (key, expected) in [
        ("default", Some("viewer")),
        ("wavefront", None),
        ("circonus", Some("normal")),
        ("victoriametrics", Some("viewer")),
        ("wandb", Some("member")),
    ] {
        assert_eq!(profile(key).default_level.as_deref(), expected, "{key}");
        assert!(default_level(&[], None, expected).is_none());
    }
}

#[test]
fn wavefront_interns_get_dashboards_through_everyone() {
    let profile = profile("wavefront");
    let interns = RoleDefinition {
        key: "interns".to_owned(),
        name: "Interns".to_owned(),
        description: String::new(),
        permissions: vec!["dashboards".to_owned()],
        level_rank: None,
    };
    let book = book(&profile, vec![interns]);
    let everyone = GroupHolding {
        group: GroupRef { id: GroupId::from_u128(1), name: EVERYONE.to_owned() },
        is_everyone: true,
        roles: vec!["interns".to_owned()],
        valid_until: None,
    };
    for kind in [AccountKind::User, AccountKind::Service] {
        let holdings = Holdings { groups: vec![everyone.clone()], ..holdings(&profile, kind, "") };
        let found = effective(&holdings, &book, NOW);
        let words: Vec<_> = found.paths("dashboards").iter().map(|path| path.words("Level", str::to_owned)).collect();
        assert_eq!(words, ["Everyone has it, Role Interns"]);
        // The baseline is for people alone (F86).
        assert_eq!(found.holds_key("dashboards.view"), kind == AccountKind::User);
    }
}

#[test]
fn wavefront_accounts_bundles_what_the_document_names() {
    let profile = profile("wavefront");
    let found = held(&profile, "account_manager");
    use ConsolePermission::*;
    let given = [
        AccountsView,
        AccountsInvite,
        AccountsManage,
        AccountsDelete,
        ServiceAccountsManage,
        GroupsManage,
        RolesManage,
        TokensManageAll,
        SettingsManage,
    ];
    for permission in ConsolePermission::ALL {
        assert_eq!(found.holds(*permission), given.contains(permission), "{permission}");
    }
    let types: Vec<_> = profile.object_types.iter().map(|term| term.key.as_str()).collect();
    assert_eq!(types, ["dashboard", "alert"]);
}

#[test]
fn wavefront_baseline_is_what_every_user_can_do() {
    let profile = profile("wavefront");
    let found = held(&profile, "");
    let keys: Vec<_> = found.keys().collect();
    let mut document = [
        "dashboards.view",
        "alerts.view",
        "metrics.view",
        "events.view",
        "favorites.use",
        "charts.explore",
        "links.share",
        "profile.open",
    ];
    document.sort_unstable();
    assert_eq!(keys, document);
}
