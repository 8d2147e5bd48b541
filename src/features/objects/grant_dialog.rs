//! "Grant access": to whom, how far, until when.

use domain::Timestamp;
use domain::objects::AccessLevel;
use leptos::{prelude::*, task::spawn_local};

use super::candidates::{Candidate, Offered, Picker};
use super::desk::{ObjectDesk, Question};
use crate::ui::{
    Banner, Button, ButtonKind, ButtonVariant, Combobox, Dialog, Dismiss, EndField, Form, RadioGroup, RadioOption,
    Tone, dom, read_end, use_now,
};

const FORM: &str = "grant-access";

/// What was typed, and how the sending goes.
#[derive(Clone, Copy)]
struct Grant {
    desk: ObjectDesk,
    picker: Picker,
    level: RwSignal<String>,
    end: RwSignal<String>,
    end_error: RwSignal<Option<String>>,
    trouble: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    now: Signal<i64>,
}

/// The levels, each with what it allows.
pub(super) fn level_options() -> Vec<RadioOption> {
    [(AccessLevel::View, "See it."), (AccessLevel::Modify, "Change it, and grant and revoke access to it.")]
        .map(|(level, hint)| RadioOption::new(level.as_str(), level.label(), hint))
        .to_vec()
}

/// The dialog.
#[component]
pub(super) fn GrantDialog(desk: ObjectDesk) -> impl IntoView {
    let grant = Grant {
        desk,
        picker: Picker::new(desk, Offered::All),
        level: RwSignal::new(AccessLevel::View.as_str().to_owned()),
        end: RwSignal::new(String::new()),
        end_error: RwSignal::new(None),
        trouble: RwSignal::new(None),
        busy: RwSignal::new(false),
        now: use_now(),
    };
    let picker = grant.picker;
    let close = move || desk.question.set(None);
    let footer = move || {
        view! {
            <Button label="Cancel" on_click=close />
            <Button label="Grant access" variant=ButtonVariant::Primary kind=ButtonKind::Submit form=FORM busy=grant.busy />
        }
    };
    view! {
        <Dialog title="Grant access" dismiss=Dismiss::Guarded on_close=close footer=footer>
            <Form id=FORM on_submit=move || grant.submit()>
                {move || grant.trouble.get().map(|why| view! { <Banner tone=Tone::Danger title=why announce=true /> })}
                <Combobox
                    label="People, services and groups"
                    selected=Signal::derive(move || picker.choices())
                    options=Signal::derive(move || picker.options())
                    on_add=move |value: String| picker.add(&value)
                    on_remove=move |value: String| picker.remove(&value)
                    on_query=move |text| picker.offers.type_text(text)
                    loading=picker.offers.loading
                    trouble=picker.offers.trouble
                    error=picker.fault
                    placeholder="Type a name or an address"
                />
                <RadioGroup label="Access" value=grant.level options=Signal::stored(level_options()) />
                <EndField value=grant.end error=grant.end_error />
            </Form>
        </Dialog>
    }
}

impl Grant {
    fn submit(self) {
        if self.busy.get_untracked() {
            return;
        }
        let chosen = self.picker.chosen.get_untracked();
        let end = self.end.with_untracked(|end| read_end(end, self.now.get_untracked()));
        let nobody = chosen.is_empty().then(|| "Choose at least one.".to_owned());
        self.picker.fault.set(nobody.clone());
        self.end_error.set(end.err().map(str::to_owned));
        self.trouble.set(None);
        match end {
            Ok(end) if nobody.is_none() => self.send(chosen, end),
            _ => dom::focus_first_invalid(FORM),
        }
    }

    /// One after the other; those that were refused stay chosen, with the reason.
    fn send(self, chosen: Vec<Candidate>, end: Option<Timestamp>) {
        let level = self.level.with_untracked(|level| AccessLevel::parse(level)).unwrap_or(AccessLevel::View);
        self.busy.set(true);
        spawn_local(async move {
            let (mut given, mut refused) = (0, None);
            for candidate in chosen {
                match self.desk.put(&candidate.subject.gets(level, end)).await {
                    Ok(()) => {
                        given += 1;
                        self.picker.chosen.try_update(|chosen| chosen.retain(|known| *known != candidate));
                    }
                    Err(error) => {
                        let why = [&candidate.name, ": ", &self.desk.told(&error)].concat();
                        refused.get_or_insert(why);
                    }
                }
            }
            self.busy.try_set(false);
            if given > 0 {
                self.desk.granted(given);
            }
            match refused {
                Some(why) => drop(self.trouble.try_set(Some(why))),
                None => self.close(),
            }
        });
    }

    fn close(self) {
        self.desk.question.try_update(|question| {
            if *question == Some(Question::Grant) {
                *question = None;
            }
        });
    }
}
