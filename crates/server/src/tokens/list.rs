//! `GET tokens`, `GET accounts/{id}/tokens` and `GET me/tokens`: newest first.

use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::accounts::{AccountKind, AccountSort};
use domain::openapi::{AnyId, PageLimit, PageSkip, Search, TokenFilterWord};
use domain::page::{PAGE_ITEMS_MAX, PAGE_SKIP_MAX, SEARCH_CHARS_MAX, page_items};
use domain::problem::FieldErrors;
use domain::time::SECOND_MS;
use domain::tokens::{TokenFilter, TokenPage};
use domain::{AccountId, FieldError, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use super::reach;
use super::store::{self, Filters, Window};
use crate::accounts;
use crate::accounts::store::Cursor;
use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::http::respond::Json;

/// An unchanged list is answered by its tag for so long: tokens are used and end without a write of the organization.
const TAG_EVERY_MS: i64 = 10 * SECOND_MS;

/// The parameters of `GET tokens`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListParameters {
    /// Part of the token's name or hint, or of its account's name, address or id; 200 characters at most.
    #[param(inline, value_type = Option<Search>)]
    q: Option<String>,
    /// `working`, `never_used`, `unused`, `no_expiry`, `expiring`, `wide` or `ended`; `working` by default.
    #[param(inline, value_type = Option<TokenFilterWord>)]
    filter: Option<String>,
    /// `user` or `service`; both by default.
    #[param(inline, value_type = Option<AccountKind>)]
    kind: Option<String>,
    /// Id of an account.
    #[param(inline, value_type = Option<AnyId>)]
    account: Option<String>,
    /// 1 to 500; 100 by default.
    #[param(inline, value_type = Option<PageLimit>)]
    limit: Option<u32>,
    /// What an answer gave as `next_cursor`.
    cursor: Option<String>,
    /// Rows to leave out behind the cursor: 0 to 10,000,000.
    #[param(inline, value_type = Option<PageSkip>)]
    skip: Option<u32>,
    /// Adds how many fit each filter.
    #[serde(default)]
    counts: bool,
}

impl ListParameters {
    fn parse(self, at: Timestamp) -> Outcome<(Filters, Window, bool)> {
        let mut errors = FieldErrors::default();
        let mut fault = |field: &str, words: &str| errors.push(FieldError::new(field, "invalid", words.to_owned()));
        let search = self.q.unwrap_or_default();
        if search.chars().count() > SEARCH_CHARS_MAX {
            fault("q", "200 characters at most.");
        }
        let filter = self.filter.as_deref().map_or(Some(TokenFilter::default()), TokenFilter::parse);
        let names: Vec<&str> = TokenFilter::ALL.iter().map(|filter| filter.as_str()).collect();
        let filter = filter.unwrap_or_else(|| {
            fault("filter", &format!("One of {}.", names.join(", ")));
            TokenFilter::default()
        });
        let kind = match self.kind.as_deref() {
            None => None,
            Some("user") => Some(AccountKind::User),
            Some("service") => Some(AccountKind::Service),
            Some(_) => {
                fault("kind", "user or service.");
                None
            }
        };
        let account: Option<Option<AccountId>> = self.account.map(|text| text.parse().ok());
        if account == Some(None) {
            fault("account", "The id of an account.");
        }
        let limit = page_items(self.limit).unwrap_or_else(|| {
            fault("limit", &format!("A number from 1 to {PAGE_ITEMS_MAX}."));
            1
        });
        let cursor = self.cursor.map(|text| Cursor::parse(&text, AccountSort::Created));
        if matches!(cursor, Some(None)) {
            fault("cursor", "What the page before gave as next_cursor.");
        }
        let skip = self.skip.unwrap_or_default();
        if skip > PAGE_SKIP_MAX {
            fault("skip", &format!("A number from 0 to {PAGE_SKIP_MAX}."));
        }
        if !errors.is_empty() {
            return Err(Failure::Invalid(errors.into_vec()));
        }
        let search = domain::text::fold(search.trim());
        let filters = Filters { filter, kind, account: account.flatten(), search, at };
        Ok((filters, Window { cursor: cursor.flatten(), skip, limit }, self.counts))
    }
}

pub(super) async fn all(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Parameters(parameters): Parameters<ListParameters>,
) -> Outcome<Response> {
    let (filters, window, counted) = parameters.parse(caller.at)?;
    let row = &caller.organization;
    let tag = format!("W/\"{}-{}-{}\"", row.id, row.revision, caller.at.millis() / TAG_EVERY_MS);
    if headers.get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let page = read(&app, &caller, &filters, &window, counted).await?;
    Ok(([(ETAG, tag)], Json(page)).into_response())
}

pub(super) async fn of_account(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(parameters): Parameters<ListParameters>,
) -> Outcome<Json<TokenPage>> {
    let (filters, window, counted) = parameters.parse(caller.at)?;
    let account = {
        let mut connection = app.db.reader().acquire().await?;
        let id = accounts::path_id(&id)?;
        accounts::store::lookup(&mut connection, caller.organization.id, id, caller.at).await?
    };
    reach::require_view(&caller, &account.account_ref())?;
    let filters = Filters { account: Some(account.id), ..filters };
    read(&app, &caller, &filters, &window, counted).await.map(Json)
}

pub(super) async fn own(
    State(app): State<App>,
    caller: Caller,
    Parameters(parameters): Parameters<ListParameters>,
) -> Outcome<Json<TokenPage>> {
    let (filters, window, counted) = parameters.parse(caller.at)?;
    let filters = Filters { account: Some(caller.account_id), ..filters };
    read(&app, &caller, &filters, &window, counted).await.map(Json)
}

async fn read(app: &App, caller: &Caller, filters: &Filters, window: &Window, counted: bool) -> Outcome<TokenPage> {
    let mut connection = app.db.reader().acquire().await?;
    let (dialect, organization) = (app.db.dialect, caller.organization.id);
    let (items, next_cursor) = store::page(&mut connection, dialect, organization, filters, window).await?;
    let counts = match counted {
        true => Some(store::counts(&mut connection, dialect, organization, filters).await?),
        false => None,
    };
    let is_whole = window.cursor.is_none() && window.skip == 0 && next_cursor.is_none();
    let total = match counts {
        Some(counts) => counts.of(filters.filter),
        None if is_whole => items.len() as u64,
        None => store::total(&mut connection, dialect, organization, filters).await?,
    };
    Ok(TokenPage { items, next_cursor, total, counts })
}
