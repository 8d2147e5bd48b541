//! How long answers took: counts in steps of ten microseconds, so that any number of answers takes the same memory.

const STEP_US: u64 = 10;
/// Up to two seconds; what takes longer counts as that, and shows in `max`.
const STEPS: usize = 200_000;

pub(crate) struct Histogram {
    steps: Vec<u32>,
    count: u64,
    max_us: u64,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self { steps: vec![0; STEPS], count: 0, max_us: 0 }
    }

    pub(crate) fn add(&mut self, micros: u64) {
        let at = usize::try_from(micros / STEP_US).unwrap_or(STEPS).min(STEPS - 1);
        if let Some(step) = self.steps.get_mut(at) {
            *step += 1;
        }
        self.count += 1;
        self.max_us = self.max_us.max(micros);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (own, others) in self.steps.iter_mut().zip(&other.steps) {
            *own += others;
        }
        self.count += other.count;
        self.max_us = self.max_us.max(other.max_us);
    }

    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    pub(crate) const fn max_us(&self) -> u64 {
        self.max_us
    }

    /// The time within which so many of a thousand answers came, in microseconds.
    pub(crate) fn per_mille_us(&self, per_mille: u64) -> u64 {
        let wanted = (self.count * per_mille).div_ceil(1_000);
        let mut seen = 0;
        let at = self.steps.iter().position(|step| {
            seen += u64::from(*step);
            seen >= wanted
        });
        at.map_or(0, |at| (at as u64 + 1) * STEP_US).min(self.max_us)
    }
}

#[cfg(test)]
mod tests {
    use super::Histogram;

    #[test]
    fn percentile_is_the_time_that_so_many_did_not_exceed() {
        let mut histogram = Histogram::new();
        (1..=100).for_each(|millis| histogram.add(millis * 1_000));
        assert_eq!((histogram.per_mille_us(500), histogram.per_mille_us(990)), (50_010, 99_010));
        assert_eq!((histogram.per_mille_us(1_000), histogram.max_us(), histogram.count()), (100_000, 100_000, 100));
    }

    #[test]
    fn answer_beyond_the_last_step_is_kept_in_the_maximum() {
        let mut histogram = Histogram::new();
        histogram.add(9_000_000);
        assert_eq!((histogram.count(), histogram.max_us()), (1, 9_000_000));
    }
}
