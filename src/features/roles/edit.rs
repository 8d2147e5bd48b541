//! What is typed into the form of a role: what of it is a change, and what happens to it when somebody else changed it too.

use std::collections::BTreeSet;

use domain::FieldError;
use domain::permissions::Catalogue;
use domain::problem::FieldErrors;
use domain::roles::{Role, RoleChange};
use domain::text::Name;

use crate::overtaken::{difference, merged};

/// A role as its form holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) description: String,
    /// Keys of permissions.
    pub(super) chosen: BTreeSet<String>,
}

impl Typed {
    pub(super) fn of(role: &Role) -> Self {
        Self {
            name: role.name.clone(),
            description: role.description.clone(),
            chosen: role.permissions.iter().cloned().collect(),
        }
    }
}

/// What differs between a stored role and what was typed, ready to be sent.
pub(super) fn change(base: &Typed, typed: &Typed) -> Result<RoleChange, Vec<FieldError>> {
    let mut errors = FieldErrors::default();
    let mut change = RoleChange::default();
    if typed.name != base.name {
        change.name = errors.take("name", Name::parse(&typed.name));
    }
    if typed.description.trim() != base.description {
        change.description = Some(typed.description.trim().to_owned());
    }
    if typed.chosen != base.chosen {
        change.permissions = Some(typed.chosen.iter().cloned().collect());
    }
    if errors.is_empty() { Ok(change) } else { Err(errors.into_vec()) }
}

/// What takes a change back.
pub(super) fn reverse(before: &Role, change: &RoleChange) -> RoleChange {
    RoleChange {
        name: change.name.as_ref().and_then(|_| Name::parse(&before.name).ok()),
        description: change.description.as_ref().map(|_| before.description.clone()),
        permissions: change.permissions.as_ref().map(|_| before.permissions.clone()),
    }
}

/// The differences in words, one line each.
pub(super) fn differences(base: &Typed, typed: &Typed, catalogue: &Catalogue) -> Vec<String> {
    let listed = |what: &str, keys: Vec<&String>| {
        let labels: Vec<&str> = keys.into_iter().map(|key| catalogue.label(key)).collect();
        (!labels.is_empty()).then(|| [what, ": ", &labels.join(", ")].concat())
    };
    let (name, description) = (typed.name.trim(), typed.description.trim());
    let mut lines = Vec::new();
    lines.extend((name != base.name).then(|| difference("Name", &base.name, name)));
    lines.extend((description != base.description).then(|| difference("Description", &base.description, description)));
    lines.extend(listed("Added", typed.chosen.difference(&base.chosen).collect()));
    lines.extend(listed("Removed", base.chosen.difference(&typed.chosen).collect()));
    lines
}

/// Takes over what somebody else changed meanwhile, except where this person typed something of their own; of the
/// permissions each by itself.
pub(super) fn merge(base: &Typed, typed: &Typed, now: &Typed) -> Typed {
    let removed: BTreeSet<&String> = base.chosen.difference(&typed.chosen).collect();
    let added = typed.chosen.difference(&base.chosen);
    Typed {
        name: merged(&base.name, &typed.name, &now.name),
        description: merged(&base.description, &typed.description, &now.description),
        chosen: now.chosen.iter().filter(|key| !removed.contains(key)).chain(added).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::roles::words::testing::role;

    fn typed(name: &str, chosen: &[&str]) -> Typed {
        Typed {
            name: name.to_owned(),
            description: String::new(),
            chosen: chosen.iter().map(|key| (*key).to_owned()).collect(),
        }
    }

    #[test]
    fn only_what_differs_is_sent() {
        let base = typed("Alerts", &["a", "b"]);
        let sent = |typed: &Typed| change(&base, typed).map(|change| serde_json::to_string(&change).unwrap());
        assert_eq!(sent(&base), Ok("{}".to_owned()));
        assert_eq!(sent(&typed("On call", &["a", "b"])), Ok(r#"{"name":"On call"}"#.to_owned()));
        assert_eq!(sent(&typed("Alerts", &["a", "c"])), Ok(r#"{"permissions":["a","c"]}"#.to_owned()));
        let described = Typed { description: " For nights ".to_owned(), ..base.clone() };
        assert_eq!(sent(&described), Ok(r#"{"description":"For nights"}"#.to_owned()));
        assert_eq!(sent(&typed(" ", &["a"])).map_err(|errors| errors[0].field.clone()), Err("name".to_owned()));
    }

    #[test]
    fn reverse_takes_back_what_was_changed_and_nothing_else() {
        let before = role(1, "Alerts", &["a"]);
        let change = RoleChange { permissions: Some(vec!["b".to_owned()]), ..RoleChange::default() };
        let back = reverse(&before, &change);
        assert_eq!((back.name, back.permissions), (None, Some(vec!["a".to_owned()])));
    }

    #[test]
    fn differences_are_told_by_name() {
        let catalogue = Catalogue(Vec::new());
        let lines = differences(&typed("Alerts", &["a", "b"]), &typed("On call", &["b", "c", "d"]), &catalogue);
        assert_eq!(lines, ["Name: Alerts → On call", "Added: c, d", "Removed: a"]);
        assert!(differences(&typed("A", &[]), &typed("A", &[]), &catalogue).is_empty());
    }

    #[test]
    fn what_was_typed_survives_what_others_changed() {
        let base = typed("Alerts", &["a", "b"]);
        let mine = typed("Mine", &["b", "c"]);
        let theirs = Typed { description: "Theirs".to_owned(), ..typed("Alerts", &["a", "b", "d"]) };
        let merged = merge(&base, &mine, &theirs);
        assert_eq!(merged, Typed { description: "Theirs".to_owned(), ..typed("Mine", &["b", "c", "d"]) });
    }
}
