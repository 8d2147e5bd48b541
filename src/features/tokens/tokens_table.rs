//! The table of all tokens.

use std::sync::Arc;

use domain::Timestamp;
use domain::accounts::AccountKind;
use domain::tokens::Token;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::acts::{Question, TokenActs};
use super::list::{State, TokenList};
use super::words::{account_address, badges, end, hint, used};
use crate::selection::Selection;
use crate::ui::{
    Badge, ButtonSize, Column, Extent, Icon, MenuAlign, MenuButton, MenuItem, SelectAllHead, VirtualTable,
    absolute_time, relative_time, show_selected, use_now,
};

/// Grey rows that stand in for a list that has not arrived.
const ROWS_WAITED_FOR: usize = 12;
const COLUMNS: [&str; 7] =
    ["col-check", "col-name", "col-holder", "col-notes", "col-used", "col-token-end", "col-menu"];

/// All tokens that the address asks for, whatever their number.
#[component]
pub(super) fn TokensTable(
    /// The list.
    list: TokenList,
    /// Where acts on one token are carried out.
    acts: TokenActs,
    /// The selection.
    selection: Selection<Token>,
    /// What stands where nothing is.
    empty: ViewFn,
) -> impl IntoView {
    let navigate = use_navigate();
    let open = move |index: usize| {
        if let Some(token) = untrack(|| list.row(index)) {
            navigate(&account_address(&token.account), Default::default());
        }
    };
    let total = Signal::derive(move || match list.state.get() {
        State::Waiting => ROWS_WAITED_FOR,
        State::Failed(_) => 0,
        State::Shown => list.total.get(),
    });
    let is_selected = move |index| list.row(index).is_some_and(|token| selection.has(token.id));
    view! {
        <VirtualTable
            label="API tokens"
            total=total
            columns=COLUMNS.map(Column).to_vec()
            head=move || head(list, selection)
            cells=move |index| cells(Row::new(list, acts, selection, index)).into_any()
            is_loaded=move |index| list.row(index).is_some()
            is_selected=is_selected
            on_window=move |window| list.look_at(window)
            on_open=open
            on_toggle=move |index| selection.press(list, 0, index, false)
            scroll_to=list.scroll_to
            empty=empty
        />
    }
}

fn head(list: TokenList, selection: Selection<Token>) -> impl IntoView {
    let picked = Signal::derive(move || selection.count());
    view! {
        <SelectAllHead picked=picked total=list.total on_press=move |()| selection.press_all(list) />
        <th scope="col">"Token"</th>
        <th scope="col" class="cell-holder">"Account"</th>
        <th scope="col">"State"</th>
        <th scope="col" class="cell-used">"Last used"</th>
        <th scope="col" class="cell-token-end">"End"</th>
        <th scope="col"><span class="sr-only">"Actions"</span></th>
    }
}

/// What a row shows at present.
#[derive(Clone, Copy)]
struct Row {
    list: TokenList,
    acts: TokenActs,
    selection: Selection<Token>,
    index: Signal<usize>,
    token: Memo<Option<Arc<Token>>>,
    now: Signal<i64>,
}

impl Row {
    fn new(list: TokenList, acts: TokenActs, selection: Selection<Token>, index: Signal<usize>) -> Self {
        Self { list, acts, selection, index, token: Memo::new(move |_| list.row(index.get())), now: use_now() }
    }

    /// Something of the token, reactively; the default while it is on its way.
    fn read<T: Default>(self, read: impl FnOnce(&Token) -> T) -> T {
        self.token.with(|token| token.as_deref().map(read).unwrap_or_default())
    }

    fn at(self) -> Timestamp {
        Timestamp::from_millis(self.now.get())
    }

    fn when(self, at: Timestamp) -> String {
        relative_time(at.millis(), self.now.get())
    }
}

fn cells(row: Row) -> impl IntoView {
    view! {
        <SelectCell row=row />
        <NameCell row=row />
        <HolderCell row=row />
        <StateCell row=row />
        <UsedCell row=row />
        <EndCell row=row />
        <MenuCell row=row />
    }
}

/// The check box. With Shift it selects all rows from the one that was pressed before.
#[component]
fn SelectCell(row: Row) -> impl IntoView {
    let is_picked = Memo::new(move |_| row.read(|token| row.selection.has(token.id)));
    let press = move |event: MouseEvent| {
        row.selection.press(row.list, 0, row.index.get_untracked(), event.shift_key());
        show_selected(&event, if is_picked.get_untracked() { Extent::All } else { Extent::None });
    };
    // Shift and a click would mark the text between.
    let keep_text = move |event: MouseEvent| {
        if event.shift_key() {
            event.prevent_default();
        }
    };
    view! {
        <td class="cell-check">
            <label class="choice" on:mousedown=keep_text>
                <input type="checkbox" prop:checked=is_picked on:click=press />
                <span class="sr-only">{move || row.read(|token| ["Select ", &token.name].concat())}</span>
            </label>
        </td>
    }
}

#[component]
fn NameCell(row: Row) -> impl IntoView {
    view! {
        <td class="cell-main">
            <div class="cell-two">
                <span class="cell-link truncate">{move || row.read(|token| token.name.clone())}</span>
                <code class="cell-under truncate">{move || row.read(hint)}</code>
            </div>
        </td>
    }
}

#[component]
fn HolderCell(row: Row) -> impl IntoView {
    let is_service = Memo::new(move |_| row.read(|token| token.account.kind == AccountKind::Service));
    let under =
        move || row.read(|token| (token.account.handle != token.account.name).then(|| token.account.handle.clone()));
    view! {
        <td class="cell-holder cell-sub">
            <div class="cell-two">
                <a class="cell-quiet truncate" href=move || row.read(|token| account_address(&token.account))>
                    {move || row.read(|token| token.account.name.clone())}
                </a>
                <span class="cell-under truncate" class:cell-id=is_service>{under}</span>
            </div>
        </td>
    }
}

/// What matters most, with the rest as its tooltip.
#[component]
fn StateCell(row: Row) -> impl IntoView {
    let all = Memo::new(move |_| row.read(|token| badges(token, row.at())));
    let first = move || all.with(|all| all.first().copied()).unwrap_or(("Working", crate::ui::Tone::Success));
    let rest = move || {
        all.with(|all| {
            let rest: Vec<&str> = all.iter().skip(1).map(|(label, _)| *label).collect();
            (!rest.is_empty()).then(|| rest.join(", "))
        })
    };
    view! {
        <td class="cell-side">
            <div class="cell-two">
                <Badge label=Signal::derive(move || first().0.to_owned()) tone=Signal::derive(move || first().1) />
                <span class="cell-under truncate" data-tip=rest>{rest}</span>
            </div>
        </td>
    }
}

#[component]
fn UsedCell(row: Row) -> impl IntoView {
    let when = move || row.read(|token| token.last_used_at.map_or_else(|| "Never".to_owned(), |at| row.when(at)));
    let whole = move || row.read(|token| Some(used(token, |at| absolute_time(at.millis()))));
    view! {
        <td class="cell-used" data-tip=whole>
            <div class="cell-two">
                <span class="truncate">{when}</span>
                <span class="cell-under truncate">{move || row.read(|token| token.last_used_ip.clone())}</span>
            </div>
        </td>
    }
}

#[component]
fn EndCell(row: Row) -> impl IntoView {
    let exactly = move || row.read(|token| token.revoked_at.or(token.expires_at)).map(|at| absolute_time(at.millis()));
    view! {
        <td class="cell-token-end" data-tip=exactly>{move || row.read(|token| end(token, row.at(), |at| row.when(at)))}</td>
    }
}

#[component]
fn MenuCell(row: Row) -> impl IntoView {
    let label = Signal::derive(move || row.read(|token| ["Actions for ", &token.name].concat()));
    let items = move |()| {
        let Some(token) = row.token.get_untracked() else { return Vec::new() };
        let account = MenuItem::link("Open account", account_address(&token.account)).icon(match token.account.kind {
            AccountKind::Service => Icon::Bot,
            AccountKind::User => Icon::User,
        });
        let works = token.works(untrack(|| row.at()));
        let ask = move |question: fn(Arc<Token>) -> Question| {
            let token = Arc::clone(&token);
            move || row.acts.ask(question(Arc::clone(&token)))
        };
        let narrow = works.then(|| MenuItem::new("Narrow scopes", ask(Question::Narrow)).icon(Icon::Filter));
        let revoke = works.then(|| MenuItem::new("Revoke", ask(Question::Revoke)).icon(Icon::Trash).danger());
        std::iter::once(account).chain(narrow).chain(revoke).collect()
    };
    view! {
        <td class="cell-menu cell-end">
            <MenuButton label=label icon=Icon::Dots size=ButtonSize::Small align=MenuAlign::End items=items />
        </td>
    }
}
