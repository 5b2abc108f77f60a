//! Days, months and years: when a photo was taken, and what a query asks for.
//!
//! The date of a photo is the best of what is known, in this order: the photo's metadata, the name of its file, the name of
//! the nearest folder that has one, the time of the file.

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

/// A day, a month or a year: the first and the last day of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub first: Date,
    pub last: Date,
}

/// What tells the date of a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateSource {
    Metadata,
    FileName,
    FolderName,
    FileTime,
}

impl DateSource {
    pub fn as_str(self) -> &'static str {
        match self {
            DateSource::Metadata => "metadata",
            DateSource::FileName => "file-name",
            DateSource::FolderName => "folder-name",
            DateSource::FileTime => "file-time",
        }
    }
}

/// A date and what tells it.
pub type DatedBy = (Period, DateSource);

/// Years that a name may mean: photography is older, but `1024` in a name is a size.
const YEARS: std::ops::RangeInclusive<i16> = 1826..=2199;

impl Period {
    fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Period> {
        let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        let last = match (month, day) {
            (_, Some(_)) => first,
            (Some(_), None) => first.last_of_month(),
            (None, None) => first.last_of_year(),
        };
        Some(Period { first, last })
    }

    /// `2014`, `2014-06` or `2014-06-01`.
    pub fn parse(text: &str) -> Option<Period> {
        let mut parts = text.split('-');
        let year = number(parts.next()?, 4)? as i16;
        let month = parts.next().map(|part| number(part, 2));
        let day = parts.next().map(|part| number(part, 2));
        if parts.next().is_some() || month == Some(None) || day == Some(None) {
            return None;
        }
        let of = |part: Option<Option<u32>>| part.flatten().map(|number| number as i8);
        Period::new(year, of(month), of(day))
    }

    /// Whether all of `other` is in this period.
    pub fn contains(&self, other: &Period) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

/// As [`Period::parse`] reads it.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.first.year(), self.first.month(), self.first.day());
        if self.first == self.last {
            write!(f, "{year:04}-{month:02}-{day:02}")
        } else if self.first.month() == self.last.month() {
            write!(f, "{year:04}-{month:02}")
        } else {
            write!(f, "{year:04}")
        }
    }
}

/// The date of a photo: `taken` is EXIF text (`YYYY-MM-DDTHH:MM:SS`), `path` is relative, with `/`, `modified_ns` the time of
/// the file since the unix epoch. `None` if even that is out of range.
pub fn date_of(taken: Option<&str>, path: &str, modified_ns: i64) -> Option<DatedBy> {
    let of_metadata = taken.and_then(|taken| Period::parse(taken.get(..10)?));
    let mut names = path.rsplit('/');
    let of_file = names.next().and_then(in_name);
    of_metadata
        .map(|period| (period, DateSource::Metadata))
        .or_else(|| of_file.map(|period| (period, DateSource::FileName)))
        .or_else(|| {
            names
                .find_map(in_name)
                .map(|period| (period, DateSource::FolderName))
        })
        .or_else(|| of_time(modified_ns).map(|period| (period, DateSource::FileTime)))
}

fn of_time(modified_ns: i64) -> Option<Period> {
    let time = jiff::Timestamp::from_nanosecond(modified_ns.into()).ok()?;
    let day = jiff::tz::Offset::UTC.to_datetime(time).date();
    Some(Period {
        first: day,
        last: day,
    })
}

/// The date in a name: `20140601_123456`, `IMG-20140601-WA0001`, `2014-06-01 12.34`, `2014_06`, `Summer 1987`. The most
/// exact one, then the first.
fn in_name(name: &str) -> Option<Period> {
    let runs = digit_runs(name);
    let day = (0..runs.len()).find_map(|at| day_at(&runs, at));
    let month = || (0..runs.len()).find_map(|at| month_at(&runs, at));
    let year = || {
        runs.iter()
            .find_map(|run| year_of(run.digits).and_then(|year| Period::new(year, None, None)))
    };
    day.or_else(month).or_else(year)
}

/// Digits in a name, and whether one separator (`-`, `_`, `.` or a space) stands between them and the run before.
struct Run<'a> {
    digits: &'a str,
    follows: bool,
}

fn digit_runs(name: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut end_of_last = None;
    let mut rest = 0;
    while let Some(start) = name[rest..].find(|c: char| c.is_ascii_digit()) {
        let start = rest + start;
        let length = name[start..]
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(name.len() - start);
        let between = end_of_last.map(|end: usize| &name[end..start]);
        runs.push(Run {
            digits: &name[start..start + length],
            follows: matches!(between, Some("-" | "_" | "." | " ")),
        });
        rest = start + length;
        end_of_last = Some(rest);
    }
    runs
}

fn day_at(runs: &[Run<'_>], at: usize) -> Option<Period> {
    let digits = runs[at].digits;
    if digits.len() == 8 || digits.len() == 14 {
        let year = year_of(&digits[..4])?;
        return Period::new(
            year,
            Some(number(&digits[4..6], 2)? as i8),
            Some(number(&digits[6..8], 2)? as i8),
        );
    }
    let [month, day] = [1, 2].map(|offset| runs.get(at + offset).filter(|run| run.follows));
    Period::new(
        year_of(digits)?,
        Some(number(month?.digits, 2)? as i8),
        Some(number(day?.digits, 2)? as i8),
    )
}

fn month_at(runs: &[Run<'_>], at: usize) -> Option<Period> {
    let digits = runs[at].digits;
    if digits.len() == 6 {
        return Period::new(
            year_of(&digits[..4])?,
            Some(number(&digits[4..], 2)? as i8),
            None,
        );
    }
    let month = runs.get(at + 1).filter(|run| run.follows)?;
    Period::new(year_of(digits)?, Some(number(month.digits, 2)? as i8), None)
}

fn year_of(digits: &str) -> Option<i16> {
    let year = number(digits, 4)? as i16;
    YEARS.contains(&year).then_some(year)
}

/// A number of exactly this many digits.
fn number(digits: &str, length: usize) -> Option<u32> {
    let is_number = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}
