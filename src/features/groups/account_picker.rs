//! The field that chooses accounts by typing: users and service accounts.

use domain::GroupId;
use domain::accounts::{Account, AccountKind, AccountPage, AccountRef};
use leptos::prelude::*;

use crate::api::{self, ApiError};
use crate::offers::Offers;
use crate::ui::{Choice, Combobox, OptionView};

/// Accounts of each kind offered at once; typing narrows them down.
const OFFERED_MAX: &str = "25";

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
    let offers = Offers::new(accounts_named);
    let choices = Signal::derive(move || selected.with(|selected| selected.iter().map(choice).collect::<Vec<_>>()));
    let options = Signal::derive(move || offers.with(|offered| options(offered, not_in)));
    let add = move |id: String| {
        let found = offers.find(|account| account.id.to_string() == id, account_ref);
        selected.update(|selected| selected.extend(found));
    };
    let remove = move |id: String| selected.update(|selected| selected.retain(|account| account.id.to_string() != id));
    view! {
        <Combobox
            label=label
            selected=choices
            options=options
            on_add=add
            on_remove=remove
            on_query=move |text: String| offers.type_text(text)
            loading=offers.loading
            trouble=offers.trouble
            placeholder="Name or e-mail address"
            hint="Users and service accounts who are not in the group yet."
        />
    }
}

/// Those of both kinds that fit what is typed.
async fn accounts_named(text: String) -> Result<Vec<Account>, ApiError> {
    let path =
        |kind: &str| ["/api/v1/accounts?kind=", kind, "&limit=", OFFERED_MAX, "&q=", &api::encode(&text)].concat();
    let users = api::get::<AccountPage>(&path("user")).await?;
    let services = api::get::<AccountPage>(&path("service")).await?;
    Ok(users.items.into_iter().chain(services.items).collect())
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
