//! The service accounts of the demo and their tokens, whose secrets nobody was told.

use domain::accounts::AccountKind;
use domain::secret::{Secret, SecretKind};
use domain::service_accounts::ServiceAccountId;
use domain::time::{DAY_MS, HOUR_MS};
use domain::{AccountId, TokenId};

use super::dice::Dice;
use super::words::GROUPS;
use super::{World, fault, store};
use crate::accounts::store::search_text;
use crate::audit::{self, Actor, Event};
use crate::failure::Outcome;
use crate::store::{Db, Tx, Value};
use crate::{organization, random, secrets, tokens};

/// Tokens of each service account.
const TOKENS_EACH: u32 = 5;
/// Service accounts written in one transaction.
const CHUNK: u32 = 1_000;
/// Of so many tokens one was revoked, and one has ended.
const ENDED_EVERY: u64 = 12;
/// Of so many tokens one was never used.
const UNUSED_EVERY: u64 = 5;

/// Makes so many tokens, and the accounts that have them.
pub(super) async fn fill(db: &Db, world: &World, count: u32) -> Outcome<()> {
    let mut dice = Dice(13);
    let services = count.div_ceil(TOKENS_EACH);
    for first in (0..services).step_by(usize::try_from(CHUNK).unwrap_or(1)) {
        let mut tx = db.begin().await?;
        organization::store::lock_rights(&mut tx, world.organization, None).await?;
        let numbers = first..services.min(first + CHUNK);
        let event = Event::new("demo.filled", world.organization)
            .after(&serde_json::json!({ "service_accounts": numbers.len() }));
        write(&mut tx, world, &mut dice, numbers, count).await?;
        audit::store::record(&mut tx, world.organization, &Actor::server(), world.now, event).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn write(tx: &mut Tx, world: &World, dice: &mut Dice, numbers: std::ops::Range<u32>, count: u32) -> Outcome<()> {
    let (mut accounts, mut rows) = (Vec::new(), Vec::new());
    for number in numbers {
        let created = world.now.plus(-i64::try_from(dice.below(365)).unwrap_or_default() * DAY_MS);
        let id: AccountId = random::id(created)?;
        let name = format!("{} {number}", dice.pick(&GROUPS));
        let handle = ServiceAccountId::parse(&name.replace(' ', "-")).map_err(|_| fault("no name of a service"))?;
        accounts.push(vec![
            id.into(),
            world.organization.into(),
            AccountKind::Service.as_str().into(),
            handle.as_str().into(),
            name.clone().into(),
            domain::text::fold(&name).into(),
            search_text(&name, handle.as_str(), None, None, id).into(),
            "Made for the demo.".into(),
            world.owner.into(),
            created.into(),
            created.into(),
            world.owner.into(),
        ]);
        let tokens = TOKENS_EACH.min(count - number * TOKENS_EACH);
        for place in 0..tokens {
            rows.push(token(world, dice, id, place)?);
        }
    }
    store::insert_services(tx, accounts, rows).await
}

fn token(world: &World, dice: &mut Dice, account: AccountId, place: u32) -> Outcome<Vec<Value>> {
    let age_ms = i64::try_from(dice.below(365 * 24)).unwrap_or_default() * HOUR_MS;
    let created = world.now.plus(-age_ms);
    let id: TokenId = random::id(created)?;
    let secret = Secret::new(SecretKind::ServiceToken, random::bytes()?);
    let name = format!("Token {}", place + 1);
    let fate = dice.below(ENDED_EVERY);
    let (revoked, expires) = match fate {
        0 => (Some(created.plus(age_ms / 2)), None),
        1 => (None, Some(created.plus(age_ms / 2))),
        2..=6 => (None, Some(world.now.plus(90 * DAY_MS))),
        _ => (None, None),
    };
    let used = (dice.below(UNUSED_EVERY) > 0).then(|| created.plus(age_ms / 3));
    Ok(vec![
        id.into(),
        world.organization.into(),
        account.into(),
        AccountKind::Service.as_str().into(),
        name.clone().into(),
        tokens::store::search_text(&name, secret.hint()).into(),
        secret.hint().into(),
        secrets::hash(secret.reveal()).into(),
        created.into(),
        world.owner.into(),
        expires.into(),
        used.into(),
        revoked.into(),
    ])
}
