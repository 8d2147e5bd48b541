//! The sentences of a preview: who gains and who loses what, and until when.

use super::{Difference, Narrowed, Preview, Waiting, grouped};
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

    /// "1 service account loses its last permission", "3 people are left with what every user has"; none where nobody is.
    #[must_use]
    pub fn last_permission_line(&self) -> Option<String> {
        let services = self.services_left_with_nothing;
        let users = self.left_with_nothing.saturating_sub(services);
        let is = if users == 1 { " is" } else { " are" };
        let of_users = || [counted(users, 0).as_str(), is, " left with what every user has"].concat();
        let verb = if services == 1 { " loses its last permission" } else { " lose their last permission" };
        let of_services = || [counted(0, services).as_str(), verb].concat();
        match (users, services) {
            (0, 0) => None,
            (_, 0) => Some(of_users()),
            (0, _) => Some(of_services()),
            _ => Some([&of_services(), "; ", &of_users()].concat()),
        }
    }

    /// "3 people move to Limited, and stay there when the role ends or is taken away."; none where nobody does.
    #[must_use]
    pub fn narrowed_line(&self) -> Option<String> {
        let Narrowed { level, users } = self.narrowed.as_ref()?;
        let (verb, stay) = if *users == 1 { (" moves to ", ", and stays") } else { (" move to ", ", and stay") };
        Some([counted(*users, 0).as_str(), verb, level, stay, " there when the role ends or is taken away."].concat())
    }

    /// Who is concerned beside those who gain and lose: accounts that are not active, and those to come.
    #[must_use]
    pub fn later_lines(&self) -> Vec<String> {
        let Waiting { invited, out, new_links } = self.waiting;
        let later = |count: u64, kind: &str, when: [&str; 2]| {
            let (nouns, when) = if count == 1 { (" account is", when[0]) } else { (" accounts are", when[1]) };
            (count > 0)
                .then(|| [grouped(count).as_str(), " ", kind, nouns, " concerned, too, once ", when, "."].concat())
        };
        let new = "New accounts are put in this group: they are concerned, too.";
        [
            later(invited, "invited", ["its invitation is accepted", "their invitations are accepted"]),
            later(out, "deactivated", ["it is active again", "they are active again"]),
            (new_links == 1).then(|| "1 invitation needs a new link: resend it after the change.".to_owned()),
            (new_links > 1)
                .then(|| [&grouped(new_links), " invitations need new links: resend them after the change."].concat()),
            self.reaches_new_accounts.then(|| new.to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// All of it in one sentence, without a full stop: "34 people gain Alerts; 2 lose Dashboards; 1 service account loses
    /// its last permission". `when` tells a moment in words.
    #[must_use]
    pub fn summary(&self, when: impl Fn(Timestamp) -> String) -> String {
        if self.is_empty() {
            let nobody = match (self.is_for_new_accounts, self.later_lines().is_empty()) {
                (true, _) => "New accounts get the same as before",
                (false, true) => "Nobody gains or loses a permission",
                (false, false) => "Nobody who is active gains or loses a permission",
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
