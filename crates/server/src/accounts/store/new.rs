//! Writes new user accounts, and what new accounts are given at once.

use domain::email::EmailAddress;
use domain::{AccountId, GroupId, OrganizationId, PersonId, RoleId, Timestamp};

use super::search_text;
use crate::failure::Outcome;
use crate::store::{Tx, insert_rows};

/// A user who is invited: until they join, the address stands for their name.
#[derive(Debug, Clone)]
pub struct InvitedUser {
    pub id: AccountId,
    pub email: String,
    pub email_key: String,
}

/// Adds users who are invited, all with the same level.
///
/// # Errors
/// When the store refuses.
pub async fn insert_invited(
    tx: &mut Tx,
    organization: OrganizationId,
    level: Option<RoleId>,
    users: &[InvitedUser],
    by: AccountId,
    at: Timestamp,
) -> Outcome<()> {
    let level = level.map(|id| id.to_string());
    let row = |user: &InvitedUser| {
        vec![
            user.id.into(),
            organization.into(),
            "user".into(),
            user.email_key.clone().into(),
            user.email.clone().into(),
            user.email.clone().into(),
            domain::text::fold(&user.email).into(),
            search_text(&user.email, &user.email_key, None, None, user.id).into(),
            level.clone().into(),
            by.into(),
            at.into(),
            at.into(),
            by.into(),
        ]
    };
    insert_rows(tx, "accounts (id, organization_id, kind, handle, email, display_name, name_key, search_text, level_id, level_granted_by, invited_at, created_at, created_by)", 13, users.iter().map(row).collect()).await
}

/// The first user of an organization.
pub struct FirstUser<'a> {
    pub id: AccountId,
    pub organization: OrganizationId,
    pub person: PersonId,
    pub name: &'a str,
    pub email: &'a EmailAddress,
    pub level: Option<RoleId>,
}

/// Adds the first user of an organization, who is in at once.
///
/// # Errors
/// When the store refuses.
pub async fn insert_first(tx: &mut Tx, user: &FirstUser<'_>, at: Timestamp) -> Outcome<()> {
    let (email, key) = (user.email.as_str(), user.email.key());
    let row = vec![
        user.id.into(),
        user.organization.into(),
        "user".into(),
        user.person.into(),
        key.into(),
        email.into(),
        user.name.into(),
        domain::text::fold(user.name).into(),
        search_text(user.name, key, Some(email), None, user.id).into(),
        user.level.map(|id| id.to_string()).into(),
        at.into(),
        at.into(),
    ];
    insert_rows(tx, "accounts (id, organization_id, kind, person_id, handle, email, display_name, name_key, search_text, level_id, activated_at, created_at)", 12, vec![row]).await
}

/// Why an account has something from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Somebody chose it.
    Manual,
    Invitation,
    Default,
}

impl Source {
    /// As the store writes it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Invitation => "invitation",
            Self::Default => "default",
        }
    }
}

/// What is given: a role or a single permission, by its key.
#[derive(Debug, Clone, Copy)]
pub enum Given<'a> {
    Role(&'a str),
    Permission(&'a str),
}

/// Who gives something to a new account, and why.
#[derive(Debug, Clone)]
pub struct Provenance {
    pub source: Source,
    /// Id of an account; absent where the server gave it.
    pub by: Option<String>,
}

/// A role or a permission of a new account.
#[derive(Debug, Clone)]
pub struct NewGrant<'a> {
    pub account: AccountId,
    pub given: Given<'a>,
    pub from: Provenance,
}

/// Gives new accounts their roles and permissions.
///
/// # Errors
/// When the store refuses, as it does what is there twice.
pub async fn insert_grants(tx: &mut Tx, grants: Vec<NewGrant<'_>>, at: Timestamp) -> Outcome<()> {
    let row = |grant: NewGrant<'_>| {
        let (what, key) = match grant.given {
            Given::Role(key) => ("role", key),
            Given::Permission(key) => ("permission", key),
        };
        let Provenance { source, by } = grant.from;
        vec![grant.account.into(), what.into(), key.into(), source.as_str().into(), by.into(), at.into()]
    };
    let rows = grants.into_iter().map(row).collect();
    insert_rows(tx, "grants (account_id, what, key, source, granted_by, granted_at)", 6, rows).await
}

/// A new account in a group.
#[derive(Debug, Clone)]
pub struct NewMembership {
    pub account: AccountId,
    pub group: GroupId,
    pub from: Provenance,
}

/// Puts new accounts into their groups.
///
/// # Errors
/// As `insert_grants`.
pub async fn insert_memberships(tx: &mut Tx, memberships: Vec<NewMembership>, at: Timestamp) -> Outcome<()> {
    let row = |NewMembership { account, group, from }: NewMembership| {
        vec![account.into(), group.into(), from.source.as_str().into(), from.by.into(), at.into()]
    };
    let rows = memberships.into_iter().map(row).collect();
    insert_rows(tx, "memberships (account_id, group_id, source, added_by, added_at)", 5, rows).await
}
