//! The rows of the table: each figure with its floor, its bar and its goal.

use super::figures::{Figures, Sample};

/// What a figure may be. Times of the floor count by its median.
#[derive(Clone, Copy)]
pub(super) enum Limit {
    AtMost(f64),
    AtLeast(f64),
    TimesFloor(f64),
    ShareOfFloor(f64),
    /// So much more than the floor.
    AboveFloor(f64),
}

use Limit::{AboveFloor, AtLeast, AtMost, ShareOfFloor, TimesFloor};

/// A frame of a screen that shows sixty a second, in milliseconds, with what the clock rounds.
const FRAME_MS: f64 = 16.8;

pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) unit: &'static str,
    pub(super) figure: &'static str,
    pub(super) floor: &'static str,
    /// Bar and goal; none where the figure only informs.
    pub(super) limits: Option<(Limit, Limit)>,
}

const fn row(
    what: &'static str,
    unit: &'static str,
    figure: &'static str,
    floor: &'static str,
    bar: Limit,
    goal: Limit,
) -> Row {
    Row { what, unit, figure, floor, limits: Some((bar, goal)) }
}

const fn told(what: &'static str, unit: &'static str, figure: &'static str, floor: &'static str) -> Row {
    Row { what, unit, figure, floor, limits: None }
}

/// An empty name of a floor: there is none to compare with.
const NO_FLOOR: &str = "";

// One line for each row of the table.
#[rustfmt::skip]
pub(super) const CONSOLE: &[Row] = &[
    row("Console over the wire, cold, to a usable Accounts page", "kB", "console.cold.wire_kb", "floor.cold.wire_kb", AtMost(400.0), AtMost(250.0)),
    row("Requests to the first row", "", "console.cold.requests", "floor.cold.requests", AtMost(8.0), AtMost(5.0)),
    row("First contentful paint, cold", "ms", "console.cold.paint_ms", "floor.cold.paint_ms", TimesFloor(2.0), TimesFloor(1.3)),
    row("First row visible, cold", "ms", "console.cold.row_ms", "floor.cold.row_ms", TimesFloor(3.0), TimesFloor(2.0)),
    row("Main thread blocked on the way, cold", "ms", "console.cold.blocked_ms", "floor.cold.blocked_ms", AtMost(150.0), AtMost(50.0)),
    row("Layout shift, cold", "", "console.cold.shift", "floor.cold.shift", AtMost(0.01), AtMost(0.0)),
    row("First contentful paint, warm cache", "ms", "console.warm.paint_ms", "floor.warm.paint_ms", TimesFloor(2.0), TimesFloor(1.5)),
    row("First row visible, warm cache", "ms", "console.warm.row_ms", "floor.warm.row_ms", TimesFloor(2.0), TimesFloor(1.5)),
    row("Key press to filtered rows painted", "ms", "console.search_ms", "floor.search_ms", TimesFloor(2.0), AtMost(FRAME_MS)),
    row("Opening the invite dialog, to the frame", "ms", "console.dialog_ms", "floor.dialog_ms", AtMost(50.0), AtMost(FRAME_MS)),
    row("Opening a row's menu, to the frame", "ms", "console.menu_ms", NO_FLOOR, AtMost(50.0), AtMost(FRAME_MS)),
    row("Scrolling as with a wheel, longest frame", "ms", "console.wheel.longest_ms", "floor.wheel.longest_ms", AtMost(50.0), AtMost(FRAME_MS)),
    row("Scrolling from first to last row in ten seconds, longest frame", "ms", "console.sweep.longest_ms", NO_FLOOR, AtMost(50.0), AtMost(FRAME_MS)),
    told("The same, frames of 600 that came late", "", "console.sweep.late", NO_FLOOR),
    told("Jump from the first to the last row, painted", "ms", "console.jump_ms", NO_FLOOR),
    row("DOM elements", "", "console.elements", "floor.elements", AtMost(2_500.0), AtMost(1_500.0)),
    row("JS heap and Wasm memory", "MB", "console.memory_mb", "floor.memory_mb", AtMost(8.0), AtMost(4.0)),
    row("The same after scrolling the whole list", "MB", "console.scrolled_memory_mb", NO_FLOOR, AtMost(8.0), AtMost(4.0)),
];

// One line for each row of the table.
#[rustfmt::skip]
pub(super) const SERVER: &[Row] = &[
    told("Bare route with the same bytes", "/s", "floor.bare.rate", NO_FLOOR),
    row("`GET accounts?limit=100`, each time another page, beside the bare route with its query of another page", "/s", "list.anew.rate", "floor.query.anew.rate", ShareOfFloor(0.4), ShareOfFloor(0.7)),
    row("The same, p99", "ms", "list.anew.p99_ms", "floor.query.anew.p99_ms", TimesFloor(3.0), TimesFloor(2.0)),
    told("The same, beside the bare route that always asks for the first page", "/s", "list.anew.rate", "floor.query.rate"),
    row("`GET accounts?limit=100`, always the same page while nothing changes", "/s", "list.rate", "floor.query.rate", ShareOfFloor(0.4), ShareOfFloor(0.7)),
    row("The same, p99", "ms", "list.p99_ms", "floor.query.p99_ms", TimesFloor(3.0), TimesFloor(2.0)),
    told("Bytes of that answer", "B", "list.body_bytes", "floor.query.body_bytes"),
    told("First page with counts, nothing counted yet", "ms", "list.counted_ms", NO_FLOOR),
    told("Searched, `q=novak`, each time another page", "/s", "list.search.rate", "floor.query.rate"),
    told("Searched, p99", "ms", "list.search.p99_ms", "floor.query.p99_ms"),
    told("Filtered by status, each time another page", "/s", "list.status.rate", "floor.query.rate"),
    told("Filtered by status, p99", "ms", "list.status.p99_ms", "floor.query.p99_ms"),
    told("One of the last pages, by skipping", "/s", "list.last.rate", "floor.query.rate"),
    told("One of the last pages, by skipping, p99", "ms", "list.last.p99_ms", "floor.query.p99_ms"),
    told("`GET session`", "/s", "list.session.rate", "floor.bare.rate"),
    told("`GET session`, p99", "ms", "list.session.p99_ms", "floor.bare.p99_ms"),
    row("`POST check` about oneself, beside a constant answer", "/s", "check.rate", "floor.constant.rate", ShareOfFloor(0.25), ShareOfFloor(0.5)),
    told("The same, p99", "ms", "check.p99_ms", "floor.constant.p99_ms"),
    told("`POST check` about another account, refused, with what would help", "/s", "check.other.rate", "floor.constant.rate"),
    told("The same, p99", "ms", "check.other.p99_ms", "floor.constant.p99_ms"),
    told("A thousand questions in one request", "ms", "check.many_ms", NO_FLOOR),
    row("`POST check` with a token, beside a constant answer", "/s", "token.check.rate", "floor.constant.rate", ShareOfFloor(0.25), ShareOfFloor(0.5)),
    told("The same, p99", "ms", "token.check.p99_ms", "floor.constant.p99_ms"),
    row("`POST check` about another account, with a product's token", "/s", "token.check_other.rate", "floor.constant.rate", ShareOfFloor(0.25), ShareOfFloor(0.5)),
    told("The same, p99", "ms", "token.check_other.p99_ms", "floor.constant.p99_ms"),
    row("`GET forward-auth` with a token", "/s", "token.forward_auth.rate", "floor.constant.rate", ShareOfFloor(0.25), ShareOfFloor(0.5)),
    told("The same, p99", "ms", "token.forward_auth.p99_ms", "floor.constant.p99_ms"),
    told("What it costs a request, on one core of the server", "µs", "token.forward_auth.cost_us", "floor.constant.cost_us"),
    row("`POST introspect` of a token", "/s", "token.introspect.rate", "floor.constant.rate", ShareOfFloor(0.25), ShareOfFloor(0.5)),
    told("The same, p99", "ms", "token.introspect.p99_ms", "floor.constant.p99_ms"),
    told("`GET tokens?limit=100` of 100,000, each time another page", "/s", "token.list.rate", NO_FLOOR),
    told("The same, p99", "ms", "token.list.p99_ms", NO_FLOOR),
    told("The same searched, with counts, p99", "ms", "token.search.p99_ms", NO_FLOOR),
    row("Bulk change of 10,000 accounts, durable and audited", "/s", "bulk.rate", NO_FLOOR, AtLeast(10_000.0), AtLeast(50_000.0)),
    row("Invitations accepted into the outbox", "/s", "invitations.rate", NO_FLOOR, AtLeast(2_000.0), AtLeast(10_000.0)),
    row("Sign-in, beside one hash", "ms", "sign_in.ms", "floor.sign_in.hash_ms", AboveFloor(5.0), AboveFloor(5.0)),
    row("Server memory, idle", "MiB", "memory.idle_mib", "floor.memory.idle_mib", AtMost(24.0), AtMost(12.0)),
    told("The same, without pages of files", "MiB", "memory.idle_anonymous_mib", "floor.memory.idle_anonymous_mib"),
    row("Server memory, after load", "MiB", "memory.loaded_mib", "floor.memory.loaded_mib", AtMost(48.0), AtMost(24.0)),
    told("The same, without pages of files", "MiB", "memory.loaded_anonymous_mib", "floor.memory.loaded_anonymous_mib"),
    row("Start to ready, database in place", "ms", "start.ready_ms", "floor.start.ready_ms", TimesFloor(5.0), TimesFloor(2.0)),
    row("Binary with the console inside", "MB", "start.binary_mb", NO_FLOOR, AtMost(20.0), AtMost(10.0)),
];

// One line for each row of the table.
#[rustfmt::skip]
pub(super) const RIGHTS: &[Row] = &[
    row("`effective` of one account with 50 groups", "µs", "effective.many_groups_us", NO_FLOOR, AtMost(20.0), AtMost(5.0)),
    told("`effective` of each of 100,000 accounts", "ms", "effective.all_ms", NO_FLOOR),
    row("Preview of a change of the role on Everyone, after something was written", "ms", "preview.all.first_ms", NO_FLOOR, AtMost(300.0), AtMost(50.0)),
    row("The next preview", "ms", "preview.all.next_ms", NO_FLOOR, AtMost(300.0), AtMost(50.0)),
    row("Preview of a change of a role that some groups carry, after something was written", "ms", "preview.some.first_ms", NO_FLOOR, AtMost(300.0), AtMost(50.0)),
    row("The next preview", "ms", "preview.some.next_ms", NO_FLOOR, AtMost(300.0), AtMost(50.0)),
    told("`GET accounts?limit=100`, each time another page", "/s", "dense.list.rate", "floor.query.rate"),
    told("The same, p99", "ms", "dense.list.p99_ms", "floor.query.p99_ms"),
];

// One line for each row of the table; the floor is the short list.
#[rustfmt::skip]
pub(super) const SIZE: &[Row] = &[
    row("By name, one of the first pages, p99", "ms", "size.name.many.p99_ms", "size.name.few.p99_ms", TimesFloor(2.0), TimesFloor(1.2)),
    row("By last activity, p99", "ms", "size.active.many.p99_ms", "size.active.few.p99_ms", TimesFloor(2.0), TimesFloor(1.2)),
    row("Pending ones, p99", "ms", "size.status.many.p99_ms", "size.status.few.p99_ms", TimesFloor(2.0), TimesFloor(1.2)),
    row("Of a level that few have, p99", "ms", "size.level.many.p99_ms", "size.level.few.p99_ms", TimesFloor(2.0), TimesFloor(1.2)),
    row("Searched, `q=novak`, p99", "ms", "size.search.many.p99_ms", "size.search.few.p99_ms", TimesFloor(2.0), TimesFloor(1.2)),
    row("One of the last pages, by skipping, p99", "ms", "size.last.many.p99_ms", "size.last.few.p99_ms", TimesFloor(2.0), TimesFloor(1.2)),
];

/// What PostgreSQL may lose to SQLite.
const THIRD: f64 = 1.0 / 3.0;

// One line for each row of the table; the floor is SQLite.
#[rustfmt::skip]
pub(super) const POSTGRES: &[Row] = &[
    row("`GET accounts?limit=100`, each time another page", "/s", "postgres.list.rate", "sqlite.list.rate", ShareOfFloor(THIRD), ShareOfFloor(0.5)),
    row("`GET session`", "/s", "postgres.session.rate", "sqlite.session.rate", ShareOfFloor(THIRD), ShareOfFloor(0.5)),
    row("`POST check` about oneself", "/s", "postgres.check.rate", "sqlite.check.rate", ShareOfFloor(THIRD), ShareOfFloor(0.5)),
    row("Bulk change of 10,000 accounts, durable and audited", "/s", "postgres.bulk.rate", "sqlite.bulk.rate", ShareOfFloor(THIRD), ShareOfFloor(0.5)),
];

/// How a figure stands to its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Goal,
    Bar,
    Missed,
    /// There is no limit, or the floor it counts by was not measured.
    Unjudged,
}

impl Limit {
    /// The number itself; none without the floor it counts by.
    pub(super) fn number(self, floor: Option<Sample>) -> Option<f64> {
        match self {
            AtMost(number) | AtLeast(number) => Some(number),
            TimesFloor(factor) | ShareOfFloor(factor) => floor.map(|floor| floor.median * factor),
            AboveFloor(more) => floor.map(|floor| floor.median + more),
        }
    }

    pub(super) const fn is_least(self) -> bool {
        matches!(self, AtLeast(_) | ShareOfFloor(_))
    }

    fn holds(self, value: f64, floor: Option<Sample>) -> Option<bool> {
        self.number(floor).map(|number| if self.is_least() { value >= number } else { value <= number })
    }
}

impl Row {
    pub(super) fn standing(&self, figures: &Figures) -> Standing {
        let (Some(sample), Some((bar, goal))) = (figures.sample(self.figure), self.limits) else {
            return Standing::Unjudged;
        };
        let floor = figures.sample(self.floor);
        match (bar.holds(sample.median, floor), goal.holds(sample.median, floor)) {
            (Some(_), Some(true)) => Standing::Goal,
            (Some(true), _) => Standing::Bar,
            (Some(false), _) => Standing::Missed,
            (None, _) => Standing::Unjudged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Figures, Limit, Row, Standing};

    #[test]
    fn standing_follows_from_the_medians() {
        let limits = Some((Limit::ShareOfFloor(0.4), Limit::ShareOfFloor(0.7)));
        let row = Row { what: "", unit: "", figure: "a", floor: "b", limits };
        for (value, expected) in [(71.0, Standing::Goal), (40.0, Standing::Bar), (39.0, Standing::Missed)] {
            let mut figures = Figures::default();
            figures.add("a", value);
            assert_eq!(row.standing(&figures), Standing::Unjudged);
            figures.add("b", 100.0);
            assert_eq!(row.standing(&figures), expected, "{value}");
        }
    }
}
