//! `POST introspect` (RFC 7662): a product that was shown a token asks what it may do.

use std::net::IpAddr;

use axum::extract::State;
use domain::permissions::ConsolePermission;
use domain::time::SECOND_MS;
use domain::tokens::Introspection;
use serde::Deserialize;

use crate::app::App;
use crate::caller::token::Shown;
use crate::caller::{self, Caller};
use crate::failure::{Failure, Outcome};
use crate::http::body::Form;
use crate::http::respond::Json;

/// The form of RFC 7662, section 2.1.
#[derive(Deserialize, utoipa::ToSchema)]
pub(super) struct IntrospectionRequest {
    /// The token that is asked about.
    token: String,
    /// Of no use here, and taken as the standard says.
    #[serde(rename = "token_type_hint")]
    _token_type_hint: Option<String>,
    /// From where the token was shown to the product, which alone knows it (section 2.1 lets the server define this).
    client_ip: Option<String>,
}

/// Of a token that does not work, or that the caller may not ask about, the answer is `active: false` alone. One that works from
/// some addresses only does not work where nobody says from where it was shown.
pub(super) async fn introspect(
    State(app): State<App>,
    caller: Caller,
    Form(request): Form<IntrospectionRequest>,
) -> Outcome<Json<Introspection>> {
    let inactive = || Json(Introspection::default());
    let no_address = || Failure::NotOauthForm("Send an IP address in the form field `client_ip`, or leave it out.");
    let client_ip: Option<IpAddr> = match request.client_ip.as_deref().map(str::trim) {
        Some(text) => Some(text.parse().map_err(|_| no_address())?),
        None => None,
    };
    let Some(secret) = caller::token::parse(request.token.trim()) else { return Ok(inactive()) };
    let shown = Shown::To(&caller.organization);
    let current = match caller::token::look_up(&app, &secret, shown, caller.at).await {
        Ok(current) => current,
        Err(Failure::InvalidToken(_)) => return Ok(inactive()),
        Err(other) => return Err(other),
    };
    let token = &current.token;
    let is_of_caller = token.account == caller.account_id;
    let may_ask = is_of_caller || caller.require(ConsolePermission::AccountsView).is_ok();
    // A program that asks about its own token shows it from its own address.
    let own = (caller.credential.token_id() == Some(token.id)).then_some(caller.origin.ip);
    let from = client_ip.map(|ip| ip.to_canonical()).or(own);
    let works = token.fault(from, caller.at).is_none() && (from.is_some() || token.state.networks.is_empty());
    if !works || !may_ask || token.organization != caller.organization.id {
        return Ok(inactive());
    }
    if caller.credential.token_id() != Some(token.id) {
        caller::token::note_introspected(&app, token, caller.at);
    }
    let seconds = |at: domain::Timestamp| at.millis() / SECOND_MS;
    Ok(Json(Introspection {
        active: true,
        scope: Some(token.effective.keys().collect::<Vec<_>>().join(" ")),
        jti: Some(token.id.to_string()),
        sub: Some(token.account.to_string()),
        username: Some(token.handle.clone()),
        account_kind: Some(token.kind),
        token_type: Some("Bearer".to_owned()),
        iss: Some(app.public_url.clone()),
        iat: Some(seconds(token.created_at)),
        exp: token.state.expires_at.map(seconds),
    }))
}
