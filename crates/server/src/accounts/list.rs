//! `GET accounts`: reads the query, asks the store, and answers "nothing new" to whoever has it already.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::GroupId;
use domain::accounts::{AccountPage, StatusCounts};
use domain::time::SECOND_MS;
use sqlx::AnyConnection;

use super::kept;
use super::query::{Counted, Holding, ListParameters, ListQuery};
use super::{reach, store};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::groups;
use crate::http::query::Parameters;
use crate::invitations;

/// An unchanged list is answered by its tag for so long: time alone changes what is shown, too.
const TAG_EVERY_MS: i64 = 10 * SECOND_MS;

/// What a role and a group in a query ask for. Everyone holds all accounts, and so asks for nothing.
async fn holdings(app: &App, caller: &Caller, role: Option<String>, group: Option<GroupId>) -> Outcome<Vec<Holding>> {
    let is_level = |key: &String| caller.book.role(key).is_some_and(|role| role.level_rank.is_some());
    let role = role.map(|key| if is_level(&key) { Holding::Level(Some(key)) } else { Holding::Role(key) });
    let is_everyone = match group {
        Some(id) => {
            let mut connection = app.db.reader().acquire().await?;
            groups::store::everyone_id(&mut connection, caller.organization.id).await? == Some(id)
        }
        None => false,
    };
    Ok(role.into_iter().chain(group.filter(|_| !is_everyone).map(Holding::Group)).collect())
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(asked): RawQuery,
    Parameters(parameters): Parameters<ListParameters>,
) -> Outcome<Response> {
    let (role, group) = (parameters.role.clone(), parameters.group());
    let mut query = parameters.parse(caller.at)?;
    let organization = &caller.organization;
    let counted = match query.counts {
        None => 0,
        Some(Counted::All) => 1,
        Some(Counted::Filtered) => 2,
    };
    let tag = format!(
        "W/\"{}-{}-{}-{counted}-{}\"",
        organization.id,
        organization.revision,
        caller.at.millis() / TAG_EVERY_MS,
        reach::tag(&caller)
    );
    if headers.get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let page_key = kept::page_key(&tag, &asked.unwrap_or_default());
    if let Some(page) = app.pages.find(&page_key) {
        return Ok(answer(tag, page));
    }
    query.holdings.extend(holdings(&app, &caller, role, group).await?);
    query.total = known_total(&app, &caller, &query);
    let page = read(&app, &caller, &query).await?;
    let page = Bytes::from(serde_json::to_vec(&page).map_err(|error| Failure::Internal(error.to_string()))?);
    app.pages.keep(page_key, page.clone());
    Ok(answer(tag, page))
}

fn answer(tag: String, page: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json".to_owned()), (ETAG, tag)], page).into_response()
}

/// A page with its total, and the counts by status where they are asked for; counts are kept while nothing is written.
async fn read(app: &App, caller: &Caller, query: &ListQuery) -> Outcome<AccountPage> {
    let mut connection = app.db.reader().acquire().await?;
    // Where another connection is free, the counts are made while the page is read. Nobody waits for it, who holds one.
    let beside = query.counts.and_then(|_| app.db.reader().try_acquire());
    let page = store::page(&mut connection, app.db.dialect, caller.organization.id, query);
    let ((mut items, next_cursor), counted) = match beside {
        Some(mut beside) => tokio::try_join!(page, asked_counts(app, caller, &mut beside, query))?,
        None => (page.await?, None),
    };
    reach::mark(&mut connection, caller, &mut items).await?;
    invitations::mark_outdated(&mut connection, caller, &mut items).await?;
    let is_whole = query.cursor.is_none() && query.skip == 0 && next_cursor.is_none();
    let status_counts = match query.counts {
        _ if counted.is_some() => counted,
        // Of a search that few fit the page has all, and needs no second scan.
        Some(Counted::Filtered) if is_whole && query.status.is_none() => {
            Some(items.iter().map(|account| account.shown_status(query.at)).collect())
        }
        _ => asked_counts(app, caller, &mut connection, query).await?,
    };
    let known = status_counts.as_ref().and_then(|counts| query.total_of(counts));
    let total = match known.or(is_whole.then_some(items.len() as u64)) {
        Some(total) => total,
        None => total(app, caller, &mut connection, query).await?,
    };
    Ok(AccountPage { items, next_cursor, total, status_counts })
}

/// The counts by status that a list is asked for; none where it is asked for none.
async fn asked_counts(
    app: &App,
    caller: &Caller,
    connection: &mut AnyConnection,
    query: &ListQuery,
) -> Outcome<Option<StatusCounts>> {
    match query.counts {
        None => Ok(None),
        Some(Counted::All) => {
            let all = ListQuery::all(query.kind, query.at);
            status_counts(app, caller, connection, &all).await.map(Some)
        }
        Some(Counted::Filtered) => status_counts(app, caller, connection, query).await.map(Some),
    }
}

async fn status_counts(
    app: &App,
    caller: &Caller,
    connection: &mut AnyConnection,
    query: &ListQuery,
) -> Outcome<StatusCounts> {
    let key = query.count_key(caller, None);
    if let Some(counts) = app.counts.by_status(&key, caller.at) {
        return Ok(counts);
    }
    let counts = store::status_counts(connection, app.db.dialect, caller.organization.id, query).await?;
    app.counts.keep_by_status(key, caller.at, counts);
    Ok(counts)
}

/// How many accounts a list has that leaves nobody out, if they were counted a moment ago.
fn known_total(app: &App, caller: &Caller, query: &ListQuery) -> Option<u64> {
    let key = query.is_plain().then(|| query.count_key(caller, None))?;
    let by_status = || app.counts.by_status(&key, caller.at).map(|counts| counts.all());
    app.counts.total(&key, caller.at).or_else(by_status)
}

async fn total(app: &App, caller: &Caller, connection: &mut AnyConnection, query: &ListQuery) -> Outcome<u64> {
    let key = query.count_key(caller, query.status);
    if let Some(total) = app.counts.total(&key, caller.at) {
        return Ok(total);
    }
    let total = store::total(connection, app.db.dialect, caller.organization.id, query).await?;
    app.counts.keep_total(key, caller.at, total);
    Ok(total)
}
