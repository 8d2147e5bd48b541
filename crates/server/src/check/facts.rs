//! What the questions of one request are answered from: accounts with what they hold, objects with who has access.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::access::{AccessHolding, ObjectHoldings, access_level};
use domain::check::{CheckAnswer, CheckRequest, Decision, DenyReason, FIXED_MAX, Fix, Question, check};
use domain::effective::{Effective, Holdings, effective};
use domain::fixes;
use domain::objects::{AccessLevel, ObjectKey, is_external_id};
use domain::permissions::{ConsolePermission, is_key};
use domain::{AccountId, GroupId};
use sqlx::AnyConnection;

use super::offers::Offers;
use super::store::{self, ObjectFacts};
use crate::accounts;
use crate::app::App;
use crate::caller::{Caller, Party, held};
use crate::failure::Outcome;
use crate::objects::Giver;

/// See the module.
pub(super) struct Facts {
    caller: Caller,
    /// The caller is not among them.
    accounts: HashMap<AccountId, Arc<Holdings>>,
    /// What they may do, where it is known; of the rest it is worked out with the answers.
    effective: HashMap<AccountId, Arc<Effective>>,
    /// By type and the id that the product gave it.
    objects: HashMap<(String, String), ObjectFacts>,
}

impl Facts {
    /// Reads the accounts that the questions are about: one that was asked about before is known already, and a thousand
    /// are read by as few queries as two.
    pub(super) async fn of_accounts(app: &App, caller: &Caller, questions: &[CheckRequest]) -> Outcome<Self> {
        let (accounts, objects) = (HashMap::new(), HashMap::new());
        let mut facts = Self { caller: caller.clone(), accounts, effective: HashMap::new(), objects };
        let others: Vec<AccountId> = others(caller, questions).into_iter().collect();
        match others[..] {
            [] => {}
            [only] => {
                if let Some(held) = held::find(app, &caller.organization, &caller.book, only, caller.at).await? {
                    facts.accounts.insert(only, held.holdings);
                    facts.effective.insert(only, held.effective);
                }
            }
            _ => {
                let mut connection = app.db.reader().acquire().await?;
                let load = accounts::bulk::store::load;
                let loaded = load(&mut connection, caller.organization.id, &others, caller.at).await?;
                let holdings = loaded.into_iter().map(|(id, account)| (id, Arc::new(account.target.holdings)));
                facts.accounts.extend(holdings);
            }
        }
        Ok(facts)
    }

    /// Computes the permissions of the accounts whose permissions aren't known yet.
    pub(super) fn work_out(&mut self) {
        for (id, holdings) in &self.accounts {
            let found = || Arc::new(effective(holdings, &self.caller.book, self.caller.at));
            self.effective.entry(*id).or_insert_with(found);
        }
    }

    /// Reads the objects that the questions are about, with who has access to them.
    pub(super) async fn read_objects(
        &mut self,
        connection: &mut AnyConnection,
        questions: &[CheckRequest],
    ) -> Outcome<()> {
        let is_well_formed = |key: &&ObjectKey| is_key(&key.kind) && is_external_id(&key.external_id);
        let keys: BTreeSet<(&str, &str)> = questions
            .iter()
            .filter_map(|question| question.object.as_ref())
            .filter(is_well_formed)
            .map(|key| (key.kind.as_str(), key.external_id.as_str()))
            .collect();
        if !keys.is_empty() {
            let own = self.caller.parties().into_iter().map(|party| party.account);
            let asked: Vec<AccountId> = others(&self.caller, questions).into_iter().chain(own).collect();
            let keys: Vec<_> = keys.into_iter().collect();
            let organization = self.caller.organization.id;
            self.objects = store::objects(connection, organization, &keys, &asked, self.caller.at).await?;
        }
        Ok(())
    }

    /// The object that a question is about, where it is registered.
    fn known(&self, question: &CheckRequest) -> Option<&ObjectFacts> {
        let key = question.object.as_ref()?;
        self.objects.get(&(key.kind.clone(), key.external_id.clone()))
    }

    /// The object of a question as it is for an account: none where none is asked about.
    ///
    /// # Errors
    /// `UnknownObject`.
    fn object(
        &self,
        question: &CheckRequest,
        account: AccountId,
        holdings: &Holdings,
    ) -> Result<Option<ObjectHoldings>, DenyReason> {
        if question.object.is_none() {
            return Ok(None);
        }
        let known = self.known(question);
        known.map(|object| Some(object.for_account(account, holdings))).ok_or(DenyReason::UnknownObject)
    }

    /// Whose rights a question is about: those of an account, or the caller's own.
    fn asked_about(&self, question: &CheckRequest) -> Vec<Party<'_>> {
        match question.account.filter(|id| *id != self.caller.account_id) {
            None => self.caller.parties(),
            Some(account) => {
                let known = self.accounts.get(&account).zip(self.effective.get(&account));
                known.map(|(holdings, effective)| Party { account, holdings, effective }).into_iter().collect()
            }
        }
    }

    fn decide(&self, question: &CheckRequest, Party { account, holdings, effective }: Party<'_>) -> Decision {
        match self.object(question, account, holdings) {
            Err(reason) => Decision::Deny(reason),
            Ok(object) => {
                let asked = as_asked(question, object.as_ref());
                check(holdings, effective, &self.caller.book, &asked, self.caller.at)
            }
        }
    }

    /// Whether a question is about an object that is not there for the caller, as `GET objects` has it. A refusal must not
    /// tell it from one that is not registered.
    fn is_hidden(&self, question: &CheckRequest) -> bool {
        let is_seen = |object: &ObjectFacts, party: &Party<'_>| {
            let own = object.for_account(party.account, party.holdings);
            party.effective.holds(ConsolePermission::ObjectsManage)
                || access_level(party.holdings, party.effective, &own, self.caller.at).is_some()
        };
        let parties = self.caller.parties();
        self.known(question).is_some_and(|object| !parties.iter().all(|party| is_seen(object, party)))
    }

    /// The answer without its fixes.
    pub(super) fn answer(&self, question: &CheckRequest) -> CheckAnswer {
        let mut decisions = self.asked_about(question).into_iter().map(|party| self.decide(question, party));
        // Who acts for a person may do what both may: the first refusal stands.
        let first = decisions.next().unwrap_or(Decision::Deny(DenyReason::UnknownAccount));
        let refused = decisions.find(|decision| matches!(decision, Decision::Deny(_)));
        let decision = match first {
            Decision::Allow(paths) => refused.unwrap_or(Decision::Allow(paths)),
            refused => refused,
        };
        let (allowed, reason, paths) = match decision {
            Decision::Allow(paths) => (true, None, paths),
            Decision::Deny(_) if self.is_hidden(question) => (false, Some(DenyReason::UnknownObject), Vec::new()),
            Decision::Deny(reason) => (false, Some(reason), Vec::new()),
        };
        CheckAnswer { allowed, reason, paths, fixes: Vec::new() }
    }

    /// Whether the caller could give anything to anybody.
    pub(super) fn may_fix(&self) -> bool {
        let gives = [
            ConsolePermission::AccountsManage,
            ConsolePermission::ServiceAccountsManage,
            ConsolePermission::GroupsManage,
        ];
        gives.into_iter().any(|permission| self.caller.effective.holds(permission))
            || self.objects.values().any(|object| self.may_give(object, AccessLevel::View))
    }

    /// Whether the caller could give access without an end, as a fix does.
    fn may_give(&self, object: &ObjectFacts, access: AccessLevel) -> bool {
        Giver::all_of(&self.caller).iter().all(|giver| {
            let (own, sharer) = (object.for_account(giver.account, giver.holdings), giver.sharer());
            sharer.may_share(&own) && sharer.may_give(&own, access, None)
        })
    }

    /// What would turn a refusal round, as far as the caller could do it.
    fn fixes(&self, question: &CheckRequest, offers: &Offers) -> Vec<Fix> {
        // Of one account: where two are asked about, giving the one something may not be enough.
        let [Party { account: id, holdings, .. }] = self.asked_about(question)[..] else { return Vec::new() };
        let Ok(object) = self.object(question, id, holdings) else { return Vec::new() };
        if self.is_hidden(question) {
            return Vec::new();
        }
        let known = self.known(question);
        let giver = fixes::Giver {
            effective: &self.caller.effective,
            is_same_account: self.caller.is_own(id),
            may_give_access: known.is_some_and(|object| self.may_give(object, as_asked(question, None).access)),
            has_seat: offers.has_seat,
        };
        let group_access = known.map(ObjectFacts::access_of_groups).unwrap_or_default();
        let asked = as_asked(question, object.as_ref());
        let (book, at) = (&self.caller.book, self.caller.at);
        fixes::fixes(holdings, book, &offers.additions, &group_access, &asked, &giver, at)
    }

    /// Adds to refusals what would turn them round: of many different ones, to the first.
    pub(super) fn add_fixes(&self, questions: &[CheckRequest], answers: &mut [CheckAnswer], offers: &Offers) {
        let mut known: HashMap<_, Vec<Fix>> = HashMap::new();
        for (question, answer) in questions.iter().zip(answers).filter(|(_, answer)| !answer.allowed) {
            let object = question.object.as_ref().map(|key| (key.kind.as_str(), key.external_id.as_str()));
            let key = (question.permission.as_str(), question.account, object, question.access);
            let is_in_time = known.len() < FIXED_MAX;
            answer.fixes = match known.entry(key) {
                Entry::Occupied(found) => found.get().clone(),
                Entry::Vacant(place) if is_in_time => place.insert(self.fixes(question, offers)).clone(),
                Entry::Vacant(_) => Vec::new(),
            };
        }
    }
}

/// The accounts that questions are about, without the caller.
fn others(caller: &Caller, questions: &[CheckRequest]) -> BTreeSet<AccountId> {
    questions.iter().filter_map(|question| question.account).filter(|id| *id != caller.account_id).collect()
}

fn as_asked<'q>(question: &'q CheckRequest, object: Option<&'q ObjectHoldings>) -> Question<'q> {
    Question { permission: &question.permission, object, access: question.access.unwrap_or(AccessLevel::View) }
}

impl ObjectFacts {
    /// The object as it is for one account: its own accesses, and those of its groups.
    fn for_account(&self, account: AccountId, holdings: &Holdings) -> ObjectHoldings {
        let own = self.of_accounts.get(&account);
        let mut groups: Vec<GroupId> = holdings.groups.iter().map(|holding| holding.group.id).collect();
        groups.sort_unstable();
        groups.dedup();
        let of_groups = groups.iter().filter_map(|group| self.of_groups.get(group));
        ObjectHoldings {
            restricted: self.restricted,
            is_owner: self.owner == Some(account),
            accesses: own.into_iter().chain(of_groups).flatten().cloned().collect(),
        }
    }

    /// The highest access of each group that has any.
    fn access_of_groups(&self) -> HashMap<GroupId, AccessLevel> {
        let highest = |accesses: &Vec<AccessHolding>| accesses.iter().map(|access| access.level).max();
        self.of_groups.iter().filter_map(|(group, accesses)| Some((*group, highest(accesses)?))).collect()
    }
}
