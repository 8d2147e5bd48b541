//! Name, description and owner of a service account, to be changed by those who may.

use std::sync::Arc;

use domain::FieldError;
use domain::accounts::{Account, AccountChange};
use domain::problem::{Code, FieldErrors};
use domain::service_accounts::AccountOwner;
use domain::text::{DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, Name};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::owner_field::{OwnerField, choice_of};
use crate::api::{ApiError, Change};
use crate::drafts::{RestoredNotice, outlive_session};
use crate::features::accounts::Desk as AccountsDesk;
use crate::form::{FormBanner, FormState};
use crate::ui::{Button, ButtonKind, ButtonVariant, Card, Form, TextField, Textarea, use_leave};

const FORM_ID: &str = "service-details";
const FIELDS: [&str; 3] = ["display_name", "description", "owner"];

/// What the fields hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Typed {
    name: String,
    description: String,
    owner: Option<AccountOwner>,
}

impl Typed {
    fn of(account: &Account) -> Self {
        Self {
            name: account.display_name.clone(),
            description: account.description.clone(),
            owner: account.owner.clone(),
        }
    }

    /// What differs from what is stored, ready to be sent.
    fn change(&self, stored: &Self) -> Result<AccountChange, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let mut change = AccountChange::default();
        if self.name != stored.name {
            change.display_name = errors.take("display_name", Name::parse(&self.name));
        }
        if self.description != stored.description {
            change.description = Some(self.description.trim().to_owned());
        }
        if self.owner != stored.owner {
            change.owner = Some(choice_of(self.owner.as_ref()));
        }
        if errors.is_empty() { Ok(change) } else { Err(errors.into_vec()) }
    }

    /// What was typed over what is stored by now: what somebody else changed comes in where nothing was typed.
    fn onto(self, before: &Self, now: &Self) -> Self {
        Self {
            name: if self.name == before.name { now.name.clone() } else { self.name },
            description: if self.description == before.description {
                now.description.clone()
            } else {
                self.description
            },
            owner: if self.owner == before.owner { now.owner.clone() } else { self.owner },
        }
    }
}

#[derive(Clone, Copy)]
struct Details {
    desk: AccountsDesk,
    account: StoredValue<Arc<Account>>,
    stored: RwSignal<Typed>,
    name: RwSignal<String>,
    description: RwSignal<String>,
    owner: RwSignal<Option<AccountOwner>>,
    form: FormState,
}

/// The card.
#[component]
pub(crate) fn DetailsCard(
    /// Where the account is shown.
    desk: AccountsDesk,
    /// The account as it is by now.
    account: Signal<Option<Arc<Account>>>,
    /// Whether it can be changed.
    may_change: Signal<bool>,
) -> impl IntoView {
    let is_known = Memo::new(move |_| account.with(Option::is_some));
    move || {
        let known = is_known.get().then(|| account.get_untracked()).flatten()?;
        let may_change = may_change.get();
        Some(view! {
            <Card title="Details">
                {if may_change {
                    view! { <DetailsForm desk=desk first=known account=account /> }.into_any()
                } else {
                    view! { <DetailsRead account=account /> }.into_any()
                }}
            </Card>
        })
    }
}

#[component]
fn DetailsRead(account: Signal<Option<Arc<Account>>>) -> impl IntoView {
    let read = move |read: fn(&Account) -> String| {
        let text = account.with(|account| account.as_deref().map(read).unwrap_or_default());
        if text.is_empty() { "None".to_owned() } else { text }
    };
    view! {
        <dl class="facts">
            <dt>"Description"</dt>
            <dd>{move || read(|account| account.description.clone())}</dd>
            <dt>"Owner"</dt>
            <dd>{move || read(|account| account.owner.as_ref().map(|owner| owner.name().to_owned()).unwrap_or_default())}</dd>
        </dl>
    }
}

#[component]
fn DetailsForm(desk: AccountsDesk, first: Arc<Account>, account: Signal<Option<Arc<Account>>>) -> impl IntoView {
    let typed = Typed::of(&first);
    let draft = [FORM_ID, "/", &first.id.to_string()].concat();
    let details = Details {
        desk,
        account: StoredValue::new(first),
        name: RwSignal::new(typed.name.clone()),
        description: RwSignal::new(typed.description.clone()),
        owner: RwSignal::new(typed.owner.clone()),
        stored: RwSignal::new(typed),
        form: FormState::new(FORM_ID, &FIELDS),
    };
    // What others change shows in the fields where nothing was typed.
    Effect::new(move |_| {
        if let Some(account) = account.get() {
            details.take(&account);
        }
    });
    let is_changed = Signal::derive(move || details.is_changed());
    let restored = outlive_session(
        draft,
        move |typed: Typed| details.show(typed),
        move || is_changed.get_untracked().then(|| details.typed()),
    );
    use_leave().guard(is_changed);
    let waits = Signal::derive(move || if is_changed.get() { "" } else { "Nothing was changed." }.to_owned());
    view! {
        <Form id=FORM_ID on_submit=move || untrack(|| details.save())>
            <RestoredNotice restored=restored is_changed=is_changed on_discard=move || details.show(details.stored.get_untracked()) />
            <FormBanner form=details.form />
            <TextField
                label="Name"
                value=details.name
                required=true
                max_length=NAME_CHARS_MAX
                error=details.form.error("display_name", details.name)
            />
            <Textarea
                label="Description"
                value=details.description
                max_length=DESCRIPTION_CHARS_MAX
                hint="What it is for, and where it runs."
                error=details.form.error("description", details.description)
            />
            <OwnerField chosen=details.owner error=details.form.message("owner") />
            <div class="form-actions">
                <Button
                    label="Save changes"
                    kind=ButtonKind::Submit
                    variant=ButtonVariant::Primary
                    busy=details.form.busy()
                    disabled_reason=waits
                />
            </div>
        </Form>
    }
}

impl Details {
    fn typed(self) -> Typed {
        Typed { name: self.name.get(), description: self.description.get(), owner: self.owner.get() }
    }

    fn is_changed(self) -> bool {
        self.typed() != self.stored.get()
    }

    fn show(self, typed: Typed) {
        self.name.set(typed.name);
        self.description.set(typed.description);
        self.owner.set(typed.owner);
    }

    /// Takes the account as it is by now.
    fn take(self, account: &Arc<Account>) {
        if self.account.with_value(|known| known == account) {
            return;
        }
        let (before, now) = (self.stored.get_untracked(), Typed::of(account));
        self.account.set_value(Arc::clone(account));
        if before != now {
            let merged = untrack(|| self.typed()).onto(&before, &now);
            self.stored.set(now);
            self.show(merged);
        }
    }

    fn save(self) {
        if !self.is_changed() || !self.form.begin() {
            return;
        }
        let change = match self.typed().change(&self.stored.get()) {
            Ok(change) => change,
            Err(errors) => return self.form.refuse(errors),
        };
        let account = self.account.get_value();
        spawn_local(async move {
            let path = ["/api/v1/accounts/", &account.id.to_string()].concat();
            match Change::new(Method::PATCH, &path).version(account.version).send::<_, Account>(&change).await {
                Ok(after) => {
                    self.form.end();
                    self.desk.messages.success("Changes saved.", None);
                    self.taken(after);
                }
                Err(ApiError::Problem(problem)) if problem.code == Code::Stale => match problem.current {
                    Some(current) => {
                        self.taken(*current);
                        self.form.say("Somebody else changed it a moment ago. What you typed is still here: look at it, and save again.");
                    }
                    None => self.form.fail(ApiError::Problem(problem)),
                },
                Err(error) => self.form.fail(error),
            }
        });
    }

    fn taken(self, account: Account) {
        let account = Arc::new(account);
        self.desk.list.replace(&account);
        if self.stored.try_get_untracked().is_some() {
            self.take(&account);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(name: &str, description: &str) -> Typed {
        Typed { name: name.to_owned(), description: description.to_owned(), owner: None }
    }

    #[test]
    fn only_what_differs_is_sent() {
        let sent = |typed: &Typed, stored: &Typed| {
            typed.change(stored).map(|change| serde_json::to_string(&change).unwrap_or_default())
        };
        let stored = Typed { owner: Some(AccountOwner { account: None, group: None }), ..typed("Ingest", "Proxy") };
        assert_eq!(sent(&stored, &stored), Ok("{}".to_owned()));
        let changed = Typed { owner: None, ..typed("Ingest EU", "Proxy") };
        assert_eq!(sent(&changed, &stored), Ok(r#"{"display_name":"Ingest EU","owner":{}}"#.to_owned()));
        assert!(sent(&typed(" ", "Proxy"), &stored).is_err());
    }

    #[test]
    fn what_was_typed_survives_what_others_changed() {
        let merged = typed("Mine", "Proxy").onto(&typed("Ingest", "Proxy"), &typed("Theirs", "Gateway"));
        assert_eq!(merged, typed("Mine", "Gateway"));
    }
}
