//! "Why, and why not": a question about one permission, and one object if wanted.

use domain::check::{CheckAnswer, CheckRequest};
use domain::objects::{AccessLevel, ObjectKey};
use leptos::{prelude::*, task::spawn_local};

use super::answer::AnswerView;
use super::object_field::{Chosen, ObjectField};
use super::state::Page;
use crate::api::{ApiError, Change};
use crate::features::accounts::bulk::{Gift, GiftKind};
use crate::features::accounts::gift_field::{GiftField, Offer};
use crate::features::objects::ObjectTypes;
use crate::ui::{Banner, Button, ButtonKind, ButtonVariant, Card, Form, Select, SelectOption, Tone};

const FORM: &str = "why";
/// The value for no object.
const NO_OBJECT: &str = "";

/// What was asked, and the answer.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) question: CheckRequest,
    pub(super) words: Words,
    pub(super) answer: CheckAnswer,
}

/// What is asked about, as people call it.
#[derive(Clone)]
pub(super) struct Words {
    pub(super) permission: String,
    /// What is to be done with the object, and its name; none where no object is asked about.
    pub(super) object: Option<String>,
}

/// The fields, and the last answer.
#[derive(Clone, Copy)]
pub(super) struct Question {
    pub(super) page: Page,
    permission: RwSignal<Option<Gift>>,
    kind: RwSignal<String>,
    object: RwSignal<Option<Chosen>>,
    access: RwSignal<String>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<String>>,
    /// How often the question was changed: the answer to an older one is not shown.
    round: StoredValue<u32>,
    pub(super) answered: RwSignal<Option<Answered>>,
}

/// The card.
#[component]
pub(super) fn QuestionCard(page: Page) -> impl IntoView {
    let question = Question {
        page,
        permission: RwSignal::new(None),
        kind: RwSignal::new(NO_OBJECT.to_owned()),
        object: RwSignal::new(None),
        access: RwSignal::new(AccessLevel::View.as_str().to_owned()),
        busy: RwSignal::new(false),
        error: RwSignal::new(None),
        round: StoredValue::new(0),
        answered: RwSignal::new(None),
    };
    // Whatever was given or taken meanwhile may change the answer.
    Effect::watch(
        move || page.desk.acts.track(),
        move |(), _, _| {
            if let Some(answered) = question.answered.get_untracked() {
                question.send(answered.question, answered.words);
            }
        },
        false,
    );
    // Under another question the answer to the last would be a lie.
    Effect::watch(
        move || {
            question.permission.track();
            question.kind.track();
            question.object.track();
            question.access.track();
        },
        move |(), _, _| {
            question.round.update_value(|round| *round = round.wrapping_add(1));
            question.answered.set(None);
        },
        false,
    );
    let who = Signal::derive(move || {
        let name = page.read(|account| account.display_name.clone());
        ["Can ", &name, " do this?"].concat()
    });
    view! {
        <Card title="Why, and why not">
            <Form id=FORM on_submit=move || question.ask()>
                <p class="muted">{who}</p>
                <Fields question=question />
                {move || question.error.get().map(|error| view! { <Banner tone=Tone::Danger title=error announce=true /> })}
                <div class="form-actions">
                    <Button label="Ask" kind=ButtonKind::Submit variant=ButtonVariant::Primary busy=question.busy />
                </div>
            </Form>
            <div aria-live="polite">
                {move || question.answered.get().map(|answered| view! { <AnswerView question=question answered=answered /> })}
            </div>
        </Card>
    }
}

#[component]
fn Fields(question: Question) -> impl IntoView {
    let types = ObjectTypes::new();
    let options = Signal::derive(move || {
        let none = SelectOption::new(NO_OBJECT, "No particular object");
        std::iter::once(none)
            .chain(types.all().into_iter().map(|term| SelectOption::new(term.key, term.label)))
            .collect::<Vec<_>>()
    });
    let has_types = Memo::new(move |_| !types.all().is_empty());
    let has_object = Memo::new(move |_| question.kind.with(|kind| kind != NO_OBJECT));
    let levels = [AccessLevel::View, AccessLevel::Modify].map(|level| SelectOption::new(level.as_str(), level.label()));
    let levels = levels.to_vec();
    // Another type has other objects.
    Effect::watch(move || question.kind.track(), move |(), _, _| question.object.set(None), false);
    view! {
        <GiftField kind=GiftKind::Permission chosen=question.permission offer=Offer::All />
        {move || has_types.get().then(|| view! { <Select label="Object" value=question.kind options=options /> })}
        {move || {
            let levels = levels.clone();
            has_object.get().then(|| view! {
                <ObjectField kind=question.kind chosen=question.object />
                <Select label="To do what" value=question.access options=Signal::stored(levels) />
            })
        }}
    }
}

impl Question {
    fn ask(self) {
        let Some(permission) = self.permission.get_untracked() else {
            return self.error.set(Some("Choose a permission first.".to_owned()));
        };
        let kind = self.kind.get_untracked();
        let chosen = self.object.get_untracked().filter(|_| kind != NO_OBJECT);
        if kind != NO_OBJECT && chosen.is_none() {
            return self.error.set(Some("Choose the object first.".to_owned()));
        }
        let access = chosen.as_ref().and_then(|_| AccessLevel::parse(&self.access.get_untracked()));
        let verb = access.map_or("", |access| access.label());
        let object = chosen.as_ref().map(|object| [verb, " \u{201c}", &object.name, "\u{201d}"].concat());
        let words = Words { permission: permission.name, object };
        let object = chosen.map(|object| ObjectKey { kind, external_id: object.external_id });
        let request = CheckRequest { permission: permission.value, account: Some(self.page.id), object, access };
        self.send(request, words);
    }

    fn send(self, question: CheckRequest, words: Words) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        let round = self.round.get_value();
        spawn_local(async move {
            let answer = Change::post("/api/v1/check").send::<_, CheckAnswer>(&question).await;
            self.busy.try_set(false);
            match answer {
                Ok(_) if self.round.try_get_value() != Some(round) => {}
                Ok(answer) => {
                    self.answered.try_set(Some(Answered { question, words, answer }));
                }
                Err(error) => self.failed(&error),
            }
        });
    }

    pub(super) fn failed(self, error: &ApiError) {
        if error.code() == Some(domain::Code::NotSignedIn) {
            return self.page.desk.session.end();
        }
        let field = match error {
            ApiError::Problem(problem) => problem.errors.first().map(|field| field.message.clone()),
            ApiError::Offline => None,
        };
        self.error.try_set(Some(field.unwrap_or_else(|| error.message())));
    }
}
