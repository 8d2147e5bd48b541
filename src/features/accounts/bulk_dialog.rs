//! The dialog of a bulk change: what it is about, until when, what it will change, and what became of it.

use domain::Code;
use domain::accounts::AccountKind;
use domain::bulk::{BulkAction, BulkAnswer, BulkKind, BulkSummary};
use leptos::{prelude::*, task::spawn_local};

use super::bulk::{BulkTask, Gift, GiftKind, action, gift_kind};
use super::bulk_results::{BulkResults, Outcome};
use super::desk::Desk;
use super::gift_field::GiftField;
use super::levels;
use crate::api::ApiError;
use crate::features::previews::{LivePreview, PreviewPanel};
use crate::ui::{
    Banner, Button, ButtonVariant, Dialog, Dismiss, EndField, RadioGroup, RadioOption, Tone, end_text, read_end,
    use_now,
};

/// What is chosen in the dialog, and how far it is.
#[derive(Clone, Copy)]
struct Choosing {
    desk: Desk,
    task: StoredValue<BulkTask>,
    gift: RwSignal<Option<Gift>>,
    end: RwSignal<String>,
    now: Signal<i64>,
    preview: LivePreview,
    busy: RwSignal<bool>,
    error: RwSignal<Option<String>>,
    /// What became of it, where that is more than a message can say.
    outcome: RwSignal<Option<Outcome>>,
}

/// One change of one or many accounts, from the choice to what became of each.
#[component]
pub(super) fn BulkDialog(
    /// Where it is carried out.
    desk: Desk,
    /// What is to be done, and with which accounts.
    task: BulkTask,
) -> impl IntoView {
    let title = untrack(|| desk.session.with(|session| task.title(&session.organization.level_word)));
    let choosing = Choosing::new(desk, task);
    let footer = move || view! { <Footer choosing=choosing /> };
    view! {
        <Dialog title=title dismiss=Dismiss::Guarded on_close=move || choosing.close() footer=footer>
            {move || match choosing.outcome.get() {
                Some(outcome) => view! { <BulkResults task=choosing.task.get_value() outcome=outcome /> }.into_any(),
                None => view! { <Fields choosing=choosing /> }.into_any(),
            }}
        </Dialog>
    }
}

impl Choosing {
    fn new(desk: Desk, task: BulkTask) -> Self {
        let gift = RwSignal::new(task.gift.clone());
        let end = RwSignal::new(task.until.map(|until| end_text(until.millis())).unwrap_or_default());
        let (kind, ids, now) = (task.kind, task.ids(), use_now());
        let request = Signal::derive(move || {
            // A resend changes no rights.
            let action = chosen(kind, gift, end, now).filter(|_| kind != BulkKind::Resend)?;
            Some(desk.way(kind).preview(ids.clone(), action))
        });
        Self {
            desk,
            task: StoredValue::new(task),
            gift,
            end,
            now,
            preview: LivePreview::new(request),
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            outcome: RwSignal::new(None),
        }
    }

    fn close(self) {
        self.desk.question.try_set(None);
    }

    fn has_mail(self) -> bool {
        untrack(|| self.desk.session.with(|session| session.organization.has_mail))
    }

    /// Why it cannot be confirmed yet; empty when it can.
    fn waits(self) -> Signal<String> {
        let kind = self.task.with_value(|task| task.kind);
        let preview = self.preview.waits();
        Signal::derive(move || match (self.end_fault(), chosen(kind, self.gift, self.end, self.now)) {
            (Some(fault), _) => fault,
            (None, None) => missing(kind).to_owned(),
            (None, Some(_)) => preview.get(),
        })
    }

    /// What is wrong with the end, reactively.
    fn end_fault(self) -> Option<String> {
        self.end.with(|text| read_end(text, self.now.get())).err().map(str::to_owned)
    }

    fn confirm(self) {
        let task = self.task.get_value();
        let Some(action) = untrack(|| chosen(task.kind, self.gift, self.end, self.now)) else { return };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        let (gift, basis) = (self.gift.get_untracked(), self.preview.basis());
        spawn_local(async move {
            match self.desk.apply(&task, action, basis.as_deref()).await {
                Ok(answer) => self.done(&task, gift.as_ref(), answer),
                Err(error) => self.failed(&error),
            }
        });
    }

    /// A message is enough where all went well; else the accounts that were left as they are have to be seen.
    fn done(self, task: &BulkTask, gift: Option<&Gift>, answer: BulkAnswer) {
        let summary = BulkSummary::of(&answer.results);
        let said = match task.kind == BulkKind::Resend && !self.has_mail() && summary.changed > 0 {
            true => new_links(summary.changed),
            false => task.done(gift, &summary),
        };
        if summary.refused.is_empty() {
            self.close();
            return self.desk.tell(said, answer.operation_id);
        }
        self.busy.try_set(false);
        self.outcome.try_set(Some(Outcome { summary, said, operation: answer.operation_id }));
    }

    fn failed(self, error: &ApiError) {
        self.busy.try_set(false);
        match error.code() {
            Some(Code::NotSignedIn) => return self.desk.session.end(),
            // Rights have changed since the preview: it is computed anew, to be looked at again.
            Some(Code::Stale) => self.preview.again(),
            _ => {}
        }
        let field = match error {
            ApiError::Problem(problem) => problem.errors.first().map(|field| field.message.clone()),
            ApiError::Offline => None,
        };
        self.error.try_set(Some(field.unwrap_or_else(|| error.message())));
    }
}

/// The act as chosen so far, reactively.
fn chosen(kind: BulkKind, gift: RwSignal<Option<Gift>>, end: RwSignal<String>, now: Signal<i64>) -> Option<BulkAction> {
    let until = end.with(|text| read_end(text, now.get_untracked())).ok()?;
    gift.with(|gift| action(kind, gift.as_ref(), until))
}

/// What is said of new links where no mail carries them.
fn new_links(count: usize) -> String {
    let begins = if count == 1 { "There is a new link" } else { "There are new links" };
    [begins, ". Nothing was mailed: copy them under Invitations, and pass them on."].concat()
}

const fn missing(kind: BulkKind) -> &'static str {
    match gift_kind(kind) {
        Some(GiftKind::Group) => "Choose a group first.",
        Some(GiftKind::Permission) => "Choose a permission first.",
        Some(GiftKind::Level) => "Choose one of the levels first.",
        _ => "Choose a role first.",
    }
}

#[component]
fn Footer(choosing: Choosing) -> impl IntoView {
    let (confirm, is_danger) = choosing.task.with_value(|task| (task.confirm(), task.is_danger()));
    let variant = if is_danger { ButtonVariant::Danger } else { ButtonVariant::Primary };
    let waits = choosing.waits();
    move || {
        match choosing.outcome.get() {
        Some(outcome) => {
            let undo = move |operation| {
                choosing.close();
                choosing.desk.undo(operation);
            };
            // The message that follows offers Undo, too.
            let done = move || {
                choosing.close();
                if outcome.summary.changed > 0 {
                    choosing.desk.tell(outcome.said.clone(), outcome.operation);
                }
            };
            view! {
                {outcome.operation.map(|operation| view! { <Button label="Undo" on_click=move || undo(operation) /> })}
                <Button label="Done" variant=ButtonVariant::Primary on_click=done />
            }
            .into_any()
        }
        None => view! {
            <Button label="Cancel" on_click=move || choosing.close() />
            <Button label=confirm variant=variant busy=choosing.busy disabled_reason=waits on_click=move || choosing.confirm() />
        }
        .into_any(),
    }
    }
}

#[component]
fn Fields(choosing: Choosing) -> impl IntoView {
    let task = choosing.task.get_value();
    let about = match gift_kind(task.kind) {
        // The levels stand side by side, also where one of them is chosen beforehand.
        Some(GiftKind::Level) => Some(view! { <LevelField choosing=choosing /> }.into_any()),
        Some(kind) if task.gift.is_none() => Some(view! { <GiftField kind=kind chosen=choosing.gift /> }.into_any()),
        _ => None,
    };
    let is_owner = task.gift == Some(Gift::owner());
    // An Owner with an end would not count as the one who always remains (I1).
    let end = (task.kind.may_end() && !is_owner).then(|| {
        view! {
            <EndField value=choosing.end label="Until" error=Signal::derive(move || choosing.end_fault()) />
        }
    });
    let by_hand = (task.kind == BulkKind::Resend && !choosing.has_mail())
        .then_some("There is no mail server: nothing is sent. Whoever is still invited gets a new link, which you copy under Invitations and pass on. The old links stop working at once.");
    let note = by_hand.or_else(|| note(&task, is_owner)).map(|note| view! { <p class="prose">{note}</p> });
    let preview = (task.kind != BulkKind::Resend).then(|| {
        view! { <PreviewPanel preview=choosing.preview idle="Choose first; then it stands here who gains and who loses what." /> }
    });
    view! {
        <div class="stack">
            {note}
            {about}
            {end}
            {preview}
            {move || choosing.error.get().map(|error| view! { <Banner tone=Tone::Danger title=error announce=true /> })}
        </div>
    }
}

/// What the act means, where its name does not say it.
fn note(task: &BulkTask, is_owner: bool) -> Option<&'static str> {
    match task.kind {
        BulkKind::AddRole if is_owner => {
            Some("An Owner holds every permission of the console and of the product, and makes and unmakes Owners.")
        }
        BulkKind::RemoveRole if is_owner => Some("What the account holds by its level, roles and groups stays."),
        BulkKind::Deactivate => Some(match task.accounts.as_slice() {
            [only] if only.kind == AccountKind::Service => {
                "Its tokens stop working at once. Everything of the account is kept, and it can be activated again."
            }
            [_] => {
                "They are signed out everywhere and can no longer sign in. The seat becomes free. Everything of the account is kept, and it can be activated again."
            }
            all if all.iter().all(|picked| picked.kind == AccountKind::Service) => {
                "They can do nothing from the next request on: none of their tokens works until they are activated again."
            }
            _ => {
                "They are signed out everywhere and can no longer sign in. Their seats become free. Everything of the accounts is kept, and they can be activated again."
            }
        }),
        BulkKind::Resend => Some("Whoever is still invited gets a new link. The old links stop working at once."),
        _ => None,
    }
}

#[component]
fn LevelField(choosing: Choosing) -> impl IntoView {
    let desk = choosing.desk;
    let choices = untrack(|| desk.session.with(levels::choices));
    let word = untrack(|| desk.session.with(|session| session.organization.level_word.clone()));
    let now = choosing.task.with_value(|task| match task.accounts.as_slice() {
        _ if task.gift.is_some() => task.gift.as_ref().map(|gift| gift.value.clone()).unwrap_or_default(),
        [only] => only.level.clone().unwrap_or_default(),
        _ => String::new(),
    });
    let value = RwSignal::new(now);
    let option = |choice: &levels::LevelChoice| {
        RadioOption::new(&choice.level.key, &choice.level.name, &choice.level.description)
            .disabled(choice.refused.clone())
    };
    let options: Vec<_> = choices.iter().map(option).collect();
    Effect::watch(
        move || value.get(),
        move |key, _, _| {
            let level = choices.iter().find(|choice| choice.level.key == *key);
            choosing.gift.set(level.map(|choice| Gift::level(&choice.level.role_ref())));
        },
        false,
    );
    view! { <RadioGroup label=word value=value options=Signal::stored(options) /> }
}
