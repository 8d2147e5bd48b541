//! Where acts on accounts are carried out: at once on screen, then on the server, and back when that refuses.

use std::sync::Arc;

use domain::accounts::{Account, AccountChange, StatusChange};
use domain::bulk::BulkKind;
use domain::levels::Level;
use domain::roles::RoleRef;
use domain::{AccountId, Code};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};

use super::acts::{Act, Rights};
use super::bulk::{BulkTask, Gift};
use super::list::AccountList;
use crate::api::{ApiError, Change};
use crate::features::invitations::manage;
use crate::features::session::{Session, use_session};
use crate::selection::Selection;
use crate::ui::{MessageAction, Messages, dom, use_messages};

/// A question or choice that stands before an act.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Question {
    Resend(Arc<Account>),
    Withdraw(Arc<Account>),
    /// The browser refused the clipboard: the link of an invitation, to be copied by hand.
    Link(String),
    SignOut(Arc<Account>),
    /// Of a service account, with its id typed.
    Delete(Arc<Account>),
    Bulk(BulkTask),
}

/// The list, and who acts on it.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    pub(crate) list: AccountList,
    pub(crate) session: Session,
    pub(crate) messages: Messages,
    pub(crate) question: RwSignal<Option<Question>>,
    pub(crate) selection: Selection<Account>,
    /// How many bulk changes were made or undone: what shows more than the list follows it.
    pub(crate) acts: RwSignal<u32>,
    /// The account to be opened beside the list.
    open: Callback<AccountId>,
}

impl Desk {
    pub(crate) fn new(list: AccountList, open: impl Fn(AccountId) + Send + Sync + 'static) -> Self {
        let open = Callback::new(open);
        Self {
            list,
            session: use_session(),
            messages: use_messages(),
            question: RwSignal::new(None),
            selection: Selection::new(),
            acts: RwSignal::new(0),
            open,
        }
    }

    /// The same desk for the accounts of another list.
    pub(crate) fn of(self, list: AccountList) -> Self {
        Self { list, ..self }
    }

    /// Asks for what is to be done with accounts, shows what it will change, and does it.
    pub(crate) fn ask(self, task: BulkTask) {
        self.question.set(Some(Question::Bulk(task)));
    }

    pub(crate) fn rights(self) -> Rights {
        self.session.with(Rights::of)
    }

    pub(crate) fn is_self(self, account: &Account) -> bool {
        self.session.with(|session| Some(session.account.id) == Some(account.id))
    }

    /// Opens an account as the page has it.
    pub(crate) fn open(self, id: AccountId) {
        self.open.run(id);
    }

    /// Does what was chosen, or asks first.
    pub(crate) fn begin(self, act: Act, account: Arc<Account>) {
        match act {
            Act::Open => self.open.run(account.id),
            Act::CopyEmail => self.copy_email(&account),
            Act::CopyLink => self.copy_link(&account),
            Act::Activate => self.ask(BulkTask::one(BulkKind::Activate, &account)),
            Act::Resend => self.question.set(Some(Question::Resend(account))),
            Act::Withdraw => self.question.set(Some(Question::Withdraw(account))),
            Act::Deactivate => self.ask(BulkTask::one(BulkKind::Deactivate, &account)),
            Act::ChangeLevel => self.ask(BulkTask::one(BulkKind::SetLevel, &account)),
            // A link of the menu.
            Act::Permissions => {}
            Act::SignOut => self.question.set(Some(Question::SignOut(account))),
            Act::Delete => self.question.set(Some(Question::Delete(account))),
            Act::MakeOwner => self.ask(BulkTask::one(BulkKind::AddRole, &account).about(Gift::owner())),
            Act::RemoveOwner => self.ask(BulkTask::one(BulkKind::RemoveRole, &account).about(Gift::owner())),
        }
    }

    /// Gives an account another level, on screen at once and without a preview: the edit in its place, with Undo (F69).
    pub(crate) fn set_level(self, account: &Arc<Account>, level: &Level) {
        if account.level.as_ref().is_some_and(|now| now.key == level.key) {
            return;
        }
        let said = [&account.display_name, " is now ", &level.name, "."].concat();
        let shown = Account { level: Some(level.role_ref()), ..(**account).clone() };
        let undo = account.level.clone();
        let change = AccountChange { level: Some(level.key.clone()), ..AccountChange::default() };
        self.send(account, shown, change, move |desk, after| {
            let action = undo.map(|level| MessageAction::new("Undo", move || desk.take_level_back(&after, &level)));
            desk.messages.success(said, action);
        });
    }

    fn take_level_back(self, account: &Arc<Account>, level: &RoleRef) {
        let shown = Account { level: Some(level.clone()), ..(**account).clone() };
        let change = AccountChange { level: Some(level.key.clone()), ..AccountChange::default() };
        let said = [&account.display_name, " is ", &level.name, " again."].concat();
        self.send(account, shown, change, move |desk, _| desk.messages.success(said, None));
    }

    /// Lets an account in, or out, by its switch: at once and without a preview, with Undo (F98). Whoever stops a leaking program
    /// has no time for more.
    pub(crate) fn set_status(self, account: &Arc<Account>, status: StatusChange) {
        let (word, back) = match status {
            StatusChange::Active => (" was activated.", StatusChange::Deactivated),
            StatusChange::Deactivated => (" was deactivated.", StatusChange::Active),
        };
        let said = [&account.display_name, word].concat();
        let change = AccountChange { status: Some(status), ..AccountChange::default() };
        // What the status becomes is the server's word: it knows of invitations, seats and the last Owner.
        self.send(account, (**account).clone(), change, move |desk, after| {
            desk.session.refresh();
            let undo = MessageAction::new("Undo", move || desk.set_status_quietly(&after, back));
            desk.messages.success(said, Some(undo));
        });
    }

    fn set_status_quietly(self, account: &Arc<Account>, status: StatusChange) {
        let change = AccountChange { status: Some(status), ..AccountChange::default() };
        let said = ["Undone: ", &account.display_name, " is as before."].concat();
        self.send(account, (**account).clone(), change, move |desk, _| {
            desk.session.refresh();
            desk.messages.success(said, None);
        });
    }

    fn send(
        self,
        before: &Arc<Account>,
        shown: Account,
        change: AccountChange,
        done: impl FnOnce(Self, Arc<Account>) + 'static,
    ) {
        let before = Arc::clone(before);
        self.list.begin_change();
        self.list.replace(&Arc::new(shown));
        spawn_local(async move {
            let path = ["/api/v1/accounts/", &before.id.to_string()].concat();
            let request = Change::new(Method::PATCH, &path).version(before.version);
            match request.send::<_, Account>(&change).await {
                Ok(after) => {
                    let after = Arc::new(after);
                    self.list.replace(&after);
                    done(self, after);
                }
                Err(error) => {
                    self.list.replace(&before);
                    let said = self.refused(&before, &error);
                    self.messages.failed(said, None);
                }
            }
            self.list.end_change();
        });
    }

    /// Shows what a refusal taught about an account, and gives the sentence for it.
    pub(crate) fn refused(self, account: &Account, error: &ApiError) -> String {
        match error {
            ApiError::Problem(problem) if problem.code == Code::NotSignedIn => self.session.end(),
            ApiError::Problem(problem) => {
                if let Some(current) = problem.current.clone() {
                    self.list.replace(&Arc::from(current));
                }
                self.list.refresh();
            }
            ApiError::Offline => {}
        }
        [&account.display_name, ": ", &error.message()].concat()
    }

    fn copy_email(self, account: &Account) {
        let email = account.email.clone().unwrap_or_default();
        spawn_local(async move {
            if dom::copy_text(&email).await {
                self.messages.success([&email, " was copied."].concat(), None);
            } else {
                self.messages.failed(["The browser refused the clipboard. The address is ", &email].concat(), None);
            }
        });
    }

    fn copy_link(self, account: &Arc<Account>) {
        let account = Arc::clone(account);
        spawn_local(async move {
            match manage::link(account.id).await {
                Ok(link) if dom::copy_text(&link).await => {
                    let said =
                        ["The invitation link of ", &account.display_name, " was copied. Pass it on to them alone."];
                    self.messages.success(said.concat(), None);
                    self.list.refresh();
                }
                Ok(link) => {
                    self.question.try_set(Some(Question::Link(link)));
                }
                Err(error) => {
                    let said = self.refused(&account, &error);
                    self.messages.failed(said, None);
                }
            }
        });
    }
}
