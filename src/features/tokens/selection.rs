//! The tokens that are selected, and as much of each as is kept for it.

use std::sync::Arc;

use domain::TokenId;
use domain::tokens::{REVOKE_AT_ONCE_MAX, Token};
use leptos::prelude::GetUntracked;

use super::list::TokenList;
use crate::api::ApiError;
use crate::selection::{Selectable, SelectableList};

/// A selected token.
#[derive(Clone)]
pub(crate) struct PickedToken {
    pub(super) id: TokenId,
    /// The name it had.
    pub(super) name: String,
}

impl Selectable for Token {
    const AT_ONCE_MAX: usize = REVOKE_AT_ONCE_MAX;
    type Picked = PickedToken;

    fn picked(&self) -> PickedToken {
        PickedToken { id: self.id, name: self.name.clone() }
    }
}

impl SelectableList for TokenList {
    type Row = Token;

    fn count(self) -> usize {
        self.total.get_untracked()
    }

    fn loaded(self, index: usize) -> Option<Arc<Token>> {
        self.row(index)
    }

    async fn read_rows(self, first: usize, end: usize) -> Result<Vec<Token>, ApiError> {
        self.read_between(first, end).await
    }
}
