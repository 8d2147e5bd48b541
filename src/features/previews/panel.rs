//! What will change, line by line: who gains and who loses what and until when, with examples; who stays as they are, and why.

use std::sync::Arc;

use domain::accounts::{AccountKind, AccountRef};
use domain::previews::{Course, Preview, PreviewLine, Refusal};
use leptos::prelude::*;

use super::live::{LivePreview, Stage};
use crate::ui::text::grouped;
use crate::ui::{Banner, Button, ButtonSize, Icon, Skeleton, Tone, moment, use_now};

/// The preview of a change, for the dialog or form that makes it.
#[component]
pub(crate) fn PreviewPanel(
    /// The preview, from `LivePreview::new`.
    preview: LivePreview,
    /// What stands here while there is no change. Default: "Nothing was changed yet."
    #[prop(default = "Nothing was changed yet.")]
    idle: &'static str,
) -> impl IntoView {
    let now = use_now();
    let is_busy = move || preview.stage.with(|stage| matches!(stage, Stage::Computing));
    view! {
        <section class="preview" aria-label="What will change">
            <h3>"What will change"</h3>
            <div aria-live="polite" aria-busy=move || if is_busy() { "true" } else { "false" }>
                {move || match preview.stage.get() {
                    Stage::Idle => view! { <p class="muted">{idle}</p> }.into_any(),
                    Stage::Computing => view! { <Skeleton lines=2 /> }.into_any(),
                    Stage::Ready(ready) => found(&ready, now.get_untracked()).into_any(),
                    Stage::Failed(why) => view! {
                        <Banner tone=Tone::Danger title="This cannot be previewed" text=why>
                            <Button label="Retry" icon=Icon::Refresh size=ButtonSize::Small on_click=move || preview.again() />
                        </Banner>
                    }
                    .into_any(),
                }}
            </div>
        </section>
    }
}

fn found(preview: &Arc<Preview>, now: i64) -> AnyView {
    let unchanged = preview.is_empty().then(|| nothing(preview)).flatten();
    let lines = preview.lines().into_iter().map(|found| line(found, now)).collect::<Vec<_>>();
    let last = preview.last_permission_line().map(warning);
    let narrowed = preview.narrowed_line().map(warning);
    let ties = preview.group.map(|ties| ties.lines().into_iter().map(warning).collect::<Vec<_>>());
    let refused = preview.refused.iter().map(refusal).collect::<Vec<_>>();
    let later = preview.later_lines().into_iter().map(later).collect::<Vec<_>>();
    let note =
        preview.is_for_new_accounts.then(|| view! { <p class="muted">"Accounts of today stay as they are."</p> });
    let is_list = !(lines.is_empty()
        && narrowed.is_none()
        && later.is_empty()
        && ties.as_ref().is_none_or(Vec::is_empty)
        && refused.is_empty());
    let note = note.filter(|_| is_list);
    let list = is_list.then(|| view! { <ul class="preview-lines">{lines}{narrowed}{last}{later}{ties}{refused}</ul> });
    view! { {unchanged}{list}{note} }.into_any()
}

/// What is said where no permission changes; nothing where that is because nobody can be changed.
fn nothing(preview: &Preview) -> Option<AnyView> {
    preview.refusal().is_none().then(|| {
        let text = [&preview.summary(|_| String::new()), "."].concat();
        view! { <p class="preview-none"><Icon icon=Icon::Check />{text}</p> }.into_any()
    })
}

fn later(text: String) -> impl IntoView {
    view! { <li class="preview-line muted"><Icon icon=Icon::Info /><span>{text}</span></li> }
}

fn warning(text: String) -> impl IntoView {
    view! { <li class="preview-line preview-last"><Icon icon=Icon::Warning /><span>{text}</span></li> }
}

fn line(line: PreviewLine, now: i64) -> AnyView {
    let (class, icon) = match line.course {
        Course::Gained | Course::Extended => ("preview-line preview-gain", Icon::ArrowUp),
        Course::Lost | Course::Shortened => ("preview-line preview-loss", Icon::ArrowDown),
    };
    let is_cut = line.is_cut();
    let ending = line.ending(|at| moment(at.millis(), now));
    let sentence = view! { {line.who} " " {line.verb} " " <strong>{line.what.clone()}</strong> {ending} };
    let all = is_cut.then(|| view! { <p>{line.labels.join(", ")}</p> }.into_any());
    opening(class, icon, sentence.into_any(), all, line.examples, line.others)
}

/// Accounts that stay as they are, and why.
fn refusal(refused: &Refusal) -> AnyView {
    let (sentence, others) = (refused.sentence().into_any(), refused.others());
    opening("preview-line preview-last", Icon::Warning, sentence, None, refused.examples.clone(), others)
}

/// A line that opens where there is more behind it.
fn opening(
    class: &'static str,
    icon: Icon,
    sentence: AnyView,
    all: Option<AnyView>,
    examples: Vec<AccountRef>,
    others: u64,
) -> AnyView {
    let sentence = view! { <Icon icon=icon /><span>{sentence}</span> };
    if examples.is_empty() && all.is_none() {
        return view! { <li class=class>{sentence}</li> }.into_any();
    }
    let examples = examples.into_iter().map(example).collect::<Vec<_>>();
    let others = (others > 0).then(|| {
        let count = grouped(usize::try_from(others).unwrap_or(usize::MAX));
        view! { <li class="muted">"and " {count} " more"</li> }
    });
    view! {
        <li>
            <details>
                <summary class=class>{sentence}</summary>
                <div class="preview-more">
                    {all}
                    <ul>{examples}{others}</ul>
                </div>
            </details>
        </li>
    }
    .into_any()
}

fn example(account: AccountRef) -> impl IntoView {
    let icon = if account.kind == AccountKind::Service { Icon::Bot } else { Icon::User };
    let handle = (account.handle != account.name).then(|| view! { <span class="muted">{account.handle}</span> });
    view! { <li class="preview-account"><Icon icon=icon /><span>{account.name}</span>{handle}</li> }
}
