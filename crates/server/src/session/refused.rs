//! Refused sign-ins on their way to the audit log: one row for a person, an address and a minute, with their number. Strangers
//! guess as long as they like, and the log grows by no more than that.
//!
//! They are counted in memory, and written once their minute is over, or when the server stops. Nothing is written beside the
//! answer: what a guess at a known name costs, one at an unknown name costs too. A crash loses the counts of the last minute;
//! each refusal has a line in the server's own log at once.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::time::MINUTE_MS;
use domain::{OrganizationId, PersonId, Timestamp};
use serde::Serialize;
use tokio::sync::watch;

use super::store;
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::caller::Origin;
use crate::failure::Outcome;
use crate::http::address;
use crate::organization;
use crate::store::clock;

/// How often it is looked whether a minute is over.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Networks that one person's name has rows of their own for in a minute; the others share one.
const NETWORKS_PER_PERSON_MAX: usize = 20;
/// Rows that wait at the most; what comes on top of them has its line in the server's log alone.
const WAITING_MAX: usize = 10_000;

/// What one row says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Refusals {
    count: u32,
    first_at: Timestamp,
    last_at: Timestamp,
    /// Of the first; absent where they came from many networks.
    #[serde(skip)]
    ip: Option<IpAddr>,
    #[serde(skip)]
    request_id: String,
}

impl Refusals {
    /// With those that were counted elsewhere.
    fn add(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.first_at = self.first_at.min(other.first_at);
        self.last_at = self.last_at.max(other.last_at);
    }
}

/// A minute since 1970, whose name was tried, and from where: a network, or any of many.
type Key = (i64, PersonId, Option<IpAddr>);

#[derive(Debug, Default)]
struct Waiting {
    rows: BTreeMap<Key, Refusals>,
    /// The minutes in which names were tried that nobody has, with how often.
    unknown: BTreeMap<i64, u32>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct RefusedSignIns(Mutex<Waiting>);

impl RefusedSignIns {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a refused sign-in; none where nobody has the name.
    pub fn note(&self, person: Option<PersonId>, origin: &Origin, at: Timestamp) {
        self.waiting().add(person, origin, at);
    }

    /// Takes what is of minutes that are over.
    fn take_before(&self, minute: i64) -> Waiting {
        let mut waiting = self.waiting();
        let is_over = |of: i64| of < minute;
        let (over, rest) = std::mem::take(&mut waiting.rows).into_iter().partition(|((of, ..), _)| is_over(*of));
        waiting.rows = rest;
        let (unknown, rest) = std::mem::take(&mut waiting.unknown).into_iter().partition(|(of, _)| is_over(*of));
        waiting.unknown = rest;
        Waiting { rows: over, unknown }
    }

    /// Puts back what could not be written.
    fn put_back(&self, taken: Waiting) {
        let mut waiting = self.waiting();
        for (key, row) in taken.rows {
            match waiting.rows.get_mut(&key) {
                Some(known) => known.add(&row),
                None => drop(waiting.rows.insert(key, row)),
            }
        }
        for (minute, count) in taken.unknown {
            *waiting.unknown.entry(minute).or_default() += count;
        }
    }
}

impl Waiting {
    fn add(&mut self, person: Option<PersonId>, origin: &Origin, at: Timestamp) {
        let minute = minute(at);
        let Some(person) = person else {
            let count = self.unknown.entry(minute).or_default();
            *count = count.saturating_add(1);
            return;
        };
        let row = |ip| Refusals { count: 1, first_at: at, last_at: at, ip, request_id: origin.request_id.clone() };
        let network = (minute, person, Some(address::network(origin.ip)));
        let key = match self.rows.contains_key(&network) {
            true => network,
            false if self.networks(minute, person) < NETWORKS_PER_PERSON_MAX => network,
            false => (minute, person, None),
        };
        let has_room = self.rows.len() < WAITING_MAX;
        match self.rows.get_mut(&key) {
            Some(known) => known.add(&row(None)),
            None if has_room => {
                self.rows.insert(key, row(key.2.map(|_| origin.ip)));
            }
            None => {}
        }
    }

    fn networks(&self, minute: i64, person: PersonId) -> usize {
        self.rows
            .range((minute, person, None)..)
            .take_while(|((of, who, _), _)| (*of, *who) == (minute, person))
            .count()
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.unknown.is_empty()
    }
}

fn minute(at: Timestamp) -> i64 {
    at.millis().div_euclid(MINUTE_MS)
}

/// Writes what is of minutes that are over, until the server stops.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        write_before(&app, minute(app.clock.now())).await;
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Writes all that was counted, of the present minute too: the server stops.
pub async fn write_all(app: &App) {
    write_before(app, i64::MAX).await;
}

async fn write_before(app: &App, minute: i64) {
    let taken = app.refused_sign_ins.take_before(minute);
    if taken.is_empty() {
        return;
    }
    if let Err(failure) = write(app, &taken).await {
        tracing::warn!(?failure, "refused sign-ins were not recorded yet");
        app.refused_sign_ins.put_back(taken);
    }
}

/// Writes one transaction in any case: where nobody has the names, the time alone.
async fn write(app: &App, taken: &Waiting) -> Outcome<()> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    clock::keep_seen_in(&mut tx, now).await?;
    let mut events: BTreeMap<OrganizationId, Vec<(Actor, Event)>> = BTreeMap::new();
    for ((_, person, _), row) in &taken.rows {
        let actor =
            Actor { ip: row.ip.map(|ip| ip.to_string()), request_id: Some(row.request_id.clone()), ..Actor::server() };
        for (organization, account) in store::accounts_of(&mut tx, *person).await? {
            let event = Event::new("session.refused", account).after(row);
            events.entry(organization).or_default().push((actor.clone(), event));
        }
    }
    for (organization, events) in events {
        organization::store::lock_log(&mut tx, organization).await?;
        for (actor, event) in events {
            audit::store::record(&mut tx, organization, &actor, now, event).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(ip: &str) -> Origin {
        Origin { ip: ip.parse().unwrap(), request_id: ip.to_owned() }
    }

    fn person(number: u128) -> Option<PersonId> {
        Some(PersonId::from_u128(number))
    }

    /// Who was counted how often in the minutes that are over, and how often names that nobody has.
    fn taken(refused: &RefusedSignIns, minute: i64) -> (Vec<(Option<String>, u32)>, u32) {
        let taken = refused.take_before(minute);
        let rows = taken.rows.values().map(|row| (row.ip.map(|ip| ip.to_string()), row.count)).collect();
        (rows, taken.unknown.values().sum())
    }

    #[test]
    fn one_row_for_a_person_an_address_and_a_minute() {
        let refused = RefusedSignIns::default();
        let start = Timestamp::from_millis(10 * MINUTE_MS);
        for millis in 0..50 {
            refused.note(person(1), &from("192.0.2.1"), start.plus(millis));
            refused.note(person(1), &from("2001:db8::1"), start.plus(millis));
            refused.note(person(1), &from(&format!("2001:db8::{millis}")), start.plus(millis));
            refused.note(person(2), &from("192.0.2.1"), start.plus(millis));
            refused.note(None, &from("192.0.2.1"), start.plus(millis));
        }
        refused.note(person(1), &from("192.0.2.1"), start.plus(MINUTE_MS));
        assert_eq!(taken(&refused, 10), (Vec::new(), 0), "the minute is not over");
        let ip = |text: &str| Some(text.to_owned());
        let expected = vec![(ip("192.0.2.1"), 50), (ip("2001:db8::1"), 100), (ip("192.0.2.1"), 50)];
        assert_eq!(taken(&refused, 11), (expected, 50), "a network of IPv6 is one address");
        assert_eq!(taken(&refused, i64::MAX), (vec![(ip("192.0.2.1"), 1)], 0));
    }

    #[test]
    fn crowd_of_addresses_shares_a_row() {
        let refused = RefusedSignIns::default();
        let start = Timestamp::from_millis(0);
        for number in 0..200 {
            refused.note(person(1), &from(&format!("192.0.2.{number}")), start);
        }
        let (rows, _) = taken(&refused, 1);
        assert_eq!(rows.len(), NETWORKS_PER_PERSON_MAX + 1);
        assert_eq!(rows[0], (None, 180), "without an address of its own");
        assert_eq!(rows.iter().map(|(_, count)| count).sum::<u32>(), 200);
    }

    #[test]
    fn what_could_not_be_written_is_counted_on() {
        let refused = RefusedSignIns::default();
        let start = Timestamp::from_millis(0);
        refused.note(person(1), &from("192.0.2.1"), start);
        refused.note(None, &from("192.0.2.1"), start);
        let waiting = refused.take_before(1);
        refused.note(person(1), &from("192.0.2.1"), start.plus(5));
        refused.put_back(waiting);
        assert_eq!(taken(&refused, 1), (vec![(Some("192.0.2.1".to_owned()), 2)], 1));
    }
}
