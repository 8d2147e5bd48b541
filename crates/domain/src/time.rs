//! Points in time: UTC milliseconds since 1970 in memory and in the store, RFC 3339 on the wire.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub const SECOND_MS: i64 = 1_000;
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// UTC milliseconds since 1970-01-01. Written as `2026-11-22T04:56:28.000Z`; read with any offset and 0 to 9 decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp(i64);

/// The text was not a date and time of RFC 3339 between the years 0000 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTimestamp;

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time is written like 2026-11-22T18:00:00Z")
    }
}

impl std::error::Error for InvalidTimestamp {}

impl Timestamp {
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Later by so many milliseconds; stops at the ends of the range.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this; negative when this comes first.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Days since 1970-01-01, UTC.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY_MS)
    }

    /// As a sentence names it: `2026-11-22 04:56 UTC`. What is less than a minute is left out.
    #[must_use]
    pub fn to_the_minute(self) -> String {
        let text = self.to_string();
        let (day, time) = (text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default());
        [day, " ", time, " UTC"].concat()
    }
}

/// Whether what ends at `end` lasts until `until`. Absent is for ever, on either side.
#[must_use]
pub fn lasts_as_long(end: Option<Timestamp>, until: Option<Timestamp>) -> bool {
    end.is_none_or(|end| until.is_some_and(|until| until <= end))
}

/// Year, month and day of a count of days since 1970-01-01 in the proleptic Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Years are counted from March, so that the leap day is a year's last: no special case is left.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.day());
        let rest = self.0.rem_euclid(DAY_MS);
        let (hour, minute) = (rest / HOUR_MS, rest / MINUTE_MS % 60);
        let (second, millis) = (rest / SECOND_MS % 60, rest % SECOND_MS);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

/// Reads numbers of fixed width and single marks from the front of a text.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self, width: usize) -> Result<i64, InvalidTimestamp> {
        let (digits, rest) = self.0.split_at_checked(width).ok_or(InvalidTimestamp)?;
        self.0 = rest;
        digits.iter().try_fold(0, |sum, byte| match byte {
            b'0'..=b'9' => Ok(sum * 10 + i64::from(byte - b'0')),
            _ => Err(InvalidTimestamp),
        })
    }

    fn mark(&mut self, marks: &[u8]) -> Result<u8, InvalidTimestamp> {
        let (first, rest) = self.0.split_first().ok_or(InvalidTimestamp)?;
        self.0 = rest;
        marks.contains(first).then_some(*first).ok_or(InvalidTimestamp)
    }

    /// The milliseconds of a fraction of a second; finer digits are dropped.
    fn fraction(&mut self) -> Result<i64, InvalidTimestamp> {
        let width = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if width == 0 || width > 9 {
            return Err(InvalidTimestamp);
        }
        let kept = width.min(3);
        let value = self.number(kept)?;
        self.number(width - kept)?;
        Ok(value * [1, 100, 10, 1][kept])
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let mut reader = Reader(text.as_bytes());
        let year = reader.number(4)?;
        reader.mark(b"-")?;
        let month = reader.number(2)?;
        reader.mark(b"-")?;
        let day = reader.number(2)?;
        reader.mark(b"Tt ")?;
        let hour = reader.number(2)?;
        reader.mark(b":")?;
        let minute = reader.number(2)?;
        reader.mark(b":")?;
        let second = reader.number(2)?;
        let mut zone = reader.mark(b".Zz+-")?;
        let mut millis = 0;
        if zone == b'.' {
            millis = reader.fraction()?;
            zone = reader.mark(b"Zz+-")?;
        }
        let offset = match zone {
            b'+' | b'-' => {
                let hours = reader.number(2)?;
                reader.mark(b":")?;
                let minutes = reader.number(2)?;
                if hours > 23 || minutes > 59 {
                    return Err(InvalidTimestamp);
                }
                let size = hours * HOUR_MS + minutes * MINUTE_MS;
                if zone == b'+' { size } else { -size }
            }
            _ => 0,
        };
        let days = days_from_civil(year, month.clamp(1, 12), day);
        let in_range = (1..=12).contains(&month) && hour <= 23 && minute <= 59 && second <= 59 && reader.0.is_empty();
        if !in_range || civil(days) != (year, month, day) {
            return Err(InvalidTimestamp);
        }
        Ok(Self(days * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + millis - offset))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_times_are_read_and_written() {
        let cases = [
            ("1970-01-01T00:00:00.000Z", 0),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2000-02-29T12:00:00.000Z", 951_825_600_000),
            ("2026-11-22T04:56:28.123Z", 1_795_323_388_123),
        ];
        for (text, millis) in cases {
            assert_eq!(text.parse(), Ok(Timestamp(millis)), "{text}");
            assert_eq!(Timestamp(millis).to_string(), text);
        }
        assert_eq!("2026-11-22T06:56:28.1234567+02:00".parse(), Ok(Timestamp(1_795_323_388_123)));
        assert_eq!(Timestamp(1_795_323_388_123).to_the_minute(), "2026-11-22 04:56 UTC");
    }

    #[test]
    fn what_has_no_end_lasts_longest() {
        let at = |millis| Some(Timestamp(millis));
        let cases = [
            (None, None, true),
            (None, at(5), true),
            (at(5), None, false),
            (at(5), at(5), true),
            (at(5), at(6), false),
        ];
        for (end, until, expected) in cases {
            assert_eq!(lasts_as_long(end, until), expected, "{end:?} {until:?}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-22",
            "2026-11-22T24:00:00Z",
            "2026-11-22T04:56:28",
            "2026-11-22T04:56:28Zx",
            "2026-11-22T04:56:28.Z",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(InvalidTimestamp), "{text}");
        }
    }

    proptest! {
        #[test]
        fn time_reads_back_what_it_writes(millis in -62_000_000_000_000_i64..253_402_300_799_999) {
            let time = Timestamp(millis);
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }

        #[test]
        fn no_text_makes_the_reader_fail_otherwise(text in "\\PC{0,40}") {
            let _ = text.parse::<Timestamp>();
        }
    }
}
