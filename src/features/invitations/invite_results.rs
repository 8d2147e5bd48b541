//! What became of each address, and the links to pass on where there is no mail server.

use domain::accounts::{Account, AccountChange, StatusChange};
use domain::groups::GroupRef;
use domain::invitations::{InviteOutcome, InviteResult, summarize};
use domain::kept::Kept;
use domain::{AccountId, GroupId};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::invite_form::InviteForm;
use crate::api::{self, ApiError, Change};
use crate::ui::{Badge, Banner, Button, ButtonSize, CopyButton, Tone};

/// The results in one line, and one line for each address.
#[component]
pub(super) fn InviteResults(
    /// The form that was sent.
    form: InviteForm,
) -> impl IntoView {
    let results = form.results.get_untracked().unwrap_or_default();
    let tone = summary_tone(&results);
    let links = all_links(&results);
    let has_links = !links.is_empty();
    let lines: Vec<_> =
        results.iter().cloned().map(|result| view! { <ResultLine result=result form=form /> }).collect();
    view! {
        <Banner tone=tone title=summarize(&results) announce=true />
        {has_links.then(|| view! {
            <Banner tone=Tone::Info title="There is no mail server: pass the links on yourself" text="Each link lets one person in. Give it to that person alone.">
                <CopyButton text=Signal::stored(links) label="Copy all links" />
            </Banner>
        })}
        <ul class="results" aria-label="Results">{lines}</ul>
    }
}

#[component]
fn ResultLine(result: InviteResult, form: InviteForm) -> impl IntoView {
    let InviteResult { input, email, outcome, account_id, link, kept, .. } = result;
    let address = email.unwrap_or(input);
    let activated = RwSignal::new(false);
    let label = Signal::derive(move || if activated.get() { "Activated" } else { outcome.label() }.to_owned());
    let tone = Signal::derive(move || if activated.get() { Tone::Success } else { outcome_tone(outcome) });
    let may_activate = outcome == InviteOutcome::Deactivated && untrack(|| form.desk.rights().manage);
    let activate =
        account_id.filter(|_| may_activate).map(|id| view! { <ActivateButton id=id form=form activated=activated /> });
    view! {
        <li class="result">
            <span class="result-address truncate">{address}</span>
            <Badge label=label tone=tone />
            {kept.map(|kept| view! { <p class="result-more muted">{kept_words(&kept, form)}</p> })}
            {link.map(|link| view! { <CopyButton text=Signal::stored(link) label="Copy link" /> })}
            {activate}
        </li>
    }
}

/// "keeps level Viewer, without Sales", by the names under which it was asked for.
fn kept_words(kept: &Kept, form: InviteForm) -> String {
    let level_word = untrack(|| form.desk.session.with(|session| session.organization.level_word.clone()));
    let group = |id: &GroupId| {
        let name = |groups: &Vec<GroupRef>| groups.iter().find(|group| group.id == *id).map(|group| group.name.clone());
        form.asked_groups.with_value(name).unwrap_or_else(|| id.to_string())
    };
    let groups = kept.groups.iter().map(group);
    let names = form.advanced.names();
    let keys = kept.roles.iter().chain(&kept.permissions);
    let missing: Vec<_> = groups.chain(keys.map(|key| names.get(key).unwrap_or(key).clone())).collect();
    kept.words(&level_word, &missing)
}

#[component]
fn ActivateButton(id: AccountId, form: InviteForm, activated: RwSignal<bool>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let press = move || {
        busy.set(true);
        spawn_local(async move {
            let answer = activate(id).await;
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    activated.try_set(true);
                    form.desk.list.refresh();
                    form.desk.session.refresh();
                }
                Err(why) => drop(error.try_set(Some(why.message()))),
            }
        });
    };
    move || {
        (!activated.get()).then(|| {
            view! {
                <Button label="Activate" size=ButtonSize::Small busy=busy on_click=press />
                {move || error.get().map(|why| view! { <p class="field-error" role="alert">{why}</p> })}
            }
        })
    }
}

async fn activate(id: AccountId) -> Result<Account, ApiError> {
    let path = ["/api/v1/accounts/", &id.to_string()].concat();
    let account: Account = api::get(&path).await?;
    let change = AccountChange { status: Some(StatusChange::Active), ..AccountChange::default() };
    Change::new(Method::PATCH, &path).version(account.version).send(&change).await
}

const fn outcome_tone(outcome: InviteOutcome) -> Tone {
    match outcome {
        InviteOutcome::Invited | InviteOutcome::Resent => Tone::Success,
        InviteOutcome::AlreadyMember | InviteOutcome::Duplicate => Tone::Neutral,
        InviteOutcome::Deactivated | InviteOutcome::Deleted | InviteOutcome::NoSeat | InviteOutcome::TooMany => {
            Tone::Warning
        }
        InviteOutcome::Invalid | InviteOutcome::Forbidden => Tone::Danger,
    }
}

/// Success when all went out; a warning when some did not; a failure when none did.
fn summary_tone(results: &[InviteResult]) -> Tone {
    let is_sent = |result: &&InviteResult| matches!(result.outcome, InviteOutcome::Invited | InviteOutcome::Resent);
    if results.iter().all(|result| is_sent(&result)) { Tone::Success } else { Tone::Warning }
}

/// A line for each link: the address, a tab, the link, as spreadsheets and mails take it.
fn all_links(results: &[InviteResult]) -> String {
    let line = |result: &InviteResult| {
        let address = result.email.as_ref().unwrap_or(&result.input);
        result.link.as_ref().map(|link| [address, "\t", link].concat())
    };
    results.iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(input: &str, outcome: InviteOutcome, link: Option<&str>) -> InviteResult {
        InviteResult {
            index: 0,
            input: input.to_owned(),
            email: None,
            outcome,
            account_id: None,
            link: link.map(str::to_owned),
            code: None,
            kept: None,
        }
    }

    #[test]
    fn links_stand_one_on_a_line() {
        let results = [
            result("a@x.io", InviteOutcome::Invited, Some("http://h/1")),
            result("oops", InviteOutcome::Invalid, None),
            result("b@x.io", InviteOutcome::Resent, Some("http://h/2")),
        ];
        assert_eq!(all_links(&results), "a@x.io\thttp://h/1\nb@x.io\thttp://h/2");
    }
}
