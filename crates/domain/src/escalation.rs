//! Random organizations, random acts by random actors: nobody ever gains, or gives, what the actor did not hold, or for longer
//! than that, and an Owner always remains (I1, I7). The acts follow the rules of the domain; `tests/api/escalation.rs` holds
//! the server to the same two sentences.

mod sharing;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use sharing::{Actor, Shared};

use crate::access::{GroupAccess, Sharer};
use crate::accounts::AccountKind;
use crate::bulk::{ActContext, BulkAction, BulkKind, Decider, Target};
use crate::effective::{Effective, GroupHolding, Holdings, RoleBook, effective, order_of};
use crate::grants::{Grant, GrantWhat};
use crate::id::AccountId;
use crate::levels::Narrowing;
use crate::permissions::ConsolePermission;
use crate::reach::{self, Reach};
use crate::roles::{OWNER_ROLE, RoleDefinition};
use crate::testing::{self, GROUPS, LEVELS, NOW, ROLES, Tape, active, group_ref};
use crate::time::Timestamp;

const ACCOUNTS: usize = 7;
const ACTS: usize = 14;
const OBJECTS: usize = 2;

/// An organization, in which memberships carry no roles of their own: `of` fills in those of the moment.
#[derive(Clone)]
struct Company {
    roles: Vec<RoleDefinition>,
    narrowing: Option<Narrowing>,
    /// By group; those of Everyone come first.
    group_roles: Vec<Vec<String>>,
    accounts: Vec<Holdings>,
    objects: Vec<Shared>,
}

/// What an act came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Done {
    Role,
    RoleRemoval,
    Group,
    GroupRemoval,
    Bulk(u8),
    Invite,
    Share,
    Refused,
}

fn id(place: usize) -> AccountId {
    AccountId::from_u128(place as u128 + 1)
}

impl Company {
    fn new(tape: &mut Tape<'_>) -> Self {
        let roles = testing::roles(tape);
        let narrowing =
            Narrowing { from: "editor".into(), to: "viewer".into(), roles: vec!["role_a".into(), "role_b".into()] };
        let narrowing = tape.once_in(3).then_some(narrowing);
        let group_roles = testing::group_roles(tape);
        let mut accounts: Vec<Holdings> = (0..ACCOUNTS).map(|_| testing::holdings(tape, &group_roles)).collect();
        // The first one is the Owner that every organization has.
        let owner = Grant { what: GrantWhat::Role(OWNER_ROLE.into()), valid_until: None };
        accounts[0] = Holdings { state: active(), grants: vec![owner], ..accounts[0].clone() };
        accounts[0].kind = AccountKind::User;
        let objects = (0..OBJECTS).map(|_| Shared::random(tape, ACCOUNTS)).collect();
        Self { roles, narrowing, group_roles, accounts, objects }
    }

    fn book(&self) -> RoleBook {
        testing::book(self.roles.clone()).with_narrowing(self.narrowing.clone())
    }

    /// An account with the roles that its groups carry now, and without what is over, as the store gives it.
    fn of(&self, place: usize) -> Holdings {
        let mut holdings = self.accounts[place].clone();
        let is_on = |until: Option<Timestamp>| until.is_none_or(|until| until > NOW);
        holdings.grants.retain(|grant| is_on(grant.valid_until));
        holdings.groups.retain(|holding| is_on(holding.valid_until));
        for holding in &mut holdings.groups {
            let number = (0..=GROUPS).position(|number| group_ref(number).id == holding.group.id).unwrap();
            holding.roles.clone_from(&self.group_roles[number]);
        }
        holdings
    }

    fn effective(&self, place: usize, book: &RoleBook) -> Effective {
        effective(&self.of(place), book, NOW)
    }

    fn owners(&self) -> BTreeSet<AccountId> {
        let lasts = |account: &Holdings| {
            let state = &account.state;
            account.kind == AccountKind::User
                && account.is_lasting_owner()
                && state.activated_at.is_some()
                && (state.deactivated_at, state.deleted_at, state.valid_until) == (None, None, None)
        };
        (0..self.accounts.len()).filter(|place| lasts(&self.accounts[*place])).map(id).collect()
    }

    fn permissions<'a>(&self, keys: impl Iterator<Item = &'a String>) -> Vec<String> {
        let roles = keys.filter_map(|key| self.roles.iter().find(|role| role.key == *key));
        roles.flat_map(|role| role.permissions.clone()).collect()
    }

    /// One act by an actor who holds what is `found`; it is made if the rules allow it.
    fn act(&mut self, actor: usize, book: &RoleBook, found: &Effective, tape: &mut Tape<'_>) -> Done {
        let before = self.clone();
        let may = |permission, reach: &Reach| found.holds(permission) && reach.lack(found).is_none();
        let done = match tape.below(10) {
            0 => self.change_role(book, tape, &|reach| may(ConsolePermission::RolesManage, reach)),
            1 => self.remove_role(book, tape, &|reach| may(ConsolePermission::RolesManage, reach)),
            2 => self.change_group(book, tape, &|reach| may(ConsolePermission::GroupsManage, reach)),
            3 => self.remove_group(book, tape, &|reach| may(ConsolePermission::GroupsManage, reach)),
            4 => self.invite(actor, found, book, tape),
            5 => self.share(actor, found, tape),
            _ => self.bulk(actor, found, book, tape),
        };
        // Whoever changes a role or a group holds no more by it: its holders are not asked one by one.
        let is_of_many = matches!(done, Done::Role | Done::RoleRemoval | Done::Group);
        if is_of_many && found.outdone_by(&self.effective(actor, &self.book())).is_some() {
            *self = before;
            return Done::Refused;
        }
        done
    }

    fn change_role(&mut self, book: &RoleBook, tape: &mut Tape<'_>, may: &dyn Fn(&Reach) -> bool) -> Done {
        let key = *tape.pick(&ROLES);
        let permissions = tape.some(&testing::keys(), 3);
        let Some(role) = self.roles.iter_mut().find(|role| role.key == key) else { return Done::Refused };
        if !may(&reach::of_role_change(book, &role.permissions, &permissions)) {
            return Done::Refused;
        }
        role.permissions = permissions;
        Done::Role
    }

    fn remove_role(&mut self, book: &RoleBook, tape: &mut Tape<'_>, may: &dyn Fn(&Reach) -> bool) -> Done {
        let (from, to) = (*tape.pick(&ROLES), (*tape.pick(&ROLES)).to_owned());
        let (Some(gone), Some(_)) = (book.role(from), book.role(&to)) else { return Done::Refused };
        if from == to || !may(&reach::of_role_removal(book, &gone.permissions, Some(&to))) {
            return Done::Refused;
        }
        for account in &mut self.accounts {
            for grant in account.grants.iter_mut().filter(|grant| grant.what == GrantWhat::Role(from.to_owned())) {
                grant.what = GrantWhat::Role(to.clone());
            }
        }
        for roles in &mut self.group_roles {
            if roles.iter().any(|key| key == from) {
                roles.retain(|key| key != from && *key != to);
                roles.push(to.clone());
            }
        }
        self.roles.retain(|role| role.key != from);
        Done::RoleRemoval
    }

    fn change_group(&mut self, book: &RoleBook, tape: &mut Tape<'_>, may: &dyn Fn(&Reach) -> bool) -> Done {
        let number = tape.below(self.group_roles.len());
        let after = tape.some(&ROLES.map(str::to_owned), 3);
        if !may(&reach::of_group_change(book, &self.group_roles[number], &after)) {
            return Done::Refused;
        }
        self.group_roles[number] = after;
        Done::Group
    }

    fn remove_group(&mut self, book: &RoleBook, tape: &mut Tape<'_>, may: &dyn Fn(&Reach) -> bool) -> Done {
        let number = tape.below(self.group_roles.len());
        if number == 0 || !may(&reach::of_group_change(book, &self.group_roles[number], &[])) {
            return Done::Refused;
        }
        let group = group_ref(number as u128);
        self.group_roles[number].clear();
        self.accounts.iter_mut().for_each(|account| account.groups.retain(|holding| holding.group != group));
        Done::GroupRemoval
    }

    /// What a group gives of objects, as an account sees them.
    fn accesses(&self, number: usize, place: usize) -> Vec<GroupAccess> {
        self.objects.iter().flat_map(|object| object.of_group(number as u128, place)).collect()
    }

    fn share(&mut self, actor: usize, found: &Effective, tape: &mut Tape<'_>) -> Done {
        let (number, accounts, holdings) = (tape.below(OBJECTS), self.accounts.len(), self.of(actor));
        let actor = Actor { place: actor, sharer: Sharer { holdings: &holdings, effective: found, at: NOW } };
        if self.objects[number].act(&actor, accounts, tape) { Done::Share } else { Done::Refused }
    }

    fn invite(&mut self, actor: usize, found: &Effective, book: &RoleBook, tape: &mut Tape<'_>) -> Done {
        let level = (*tape.pick(&LEVELS)).to_owned();
        let role = (*tape.pick(&ROLES)).to_owned();
        let permission = tape.pick::<String>(&testing::keys()).clone();
        let number = tape.below(self.group_roles.len());
        let level = book.narrowed(Some(&level), std::slice::from_ref(&role)).map(str::to_owned);
        let mut given = book.given_by(level.iter().chain([&role]).chain(&self.group_roles[number]));
        given.extend(book.expand(std::slice::from_ref(&permission)));
        let holdings = self.of(actor);
        let sharer = Sharer { holdings: &holdings, effective: found, at: NOW };
        let may_join = number == 0 || sharer.may_add_member(&self.accesses(number, actor), None);
        let is_within = Reach::gift(given, None).lack(found).is_none();
        if !found.holds(ConsolePermission::AccountsInvite) || !is_within || !may_join {
            return Done::Refused;
        }
        let grant = |what| Grant { what, valid_until: None };
        let join = |number: usize| GroupHolding {
            group: group_ref(number as u128),
            is_everyone: number == 0,
            roles: Vec::new(),
            valid_until: None,
        };
        let numbers = BTreeSet::from([0, number]);
        self.accounts.push(Holdings {
            kind: AccountKind::User,
            // Accepted at once: what is given holds from then on.
            state: active(),
            level,
            grants: vec![grant(GrantWhat::Role(role)), grant(GrantWhat::Permission(permission))],
            groups: numbers.into_iter().map(join).collect(),
        });
        Done::Invite
    }

    fn bulk(&mut self, actor: usize, found: &Effective, book: &RoleBook, tape: &mut Tape<'_>) -> Done {
        const KINDS: [BulkKind; 9] = [
            BulkKind::AddRole,
            BulkKind::RemoveRole,
            BulkKind::AddGroup,
            BulkKind::RemoveGroup,
            BulkKind::AddPermission,
            BulkKind::RemovePermission,
            BulkKind::SetLevel,
            BulkKind::Activate,
            BulkKind::Deactivate,
        ];
        let kind = tape.below(KINDS.len());
        let role = if tape.once_in(3) { OWNER_ROLE } else { *tape.pick(&ROLES) };
        let number = 1 + tape.below(GROUPS as usize);
        let action = BulkAction {
            role: Some(role.to_owned()),
            group: Some(group_ref(number as u128).id),
            permission: Some(tape.pick::<String>(&testing::keys()).clone()),
            level: Some((*tape.pick(&LEVELS)).to_owned()),
            valid_until: tape.once_in(4).then(|| NOW.plus(1)),
            ..BulkAction::plain(KINDS[kind])
        };
        let group = GroupHolding {
            group: group_ref(number as u128),
            is_everyone: false,
            roles: self.group_roles[number].clone(),
            valid_until: None,
        };
        let holdings = self.of(actor);
        let sharer = Sharer { holdings: &holdings, effective: found, at: NOW };
        let may_join = action.kind != BulkKind::AddGroup
            || sharer.may_add_member(&self.accesses(number, actor), action.valid_until);
        let is_known = action.kind != BulkKind::AddRole || book.role(role).is_some();
        let is_held = reach::of_act(book, &action, Some(&group)).lack(found).is_none();
        if !found.holds(ConsolePermission::AccountsManage) || !is_known || !is_held || !may_join {
            return Done::Refused;
        }
        let mut decider = Decider {
            actors: vec![id(actor)],
            effective: found,
            book,
            at: NOW,
            owners: self.owners(),
            seats_left: Some(3),
            gives_full_access: false,
        };
        let context = ActContext { book, group: Some(&group), at: NOW };
        let mut is_done = false;
        for place in (0..self.accounts.len()).filter(|_| tape.once_in(2)).collect::<Vec<_>>() {
            let target = Target { id: id(place), can_sign_in: true, holdings: self.of(place) };
            if let Ok(Some(after)) = action.apply(&context, &target.holdings)
                && decider.decide(&target, &after).is_ok()
            {
                self.accounts[place] = after;
                is_done = true;
            }
        }
        if is_done { Done::Bulk(u8::try_from(kind).unwrap()) } else { Done::Refused }
    }
}

/// Until when a permission is held; `*` by Owners alone. `MIN` for not at all.
fn last(held: &Effective, key: &str) -> i64 {
    held.end(key).map_or(i64::MIN, order_of)
}

/// What every account holds.
fn all_held(company: &Company, book: &RoleBook) -> Vec<Effective> {
    (0..company.accounts.len()).map(|place| company.effective(place, book)).collect()
}

/// Nobody has access to an object, or for longer, that neither they nor the actor had; what Everyone has, all have.
fn hold_objects(was: &Company, is: &Company, actor: usize, holds: &Effective, act: Done) -> Result<(), TestCaseError> {
    if holds.holds(ConsolePermission::ObjectsManage) {
        return Ok(());
    }
    let (book, now) = (was.book(), is.book());
    for (before, after) in was.objects.iter().zip(&is.objects) {
        let own = before.ends(actor, &was.of(actor), &book);
        for place in 0..is.accounts.len() {
            // Whoever is new is already in Everyone, and in nothing else.
            let of_before = was.accounts.get(place).map(|_| was.of(place));
            let held = of_before.unwrap_or_else(|| Holdings {
                level: None,
                grants: Vec::new(),
                groups: is.of(place).groups.into_iter().filter(|holding| holding.is_everyone).collect(),
                ..is.of(place)
            });
            let (had, has) = (before.ends(place, &held, &book), after.ends(place, &is.of(place), &now));
            let is_within = (0..2).all(|level| has[level] <= had[level].max(own[level]));
            prop_assert!(is_within, "{place} gained access by {actor}: {act:?}, {had:?} to {has:?} by {own:?}");
        }
        let is_opened = before.restricted && !after.restricted;
        prop_assert!(!is_opened || own[1] == i64::MAX, "opened by {actor}, who has access for a while");
    }
    Ok(())
}

/// Runs acts, and holds each to the two sentences. Returns how often each came off.
fn run(numbers: &[u8]) -> Result<BTreeMap<Done, u32>, TestCaseError> {
    let mut tape = Tape::new(numbers);
    let mut company = Company::new(&mut tape);
    let mut done = BTreeMap::new();
    let mut book = company.book();
    let mut before = all_held(&company, &book);
    let nobody = Effective::default();
    for _ in 0..ACTS {
        // What all have is nobody's gift: the baseline, and what Everyone carries.
        let mut common = book.set(book.baseline());
        common.extend(&book.set(&company.permissions(company.group_roles[0].iter())));
        let actor = tape.below(company.accounts.len());
        let was = company.clone();
        let act = company.act(actor, &book, &before[actor], &mut tape);
        *done.entry(act).or_default() += 1;
        if act == Done::Refused {
            continue;
        }
        book = company.book();
        let after = all_held(&company, &book);
        let holds = &before[actor];
        for (place, holds_now) in after.iter().enumerate() {
            let held = before.get(place).unwrap_or(&nobody);
            let is_gift = |key: &&str| !book.index().find(key).is_some_and(|number| common.contains(number));
            for key in holds_now.keys().filter(is_gift).chain(["*"]) {
                // What somebody holds is of no use to them after the end of their account.
                let has = last(holds_now, key).min(order_of(company.accounts[place].state.valid_until));
                let is_within = has <= last(held, key).max(last(holds, key));
                prop_assert!(is_within, "{place} gained {key}, or time of it, by {actor}: {act:?}");
            }
            let is_touched = matches!(act, Done::Bulk(_)) && company.accounts[place] != was.accounts[place];
            let is_in_reach = !is_touched || holds.lacks(&was.of(place).given(&was.book())).is_none();
            prop_assert!(is_in_reach, "{place} is beyond the reach of {actor}: {act:?}");
        }
        prop_assert!(!company.owners().is_empty(), "no Owner is left after {act:?}");
        hold_objects(&was, &company, actor, holds, act)?;
        before = after;
    }
    Ok(done)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn nobody_gains_or_gives_what_the_actor_did_not_hold(numbers in prop::collection::vec(any::<u8>(), 0..1_200)) {
        run(&numbers)?;
    }
}

/// The property would hold just as well if every act were refused.
#[test]
fn every_kind_of_act_comes_off_often_enough() {
    let mut total: BTreeMap<Done, u32> = BTreeMap::new();
    let mut state = 1_u64;
    for _ in 0..250 {
        let numbers: Vec<u8> = (0..1_200)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state.to_be_bytes()[0]
            })
            .collect();
        for (done, count) in run(&numbers).unwrap() {
            *total.entry(done).or_default() += count;
        }
    }
    let rare: Vec<_> = total.iter().filter(|(_, count)| **count < 10).collect();
    assert!(rare.is_empty() && total.len() == 16, "{total:?}");
}
