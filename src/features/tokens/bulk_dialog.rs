//! "Revoke" of many tokens: what will stop working, the reason, and what became of it.

use std::sync::Arc;

use domain::bulk::refused_words;
use domain::tokens::{BulkRevoke, REASON_CHARS_MAX, TokenRevocation, TokenRevokeSummary};
use leptos::{prelude::*, task::spawn_local};

use super::acts::{TokenActs, revoke_all};
use super::selection::PickedToken;
use super::words::{accounts, tokens};
use crate::ui::{
    Banner, Button, ButtonKind, ButtonSize, ButtonVariant, Dialog, Dismiss, Form, Icon, Skeleton, TextField, Tone,
};

const FORM: &str = "revoke-tokens";
/// Names listed where some were left as they are; the others are counted.
const NAMED_MAX: usize = 50;

/// What the preview says, line by line; the lines that need attention are marked.
fn lines(summary: &TokenRevokeSummary) -> Vec<(bool, String)> {
    let mut lines =
        vec![(false, [&tokens(summary.revoked), " of ", &accounts(summary.accounts), " will be revoked."].concat())];
    if summary.in_use > 0 {
        let verb = if summary.in_use == 1 { " was" } else { " were" };
        let text = [&tokens(summary.in_use), verb, " used within the last seven days: something will stop working."];
        lines.push((true, text.concat()));
    } else if summary.revoked > 0 {
        lines.push((false, "None was used within the last seven days.".to_owned()));
    }
    if summary.left_without > 0 {
        let verb = if summary.left_without == 1 { " is" } else { " are" };
        lines.push((true, [&accounts(summary.left_without), verb, " left without any token that works."].concat()));
    }
    if summary.ended_before > 0 {
        let verb = if summary.ended_before == 1 { " has" } else { " have" };
        lines.push((false, [&tokens(summary.ended_before), verb, " ended already."].concat()));
    }
    if summary.refused > 0 {
        let verb = if summary.refused == 1 { " stays" } else { " stay" };
        lines.push((true, [&tokens(summary.refused), verb, ": beyond your own rights, or no longer there."].concat()));
    }
    lines
}

#[derive(Clone)]
enum Stage {
    Computing,
    Ready(TokenRevokeSummary),
    Failed(String),
    Done(Arc<TokenRevocation>),
}

#[derive(Clone, Copy)]
struct Revoking {
    acts: TokenActs,
    picked: StoredValue<Arc<Vec<PickedToken>>>,
    stage: RwSignal<Stage>,
    reason: RwSignal<String>,
    busy: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
    on_done: Callback<()>,
    on_close: Callback<()>,
}

/// The dialog. It is open while it is mounted.
#[component]
pub(super) fn BulkRevokeDialog(
    /// Where it is carried out.
    acts: TokenActs,
    /// The tokens.
    picked: Arc<Vec<PickedToken>>,
    /// Runs once they are revoked.
    #[prop(into)]
    on_done: Callback<()>,
    /// Runs when it closes.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let title = ["Revoke ", &tokens(picked.len() as u64)].concat();
    let revoking = Revoking {
        acts,
        picked: StoredValue::new(picked),
        stage: RwSignal::new(Stage::Computing),
        reason: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        trouble: RwSignal::new(None),
        on_done,
        on_close,
    };
    revoking.preview();
    let is_done = Memo::new(move |_| revoking.stage.with(|stage| matches!(stage, Stage::Done(_))));
    let footer = move || view! { {move || revoking.buttons(is_done.get())} };
    view! {
        <Dialog title=title dismiss=Dismiss::Guarded on_close=on_close footer=footer>
            {move || match revoking.stage.get() {
                Stage::Done(answer) => revoking.results(&answer).into_any(),
                _ => view! { <Fields revoking=revoking /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn Fields(revoking: Revoking) -> impl IntoView {
    view! {
        <section class="preview" aria-label="What will change">
            <h3>"What will change"</h3>
            <div aria-live="polite">
                {move || match revoking.stage.get() {
                    Stage::Ready(summary) => view! { <ul class="preview-lines">{lines(&summary).into_iter().map(line).collect::<Vec<_>>()}</ul> }.into_any(),
                    Stage::Failed(why) => view! {
                        <Banner tone=Tone::Danger title="This cannot be previewed" text=why>
                            <Button label="Retry" icon=Icon::Refresh size=ButtonSize::Small on_click=move || revoking.preview() />
                        </Banner>
                    }
                    .into_any(),
                    _ => view! { <Skeleton lines=2 /> }.into_any(),
                }}
            </div>
        </section>
        <Form id=FORM on_submit=move || revoking.confirm()>
            <TextField label="Reason" value=revoking.reason max_length=REASON_CHARS_MAX hint="For those who look later. This cannot be taken back." />
        </Form>
        {move || revoking.trouble.get().map(|why| view! { <Banner tone=Tone::Danger title=why announce=true /> })}
    }
}

fn line((needs_attention, text): (bool, String)) -> impl IntoView {
    let (class, icon) =
        if needs_attention { ("preview-line preview-last", Icon::Warning) } else { ("preview-line", Icon::Info) };
    view! { <li class=class><Icon icon=icon /><span>{text}</span></li> }
}

impl Revoking {
    fn request(self, dry_run: bool) -> BulkRevoke {
        let ids = self.picked.with_value(|picked| picked.iter().map(|token| token.id).collect());
        BulkRevoke { ids, reason: self.reason.with_untracked(|reason| reason.trim().to_owned()), dry_run }
    }

    fn preview(self) {
        self.stage.set(Stage::Computing);
        let request = self.request(true);
        spawn_local(async move {
            let stage = match revoke_all(&request).await {
                Ok(answer) => Stage::Ready(answer.summary),
                Err(error) => Stage::Failed(self.acts.told(&error)),
            };
            self.stage.try_set(stage);
        });
    }

    /// Why it cannot be confirmed yet; empty when it can.
    fn waits(self) -> &'static str {
        self.stage.with(|stage| match stage {
            Stage::Ready(summary) if summary.revoked == 0 => "There is nothing left to revoke.",
            Stage::Ready(_) | Stage::Done(_) => "",
            Stage::Computing => "What will change is still being computed.",
            Stage::Failed(_) => "What will change could not be computed.",
        })
    }

    fn confirm(self) {
        if self.busy.get_untracked() || !untrack(|| self.waits()).is_empty() {
            return;
        }
        self.busy.set(true);
        self.trouble.set(None);
        let request = self.request(false);
        spawn_local(async move {
            match revoke_all(&request).await {
                Ok(answer) => self.done(answer),
                Err(error) => {
                    self.busy.try_set(false);
                    self.trouble.try_set(Some(self.acts.told(&error)));
                }
            }
        });
    }

    /// A message is enough where all went well; else the tokens that were left as they are have to be seen.
    fn done(self, answer: TokenRevocation) {
        self.on_done.try_run(());
        if answer.summary.refused == 0 {
            self.on_close.try_run(());
            let verb = if answer.summary.revoked == 1 { " was" } else { " were" };
            self.acts.messages.success([&tokens(answer.summary.revoked), verb, " revoked."].concat(), None);
        } else {
            self.busy.try_set(false);
            self.stage.try_set(Stage::Done(Arc::new(answer)));
        }
    }

    fn results(self, answer: &TokenRevocation) -> impl IntoView + use<> {
        let said =
            [&tokens(answer.summary.revoked), " revoked, ", &tokens(answer.summary.refused), " left as they are."];
        let refused: Vec<String> = self.picked.with_value(|picked| {
            let name = |id| picked.iter().find(|token| token.id == id).map_or("", |token| &token.name);
            let of = answer.results.iter().filter_map(|result| Some((result.token_id, result.code?)));
            of.map(|(id, code)| [name(id), ": ", refused_words(code)].concat()).collect()
        });
        let more = refused.len().saturating_sub(NAMED_MAX);
        let rows = refused.into_iter().take(NAMED_MAX).map(|text| view! { <li class="result">{text}</li> });
        view! {
            <Banner tone=Tone::Warning title=said.concat() announce=true />
            <ul class="results">
                {rows.collect::<Vec<_>>()}
                {(more > 0).then(|| view! { <li class="result muted">"and " {more} " more"</li> })}
            </ul>
        }
    }

    fn buttons(self, is_done: bool) -> AnyView {
        let close = self.on_close;
        if is_done {
            return view! { <Button label="Done" variant=ButtonVariant::Primary on_click=close /> }.into_any();
        }
        let reason = Signal::derive(move || self.waits().to_owned());
        view! {
            <Button label="Cancel" on_click=close />
            <Button label="Revoke" variant=ButtonVariant::Danger kind=ButtonKind::Submit form=FORM busy=self.busy disabled_reason=reason />
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preview_says_what_stops_working() {
        let quiet = TokenRevokeSummary { revoked: 2, accounts: 1, ..TokenRevokeSummary::default() };
        let told = |summary: &TokenRevokeSummary| lines(summary).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(
            told(&quiet),
            ["2 tokens of 1 account will be revoked.", "None was used within the last seven days."]
        );
        let loud = TokenRevokeSummary { in_use: 1, left_without: 3, ended_before: 1, refused: 2, ..quiet };
        assert_eq!(
            told(&loud),
            [
                "2 tokens of 1 account will be revoked.",
                "1 token was used within the last seven days: something will stop working.",
                "3 accounts are left without any token that works.",
                "1 token has ended already.",
                "2 tokens stay: beyond your own rights, or no longer there.",
            ]
        );
        assert!(lines(&loud).iter().filter(|(needs_attention, _)| *needs_attention).count() == 3);
    }
}
