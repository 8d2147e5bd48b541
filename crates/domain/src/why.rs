//! Why a permission is held: a path of `effective` in words.

use crate::effective::{Path, Step};

impl Path {
    /// "Level Admin", "Role Alerts, through group On call", "Everyone has it", "Owner". `level_word` is what the profile
    /// calls a level; `label` gives the name of a permission by its key.
    #[must_use]
    pub fn words(&self, level_word: &str, label: impl Fn(&str) -> String) -> String {
        let source = self.steps.iter().find_map(|step| match step {
            Step::Direct => Some("Given directly".to_owned()),
            Step::Level(level) => Some([level_word, " ", &level.name].concat()),
            Step::Role(role) => Some(["Role ", &role.name].concat()),
            Step::Baseline => Some("Every user has it".to_owned()),
            Step::Owner => Some("Owner".to_owned()),
            Step::Group(_) | Step::Everyone(_) | Step::IncludedIn { .. } => None,
        });
        let mut parts = Vec::new();
        if self.steps.iter().any(|step| matches!(step, Step::Everyone(_))) {
            parts.push("Everyone has it".to_owned());
        }
        parts.extend(source);
        parts.extend(self.steps.iter().filter_map(|step| match step {
            Step::Group(group) => Some(["through group ", &group.name].concat()),
            Step::IncludedIn { key } => Some(["comes with \"", &label(key), "\""].concat()),
            _ => None,
        }));
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use crate::effective::{Path, Step};
    use crate::groups::GroupRef;
    use crate::id::GroupId;
    use crate::roles::RoleRef;

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
            (vec![Step::Direct, included()], "Given directly, comes with \"Manage alerts\""),
        ];
        for (steps, words) in cases {
            let path = Path { steps, until: None };
            assert_eq!(path.words("Level", |_| "Manage alerts".to_owned()), words);
        }
    }
}
