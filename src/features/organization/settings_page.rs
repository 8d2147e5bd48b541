//! Organization settings (F16): its name, its invitations, its seats.

use domain::Code;
use domain::organization::Organization;
use domain::text::NAME_CHARS_MAX;
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::edit::{Typed, change, merge};
use super::settings_fields::{InvitationFields, PasswordLengthField, SeatsField};
use super::settings_tabs::SettingsTabs;
use crate::api::{self, Change};
use crate::features::session::{Session, use_session};
use crate::form::{FormBanner, FormState};
use crate::load::Loader;
use crate::ui::{
    Banner, Button, ButtonKind, ButtonVariant, Card, Form, Messages, PageHeader, TextField, Tone, use_messages,
};

const PATH: &str = "/api/v1/organization";
const FORM_ID: &str = "settings";
const FIELDS: [&str; 5] = ["name", "invitation_ttl_hours", "default_level", "seats", "password_chars_min"];

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
    pub(super) default_level: RwSignal<String>,
    pub(super) seats: RwSignal<String>,
    pub(super) password_chars_min: RwSignal<String>,
    pub(super) stored: RwSignal<Organization>,
    /// What somebody else changed meanwhile, in words.
    overtaken: RwSignal<Vec<String>>,
    pub(super) form: FormState,
    pub(super) session: Session,
    messages: Messages,
}

impl Desk {
    fn new(organization: Organization) -> Self {
        let session = use_session();
        let level = untrack(move || session.with(|view| view.organization.default_level.clone()));
        let typed = Typed::of(&organization, level.as_deref());
        Self {
            name: RwSignal::new(typed.name),
            invitation_ttl_hours: RwSignal::new(typed.invitation_ttl_hours),
            default_level: RwSignal::new(typed.default_level),
            seats: RwSignal::new(typed.seats),
            password_chars_min: RwSignal::new(typed.password_chars_min),
            stored: RwSignal::new(organization),
            overtaken: RwSignal::new(Vec::new()),
            form: FormState::new(FORM_ID, &FIELDS),
            session,
            messages: use_messages(),
        }
    }

    fn typed(self) -> Typed {
        Typed {
            name: self.name.get(),
            invitation_ttl_hours: self.invitation_ttl_hours.get(),
            default_level: self.default_level.get(),
            seats: self.seats.get(),
            password_chars_min: self.password_chars_min.get(),
        }
    }

    fn show(self, typed: Typed) {
        self.name.set(typed.name);
        self.invitation_ttl_hours.set(typed.invitation_ttl_hours);
        self.default_level.set(typed.default_level);
        self.seats.set(typed.seats);
        self.password_chars_min.set(typed.password_chars_min);
    }

    fn base(self) -> Typed {
        let level = self.session.with(|view| view.organization.default_level.clone());
        self.stored.with(|stored| Typed::of(stored, level.as_deref()))
    }

    fn is_changed(self) -> bool {
        self.typed() != self.base()
    }

    fn save(self) {
        if !self.is_changed() || !self.form.begin() {
            return;
        }
        let levels = self.session.with(|view| view.organization.levels.clone());
        let change = match change(&self.base(), &self.typed(), &levels) {
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
        match api::get::<Organization>(PATH).await {
            Ok(now) => {
                let (base, typed) = untrack(move || (self.base(), self.typed()));
                if self.stored.try_set(now).is_none() {
                    let (merged, changes) = merge(&base, &typed, &untrack(move || self.base()));
                    self.show(merged);
                    self.overtaken.set(changes);
                }
                self.form.end();
            }
            Err(error) => self.form.fail(error),
        }
    }
}

#[component]
fn SettingsForm(organization: Organization) -> impl IntoView {
    let desk = Desk::new(organization);
    guard(desk);
    let why_not = move || if desk.is_changed() { "" } else { "Nothing was changed." };
    view! {
        <Form id=FORM_ID on_submit=move || untrack(move || desk.save())>
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
                <InvitationFields desk=desk />
            </Card>
            <Card title="Passwords">
                <PasswordLengthField desk=desk />
            </Card>
            // Beside the button that was pressed: the top of the page may be out of sight.
            <Overtaken changes=desk.overtaken />
            <FormBanner form=desk.form />
            <div class="form-actions">
                <Button
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

/// Asks before the tab is closed over what is not saved.
fn guard(desk: Desk) {
    let listener = window_event_listener(leptos::ev::beforeunload, move |event| {
        if untrack(move || desk.is_changed()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

#[component]
fn Overtaken(changes: RwSignal<Vec<String>>) -> impl IntoView {
    move || {
        let changes = changes.get();
        (!changes.is_empty()).then(|| {
            let text = ["Nothing of yours was saved yet; what you typed is kept. Changed by them: ", &changes.join("; "), "."];
            let text = text.concat();
            view! {
                <Banner tone=Tone::Warning title="Somebody else changed these settings a moment ago" text=text announce=true />
            }
        })
    }
}
