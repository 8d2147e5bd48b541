//! The dialogs that stand before an act on an account.

use std::sync::Arc;

use domain::accounts::Account;
use leptos::{prelude::*, task::spawn_local};

use super::bulk_dialog::BulkDialog;
use super::desk::{Desk, Question};
use super::sign_out::SignOutDialog;
use crate::api::ApiError;
use crate::features::invitations::manage;
use crate::features::service_accounts::DeleteServiceDialog;
use crate::ui::{Banner, Button, ButtonVariant, ConfirmDialog, CopyField, Dialog, Tone};

/// The dialog of a question; its answer is carried out at the desk.
pub(super) fn dialog(desk: Desk, question: Question) -> AnyView {
    match question {
        Question::Resend(account) => view! { <ResendDialog desk=desk account=account /> }.into_any(),
        Question::Withdraw(account) => view! { <WithdrawDialog desk=desk account=account /> }.into_any(),
        Question::Link(link) => view! { <LinkDialog desk=desk link=link /> }.into_any(),
        Question::SignOut(account) => view! { <SignOutDialog desk=desk account=account /> }.into_any(),
        Question::Delete(account) => view! { <DeleteServiceDialog desk=desk account=account /> }.into_any(),
        Question::Bulk(task) => view! { <BulkDialog desk=desk task=task /> }.into_any(),
    }
}

/// An account as last known, and how far the act on it has come.
#[derive(Clone, Copy)]
pub(crate) struct Attempt {
    pub(crate) desk: Desk,
    account: StoredValue<Arc<Account>>,
    pub(crate) busy: RwSignal<bool>,
    pub(crate) error: RwSignal<Option<String>>,
}

impl Attempt {
    pub(crate) fn new(desk: Desk, account: Arc<Account>) -> Self {
        Self { desk, account: StoredValue::new(account), busy: RwSignal::new(false), error: RwSignal::new(None) }
    }

    /// Begins, unless it has begun.
    pub(crate) fn begin(self) -> Option<Arc<Account>> {
        if self.busy.get_untracked() {
            return None;
        }
        self.busy.set(true);
        self.error.set(None);
        Some(self.account.get_value())
    }

    /// Says why it failed, in the dialog. A second attempt begins with the account as it is by now.
    pub(crate) fn failed(self, account: &Account, error: &ApiError) {
        if let ApiError::Problem(problem) = error
            && let Some(current) = problem.current.clone()
        {
            self.account.try_set_value(Arc::from(current));
        }
        self.desk.refused(account, error);
        self.busy.try_set(false);
        self.error.try_set(Some(error.message()));
    }

    pub(crate) fn close(self) {
        self.desk.question.try_set(None);
    }
}

#[component]
fn ResendDialog(desk: Desk, account: Arc<Account>) -> impl IntoView {
    let attempt = Attempt::new(desk, Arc::clone(&account));
    let (hours, has_mail) = untrack(|| {
        desk.session.with(|session| (session.organization.invitation_ttl_hours, session.organization.has_mail))
    });
    let valid = [", valid for ", &hours.to_string(), " hours. The old link stops working at once."].concat();
    let begins = if has_mail { " gets a new link by e-mail" } else { " gets a new link, which you pass on yourself" };
    let text = [&account.handle, begins, &valid].concat();
    let confirm = move || {
        if let Some(account) = attempt.begin() {
            spawn_local(async move {
                match manage::resend(&account).await {
                    Ok(after) => resent(attempt, &Arc::new(after), has_mail).await,
                    Err(error) => attempt.failed(&account, &error),
                }
            });
        }
    };
    view! {
        <ConfirmDialog
            title="Resend invitation"
            text=text
            confirm="Resend"
            busy=attempt.busy
            error=attempt.error
            on_confirm=confirm
            on_close=move || attempt.close()
        />
    }
}

async fn resent(attempt: Attempt, account: &Arc<Account>, has_mail: bool) {
    let desk = attempt.desk;
    desk.list.replace(account);
    attempt.close();
    desk.list.refresh();
    if has_mail {
        desk.messages.success(["The invitation was resent to ", &account.handle, "."].concat(), None);
    } else {
        desk.messages.success(["There is a new link for ", &account.handle, ". Pass it on to them."].concat(), None);
        match manage::link(account.id).await {
            Ok(link) => drop(desk.question.try_set(Some(Question::Link(link)))),
            Err(error) => {
                let said = desk.refused(account, &error);
                desk.messages.failed(said, None);
            }
        }
    }
}

#[component]
fn WithdrawDialog(desk: Desk, account: Arc<Account>) -> impl IntoView {
    let attempt = Attempt::new(desk, Arc::clone(&account));
    let text =
        ["The link of ", &account.handle, " stops working at once. They can be invited again at any time."].concat();
    let confirm = move || {
        if let Some(account) = attempt.begin() {
            spawn_local(async move {
                match manage::withdraw(&account).await {
                    Ok(()) => {
                        attempt.close();
                        desk.list.remove(account.id);
                        desk.list.refresh();
                        desk.session.refresh();
                        desk.messages
                            .success(["The invitation of ", &account.handle, " was withdrawn."].concat(), None);
                    }
                    Err(error) => attempt.failed(&account, &error),
                }
            });
        }
    };
    view! {
        <ConfirmDialog
            title="Withdraw invitation"
            text=text
            confirm="Withdraw"
            danger=true
            busy=attempt.busy
            error=attempt.error
            on_confirm=confirm
            on_close=move || attempt.close()
        />
    }
}

#[component]
fn LinkDialog(desk: Desk, link: String) -> impl IntoView {
    let close = move || desk.question.set(None);
    let footer = move || view! { <Button label="Done" variant=ButtonVariant::Primary on_click=close /> };
    view! {
        <Dialog title="Invitation link" on_close=close footer=footer>
            <CopyField label="Link" text=Signal::stored(link) />
            <Banner tone=Tone::Warning title="Whoever has this link can accept the invitation." text="Pass it on to the invited person alone." />
        </Dialog>
    }
}
