//! Groups: the list, one of them, their roles and members.

mod change;
mod members;
pub mod store;

use axum::extract::State;
use axum::http::StatusCode;
use domain::Code;
use domain::GroupId;
use domain::bulk::BulkAnswer;
use domain::groups::{EVERYONE, GROUPS_MAX, Group, GroupChange, GroupKind, Member, MembershipChange, NewGroup};
use domain::openapi::{PageLimit, Search};
use domain::page::{PAGE_ITEMS_MAX, Page, SEARCH_CHARS_MAX, page_items};
use domain::permissions::ConsolePermission;
use domain::previews::MembersChange;
use domain::text::{Name, description_fault};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::carried::Carried;
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::http::respond::Json;
use crate::http::route::{Needs, RIGHTS, Route};
use crate::random;
use crate::roles::CHOOSE;
use crate::version::Versioned;

#[must_use]
pub fn routes() -> Vec<Route> {
    let view = Needs::Permission(ConsolePermission::AccountsView);
    let manage = Needs::Permission(ConsolePermission::GroupsManage);
    vec![
        Route::get("/api/v1/groups", Needs::AnyOf(CHOOSE), "Groups by name", list)
            .takes_query::<ListQuery>()
            .gives_page_of::<Group>(),
        Route::post("/api/v1/groups", manage, "Create a group", create)
            .succeeds_with(&[201])
            .refuses(RIGHTS)
            .refuses(&[Code::NameTaken])
            .reads(Carried::IdempotencyKey)
            .takes::<NewGroup>()
            .gives::<Group>()
            .gives_version(),
        Route::get("/api/v1/groups/{id}", view, "One group", show).gives::<Group>().gives_version(),
        Route::patch("/api/v1/groups/{id}", manage, "Change a group's name, description or roles", change::change)
            .refuses(RIGHTS)
            .refuses(&[Code::NameTaken, Code::BuiltIn])
            .reads(Carried::Version)
            .reads(Carried::Basis)
            .takes::<GroupChange>()
            .gives::<Group>()
            .gives_version(),
        Route::delete("/api/v1/groups/{id}", manage, "Delete a group", change::remove)
            .refuses(RIGHTS)
            .refuses(&[Code::BuiltIn])
            .reads(Carried::Version)
            .reads(Carried::Basis),
        Route::get("/api/v1/groups/{id}/members", view, "Members by name", members::list)
            .takes_query::<members::ListQuery>()
            .gives_page_of::<Member>(),
        Route::post("/api/v1/groups/{id}/members", manage, "Add and remove many members", members::change_many)
            .refuses(RIGHTS)
            .refuses(&[Code::BuiltIn])
            .reads(Carried::Basis)
            .reads(Carried::IdempotencyKey)
            .takes::<MembersChange>()
            .gives::<BulkAnswer>(),
        Route::put("/api/v1/groups/{id}/members/{account}", manage, "Add a member, or set its end", members::put)
            .refuses(RIGHTS)
            .refuses(&[Code::BuiltIn])
            .reads(Carried::Basis)
            .reads(Carried::IdempotencyKey)
            .takes::<MembershipChange>()
            .gives::<Member>(),
        Route::delete("/api/v1/groups/{id}/members/{account}", manage, "Remove a member", members::remove)
            .refuses(RIGHTS)
            .refuses(&[Code::BuiltIn])
            .reads(Carried::Basis),
    ]
}

/// The id of an address; another text is nothing that exists.
fn path_id(text: &str) -> Outcome<GroupId> {
    text.parse().map_err(|_| Failure::NotFound)
}

async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Outcome<Versioned<Group>> {
    let mut connection = app.db.reader().acquire().await?;
    Ok(Versioned(store::lookup(&mut connection, caller.organization.id, path_id(&id)?, caller.at).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// Part of a name; 200 characters at most.
    #[serde(default)]
    #[param(inline, value_type = Option<Search>)]
    q: String,
    /// Key of a role that the groups carry.
    role: Option<String>,
    /// 1 to 500; 100 by default.
    #[param(inline, value_type = Option<PageLimit>)]
    limit: Option<u32>,
    /// What an answer gave as `next_cursor`.
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
    let asked =
        store::GroupQuery { search: query.q, role: query.role, after: query.cursor, limit: limit + 1, at: caller.at };
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
) -> Outcome<(StatusCode, Versioned<Group>)> {
    if let Some(fault) = description_fault(&group.description) {
        return Err(Failure::Invalid(vec![fault]));
    }
    let id: GroupId = random::id(caller.at)?;
    let (mut tx, caller) = caller.begin_change(&app, ConsolePermission::GroupsManage, None).await?;
    let organization = caller.organization.id;
    if store::is_taken(&mut tx, organization, &group.name.key()).await? {
        return Err(Failure::NameTaken("name"));
    }
    if store::count(&mut tx, organization).await? >= GROUPS_MAX {
        return Err(Failure::field("name", "too_many", &format!("An organization has {GROUPS_MAX} groups at most.")));
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
    let created = Group {
        id,
        name: group.name.to_string(),
        description: group.description,
        kind: GroupKind::Group,
        roles: Vec::new(),
        members: 0,
        version: 1,
    };
    caller.save_answer(&mut tx, StatusCode::CREATED, Some(created.version), &created).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Versioned(created)))
}

/// The group of all accounts, for a new organization.
///
/// # Errors
/// Never: the name is a constant within the rule.
pub fn everyone() -> Outcome<NewGroup> {
    let name = Name::parse(EVERYONE).map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(NewGroup { name, description: "All accounts, users and services.".to_owned() })
}
