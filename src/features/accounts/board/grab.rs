//! Moving cards by keyboard: Space grabs, arrows choose a column, Space drops, Escape cancels.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::keys::{self, Step, step};
use super::state::{Board, Carried, Hand};
use crate::ui::dom;

impl Board {
    /// A key anywhere on the board, before anything on it hears of it.
    pub(super) fn key(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
            return;
        }
        // Whoever goes on from here goes on from where the focus is.
        self.followed.set(None);
        let key = event.key();
        if let Some(carried) = self.carried.get_untracked() {
            if carried.hand == Hand::Keyboard {
                self.carry(event, carried, &key);
            }
            return;
        }
        let Some(row) = dom::focused().filter(|focused| focused.matches("tr.row").unwrap_or(false)) else { return };
        let Some(at) = dom::closest(event, "[data-column]")
            .and_then(|column| column.get_attribute("data-column")?.parse::<usize>().ok())
        else {
            return;
        };
        match key.as_str() {
            " " => self.grab(&row, at),
            "ArrowLeft" if at > 0 => focus_column(at - 1),
            "ArrowRight" if at + 1 < self.shown() => focus_column(at + 1),
            "ArrowLeft" | "ArrowRight" => {}
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    fn grab(self, row: &web_sys::HtmlElement, from: usize) {
        let id = dom::query(row, "[data-account]").and_then(|card| card.get_attribute("data-account")?.parse().ok());
        let account = id.and_then(|id| untrack(|| self.column(from, |column| column.list.find(id))));
        let Some(account) = account else { return };
        let messages = self.desk.messages;
        match untrack(|| self.why_fixed(&account)) {
            Some(reason) => messages.announce([&account.display_name, ": ", reason].concat()),
            None => {
                let carried = Carried { accounts: self.moved_with(&account), from, over: from, hand: Hand::Keyboard };
                let place = self.column(from, |column| keys::place(&column.name, from, self.shown()));
                messages.announce(keys::grabbed(&carried.who(), &place));
                self.carried.set(Some(carried));
            }
        }
    }

    fn carry(self, event: &KeyboardEvent, carried: Carried, key: &str) {
        let messages = self.desk.messages;
        match step(key, carried.over, self.shown()) {
            Step::Over(over) => {
                let said = self.column(over, |column| {
                    keys::over(&keys::place(&column.name, over, self.shown()), column.refused.as_deref())
                });
                messages.announce(said);
                self.carried.set(Some(Carried { over, ..carried }));
                show_column(over);
            }
            Step::Drop => self.put_down(carried),
            Step::Cancel => {
                self.carried.set(None);
                let name = self.column(carried.from, |column| column.name.clone());
                messages.announce(keys::stays(&carried.who(), &name, carried.accounts.len() == 1));
                if key == "Tab" {
                    return;
                }
            }
            Step::Stay => {}
        }
        event.prevent_default();
        event.stop_propagation();
    }

    /// Where it is not possible the cards stay in hand, for another column to be chosen.
    fn put_down(self, carried: Carried) {
        if let Some(reason) = self.column(carried.over, |column| column.refused.clone())
            && carried.over != carried.from
        {
            return self.desk.messages.announce(["Not possible: ", &reason].concat());
        }
        self.carried.set(None);
        let first = carried.accounts.first().map(|picked| picked.id);
        self.drop_on(carried.accounts, carried.over);
        if let Some(id) = first {
            self.follow(id, carried.over);
        }
    }
}

fn column(at: usize) -> Option<web_sys::HtmlElement> {
    let root = document().document_element()?;
    dom::query(&root, &[".board [data-column=\"", &at.to_string(), "\"]"].concat())
}

/// Focuses the row of a column that had it last.
fn focus_column(at: usize) {
    if let Some(row) = column(at).and_then(|column| dom::query(&column, "tr.row[tabindex=\"0\"]:not([hidden])")) {
        dom::focus_element(&row);
        show_column(at);
    }
}

/// Brings a column into view, where the board is wider than the window.
fn show_column(at: usize) {
    if let Some(column) = column(at) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        column.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
