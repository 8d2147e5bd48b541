//! Moving accounts to another column: on screen at once, then on the server, and back where that refuses.

use std::sync::Arc;

use domain::accounts::Account;
use domain::bulk::{BulkAction, BulkKind, BulkRequest, BulkSummary, refused_words};
use domain::{AccountId, Code, OperationId};
use leptos::{prelude::*, task::spawn_local};

use super::keys;
use super::state::{Board, Column, who};
use crate::api::ApiError;
use crate::features::accounts::bulk_sending::{send, send_undo};
use crate::features::accounts::selection::Picked;
use crate::ui::MessageAction;

/// So many cards are moved on screen before the server has answered; of more the lists are read anew.
const SHIFTED_MAX: usize = 200;

/// An account on its way.
#[derive(Clone)]
struct Moving {
    picked: Picked,
    /// None where the account is selected, but not loaded.
    account: Option<Arc<Account>>,
    from: usize,
}

impl Board {
    /// Moves accounts to a column, if that takes them.
    pub(super) fn drop_on(self, accounts: Vec<Picked>, to: usize) {
        let Some(columns) = self.columns.try_get_value() else { return };
        let Some(target) = columns.get(to) else { return };
        let messages = self.desk.messages;
        if let Some(reason) = &target.refused {
            return messages.failed([&target.name, ": ", reason].concat(), None);
        }
        let Some(level) = target.level.clone() else { return };
        let moving: Vec<_> =
            accounts.iter().map(|picked| find(&columns, picked)).filter(|moving| moving.from != to).collect();
        if moving.is_empty() {
            return messages.announce(keys::stays(&who(&accounts), &target.name, accounts.len() == 1));
        }
        begin(self, &columns);
        shift(&columns, &moving, 1, |_| to);
        let action = BulkAction { level: Some(level.key), ..BulkAction::plain(BulkKind::SetLevel) };
        let name = target.name.clone();
        spawn_local(async move {
            let ids = moving.iter().map(|moving| moving.picked.id).collect();
            let seen = |moving: &Moving| moving.account.as_ref().map(|account| account.version);
            let versions = moving.iter().map(seen).collect();
            match send(BulkRequest { ids, versions, action, dry_run: false }, None).await {
                Ok(answer) => {
                    let summary = BulkSummary::of(&answer.results);
                    self.moved(&columns, moving, to, &name, &summary, answer.operation_id);
                }
                Err(error) => {
                    shift(&columns, &moving, 0, |moving| moving.from);
                    self.failed(&moving, &error);
                }
            }
            end(self, &columns);
        });
    }

    /// The server has answered: those it refused go back, and it is said why.
    fn moved(
        self,
        columns: &[Column],
        moving: Vec<Moving>,
        to: usize,
        name: &str,
        summary: &BulkSummary,
        operation: Option<OperationId>,
    ) {
        let is_refused = |moving: &Moving| summary.refused.iter().any(|(_, ids)| ids.contains(&moving.picked.id));
        let (back, moved): (Vec<_>, Vec<_>) = moving.into_iter().partition(is_refused);
        shift(columns, &back, 0, |moving| moving.from);
        let messages = self.desk.messages;
        for (code, ids) in &summary.refused {
            let refused: Vec<_> = back
                .iter()
                .filter(|moving| ids.contains(&moving.picked.id))
                .map(|moving| moving.picked.clone())
                .collect();
            messages.failed([&who(&refused), ": ", refused_words(*code), "."].concat(), None);
        }
        if !moved.is_empty() {
            let picked: Vec<_> = moved.iter().map(|moving| moving.picked.clone()).collect();
            let are = if moved.len() == 1 { " is now " } else { " are now " };
            let said = [who(&picked).as_str(), are, name, "."].concat();
            let undo =
                operation.map(|operation| MessageAction::new("Undo", move || self.take_back(&moved, to, operation)));
            messages.success(said, undo);
        }
    }

    fn take_back(self, moved: &[Moving], to: usize, operation: OperationId) {
        let columns = self.columns.try_get_value().unwrap_or_default();
        // Since then others may have moved them on: only those that are still there go back on screen.
        let is_there =
            |moving: &&Moving| columns.get(to).is_some_and(|column| column.list.place_of(moving.picked.id).is_some());
        let back: Vec<_> = moved.iter().filter(is_there).cloned().collect();
        begin(self, &columns);
        shift(&columns, &back, 2, |moving| moving.from);
        spawn_local(async move {
            match send_undo(operation).await {
                Ok(answer) => {
                    let said = [&BulkSummary::of(&answer.results).undone_words(), "."].concat();
                    self.desk.messages.success(said, None);
                }
                Err(error) => {
                    shift(&columns, &back, 1, |_| to);
                    self.failed(&back, &error);
                }
            }
            end(self, &columns);
        });
    }

    fn failed(self, moving: &[Moving], error: &ApiError) {
        if error.code() == Some(Code::NotSignedIn) {
            return self.desk.session.end();
        }
        let picked: Vec<_> = moving.iter().map(|moving| moving.picked.clone()).collect();
        self.desk.messages.failed([&who(&picked), ": ", &error.message()].concat(), None);
    }

    /// Has the focus follow an account that was moved by keyboard.
    pub(super) fn follow(self, id: AccountId, to: usize) {
        let place = self.column(to, |column| column.list.place_of(id));
        self.column(to, |column| column.list.scroll_to.try_set(place));
        self.followed.set(Some(id));
    }
}

/// Where an account is now: in the column that has it loaded, else in that of its level as last heard of.
fn find(columns: &[Column], picked: &Picked) -> Moving {
    let loaded = columns
        .iter()
        .enumerate()
        .find_map(|(at, column)| untrack(|| column.list.find(picked.id)).map(|account| (at, account)));
    let (from, account) = match loaded {
        Some((at, account)) => (at, Some(account)),
        None => {
            let is_level = |column: &Column| column.level.as_ref().map(|level| &level.key) == picked.level.as_ref();
            (columns.iter().position(is_level).unwrap_or_default(), None)
        }
    };
    Moving { picked: picked.clone(), account, from }
}

/// Shows accounts in other columns, each from wherever it is shown now, with the version it comes to have by so many
/// changes: who moves a card on before the server has answered sends that one.
fn shift(columns: &[Column], moving: &[Moving], changes: i64, to: impl Fn(&Moving) -> usize) {
    for moving in moving.iter().take(SHIFTED_MAX) {
        let Some(target) = columns.get(to(moving)) else { continue };
        if let Some(account) = &moving.account {
            for column in columns {
                column.list.remove(account.id);
            }
            let version = account.version + changes;
            let shown = Account { level: target.level.clone(), version, ..(**account).clone() };
            target.list.insert(&Arc::new(shown));
        }
    }
}

fn begin(board: Board, columns: &[Column]) {
    board.desk.list.begin_change();
    columns.iter().for_each(|column| column.list.begin_change());
}

fn end(board: Board, columns: &[Column]) {
    columns.iter().for_each(|column| column.list.end_change());
    board.desk.acted();
}
