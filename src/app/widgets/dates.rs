//! Times as people say them.

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// "5 minutes ago", "yesterday", "24 Nov 2026": a moment (unix seconds) as seen from `now`. Dates are in UTC.
pub fn ago(at: i64, now: i64) -> String {
    let past = now.saturating_sub(at);
    match past {
        ..MINUTE => "just now".to_owned(),
        MINUTE..HOUR => count(past / MINUTE, "minute"),
        HOUR..DAY => count(past / HOUR, "hour"),
        _ if past < 2 * DAY => "yesterday".to_owned(),
        _ if past < 7 * DAY => count(past / DAY, "day"),
        _ => date_of(at),
    }
}

fn count(number: i64, unit: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural} ago")
}

/// Now, in unix seconds.
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

/// "24 Nov 2026" of EXIF's `2026-11-24T10:20:30`; the text itself where it is something else.
pub fn day(taken: &str) -> String {
    let parsed = (|| {
        let (year, rest) = taken.split_once('-')?;
        let (month, rest) = rest.split_once('-')?;
        let day: u32 = rest.get(..2)?.parse().ok()?;
        let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some(format!("{day} {month} {year}"))
    })();
    parsed.unwrap_or_else(|| taken.to_owned())
}

/// "24 Nov 2026, 10:20" of EXIF's `2026-11-24T10:20:30`.
pub fn day_and_time(taken: &str) -> String {
    match taken.split_once('T').and_then(|(_, time)| time.get(..5)) {
        Some(time) => format!("{}, {time}", day(taken)),
        None => day(taken),
    }
}

/// The year of EXIF text.
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

/// "1 face", "1,204 faces".
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        thousands(number),
        if number == 1 { one } else { many }
    )
}

/// Digits in groups of three.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The UTC date of a moment, by Howard Hinnant's `civil_from_days`.
fn date_of(at: i64) -> String {
    let days = at.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12;
    let year = year_of_era + era * 400 + i64::from(month < 2);
    format!(
        "{day} {} {year}",
        MONTHS[usize::try_from(month).unwrap_or(0)]
    )
}
