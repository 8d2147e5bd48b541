//! Makes an organization with its built-in roles, Everyone, and its first Owner.

use domain::email::EmailAddress;
use domain::groups::GroupKind;
use domain::profile::Profile;
use domain::roles::OWNER_ROLE;
use domain::text::Name;
use domain::{AccountId, OrganizationId, PersonId, RoleId, Timestamp};

use super::store;
use crate::accounts::store::new::{self as accounts, FirstUser, Given, NewGrant, Provenance, Source};
use crate::audit::store::FIRST_ACTION;
use crate::audit::{self, Actor, Event};
use crate::failure::Outcome;
use crate::organization::store::{self as organizations, NewOrganization};
use crate::store::Tx;
use crate::{groups, random, roles, session};

/// The longest slug, in characters.
const SLUG_CHARS_MAX: usize = 40;

/// What an organization starts with.
pub struct NewOwner {
    pub organization: Name,
    pub email: EmailAddress,
    pub name: Name,
    pub password_hash: String,
}

/// What was made.
pub struct Created {
    pub organization: OrganizationId,
    pub person: PersonId,
    pub account: AccountId,
    pub password: OwnerPassword,
}

/// Which password the Owner of a new organization signs in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerPassword {
    Given,
    /// The one they had: the address is that of a person who is known already.
    Kept,
}

/// Makes the organization and the account of its Owner; a person who is known already keeps name and password.
///
/// # Errors
/// When the store refuses.
pub async fn organization(
    tx: &mut Tx,
    profile: &Profile,
    owner: &NewOwner,
    actor: &Actor,
    at: Timestamp,
) -> Outcome<Created> {
    store::mark_done(tx, at).await?;
    let (organization, account): (OrganizationId, AccountId) = (random::id(at)?, random::id(at)?);
    let slug = format!("{}-{}", slug(owner.organization.as_str()), &organization.to_string()[28..]);
    let new = NewOrganization { id: organization, slug, name: &owner.organization, profile: &profile.key };
    organizations::insert(tx, &new, at).await?;
    roles::store::create_built_in(tx, organization, profile, at).await?;
    groups::store::insert(tx, organization, random::id(at)?, GroupKind::Everyone, &groups::everyone()?, at).await?;
    let (person, name, password) = person(tx, owner, at).await?;
    let level: Option<RoleId> = match profile.levels.first() {
        Some(level) => Some(roles::store::id_of(tx, organization, &level.key).await?),
        None => None,
    };
    let user = FirstUser { id: account, organization, person, name: &name, email: &owner.email, level };
    accounts::insert_first(tx, &user, at).await?;
    let from = Provenance { source: Source::Manual, by: None };
    accounts::insert_grants(tx, vec![NewGrant { account, given: Given::Role(OWNER_ROLE), from }], at).await?;
    let event = Event::new(FIRST_ACTION, organization)
        .after(&serde_json::json!({ "name": owner.organization, "profile": profile.key, "owner": account }));
    audit::store::record(tx, organization, actor, at, event).await?;
    Ok(Created { organization, person, account, password })
}

async fn person(tx: &mut Tx, owner: &NewOwner, at: Timestamp) -> Outcome<(PersonId, String, OwnerPassword)> {
    if let Some(known) = session::store::find_person(tx, owner.email.key()).await? {
        return Ok((known.id, known.display_name, OwnerPassword::Kept));
    }
    let new = session::store::NewPerson {
        id: random::id(at)?,
        email: owner.email.to_string(),
        email_key: owner.email.key().to_owned(),
        user_name: None,
        display_name: owner.name.to_string(),
        password_hash: owner.password_hash.clone(),
        email_verified_at: None,
    };
    session::store::insert_person(tx, &new, at).await?;
    Ok((new.id, new.display_name, OwnerPassword::Given))
}

/// The name in the letters of an address.
fn slug(name: &str) -> String {
    let text: String = name
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '-' })
        .take(SLUG_CHARS_MAX)
        .collect();
    let parts: Vec<&str> = text.split('-').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "organization".to_owned() } else { parts.join("-") }
}
