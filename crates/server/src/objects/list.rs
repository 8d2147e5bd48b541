//! `GET objects`, `GET objects/{type}/{external_id}` and `GET object-types`.

use axum::extract::State;
use domain::accounts::AccountSort;
use domain::objects::Object;
use domain::openapi::{Key, PageLimit, Search};
use domain::page::{PAGE_ITEMS_MAX, Page, SEARCH_CHARS_MAX, page_items};
use domain::problem::FieldErrors;
use domain::profile::Term;
use domain::text::fold;
use domain::{FieldError, ObjectId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::store::{self, ObjectQuery};
use super::{Address, profile, visible};
use crate::accounts::store::Cursor;
use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::http::respond::Json;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    /// Key of one of the object types.
    #[serde(rename = "type")]
    #[param(inline, value_type = Option<Key>)]
    kind: Option<String>,
    /// Part of a name or id; 200 characters at most.
    #[serde(default)]
    #[param(inline, value_type = Option<Search>)]
    q: String,
    /// Whether to give only those that nobody can modify any more.
    #[serde(default)]
    orphan: bool,
    /// 1 to 500; 100 by default.
    #[param(inline, value_type = Option<PageLimit>)]
    limit: Option<u32>,
    /// What an answer gave as `next_cursor`.
    cursor: Option<String>,
}

impl ListQuery {
    fn parse(self, app: &App, caller: &Caller) -> Outcome<ObjectQuery> {
        let mut errors = FieldErrors::default();
        let mut wrong =
            |field, allowed: &str| errors.push(FieldError::new(field, "not_allowed", format!("Allowed: {allowed}.")));
        let types = &profile(app, caller)?.object_types;
        if self.kind.as_ref().is_some_and(|kind| types.iter().all(|term| term.key != *kind)) {
            wrong("type", &types.iter().map(|term| term.key.as_str()).collect::<Vec<_>>().join(", "));
        }
        if self.q.chars().count() > SEARCH_CHARS_MAX {
            wrong("q", &format!("{SEARCH_CHARS_MAX} characters at most"));
        }
        let limit = page_items(self.limit);
        if limit.is_none() {
            wrong("limit", &format!("1 to {PAGE_ITEMS_MAX}"));
        }
        let after = self.cursor.as_deref().map(|text| Cursor::parse(text, AccountSort::Name));
        if matches!(after, Some(None)) {
            wrong("cursor", "what an answer gave as next_cursor");
        }
        if !errors.is_empty() {
            return Err(Failure::Invalid(errors.into_vec()));
        }
        Ok(ObjectQuery {
            kind: self.kind,
            search: fold(self.q.trim()),
            only_orphans: self.orphan,
            after: after.flatten(),
            limit: limit.unwrap_or_default(),
        })
    }
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
) -> Outcome<Json<Page<Object>>> {
    let query = query.parse(&app, &caller)?;
    let mut connection = app.db.reader().acquire().await?;
    let (mut rows, total) = store::page(&mut connection, app.db.dialect, &caller, &query).await?;
    let has_more = rows.len() > query.limit as usize;
    rows.truncate(query.limit as usize);
    let cursor = |id: ObjectId, object: &Object| Cursor::text(&fold(&object.name), id);
    let next_cursor = rows.last().filter(|_| has_more).map(|last| cursor(last.id, &last.object));
    Ok(Json(Page { items: rows.into_iter().map(|row| row.object).collect(), next_cursor, total }))
}

pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(address): Path<Address>,
) -> Outcome<Json<Object>> {
    let mut connection = app.db.reader().acquire().await?;
    Ok(Json(visible(&mut connection, &caller, &address).await?.object))
}

pub(super) async fn types(State(app): State<App>, caller: Caller) -> Outcome<Json<Page<Term>>> {
    let items = profile(&app, &caller)?.object_types.clone();
    Ok(Json(Page { total: items.len() as u64, items, next_cursor: None }))
}
