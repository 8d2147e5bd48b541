//! Members of a group: the list, and adding, ending and removing memberships, one or many.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::accounts::{AccountKind, AccountSort};
use domain::bulk::{BulkAnswer, BulkOutcome};
use domain::groups::{GroupKind, Member, MembershipChange};
use domain::openapi::{PageLimit, Search};
use domain::page::{PAGE_ITEMS_MAX, Page, SEARCH_CHARS_MAX, page_items};
use domain::permissions::ConsolePermission;
use domain::previews::MembersChange;
use domain::text::fold;
use domain::{AccountId, Code, GroupId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::store::members::MemberQuery;
use super::{path_id, store};
use crate::accounts;
use crate::accounts::bulk::{FREE_MAX, Part, run};
use crate::accounts::store::Cursor;
use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::{Body, LargeBody};
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::http::respond::Json;
use crate::version;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    /// `user` or `service`; both by default.
    #[param(inline)]
    kind: Option<AccountKind>,
    /// Part of a name, address, user name or id; 200 characters at most.
    #[serde(default)]
    #[param(inline, value_type = Option<Search>)]
    q: String,
    /// 1 to 500; 100 by default.
    #[param(inline, value_type = Option<PageLimit>)]
    limit: Option<u32>,
    /// What an answer gave as `next_cursor`.
    cursor: Option<String>,
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<ListQuery>,
) -> Outcome<Json<Page<Member>>> {
    let limit = page_items(query.limit)
        .ok_or_else(|| Failure::field("limit", "out_of_range", &format!("1 to {PAGE_ITEMS_MAX}")))?;
    if query.q.chars().count() > SEARCH_CHARS_MAX {
        return Err(Failure::field("q", "too_long", &format!("{SEARCH_CHARS_MAX} characters at most")));
    }
    let after = query.cursor.as_deref().map(|text| Cursor::parse(text, AccountSort::Name));
    if matches!(after, Some(None)) {
        return Err(Failure::field("cursor", "not_allowed", "What an answer gave as next_cursor."));
    }
    let asked =
        MemberQuery { kind: query.kind, search: fold(query.q.trim()), after: after.flatten(), limit, at: caller.at };
    let mut connection = app.db.reader().acquire().await?;
    let organization = caller.organization.id;
    let group = store::lookup(&mut connection, organization, path_id(&id)?, caller.at).await?;
    let (items, next_cursor, total) =
        store::members::page(&mut connection, app.db.dialect, organization, &group, &asked).await?;
    Ok(Json(Page { items, next_cursor, total }))
}

pub(super) async fn change_many(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    LargeBody(change): LargeBody<MembersChange>,
) -> Outcome<Json<BulkAnswer>> {
    let faults = change.faults(caller.at);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let is_large = change.add.len() + change.remove.len() > FREE_MAX;
    let _turn = if is_large { Some(app.gate.enter(caller.account_id).await?) } else { None };
    change_members(&app, caller, path_id(&id)?, &headers, change).await.map(Json)
}

async fn change_members(
    app: &App,
    caller: Caller,
    group: GroupId,
    headers: &HeaderMap,
    change: MembersChange,
) -> Outcome<BulkAnswer> {
    let needs = ConsolePermission::GroupsManage;
    let basis = version::basis(headers)?;
    let (mut tx, caller) = caller.begin_change(app, needs, basis).await?;
    let found = store::lookup(&mut tx, caller.organization.id, group, caller.at).await?;
    if found.kind == GroupKind::Everyone {
        return Err(Failure::BuiltIn);
    }
    let parts: Vec<Part> = Part::of_members(group, change).into_iter().filter(|part| !part.ids.is_empty()).collect();
    run(app, tx, &caller, needs, &parts).await
}

/// One account's result as an answer of its own.
fn require_done(answer: &BulkAnswer) -> Outcome<()> {
    match answer.results.first().and_then(|result| result.code) {
        None => Ok(()),
        Some(Code::Escalation) => Err(Failure::Escalation("what this account holds".to_owned())),
        Some(_) => Err(Failure::NotFound),
    }
}

pub(super) async fn put(
    State(app): State<App>,
    caller: Caller,
    Path((id, account)): Path<(String, String)>,
    headers: HeaderMap,
    Body(change): Body<MembershipChange>,
) -> Outcome<Json<Member>> {
    let (id, account): (GroupId, AccountId) = (path_id(&id)?, accounts::path_id(&account)?);
    let (at, organization) = (caller.at, caller.organization.id);
    let add = MembersChange { add: vec![account], remove: Vec::new(), valid_until: change.valid_until };
    let faults = add.faults(at);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    match change_members(&app, caller, id, &headers, add).await {
        // It was done before; the member is shown as it is.
        Err(Failure::Repeated(_)) => {}
        answer => require_done(&answer?)?,
    }
    let mut connection = app.db.reader().acquire().await?;
    let group = store::lookup(&mut connection, organization, id, at).await?;
    let member = store::members::find(&mut connection, &group, account, at).await?;
    member.map(Json).ok_or(Failure::NotFound)
}

pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((id, account)): Path<(String, String)>,
    headers: HeaderMap,
) -> Outcome<StatusCode> {
    let (id, account) = (path_id(&id)?, accounts::path_id(&account)?);
    let change = MembersChange { remove: vec![account], ..MembersChange::default() };
    let answer = change_members(&app, caller, id, &headers, change).await?;
    require_done(&answer)?;
    // Whoever was not in the group is nothing that could be removed.
    let was_member = answer.results.iter().all(|result| result.outcome == BulkOutcome::Ok);
    if was_member { Ok(StatusCode::NO_CONTENT) } else { Err(Failure::NotFound) }
}
