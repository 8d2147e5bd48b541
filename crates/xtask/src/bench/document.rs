//! The table as Markdown, and the page around it.

use super::figures::{Figures, Sample};
use super::options::Options;
use super::rows::{CONSOLE, Limit, POSTGRES, RIGHTS, Row, SERVER, SIZE, Standing};

/// The rows that were measured, by where they belong.
pub(super) fn table(figures: &Figures) -> String {
    let sections = [
        ("In the browser", "Floor", "Roster", CONSOLE),
        ("The server", "Floor", "Roster", SERVER),
        (
            "An organization with 1,000 groups, 200 roles and ten memberships and grants for each account",
            "Floor",
            "Roster",
            RIGHTS,
        ),
        ("Ten times the accounts above, beside 10,000", "10,000", "Ten times", SIZE),
        ("PostgreSQL in place of SQLite", "SQLite", "PostgreSQL", POSTGRES),
    ];
    let written = sections.iter().filter_map(|(title, floor, roster, rows)| {
        let lines: Vec<String> = rows.iter().filter_map(|row| line(row, figures)).collect();
        let head = format!("| What | {floor} | {roster} | Bar | Goal | Met |\n|---|---|---|---|---|---|");
        (!lines.is_empty()).then(|| format!("## {title}\n\n{head}\n{}\n", lines.join("\n")))
    });
    written.collect::<Vec<_>>().join("\n")
}

pub(super) fn page(table: &str, options: &Options, machine: &str) -> String {
    format!(
        "# Benchmarks\n\n\
         ## How it was made\n\n\
         `{}` on {machine}, which was otherwise quiet. Release build, {} demo accounts, SQLite with every commit on the disk.\n\n\
         Each figure is the median of {} runs after a warm-up, with minimum and maximum in brackets. The floor is what this machine can do at all, \
         measured in the same run, turn by turn: a bare axum route that answers the same bytes, with the one query behind it where the row says so, and a page of \
         plain HTML and JavaScript that draws the same first rows (`crates/floor`). The load is eight kept connections over loopback. In the browser each run \
         has a new profile, without service workers; \"painted\" is a task after the frame that follows the change; main thread blocked is what tasks \
         take beyond 50 ms. A figure that is missed says by how much.\n\n{table}",
        options.command(),
        grouped(f64::from(options.accounts)),
        options.runs(),
    )
}

fn line(row: &Row, figures: &Figures) -> Option<String> {
    let sample = figures.sample(row.figure)?;
    let floor = figures.sample(row.floor);
    let limits = row.limits.map(|(bar, goal)| [bar, goal].map(|limit| written(limit, row.unit, floor)));
    let [bar, goal] = limits.unwrap_or_default();
    let met = match (row.standing(figures), row.limits) {
        (Standing::Goal, _) => "goal".to_owned(),
        (Standing::Bar, _) => "bar".to_owned(),
        (Standing::Missed, Some((bar, _))) => missed(bar, sample, floor),
        _ => String::new(),
    };
    let floor = floor.map(|floor| with_unit(number(floor.median), row.unit)).unwrap_or_default();
    let spread = if sample.min < sample.max {
        format!(" ({}–{})", number(sample.min), number(sample.max))
    } else {
        String::new()
    };
    Some(format!(
        "| {} | {floor} | {}{spread} | {bar} | {goal} | {met} |",
        row.what,
        with_unit(number(sample.median), row.unit)
    ))
}

fn missed(bar: Limit, sample: Sample, floor: Option<Sample>) -> String {
    let limit = bar.number(floor).filter(|limit| *limit > 0.0);
    let times = limit.map(|limit| if bar.is_least() { limit / sample.median } else { sample.median / limit });
    times.map_or_else(|| "**no**".to_owned(), |times| format!("**no**, {times:.1} ×"))
}

fn written(limit: Limit, unit: &str, floor: Option<Sample>) -> String {
    let word = if limit.is_least() { "≥" } else { "≤" };
    let value = limit.number(floor).map(|value| format!("{word} {}", with_unit(number(value), unit)));
    let rule = match limit {
        Limit::AtMost(_) | Limit::AtLeast(_) => None,
        Limit::TimesFloor(factor) => Some(format!("{factor} × floor")),
        Limit::ShareOfFloor(share) => Some(format!("{:.0} % of floor", share * 100.0)),
        Limit::AboveFloor(more) => Some(format!("floor + {}", with_unit(number(more), unit))),
    };
    match (rule, value) {
        (Some(rule), Some(value)) => format!("{rule}: {value}"),
        (rule, value) => rule.or(value).unwrap_or_default(),
    }
}

fn with_unit(number: String, unit: &str) -> String {
    match unit {
        "" => number,
        "/s" => number + unit,
        _ => format!("{number} {unit}"),
    }
}

/// Three digits that count, thousands parted.
fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        ..0.1 => format!("{value:.3}"),
        ..10.0 => format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        ..100.0 => format!("{value:.1}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        _ => grouped(value),
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let count = digits.len();
    let parted = digits.chars().enumerate().map(|(at, digit)| {
        let comma = at > 0 && (count - at).is_multiple_of(3);
        if comma { format!(",{digit}") } else { digit.to_string() }
    });
    parted.collect()
}

#[cfg(test)]
mod tests {
    use super::{Figures, number, table};

    #[test]
    fn numbers_have_three_digits_that_count() {
        let cases =
            [(0.0, "0"), (0.004, "0.004"), (1.5, "1.5"), (16.84, "16.8"), (412.6, "413"), (1_234_567.0, "1,234,567")];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn line_tells_floor_median_spread_limits_and_whether_they_are_met() {
        let mut figures = Figures::default();
        figures
            .add_lines("", "start.ready_ms 60\nstart.ready_ms 50\nstart.ready_ms 90\nfloor.start.ready_ms 10\n")
            .unwrap();
        let expected = "| Start to ready, database in place | 10 ms | 60 ms (50–90) | 5 × floor: ≤ 50 ms | 2 × floor: ≤ 20 ms | **no**, 1.2 × |";
        assert!(table(&figures).contains(expected), "{}", table(&figures));
        assert!(!table(&figures).contains("browser"));
    }
}
