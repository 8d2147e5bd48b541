//! Who answers for a service account: a person or a group, found by typing.

use std::time::Duration;

use domain::Code;
use domain::accounts::{AccountPage, AccountRef};
use domain::groups::{Group, GroupKind, GroupRef};
use domain::page::Page;
use domain::permissions::ConsolePermission;
use domain::service_accounts::{AccountOwner, OwnerChoice};
use leptos::{prelude::*, task::spawn_local};

use crate::api::{self, ApiError};
use crate::features::session::{Session, use_session};
use crate::ui::{Choice, Combobox, OptionView};

/// People, and groups, offered at once; typing narrows them down.
const OFFERED_MAX: &str = "25";
/// How long typing rests before they are looked for.
const REST: Duration = Duration::from_millis(120);

#[derive(Clone, Copy)]
struct Picker {
    session: Session,
    offered: RwSignal<Vec<AccountOwner>>,
    loading: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
    query: RwSignal<String>,
}

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
    let picker = Picker {
        session: use_session(),
        offered: RwSignal::new(Vec::new()),
        loading: RwSignal::new(true),
        trouble: RwSignal::new(None),
        query: RwSignal::new(String::new()),
    };
    picker.follow();
    let choice = |owner: &AccountOwner| Choice::new(value(owner), owner.name());
    let selected = Signal::derive(move || chosen.with(|owner| owner.iter().map(choice).collect::<Vec<_>>()));
    let options = Signal::derive(move || picker.offered.with(|offered| offered.iter().map(option).collect::<Vec<_>>()));
    let error = Signal::derive(move || picker.trouble.get().or_else(|| error.get()));
    let add = move |wanted: String| {
        chosen
            .set(picker.offered.with_untracked(|offered| offered.iter().find(|owner| value(owner) == wanted).cloned()));
    };
    view! {
        <Combobox
            label="Owner"
            selected=selected
            options=options
            on_add=add
            on_remove=move |_: String| chosen.set(None)
            on_query=move |text: String| picker.query.set(text)
            loading=picker.loading
            placeholder="Name of a person or group"
            hint="Who answers for it: whom to ask before it is changed."
            error=error
        />
    }
}

impl Picker {
    /// Looks for what is typed once it rests; at once for the first time.
    fn follow(self) {
        Effect::new(move |before: Option<()>| {
            let text = self.query.get();
            self.loading.set(true);
            let ask = move || {
                spawn_local(async move { self.ask(text).await });
            };
            if before.is_none() {
                ask();
            } else if let Ok(rest) = set_timeout_with_handle(ask, REST) {
                on_cleanup(move || rest.clear());
            }
        });
    }

    async fn ask(self, text: String) {
        let sought = ["limit=", OFFERED_MAX, "&q=", &api::encode(text.trim())].concat();
        // Whoever may not see people chooses among groups.
        let people = match untrack(|| self.session.may(ConsolePermission::AccountsView)) {
            true => api::get::<AccountPage>(&["/api/v1/accounts?kind=user&", &sought].concat()).await.map(Some),
            false => Ok(None),
        };
        let groups = api::get::<Page<Group>>(&["/api/v1/groups?", &sought].concat()).await;
        // The answer to an older query is too late.
        if self.query.try_with_untracked(|now| *now == text) != Some(true) {
            return;
        }
        self.loading.set(false);
        match people.and_then(|people| groups.map(|groups| offered(people, groups))) {
            Ok(offered) => {
                self.trouble.set(None);
                self.offered.set(offered);
            }
            Err(error) => self.failed(&error),
        }
    }

    fn failed(self, error: &ApiError) {
        if error.code() == Some(Code::NotSignedIn) {
            self.session.end();
        } else {
            self.trouble.set(Some(error.message()));
        }
    }
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
