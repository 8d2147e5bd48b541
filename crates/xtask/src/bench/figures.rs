//! What was measured: samples under a name, and their median.

use std::collections::BTreeMap;

use crate::run::{Failure, Result};

/// Samples by the name of what they measure, `list.rate` or `floor.list.rate`.
#[derive(Default)]
pub(super) struct Figures(BTreeMap<String, Vec<f64>>);

/// The middle of the samples, and how far they spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

impl Figures {
    pub(super) fn add(&mut self, name: &str, value: f64) {
        self.0.entry(name.to_owned()).or_default().push(value);
    }

    /// Adds lines of `name value`, each name after the given beginning. Answers other than success make it a failure.
    pub(super) fn add_lines(&mut self, beginning: &str, lines: &str) -> Result {
        for line in lines.lines() {
            let pair = line.split_once(' ').and_then(|(name, value)| Some((name, value.parse().ok()?)));
            match pair {
                Some(("failures", 0.0)) => {}
                Some(("failures", count)) => {
                    return Err(Failure::new(format!("{beginning}: {count} requests were not answered with success")));
                }
                Some((name, value)) => self.add(&format!("{beginning}{name}"), value),
                None => return Err(Failure::new(format!("`{line}` is no figure"))),
            }
        }
        Ok(())
    }

    pub(super) fn sample(&self, name: &str) -> Option<Sample> {
        let mut values = self.0.get(name)?.clone();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let upper = *values.get(middle)?;
        let median = if values.len() % 2 == 1 { upper } else { f64::midpoint(*values.get(middle - 1)?, upper) };
        Some(Sample { median, min: *values.first()?, max: *values.last()? })
    }
}

#[cfg(test)]
mod tests {
    use super::{Figures, Sample};

    #[test]
    fn median_is_the_middle_of_the_sorted_samples() {
        let mut figures = Figures::default();
        figures.add_lines("list.", "rate 5\nrate 1\nrate 9\nfailures 0\n").unwrap();
        assert_eq!(figures.sample("list.rate"), Some(Sample { median: 5.0, min: 1.0, max: 9.0 }));
        figures.add("list.rate", 6.0);
        assert_eq!(figures.sample("list.rate").map(|sample| sample.median), Some(5.5));
        assert_eq!(figures.sample("list"), None);
    }

    #[test]
    fn answers_that_failed_are_no_figure() {
        assert!(Figures::default().add_lines("", "rate 5\nfailures 1\n").is_err());
        assert!(Figures::default().add_lines("", "fast\n").is_err());
    }
}
