//! What will change, line by line: who gains and who loses what, with examples.

use std::sync::Arc;

use domain::accounts::{AccountKind, AccountRef};
use domain::previews::{Preview, PreviewLine};
use leptos::prelude::*;

use super::live::{LivePreview, Stage};
use crate::ui::text::grouped;
use crate::ui::{Banner, Button, ButtonSize, Icon, Skeleton, Tone};

/// The preview of a change, for the dialog or form that makes it.
#[component]
pub(crate) fn PreviewPanel(
    /// The preview, from `LivePreview::new`.
    preview: LivePreview,
    /// What stands here while there is no change. Default: "Nothing was changed yet."
    #[prop(default = "Nothing was changed yet.")]
    idle: &'static str,
) -> impl IntoView {
    let is_busy = move || preview.stage.with(|stage| matches!(stage, Stage::Computing));
    view! {
        <section class="preview" aria-label="What will change">
            <h3>"What will change"</h3>
            <div aria-live="polite" aria-busy=move || if is_busy() { "true" } else { "false" }>
                {move || match preview.stage.get() {
                    Stage::Idle => view! { <p class="muted">{idle}</p> }.into_any(),
                    Stage::Computing => view! { <Skeleton lines=2 /> }.into_any(),
                    Stage::Ready(ready) => found(&ready).into_any(),
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

fn found(preview: &Arc<Preview>) -> AnyView {
    if preview.is_empty() {
        let text = [&preview.summary(), "."].concat();
        return view! { <p class="preview-none"><Icon icon=Icon::Check />{text}</p> }.into_any();
    }
    let lines = preview.lines().into_iter().map(line).collect::<Vec<_>>();
    let last = preview.last_permission_line().map(|text| {
        view! { <li class="preview-line preview-last"><Icon icon=Icon::Warning /><span>{text}</span></li> }
    });
    let note =
        preview.is_for_new_accounts.then(|| view! { <p class="muted">"Accounts of today stay as they are."</p> });
    view! { <ul class="preview-lines">{lines}{last}</ul>{note} }.into_any()
}

fn line(line: PreviewLine) -> AnyView {
    let (class, icon) = if line.is_gain {
        ("preview-line preview-gain", Icon::ArrowUp)
    } else {
        ("preview-line preview-loss", Icon::ArrowDown)
    };
    let is_cut = line.is_cut();
    let sentence = view! {
        <Icon icon=icon />
        <span>{line.who} " " {line.verb} " " <strong>{line.what.clone()}</strong></span>
    };
    if line.examples.is_empty() && !is_cut {
        return view! { <li class=class>{sentence}</li> }.into_any();
    }
    let all = is_cut.then(|| view! { <p>{line.labels.join(", ")}</p> });
    let examples = line.examples.into_iter().map(example).collect::<Vec<_>>();
    let others = (line.others > 0).then(|| {
        let count = grouped(usize::try_from(line.others).unwrap_or(usize::MAX));
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
