//! The table of routes: none exists without saying what it needs.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use domain::Code;
use domain::openapi::page_of;
use domain::permissions::ConsolePermission;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::app::App;
use crate::http::body::FORM;
use crate::http::carried::Carried;
use crate::http::guard::{self, Guarded};
use crate::http::refusals::{self, Watched};
use crate::idempotency;

/// What a caller needs to be let in. The handler asks again where it depends on what is touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nobody needs to be signed in: the request carries what it needs, or gives away nothing.
    Nobody,
    /// Any account, by a session or a token.
    SignedIn,
    /// A person who is signed in to the console: no token will do.
    Session,
    Permission(ConsolePermission),
    /// One of them lets the request in; which one it takes depends on what is asked for, and the handler says so.
    AnyOf(&'static [ConsolePermission]),
}

/// As the reviewed table and the documentation write it.
impl std::fmt::Display for Needs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody"),
            Self::SignedIn => f.write_str("signed in"),
            Self::Session => f.write_str("session"),
            Self::Permission(permission) => f.write_str(permission.key()),
            Self::AnyOf(permissions) => {
                let keys: Vec<_> = permissions.iter().map(|permission| permission.key()).collect();
                f.write_str(&keys.join(" or "))
            }
        }
    }
}

/// What a change of rights is refused with beside a lack of the permission: it reaches beyond what the caller holds, or takes
/// a password proved lately.
pub const RIGHTS: &[Code] = &[Code::Escalation, Code::ConfirmationRequired];
/// What a route for everybody who is signed in refuses where it is about others, or about more.
pub const OTHERS: &[Code] = &[Code::Forbidden, Code::OutOfScope];
/// The headers of an answer that begins, changes or ends a session.
pub const COOKIES: &[(&str, &str)] = &[("Set-Cookie", "The session, and what goes with it.")];

/// A type of the API, for the document.
pub struct TypeOf {
    pub name: String,
    pub schema: RefOr<Schema>,
    /// The types it is made of.
    pub parts: Vec<(String, RefOr<Schema>)>,
}

impl TypeOf {
    /// With all that it is made of.
    #[must_use]
    pub fn new<T: ToSchema + PartialSchema>() -> Self {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        Self { name: T::name().into_owned(), schema: T::schema(), parts }
    }
}

/// The body of a request, for the document.
pub struct Taken {
    pub of: TypeOf,
    pub media_type: &'static str,
    pub is_required: bool,
}

/// The body of an answer, for the document.
pub enum Given {
    Nothing,
    Text,
    /// Also where it is not available.
    TextAlways,
    Json(Box<TypeOf>),
}

/// One method of one address.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub needs: Needs,
    /// What the handler asks beyond it, in a few words, where that depends on what is asked for or touched.
    pub also: Option<&'static str>,
    /// What it does, in a few words.
    pub summary: &'static str,
    pub request: Option<Taken>,
    pub response: Given,
    /// Statuses of success, where they are not 200 for an answer with a body and 204 for one without.
    pub successes: &'static [u16],
    /// Problems that its handler gives, beside those that the rest of the line implies (`openapi::problems`).
    pub refusals: Vec<Code>,
    /// Parameters of the query.
    pub query: Vec<Parameter>,
    /// Headers that it reads.
    pub headers: Vec<Carried>,
    /// Whether its answer has an `ETag`.
    pub has_tag: bool,
    /// Other headers of its answer, each with what it says.
    pub sends: &'static [(&'static str, &'static str)],
    handler: MethodRouter<App>,
}

impl Route {
    fn new<H: Handler<T, App>, T: 'static>(
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        needs: Needs,
        summary: &'static str,
        handler: H,
    ) -> Self {
        Self {
            method,
            path,
            needs,
            also: None,
            summary,
            request: None,
            response: Given::Nothing,
            successes: &[],
            refusals: Vec::new(),
            query: Vec::new(),
            headers: Vec::new(),
            has_tag: false,
            sends: &[],
            handler: on(filter, handler),
        }
    }

    pub fn get<H: Handler<T, App>, T: 'static>(
        path: &'static str,
        needs: Needs,
        summary: &'static str,
        handler: H,
    ) -> Self {
        Self::new(Method::GET, MethodFilter::GET, path, needs, summary, handler)
    }

    pub fn post<H: Handler<T, App>, T: 'static>(
        path: &'static str,
        needs: Needs,
        summary: &'static str,
        handler: H,
    ) -> Self {
        Self::new(Method::POST, MethodFilter::POST, path, needs, summary, handler)
    }

    pub fn put<H: Handler<T, App>, T: 'static>(
        path: &'static str,
        needs: Needs,
        summary: &'static str,
        handler: H,
    ) -> Self {
        Self::new(Method::PUT, MethodFilter::PUT, path, needs, summary, handler)
    }

    pub fn patch<H: Handler<T, App>, T: 'static>(
        path: &'static str,
        needs: Needs,
        summary: &'static str,
        handler: H,
    ) -> Self {
        Self::new(Method::PATCH, MethodFilter::PATCH, path, needs, summary, handler)
    }

    pub fn delete<H: Handler<T, App>, T: 'static>(
        path: &'static str,
        needs: Needs,
        summary: &'static str,
        handler: H,
    ) -> Self {
        Self::new(Method::DELETE, MethodFilter::DELETE, path, needs, summary, handler)
    }

    /// Says what the handler asks beyond the need, for the reviewed table and the documentation.
    #[must_use]
    pub const fn also(mut self, text: &'static str) -> Self {
        self.also = Some(text);
        self
    }

    /// Names the type of its body, for the document.
    #[must_use]
    pub fn takes<T: ToSchema + PartialSchema>(self) -> Self {
        self.takes_as::<T>("application/json", true)
    }

    /// As `takes`, where the body may be left out together with its type.
    #[must_use]
    pub fn may_take<T: ToSchema + PartialSchema>(self) -> Self {
        self.takes_as::<T>("application/json", false)
    }

    /// As `takes`, where the body is a form.
    #[must_use]
    pub fn takes_form<T: ToSchema + PartialSchema>(self) -> Self {
        self.takes_as::<T>(FORM, true)
    }

    fn takes_as<T: ToSchema + PartialSchema>(mut self, media_type: &'static str, is_required: bool) -> Self {
        self.request = Some(Taken { of: TypeOf::new::<T>(), media_type, is_required });
        self
    }

    /// Names the type of its query, for the document.
    #[must_use]
    pub fn takes_query<T: IntoParams>(mut self) -> Self {
        self.query = T::into_params(|| Some(ParameterIn::Query));
        self
    }

    /// Names a header that it reads, for the document.
    #[must_use]
    pub fn reads(mut self, header: Carried) -> Self {
        self.headers.push(header);
        self.has_tag |= header == Carried::Tag;
        self
    }

    /// Says that its answer carries its version as `ETag`, for the document.
    #[must_use]
    pub const fn gives_version(mut self) -> Self {
        self.has_tag = true;
        self
    }

    /// Names headers of its answer, each with what it says, for the document.
    #[must_use]
    pub const fn sends(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.sends = headers;
        self
    }

    /// Names what its answer is a page of, for the document.
    #[must_use]
    pub fn gives_page_of<T: ToSchema + PartialSchema>(mut self) -> Self {
        let mut item = TypeOf::new::<T>();
        let (name, schema) = (format!("{}Page", item.name), page_of(&item.name));
        item.parts.push((item.name, item.schema));
        self.response = Given::Json(Box::new(TypeOf { name, schema, parts: item.parts }));
        self
    }

    /// Names the type of its answer, for the document.
    #[must_use]
    pub fn gives<T: ToSchema + PartialSchema>(mut self) -> Self {
        self.response = Given::Json(Box::new(TypeOf::new::<T>()));
        self
    }

    /// Says that its answer is plain text, for the document.
    #[must_use]
    pub fn gives_text(mut self) -> Self {
        self.response = Given::Text;
        self
    }

    /// As `gives_text`, where it also says so in plain text that it is not available.
    #[must_use]
    pub fn always_gives_text(mut self) -> Self {
        self.response = Given::TextAlways;
        self
    }

    /// Names the statuses of its success, for the document.
    #[must_use]
    pub const fn succeeds_with(mut self, statuses: &'static [u16]) -> Self {
        self.successes = statuses;
        self
    }

    /// Names problems that its handler gives, for the document.
    #[must_use]
    pub fn refuses(mut self, codes: &[Code]) -> Self {
        self.refusals.extend(codes);
        self
    }
}

/// Every route of the API.
#[must_use]
pub fn all() -> Vec<Route> {
    [
        crate::setup::routes(),
        crate::session::routes(),
        crate::accounts::routes(),
        crate::service_accounts::routes(),
        crate::tokens::routes(),
        crate::invitations::routes(),
        crate::groups::routes(),
        crate::roles::routes(),
        crate::operations::routes(),
        crate::objects::routes(),
        crate::check::routes(),
        crate::previews::routes(),
        crate::organization::routes(),
        crate::me::routes(),
        crate::usage::routes(),
        super::health::routes(),
        super::openapi::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The router of the whole table, each route behind the guard that its line asks for.
pub fn router(app: &App) -> Router<App> {
    all().into_iter().fold(Router::new(), |router, route| {
        let guarded = Guarded { app: app.clone(), needs: route.needs };
        // Answers to reading alone: those to changes may carry a link beside what the request said.
        let handler = match route.method {
            Method::GET => route.handler.layer(CompressionLayer::new().quality(CompressionLevel::Fastest)),
            _ => route.handler,
        };
        let handler = if route.headers.iter().any(|header| header.is_key()) {
            let name = format!("{} {}", route.method, route.path);
            handler.layer(from_fn_with_state(name, idempotency::read_key))
        } else {
            handler
        };
        let watched = Watched { app: app.clone(), method: route.method, path: route.path };
        let guarded = handler.layer(from_fn_with_state(guarded, guard::guard));
        router.route(route.path, guarded.layer(from_fn_with_state(watched, refusals::note)))
    })
}
