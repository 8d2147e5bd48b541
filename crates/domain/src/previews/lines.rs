//! The sentences of a preview: who gains and who loses what, and until when.

use super::{Difference, Preview, grouped};
use crate::accounts::AccountRef;
use crate::time::Timestamp;

/// Permissions named in one sentence, at the most; the others are counted.
const LABELS_NAMED_MAX: usize = 4;

/// What becomes of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    Gained,
    Lost,
    /// Held still, and lost sooner than before.
    Shortened,
    /// Held still, and longer than before.
    Extended,
}

/// Accounts with which the same becomes of the same permissions: one sentence of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewLine {
    pub course: Course,
    /// "34 people", "1 person and 2 service accounts", "New accounts".
    pub who: String,
    /// "gain", "gains", "lose", "loses", "keep", "keeps"; of new accounts "get" and "no longer get".
    pub verb: &'static str,
    /// "Alerts and Dashboards"; of more than four permissions the first three are named.
    pub what: String,
    /// The permissions by name, in the order of the catalogue.
    pub labels: Vec<String>,
    /// By name, 5 at most.
    pub examples: Vec<AccountRef>,
    /// Accounts beside the examples.
    pub others: u64,
    /// When the first of them ceases to hold them; absent where they do not end.
    until: Option<Timestamp>,
    ends_vary: bool,
    /// Whether only people are meant: the next sentence may leave the word out.
    are_people: bool,
    count: u64,
}

impl PreviewLine {
    fn new(difference: &Difference, course: Course, is_for_new_accounts: bool) -> Self {
        let count = difference.users + difference.services;
        let who = if is_for_new_accounts {
            "New accounts".to_owned()
        } else {
            counted(difference.users, difference.services)
        };
        Self {
            course,
            who,
            verb: course.verb(count, is_for_new_accounts),
            what: String::new(),
            labels: Vec::new(),
            examples: difference.examples.clone(),
            others: count.saturating_sub(difference.examples.len() as u64),
            until: difference.until,
            ends_vary: difference.ends_vary,
            are_people: difference.services == 0 && !is_for_new_accounts,
            count,
        }
    }

    /// Whether `what` leaves permissions unnamed.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.labels.len() > LABELS_NAMED_MAX
    }

    /// What follows the permissions: " until Friday", " from Friday", " for ever"; empty where no end is to be told. `when`
    /// tells a moment in words.
    #[must_use]
    pub fn ending(&self, when: impl Fn(Timestamp) -> String) -> String {
        let word = match self.course {
            Course::Lost => return String::new(),
            Course::Shortened => " from ",
            Course::Gained | Course::Extended => " until ",
        };
        match self.until {
            Some(until) => [word, &when(until), if self.ends_vary { " or later" } else { "" }].concat(),
            None if self.course == Course::Extended => " for ever".to_owned(),
            None => String::new(),
        }
    }

    fn says_the_same_as(&self, other: &Self) -> bool {
        let key = |line: &Self| (line.course, line.until, line.ends_vary);
        (key(self), &self.who, &self.examples) == (key(other), &other.who, &other.examples)
    }
}

impl Course {
    const fn verb(self, count: u64, is_for_new_accounts: bool) -> &'static str {
        match (is_for_new_accounts, self, count == 1) {
            (true, Self::Gained | Self::Extended, _) => "get",
            (true, Self::Lost | Self::Shortened, _) => "no longer get",
            (false, Self::Gained, true) => "gains",
            (false, Self::Gained, false) => "gain",
            (false, Self::Lost | Self::Shortened, true) => "loses",
            (false, Self::Lost | Self::Shortened, false) => "lose",
            (false, Self::Extended, true) => "keeps",
            (false, Self::Extended, false) => "keep",
        }
    }
}

impl Preview {
    /// Whether nobody gains or loses anything, now or later.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.courses().all(|(_, differences)| differences.is_empty())
    }

    fn courses(&self) -> impl Iterator<Item = (Course, &[Difference])> {
        [
            (Course::Gained, self.gains.as_slice()),
            (Course::Lost, &self.losses),
            (Course::Shortened, &self.shortened),
            (Course::Extended, &self.extended),
        ]
        .into_iter()
    }

    /// Gains, losses, what is lost sooner and what is held longer, each in the order of the catalogue. Permissions of
    /// which the same accounts say the same share one line.
    #[must_use]
    pub fn lines(&self) -> Vec<PreviewLine> {
        let mut lines: Vec<PreviewLine> = Vec::new();
        let all = self.courses().flat_map(|(course, differences)| differences.iter().map(move |found| (course, found)));
        for (course, difference) in all {
            let line = PreviewLine::new(difference, course, self.is_for_new_accounts);
            match lines.iter_mut().find(|known| known.says_the_same_as(&line)) {
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
    /// its last permission". `when` tells a moment in words.
    #[must_use]
    pub fn summary(&self, when: impl Fn(Timestamp) -> String) -> String {
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
                _ => line.who.clone(),
            };
            clauses.push([&who, " ", line.verb, " ", &line.what, &line.ending(&when)].concat());
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

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
