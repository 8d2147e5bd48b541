//! One card of the board: who it is, how they stand, and the menu that moves it without dragging.

use std::sync::Arc;

use domain::AccountId;
use domain::accounts::Account;
use leptos::{html::Div, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::state::Board;
use crate::features::accounts::acts::Act;
use crate::features::accounts::row::{Row, menu_items_but};
use crate::features::accounts::select_cells::SelectBox;
use crate::features::accounts::words::{is_named, status_label, status_tone};
use crate::ui::{Badge, ButtonSize, Icon, MenuAlign, MenuButton, MenuItem, dom};

/// The cell that a row of a column consists of.
#[component]
pub(super) fn Card(
    /// The board.
    board: Board,
    /// The account that the row shows.
    row: Row,
    /// Where the row stands.
    index: Signal<usize>,
    /// Which column it is in.
    column: usize,
) -> impl IntoView {
    let label =
        Signal::derive(move || row.status().map(|status| status_label(status, &row.word())).unwrap_or_default());
    let tone = Signal::derive(move || row.status().map(status_tone).unwrap_or_default());
    let fixed = Memo::new(move |_| row.read(|account| Some(board.why_fixed(account))).flatten());
    let is_carried = Memo::new(move |_| {
        let id = row.id();
        board.carried.with(|carried| {
            carried.as_ref().is_some_and(|carried| carried.accounts.iter().any(|picked| Some(picked.id) == id))
        })
    });
    let class = move || match (is_carried.get(), fixed.get().is_some()) {
        (true, _) => "board-card board-carried",
        (false, true) => "board-card",
        (false, false) => "board-card board-movable",
    };
    let why = move || fixed.get().filter(|reason| !reason.is_empty());
    let can_select = Memo::new(move |_| board.desk.rights().manage);
    let part = u16::try_from(column).unwrap_or(u16::MAX);
    let card = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let Some(id) = board.followed.get()
            && row.id() == Some(id)
        {
            // The row is shown in the same frame as its card is filled.
            request_animation_frame(move || take_focus(board, id, card));
        }
    });
    let menu = Signal::derive(move || row.read(|account| ["Actions for ", &account.display_name].concat()));
    view! {
        <td class="cell-main board-cell">
            <div class=class node_ref=card data-account=move || row.id().map(|id| id.to_string()) data-tip=why>
                {move || can_select.get().then(|| view! { <SelectBox row=row index=index part=part /> })}
                <div class="cell-two board-who">
                    <a class="cell-link truncate" draggable="false" href=move || row.href()>
                        {move || row.read(|account| account.display_name.clone())}
                    </a>
                    <span class="cell-under truncate">{move || row.read(|account| account.email.clone().filter(|_| is_named(account)))}</span>
                    <Badge label=label tone=tone />
                </div>
                {move || fixed.get().is_none().then(|| view! { <span class="board-grip"><Icon icon=Icon::Menu /></span> })}
                <MenuButton label=menu icon=Icon::Dots size=ButtonSize::Small align=MenuAlign::End items=move |()| items(board, row, column) />
            </div>
        </td>
    }
}

/// Gives the focus to the row of a card that is still followed, unless it was taken elsewhere.
fn take_focus(board: Board, id: AccountId, card: NodeRef<Div>) {
    let is_on_board =
        dom::focused().is_some_and(|focused| focused.closest(".board").is_ok_and(|board| board.is_some()));
    if board.followed.try_get_untracked() != Some(Some(id)) || !(is_on_board || dom::is_focus_lost()) {
        return;
    }
    let row = card.try_get_untracked().flatten().and_then(|card| card.closest("tr.row").ok().flatten());
    if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        dom::focus_element(&row);
    }
}

/// "Move to…" with the levels, and what else can be done with the account.
fn items(board: Board, row: Row, column: usize) -> Vec<MenuItem> {
    let Some(account) = row.account_now() else { return Vec::new() };
    let mut items = Vec::new();
    if untrack(|| board.why_fixed(&account)).is_none() {
        items.push(MenuItem::heading(heading(board, &account)));
        items.extend(levels(board, &account, column));
        items.push(MenuItem::separator());
    }
    items.extend(menu_items_but(Act::ChangeLevel, row.desk, &account, row.now_untracked()));
    items
}

fn heading(board: Board, account: &Account) -> String {
    match board.moved_with(account).len() {
        1 => "Move to…".to_owned(),
        many => ["Move ", &many.to_string(), " selected to…"].concat(),
    }
}

fn levels(board: Board, account: &Arc<Account>, column: usize) -> Vec<MenuItem> {
    let item = |(at, name, refused): (usize, String, Option<String>)| {
        let account = Arc::clone(account);
        let go = move || board.drop_on(board.moved_with(&account), at);
        MenuItem::radio(name, at == column, go).disabled(refused)
    };
    let columns = board.columns.with_value(|columns| {
        let with_level = columns.iter().enumerate().filter(|(_, column)| column.level.is_some());
        with_level.map(|(at, column)| (at, column.name.clone(), column.refused.clone())).collect::<Vec<_>>()
    });
    columns.into_iter().map(item).collect()
}
