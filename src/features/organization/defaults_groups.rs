//! The default groups: type to add, x to remove; Everyone stays (F42 to F44).

use domain::groups::{EVERYONE, Group, GroupKind, GroupRef};
use leptos::prelude::*;

use super::defaults_desk::Desk;
use crate::features::groups::groups_named;
use crate::features::roles::RoleReach;
use crate::offers::Offers;
use crate::ui::{Choice, Combobox, OptionView};

/// The field.
#[component]
pub(super) fn GroupsField(desk: Desk) -> impl IntoView {
    let offers = Offers::new(groups_named);
    let reach = RoleReach::new();
    let add = move |id: String| {
        let group_ref = |group: &Group| GroupRef { id: group.id, name: group.name.clone() };
        let found = offers.find(|group| group.id.to_string() == id, group_ref);
        desk.groups.update(|groups| groups.extend(found));
    };
    view! {
        <Combobox
            label="Default groups"
            selected=Signal::derive(move || desk.groups.with(|groups| choices(groups)))
            options=Signal::derive(move || offers.with(|offered| options(offered, |group| reach.may_give(&group.roles))))
            on_add=add
            on_remove=move |id: String| desk.groups.update(|groups| groups.retain(|group| group.id.to_string() != id))
            on_query=move |text: String| offers.type_text(text)
            loading=offers.loading
            trouble=offers.trouble
            hint="Begin to type the name of a group to add it. New accounts get what their groups give."
        />
    }
}

fn choices(groups: &[GroupRef]) -> Vec<Choice> {
    let everyone = Choice {
        value: EVERYONE.to_owned(),
        label: EVERYONE.to_owned(),
        fixed: Some("Every account is in Everyone, and cannot leave it".to_owned()),
        error: None,
    };
    let choice = |group: &GroupRef| Choice::new(group.id.to_string(), group.name.clone());
    std::iter::once(everyone).chain(groups.iter().map(choice)).collect()
}

/// Plain groups that the person may hand on, each with the roles it gives.
fn options(offered: &[Group], may_give: impl Fn(&Group) -> bool) -> Vec<OptionView> {
    let hint = |group: &Group| {
        let names: Vec<&str> = group.roles.iter().map(|role| role.name.as_str()).collect();
        if names.is_empty() { "No roles".to_owned() } else { names.join(", ") }
    };
    let option =
        |group: &Group| OptionView { value: group.id.to_string(), label: group.name.clone(), hint: hint(group) };
    let is_offered = |group: &&Group| group.kind == GroupKind::Group && may_give(group);
    offered.iter().filter(is_offered).map(option).collect()
}

#[cfg(test)]
mod tests {
    use domain::GroupId;
    use domain::roles::RoleRef;

    use super::*;

    #[test]
    fn everyone_stays_and_only_plain_groups_within_reach_are_offered() {
        let group = |number, kind, roles: Vec<RoleRef>| Group {
            id: GroupId::from_u128(number),
            name: ["G", &number.to_string()].concat(),
            description: String::new(),
            kind,
            roles,
            members: 0,
            version: 1,
        };
        let alerts = RoleRef { key: "alerts".to_owned(), name: "Alerts".to_owned() };
        let offered = [
            group(1, GroupKind::Everyone, Vec::new()),
            group(2, GroupKind::Group, vec![alerts]),
            group(3, GroupKind::Group, Vec::new()),
            group(4, GroupKind::Team, Vec::new()),
            group(5, GroupKind::Group, Vec::new()),
        ];
        let shown: Vec<_> = options(&offered, |group| group.name != "G5")
            .into_iter()
            .map(|option| (option.label, option.hint))
            .collect();
        let expected = [("G2", "Alerts"), ("G3", "No roles")].map(|(label, hint)| (label.to_owned(), hint.to_owned()));
        assert_eq!(shown, expected);
        let chosen = choices(&[GroupRef { id: GroupId::from_u128(2), name: "G2".to_owned() }]);
        assert!(chosen.iter().map(|choice| choice.fixed.is_some()).eq([true, false]));
    }
}
