//! The search over pages, actions, people and service accounts (Ctrl-K), as the combobox pattern of the W3C guide.

use std::time::Duration;

use domain::accounts::{Account, AccountKind, AccountPage};
use domain::page::SEARCH_CHARS_MAX;
use domain::permissions::ConsolePermission;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

use super::account_menu::sign_out;
use super::frame::{Overlay, ShellState};
use super::pages::opens;
use super::palette_entries::{Act, Entry, own_entries, people_entries};
use crate::api;
use crate::features::session::use_session;
use crate::ui::{Dialog, Icon, dom, use_leave, use_messages, use_theme};

/// How long typing rests before accounts are looked for.
const REST: Duration = Duration::from_millis(120);
const LIST_ID: &str = "palette-list";

/// The dialog with the search.
#[component]
pub(super) fn Palette(state: ShellState) -> impl IntoView {
    let session = use_session();
    let query = RwSignal::new(String::new());
    let (people, services) = (accounts(query, AccountKind::User), accounts(query, AccountKind::Service));
    let entries = Memo::new(move |_| {
        let text = query.get();
        let mut entries = own_entries(&text, |permission| opens(session, permission));
        if session.may(ConsolePermission::AccountsView) {
            let found = people.get().into_iter().chain(services.get()).collect();
            entries.extend(people_entries(&text, found, api::encode));
        }
        entries
    });
    let at = RwSignal::new(0);
    Effect::watch(move || query.track(), move |(), _, _| at.set(0), false);
    let run = runner(state);
    let choose = Callback::new(move |index: usize| {
        if let Some(entry) = entries.with_untracked(|entries| entries.get(index).cloned()) {
            state.overlay.set(None);
            run.run(entry.act);
        }
    });
    let keydown = move |event: KeyboardEvent| key(&event, at, entries.with_untracked(Vec::len), choose);
    view! {
        <Dialog title="Search" on_close=move || state.overlay.set(None)>
            <input
                class="input"
                type="text"
                role="combobox"
                autocomplete="off"
                spellcheck="false"
                maxlength=SEARCH_CHARS_MAX.to_string()
                placeholder="Pages, actions, people and service accounts"
                aria-label="Search pages, actions, people and service accounts"
                aria-autocomplete="list"
                aria-expanded="true"
                aria-controls=LIST_ID
                aria-activedescendant=move || entries.with(|entries| (!entries.is_empty()).then(|| row_id(at.get())))
                prop:value=query
                on:input=move |event| query.set(event_target_value(&event))
                on:keydown=keydown
            />
            <div class="palette" id=LIST_ID role="listbox" aria-label="Found">
                {move || groups(entries.get(), at, choose)}
            </div>
            <p class="muted" role="status">{move || entries.with(Vec::is_empty).then_some("Nothing found.")}</p>
        </Dialog>
    }
}

fn row_id(index: usize) -> String {
    ["palette-", &index.to_string()].concat()
}

/// The entries below the headings of their groups.
fn groups(entries: Vec<Entry>, at: RwSignal<usize>, choose: Callback<usize>) -> impl IntoView {
    let mut indexed: Vec<(usize, Entry)> = entries.into_iter().enumerate().collect();
    let mut views = Vec::new();
    while let Some(group) = indexed.first().map(|(_, entry)| entry.group) {
        let rest = indexed.split_off(indexed.iter().take_while(|(_, entry)| entry.group == group).count());
        let rows = std::mem::replace(&mut indexed, rest);
        let rows = rows.into_iter().map(|(index, entry)| row(index, entry, at, choose)).collect::<Vec<_>>();
        views.push(view! {
            <div role="group" aria-label=group>
                <div class="menu-heading" role="presentation">{group}</div>
                {rows}
            </div>
        });
    }
    views
}

fn row(index: usize, entry: Entry, at: RwSignal<usize>, choose: Callback<usize>) -> impl IntoView {
    let Entry { label, note, icon, .. } = entry;
    let is_at = move || if at.get() == index { "true" } else { "false" };
    view! {
        <div
            class="palette-row"
            id=row_id(index)
            role="option"
            aria-selected=is_at
            on:pointermove=move |_| {
                if at.get_untracked() != index {
                    at.set(index);
                }
            }
            // The focus stays in the field.
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| choose.run(index)
        >
            <Icon icon=icon />
            <span class="truncate">{label}</span>
            <span class="muted truncate">{note}</span>
        </div>
    }
}

fn key(event: &KeyboardEvent, at: RwSignal<usize>, count: usize, choose: Callback<usize>) {
    if event.is_composing() || count == 0 {
        return;
    }
    let now = at.get_untracked().min(count - 1);
    let next = match event.key().as_str() {
        "ArrowDown" => (now + 1) % count,
        "ArrowUp" => (now + count - 1) % count,
        "PageDown" => (now + 8).min(count - 1),
        "PageUp" => now.saturating_sub(8),
        "Enter" => {
            event.prevent_default();
            return choose.run(now);
        }
        _ => return,
    };
    event.prevent_default();
    at.set(next);
    if let Some(row) = dom::element(&row_id(next)) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// The accounts of a kind that fit the query, once typing rests. What was found before stays until then.
fn accounts(query: RwSignal<String>, kind: AccountKind) -> RwSignal<Vec<Account>> {
    let session = use_session();
    let found = RwSignal::new(Vec::new());
    Effect::new(move |_| {
        let text = query.get().trim().to_owned();
        if text.is_empty() || !untrack(|| session.may(ConsolePermission::AccountsView)) {
            found.set(Vec::new());
            return;
        }
        let ask = move || {
            spawn_local(async move {
                let path = ["/api/v1/accounts?kind=", kind.as_str(), "&limit=8&q=", &api::encode(&text)].concat();
                let answer = api::get::<AccountPage>(&path).await;
                // The answer to an older query is too late.
                if let (Ok(answer), Some(true)) = (answer, query.try_with_untracked(|now| now.trim() == text)) {
                    found.try_set(answer.items);
                }
            });
        };
        if let Ok(rest) = set_timeout_with_handle(ask, REST) {
            on_cleanup(move || rest.clear());
        }
    });
    found
}

/// Does what an entry stands for.
fn runner(state: ShellState) -> Callback<Act> {
    let (session, messages, theme, navigate) = (use_session(), use_messages(), use_theme(), use_navigate());
    let leave = use_leave();
    Callback::new(move |act| match act {
        Act::Go(address) => {
            let (navigate, to) = (navigate.clone(), address.clone());
            leave.first_ask_for(&address, move || navigate(&to, Default::default()));
        }
        Act::Theme(choice) => theme.set(choice),
        Act::Shortcuts => state.overlay.set(Some(Overlay::Shortcuts)),
        Act::SignOut => leave.first_ask(move || sign_out(session, messages, state)),
    })
}
