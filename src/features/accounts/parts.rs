//! What is opened from the list of accounts: one account, the questions before an act, the invitation of others. It lies in
//! a file of its own, so that the list comes first.

use std::sync::Arc;

use domain::AccountId;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

use super::address::Address;
use super::desk::{Desk, Question};
use super::detail::give_focus_back;
use super::{board, detail, questions};
use crate::features::invitations;
use crate::ui::{Icon, IconButton, Split, Stead, lazy};

#[wasm_split(account, fallible, preload(preload_account))]
pub(crate) fn load_detail() -> Split<fn(AccountId, Desk, Address) -> AnyView> {
    Ok(|id, desk, address| view! { <detail::AccountDetail id=id desk=desk address=address /> }.into_any())
}

#[wasm_split(account, fallible)]
fn load_questions() -> Split<fn(Desk, Question) -> AnyView> {
    Ok(questions::dialog)
}

#[wasm_split(account, fallible)]
fn load_board() -> Split<fn(Desk, Address) -> AnyView> {
    Ok(|desk, address| view! { <board::AccountsBoard desk=desk address=address /> }.into_any())
}

#[wasm_split(account, fallible)]
fn load_invite() -> Split<fn(Desk, Callback<()>) -> AnyView> {
    Ok(|desk, on_close| view! { <invitations::InviteDialog desk=desk on_close=on_close /> }.into_any())
}

/// One account beside the list.
#[component]
pub(crate) fn AccountDetail(
    /// The account.
    id: AccountId,
    /// The list that it is beside, and where acts on it go.
    desk: Desk,
    /// Where it is closed.
    address: Address,
) -> impl IntoView {
    let close = move || {
        address.close();
        give_focus_back(id);
    };
    let panel = move |content| {
        view! {
            <aside class="split-detail detail" aria-label="Account">
                <div class="detail-close">
                    <IconButton label="Close" icon=Icon::X on_click=close />
                </div>
                {content}
            </aside>
        }
        .into_any()
    };
    lazy(|| Box::pin(load_detail()), Stead::Within(Arc::new(panel)), move |draw| draw(id, desk, address))
}

/// The accounts as a board, a column for each level.
#[component]
pub(crate) fn AccountsBoard(
    /// Where acts on cards go.
    desk: Desk,
    /// The filters of the cards shown.
    address: Address,
) -> impl IntoView {
    let place = |content| view! { <div class="list-notice">{content}</div> }.into_any();
    lazy(|| Box::pin(load_board()), Stead::Within(Arc::new(place)), move |draw| draw(desk, address))
}

/// Shows whichever question is open.
#[component]
pub(crate) fn Questions(
    /// Where the answer is carried out.
    desk: Desk,
) -> impl IntoView {
    let close = Callback::new(move |()| {
        desk.question.try_set(None);
    });
    move || {
        desk.question.get().map(|question| {
            let stead = Stead::Dialog("One moment", close);
            lazy(|| Box::pin(load_questions()), stead, move |draw| draw(desk, question.clone()))
        })
    }
}

/// "Invite users".
#[component]
pub(crate) fn InviteDialog(
    /// The list that shows the invited at once.
    desk: Desk,
    /// Runs when a person closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let stead = Stead::Dialog("Invite users", on_close);
    lazy(|| Box::pin(load_invite()), stead, move |draw| draw(desk, on_close))
}
