//! Who answers for a service account: a person or a group, found by typing.

use domain::accounts::{AccountPage, AccountRef};
use domain::groups::{Group, GroupKind, GroupRef};
use domain::page::Page;
use domain::permissions::ConsolePermission;
use domain::service_accounts::{AccountOwner, OwnerChoice};
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::features::session::use_session;
use crate::offers::Offers;
use crate::ui::{Choice, Combobox, OptionView};

/// People, and groups, offered at once; typing narrows them down.
const OFFERED_MAX: &str = "25";

/// Names an owner among those offered.
fn value(owner: &AccountOwner) -> String {
    let account = owner.account.as_ref().map(|account| account.id.to_string());
    account.or_else(|| owner.group.as_ref().map(|group| group.id.to_string())).unwrap_or_default()
}

/// What is sent for an owner.
pub(super) fn choice_of(owner: Option<&AccountOwner>) -> OwnerChoice {
    OwnerChoice {
        account: owner.and_then(|owner| owner.account.as_ref()).map(|account| account.id),
        group: owner.and_then(|owner| owner.group.as_ref()).map(|group| group.id),
    }
}

fn option(owner: &AccountOwner) -> OptionView {
    let hint = owner.account.as_ref().map_or("Group", |account| &account.handle).to_owned();
    OptionView { value: value(owner), label: owner.name().to_owned(), hint }
}

/// The field.
#[component]
pub(super) fn OwnerField(
    /// The chosen owner, read and written.
    chosen: RwSignal<Option<AccountOwner>>,
    /// What is wrong with it. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let session = use_session();
    // Whoever may not see people chooses among groups.
    let offers = Offers::new(move |text| owners_named(text, untrack(|| session.may(ConsolePermission::AccountsView))));
    let choice = |owner: &AccountOwner| Choice::new(value(owner), owner.name());
    let selected = Signal::derive(move || chosen.with(|owner| owner.iter().map(choice).collect::<Vec<_>>()));
    let options = Signal::derive(move || offers.with(|offered| offered.iter().map(option).collect::<Vec<_>>()));
    let add = move |wanted: String| chosen.set(offers.find(|owner| value(owner) == wanted, Clone::clone));
    view! {
        <Combobox
            label="Owner"
            selected=selected
            options=options
            on_add=add
            on_remove=move |_: String| chosen.set(None)
            on_query=move |text: String| offers.type_text(text)
            loading=offers.loading
            trouble=offers.trouble
            placeholder="Name of a person or group"
            hint="Who answers for it: whom to ask before it is changed."
            error=error
        />
    }
}

async fn owners_named(text: String, with_people: bool) -> Result<Vec<AccountOwner>, ApiError> {
    let sought = ["limit=", OFFERED_MAX, "&q=", &api::encode(&text)].concat();
    let people = if with_people {
        Some(api::get::<AccountPage>(&["/api/v1/accounts?kind=user&", &sought].concat()).await?)
    } else {
        None
    };
    let groups = api::get::<Page<Group>>(&["/api/v1/groups?", &sought].concat()).await?;
    Ok(offered(people, groups))
}

/// People first, as far as they may be seen, then groups; everyone together answers for nothing.
fn offered(people: Option<AccountPage>, groups: Page<Group>) -> Vec<AccountOwner> {
    let people = people.into_iter().flat_map(|page| page.items).map(|account| AccountOwner {
        account: Some(AccountRef {
            id: account.id,
            kind: account.kind,
            name: account.display_name,
            handle: account.handle,
        }),
        group: None,
    });
    let groups = groups
        .items
        .into_iter()
        .filter(|group| group.kind != GroupKind::Everyone)
        .map(|group| AccountOwner { account: None, group: Some(GroupRef { id: group.id, name: group.name }) });
    people.chain(groups).collect()
}

#[cfg(test)]
mod tests {
    use domain::GroupId;

    use super::*;
    use crate::features::accounts::testing::account;

    #[test]
    fn people_and_groups_are_offered_but_not_everyone() {
        let group = |number: u128, name: &str, kind| Group {
            id: GroupId::from_u128(number),
            name: name.to_owned(),
            description: String::new(),
            kind,
            roles: Vec::new(),
            members: 0,
            version: 1,
        };
        let people = Some(AccountPage { items: vec![account(7)], next_cursor: None, total: 1, status_counts: None });
        let groups = vec![group(1, "Everyone", GroupKind::Everyone), group(2, "Ops", GroupKind::Group)];
        let found = offered(people, Page { items: groups, next_cursor: None, total: 2 });
        assert!(found.iter().map(AccountOwner::name).eq(["7", "Ops"]));
        let choices: Vec<_> = found.iter().map(|owner| choice_of(Some(owner))).collect();
        assert!(choices[0].account.is_some() && choices[0].group.is_none());
        assert!(choices[1].account.is_none() && choices[1].group.is_some());
        assert_eq!(choice_of(None), OwnerChoice::default());
    }
}
