//! The page of ASVS: each requirement has one row with an answer and evidence, and the counts are those of the rows.

use std::collections::BTreeMap;

use super::Source;

const PAGE: &str = "docs/ASVS.md";

/// The answers, in the order of the counts.
const ANSWERS: [&str; 4] = ["Held", "Partly", "Later", "Not applicable"];

/// The sections of ASVS 5.0.0, each with how many requirements of level 1 it has, and how many of level 2 follow them. Those of
/// level 3 come last in a section.
const SECTIONS: [(&str, usize, usize); 75] = [
    ("V1.1", 0, 2),
    ("V1.2", 5, 4),
    ("V1.3", 2, 9),
    ("V1.4", 0, 3),
    ("V1.5", 1, 1),
    ("V2.1", 1, 2),
    ("V2.2", 2, 1),
    ("V2.3", 1, 3),
    ("V2.4", 0, 1),
    ("V3.2", 2, 0),
    ("V3.3", 1, 3),
    ("V3.4", 2, 4),
    ("V3.5", 3, 2),
    ("V3.7", 0, 2),
    ("V4.1", 1, 2),
    ("V4.2", 0, 1),
    ("V4.3", 0, 2),
    ("V4.4", 1, 3),
    ("V5.1", 0, 1),
    ("V5.2", 2, 1),
    ("V5.3", 2, 0),
    ("V5.4", 0, 3),
    ("V6.1", 1, 2),
    ("V6.2", 8, 4),
    ("V6.3", 2, 2),
    ("V6.4", 2, 2),
    ("V6.5", 0, 5),
    ("V6.6", 0, 3),
    ("V6.8", 0, 4),
    ("V7.1", 0, 3),
    ("V7.2", 4, 0),
    ("V7.3", 0, 2),
    ("V7.4", 2, 3),
    ("V7.5", 0, 2),
    ("V7.6", 0, 2),
    ("V8.1", 1, 1),
    ("V8.2", 2, 1),
    ("V8.3", 1, 0),
    ("V8.4", 0, 1),
    ("V9.1", 3, 0),
    ("V9.2", 1, 3),
    ("V10.1", 0, 2),
    ("V10.2", 0, 2),
    ("V10.3", 0, 4),
    ("V10.4", 5, 6),
    ("V10.5", 0, 5),
    ("V10.6", 0, 2),
    ("V10.7", 0, 3),
    ("V11.1", 0, 2),
    ("V11.2", 0, 3),
    ("V11.3", 2, 1),
    ("V11.4", 1, 3),
    ("V11.5", 0, 1),
    ("V11.6", 0, 1),
    ("V12.1", 1, 2),
    ("V12.2", 2, 0),
    ("V12.3", 0, 4),
    ("V13.1", 0, 1),
    ("V13.2", 0, 5),
    ("V13.3", 0, 2),
    ("V13.4", 1, 4),
    ("V14.1", 0, 2),
    ("V14.2", 1, 3),
    ("V14.3", 1, 2),
    ("V15.1", 1, 2),
    ("V15.2", 1, 2),
    ("V15.3", 1, 6),
    ("V16.1", 0, 1),
    ("V16.2", 0, 5),
    ("V16.3", 0, 4),
    ("V16.4", 0, 3),
    ("V16.5", 0, 3),
    ("V17.1", 0, 1),
    ("V17.2", 0, 4),
    ("V17.3", 0, 2),
];

/// A row about one requirement.
struct Row<'a> {
    line: usize,
    id: &'a str,
    level: &'a str,
    answer: &'a str,
    evidence: &'a str,
}

pub(super) fn breaches(sources: &[Source]) -> Vec<String> {
    let Some(page) = sources.iter().find(|source| source.path == PAGE) else {
        return vec![format!("{PAGE}: the page is missing")];
    };
    let rows: Vec<Row<'_>> = page.lines().filter_map(|(line, text)| Row::read(line, text)).collect();
    let (mut wanted, mut found) = (requirements(), Vec::new());
    for row in &rows {
        let known = wanted.remove(row.id);
        found.extend(row.fault(known).map(|fault| page.breach(row.line, &fault)));
    }
    found.extend(wanted.keys().map(|id| format!("{PAGE}: {id} has no row")));
    let wrong = page.lines().filter_map(|(line, text)| Some((line, wrong_count(text, &rows)?)));
    found.extend(wrong.map(|(line, fault)| page.breach(line, &fault)));
    found
}

/// Every requirement of levels 1 and 2, with its level.
fn requirements() -> BTreeMap<String, &'static str> {
    let of_section = |(section, first, second): (&'static str, usize, usize)| {
        let level = move |number| if number <= first { "1" } else { "2" };
        (1..=first + second).map(move |number| (format!("{section}.{number}"), level(number)))
    };
    SECTIONS.into_iter().flat_map(of_section).collect()
}

impl<'a> Row<'a> {
    /// A line as a row; none where its first cell is not the id of a requirement.
    fn read(line: usize, text: &'a str) -> Option<Self> {
        let cells = cells(text)?;
        let id = *cells.first()?;
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let numbers = id.strip_prefix('V')?;
        let is_id = numbers.split('.').count() == 3 && numbers.split('.').all(is_number);
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
        is_id.then(|| Self { line, id, level: cell(1), answer: cell(3), evidence: cell(4) })
    }

    /// What is wrong with the row of a requirement, of the level that ASVS says, if it is known and has no other row.
    fn fault(&self, level: Option<&str>) -> Option<String> {
        let id = self.id;
        match level {
            None => Some(format!("{id} is no requirement of levels 1 and 2, or has another row")),
            Some(level) if level != self.level => Some(format!("{id} is of level {level}")),
            Some(_) if !ANSWERS.contains(&self.answer) => Some(format!("{id} needs an answer: {}", ANSWERS.join(", "))),
            Some(_) if self.evidence.is_empty() => Some(format!("{id} needs evidence: a test, a document or a reason")),
            Some(_) => None,
        }
    }

    /// Whether a row of counts, of that name, counts this one.
    fn is_of(&self, name: &str) -> bool {
        match name.strip_prefix("Level ") {
            Some(level) => self.level == level,
            None if name == "All" => true,
            None => self.id.split('.').next() == name.split(' ').next(),
        }
    }
}

/// What is wrong with a row of counts: a name, one number for each answer, and their sum. None for other lines.
fn wrong_count(text: &str, rows: &[Row<'_>]) -> Option<String> {
    let cells = cells(text)?;
    let (name, told) = cells.split_first()?;
    let told: Vec<usize> = told.iter().map(|cell| cell.parse().ok()).collect::<Option<_>>()?;
    let of_name = || rows.iter().filter(|row| row.is_of(name));
    let mut counts: Vec<usize> =
        ANSWERS.iter().map(|answer| of_name().filter(|row| row.answer == *answer).count()).collect();
    counts.push(of_name().count());
    (told != counts).then(|| format!("`{name}` has {counts:?}"))
}

/// The cells of a row of a table.
fn cells(text: &str) -> Option<Vec<&str>> {
    let inner = text.strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

#[cfg(test)]
mod tests {
    use super::{PAGE, Source, breaches, requirements};

    /// What is found on a page with a row for each requirement, changed by `edit`.
    fn found(edit: impl Fn(String) -> String) -> Vec<String> {
        let row = |(id, level): (&String, &&str)| format!("| {id} | {level} | Short | Held | A reason |\n");
        let rows: String = requirements().iter().map(row).collect();
        let counts = "| V1 Encoding | 27 | 0 | 0 | 0 | 27 |\n| Level 1 | 70 | 0 | 0 | 0 | 70 |\n| All | 253 | 0 | 0 | 0 | 253 |\n";
        breaches(&[Source { path: PAGE.to_owned(), text: edit([counts, &rows].concat()) }])
    }

    #[test]
    fn asvs_has_253_requirements_at_levels_1_and_2() {
        let levels: Vec<&str> = requirements().into_values().collect();
        assert_eq!((levels.len(), levels.iter().filter(|level| **level == "1").count()), (253, 70));
    }

    #[test]
    fn each_requirement_has_one_row_with_an_answer_and_evidence() {
        assert_eq!(found(|page| page), Vec::<String>::new());
        let row = "| V4.2.1 | 2 | Short | Held | A reason |\n";
        for changed in [
            "| V4.2.2 | 2 | Short | Held | A reason |\n",
            "| V4.2.1 | 1 | Short | Held | A reason |\n",
            "| V4.2.1 | 2 | Short | Yes | A reason |\n",
            "| V4.2.1 | 2 | Short | Held | |\n",
            "",
            &row.repeat(2),
        ] {
            assert_ne!(found(|page| page.replace(row, changed)), Vec::<String>::new(), "{changed}");
        }
    }

    #[test]
    fn counts_are_those_of_the_rows() {
        let row = "| V1.2.1 | 1 | Short | Held |";
        let partly = found(|page| page.replace(row, "| V1.2.1 | 1 | Short | Partly |"));
        assert_eq!(partly.len(), 3, "of the chapter, of the level and of all: {partly:?}");
        assert_eq!(found(|page| page.replace("| Level 1 | 70", "| Level 1 | 69")).len(), 1);
        assert_eq!(found(|page| page.replace("| 0 | 253 |", "| 0 | 252 |")).len(), 1);
    }

    #[test]
    fn page_of_asvs_is_there() {
        assert_eq!(breaches(&[]).len(), 1);
    }
}
