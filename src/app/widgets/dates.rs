//! Dates and times as the window shows them.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::text::counted;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A moment (unix seconds) seen from `now`, in UTC: "5 minutes ago", "yesterday", "24 Nov 2026".
pub fn ago(at: i64, now: i64) -> String {
    let past = now.saturating_sub(at);
    let units_ago = |unit: i64, noun: &str| format!("{} ago", counted((past / unit) as u64, noun));
    match past {
        ..MINUTE => "just now".to_owned(),
        MINUTE..HOUR => units_ago(MINUTE, "minute"),
        HOUR..DAY => units_ago(HOUR, "hour"),
        _ if past < 2 * DAY => "yesterday".to_owned(),
        _ if past < 7 * DAY => units_ago(DAY, "day"),
        _ => match Timestamp::from_second(at) {
            Ok(at) => at.strftime(DATE).to_string(),
            Err(_) => "long ago".to_owned(),
        },
    }
}

const DATE: &str = "%-d %b %Y";

/// Now, in unix seconds.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}

/// "24 Nov 2026" for EXIF's `2026-11-24T10:20:30`; the text itself if it is not a date.
pub fn day(taken: &str) -> String {
    match taken.parse::<Date>() {
        Ok(date) => date.strftime(DATE).to_string(),
        Err(_) => taken.to_owned(),
    }
}

/// "24 Nov 2026, 10:20" for EXIF's `2026-11-24T10:20:30`.
pub fn day_and_time(taken: &str) -> String {
    match taken.split_once('T').and_then(|(_, time)| time.get(..5)) {
        Some(time) => format!("{}, {time}", day(taken)),
        None => day(taken),
    }
}

/// The year of an EXIF date.
pub fn year(taken: &str) -> Option<&str> {
    taken
        .get(..4)
        .filter(|year| year.bytes().all(|digit| digit.is_ascii_digit()))
}

/// "2009 – 2026", "2026" or nothing.
pub fn years(first: Option<&str>, last: Option<&str>) -> Option<String> {
    match (first.and_then(year), last.and_then(year)) {
        (Some(first), Some(last)) if first == last => Some(first.to_owned()),
        (Some(first), Some(last)) => Some(format!("{first} – {last}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}
