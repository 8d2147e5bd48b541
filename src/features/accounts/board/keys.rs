//! Moving cards by keyboard: what each key does, and what is said of it.

/// What a key does with grabbed cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Above this column from now on.
    Over(usize),
    Drop,
    Cancel,
    /// Nothing, and nobody else gets the key.
    Stay,
}

/// What a key does while cards are above one of so many columns.
pub(super) fn step(key: &str, at: usize, columns: usize) -> Step {
    let last = columns.saturating_sub(1);
    let over = |to: usize| if to == at { Step::Stay } else { Step::Over(to) };
    match key {
        "ArrowLeft" => over(at.saturating_sub(1)),
        "ArrowRight" => over((at + 1).min(last)),
        "Home" => over(0),
        "End" => over(last),
        " " | "Enter" => Step::Drop,
        "Escape" | "Tab" => Step::Cancel,
        _ => Step::Stay,
    }
}

/// "Ana", "3 accounts".
pub(super) fn who(names: &[&str]) -> String {
    match names {
        [only] => (*only).to_owned(),
        many => [&many.len().to_string(), " accounts"].concat(),
    }
}

/// Where cards are: "Editor, column 2 of 4".
pub(super) fn place(name: &str, at: usize, columns: usize) -> String {
    [name, ", column ", &(at + 1).to_string(), " of ", &columns.to_string()].concat()
}

/// Said when cards are grabbed.
pub(super) fn grabbed(who: &str, place: &str) -> String {
    [who, " grabbed. ", place, ". Left and right arrow choose a column, Space drops, Escape cancels."].concat()
}

/// Said when grabbed cards come above a column.
pub(super) fn over(place: &str, refused: Option<&str>) -> String {
    match refused {
        Some(reason) => [place, ". Not possible: ", reason].concat(),
        None => [place, "."].concat(),
    }
}

/// Said when grabbed cards stay where they were.
pub(super) fn stays(who: &str, column: &str, is_one: bool) -> String {
    [who, if is_one { " stays in " } else { " stay in " }, column, "."].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_choose_a_column_and_end_at_the_last() {
        for (key, at, expected) in [
            ("ArrowLeft", 2, Step::Over(1)),
            ("ArrowLeft", 0, Step::Stay),
            ("ArrowRight", 2, Step::Over(3)),
            ("ArrowRight", 3, Step::Stay),
            ("Home", 3, Step::Over(0)),
            ("End", 0, Step::Over(3)),
            (" ", 1, Step::Drop),
            ("Enter", 1, Step::Drop),
            ("Escape", 1, Step::Cancel),
            ("Tab", 1, Step::Cancel),
            ("ArrowDown", 1, Step::Stay),
            ("a", 1, Step::Stay),
        ] {
            assert_eq!(step(key, at, 4), expected, "{key} at {at}");
        }
    }

    #[test]
    fn each_step_is_said() {
        let at = place("Editor", 1, 4);
        assert_eq!(at, "Editor, column 2 of 4");
        assert_eq!(
            grabbed(&who(&["Ana"]), &at),
            "Ana grabbed. Editor, column 2 of 4. Left and right arrow choose a column, Space drops, Escape cancels."
        );
        assert_eq!(over(&at, None), "Editor, column 2 of 4.");
        assert_eq!(over(&at, Some("No.")), "Editor, column 2 of 4. Not possible: No.");
        assert_eq!(stays(&who(&["Ana", "Ben"]), "Editor", false), "2 accounts stay in Editor.");
        assert_eq!(stays("Ana", "Editor", true), "Ana stays in Editor.");
    }
}
