//! The board of accounts: a column for each level, and cards that are moved between them.

mod card;
mod geometry;
mod grab;
mod keys;
mod moves;
mod pointer;
mod state;

use domain::accounts::NO_LEVEL;
use domain::levels::LEVEL_STAYS;
use leptos::html::Div;
use leptos::{ev, prelude::*};

use self::card::Card;
use self::pointer::Dragging;
use self::state::{Board, Column, Hand};
use super::accounts_table::{account_at, rows};
use super::address::Address;
use super::desk::Desk;
use super::filters::Filters;
use super::levels::{self, LevelChoice};
use super::list::{AccountList, ListState};
use super::row::Row;
use crate::ui::text::grouped;
use crate::ui::{self, Button, ButtonSize, Icon, VirtualTable, dom};

/// The height of a card with the space around it, in pixels.
const CARD_HEIGHT: u32 = 84;

/// All accounts that the address asks for, in the columns of their levels.
#[component]
pub(super) fn AccountsBoard(
    /// The list of all of them, and where acts go.
    desk: Desk,
    /// The filters, the sort and the opened account.
    address: Address,
) -> impl IntoView {
    let choices = Memo::new(move |_| desk.session.with(levels::choices));
    // Drawn anew where levels or the rights to give them change.
    move || {
        let columns = columns(desk, address, choices.get());
        view! { <Columns board=Board::new(desk, columns) address=address /> }
    }
}

fn columns(desk: Desk, address: Address, choices: Vec<LevelChoice>) -> Vec<Column> {
    let list = |level: String| {
        let filters = address.filters();
        let own = Signal::derive(move || Filters { level: Some(level.clone()), ..filters.get() });
        AccountList::part_of(desk.list, own)
    };
    let column = |choice: LevelChoice| Column {
        list: list(choice.level.key.clone()),
        name: choice.level.name.clone(),
        about: choice.level.description.clone(),
        refused: choice.refused,
        level: Some(choice.level.role_ref()),
    };
    let without = Column {
        list: list(NO_LEVEL.to_owned()),
        name: "No level".to_owned(),
        about: String::new(),
        refused: Some(LEVEL_STAYS.to_owned()),
        level: None,
    };
    choices.into_iter().map(column).chain(std::iter::once(without)).collect()
}

#[component]
fn Columns(board: Board, address: Address) -> impl IntoView {
    let frame = NodeRef::<Div>::new();
    let dragging = Dragging::new(board, frame);
    let escape = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            dragging.cancel();
        }
    });
    on_cleanup(move || escape.remove());
    let hand = Memo::new(move |_| board.carried.with(|carried| carried.as_ref().map(|carried| carried.hand)));
    let columns = board.columns.get_value();
    let columns = columns
        .into_iter()
        .enumerate()
        .map(|(at, column)| view! { <ColumnView board=board column=column at=at address=address /> })
        .collect::<Vec<_>>();
    view! {
        <p class="sr-only">"A column for each level. On a card: Space grabs it, left and right arrow choose a column, Space drops it, Escape cancels; its menu moves it, too."</p>
        <div
            class=move || if hand.get() == Some(Hand::Pointer) { "board board-dragging" } else { "board" }
            node_ref=frame
            on:pointerdown=move |event| dragging.pressed(&event)
            on:click:capture=move |event| dragging.clicked(&event)
            on:keydown:capture=move |event| board.key(&event)
        >
            {columns}
        </div>
        {move || (hand.get() == Some(Hand::Pointer)).then(|| view! { <Ghost board=board dragging=dragging /> })}
    }
}

/// What hangs at the pointer.
#[component]
fn Ghost(board: Board, dragging: Dragging) -> impl IntoView {
    let who = move || board.carried.with(|carried| carried.as_ref().map(|carried| carried.who()));
    view! {
        <div
            class="board-ghost"
            aria-hidden="true"
            style:left=move || dom::px(dragging.at.get().0)
            style:top=move || dom::px(dragging.at.get().1)
        >
            {who}
        </div>
    }
}

#[component]
fn ColumnView(board: Board, column: Column, at: usize, address: Address) -> impl IntoView {
    let Column { level, name, about, refused, list } = column;
    let desk = board.desk.of(list);
    let heading = dom::unique_id("column");
    let labelled_by = heading.clone();
    let is_over = Memo::new(move |_| {
        board.carried.with(|carried| carried.as_ref().is_some_and(|carried| carried.over == at && carried.from != at))
    });
    let is_closed = refused.is_some();
    let class = move || match (is_over.get(), is_closed) {
        (true, true) => "board-column board-closed",
        (true, false) => "board-column board-target",
        (false, _) => "board-column",
    };
    let is_hidden = move || level.is_none() && list.total.get() == 0;
    let open = move |index: usize| {
        if let Some(account) = account_at(list, index) {
            address.open(account.id);
        }
    };
    let label = name.clone();
    view! {
        <section class=class data-column=at.to_string() aria-labelledby=labelled_by hidden=is_hidden>
            <header class="board-head">
                <h2 id=heading data-tip=(!about.is_empty()).then_some(about)>{name}</h2>
                <span class="count">{move || grouped(list.total.get())}</span>
                {refused.map(|reason| view! { <p class="board-why">{reason}</p> })}
            </header>
            <VirtualTable
                label=label
                total=rows(list)
                columns=vec![ui::Column("board-col")]
                head=|| view! { <th scope="col"><span class="sr-only">"Account"</span></th> }
                cells=move |index| view! { <Card board=board row=Row::new(desk, address, index) index=index column=at /> }.into_any()
                is_loaded=move |index| list.row(index).is_some()
                on_window=move |window| list.look_at(window)
                on_open=open
                scroll_to=list.scroll_to
                empty=move || view! { <Nobody list=list /> }
                row_height=CARD_HEIGHT
                card_height=CARD_HEIGHT
            />
        </section>
    }
}

/// In place of cards: that there are none, or why they did not come.
#[component]
fn Nobody(list: AccountList) -> impl IntoView {
    move || match list.state.get() {
        ListState::Waiting => ().into_any(),
        ListState::Shown => view! { <p class="board-none muted">"Nobody"</p> }.into_any(),
        ListState::Failed(why) => view! {
            <div class="board-none">
                <p>{why}</p>
                <Button label="Retry" icon=Icon::Refresh size=ButtonSize::Small on_click=move || list.retry() />
            </div>
        }
        .into_any(),
    }
}
