//! The address of a list: it holds the filters and the opened account, so that Back works and a link shows the same view.

use std::time::Duration;

use domain::AccountId;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};

use super::filters::Filters;
use crate::api;

/// The address follows typing at a distance: browsers limit how often it may change.
const TYPED_AFTER: Duration = Duration::from_millis(300);

/// The value of `view` for the board.
const BOARD: &str = "board";

/// The state that is in the address.
#[derive(Clone, Copy)]
pub(crate) struct Address {
    filters: RwSignal<Filters>,
    default: StoredValue<Filters>,
    path: Memo<String>,
    account: Memo<Option<AccountId>>,
    board: Memo<bool>,
    go: Callback<(String, bool)>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Address {
    /// Reads the address; what it does not name is as in `default`.
    pub(crate) fn new(default: Filters) -> Self {
        let (query, path, navigate) = (use_query_map(), use_location().pathname, use_navigate());
        let read = {
            let default = default.clone();
            move || query.with(|query| default.read(|name| query.get(name)))
        };
        let address = Self {
            filters: RwSignal::new(untrack(&read)),
            default: StoredValue::new(default),
            path,
            account: Memo::new(move |_| query.with(|query| query.get("account")?.parse().ok())),
            board: Memo::new(move |_| query.with(|query| query.get("view").is_some_and(|view| view == BOARD))),
            go: Callback::new(move |(to, replace): (String, bool)| {
                navigate(&to, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
            }),
            timer: StoredValue::new(None),
        };
        Effect::new(move |_| {
            let read = read();
            if address.filters.with_untracked(|filters| *filters != read) {
                address.forget_typed();
                address.filters.set(read);
            }
        });
        on_cleanup(move || address.forget_typed());
        address
    }

    /// What the list is narrowed to, reactively.
    pub(crate) fn filters(self) -> Signal<Filters> {
        self.filters.into()
    }

    /// The account that is opened, reactively.
    pub(crate) fn account(self) -> Signal<Option<AccountId>> {
        self.account.into()
    }

    /// Whether the accounts are shown as a board instead of a list, reactively.
    pub(crate) fn board(self) -> Signal<bool> {
        self.board.into()
    }

    /// Shows the accounts as a board, or as a list; without an opened account, and with all levels on the board.
    pub(crate) fn show_board(self, board: bool) {
        self.forget_typed();
        self.filters.update(|filters| filters.level = None);
        self.go.run((untrack(move || self.href_of(None, board)), false));
    }

    /// Changes the filters, as a step that Back undoes.
    pub(crate) fn change(self, change: impl FnOnce(&mut Filters)) {
        self.forget_typed();
        self.filters.update(change);
        self.write(self.account.get_untracked(), false);
    }

    /// Changes the search at once; the address follows, without a step for each letter.
    pub(crate) fn type_search(self, search: String) {
        self.filters.update(|filters| filters.search = search);
        self.forget_typed();
        let write = move || self.write(self.account.get_untracked(), true);
        self.timer.set_value(set_timeout_with_handle(write, TYPED_AFTER).ok());
    }

    /// The address of this list with an account opened, reactively.
    pub(crate) fn href(self, account: Option<AccountId>) -> String {
        self.href_of(account, self.board.get())
    }

    fn href_of(self, account: Option<AccountId>, board: bool) -> String {
        let mut pairs = self.filters.with(|filters| self.default.with_value(|default| filters.pairs(default)));
        if board {
            pairs.push(("view", BOARD.to_owned()));
        }
        if let Some(id) = account {
            pairs.push(("account", id.to_string()));
        }
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| [name, "=", &api::encode(value)].concat()).collect();
        let path = self.path.get();
        if pairs.is_empty() { path } else { [&path, "?", &pairs.join("&")].concat() }
    }

    /// Opens an account beside the list.
    pub(crate) fn open(self, id: AccountId) {
        self.forget_typed();
        self.write(Some(id), false);
    }

    /// Closes the opened account.
    pub(crate) fn close(self) {
        self.write(None, true);
    }

    fn write(self, account: Option<AccountId>, replace: bool) {
        self.go.run((untrack(move || self.href(account)), replace));
    }

    fn forget_typed(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }
}
