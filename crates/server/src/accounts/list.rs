//! `GET accounts`: reads the query, asks the store, and answers "nothing new" to whoever has it already.

use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::accounts::{AccountKind, AccountPage, AccountSort, Direction, InvitationFilter, ShownStatus, parse_sort};
use domain::page::{PAGE_ITEMS_MAX, PAGE_SKIP_MAX, SEARCH_CHARS_MAX, page_items};
use domain::problem::FieldErrors;
use domain::text::fold;
use domain::time::SECOND_MS;
use domain::{FieldError, GroupId, Timestamp};
use serde::Deserialize;
use sqlx::AnyConnection;

use super::counts::CountKey;
use super::store::{self, Cursor};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::groups;
use crate::http::query::Parameters;
use crate::http::respond::Json;

/// An unchanged list is answered by its tag for so long: time alone changes what is shown, too.
const TAG_EVERY_MS: i64 = 10 * SECOND_MS;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListParameters {
    kind: Option<String>,
    status: Option<String>,
    invitation: Option<String>,
    level: Option<String>,
    role: Option<String>,
    group: Option<String>,
    #[serde(default)]
    q: String,
    sort: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
    skip: Option<u32>,
    counts: Option<String>,
}

/// Something that the accounts of a list hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holding {
    /// Key of a level.
    Level(String),
    /// Key of a role that is no level: given to the account itself.
    Role(String),
    /// A group other than Everyone.
    Group(GroupId),
}

/// What a list is narrowed to and sorted by.
#[derive(Debug, Clone)]
pub struct ListQuery {
    pub kind: AccountKind,
    pub status: Option<ShownStatus>,
    pub invitation: Option<InvitationFilter>,
    /// Key of a level.
    pub level: Option<String>,
    /// All of them are held.
    pub holdings: Vec<Holding>,
    /// Folded.
    pub search: String,
    pub sort: AccountSort,
    pub direction: Direction,
    pub limit: u32,
    pub cursor: Option<Cursor>,
    pub skip: u32,
    pub with_counts: bool,
    /// Now.
    pub at: Timestamp,
}

impl ListParameters {
    fn parse(self, at: Timestamp) -> Outcome<ListQuery> {
        let mut errors = FieldErrors::default();
        let mut wrong =
            |field, allowed: &str| errors.push(FieldError::new(field, "not_allowed", format!("Allowed: {allowed}.")));
        let kind = match self.kind.as_deref() {
            None | Some("user") => AccountKind::User,
            Some("service") => AccountKind::Service,
            Some(_) => {
                wrong("kind", "user, service");
                AccountKind::User
            }
        };
        let status = self.status.as_deref().and_then(ShownStatus::parse_filter);
        if self.status.is_some() && status.is_none() {
            wrong("status", &ShownStatus::FILTERS.map(ShownStatus::as_str).join(", "));
        }
        let invitation = self.invitation.as_deref().and_then(InvitationFilter::parse);
        if self.invitation.is_some() && invitation.is_none() {
            wrong("invitation", "open, ended");
        }
        let sorted = self.sort.as_deref().map_or(Some((AccountSort::default(), Direction::default())), parse_sort);
        if sorted.is_none() {
            wrong("sort", &AccountSort::ALL.map(AccountSort::as_str).join(", "));
        }
        let limit = page_items(self.limit);
        if limit.is_none() {
            wrong("limit", &format!("1 to {PAGE_ITEMS_MAX}"));
        }
        let skip = self.skip.unwrap_or_default();
        if skip > PAGE_SKIP_MAX {
            wrong("skip", &format!("0 to {PAGE_SKIP_MAX}"));
        }
        if self.q.chars().count() > SEARCH_CHARS_MAX {
            wrong("q", &format!("{SEARCH_CHARS_MAX} characters at most"));
        }
        if self.group.as_ref().is_some_and(|id| id.parse::<GroupId>().is_err()) {
            wrong("group", "the id of a group");
        }
        let (sort, direction) = sorted.unwrap_or_default();
        let cursor = self.cursor.as_deref().map(|text| Cursor::parse(text, sort));
        if matches!(cursor, Some(None)) {
            wrong("cursor", "what an answer gave as next_cursor, with the same sort");
        }
        if !errors.is_empty() {
            return Err(Failure::Invalid(errors.into_vec()));
        }
        Ok(ListQuery {
            kind,
            status,
            invitation,
            level: self.level,
            holdings: Vec::new(),
            search: fold(self.q.trim()),
            sort,
            direction,
            limit: limit.unwrap_or_default(),
            cursor: cursor.flatten(),
            skip,
            with_counts: self.counts.as_deref() == Some("status"),
            at,
        })
    }
}

/// What a role and a group in a query ask for. Everyone holds all accounts, and so asks for nothing.
async fn holdings(
    connection: &mut AnyConnection,
    caller: &Caller,
    role: Option<String>,
    group: Option<String>,
) -> Outcome<Vec<Holding>> {
    let is_level = |key: &String| caller.book.role(key).is_some_and(|role| role.level_rank.is_some());
    let role = role.map(|key| if is_level(&key) { Holding::Level(key) } else { Holding::Role(key) });
    let group: Option<GroupId> = group.and_then(|id| id.parse().ok());
    let is_everyone = match group {
        Some(id) => groups::store::everyone_id(connection, caller.organization.id).await? == Some(id),
        None => false,
    };
    Ok(role.into_iter().chain(group.filter(|_| !is_everyone).map(Holding::Group)).collect())
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Parameters(parameters): Parameters<ListParameters>,
) -> Outcome<Response> {
    let (role, group) = (parameters.role.clone(), parameters.group.clone());
    let mut query = parameters.parse(caller.at)?;
    let (organization, counted) = (&caller.organization, u8::from(query.with_counts));
    let tag =
        format!("W/\"{}-{}-{}-{counted}\"", organization.id, organization.revision, caller.at.millis() / TAG_EVERY_MS);
    if headers.get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let mut connection = app.db.reader().acquire().await?;
    query.holdings = holdings(&mut connection, &caller, role, group).await?;
    let (items, next_cursor) = store::page(&mut connection, app.db.dialect, caller.organization.id, &query).await?;
    let key = |filter: String| CountKey {
        organization: caller.organization.id,
        revision: caller.organization.revision,
        filter,
    };
    let total_key = key(format!(
        "{:?} {:?} {:?} {:?} {:?} {}",
        query.kind, query.status, query.invitation, query.level, query.holdings, query.search
    ));
    let total = match app.counts.total(&total_key, caller.at) {
        Some(total) => total,
        None => {
            let is_whole = query.cursor.is_none() && query.skip == 0 && next_cursor.is_none();
            let total = if is_whole {
                items.len() as u64
            } else {
                store::total(&mut connection, app.db.dialect, caller.organization.id, &query).await?
            };
            app.counts.keep_total(total_key, caller.at, total);
            total
        }
    };
    let status_counts = match query.with_counts {
        false => None,
        true => {
            let key = key(format!("{:?}", query.kind));
            match app.counts.by_status(&key, caller.at) {
                Some(counts) => Some(counts),
                None => {
                    let counts =
                        store::status_counts(&mut connection, caller.organization.id, query.kind, caller.at).await?;
                    app.counts.keep_by_status(key, caller.at, counts);
                    Some(counts)
                }
            }
        }
    };
    let mut response = Json(AccountPage { items, next_cursor, total, status_counts }).into_response();
    if let Ok(value) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, value);
    }
    Ok(response)
}
