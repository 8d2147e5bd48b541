//! `POST invitations`: many addresses, one transaction, one result each.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::email::EmailAddress;
use domain::email_list::{EmailEntry, EntryError};
use domain::groups::GROUPS_PER_INVITE_MAX;
use domain::invitations::{
    GRANTS_PER_INVITE_MAX, InviteOutcome, InviteRequest, InviteResponse, InviteResult, mail_allowance,
};
use domain::kept::{Asked, Kept};
use domain::levels;
use domain::organization::has_seat;
use domain::permissions::ConsolePermission;
use domain::problem::FieldErrors;
use domain::reach::Reach;
use domain::{AccountId, FieldError, GroupId, RoleId, Timestamp};

use super::manage::link;
use super::snapshot::{self, Now};
use super::store::{self, Existing};
use crate::accounts::store::new::{self as accounts, Given, InvitedUser, NewGrant, NewMembership, Provenance, Source};
use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::{self, Caller};
use crate::failure::{Failure, Outcome};
use crate::groups;
use crate::http::body::Body;
use crate::http::respond::Json;
use crate::idempotency::SavedAnswer;
use crate::organization::defaults::store::Standing;
use crate::organization::store::{self as organizations, OrganizationRow};
use crate::store::Tx;
use crate::{objects, organization, random, roles, session};

/// What every account of one request gets, checked against what the caller holds.
struct Gifts {
    level: Option<(String, RoleId)>,
    /// Whether the request names the level itself.
    is_level_named: bool,
    groups: Vec<GroupId>,
    roles: Vec<String>,
    permissions: Vec<String>,
    /// What the organization gives, whoever invites: none of it is among the above.
    defaults: Standing,
}

/// One request on its way.
struct Batch<'a> {
    app: &'a App,
    caller: &'a Caller,
    organization: &'a OrganizationRow,
    gifts: Gifts,
    existing: HashMap<String, Existing>,
    allowances: HashMap<String, Timestamp>,
    seats_taken: u32,
    created: Vec<InvitedUser>,
    used_allowances: Vec<(String, Timestamp)>,
}

pub(super) async fn invite(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<InviteRequest>,
) -> Outcome<Response> {
    let (mut tx, caller) = match caller.clone().begin_change(&app, ConsolePermission::AccountsInvite, None).await {
        Err(Failure::Repeated(answer)) => return repeat(&app, caller, *answer).await,
        begun => begun?,
    };
    let organization = caller.organization.clone();
    let gifts = check_gifts(&mut tx, &app, &caller, &organization, &request).await?;
    let results = invite_all(&mut tx, &app, &caller, &organization, gifts, request.emails.entries()).await?;
    let response = InviteResponse { results };
    caller.save_answer(&mut tx, StatusCode::OK, None, &response).await?;
    let response = with_links(&app, response, &mut tx).await?;
    tx.commit().await?;
    app.outbox_wake.notify_one();
    Ok(Json(response).into_response())
}

/// Adds the links, where there is no mail server to carry them. They are never stored.
async fn with_links(app: &App, mut response: InviteResponse, tx: &mut Tx) -> Outcome<InviteResponse> {
    if app.has_mail {
        return Ok(response);
    }
    for result in &mut response.results {
        if let Some(account) = result.account_id
            && matches!(result.outcome, InviteOutcome::Invited | InviteOutcome::Resent)
        {
            result.link = Some(link(app, account, store::generation(tx, account).await?));
        }
    }
    Ok(response)
}

/// The answer to a request that was carried out before. It has the link of a first invitation alone, and only while that is
/// the newest and may be shown to the caller as `POST invitation/link` would show it: what was sent since is not the caller's.
async fn repeat(app: &App, caller: Caller, mut answer: SavedAnswer) -> Outcome<Response> {
    if !app.has_mail {
        let (mut tx, caller) = caller.without_key().begin_plain(app).await?;
        let mut response: InviteResponse = serde_json::from_str(&answer.body)?;
        let mut shown = Vec::new();
        for result in response.results.iter_mut().filter(|result| result.outcome == InviteOutcome::Invited) {
            let Some(account) = result.account_id else { continue };
            let generation = store::generation(&mut tx, account).await?;
            if generation == store::FIRST_GENERATION && is_shown(&mut tx, &caller, account).await? {
                result.link = Some(link(app, account, generation));
                shown.push(account);
            }
        }
        Now::of(&caller).record(&mut tx, &shown).await?;
        tx.commit().await?;
        answer.body = serde_json::to_string(&response)?;
    }
    Ok(answer.into_response())
}

/// Whether a caller may see the link of an account.
async fn is_shown(tx: &mut Tx, caller: &Caller, account: AccountId) -> Outcome<bool> {
    if !caller.effective.holds(ConsolePermission::AccountsInvite) {
        return Ok(false);
    }
    let holdings = caller::holdings_of(tx, account).await?;
    Ok(caller.require_confirmed_for(&holdings).is_ok() && snapshot::lacks(tx, caller, account).await?.is_none())
}

/// Reads level, groups, roles and permissions, each of them known, and all of them within what the caller holds (I7).
/// What the defaults give anyway is theirs, and need not be held.
async fn check_gifts(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    organization: &OrganizationRow,
    request: &InviteRequest,
) -> Outcome<Gifts> {
    let mut errors = FieldErrors::default();
    let book = &caller.book;
    let mut keys = Vec::new();
    let defaults = organization::defaults::store::read(tx, organization.id).await?;
    let is_default_group = |id: &GroupId| defaults.groups.iter().any(|(group, _)| group.id == *id);
    let is_default_permission = |key: &String| defaults.permissions.iter().any(|(known, _)| known == key);
    let level = level_key(app, caller, organization, request);
    let level = book.narrowed(level.as_deref(), &request.roles).map(str::to_owned);
    if let Some(key) = &level {
        match book.role(key).filter(|role| role.level_rank.is_some()) {
            Some(role) => keys.extend(role.permissions.clone()),
            None => errors.push(FieldError::new("level", "unknown_level", "Choose one of the levels.".to_owned())),
        }
    }
    for (index, key) in request.roles.iter().enumerate() {
        match book.role(key).filter(|role| role.level_rank.is_none()) {
            Some(role) => keys.extend(role.permissions.clone()),
            None => errors.push(FieldError {
                index: Some(index),
                ..FieldError::new("roles", "unknown_role", "There is no such role.".to_owned())
            }),
        }
    }
    for (index, key) in request.permissions.iter().enumerate() {
        match book.catalogue().find(key) {
            Some(_) if is_default_permission(key) => {}
            Some(_) => keys.push(key.clone()),
            None => errors.push(FieldError {
                index: Some(index),
                ..FieldError::new("permissions", "unknown_permission", "There is no such permission.".to_owned())
            }),
        }
    }
    let joinable = groups::store::find_joinable(tx, organization.id, &request.groups).await?;
    for (index, id) in request.groups.iter().enumerate() {
        match joinable.iter().find(|(known, _)| known == id) {
            Some(_) if is_default_group(id) => {}
            Some((_, permissions)) => keys.extend(permissions.clone()),
            None => errors.push(FieldError {
                index: Some(index),
                ..FieldError::new("groups", "unknown_group", "There is no such group.".to_owned())
            }),
        }
    }
    check_numbers(request, &mut errors);
    if !errors.is_empty() {
        return Err(Failure::Invalid(errors.into_vec()));
    }
    caller.require_within(&Reach::gift(book.expand(&keys), None))?;
    let own_groups = request.groups.iter().filter(|id| !is_default_group(id)).copied();
    let groups: Vec<GroupId> = unique(own_groups.collect());
    objects::require_joining(tx, caller, &groups, None).await?;
    let level = match level {
        Some(key) => Some((key.clone(), roles::store::id_of(tx, organization.id, &key).await?)),
        None => None,
    };
    let permissions = request.permissions.iter().filter(|key| !is_default_permission(key)).cloned();
    let permissions = unique(permissions.collect());
    let is_level_named = request.level.is_some();
    Ok(Gifts { level, is_level_named, groups, roles: unique(request.roles.clone()), permissions, defaults })
}

fn unique<T: Ord>(mut keys: Vec<T>) -> Vec<T> {
    keys.sort();
    keys.dedup();
    keys
}

fn level_key(app: &App, caller: &Caller, organization: &OrganizationRow, request: &InviteRequest) -> Option<String> {
    let profile_default = app.profile(&organization.profile).and_then(|profile| profile.default_level.as_deref());
    let levels = session::levels(&caller.book);
    request.level.clone().or_else(|| {
        levels::default_level(&levels, organization.default_level.as_deref(), profile_default)
            .map(|level| level.key.clone())
    })
}

fn check_numbers(request: &InviteRequest, errors: &mut FieldErrors) {
    let limits = [
        ("groups", request.groups.len(), GROUPS_PER_INVITE_MAX),
        ("roles", request.roles.len(), GRANTS_PER_INVITE_MAX),
        ("permissions", request.permissions.len(), GRANTS_PER_INVITE_MAX),
    ];
    for (field, count, most) in limits {
        if count > most {
            errors.push(FieldError::new(field, "too_many", format!("{most} at most.")));
        }
    }
}

async fn invite_all(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    organization: &OrganizationRow,
    gifts: Gifts,
    entries: &[EmailEntry],
) -> Outcome<Vec<InviteResult>> {
    let keys: Vec<String> = entries
        .iter()
        .filter_map(|entry| entry.address.as_ref().ok())
        .map(|address| address.key().to_owned())
        .collect();
    let mut batch = Batch {
        app,
        caller,
        organization,
        gifts,
        existing: store::existing(tx, organization.id, &keys).await?,
        allowances: if app.has_mail { store::allowances(tx, organization.id, &keys).await? } else { HashMap::new() },
        seats_taken: organizations::seats_taken(tx, organization.id).await?,
        created: Vec::new(),
        used_allowances: Vec::new(),
    };
    let mut results = Vec::with_capacity(entries.len());
    let mut events = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let (outcome, account_id, kept) = match &entry.address {
            Err(EntryError::Invalid(_)) => (InviteOutcome::Invalid, None, None),
            Err(EntryError::Duplicate(_)) => (InviteOutcome::Duplicate, None, None),
            Ok(address) => batch.one(tx, address, &mut events).await?,
        };
        let code = entry.address.as_ref().err().map(|error| error.code().to_owned());
        let email = entry.address.as_ref().ok().map(ToString::to_string);
        let input = entry.input.clone();
        results.push(InviteResult { index, input, email, outcome, account_id, link: None, code, kept });
    }
    batch.write(tx, &mut events).await?;
    audit::store::record_all(tx, organization.id, &caller.into(), caller.at, events).await?;
    Ok(results)
}

impl Gifts {
    /// What the request asks for beside the defaults.
    fn asked(&self) -> Asked<'_> {
        let level = self.level.as_ref().filter(|_| self.is_level_named).map(|(key, _)| key.as_str());
        Asked { level, groups: &self.groups, roles: &self.roles, permissions: &self.permissions }
    }

    /// What one new account gets: what the sender gives in the sender's name, and the defaults in the name of whoever
    /// made them so.
    fn of(&self, account: AccountId, sender: AccountId) -> (Vec<NewGrant<'_>>, Vec<NewMembership>) {
        let by_sender = || Provenance { source: Source::Invitation, by: Some(sender.to_string()) };
        let by_default = |by: &Option<String>| Provenance { source: Source::Default, by: by.clone() };
        let grant = |given, from| NewGrant { account, given, from };
        let roles = self.roles.iter().map(|key| grant(Given::Role(key), by_sender()));
        let permissions = self.permissions.iter().map(|key| grant(Given::Permission(key), by_sender()));
        let set = self.defaults.permissions.iter().map(|(key, by)| grant(Given::Permission(key), by_default(by)));
        let grants = roles.chain(permissions).chain(set).collect();
        let membership = |group, from| NewMembership { account, group, from };
        let groups = self.groups.iter().map(|id| membership(*id, by_sender()));
        let set = self.defaults.groups.iter().map(|(group, by)| membership(group.id, by_default(by)));
        (grants, groups.chain(set).collect())
    }
}

impl Batch<'_> {
    async fn one(
        &mut self,
        tx: &mut Tx,
        address: &EmailAddress,
        events: &mut Vec<Event>,
    ) -> Outcome<(InviteOutcome, Option<AccountId>, Option<Kept>)> {
        let at = self.caller.at;
        let allowance =
            if self.app.has_mail { mail_allowance(self.allowances.get(address.key()).copied(), at) } else { Some(at) };
        match self.existing.get(address.key()) {
            Some(found) if found.is_deactivated => Ok((InviteOutcome::Deactivated, Some(found.id), None)),
            Some(found) if found.is_active => Ok((InviteOutcome::AlreadyMember, Some(found.id), None)),
            _ if allowance.is_none() => Ok((InviteOutcome::TooMany, None, None)),
            Some(found) => {
                let id = found.id;
                let held = caller::holdings_of(tx, id).await?;
                // Without a mail server the answer has the link, and who has seen it can use it.
                let is_beyond = self.caller.effective.lacks(&held.given(&self.caller.book)).is_some()
                    || (!self.app.has_mail && snapshot::lacks(tx, self.caller, id).await?.is_some());
                if is_beyond {
                    return Ok((InviteOutcome::Forbidden, Some(id), None));
                }
                self.caller.require_confirmed_for(&held)?;
                store::raise_version(tx, id).await?;
                store::renew(tx, self.app, self.caller, &[id]).await?;
                self.used_allowances
                    .extend(allowance.filter(|_| self.app.has_mail).map(|next| (address.key().to_owned(), next)));
                events.push(Event::new("invitation.resent", id));
                Ok((InviteOutcome::Resent, Some(id), Kept::of(self.gifts.asked(), &held, &self.caller.book)))
            }
            None if !has_seat(self.organization.seats, self.seats_taken) => Ok((InviteOutcome::NoSeat, None, None)),
            None => {
                let id: AccountId = random::id(at)?;
                self.seats_taken += 1;
                self.used_allowances
                    .extend(allowance.filter(|_| self.app.has_mail).map(|next| (address.key().to_owned(), next)));
                let (email, email_key) = (address.to_string(), address.key().to_owned());
                self.created.push(InvitedUser { id, email, email_key });
                Ok((InviteOutcome::Invited, Some(id), None))
            }
        }
    }

    /// Writes all new accounts with what they get, their invitations and their mails.
    async fn write(self, tx: &mut Tx, events: &mut Vec<Event>) -> Outcome<()> {
        let (at, by, organization) = (self.caller.at, self.caller.account_id, self.organization);
        let gifts = &self.gifts;
        let level = gifts.level.as_ref().map(|(_, id)| *id);
        accounts::insert_invited(tx, organization.id, level, &self.created, by, at).await?;
        let (mut grants, mut memberships) = (Vec::new(), Vec::new());
        for new in &self.created {
            let (granted, joined) = gifts.of(new.id, by);
            grants.extend(granted);
            memberships.extend(joined);
            let level = gifts.level.as_ref().map(|(key, _)| key.as_str());
            let after = serde_json::json!({ "email": new.email, "level": level, "groups": gifts.groups, "roles": gifts.roles, "permissions": gifts.permissions });
            events.push(Event::new("invitation.sent", new.id).after(&after));
        }
        accounts::insert_grants(tx, grants, at).await?;
        accounts::insert_memberships(tx, memberships, at).await?;
        if let Some(new) = self.created.first() {
            // All have the same, of the request, of the defaults, and of Everyone.
            self.caller.require_confirmed_for(&caller::holdings_of(tx, new.id).await?)?;
        }
        let invited: Vec<AccountId> = self.created.iter().map(|new| new.id).collect();
        store::insert_all(tx, self.app, self.caller, &invited).await?;
        store::keep_allowances(tx, organization.id, self.used_allowances).await
    }
}
