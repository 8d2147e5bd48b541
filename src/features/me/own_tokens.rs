//! One's own API tokens, where the organization lets people have some.

use domain::accounts::AccountKind;
use domain::me::HeldPermission;
use leptos::prelude::*;

use crate::features::session::use_session;
use crate::features::tokens::{Holder, TokenRights, TokensCard};
use crate::ui::OptionView;

const NOT_FOR_PEOPLE: &str =
    "Your organization does not let people make API tokens of their own. A service account can have some.";

/// The card.
#[component]
pub(super) fn OwnTokensCard(
    /// What one may do, which a token can be limited to.
    permissions: Vec<HeldPermission>,
) -> impl IntoView {
    let session = use_session();
    let option = |held: HeldPermission| OptionView { value: held.key, label: held.label, hint: held.category };
    let offered = Signal::stored(Some(permissions.into_iter().map(option).collect::<Vec<_>>()));
    let rights = Signal::derive(move || {
        let is_allowed = session.with(|session| session.organization.tokens.user_tokens);
        TokenRights::Make(if is_allowed { String::new() } else { NOT_FOR_PEOPLE.to_owned() })
    });
    view! { <TokensCard holder=Holder::Own kind=AccountKind::User offered=offered rights=rights /> }
}
