//! Groups: the list, and new ones.

pub mod store;

use axum::extract::State;
use axum::http::StatusCode;
use domain::GroupId;
use domain::groups::{EVERYONE, Group, GroupKind, NewGroup};
use domain::page::{PAGE_ITEMS_MAX, Page, SEARCH_CHARS_MAX, page_items};
use domain::permissions::ConsolePermission;
use domain::text::{DESCRIPTION_CHARS_MAX, Name};
use serde::Deserialize;

use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::query::Parameters;
use crate::http::respond::Json;
use crate::http::route::{Needs, Route};
use crate::{organization, random};

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/groups", Needs::Permission(ConsolePermission::AccountsView), "Groups by name", list)
            .gives_page_of::<Group>(),
        Route::post("/api/v1/groups", Needs::Permission(ConsolePermission::GroupsManage), "Create a group", create)
            .takes::<NewGroup>()
            .gives::<Group>(),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    #[serde(default)]
    q: String,
    limit: Option<u32>,
    cursor: Option<String>,
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
) -> Outcome<Json<Page<Group>>> {
    let limit = page_items(query.limit)
        .ok_or_else(|| Failure::field("limit", "out_of_range", &format!("1 to {PAGE_ITEMS_MAX}")))?;
    if query.q.chars().count() > SEARCH_CHARS_MAX {
        return Err(Failure::field("q", "too_long", &format!("{SEARCH_CHARS_MAX} characters at most")));
    }
    let mut connection = app.db.reader().acquire().await?;
    let asked = store::GroupQuery { search: query.q, after: query.cursor, limit: limit + 1 };
    let (mut items, total) = store::list(&mut connection, app.db.dialect, caller.organization.id, &asked).await?;
    let has_more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next_cursor = items.last().filter(|_| has_more).map(|last| domain::text::fold(&last.name));
    Ok(Json(Page { items, next_cursor, total }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(group): Body<NewGroup>,
) -> Outcome<(StatusCode, Json<Group>)> {
    if !group.is_description_within_limit() {
        return Err(Failure::field(
            "description",
            "too_long",
            &format!("Use {DESCRIPTION_CHARS_MAX} characters at most."),
        ));
    }
    let id: GroupId = random::id(caller.at)?;
    let organization = caller.organization.id;
    let mut tx = app.db.begin().await?;
    organization::store::lock(&mut tx, organization).await?;
    if store::is_taken(&mut tx, organization, &group.name.key()).await? {
        return Err(Failure::NameTaken("name"));
    }
    store::insert(&mut tx, organization, id, GroupKind::Group, &group, caller.at).await?;
    audit::store::record(
        &mut tx,
        organization,
        &(&caller).into(),
        caller.at,
        Event::new("group.created", id).after(&group),
    )
    .await?;
    tx.commit().await?;
    let created = Group {
        id,
        name: group.name.to_string(),
        description: group.description,
        kind: GroupKind::Group,
        roles: Vec::new(),
        members: 0,
        version: 1,
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// The group of all accounts, for a new organization.
///
/// # Errors
/// Never: the name is a constant within the rule.
pub fn everyone() -> Outcome<NewGroup> {
    let name = Name::parse(EVERYONE).map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(NewGroup { name, description: "All accounts, users and services.".to_owned() })
}
