//! Random organizations, random acts by random actors over HTTP, through every path there is: nobody ever gains, or gives,
//! what the actor did not hold, or for longer than that, and an Owner always remains (I1, I7, S17).
//! `crates/domain/src/escalation.rs` holds the rules themselves to the same two sentences.
//!
//! `ROSTER_ESCALATION_ACTS` makes the run longer, and `ROSTER_ESCALATION_SEED` another one: a seed makes one organization.

mod acts;
mod company;
mod dice;
mod snapshot;

use std::collections::BTreeMap;

use acts::{Act, ActKind};
use company::Company;
use dice::Dice;
use domain::permissions::{ALL_PERMISSIONS, ConsolePermission};
use domain::{AccountId, Timestamp};
use snapshot::{Snapshot, Subject};

use crate::support::{Database, on_both};

on_both! { nobody_gains_or_gives_what_the_actor_did_not_hold }

/// Acts of one run, where nothing else is asked for.
const ACTS: u64 = 360;
/// Acts in one organization; then another one begins.
const ACTS_PER_COMPANY: u64 = 120;

/// How often each kind of act came off, and how often it was refused.
type Tally = BTreeMap<ActKind, (u32, u32)>;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

async fn nobody_gains_or_gives_what_the_actor_did_not_hold(database: Database) {
    let first = number("ROSTER_ESCALATION_SEED").unwrap_or(1);
    let acts = number("ROSTER_ESCALATION_ACTS").unwrap_or(ACTS);
    let mut tally = Tally::new();
    for seed in (first..).take(usize::try_from(acts.div_ceil(ACTS_PER_COMPANY)).unwrap()) {
        println!("ROSTER_ESCALATION_SEED={seed}");
        run(database, seed, &mut tally).await;
    }
    println!("came off and were refused: {tally:?}");
    // The property would hold just as well if every act were refused, or none tried that has to be.
    if acts >= ACTS {
        let idle: Vec<_> =
            ActKind::ALL.iter().filter(|kind| tally.get(kind).is_none_or(|(done, _)| *done == 0)).collect();
        assert!(idle.is_empty(), "never came off: {idle:?} of {tally:?}");
        assert!(tally.values().map(|(_, refused)| refused).sum::<u32>() > 50, "{tally:?}");
    }
}

async fn run(database: Database, seed: u64, tally: &mut Tally) {
    let mut dice = Dice::new(seed);
    let mut company = Company::new(database, &mut dice).await;
    let mut before = company.look().await;
    for number in 0..ACTS_PER_COMPANY {
        let (actor, act) = (dice.below(company.people.len()), Act::random(&company, &mut dice));
        let context = format!("seed {seed}, act {number} by {}: {act:?}", company.people[actor].id);
        let done = company.make(actor, &act).await;
        let counts = tally.entry(act.kind()).or_default();
        *(if done { &mut counts.0 } else { &mut counts.1 }) += 1;
        let after = company.look().await;
        if !done {
            assert!(before.is_same(&after), "refused, and something changed: {context}");
        }
        hold(&before, &after, company.people[actor].id, &act, &context);
        before = after;
    }
}

/// The two sentences.
fn hold(before: &Snapshot, after: &Snapshot, actor: AccountId, act: &Act, context: &str) {
    assert!(!after.owners.is_empty(), "no Owner is left: {context}");
    if let Act::Accept { .. } = act {
        return hold_acceptance(before, after, context);
    }
    let giver = before.subject(actor);
    if giver.effective.is_lasting_owner() {
        return;
    }
    own_rights_stay_within(before, after, actor, context);
    for (id, subject) in &after.subjects {
        let held = before.subjects.get(id);
        let is_gift = |key: &&str| {
            let had = held.map_or(i64::MIN, |held| end_of_use(held, key)).max(end(giver, key));
            end_of_use(subject, key) > had && !before.is_common(key, held.is_none())
        };
        let gained: Vec<&str> = subject.effective.keys().chain([ALL_PERMISSIONS]).filter(is_gift).collect();
        assert!(gained.is_empty(), "{id} gained {gained:?}, or time of it: {context}");
        if let Some(held) = held.filter(|held| act.is_about_accounts() && held.holdings != subject.holdings) {
            let lacked = giver.effective.lacks(&held.holdings.given(&before.book)).map(str::to_owned);
            assert_eq!(lacked, None, "{id} was beyond reach: {context}");
        }
    }
    objects_stay_within(before, after, giver, context);
}

/// Until when somebody holds a permission; everything, by Owners alone. `MIN` for not at all.
fn end(subject: &Subject, key: &str) -> i64 {
    subject.effective.end(key).map_or(i64::MIN, |end| end.map_or(i64::MAX, Timestamp::millis))
}

/// As `end`, and not after the account's own end: who has it taken away gains what is held for longer.
fn end_of_use(subject: &Subject, key: &str) -> i64 {
    end(subject, key).min(subject.holdings.state.valid_until.map_or(i64::MAX, Timestamp::millis))
}

/// Nobody raises or prolongs their own rights, changes their own level, or puts themselves out.
fn own_rights_stay_within(before: &Snapshot, after: &Snapshot, actor: AccountId, context: &str) {
    let (was, is) = (before.subject(actor), after.subject(actor));
    assert_eq!(was.effective.outdone_by(&is.effective), None, "the actor gained: {context}");
    assert_eq!(was.holdings.level, is.holdings.level, "the actor's own level: {context}");
    assert_eq!(
        was.holdings.state.deactivated_at, is.holdings.state.deactivated_at,
        "the actor's own status: {context}"
    );
}

/// Nobody has access to an object, or for longer, that neither they nor the actor had.
fn objects_stay_within(before: &Snapshot, after: &Snapshot, giver: &Subject, context: &str) {
    if giver.effective.holds(ConsolePermission::ObjectsManage) {
        return;
    }
    for object in after.objects.keys() {
        for (id, subject) in &after.subjects {
            let had = before.subjects.get(id).map_or([i64::MIN; 2], |held| before.access(*id, held, object));
            let own = before.access(giver.id, giver, object);
            let common = before.common_access(object, !before.subjects.contains_key(id));
            let has = after.access(*id, subject, object);
            let is_within = (0..2).all(|level| has[level] <= had[level].max(own[level]).max(common[level]));
            assert!(is_within, "{id} gained access to {object}, {had:?} to {has:?} by {own:?}: {context}");
        }
        let was_restricted = before.objects.get(object).is_some_and(|object| object.restricted);
        let is_opened = was_restricted && !after.objects[object].restricted;
        assert!(!is_opened || before.access(giver.id, giver, object)[1] == i64::MAX, "{object} was opened: {context}");
    }
}

/// Whoever accepts gains nothing beyond what was meant for them, and of what the sender gives only what the sender still
/// holds (I12).
fn hold_acceptance(before: &Snapshot, after: &Snapshot, context: &str) {
    for (id, subject) in &after.subjects {
        let Some(held) = before.subjects.get(id) else { panic!("an account came from nowhere: {context}") };
        // Whoever is pending is looked at as if they were in.
        assert!(held.effective.outdone_by(&subject.effective).is_none(), "{id} gained by accepting: {context}");
        if held.holdings.state.activated_at.is_some() || subject.holdings.state.activated_at.is_none() {
            continue;
        }
        let sender = before.subject(before.senders[id]);
        let given = after.by_invitation(*id);
        assert_eq!(sender.effective.lacks(&given.permissions), None, "{id} got what the sender lost: {context}");
        if sender.effective.holds(ConsolePermission::ObjectsManage) {
            continue;
        }
        for object in after.objects.keys() {
            let own = before.access(sender.id, sender, object);
            let ends = after.access_of_groups(&given.groups, object);
            assert!((0..2).all(|level| ends[level] <= own[level]), "{id} got access the sender lost: {context}");
        }
    }
}
