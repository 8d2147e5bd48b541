//! What everybody in an organization holds at one moment, as the rules of `domain` see what the store has.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{AccessHolding, ObjectHoldings, access_paths};
use domain::accounts::AccountState;
use domain::effective::{Effective, GroupHolding, Holdings, RoleBook, effective};
use domain::objects::AccessLevel;
use domain::{AccountId, GroupId, OrganizationId, Timestamp};
use server::accounts::bulk::store as accounts;
use server::app::App;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// An account with what it holds; one that is invited as if it had accepted.
pub(super) struct Subject {
    pub(super) id: AccountId,
    pub(super) holdings: Holdings,
    pub(super) effective: Effective,
}

/// An object with all its accesses.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ObjectState {
    pub(super) restricted: bool,
    owner: Option<AccountId>,
    accesses: Vec<(Option<AccountId>, AccessHolding)>,
}

/// What an invitation gave that its account still has.
#[derive(Default)]
pub(super) struct ByInvitation {
    pub(super) permissions: Vec<String>,
    pub(super) groups: BTreeSet<GroupId>,
}

/// See the module.
pub(super) struct Snapshot {
    at: Timestamp,
    pub(super) book: RoleBook,
    pub(super) subjects: BTreeMap<AccountId, Subject>,
    pub(super) owners: BTreeSet<AccountId>,
    pub(super) objects: BTreeMap<String, ObjectState>,
    /// Who invited each account.
    pub(super) senders: BTreeMap<AccountId, AccountId>,
    invited: BTreeMap<AccountId, Vec<(bool, String)>>,
    everyone: GroupId,
    common: BTreeSet<String>,
    /// What new accounts get beside that, as the organization's gift.
    defaults: BTreeSet<String>,
    default_groups: BTreeSet<GroupId>,
    group_roles: BTreeMap<GroupId, Vec<String>>,
}

fn id<T>(row: &AnyRow, column: &str) -> domain::id::Id<T> {
    row.get::<String, _>(column).parse().unwrap()
}

fn maybe_id<T>(row: &AnyRow, column: &str) -> Option<domain::id::Id<T>> {
    row.get::<Option<String>, _>(column).map(|text| text.parse().unwrap())
}

async fn rows(connection: &mut AnyConnection, sql: &str, organization: OrganizationId) -> Vec<AnyRow> {
    sqlx::query(AssertSqlSafe(sql.to_owned())).bind(organization.to_string()).fetch_all(connection).await.unwrap()
}

impl Snapshot {
    pub(super) async fn take(app: &App, organization: OrganizationId) -> Self {
        let at = app.clock.now();
        let connection = &mut *app.db.reader().acquire().await.unwrap();
        let row = server::organization::store::find(connection, organization).await.unwrap().unwrap();
        let book = server::roles::books::fresh(app, connection, &row).await.unwrap();
        let ids =
            rows(connection, "SELECT id FROM accounts WHERE organization_id = $1 AND deleted_at IS NULL", organization)
                .await;
        let ids: Vec<AccountId> = ids.iter().map(|row| id(row, "id")).collect();
        let loaded = accounts::load(connection, organization, &ids, at).await.unwrap();
        let subject = |(id, account): (AccountId, accounts::Loaded)| {
            let mut holdings = account.target.holdings;
            // In whichever order the database gives them.
            holdings.groups.iter_mut().for_each(|holding| holding.roles.sort());
            let is_in = holdings.state.activated_at.is_some();
            let state = if is_in { holdings.state } else { AccountState::active_since(Timestamp::default()) };
            let as_in = Holdings { state, ..holdings.clone() };
            (id, Subject { id, effective: effective(&as_in, &book, at), holdings })
        };
        let subjects: BTreeMap<AccountId, Subject> = loaded.into_iter().map(subject).collect();
        let sql = "SELECT account_id, sent_by FROM invitations i JOIN accounts a ON a.id = i.account_id WHERE a.organization_id = $1";
        let senders = rows(connection, sql, organization).await;
        let sql = "SELECT g.account_id, g.what, g.key AS given FROM grants g JOIN accounts a ON a.id = g.account_id WHERE a.organization_id = $1 AND g.source = 'invitation'
             UNION ALL SELECT m.account_id, 'group', m.group_id FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE a.organization_id = $1 AND m.source = 'invitation'";
        let mut invited: BTreeMap<AccountId, Vec<(bool, String)>> = BTreeMap::new();
        for row in &rows(connection, sql, organization).await {
            let (what, given): (String, String) = (row.get("what"), row.get("given"));
            let given = match what.as_str() {
                "group" => (true, given),
                "role" => (false, format!("role {given}")),
                _ => (false, given),
            };
            invited.entry(id(row, "account_id")).or_default().push(given);
        }
        let groups: Vec<GroupHolding> = server::groups::store::roles::all(connection, organization).await.unwrap();
        let everyone = groups.iter().find(|group| group.is_everyone).unwrap().clone();
        let of_roles = |keys: &[String]| {
            let roles = keys.iter().filter_map(|key| book.role(key));
            book.expand(&roles.flat_map(|role| role.permissions.clone()).collect::<Vec<_>>())
        };
        let common = of_roles(&everyone.roles).into_iter().chain(book.expand(book.baseline())).collect();
        let standing = server::organization::defaults::store::read(connection, organization).await.unwrap();
        let default_groups: BTreeSet<GroupId> = standing.groups.iter().map(|(group, _)| group.id).collect();
        let permissions: Vec<String> = standing.permissions.into_iter().map(|(key, _)| key).collect();
        let carried = groups.iter().filter(|group| default_groups.contains(&group.group.id));
        let mut defaults: BTreeSet<String> = carried.flat_map(|group| of_roles(&group.roles)).collect();
        defaults.extend(book.expand(&permissions));
        Self {
            at,
            owners: accounts::owners(connection, organization).await.unwrap(),
            objects: objects(connection, organization, at).await,
            senders: senders.iter().map(|row| (id(row, "account_id"), id(row, "sent_by"))).collect(),
            invited,
            everyone: everyone.group.id,
            common,
            defaults,
            default_groups,
            group_roles: groups.into_iter().map(|group| (group.group.id, group.roles)).collect(),
            subjects,
            book,
        }
    }

    #[track_caller]
    pub(super) fn subject(&self, id: AccountId) -> &Subject {
        &self.subjects[&id]
    }

    /// Whether a permission is nobody's gift: all have it, or each new account gets it.
    pub(super) fn is_common(&self, key: &str, is_new: bool) -> bool {
        self.common.contains(key) || (is_new && self.defaults.contains(key))
    }

    /// Until when an account may view and modify an object by an access of its own; `MIN` for not at all. Those who are
    /// out count as if they were in: they keep what they have.
    pub(super) fn access(&self, id: AccountId, subject: &Subject, object: &str) -> [i64; 2] {
        let Some(object) = self.objects.get(object) else { return [i64::MIN; 2] };
        let is_of = |(of, access): &&(Option<AccountId>, AccessHolding)| access.group.is_some() || *of == Some(id);
        let accesses = object.accesses.iter().filter(is_of).map(|(_, access)| access.clone()).collect();
        let known = ObjectHoldings { restricted: object.restricted, is_owner: object.owner == Some(id), accesses };
        let state = AccountState::active_since(Timestamp::default());
        let holdings = Holdings { state, ..subject.holdings.clone() };
        let found = effective(&holdings, &self.book, self.at);
        let paths = access_paths(&holdings, &found, &known, self.at);
        ends(paths.into_iter().map(|(level, path)| (level, path.until)))
    }

    /// As `access`, of what all have through Everyone, and new accounts through the defaults.
    pub(super) fn common_access(&self, object: &str, is_new: bool) -> [i64; 2] {
        let mut groups = BTreeSet::from([self.everyone]);
        groups.extend(self.default_groups.iter().filter(|_| is_new));
        self.access_of_groups(&groups, object)
    }

    /// As `access`, of what groups bring their members.
    pub(super) fn access_of_groups(&self, groups: &BTreeSet<GroupId>, object: &str) -> [i64; 2] {
        let accesses = self.objects.get(object).map(|object| object.accesses.as_slice()).unwrap_or_default();
        let of_groups = accesses.iter().filter(|(_, access)| access.group.is_some_and(|id| groups.contains(&id)));
        ends(of_groups.map(|(_, access)| (access.level, access.valid_until)))
    }

    /// What an account still has of its invitation, expanded.
    pub(super) fn by_invitation(&self, account: AccountId) -> ByInvitation {
        let mut found = ByInvitation::default();
        let mut keys: Vec<String> = Vec::new();
        let add_role = |keys: &mut Vec<String>, key: &str| {
            keys.extend(self.book.role(key).iter().flat_map(|role| role.permissions.clone()));
        };
        for (is_group, given) in self.invited.get(&account).into_iter().flatten() {
            if *is_group {
                let group: GroupId = given.parse().unwrap();
                found.groups.insert(group);
                self.group_roles[&group].iter().for_each(|key| add_role(&mut keys, key));
            } else if let Some(role) = given.strip_prefix("role ") {
                add_role(&mut keys, role);
            } else {
                keys.push(given.clone());
            }
        }
        found.permissions = self.book.expand(&keys);
        found
    }

    /// Whether everybody holds the same, and nobody came or went.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let holdings = |snapshot: &Self| {
            let subjects = snapshot.subjects.iter();
            subjects.map(|(id, subject)| (*id, subject.holdings.clone())).collect::<Vec<_>>()
        };
        holdings(self) == holdings(other) && self.objects == other.objects && self.group_roles == other.group_roles
    }
}

/// The latest end of each level; modifying is viewing too.
fn ends(accesses: impl Iterator<Item = (AccessLevel, Option<Timestamp>)>) -> [i64; 2] {
    let mut found = [i64::MIN; 2];
    for (level, until) in accesses {
        let end = until.map_or(i64::MAX, Timestamp::millis);
        found[0] = found[0].max(end);
        if level == AccessLevel::Modify {
            found[1] = found[1].max(end);
        }
    }
    found
}

async fn objects(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    at: Timestamp,
) -> BTreeMap<String, ObjectState> {
    let sql = "SELECT o.external_id, o.restricted, o.owner_id, x.account_id, x.group_id, x.level, x.valid_until
         FROM objects o LEFT JOIN object_access x ON x.object_id = o.id WHERE o.organization_id = $1 ORDER BY o.id, x.account_id, x.group_id";
    let mut found: BTreeMap<String, ObjectState> = BTreeMap::new();
    for row in &rows(connection, sql, organization).await {
        let object = found.entry(row.get("external_id")).or_insert(ObjectState {
            restricted: row.get::<i64, _>("restricted") == 1,
            owner: maybe_id(row, "owner_id"),
            accesses: Vec::new(),
        });
        let level = row.get::<Option<String>, _>("level").and_then(|text| AccessLevel::parse(&text));
        let valid_until = row.get::<Option<i64>, _>("valid_until").map(Timestamp::from_millis);
        if let Some(level) = level.filter(|_| valid_until.is_none_or(|until| until > at)) {
            let access = AccessHolding { group: maybe_id(row, "group_id"), level, valid_until };
            object.accesses.push((maybe_id(row, "account_id"), access));
        }
    }
    found
}
