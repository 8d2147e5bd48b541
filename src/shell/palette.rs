//! The search over pages, actions, people, service accounts, groups and roles (Ctrl-K), as the combobox pattern of the W3C guide.

use domain::accounts::{AccountKind, AccountPage};
use domain::page::{Page, SEARCH_CHARS_MAX};
use domain::permissions::ConsolePermission;
use domain::roles::Role;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::account_menu::sign_out;
use super::frame::{Overlay, ShellState};
use super::pages::opens;
use super::palette_entries::{Act, Entry, found_entries, own_entries, search_entry};
use crate::api::{self, ApiError};
use crate::features::groups::groups_named;
use crate::features::session::use_session;
use crate::offers::Offers;
use crate::ui::text::contains_ignoring_case;
use crate::ui::{Dialog, Icon, dom, use_leave, use_messages, use_search, use_theme};

/// Groups, and roles, shown of those that fit.
const FOUND_MAX: usize = 5;
const LIST_ID: &str = "palette-list";

/// The dialog with the search.
#[component]
pub(super) fn Palette(state: ShellState) -> impl IntoView {
    let session = use_session();
    let query = RwSignal::new(String::new());
    let may_look = untrack(|| session.may(ConsolePermission::AccountsView));
    let offers = Offers::new(move |text| found(if may_look { text } else { String::new() }));
    Effect::watch(move || query.get(), move |text, _, _| offers.type_text(text.clone()), false);
    let entries = Memo::new(move |_| {
        let text = query.get();
        let mut entries = own_entries(&text, |permission| opens(session, permission));
        if session.may(ConsolePermission::AccountsView) {
            entries.extend(offers.with(<[Entry]>::to_vec));
            entries.extend(search_entry(&text, api::encode));
        }
        entries
    });
    let (at, take) = (RwSignal::new(0), use_search(query, None));
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
                placeholder="Pages, actions, people, groups, roles"
                aria-label="Search pages, actions, people, service accounts, groups and roles"
                aria-autocomplete="list"
                aria-expanded="true"
                aria-controls=LIST_ID
                aria-activedescendant=move || entries.with(|entries| (!entries.is_empty()).then(|| row_id(at.get())))
                prop:value=query
                on:input=move |event| take.run(event)
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

/// People, service accounts, groups and roles that fit what is typed; nothing for nothing.
async fn found(text: String) -> Result<Vec<Entry>, ApiError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let of_kind = async |kind: AccountKind| {
        let path = ["/api/v1/accounts?kind=", kind.as_str(), "&limit=8&q=", &api::encode(&text)].concat();
        api::get::<AccountPage>(&path).await.map(|page| page.items)
    };
    let mut accounts = of_kind(AccountKind::User).await?;
    accounts.extend(of_kind(AccountKind::Service).await?);
    let mut groups = groups_named(text.clone()).await?;
    groups.truncate(FOUND_MAX);
    let roles = api::get::<Page<Role>>("/api/v1/roles").await?.items;
    let roles = roles.into_iter().filter(|role| contains_ignoring_case(&role.name, &text)).take(FOUND_MAX).collect();
    Ok(found_entries(accounts, groups, roles))
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
