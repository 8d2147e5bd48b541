//! One object with its accesses, and the acts on it.

use std::time::Duration;

use domain::objects::{Access, AccessChange, AccessLevel, ObjectAccess, ObjectChange, ObjectKey};
use domain::permissions::ConsolePermission;
use domain::{AccountId, Code, GroupId, Timestamp};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};
use serde::Serialize;

use super::access_words::api_path;
use crate::api::{self, ApiError, Change, Fresh};
use crate::features::session::{Session, use_session};
use crate::ui::{MessageAction, Messages, use_messages};

/// How often the page looks for news, while its window is visible: with the time of an answer that is below five seconds.
const REFRESH_EVERY: Duration = Duration::from_secs(3);

/// What is known of the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Loading,
    Ready,
    /// There is none, or none for this person.
    Missing,
    Failed(String),
}

/// Who has access, or is to have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Account(AccountId),
    Group(GroupId),
}

/// A question or form that is open.
#[derive(Clone, PartialEq)]
pub(super) enum Question {
    Grant,
    Owner,
    /// When an access ends.
    End(Access),
    /// One's own access is about to go, and with it the right to share.
    Revoke(Access),
}

/// The object, and who acts on it.
#[derive(Clone, Copy)]
pub(super) struct ObjectDesk {
    path: StoredValue<String>,
    pub(super) known: RwSignal<Known>,
    access: RwSignal<Option<ObjectAccess>>,
    /// Whether a change is on its way.
    pub(super) busy: RwSignal<bool>,
    pub(super) question: RwSignal<Option<Question>>,
    /// How often was asked, or something changed here: an answer to an earlier question is not taken.
    asked: StoredValue<u32>,
    session: Session,
    messages: Messages,
}

impl Subject {
    /// The subject of an access; none of one that names neither.
    pub(super) fn of(access: &Access) -> Option<Self> {
        let account = access.account.as_ref().map(|account| Self::Account(account.id));
        account.or_else(|| access.group.as_ref().map(|group| Self::Group(group.id)))
    }

    /// The change that gives the subject access.
    pub(super) const fn gets(self, level: AccessLevel, valid_until: Option<Timestamp>) -> AccessChange {
        let (account, group) = match self {
            Self::Account(id) => (Some(id), None),
            Self::Group(id) => (None, Some(id)),
        };
        AccessChange { account, group, level, valid_until }
    }

    fn query(self) -> String {
        match self {
            Self::Account(id) => ["?account=", &id.to_string()].concat(),
            Self::Group(id) => ["?group=", &id.to_string()].concat(),
        }
    }
}

/// The name of whoever has an access.
pub(super) fn name_of(access: &Access) -> &str {
    let account = access.account.as_ref().map(|account| account.name.as_str());
    account.or_else(|| access.group.as_ref().map(|group| group.name.as_str())).unwrap_or_default()
}

impl ObjectDesk {
    /// Begins to read the object, and looks for news every three seconds.
    pub(super) fn new(key: ObjectKey) -> Self {
        let desk = Self {
            path: StoredValue::new(api_path(&key.kind, &key.external_id, api::encode)),
            known: RwSignal::new(Known::Loading),
            access: RwSignal::new(None),
            busy: RwSignal::new(false),
            question: RwSignal::new(None),
            asked: StoredValue::new(0),
            session: use_session(),
            messages: use_messages(),
        };
        desk.reload();
        let refresh = move || {
            if !document().hidden() && !desk.busy.get_untracked() {
                desk.reload();
            }
        };
        if let Ok(interval) = set_interval_with_handle(refresh, REFRESH_EVERY) {
            on_cleanup(move || interval.clear());
        }
        desk
    }

    /// Something of the object and its accesses, reactively; the default before they are there.
    pub(super) fn with<T: Default>(self, read: impl FnOnce(&ObjectAccess) -> T) -> T {
        self.access.with(|access| access.as_ref().map(read).unwrap_or_default())
    }

    /// Whether the person may grant, revoke, restrict and open, reactively.
    pub(super) fn may_share(self) -> bool {
        self.with(|access| access.may_share)
    }

    /// The address of something of this object in the API, such as `/access`.
    pub(super) fn path(self, rest: &str) -> String {
        self.path.with_value(|path| [path, rest].concat())
    }

    /// Whether losing this access leaves the person without the right to share.
    pub(super) fn is_own_hold(self, access: &Access) -> bool {
        let is_own = self.session.with(|session| {
            !session.may(ConsolePermission::ObjectsManage)
                && access.account.as_ref().is_some_and(|account| account.id == session.account.id)
        });
        is_own && access.level == AccessLevel::Modify
    }

    /// Reads it again; what was read before stays until the answer is there.
    pub(super) fn reload(self) {
        let Some(asked) = self.next() else { return };
        let path = self.path("/access");
        spawn_local(async move {
            // Its tag is the object's version, which does not tell what this person may: it is read as a whole.
            let answer = api::get_fresh::<ObjectAccess>(&path, None).await;
            if self.asked.try_get_value() == Some(asked) {
                self.took(answer);
            }
        });
    }

    /// The number of the question that is asked now; none when the page has gone.
    fn next(self) -> Option<u32> {
        self.asked.try_update_value(|asked| {
            *asked = asked.wrapping_add(1);
            *asked
        })
    }

    fn took(self, answer: Result<Fresh<ObjectAccess>, ApiError>) {
        match answer {
            Ok(Fresh::New(access, _)) => {
                // What stays the same is not drawn anew: menus and dialogs stay open.
                if self.access.with_untracked(|known| known.as_ref() != Some(&access)) {
                    self.access.set(Some(access));
                }
                self.known.set(Known::Ready);
            }
            Ok(Fresh::Unchanged) => self.known.set(Known::Ready),
            Err(error) => match error.code() {
                Some(Code::NotSignedIn) => self.session.end(),
                Some(Code::NotFound | Code::Forbidden) => self.known.set(Known::Missing),
                // What is shown stays, while the server is away.
                _ if self.known.with_untracked(|known| *known == Known::Ready) => {}
                _ => self.known.set(Known::Failed(error.message())),
            },
        }
    }

    /// Restricts it to those who have access, or opens it to all who hold the permission.
    pub(super) fn set_restricted(self, restricted: bool) {
        let state = |restricted| ObjectChange { name: None, owner: None, restricted: Some(restricted) };
        let name = self.name();
        let becomes =
            if restricted { " is restricted now: its owner and those listed have access." } else { " is open now." };
        let undo = self.undo_by("", state(!restricted), ["Undone: ", &name, " is as before."].concat());
        self.change(state(restricted), [name.as_str(), becomes].concat(), Some(undo));
    }

    fn name(self) -> String {
        self.access
            .with_untracked(|access| access.as_ref().map(|access| access.object.name.clone()))
            .unwrap_or_default()
    }

    /// Gives it another owner.
    pub(super) fn set_owner(self, owner: AccountId, name: &str) {
        let state = |owner| ObjectChange { name: None, owner: Some(owner), restricted: None };
        let before = self.access.with_untracked(|access| {
            access.as_ref().and_then(|access| access.object.owner.as_ref().map(|owner| (owner.id, owner.name.clone())))
        });
        let object = self.name();
        let undone = |was: &str| ["Undone: ", was, " owns ", &object, " as before."].concat();
        let undo = before.map(|(id, was)| self.undo_by("", state(id), undone(&was)));
        let said = [name, " owns ", &object, " now."].concat();
        self.change(state(owner), said, undo);
    }

    fn change(self, change: ObjectChange, said: String, undo: Option<MessageAction>) {
        self.busy.set(true);
        spawn_local(async move {
            let path = self.path("");
            let answer =
                Change::new(Method::PUT, &path).once().version(self.version().unwrap_or_default()).tell(&change).await;
            self.done(answer, said, undo);
        });
    }

    /// Gives a subject access that is listed already at another level or with another end, with undo.
    pub(super) fn set_access(self, before: &Access, level: AccessLevel, valid_until: Option<Timestamp>) {
        if (before.level, before.valid_until) == (level, valid_until) {
            return;
        }
        let Some(subject) = Subject::of(before) else { return };
        let undo = self.undo(before);
        let said = [name_of(before), " was changed."].concat();
        self.busy.set(true);
        spawn_local(async move {
            let answer = self.put(&subject.gets(level, valid_until)).await;
            self.done(answer, said, undo);
        });
    }

    /// Takes access away, with undo; asks first where that would be the end of one's own.
    pub(super) fn revoke(self, access: &Access) {
        if untrack(|| self.is_own_hold(access)) {
            self.question.set(Some(Question::Revoke(access.clone())));
        } else {
            self.revoke_now(access);
        }
    }

    /// Takes access away.
    pub(super) fn revoke_now(self, access: &Access) {
        let Some(subject) = Subject::of(access) else { return };
        let undo = self.undo(access).filter(|_| !untrack(|| self.is_own_hold(access)));
        let said = ["Access of ", name_of(access), " was revoked."].concat();
        self.busy.set(true);
        spawn_local(async move {
            let path = self.path(&["/access", &subject.query()].concat());
            let answer = Change::new(Method::DELETE, &path).version(self.version().unwrap_or_default()).done().await;
            self.take(&answer);
            self.done(answer, said, undo);
        });
    }

    /// The version seen, of the object and its accesses; none when the page has gone.
    fn version(self) -> Option<i64> {
        self.access.try_with_untracked(|access| access.as_ref().map_or(0, |access| access.object.version))
    }

    /// Writes one access.
    pub(super) async fn put(self, change: &AccessChange) -> Result<(), ApiError> {
        let version = self.version().unwrap_or_default();
        let answer = Change::new(Method::PUT, &self.path("/access")).once().version(version).tell(change).await;
        self.take(&answer);
        answer
    }

    /// Keeps what a change of an access tells: each raises the version by one, and one that came too late says how it is.
    fn take(self, answer: &Result<(), ApiError>) {
        self.next();
        self.access.try_update(|known| match answer {
            Ok(()) => known.iter_mut().for_each(|access| access.object.version += 1),
            Err(ApiError::Problem(problem)) => {
                if let Some(now) = &problem.current_access {
                    *known = Some((**now).clone());
                }
            }
            Err(ApiError::Offline) => {}
        });
    }

    /// Says what was granted, and shows it.
    pub(super) fn granted(self, count: usize) {
        let whom = if count == 1 {
            "Access was given.".to_owned()
        } else {
            ["Access was given to ", &count.to_string(), "."].concat()
        };
        self.messages.success(whom, None);
        self.reload();
    }

    /// Ends the session where nobody is signed in any more; else the sentence for a failure.
    pub(super) fn told(self, error: &ApiError) -> String {
        if error.code() == Some(Code::NotSignedIn) {
            self.session.end();
        }
        error.message()
    }

    /// Puts an access back as it was.
    fn undo(self, before: &Access) -> Option<MessageAction> {
        let change = Subject::of(before)?.gets(before.level, before.valid_until);
        let said = ["Undone: ", name_of(before), " has access as before."].concat();
        Some(self.undo_by("/access", change, said))
    }

    /// Puts back what was there before the act that comes next.
    fn undo_by<B: Serialize + Clone + Send + Sync + 'static>(self, at: &str, change: B, said: String) -> MessageAction {
        let path = self.path(at);
        let (messages, session) = (self.messages, self.session);
        // When the page has gone by then: the version after the act.
        let after = self.version().unwrap_or_default() + 1;
        let undo = move || {
            let (path, change, said) = (path.clone(), change.clone(), said.clone());
            // The page may have gone; the act does not need it.
            spawn_local(async move {
                let version = self.version().unwrap_or(after);
                match Change::new(Method::PUT, &path).once().version(version).tell(&change).await {
                    Ok(()) => messages.success(said, None),
                    Err(error) if error.code() == Some(Code::NotSignedIn) => session.end(),
                    Err(error) => messages.failed(error.message(), None),
                }
                if self.access.try_with_untracked(Option::is_some) == Some(true) {
                    self.reload();
                }
            });
        };
        MessageAction::new("Undo", undo)
    }

    fn done(self, answer: Result<(), ApiError>, said: String, undo: Option<MessageAction>) {
        self.next();
        self.busy.try_set(false);
        match answer {
            Ok(()) => self.messages.success(said, undo),
            Err(error) => {
                let said = match error.code() {
                    Some(Code::Stale) => {
                        "Somebody else changed this object a moment ago. It is shown as it is now: try again."
                            .to_owned()
                    }
                    _ => self.told(&error),
                };
                self.messages.failed(said, None);
                // Drawn anew: a switch that was pressed shows what is true.
                self.known.try_set(Known::Loading);
            }
        }
        if self.access.try_with_untracked(Option::is_some) == Some(true) {
            self.reload();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_is_the_account_or_the_group() {
        let account = Subject::Account(AccountId::from_u128(1));
        let change = account.gets(AccessLevel::Modify, None);
        assert_eq!((change.account.is_some(), change.group.is_some()), (true, false));
        assert!(Subject::Group(GroupId::from_u128(1)).query().starts_with("?group="));
    }
}
