//! Ends: the field in which a person chooses when something ends, in their own time zone, and "until Friday 18:00".

use domain::Timestamp;
use js_sys::{Date, wasm_bindgen::JsValue};
use leptos::prelude::*;

use super::field::{InputKind, TextField};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A field for a moment at which something ends. Empty means that it never does.
#[component]
pub(crate) fn EndField(
    /// As the browser's picker has it, `2026-01-31T18:00` in the reader's time zone; read by `parse_end`.
    value: RwSignal<String>,
    /// The visible label. Default: "Ends".
    #[prop(default = "Ends")]
    label: &'static str,
    /// What is wrong with it. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The control's id. Default: a fresh one.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let now = super::time::use_now();
    let hint = Signal::derive(move || match value.with(|text| parse_end(text)) {
        Some(at) => [&capitalized(&until(at, now.get())), ", in your time zone."].concat(),
        None => "Leave it empty for no end.".to_owned(),
    });
    let id = id.unwrap_or_else(|| super::dom::unique_id("end"));
    view! { <TextField label=label value=value kind=InputKind::DateTime hint=hint error=error id=id /> }
}

/// Milliseconds since 1970 of what `EndField` holds; none while it is empty or incomplete.
pub(crate) fn parse_end(text: &str) -> Option<i64> {
    // Without a zone the browser reads it in its own.
    let millis = Date::new(&JsValue::from_str(text.trim())).get_time();
    (text.contains('T') && millis.is_finite()).then_some(millis as i64)
}

/// What `EndField` holds: a moment to come, or none for no end.
///
/// # Errors
/// In words, when a part is missing or the moment is over.
pub(crate) fn read_end(text: &str, now: i64) -> Result<Option<Timestamp>, &'static str> {
    match (text.trim_matches(' ').is_empty(), parse_end(text)) {
        (true, _) => Ok(None),
        (false, Some(at)) if at > now => Ok(Some(Timestamp::from_millis(at))),
        (false, Some(_)) => Err("Choose a time to come."),
        (false, None) => Err("Enter a day and a time, or leave both empty."),
    }
}

/// What `EndField` holds for a moment.
pub(crate) fn end_text(at: i64) -> String {
    let local = Timestamp::from_millis(local(at)).to_string();
    local.get(..16).unwrap_or_default().to_owned()
}

/// "until Friday 18:00", "until tomorrow 09:30", "until 1 Dec 2027, 00:00", in the reader's time zone.
pub(crate) fn until(at: i64, now: i64) -> String {
    let word = if at <= now { "ended " } else { "until " };
    [word, &moment(at, now)].concat()
}

/// "Friday 18:00", "tomorrow 09:30", "1 Dec 2027, 00:00", in the reader's time zone.
pub(crate) fn moment(at: i64, now: i64) -> String {
    day_and_time(local(at), local(now))
}

/// The milliseconds that a clock at the reader's place shows.
fn local(at: i64) -> i64 {
    let offset = Date::new(&JsValue::from_f64(at as f64)).get_timezone_offset();
    at - offset as i64 * MINUTE
}

fn day_and_time(at: i64, now: i64) -> String {
    let text = Timestamp::from_millis(at).to_string();
    let time = text.get(11..16).unwrap_or_default();
    let (day, today) = (at.div_euclid(DAY), now.div_euclid(DAY));
    let word = match day - today {
        -1 => "yesterday",
        0 => "today",
        1 => "tomorrow",
        // A week ahead the weekday would be the same as today's.
        2..7 => WEEKDAYS[day.rem_euclid(7) as usize],
        _ => return [&date(&text, today), ", ", time].concat(),
    };
    [word, " ", time].concat()
}

/// "1 Dec 2027", without the year where it is the present one.
fn date(text: &str, today: i64) -> String {
    let number = |from: usize| text.get(from..from + 2).and_then(|digits| digits.parse::<usize>().ok()).unwrap_or(1);
    let month = MONTHS[(number(5) - 1).min(11)];
    let year = text.get(..4).unwrap_or_default();
    let now = Timestamp::from_millis(today * DAY).to_string();
    let day = number(8).to_string();
    if now.starts_with(year) { [&day, " ", month].concat() } else { [&day, " ", month, " ", year].concat() }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{capitalized, day_and_time};

    #[test]
    fn near_ends_have_a_weekday_and_far_ones_a_date() {
        let millis = |text: &str| text.parse::<domain::Timestamp>().unwrap().millis();
        // A Sunday.
        let now = millis("2026-11-22T10:00:00Z");
        for (at, words) in [
            ("2026-11-22T18:00:00Z", "today 18:00"),
            ("2026-11-23T00:00:00Z", "tomorrow 00:00"),
            ("2026-11-27T18:00:00Z", "Friday 18:00"),
            ("2026-11-28T09:05:00Z", "Saturday 09:05"),
            ("2026-11-29T09:05:00Z", "29 Nov, 09:05"),
            ("2026-12-01T00:00:00Z", "1 Dec, 00:00"),
            ("2027-01-31T23:59:00Z", "31 Jan 2027, 23:59"),
            ("2026-11-21T12:00:00Z", "yesterday 12:00"),
            ("2026-11-20T12:00:00Z", "20 Nov, 12:00"),
        ] {
            assert_eq!(day_and_time(millis(at), now), words);
        }
    }

    #[test]
    fn sentence_begins_with_a_capital() {
        assert_eq!(capitalized("until Friday"), "Until Friday");
        assert_eq!(capitalized(""), "");
    }
}
