//! What is typed into the new accounts defaults: what of it is a change, and what happens to it when somebody else changed
//! them too.

use std::collections::BTreeSet;

use domain::GroupId;
use domain::defaults::{Defaults, DefaultsView};
use domain::groups::GroupRef;
use domain::levels::Level;

/// The defaults as the fields hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    /// Without Everyone.
    pub(super) groups: Vec<GroupRef>,
    /// Keys.
    pub(super) permissions: BTreeSet<String>,
    /// Key; empty where there are no levels.
    pub(super) level: String,
}

impl Draft {
    /// What the fields show of stored defaults. Without a level of its own the organization has the profile's.
    pub(super) fn of(stored: &DefaultsView, profile_level: Option<&str>) -> Self {
        Self {
            groups: stored.groups.clone(),
            permissions: stored.permissions.iter().cloned().collect(),
            level: stored.level.as_deref().or(profile_level).unwrap_or_default().to_owned(),
        }
    }

    fn group_ids(&self) -> BTreeSet<GroupId> {
        self.groups.iter().map(|group| group.id).collect()
    }

    /// Whether both give the same, in whatever order it was chosen.
    pub(super) fn gives_the_same(&self, other: &Self) -> bool {
        self.level == other.level && self.group_ids() == other.group_ids() && self.permissions == other.permissions
    }

    /// The request. A level that was not touched stays what it was, also where that is the profile's own.
    pub(super) fn request(&self, stored: &DefaultsView, base: &Self) -> Defaults {
        let level = if self.level == base.level { stored.level.clone() } else { Some(self.level.clone()) };
        Defaults {
            groups: self.group_ids().into_iter().collect(),
            permissions: self.permissions.iter().cloned().collect(),
            level: level.filter(|level| !level.is_empty()),
        }
    }
}

/// Takes over what somebody else changed meanwhile, and keeps what was added and removed here.
pub(super) fn merge(base: &Draft, mine: &Draft, now: &Draft) -> Draft {
    let (base_ids, my_ids) = (base.group_ids(), mine.group_ids());
    let is_removed = |id: &GroupId| base_ids.contains(id) && !my_ids.contains(id);
    let mut groups: Vec<GroupRef> = now.groups.iter().filter(|group| !is_removed(&group.id)).cloned().collect();
    let added =
        mine.groups.iter().filter(|group| !base_ids.contains(&group.id) && !now.group_ids().contains(&group.id));
    groups.extend(added.cloned());
    let kept = now.permissions.iter().filter(|key| !base.permissions.contains(*key) || mine.permissions.contains(*key));
    let permissions = kept.chain(mine.permissions.difference(&base.permissions)).cloned().collect();
    let level = if mine.level == base.level { &now.level } else { &mine.level };
    Draft { groups, permissions, level: level.clone() }
}

/// What somebody else changed, for people: "Group Sales was added". `label` gives the name of a permission by its key.
pub(super) fn changes(base: &Draft, now: &Draft, levels: &[Level], label: impl Fn(&str) -> String) -> Vec<String> {
    let without = |some: &Draft, other: &Draft| {
        let others = other.group_ids();
        let groups = some.groups.iter().filter(move |group| !others.contains(&group.id));
        let permissions =
            some.permissions.difference(&other.permissions).map(|key| ["Permission ", &label(key)].concat());
        groups.map(|group| ["Group ", &group.name].concat()).chain(permissions).collect::<Vec<_>>()
    };
    let added = without(now, base).into_iter().map(|what| [&what, " was added"].concat());
    let removed = without(base, now).into_iter().map(|what| [&what, " was removed"].concat());
    let name = |key: &str| levels.iter().find(|level| level.key == key).map_or(key, |level| &level.name).to_owned();
    let level =
        (base.level != now.level).then(|| ["The level is ", &name(&now.level), ", not ", &name(&base.level)].concat());
    added.chain(removed).chain(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(number: u128) -> GroupRef {
        GroupRef { id: GroupId::from_u128(number), name: ["G", &number.to_string()].concat() }
    }

    fn draft(groups: &[u128], permissions: &[&str], level: &str) -> Draft {
        Draft {
            groups: groups.iter().copied().map(group).collect(),
            permissions: permissions.iter().map(|key| (*key).to_owned()).collect(),
            level: level.to_owned(),
        }
    }

    #[test]
    fn order_of_choosing_is_no_change() {
        let base = draft(&[1, 2], &["a", "b"], "viewer");
        assert!(base.gives_the_same(&draft(&[2, 1], &["b", "a"], "viewer")));
        assert!(!base.gives_the_same(&draft(&[1, 2], &["a"], "viewer")));
    }

    #[test]
    fn untouched_level_stays_the_profiles_own() {
        let stored = DefaultsView { groups: Vec::new(), permissions: Vec::new(), level: None, version: 1 };
        let base = Draft::of(&stored, Some("viewer"));
        assert_eq!(base.level, "viewer");
        assert_eq!(base.request(&stored, &base).level, None);
        let mine = Draft { level: "editor".to_owned(), ..base.clone() };
        assert_eq!(mine.request(&stored, &base).level.as_deref(), Some("editor"));
        assert_eq!(Draft::of(&stored, None).request(&stored, &Draft::default()).level, None);
    }

    #[test]
    fn what_both_changed_is_kept() {
        let base = draft(&[1, 2], &["a", "b"], "viewer");
        let mine = draft(&[1, 3], &["a", "b", "c"], "viewer");
        let now = draft(&[1, 2, 4], &["b", "d"], "editor");
        let merged = merge(&base, &mine, &now);
        assert!(merged.gives_the_same(&draft(&[1, 3, 4], &["b", "c", "d"], "editor")), "{merged:?}");
        let same = merge(&base, &mine, &mine);
        assert!(same.gives_the_same(&mine), "{same:?}");
    }

    #[test]
    fn changes_of_others_are_told() {
        let (base, now) = (draft(&[1], &["a"], "x"), draft(&[2], &["a", "b"], "y"));
        let told = changes(&base, &now, &[], str::to_uppercase);
        let expected =
            ["Group G2 was added", "Permission B was added", "Group G1 was removed", "The level is y, not x"];
        assert_eq!(told, expected);
        assert!(changes(&base, &base, &[], str::to_owned).is_empty());
    }
}
