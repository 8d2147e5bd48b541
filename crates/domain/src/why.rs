//! Why a permission is held: a path of `effective` in words.

use crate::effective::{Path, Step};
use crate::id::GroupId;
use crate::objects::AccessLevel;

/// What a part of a reason leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A role or level, by key.
    Role(String),
    Group(GroupId),
    /// What was given to the account one by one.
    Direct,
    /// Another permission that the account holds, by key.
    Permission(String),
    /// The object asked about.
    Object,
}

/// A part of a reason: a name with the words around it, and what the name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub before: &'static str,
    pub name: String,
    pub after: &'static str,
    pub target: Option<Target>,
}

impl Part {
    fn plain(name: &str) -> Self {
        Self { before: "", name: name.to_owned(), after: "", target: None }
    }

    fn leading(name: &str, target: Target) -> Self {
        Self { target: Some(target), ..Self::plain(name) }
    }

    /// The part as one text.
    #[must_use]
    pub fn words(&self) -> String {
        [self.before, &self.name, self.after].concat()
    }
}

impl Path {
    /// The parts of the reason, the most telling first. `level_word` is what the profile calls a level; `label` gives the
    /// name of a permission by its key.
    #[must_use]
    pub fn parts(&self, level_word: &str, label: impl Fn(&str) -> String) -> Vec<Part> {
        let everyone = self.steps.iter().find_map(|step| match step {
            Step::Everyone(group) => {
                Some(Part { after: " has it", ..Part::leading("Everyone", Target::Group(group.id)) })
            }
            _ => None,
        });
        let source = self.steps.iter().find_map(|step| match step {
            Step::Direct => Some(Part::leading("Given directly", Target::Direct)),
            Step::Level(level) => {
                Some(Part::leading(&[level_word, " ", &level.name].concat(), Target::Role(level.key.clone())))
            }
            Step::Role(role) => {
                Some(Part { before: "Role ", ..Part::leading(&role.name, Target::Role(role.key.clone())) })
            }
            Step::Baseline => Some(Part::plain("Every user has it")),
            Step::Owner => Some(Part::leading("Owner", Target::Role(crate::roles::OWNER_ROLE.to_owned()))),
            Step::Access(AccessLevel::View) => Some(Part::leading("Access to view it", Target::Object)),
            Step::Access(AccessLevel::Modify) => Some(Part::leading("Access to modify it", Target::Object)),
            Step::ObjectOwner => Some(Part::leading("Owner of the object", Target::Object)),
            Step::Group(_) | Step::Everyone(_) | Step::IncludedIn { .. } => None,
        });
        let ways = self.steps.iter().filter_map(|step| match step {
            Step::Group(group) => {
                Some(Part { before: "through group ", ..Part::leading(&group.name, Target::Group(group.id)) })
            }
            Step::IncludedIn { key } => {
                let leading = Part::leading(&label(key), Target::Permission(key.clone()));
                Some(Part { before: "comes with \"", after: "\"", ..leading })
            }
            _ => None,
        });
        everyone.into_iter().chain(source).chain(ways).collect()
    }

    /// "Level Admin", "Role Alerts, through group On call", "Everyone has it", "Owner". The arguments are those of `parts`.
    #[must_use]
    pub fn words(&self, level_word: &str, label: impl Fn(&str) -> String) -> String {
        self.parts(level_word, label).iter().map(Part::words).collect::<Vec<_>>().join(", ")
    }
}

/// Each different reason once, in the order in which they come, with the latest end it has.
#[must_use]
pub fn reasons(paths: &[Path]) -> Vec<Path> {
    let mut found: Vec<Path> = Vec::new();
    for path in paths {
        match found.iter_mut().find(|known| known.steps == path.steps) {
            // A path without an end outlasts every other.
            Some(known) => known.until = known.until.zip(path.until).map(|(known, until)| known.max(until)),
            None => found.push(path.clone()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Target, reasons};
    use crate::effective::{Path, Step};
    use crate::groups::GroupRef;
    use crate::id::GroupId;
    use crate::objects::AccessLevel;
    use crate::roles::RoleRef;
    use crate::time::Timestamp;

    #[test]
    fn each_path_reads_as_a_reason() {
        let role = || RoleRef { key: "alerts".to_owned(), name: "Alerts".to_owned() };
        let group = |name: &str| GroupRef { id: GroupId::from_u128(1), name: name.to_owned() };
        let included = || Step::IncludedIn { key: "alerts.manage".to_owned() };
        let cases = [
            (vec![Step::Level(role())], "Level Alerts"),
            (vec![Step::Role(role())], "Role Alerts"),
            (vec![Step::Group(group("On call")), Step::Role(role())], "Role Alerts, through group On call"),
            (vec![Step::Everyone(group("Everyone")), Step::Role(role())], "Everyone has it, Role Alerts"),
            (vec![Step::Baseline], "Every user has it"),
            (vec![Step::Owner], "Owner"),
            (vec![Step::ObjectOwner], "Owner of the object"),
            (vec![Step::Access(AccessLevel::View)], "Access to view it"),
            (
                vec![Step::Group(group("On call")), Step::Access(AccessLevel::Modify)],
                "Access to modify it, through group On call",
            ),
            (vec![Step::Direct, included()], "Given directly, comes with \"Manage alerts\""),
        ];
        for (steps, words) in cases {
            let path = Path { steps, until: None };
            assert_eq!(path.words("Level", |_| "Manage alerts".to_owned()), words);
        }
    }

    #[test]
    fn each_part_leads_to_what_it_is_about() {
        let role = || RoleRef { key: "alerts".to_owned(), name: "Alerts".to_owned() };
        let group = || GroupRef { id: GroupId::from_u128(1), name: "On call".to_owned() };
        let (by_role, by_group) = (Target::Role("alerts".to_owned()), Target::Group(GroupId::from_u128(1)));
        let included = Step::IncludedIn { key: "alerts.manage".to_owned() };
        let cases = [
            (vec![Step::Group(group()), Step::Role(role())], vec![Some(by_role.clone()), Some(by_group.clone())]),
            (vec![Step::Level(role())], vec![Some(by_role.clone())]),
            (vec![Step::Everyone(group()), Step::Role(role())], vec![Some(by_group.clone()), Some(by_role)]),
            (
                vec![Step::Direct, included],
                vec![Some(Target::Direct), Some(Target::Permission("alerts.manage".to_owned()))],
            ),
            (vec![Step::Group(group()), Step::Access(AccessLevel::View)], vec![Some(Target::Object), Some(by_group)]),
            (vec![Step::ObjectOwner], vec![Some(Target::Object)]),
            // There is no page of what every user has.
            (vec![Step::Baseline], vec![None]),
        ];
        for (steps, targets) in cases {
            let parts = Path { steps, until: None }.parts("Level", str::to_owned);
            assert_eq!(parts.into_iter().map(|part| part.target).collect::<Vec<_>>(), targets);
        }
    }

    #[test]
    fn equal_reasons_are_told_once_with_the_latest_end() {
        let path =
            |step: Step, until: Option<i64>| Path { steps: vec![step], until: until.map(Timestamp::from_millis) };
        let ends = |paths: &[Path]| {
            reasons(paths).into_iter().map(|path| path.until.map(Timestamp::millis)).collect::<Vec<_>>()
        };
        assert_eq!(ends(&[path(Step::Direct, Some(1)), path(Step::Direct, Some(9))]), [Some(9)]);
        assert_eq!(ends(&[path(Step::Direct, Some(1)), path(Step::Direct, None)]), [None]);
        assert_eq!(ends(&[path(Step::Direct, Some(1)), path(Step::Baseline, None)]), [Some(1), None]);
    }
}
