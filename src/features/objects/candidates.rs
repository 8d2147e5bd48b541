//! Whom access can be given to, found by typing; open to those who may share, whatever else they may see.

use domain::objects::Candidates;
use leptos::prelude::*;

use super::desk::{ObjectDesk, Subject};
use crate::api;
use crate::offers::Offers;
use crate::ui::{Choice, OptionView};

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
    offered: Offered,
    pub(super) offers: Offers<Candidate>,
    pub(super) chosen: RwSignal<Vec<Candidate>>,
    /// What is wrong with what is chosen.
    pub(super) fault: RwSignal<Option<String>>,
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
        let named = move |text: String| async move {
            let path = desk.path(&["/candidates?q=", &api::encode(&text)].concat());
            api::get::<Candidates>(&path).await.map(|found| Candidate::all(found, offered))
        };
        Self { offered, offers: Offers::new(named), chosen: RwSignal::new(Vec::new()), fault: RwSignal::new(None) }
    }

    /// What is offered, reactively.
    pub(super) fn options(self) -> Vec<OptionView> {
        let option = |candidate: &Candidate| OptionView {
            value: candidate.value(),
            label: candidate.name.clone(),
            hint: candidate.note.clone(),
        };
        self.offers.with(|found| found.iter().map(option).collect())
    }

    /// What is chosen, reactively.
    pub(super) fn choices(self) -> Vec<Choice> {
        let choice = |candidate: &Candidate| Choice::new(candidate.value(), candidate.name.clone());
        self.chosen.with(|chosen| chosen.iter().map(choice).collect())
    }

    pub(super) fn add(self, value: &str) {
        let found = self.offers.find(|known| known.value() == value, Clone::clone);
        self.fault.set(None);
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
