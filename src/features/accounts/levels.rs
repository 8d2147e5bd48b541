//! The levels of the organization, and which of them the person at the desk may give.

use domain::levels::{LEVEL_OUT_OF_REACH, Level};
use domain::session::SessionView;

/// A level, and why it cannot be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LevelChoice {
    pub(crate) level: Level,
    pub(crate) refused: Option<String>,
}

/// All levels, the highest first.
pub(crate) fn choices(session: &SessionView) -> Vec<LevelChoice> {
    let choice = |level: &Level| LevelChoice {
        level: level.clone(),
        refused: (!session.may_give(level)).then(|| LEVEL_OUT_OF_REACH.to_owned()),
    };
    session.organization.levels.iter().map(choice).collect()
}

/// The level chosen beforehand: the organization's default, if it may be given; else the lowest that may.
pub(crate) fn chosen_beforehand(choices: &[LevelChoice], default: Option<&str>) -> Option<String> {
    let mut free = choices.iter().filter(|choice| choice.refused.is_none()).map(|choice| &choice.level);
    let fallback = free.clone().min_by_key(|level| level.rank);
    free.find(|level| Some(level.key.as_str()) == default).or(fallback).map(|level| level.key.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_is_chosen_if_it_may_be_given() {
        let choice = |key: &str, rank, refused: Option<&str>| LevelChoice {
            level: Level {
                key: key.to_owned(),
                name: key.to_owned(),
                description: String::new(),
                rank,
                permissions: Vec::new(),
            },
            refused: refused.map(str::to_owned),
        };
        let choices = [choice("admin", 3, Some("no")), choice("editor", 2, None), choice("viewer", 1, None)];
        let chosen = |default| chosen_beforehand(&choices, default);
        assert_eq!(chosen(Some("editor")).as_deref(), Some("editor"));
        assert_eq!(chosen(Some("admin")).as_deref(), Some("viewer"));
        assert_eq!(chosen(None).as_deref(), Some("viewer"));
        assert_eq!(chosen_beforehand(&[], Some("editor")), None);
    }
}
