//! Organization settings (F16): its name, its invitations, its seats.

use domain::Code;
use domain::organization::Organization;
use domain::text::NAME_CHARS_MAX;
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::edit::{Overtaken, Typed, change, merge};
use super::settings_fields::{InvitationFields, PasswordLengthField, SeatsField, TokenFields};
use super::settings_tabs::SettingsTabs;
use crate::api::{self, Change};
use crate::drafts::{RestoredNotice, outlive_session};
use crate::features::session::{Session, use_session};
use crate::form::{FormBanner, FormState};
use crate::load::Loader;
use crate::ui::{
    Banner, Button, ButtonKind, ButtonVariant, Card, Form, Messages, PageHeader, TextField, Tone, dom, use_leave,
    use_messages,
};

const PATH: &str = "/api/v1/organization";
const FORM_ID: &str = "settings";
const SAVE_ID: &str = "settings-save";
const FIELDS: [&str; 5] = ["name", "invitation_ttl_hours", "seats", "password_chars_min", "tokens.ttl_days_max"];

/// The page.
#[component]
pub(crate) fn SettingsPage() -> impl IntoView {
    let organization = Loader::<Organization>::new(PATH);
    view! {
        <div class="page page-narrow">
            <PageHeader title="Organization settings" />
            <SettingsTabs />
            {organization.draw(|organization| view! { <SettingsForm organization=organization /> })}
        </div>
    }
}

/// The fields, and the stored settings they began with.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) name: RwSignal<String>,
    pub(super) invitation_ttl_hours: RwSignal<String>,
    pub(super) seats: RwSignal<String>,
    pub(super) password_chars_min: RwSignal<String>,
    pub(super) token_ttl_days_max: RwSignal<String>,
    pub(super) token_expiry_required: RwSignal<bool>,
    pub(super) user_tokens: RwSignal<bool>,
    pub(super) stored: RwSignal<Organization>,
    /// What somebody else changed meanwhile, until it is decided whose settings stay.
    overtaken: RwSignal<Vec<Overtaken>>,
    pub(super) form: FormState,
    pub(super) session: Session,
    messages: Messages,
}

impl Desk {
    fn new(organization: Organization) -> Self {
        let typed = Typed::of(&organization);
        Self {
            name: RwSignal::new(typed.name),
            invitation_ttl_hours: RwSignal::new(typed.invitation_ttl_hours),
            seats: RwSignal::new(typed.seats),
            password_chars_min: RwSignal::new(typed.password_chars_min),
            token_ttl_days_max: RwSignal::new(typed.token_ttl_days_max),
            token_expiry_required: RwSignal::new(typed.token_expiry_required),
            user_tokens: RwSignal::new(typed.user_tokens),
            stored: RwSignal::new(organization),
            overtaken: RwSignal::new(Vec::new()),
            form: FormState::new(FORM_ID, &FIELDS),
            session: use_session(),
            messages: use_messages(),
        }
    }

    fn typed(self) -> Typed {
        Typed {
            name: self.name.get(),
            invitation_ttl_hours: self.invitation_ttl_hours.get(),
            seats: self.seats.get(),
            password_chars_min: self.password_chars_min.get(),
            token_ttl_days_max: self.token_ttl_days_max.get(),
            token_expiry_required: self.token_expiry_required.get(),
            user_tokens: self.user_tokens.get(),
        }
    }

    fn show(self, typed: Typed) {
        self.name.set(typed.name);
        self.invitation_ttl_hours.set(typed.invitation_ttl_hours);
        self.seats.set(typed.seats);
        self.password_chars_min.set(typed.password_chars_min);
        self.token_ttl_days_max.set(typed.token_ttl_days_max);
        self.token_expiry_required.set(typed.token_expiry_required);
        self.user_tokens.set(typed.user_tokens);
    }

    fn base(self) -> Typed {
        self.stored.with(Typed::of)
    }

    fn is_changed(self) -> bool {
        self.typed() != self.base()
    }

    /// The stored settings and the typed ones, where they differ.
    fn unsaved(self) -> Option<(Typed, Typed)> {
        self.is_changed().then(|| (self.base(), self.typed()))
    }

    /// Shows what was typed before. What somebody else made of the same settings meanwhile is left to be decided.
    fn restore(self, (base, typed): (Typed, Typed)) {
        let (merged, mut overtaken) = merge(&base, &typed, &self.base());
        overtaken.retain(|change| change.mine.is_some());
        self.show(merged);
        self.overtaken.set(overtaken);
    }

    fn save(self) {
        if !self.is_changed() || !self.form.begin() {
            return;
        }
        let change = match change(&self.base(), &self.typed()) {
            Ok(change) => change,
            Err(errors) => return self.form.refuse(errors),
        };
        let version = self.stored.with_untracked(|stored| stored.version);
        spawn_local(async move {
            let request = Change::new(Method::PATCH, PATH).version(version);
            match request.send::<_, Organization>(&change).await {
                Ok(saved) => self.saved(saved),
                Err(error) if error.code() == Some(Code::Stale) => self.overtake().await,
                Err(error) => self.form.fail(error),
            }
        });
    }

    fn saved(self, organization: Organization) {
        self.form.end();
        self.messages.success("Settings saved.", None);
        self.session.refresh();
        if self.stored.try_set(organization).is_none() {
            self.overtaken.set(Vec::new());
            self.show(untrack(move || self.base()));
        }
    }

    /// Somebody else was quicker: shows what they changed, and keeps what was typed here.
    async fn overtake(self) {
        let now = match api::get::<Organization>(PATH).await {
            Ok(now) => now,
            Err(error) => return self.form.fail(error),
        };
        self.form.end();
        // The page may be gone by now.
        if self.stored.try_get_untracked().is_some() {
            untrack(move || {
                let (base, typed) = (self.base(), self.typed());
                self.stored.set(now);
                self.compare(&base, &typed);
            });
        }
    }

    fn compare(self, base: &Typed, typed: &Typed) {
        let (merged, overtaken) = merge(base, typed, &self.base());
        self.show(merged);
        if !self.is_changed() {
            self.messages.info("Somebody else made the same changes a moment ago.", None);
        } else if overtaken.is_empty() {
            // What they changed is none of these fields: there is nothing to decide.
            self.save();
        } else {
            self.overtaken.set(overtaken);
        }
    }

    /// Saves what was typed over what somebody else saved.
    fn keep_mine(self) {
        self.overtaken.set(Vec::new());
        dom::focus(SAVE_ID);
        self.save();
    }

    /// Lets what was typed go.
    fn take_theirs(self) {
        self.overtaken.set(Vec::new());
        dom::focus(SAVE_ID);
        self.show(self.base());
    }
}

#[component]
fn SettingsForm(organization: Organization) -> impl IntoView {
    let desk = Desk::new(organization);
    let restored = outlive_session(FORM_ID, move |unsaved| desk.restore(unsaved), move || desk.unsaved());
    let is_changed = Signal::derive(move || desk.is_changed());
    use_leave().guard(is_changed);
    let why_not = move || if desk.is_changed() { "" } else { "Nothing was changed." };
    view! {
        <Form id=FORM_ID on_submit=move || untrack(move || desk.save())>
            <RestoredNotice restored=restored is_changed=is_changed on_discard=move || untrack(move || desk.take_theirs()) />
            <Card title="Organization">
                <div class="stack">
                    <TextField
                        label="Name"
                        value=desk.name
                        required=true
                        autocomplete="organization"
                        max_length=NAME_CHARS_MAX
                        error=desk.form.error("name", desk.name)
                    />
                    <SeatsField desk=desk />
                </div>
            </Card>
            <Card title="Invitations">
                <div class="stack">
                    <InvitationFields desk=desk />
                </div>
            </Card>
            <Card title="API tokens">
                <TokenFields desk=desk />
            </Card>
            <Card title="Passwords">
                <PasswordLengthField desk=desk />
            </Card>
            // Beside the button that was pressed: the top of the page may be out of sight.
            <OvertakenNotice desk=desk />
            <FormBanner form=desk.form />
            <div class="form-actions">
                <Button
                    id=SAVE_ID
                    label="Save changes"
                    kind=ButtonKind::Submit
                    variant=ButtonVariant::Primary
                    busy=desk.form.busy()
                    disabled_reason=Signal::derive(move || why_not().to_owned())
                />
            </div>
        </Form>
    }
}

/// What somebody else changed, and the choice between theirs and one's own.
#[component]
fn OvertakenNotice(desk: Desk) -> impl IntoView {
    let text = "Nothing of yours was saved yet, and what you typed is still here.";
    move || {
        let changes = desk.overtaken.get();
        (!changes.is_empty()).then(|| {
            let lines = changes.iter().map(|change| view! { <li>{change.line()}</li> }).collect::<Vec<_>>();
            view! {
                <Banner tone=Tone::Warning title="Somebody else changed these settings a moment ago" text=text announce=true>
                    <ul class="banner-list">{lines}</ul>
                    <Button label="Keep mine" on_click=move || untrack(move || desk.keep_mine()) />
                    <Button label="Take theirs" on_click=move || untrack(move || desk.take_theirs()) />
                </Banner>
            }
        })
    }
}
