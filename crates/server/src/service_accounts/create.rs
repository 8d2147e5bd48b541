//! `POST service-accounts`: a service account with all it gets, and its first token, in one transaction.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::accounts::{AccountKind, AccountStatus};
use domain::permissions::ConsolePermission;
use domain::problem::FieldErrors;
use domain::reach::Reach;
use domain::roles::OWNER_ROLE;
use domain::service_accounts::{CreatedServiceAccount, NewServiceAccount, OwnerChoice};
use domain::{AccountId, FieldError, GroupId, OrganizationId};
use sqlx::AnyConnection;

use super::store::{self, NewRow};
use crate::accounts::store::new::{self, Given, NewGrant, NewMembership, Provenance, Source};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::{self, Caller};
use crate::failure::{Failure, Outcome};
use crate::http::body::Body;
use crate::http::respond::Json;
use crate::store::Tx;
use crate::{accounts, groups, objects, random, tokens};

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<NewServiceAccount>,
) -> Outcome<Response> {
    let (mut tx, caller) = caller.begin_change(&app, ConsolePermission::ServiceAccountsManage, None).await?;
    if request.token.is_some() {
        caller.require_confirmed()?;
    }
    check(&mut tx, &caller, &request).await?;
    if store::is_taken(&mut tx, caller.organization.id, &request.account_id).await? {
        return Err(Failure::NameTaken("account_id"));
    }
    let id = write(&mut tx, &caller, &request).await?;
    caller.require_confirmed_for(&caller::holdings_of(&mut tx, id).await?)?;
    let account = accounts::store::lookup(&mut tx, caller.organization.id, id, caller.at).await?;
    let event = Event::new("service_account.created", id).after(&account);
    audit::store::record(&mut tx, caller.organization.id, &(&caller).into(), caller.at, event).await?;
    let token = match &request.token {
        Some(new) => Some(tokens::mint::insert(&mut tx, &caller, &account, new).await.map_err(of_token)?),
        None => None,
    };
    let account = accounts::store::lookup(&mut tx, caller.organization.id, id, caller.at).await?;
    let created = CreatedServiceAccount { account, token };
    if created.token.is_none() {
        caller.save_answer(&mut tx, StatusCode::CREATED, None, &created).await?;
    }
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(created)).into_response())
}

/// Names the fields of the first token as they stand in this request.
fn of_token(failure: Failure) -> Failure {
    match failure {
        Failure::Invalid(errors) => {
            let inside = |error: FieldError| FieldError { field: ["token.", &error.field].concat(), ..error };
            Failure::Invalid(errors.into_iter().map(inside).collect())
        }
        other => other,
    }
}

/// Refuses what is wrong or not there, and what reaches beyond the caller (I7).
async fn check(tx: &mut Tx, caller: &Caller, request: &NewServiceAccount) -> Outcome<()> {
    let book = &caller.book;
    let mut errors = FieldErrors::default();
    let mut keys = Vec::new();
    request.faults(&caller.organization.tokens, caller.at).into_iter().for_each(|fault| errors.push(fault));
    for (index, key) in request.roles.iter().enumerate() {
        // A level is for people, and an Owner is a person.
        match book.role(key).filter(|role| role.level_rank.is_none() && key != OWNER_ROLE) {
            Some(role) => keys.extend(role.permissions.clone()),
            None => errors
                .push(FieldError::new("roles", "unknown_role", "There is no such role to give.".to_owned()).at(index)),
        }
    }
    for (index, key) in request.permissions.iter().enumerate() {
        match book.catalogue().find(key) {
            Some(_) => keys.push(key.clone()),
            None => errors.push(
                FieldError::new("permissions", "unknown_permission", "There is no such permission.".to_owned())
                    .at(index),
            ),
        }
    }
    let joinable = groups::store::find_joinable(tx, caller.organization.id, &request.groups).await?;
    for (index, id) in request.groups.iter().enumerate() {
        match joinable.iter().find(|(known, _)| known == id) {
            Some((_, permissions)) => keys.extend(permissions.clone()),
            None => {
                errors.push(FieldError::new("groups", "unknown_group", "There is no such group.".to_owned()).at(index))
            }
        }
    }
    if let Some(fault) = owner_fault(tx, caller.organization.id, request.owner).await? {
        errors.push(fault);
    }
    if !errors.is_empty() {
        return Err(Failure::Invalid(errors.into_vec()));
    }
    objects::require_joining(tx, caller, &request.groups, None).await?;
    caller.require_within(&Reach::gift(book.expand(&keys), None))
}

/// What is wrong with who is to answer for a service account: somebody of the organization, and no program.
///
/// # Errors
/// When the store does not answer.
pub async fn owner_fault(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    owner: Option<OwnerChoice>,
) -> Outcome<Option<FieldError>> {
    let is_known = match owner.unwrap_or_default() {
        OwnerChoice { account: Some(account), group: None } => {
            let found = accounts::store::lookup(connection, organization, account, Default::default()).await;
            match found {
                Ok(account) => {
                    account.kind == AccountKind::User
                        && account.deleted_at.is_none()
                        && account.status != AccountStatus::Pending
                }
                Err(Failure::NotFound) => false,
                Err(other) => return Err(other),
            }
        }
        OwnerChoice { account: None, group: Some(group) } => {
            groups::store::find_joinable(connection, organization, &[group]).await?.iter().any(|(id, _)| *id == group)
        }
        OwnerChoice { account: None, group: None } => true,
        OwnerChoice { account: Some(_), group: Some(_) } => {
            let words = "Name a person or a group, not both.".to_owned();
            return Ok(Some(FieldError::new("owner", "not_allowed", words)));
        }
    };
    let words = || "Name a person who is in, or a group.".to_owned();
    Ok((!is_known).then(|| FieldError::new("owner", "unknown_owner", words())))
}

async fn write(tx: &mut Tx, caller: &Caller, request: &NewServiceAccount) -> Outcome<AccountId> {
    let id: AccountId = random::id(caller.at)?;
    let name = request.display_name.as_ref().map_or(request.account_id.name(), |name| name.as_str());
    let row = NewRow {
        id,
        organization: caller.organization.id,
        account_id: &request.account_id,
        name,
        description: &request.description,
        owner: request.owner.unwrap_or_default(),
        created_by: caller.account_id,
    };
    store::insert(tx, &row, caller.at).await?;
    let from = || Provenance { source: Source::Manual, by: Some(caller.account_id.to_string()) };
    let grant = |given| NewGrant { account: id, given, from: from() };
    let roles = unique(&request.roles).into_iter().map(|key| grant(Given::Role(key)));
    let permissions = unique(&request.permissions).into_iter().map(|key| grant(Given::Permission(key)));
    new::insert_grants(tx, roles.chain(permissions).collect(), caller.at).await?;
    let membership = |group: &GroupId| NewMembership { account: id, group: *group, from: from() };
    let memberships = unique(&request.groups).into_iter().map(membership).collect();
    new::insert_memberships(tx, memberships, caller.at).await?;
    Ok(id)
}

fn unique<T: Ord>(keys: &[T]) -> std::collections::BTreeSet<&T> {
    keys.iter().collect()
}
