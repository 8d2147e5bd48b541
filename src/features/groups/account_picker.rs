//! The field that chooses accounts by typing: users and service accounts.

use std::time::Duration;

use domain::accounts::{Account, AccountKind, AccountPage, AccountRef};
use domain::{Code, GroupId};
use leptos::{prelude::*, task::spawn_local};

use crate::api::{self, ApiError};
use crate::features::session::{Session, use_session};
use crate::ui::{Choice, Combobox, OptionView};

/// Accounts of each kind offered at once; typing narrows them down.
const OFFERED_MAX: &str = "25";
/// How long typing rests before accounts are looked for.
const REST: Duration = Duration::from_millis(120);

#[derive(Clone, Copy)]
struct Picker {
    session: Session,
    offered: RwSignal<Vec<Account>>,
    loading: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
    query: RwSignal<String>,
}

/// A field for accounts.
#[component]
pub(super) fn AccountPicker(
    /// The chosen accounts, read and written.
    selected: RwSignal<Vec<AccountRef>>,
    /// The group whose members are not offered.
    not_in: GroupId,
    /// The visible label.
    label: &'static str,
) -> impl IntoView {
    let picker = Picker {
        session: use_session(),
        offered: RwSignal::new(Vec::new()),
        loading: RwSignal::new(true),
        trouble: RwSignal::new(None),
        query: RwSignal::new(String::new()),
    };
    picker.follow();
    let choices = Signal::derive(move || selected.with(|selected| selected.iter().map(choice).collect::<Vec<_>>()));
    let options = Signal::derive(move || picker.offered.with(|offered| options(offered, not_in)));
    let add = move |id: String| {
        let found = picker
            .offered
            .with_untracked(|offered| offered.iter().find(|account| account.id.to_string() == id).map(account_ref));
        if let Some(account) = found {
            selected.update(|selected| selected.push(account));
        }
    };
    let remove = move |id: String| selected.update(|selected| selected.retain(|account| account.id.to_string() != id));
    view! {
        <Combobox
            label=label
            selected=choices
            options=options
            on_add=add
            on_remove=remove
            on_query=move |text: String| picker.query.set(text)
            loading=picker.loading
            placeholder="Name or e-mail address"
            hint="Users and service accounts who are not in the group yet."
            error=picker.trouble
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
        let path = |kind: &str| {
            ["/api/v1/accounts?kind=", kind, "&limit=", OFFERED_MAX, "&q=", &api::encode(text.trim())].concat()
        };
        let users = api::get::<AccountPage>(&path("user")).await;
        let services = api::get::<AccountPage>(&path("service")).await;
        // The answer to an older query is too late.
        if self.query.try_with_untracked(|now| *now == text) != Some(true) {
            return;
        }
        self.loading.set(false);
        match users.and_then(|users| services.map(|services| (users, services))) {
            Ok((users, services)) => {
                self.trouble.set(None);
                self.offered.set(users.items.into_iter().chain(services.items).collect());
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

fn account_ref(account: &Account) -> AccountRef {
    AccountRef {
        id: account.id,
        kind: account.kind,
        name: account.display_name.clone(),
        handle: account.email.clone().unwrap_or_else(|| account.handle.clone()),
    }
}

fn choice(account: &AccountRef) -> Choice {
    Choice::new(account.id.to_string(), account.name.clone())
}

fn options(offered: &[Account], not_in: GroupId) -> Vec<OptionView> {
    let is_outside = |account: &&Account| !account.groups.iter().any(|group| group.id == not_in);
    let option = |account: &Account| OptionView {
        value: account.id.to_string(),
        label: account.display_name.clone(),
        hint: match account.kind {
            AccountKind::User => account.email.clone().unwrap_or_default(),
            AccountKind::Service => ["Service account ", &account.handle].concat(),
        },
    };
    offered.iter().filter(is_outside).map(option).collect()
}
