//! Stands before every route: refuses changes from other sites, finds out who asks, and whether they may.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, IF_NONE_MATCH, ORIGIN};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use domain::tokens::ON_BEHALF_HEADER;

use super::route::Needs;
use super::{address, cookies};
use crate::app::App;
use crate::caller::token::Using;
use crate::caller::{self, Caller, Origin};
use crate::failure::{Failure, Outcome};
use crate::http::headers::RequestId;
use crate::http::refusals::Known;

/// A route's needs, with the app.
#[derive(Clone)]
pub struct Guarded {
    pub app: App,
    pub needs: Needs,
}

/// Lets a request through to its handler, or answers why not.
///
/// # Errors
/// Cross-site, not signed in, or without the permission that the route names.
pub async fn guard(
    State(Guarded { app, needs }): State<Guarded>,
    mut request: Request,
    next: Next,
) -> Outcome<Response> {
    let is_change = !matches!(*request.method(), Method::GET | Method::HEAD);
    let session = cookies::get(request.headers(), cookies::SESSION).map(str::to_owned);
    if session.is_some() && request.headers().contains_key(AUTHORIZATION) {
        return Err(Failure::Malformed("Send either the session's cookie or a bearer token, not both.".to_owned()));
    }
    // A proxy passes the header on to the product behind it: nobody but a token that may says for whom it acts.
    if session.is_some() && request.headers().contains_key(ON_BEHALF_HEADER) {
        return Err(Failure::Malformed(format!("{ON_BEHALF_HEADER} goes with a bearer token alone.")));
    }
    if is_change && !is_same_origin(request.headers(), &app.public_url) {
        return Err(Failure::CrossSite);
    }
    let origin = Origin {
        ip: client_address(&app, &request),
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
    };
    if needs == Needs::Nobody {
        // Nobody is looked up for a route that needs nobody: it has to answer while the database is away. A handler that
        // wants to know asks by `MaybeCaller`; a token says nothing there, and a wrong one does no harm.
        request.extensions_mut().insert(origin);
        return Ok(next.run(request).await);
    }
    let caller = match &session {
        Some(session) => caller::session::find(&app, session, &origin).await?,
        None if caller::token::is_shown(request.headers()) => {
            Some(caller::token::find(&app, request.headers(), &origin).await?)
        }
        None => None,
    };
    request.extensions_mut().insert(origin);
    let Some(caller) = caller else { return Err(Failure::NotSignedIn) };
    remember(request.extensions(), &caller);
    let using = Using::of(&caller, request.headers());
    let answer = match may(&caller, needs) {
        Ok(()) => {
            touch(&app, request.headers(), &caller);
            request.extensions_mut().insert::<Caller>(caller);
            Ok(next.run(request).await)
        }
        Err(failure) => Err(failure),
    };
    // A token is used by whoever shows it, whether it is of any use or not.
    let let_in = if let Needs::AnyOf(permissions) = needs { permissions } else { &[] };
    if let Some(using) = using {
        caller::token::note_use(&app, &using, let_in);
    }
    answer
}

/// Who asks, where there may be nobody: the session of a route that needs nobody is looked up only for a handler that
/// takes this.
pub struct MaybeCaller(pub Option<Caller>);

impl FromRequestParts<App> for MaybeCaller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let Some(session) = cookies::get(&parts.headers, cookies::SESSION).map(str::to_owned) else {
            return Ok(Self(None));
        };
        let origin = Origin::from_request_parts(parts, app).await?;
        let caller = caller::session::find(app, &session, &origin).await?;
        if let Some(caller) = &caller {
            remember(&parts.extensions, caller);
            touch(app, &parts.headers, caller);
        }
        Ok(Self(caller))
    }
}

/// Tells the layer that records refusals who asks.
fn remember(extensions: &Extensions, caller: &Caller) {
    if let Some(known) = extensions.get::<Known>() {
        known.set(caller);
    }
}

/// Notes that the caller did something. Whether there is anything new the console asks by itself, by the tag of what it
/// has: that keeps no session alive.
fn touch(app: &App, headers: &HeaderMap, caller: &Caller) {
    if !headers.contains_key(IF_NONE_MATCH) {
        caller::touch(app, caller);
    }
}

/// What the route asks of whoever is known.
fn may(caller: &Caller, needs: Needs) -> Outcome<()> {
    match needs {
        Needs::Nobody | Needs::SignedIn => Ok(()),
        Needs::Session => caller.session().map(|_| ()),
        Needs::Permission(permission) => caller.require(permission),
        Needs::AnyOf(permissions) => caller.require_one_of(permissions),
    }
}

/// The client's address, as far as it is known.
pub(super) fn client_address(app: &App, request: &Request) -> IpAddr {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(SocketAddr::from(([0, 0, 0, 0], 0)), |info| info.0);
    address::client(peer, request.headers(), &app.trusted_proxies)
}

/// Whether a change comes from the console or from a program. Browsers say so in `Sec-Fetch-Site`; where the header is
/// missing, `Origin` has to be ours. Programs send neither, and no browser lets a page of others do without both.
fn is_same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // No browser says it twice.
    if ["sec-fetch-site", ORIGIN.as_str()].iter().any(|name| headers.get_all(*name).iter().count() > 1) {
        return false;
    }
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == public_url,
        (None, None) => cookies::get(headers, cookies::SESSION).is_none() || headers.contains_key("x-roster-request"),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn change_from_another_site_is_refused() {
        let cases: [(&[(&str, &str)], bool); 10] = [
            (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], false),
            (&[("origin", "https://roster.example"), ("origin", "https://evil.example")], false),
            (&[("sec-fetch-site", "same-origin"), ("cookie", "__Host-session=x")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://roster.example")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("origin", "https://roster.example"), ("cookie", "__Host-session=x")], true),
            (&[("origin", "https://evil.example")], false),
            (&[("cookie", "__Host-session=x")], false),
            (&[], true),
        ];
        for (pairs, expected) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                headers.append(name, HeaderValue::from_str(value).unwrap());
            }
            assert_eq!(is_same_origin(&headers, "https://roster.example"), expected, "{pairs:?}");
        }
    }
}
