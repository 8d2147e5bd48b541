//! Whom access can be given to, found by typing; open to those who may share, whatever else they may see.

use std::time::Duration;

use domain::objects::Candidates;
use leptos::{prelude::*, task::spawn_local};

use super::desk::{ObjectDesk, Subject};
use crate::api;
use crate::ui::{Choice, OptionView};

/// How long typing rests before candidates are looked for.
const REST: Duration = Duration::from_millis(120);

/// Somebody who can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) subject: Subject,
    pub(super) name: String,
    /// The handle of an account; "Group" of a group.
    note: String,
}

/// Who is offered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Offered {
    All,
    /// Those who can own something.
    Accounts,
}

/// What is chosen and offered in a field for people and groups.
#[derive(Clone, Copy)]
pub(super) struct Picker {
    desk: ObjectDesk,
    offered: Offered,
    found: RwSignal<Vec<Candidate>>,
    pub(super) chosen: RwSignal<Vec<Candidate>>,
    pub(super) loading: RwSignal<bool>,
    pub(super) trouble: RwSignal<Option<String>>,
    asked: StoredValue<u32>,
    rest: StoredValue<Option<TimeoutHandle>>,
}

impl Candidate {
    fn all(candidates: Candidates, offered: Offered) -> Vec<Self> {
        let accounts = candidates.accounts.into_iter().map(|account| Self {
            subject: Subject::Account(account.id),
            name: account.name,
            note: account.handle,
        });
        let groups = candidates.groups.into_iter().filter(|_| offered == Offered::All).map(|group| Self {
            subject: Subject::Group(group.id),
            name: group.name,
            note: "Group".to_owned(),
        });
        groups.chain(accounts).collect()
    }

    fn value(&self) -> String {
        match self.subject {
            Subject::Account(id) => id.to_string(),
            Subject::Group(id) => id.to_string(),
        }
    }
}

impl Picker {
    pub(super) fn new(desk: ObjectDesk, offered: Offered) -> Self {
        let picker = Self {
            desk,
            offered,
            found: RwSignal::new(Vec::new()),
            chosen: RwSignal::new(Vec::new()),
            loading: RwSignal::new(false),
            trouble: RwSignal::new(None),
            asked: StoredValue::new(0),
            rest: StoredValue::new(None),
        };
        picker.ask(String::new());
        on_cleanup(move || picker.stop_resting());
        picker
    }

    /// What is offered, reactively.
    pub(super) fn options(self) -> Vec<OptionView> {
        let option = |candidate: &Candidate| OptionView {
            value: candidate.value(),
            label: candidate.name.clone(),
            hint: candidate.note.clone(),
        };
        self.found.with(|found| found.iter().map(option).collect())
    }

    /// What is chosen, reactively.
    pub(super) fn choices(self) -> Vec<Choice> {
        let choice = |candidate: &Candidate| Choice::new(candidate.value(), candidate.name.clone());
        self.chosen.with(|chosen| chosen.iter().map(choice).collect())
    }

    pub(super) fn add(self, value: &str) {
        let found = self.found.with_untracked(|found| found.iter().find(|known| known.value() == value).cloned());
        self.trouble.set(None);
        self.chosen.update(|chosen| {
            if self.offered == Offered::Accounts {
                chosen.clear();
            }
            chosen.extend(found);
        });
    }

    pub(super) fn remove(self, value: &str) {
        self.chosen.update(|chosen| chosen.retain(|known| known.value() != value));
    }

    /// Looks for what is typed, once typing rests.
    pub(super) fn type_text(self, text: String) {
        self.stop_resting();
        self.loading.set(true);
        self.rest.set_value(set_timeout_with_handle(move || self.ask(text.clone()), REST).ok());
    }

    fn stop_resting(self) {
        if let Some(Some(rest)) = self.rest.try_update_value(Option::take) {
            rest.clear();
        }
    }

    fn ask(self, text: String) {
        let asked = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        });
        self.loading.set(true);
        spawn_local(async move {
            let path = self.desk.path(&["/candidates?q=", &api::encode(text.trim())].concat());
            let answer = api::get::<Candidates>(&path).await;
            // The answer to an older question is too late, and so is any when the dialog has gone.
            if asked.is_none() || self.asked.try_get_value() != asked {
                return;
            }
            self.loading.set(false);
            match answer {
                Ok(candidates) => self.found.set(Candidate::all(candidates, self.offered)),
                Err(error) => self.trouble.set(Some(self.desk.told(&error))),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use domain::accounts::{AccountKind, AccountRef};
    use domain::groups::GroupRef;
    use domain::{AccountId, GroupId};

    use super::*;

    #[test]
    fn groups_come_first_and_own_nothing() {
        let candidates = || Candidates {
            accounts: vec![AccountRef {
                id: AccountId::from_u128(1),
                kind: AccountKind::User,
                name: "Ana".to_owned(),
                handle: "ana@example.com".to_owned(),
            }],
            groups: vec![GroupRef { id: GroupId::from_u128(2), name: "Ops".to_owned() }],
        };
        let names =
            |offered| Candidate::all(candidates(), offered).into_iter().map(|known| known.name).collect::<Vec<_>>();
        assert_eq!(names(Offered::All), ["Ops", "Ana"]);
        assert_eq!(names(Offered::Accounts), ["Ana"]);
    }
}
