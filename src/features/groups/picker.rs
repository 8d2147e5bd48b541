//! The field that chooses groups: Everyone, which cannot be left, and others by typing.

use domain::Code;
use domain::groups::{EVERYONE, Group, GroupKind, GroupRef, NewGroup};
use domain::permissions::ConsolePermission;
use domain::text::Name;
use leptos::{prelude::*, task::spawn_local};

use super::new_groups::NewGroups;
use super::search::groups_named;
use crate::api::{ApiError, Change};
use crate::features::roles::RoleReach;
use crate::features::session::{Session, use_session};
use crate::offers::Offers;
use crate::ui::{Choice, Combobox, OptionView};

/// What is offered, and what the field is waiting for.
#[derive(Clone, Copy)]
struct Picker {
    session: Session,
    reach: RoleReach,
    selected: RwSignal<Vec<GroupRef>>,
    new_groups: NewGroups,
    offers: Offers<Group>,
}

/// A field for groups. A new one is made in passing by those who may.
#[component]
pub(crate) fn GroupPicker(
    /// The chosen groups without Everyone, read and written.
    selected: RwSignal<Vec<GroupRef>>,
    /// Those that are not made or chosen yet, for whoever sends the form.
    new_groups: NewGroups,
    /// What the server found wrong with them. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// A line below that helps to choose. Default: that of new user accounts.
    #[prop(default = "New accounts get the roles of their groups. Default groups are added by themselves.")]
    hint: &'static str,
    /// The groups that it refused: pairs of id and reason. Default: none.
    #[prop(optional, into)]
    refused: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let picker = Picker {
        session: use_session(),
        reach: RoleReach::new(),
        selected,
        new_groups,
        offers: Offers::new(groups_named),
    };
    let offers = picker.offers;
    new_groups.type_text(String::new());
    let choices = Signal::derive(move || selected.with(|selected| refused.with(|refused| choices(selected, refused))));
    let options =
        Signal::derive(move || offers.with(|offered| options(offered, |group| picker.reach.may_give(&group.roles))));
    let error = Signal::derive(move || new_groups.refused().or_else(|| error.get()));
    let (add, remove) = (move |id: String| picker.add(&id), move |id: String| picker.remove(&id));
    let query = move |text: String| {
        new_groups.type_text(text.clone());
        offers.type_text(text);
    };
    if untrack(|| picker.session.may(ConsolePermission::GroupsManage)) {
        view! {
            <Combobox label="Groups" selected=choices options=options on_add=add on_remove=remove on_query=query
                on_create=move |name: String| picker.create(name) loading=offers.loading trouble=offers.trouble hint=hint error=error />
        }
        .into_any()
    } else {
        view! {
            <Combobox label="Groups" selected=choices options=options on_add=add on_remove=remove on_query=query
                loading=offers.loading trouble=offers.trouble hint=hint error=error />
        }
        .into_any()
    }
}

impl Picker {
    fn add(self, id: &str) {
        let group_ref = |group: &Group| GroupRef { id: group.id, name: group.name.clone() };
        let found = self.offers.find(|group| group.id.to_string() == id, group_ref);
        self.selected.update(|selected| selected.extend(found));
    }

    fn remove(self, id: &str) {
        self.selected.update(|selected| selected.retain(|group| group.id.to_string() != id));
    }

    fn create(self, name: String) {
        self.new_groups.begin();
        spawn_local(async move {
            let made = match Name::parse(&name) {
                Ok(name) => {
                    let group = NewGroup { name, description: String::new() };
                    let answer = Change::post("/api/v1/groups").once().send::<_, Group>(&group).await;
                    answer.map_err(|error| self.told(&error))
                }
                Err(error) => Err(Some(error.to_string())),
            };
            match made {
                Ok(group) => {
                    self.selected.try_update(|selected| selected.push(GroupRef { id: group.id, name: group.name }));
                    self.offers.reload();
                }
                Err(why) => self.new_groups.refuse(why),
            }
            self.new_groups.end();
        });
    }

    /// What is to be told of a failure here.
    fn told(self, error: &ApiError) -> Option<String> {
        if error.code() == Some(Code::NotSignedIn) {
            self.session.end();
            return None;
        }
        Some(error.field("name").unwrap_or_else(|| error.message()))
    }
}

fn choices(selected: &[GroupRef], refused: &[(String, String)]) -> Vec<Choice> {
    let everyone = Choice {
        value: EVERYONE.to_owned(),
        label: EVERYONE.to_owned(),
        fixed: Some("Everyone is in this group".to_owned()),
        error: None,
    };
    let choice = |group: &GroupRef| Choice::new(group.id.to_string(), group.name.clone()).marked(refused);
    std::iter::once(everyone).chain(selected.iter().map(choice)).collect()
}

/// Groups to choose from: their roles are within what the person may hand on.
fn options(offered: &[Group], may_give: impl Fn(&Group) -> bool) -> Vec<OptionView> {
    let option = |group: &Group| OptionView {
        value: group.id.to_string(),
        label: group.name.clone(),
        hint: members(group.members),
    };
    let is_offered = |group: &&Group| group.kind == GroupKind::Group && may_give(group);
    offered.iter().filter(is_offered).map(option).collect()
}

fn members(count: u64) -> String {
    match count {
        1 => "1 member".to_owned(),
        count => [&count.to_string(), " members"].concat(),
    }
}

#[cfg(test)]
mod tests {
    use domain::GroupId;

    use super::*;

    fn group(number: u128, name: &str, kind: GroupKind, members: u64) -> Group {
        Group {
            id: GroupId::from_u128(number),
            name: name.to_owned(),
            description: String::new(),
            kind,
            roles: Vec::new(),
            members,
            version: 1,
        }
    }

    #[test]
    fn everyone_is_chosen_and_cannot_be_removed() {
        let chosen = choices(&[GroupRef { id: GroupId::from_u128(1), name: "Sales".to_owned() }], &[]);
        let labels: Vec<_> = chosen.iter().map(|choice| (choice.label.as_str(), choice.fixed.is_some())).collect();
        assert_eq!(labels, [("Everyone", true), ("Sales", false)]);
    }

    #[test]
    fn only_plain_groups_within_reach_are_offered() {
        let offered = [
            group(1, "Everyone", GroupKind::Everyone, 9),
            group(2, "Sales", GroupKind::Group, 1),
            group(3, "Ops", GroupKind::Group, 0),
            group(4, "Team A", GroupKind::Team, 3),
            group(5, "Finance", GroupKind::Group, 3),
        ];
        let options = options(&offered, |group| group.name != "Finance");
        let shown: Vec<_> = options.iter().map(|option| (option.label.as_str(), option.hint.as_str())).collect();
        assert_eq!(shown, [("Sales", "1 member"), ("Ops", "0 members")]);
    }
}
