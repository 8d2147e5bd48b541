//! The accounts that are selected, and as much of each as is kept for it.

use std::sync::Arc;

use domain::AccountId;
use domain::accounts::{Account, AccountKind};
use domain::bulk::BULK_ACCOUNTS_MAX;
use leptos::prelude::GetUntracked;

use super::list::AccountList;
use crate::api::ApiError;
use crate::selection::{Selectable, SelectableList};

/// A selected account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picked {
    pub(crate) id: AccountId,
    pub(crate) name: String,
    /// Key of the level.
    pub(crate) level: Option<String>,
    pub(crate) kind: AccountKind,
}

impl From<&Account> for Picked {
    fn from(account: &Account) -> Self {
        let level = account.level.as_ref().map(|level| level.key.clone());
        Self { id: account.id, name: account.display_name.clone(), level, kind: account.kind }
    }
}

impl Selectable for Account {
    const AT_ONCE_MAX: usize = BULK_ACCOUNTS_MAX;
    type Picked = Picked;

    fn picked(&self) -> Picked {
        self.into()
    }
}

impl SelectableList for AccountList {
    type Row = Account;

    fn count(self) -> usize {
        self.total.get_untracked()
    }

    fn loaded(self, index: usize) -> Option<Arc<Account>> {
        self.row(index)
    }

    async fn read_rows(self, first: usize, end: usize) -> Result<Vec<Account>, ApiError> {
        self.read_between(first, end).await
    }
}
