//! Previews: who gains and who loses what by a change, before it is made.

mod change;

use serde::{Deserialize, Serialize};

pub use change::PreviewedChange;

use crate::accounts::AccountRef;
use crate::bulk::{BulkRequest, account_faults};
use crate::defaults::Defaults;
use crate::groups::GroupChange;
use crate::id::{AccountId, GroupId, RoleId};
use crate::problem::FieldError;
use crate::roles::{RoleChange, RoleRemoval};
use crate::time::Timestamp;

/// Header of an apply that carries the `basis` of the preview seen. If the rights of the organization have changed
/// since, the answer is 412 and nothing is changed.
pub const BASIS_HEADER: &str = "roster-basis";
/// Accounts named as examples of each gain and loss, at the most.
pub const PREVIEW_EXAMPLES_MAX: usize = 5;

/// Members added to and removed from a group.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MembersChange {
    /// 10,000 at most together with `remove`.
    #[serde(default)]
    pub add: Vec<AccountId>,
    #[serde(default)]
    pub remove: Vec<AccountId>,
    /// End of the memberships added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub valid_until: Option<Timestamp>,
}

impl MembersChange {
    /// What is wrong with it: too many accounts, one named twice, or an end that is over already.
    #[must_use]
    pub fn faults(&self, at: Timestamp) -> Vec<FieldError> {
        let all: Vec<AccountId> = self.add.iter().chain(&self.remove).copied().collect();
        let mut errors = account_faults("add", &all);
        for error in &mut errors {
            // Positions are counted through both lists.
            if let Some(index) = error.index.and_then(|index| index.checked_sub(self.add.len())) {
                (error.field, error.index) = ("remove".to_owned(), Some(index));
            }
        }
        if self.valid_until.is_some_and(|until| until <= at) {
            errors.push(FieldError::new("valid_until", "past", "Choose a time to come.".to_owned()));
        }
        errors
    }
}

/// `POST previews`: exactly one of the changes, each as the request that would make it. The permission needed is that of the change.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// The role that `role_change` or `role_removal` is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_change: Option<RoleChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_removal: Option<RoleRemoval>,
    /// The group that `group_change`, `members` or `group_removal` is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_change: Option<GroupChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<MembersChange>,
    /// True previews the deletion of the group.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub group_removal: bool,
    /// As `POST accounts/bulk`; a level is changed by a bulk of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<BulkRequest>,
    /// What a new account will get, beside what it gets now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaults: Option<Defaults>,
}

/// A permission that accounts gain or lose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    pub permission: String,
    pub label: String,
    pub users: u64,
    pub services: u64,
    /// By name, 5 at most.
    pub examples: Vec<AccountRef>,
}

/// The answer to `POST previews`. Only accounts that are active count, or become so by the change; those that would gain
/// once they are, do not. Of a bulk change, the accounts that it would refuse stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// For the header `Roster-Basis` of the request that makes the change.
    pub basis: String,
    /// In the order of the catalogue.
    pub gains: Vec<Difference>,
    /// In the order of the catalogue.
    pub losses: Vec<Difference>,
    /// Accounts that gain or lose anything.
    pub users: u64,
    pub services: u64,
    /// Accounts that lose their last permission beside the baseline.
    pub left_with_nothing: u64,
    /// For defaults: permissions that new accounts gain and lose; those of today stay as they are.
    #[serde(default)]
    pub is_for_new_accounts: bool,
}

/// Permissions named in one sentence, at the most; the others are counted.
const LABELS_NAMED_MAX: usize = 4;

/// Accounts that gain, or lose, the same permissions: one sentence of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewLine {
    /// Whether they gain them. If not, they lose them.
    pub is_gain: bool,
    /// "34 people", "1 person and 2 service accounts", "New accounts".
    pub who: String,
    /// "gain", "gains", "lose", "loses"; of new accounts "get" and "no longer get".
    pub verb: &'static str,
    /// "Alerts and Dashboards"; of more than four permissions the first three are named.
    pub what: String,
    /// The permissions by name, in the order of the catalogue.
    pub labels: Vec<String>,
    /// By name, 5 at most.
    pub examples: Vec<AccountRef>,
    /// Accounts beside the examples.
    pub others: u64,
    /// Whether only people are meant: the next sentence may leave the word out.
    are_people: bool,
    count: u64,
}

impl PreviewLine {
    fn new(difference: &Difference, is_gain: bool, is_for_new_accounts: bool) -> Self {
        let count = difference.users + difference.services;
        let verb = match (is_for_new_accounts, is_gain, count == 1) {
            (true, true, _) => "get",
            (true, false, _) => "no longer get",
            (false, true, true) => "gains",
            (false, true, false) => "gain",
            (false, false, true) => "loses",
            (false, false, false) => "lose",
        };
        let who = if is_for_new_accounts {
            "New accounts".to_owned()
        } else {
            counted(difference.users, difference.services)
        };
        Self {
            is_gain,
            who,
            verb,
            what: String::new(),
            labels: Vec::new(),
            examples: difference.examples.clone(),
            others: count.saturating_sub(difference.examples.len() as u64),
            are_people: difference.services == 0 && !is_for_new_accounts,
            count,
        }
    }

    /// Whether `what` leaves permissions unnamed.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.labels.len() > LABELS_NAMED_MAX
    }
}

impl Preview {
    /// Whether nobody gains or loses anything.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.gains.is_empty() && self.losses.is_empty()
    }

    /// Gains before losses, each in the order of the catalogue. Permissions that the same accounts gain, or lose, share
    /// one line.
    #[must_use]
    pub fn lines(&self) -> Vec<PreviewLine> {
        let gains = self.gains.iter().map(|difference| (difference, true));
        let losses = self.losses.iter().map(|difference| (difference, false));
        let mut lines: Vec<PreviewLine> = Vec::new();
        for (difference, is_gain) in gains.chain(losses) {
            let line = PreviewLine::new(difference, is_gain, self.is_for_new_accounts);
            let is_same = |known: &&mut PreviewLine| {
                (known.is_gain, &known.who, &known.examples) == (is_gain, &line.who, &line.examples)
            };
            match lines.iter_mut().find(is_same) {
                Some(known) => known.labels.push(difference.label.clone()),
                None => lines.push(PreviewLine { labels: vec![difference.label.clone()], ..line }),
            }
        }
        for line in &mut lines {
            line.what = enumerated(&line.labels);
        }
        lines
    }

    /// "1 service account loses its last permission"; none where nobody does.
    #[must_use]
    pub fn last_permission_line(&self) -> Option<String> {
        let count = self.left_with_nothing;
        let (who, whose) = match (self.users, self.services) {
            _ if count == 0 => return None,
            (0, _) => (counted(0, count), "its"),
            (_, 0) => (counted(count, 0), "their"),
            _ if count == 1 => ("1 account".to_owned(), "its"),
            _ => ([&grouped(count), " accounts"].concat(), "their"),
        };
        let (verb, whose) = if count == 1 { ("loses", whose) } else { ("lose", "their") };
        Some([&who, " ", verb, " ", whose, " last permission"].concat())
    }

    /// All of it in one sentence, without a full stop: "34 people gain Alerts; 2 lose Dashboards; 1 service account loses
    /// its last permission".
    #[must_use]
    pub fn summary(&self) -> String {
        if self.is_empty() {
            let nobody = if self.is_for_new_accounts {
                "New accounts get the same as before"
            } else {
                "Nobody gains or loses a permission"
            };
            return nobody.to_owned();
        }
        let mut clauses: Vec<String> = Vec::new();
        let mut were_people = false;
        for line in self.lines() {
            let who = match (clauses.is_empty(), self.is_for_new_accounts) {
                (false, true) => "they".to_owned(),
                (false, false) if were_people && line.are_people => grouped(line.count),
                _ => line.who,
            };
            clauses.push([&who, " ", line.verb, " ", &line.what].concat());
            were_people = line.are_people;
        }
        clauses.extend(self.last_permission_line());
        clauses.join("; ")
    }
}

/// "34 people", "1 service account", "1 person and 2 service accounts".
fn counted(users: u64, services: u64) -> String {
    let part = |count: u64, one: &str, many: &str| {
        [grouped(count).as_str(), " ", if count == 1 { one } else { many }].concat()
    };
    let people = || part(users, "person", "people");
    let machines = || part(services, "service account", "service accounts");
    match (users, services) {
        (_, 0) => people(),
        (0, _) => machines(),
        _ => [&people(), " and ", &machines()].concat(),
    }
}

/// "A", "A and B", "A, B and C"; from five on "A, B, C and 9 more permissions".
fn enumerated(labels: &[String]) -> String {
    match labels {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] if labels.len() <= LABELS_NAMED_MAX => [&first.join(", "), " and ", last].concat(),
        _ => {
            let named = labels[..LABELS_NAMED_MAX - 1].join(", ");
            let rest = labels.len() - (LABELS_NAMED_MAX - 1);
            [&named, " and ", &rest.to_string(), " more permissions"].concat()
        }
    }
}

/// The number with its thousands set apart: `12,480`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
#[path = "previews_tests.rs"]
mod tests;
