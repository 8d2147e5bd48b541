//! `roster owner create`: an organization with its first Owner, without a browser.

use std::io::Read;
use std::path::Path;

use domain::password::{PASSWORD_CHARS_MIN_ALONE, Password, check_password};

use super::output::say;
use super::{opening, profiles, time};
use crate::audit::Actor;
use crate::clock::Clock;
use crate::failure::{Failure, Outcome};
use crate::options::OwnerOptions;
use crate::passwords::{Hasher, check_common};
use crate::secrets::ServerKey;
use crate::setup::create::{self, NewOwner, OwnerPassword};
use crate::store::{Db, KnownKey};
use crate::{organization, setup, store};

pub(super) async fn create(options: OwnerOptions) -> Result<(), String> {
    let own = Path::new(&options.profile);
    let profiles = profiles::load(own.is_file().then_some(own))?;
    let chosen =
        if own.is_file() { profiles.first() } else { profiles.iter().find(|profile| profile.key == options.profile) };
    let keys = || profiles.iter().map(|profile| profile.key.as_str()).collect::<Vec<_>>().join(", ");
    let profile = chosen.ok_or_else(|| {
        format!(
            "--profile {}: there is no such profile; allowed are {} and the path of a file",
            options.profile,
            keys()
        )
    })?;
    let password = read_password()?;
    let context = ["Roster", options.organization.as_str(), options.email.as_str(), options.name.as_str()];
    check_password(&password, PASSWORD_CHARS_MIN_ALONE, &context)
        .and_then(|()| check_common(&password))
        .map_err(|error| format!("the password on standard input: {error}"))?;
    let words = |failure: Failure| match failure {
        Failure::NameTaken(_) => {
            format!("--organization {}: there is an organization of this name", options.organization)
        }
        other => format!("{other:?}"),
    };
    let password_hash = Hasher::new().map_err(words)?.hash(&password).await.map_err(words)?;
    let db = store::open(&options.store).await.map_err(|error| error.to_string())?;
    // It is not made here: on PostgreSQL the server may keep it elsewhere. Without it, the next start seals what this writes.
    let file = options.store.key_file();
    let db = match ServerKey::read(&file)? {
        Some(key) if is_known(&db, &key).await.map_err(words)? => db.sealed_with(key),
        // A key that has sealed logs before begins on a new database as a start does: later it would look as if the seal
        // had been taken away.
        Some(_) if opening::has_sealed(&file) && is_empty(&db).await.map_err(words)? => {
            db.close().await;
            opening::open(&options.store).await?.0
        }
        _ => db,
    };
    let clock = Clock::default();
    time::set(&clock, &db).await?;
    let owner = NewOwner {
        organization: options.organization.clone(),
        email: options.email.clone(),
        name: options.name.clone(),
        password_hash,
    };
    let mut tx = db.begin().await.map_err(words)?;
    setup::store::require_new_name(&mut tx, &owner.organization).await.map_err(words)?;
    let created = create::organization(&mut tx, profile, &owner, &Actor::server(), clock.now()).await.map_err(words)?;
    tx.commit().await.map_err(|error| error.to_string())?;
    db.close().await;
    say(&format!("{} is set up; {} is its Owner.", owner.organization, owner.email));
    if created.password == OwnerPassword::Kept {
        say(
            "There is a person of this address already: they keep their name and password, and the given ones are not used.",
        );
    }
    Ok(())
}

async fn is_known(db: &Db, key: &ServerKey) -> Outcome<bool> {
    let mut connection = db.reader().acquire().await?;
    Ok(matches!(store::look_at_key(&mut connection, key).await?, KnownKey::Current | KnownKey::Earlier))
}

/// The first line of standard input.
fn read_password() -> Result<Password, String> {
    let mut text = String::new();
    std::io::stdin().take(4_096).read_to_string(&mut text).map_err(|error| format!("standard input: {error}"))?;
    Ok(Password::new(text.lines().next().unwrap_or_default()))
}

async fn is_empty(db: &Db) -> Outcome<bool> {
    let mut connection = db.reader().acquire().await?;
    Ok(organization::store::list_ids(&mut connection).await?.is_empty())
}
