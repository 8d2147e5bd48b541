//! Times as people say them, from milliseconds since 1970.

use std::{cell::OnceCell, time::Duration};

use js_sys::{Array, Date, Intl, Object, Reflect, wasm_bindgen::JsValue};
use leptos::prelude::*;

const TICK: Duration = Duration::from_secs(20);

#[derive(Clone, Copy)]
struct Clock(Signal<i64>);

#[expect(clippy::disallowed_methods, reason = "the console's one clock; everything else follows `use_now`")]
fn now() -> i64 {
    Date::now() as i64
}

pub(super) fn provide_clock() {
    let time = RwSignal::new(now());
    provide_context(Clock(time.into()));
    let tick = move || {
        time.try_set(now());
    };
    if let Ok(interval) = set_interval_with_handle(tick, TICK) {
        on_cleanup(move || interval.clear());
    }
}

/// The present, in milliseconds since 1970; moves every 20 seconds. Outside of a `UiRoot` it stands still.
pub(crate) fn use_now() -> Signal<i64> {
    use_context::<Clock>().map_or_else(|| Signal::stored(now()), |clock| clock.0)
}

struct Formats {
    relative: Intl::RelativeTimeFormat,
    absolute: Intl::DateTimeFormat,
}

thread_local! {
    static FORMATS: OnceCell<Formats> = const { OnceCell::new() };
}

/// Formatters are dear to make: each row of a table would pay for its own.
fn with_formats<T>(read: impl FnOnce(&Formats) -> T) -> T {
    FORMATS.with(|cell| read(cell.get_or_init(make_formats)))
}

fn make_formats() -> Formats {
    let options = |pairs: [(&str, &str); 2]| {
        let object = Object::new();
        for (key, value) in pairs {
            Reflect::set(&object, &JsValue::from_str(key), &JsValue::from_str(value)).ok();
        }
        object
    };
    let english = Array::of1(&JsValue::from_str("en"));
    Formats {
        relative: Intl::RelativeTimeFormat::new(&english, &options([("numeric", "auto"), ("style", "long")])),
        // The locale of the browser: the order of day and month is the reader's.
        absolute: Intl::DateTimeFormat::new(&Array::new(), &options([("dateStyle", "medium"), ("timeStyle", "long")])),
    }
}

/// "3 minutes ago", "in 23 hours", "just now".
pub(crate) fn relative_time(at: i64, now: i64) -> String {
    let (amount, unit) = in_unit(at - now);
    if unit.is_empty() {
        return "just now".to_owned();
    }
    with_formats(|formats| String::from(formats.relative.format(amount as f64, unit)))
}

/// Day and time with the zone, in the reader's time zone and order of day and month.
pub(crate) fn absolute_time(at: i64) -> String {
    let date = Date::new(&JsValue::from_f64(at as f64));
    with_formats(|formats| formats.absolute.format().call1(&JsValue::UNDEFINED, &date))
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

/// The largest unit in which the distance is at least one; an empty unit below 45 seconds.
fn in_unit(millis: i64) -> (i64, &'static str) {
    const SECOND: i64 = 1000;
    const MINUTE: i64 = 60 * SECOND;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    match millis.abs() {
        distance if distance < 45 * SECOND => (0, ""),
        distance if distance < HOUR => (whole(millis, MINUTE), "minute"),
        distance if distance < DAY => (whole(millis, HOUR), "hour"),
        distance if distance < 30 * DAY => (whole(millis, DAY), "day"),
        distance if distance < 365 * DAY => (whole(millis, 30 * DAY), "month"),
        _ => (whole(millis, 365 * DAY), "year"),
    }
}

/// What has passed counts in whole units, at least one. What is to come is rounded: what was just given a day has 24 hours, not 23.
fn whole(millis: i64, unit: i64) -> i64 {
    let amount = if millis > 0 { (millis + unit / 2) / unit } else { millis / unit };
    if amount == 0 { millis.signum() } else { amount }
}

/// A time said relative to the present, with the exact time as its tooltip.
#[component]
pub(crate) fn RelativeTime(
    /// Milliseconds since 1970.
    #[prop(into)]
    at: Signal<i64>,
) -> impl IntoView {
    let now = use_now();
    let iso = move || String::from(Date::new(&JsValue::from_f64(at.get() as f64)).to_iso_string());
    view! {
        <time datetime=iso data-tip=move || absolute_time(at.get())>
            {move || relative_time(at.get(), now.get())}
        </time>
    }
}

#[cfg(test)]
mod tests {
    use super::in_unit;

    #[test]
    fn distances_take_the_largest_unit_that_fits() {
        for (millis, expected) in [
            (0, (0, "")),
            (-44_999, (0, "")),
            (-45_000, (-1, "minute")),
            (-3 * 60_000, (-3, "minute")),
            (23 * 3_600_000, (23, "hour")),
            (24 * 3_600_000 - 5_000, (24, "hour")),
            (45_000, (1, "minute")),
            (-36 * 3_600_000, (-1, "day")),
            (-60 * 86_400_000, (-2, "month")),
            (-800 * 86_400_000, (-2, "year")),
        ] {
            assert_eq!(in_unit(millis), expected, "{millis}");
        }
    }
}
