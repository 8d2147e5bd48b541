//! API tokens: made, listed, renamed, rotated and revoked; and what other programs ask of them.

mod change;
mod forward_auth;
mod introspect;
mod list;
mod lookup;
pub mod mint;
mod reach;
mod revoke;
mod rotate;
pub mod store;

use axum::extract::State;
use domain::Code;
use domain::TokenId;
use domain::permissions::ConsolePermission;
use domain::tokens::{
    BulkRevoke, Introspection, MintedToken, NewToken, RevokeToken, RotateToken, RotatedToken, Token, TokenChange,
    TokenLookup, TokenPage, TokenRevocation,
};

use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::carried::Carried;
use crate::http::path::Path;
use crate::http::route::{Needs, OTHERS, RIGHTS, Route};
use crate::version::Versioned;
use list::ListParameters;

#[must_use]
pub fn routes() -> Vec<Route> {
    let all = Needs::Permission(ConsolePermission::TokensManageAll);
    let mut routes = of_one();
    routes.extend([
        Route::get("/api/v1/tokens", all, "List the tokens of all accounts", list::all)
            .takes_query::<ListParameters>()
            .reads(Carried::Tag)
            .gives::<TokenPage>(),
        Route::post("/api/v1/tokens/revoke", all, "Revoke many tokens, or say what that would do", revoke::many)
            .takes::<BulkRevoke>()
            .gives::<TokenRevocation>(),
        Route::post("/api/v1/tokens/lookup", all, "Whose token a secret is", lookup::lookup)
            .refuses(&[Code::NotFound])
            .takes::<TokenLookup>()
            .gives::<Token>()
            .gives_version(),
        Route::post(
            "/api/v1/introspect",
            Needs::SignedIn,
            "What a token may do (RFC 7662); the body is a form",
            introspect::introspect,
        )
        .takes_form::<introspect::IntrospectionRequest>()
        .gives::<Introspection>(),
        Route::post(
            "/api/v1/revoke",
            Needs::Nobody,
            "Revoke a token by showing it (RFC 7009); the body is a form",
            revoke::by_secret,
        )
        .takes_form::<revoke::RevocationRequest>()
        .succeeds_with(&[200])
        .refuses(&[Code::TooMany]),
        Route::get(
            "/api/v1/forward-auth",
            Needs::SignedIn,
            "Lets a proxy ask who a request comes from and what they may do",
            forward_auth::forward_auth,
        )
        .succeeds_with(&[200])
        .refuses(OTHERS)
        .sends(forward_auth::HEADERS)
        .takes_query::<forward_auth::Asked>(),
    ]);
    routes
}

/// Whose tokens a caller sees; of others than the own, changing them asks that their account is within the caller's rights.
const WHOSE: &str = "one's own; service_accounts.manage for service accounts, tokens.manage_all for all";

/// Tokens of one account, and one token: the handlers ask whose it is.
fn of_one() -> Vec<Route> {
    vec![
        Route::get("/api/v1/accounts/{id}/tokens", Needs::SignedIn, "The tokens of an account", list::of_account)
            .refuses(OTHERS)
            .also(WHOSE)
            .takes_query::<ListParameters>()
            .gives::<TokenPage>(),
        Route::post("/api/v1/accounts/{id}/tokens", Needs::SignedIn, "Generate a token for an account", mint::mint)
            .succeeds_with(&[201])
            .refuses(OTHERS)
            .refuses(RIGHTS)
            .refuses(&[Code::SessionRequired])
            .also("one's own; service_accounts.manage for service accounts")
            .reads(Carried::IdempotencyKeyOfSecret)
            .takes::<NewToken>()
            .gives::<MintedToken>(),
        Route::get("/api/v1/me/tokens", Needs::SignedIn, "The own tokens", list::own)
            .takes_query::<ListParameters>()
            .gives::<TokenPage>(),
        Route::post("/api/v1/me/tokens", Needs::Session, "Generate a token for oneself", mint::own)
            .succeeds_with(&[201])
            .refuses(RIGHTS)
            .reads(Carried::IdempotencyKeyOfSecret)
            .takes::<NewToken>()
            .gives::<MintedToken>(),
        Route::get("/api/v1/tokens/{id}", Needs::SignedIn, "One token", show)
            .refuses(OTHERS)
            .also(WHOSE)
            .gives::<Token>()
            .gives_version(),
        Route::patch("/api/v1/tokens/{id}", Needs::SignedIn, "Rename a token, or narrow its scopes", change::change)
            .refuses(OTHERS)
            .refuses(RIGHTS)
            .refuses(&[Code::SessionRequired])
            .also(WHOSE)
            .reads(Carried::Version)
            .takes::<TokenChange>()
            .gives::<Token>()
            .gives_version(),
        Route::post("/api/v1/tokens/{id}/rotate", Needs::SignedIn, "Replace a token with overlap", rotate::rotate)
            .succeeds_with(&[201])
            .refuses(OTHERS)
            .refuses(RIGHTS)
            .refuses(&[Code::SessionRequired])
            .also(WHOSE)
            .reads(Carried::IdempotencyKeyOfSecret)
            .takes::<RotateToken>()
            .gives::<RotatedToken>(),
        Route::delete("/api/v1/tokens/{id}", Needs::SignedIn, "Revoke a token", revoke::one)
            .refuses(OTHERS)
            .refuses(&[Code::Escalation, Code::SessionRequired])
            .also(WHOSE)
            .may_take::<RevokeToken>(),
    ]
}

/// The id of an address; another text is nothing that exists.
fn path_id(text: &str) -> Outcome<TokenId> {
    text.parse().map_err(|_| Failure::NotFound)
}

async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Outcome<Versioned<Token>> {
    let mut connection = app.db.reader().acquire().await?;
    let token = store::lookup(&mut connection, caller.organization.id, path_id(&id)?).await?;
    reach::require_view(&caller, &token.account)?;
    Ok(Versioned(token))
}
