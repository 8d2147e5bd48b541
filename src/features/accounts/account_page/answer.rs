//! The answer: allowed, and by which ways; or not, why not, and what would change that.

use domain::check::Fix;
use leptos::prelude::*;

use super::fixes;
use super::question::{Answered, Question, Words};
use super::reasons::Reasons;
use crate::ui::{Banner, Button, ButtonSize, Tone};

/// The answer to the last question.
#[component]
pub(super) fn AnswerView(question: Question, answered: Answered) -> impl IntoView {
    let Answered { question: asked, words, answer } = answered;
    let Words { permission, object } = words;
    let object = object.map(|object| [", ", &object].concat()).unwrap_or_default();
    if answer.allowed {
        let title = ["Yes: ", &permission, &object].concat();
        return view! {
            <Banner tone=Tone::Success title=title>
                <Reasons page=question.page paths=answer.paths object=asked.object />
            </Banner>
        }
        .into_any();
    }
    let why = answer.reason.map(|reason| reason.words()).unwrap_or_default();
    let title = ["No: ", why, "."].concat();
    let fixes = answer.fixes.iter().map(|fix| fix_view(question, &permission, fix)).collect::<Vec<_>>();
    let has_fixes = !fixes.is_empty();
    view! {
        <Banner tone=Tone::Warning title=title text=[permission, object].concat() />
        {has_fixes.then(|| view! {
            <section class="given">
                <h3>"What would allow it"</h3>
                <ul class="given-lines">{fixes}</ul>
            </section>
        })}
    }
    .into_any()
}

fn fix_view(question: Question, permission: &str, fix: &Fix) -> impl IntoView + use<> {
    let page = question.page;
    let word = page.desk.session.with(|session| session.organization.level_word.clone());
    let words = fix.words(&word, |_| permission.to_owned());
    let (extra, fix) = (fix.extra_words(), fix.clone());
    let may_apply = {
        let fix = fix.clone();
        Memo::new(move |_| fixes::may_apply(page, &fix))
    };
    view! {
        <li class="given-line">
            <span class="given-name">{words}</span>
            <span class="muted given-note">{extra}</span>
            {move || {
                let fix = fix.clone();
                let apply = move || fixes::apply(question, &fix);
                may_apply.get().then(|| view! { <Button label="Apply" size=ButtonSize::Small on_click=apply /> })
            }}
        </li>
    }
}
