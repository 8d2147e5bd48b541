//! Where rows stand while a long table is scrolled: pure arithmetic, in CSS pixels.

/// The tallest spacer. Browsers cap the height of an element (Firefox near 17.8 million pixels, Chromium near 33 million).
const SPACE_MAX: f64 = 15_000_000.0;

/// Rows that exist above and below the visible ones, so that a small scroll finds them drawn.
pub(super) const OVERSCAN: usize = 4;

/// At both ends of a scaled table, this many pixels are not scaled, so that the first and the last row are reached like in any other.
const EDGE: f64 = 100_000.0;

/// How far the scroll position of a scaled table may drift from its proportional place before it is set right. Less than `EDGE`, so that
/// the scroll position never hits an end before the rows do.
const DRIFT_MAX: f64 = 50_000.0;

/// What does not change while scrolling.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Geometry {
    pub(super) total: usize,
    pub(super) row_height: f64,
    /// The visible height below the header.
    pub(super) view_height: f64,
}

impl Geometry {
    /// The height of all rows together.
    fn real_height(&self) -> f64 {
        self.total as f64 * self.row_height
    }

    /// The height of the spacer that stands for all rows.
    pub(super) fn space(&self) -> f64 {
        self.real_height().min(SPACE_MAX)
    }

    fn real_max(&self) -> f64 {
        (self.real_height() - self.view_height).max(0.0)
    }

    fn scroll_max(&self) -> f64 {
        (self.space() - self.view_height).max(0.0)
    }

    fn is_scaled(&self) -> bool {
        self.real_height() > SPACE_MAX
    }

    fn is_at_edge(&self, real: f64) -> bool {
        real < EDGE || real > self.real_max() - EDGE
    }

    /// How many rows exist at once.
    pub(super) fn slots(&self) -> usize {
        if self.row_height <= 0.0 {
            return 0;
        }
        (self.view_height / self.row_height).ceil() as usize + 1 + 2 * OVERSCAN
    }

    /// The first row that exists when `slots` rows do and the rows are scrolled by `real` pixels.
    pub(super) fn start(&self, real: f64, slots: usize) -> usize {
        let first = (real / self.row_height).floor().max(0.0) as usize;
        first.saturating_sub(OVERSCAN).min(self.total.saturating_sub(slots))
    }

    /// The first and one past the last row that can be seen at all.
    pub(super) fn visible(&self, real: f64) -> (usize, usize) {
        let first = (real / self.row_height).floor().max(0.0) as usize;
        let end = ((real + self.view_height) / self.row_height).ceil().max(0.0) as usize;
        (first.min(self.total), end.min(self.total))
    }

    /// The scroll that shows row `index` whole, with as little movement as possible.
    pub(super) fn reveal(&self, real: f64, index: usize) -> f64 {
        let top = index as f64 * self.row_height;
        let lowest = top + self.row_height - self.view_height;
        real.max(lowest).min(top).clamp(0.0, self.real_max())
    }
}

/// The scroll position of the element, and how far the rows are ahead of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Position {
    pub(super) scroll: f64,
    /// Rows are scrolled by `scroll + ahead`. Always 0 in a table that needs no scaling.
    pub(super) ahead: f64,
}

impl Position {
    /// By how many pixels the rows are scrolled.
    pub(super) fn real(&self) -> f64 {
        self.scroll + self.ahead
    }

    /// Where the table's top edge stands in the spacer when `start` is its first row.
    pub(super) fn table_top(&self, geometry: &Geometry, start: usize) -> f64 {
        (start as f64).mul_add(geometry.row_height, -self.ahead).max(0.0)
    }

    /// The element was scrolled to `scroll`. The second value is where its scroll position must be set instead, if it must.
    ///
    /// A wheel moves a scaled table pixel by pixel like any other; a jump of more than two screens, as with the scroll bar, is taken in
    /// proportion. The two drift apart, so the scroll position is set right near the ends and after a long way.
    pub(super) fn moved(self, geometry: &Geometry, scroll: f64) -> (Self, Option<f64>) {
        if !geometry.is_scaled() {
            return (Self { scroll, ahead: 0.0 }, None);
        }
        if (scroll - self.scroll).abs() > 2.0 * geometry.view_height {
            return (Self::proportional(geometry, scroll), None);
        }
        let real = (scroll + self.ahead).clamp(0.0, geometry.real_max());
        let right = Self::at(geometry, real);
        let drift_max = if geometry.is_at_edge(real) { 1.0 } else { DRIFT_MAX };
        if (right.scroll - scroll).abs() > drift_max {
            return (right, Some(right.scroll));
        }
        (Self { scroll, ahead: real - scroll }, None)
    }

    /// The position that the scroll bar stands for.
    fn proportional(geometry: &Geometry, scroll: f64) -> Self {
        let real = rescale(scroll, geometry.scroll_max(), geometry.real_max());
        Self { scroll, ahead: real - scroll }
    }

    /// The position that keeps the first row in view, where rows had another height before.
    pub(super) fn resized(self, geometry: &Geometry, row_height_before: f64) -> Self {
        let real = self.real() / row_height_before * geometry.row_height;
        Self::at(geometry, real.clamp(0.0, geometry.real_max()))
    }

    /// The position that has the rows scrolled by `real` pixels.
    pub(super) fn at(geometry: &Geometry, real: f64) -> Self {
        if !geometry.is_scaled() {
            return Self { scroll: real, ahead: 0.0 };
        }
        let scroll = rescale(real, geometry.real_max(), geometry.scroll_max()).round();
        Self { scroll, ahead: real - scroll }
    }
}

/// The place in a way of length `to` that corresponds to `at` in a way of length `from`: the same near both ends, in proportion between.
fn rescale(at: f64, from: f64, to: f64) -> f64 {
    if at <= EDGE {
        at
    } else if at >= from - EDGE {
        to - (from - at)
    } else {
        EDGE + (at - EDGE) / (from - 2.0 * EDGE) * (to - 2.0 * EDGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Geometry = Geometry { total: 1000, row_height: 44.0, view_height: 440.0 };
    const HUGE: Geometry = Geometry { total: 1_000_000, row_height: 44.0, view_height: 440.0 };

    #[test]
    fn a_small_table_scrolls_as_it_is() {
        let (position, correction) = Position::default().moved(&SMALL, 4400.0);
        assert_eq!((position.real(), correction), (4400.0, None));
        assert_eq!(SMALL.start(position.real(), SMALL.slots()), 100 - OVERSCAN);
        assert_eq!(SMALL.visible(4400.0), (100, 110));
    }

    #[test]
    fn the_end_of_a_huge_table_is_reached() {
        let (position, _) = Position::default().moved(&HUGE, HUGE.scroll_max());
        assert_eq!(HUGE.visible(position.real()).1, 1_000_000);
    }

    #[test]
    fn a_wheel_moves_a_huge_table_pixel_by_pixel() {
        let begin = Position::at(&HUGE, 22_000_000.0);
        let (moved, _) = begin.moved(&HUGE, begin.scroll + 100.0);
        assert!((moved.real() - begin.real() - 100.0).abs() < 0.5);
    }

    #[test]
    fn wheeling_up_never_ends_before_the_first_row() {
        let mut position = Position::at(&HUGE, 2_000_000.0);
        let mut steps = 0;
        while position.real() > 0.0 && steps < 100_000 {
            let target = (position.scroll - 400.0).max(0.0);
            let (next, correction) = position.moved(&HUGE, target);
            position = next;
            assert_eq!(position.scroll, correction.unwrap_or(target));
            steps += 1;
        }
        assert_eq!((position.real(), position.scroll), (0.0, 0.0));
    }

    #[test]
    fn a_revealed_row_moves_as_little_as_possible() {
        assert_eq!(SMALL.reveal(0.0, 5), 0.0);
        assert_eq!(SMALL.reveal(0.0, 10), 44.0);
        assert_eq!(SMALL.reveal(4400.0, 99), 4356.0);
        assert_eq!(SMALL.reveal(0.0, 999), 43_560.0);
    }

    #[test]
    fn rows_of_another_height_leave_the_same_one_on_top() {
        for (tall, total) in [(SMALL, 1000), (HUGE, 1_000_000)] {
            let short = Geometry { row_height: 22.0, ..tall };
            let there = Position::at(&tall, 44.0 * 700.0);
            let back = there.resized(&short, 44.0).resized(&tall, 22.0);
            assert_eq!(short.visible(there.resized(&short, 44.0).real()).0, 700, "{total}");
            assert_eq!(tall.visible(back.real()).0, 700, "{total}");
        }
        let last = Position::at(&SMALL, SMALL.real_max()).resized(&Geometry { row_height: 22.0, ..SMALL }, 44.0);
        assert_eq!(last.real(), 990.0 * 22.0 - 220.0, "no further than to the end");
    }

    #[test]
    fn an_empty_table_has_no_rows() {
        let empty = Geometry { total: 0, ..SMALL };
        assert_eq!((empty.space(), empty.start(0.0, empty.slots()), empty.visible(0.0)), (0.0, 0, (0, 0)));
    }
}
