//! Sections by year of things that are in order of time; years with few of them share a section.

use crate::app::widgets::dates::year;

/// Where things without a date end up.
const UNDATED: &str = "Without a date";

struct Span<'a> {
    first: &'a str,
    last: &'a str,
    count: usize,
}

/// The title and length of each section of things taken at these times (EXIF text), earliest first, undated last.
///
/// Neighbouring years join until a section has `least` things, so that a life in single pictures is not a page of
/// headlines.
pub fn year_sections<'a>(
    taken: impl Iterator<Item = Option<&'a str>>,
    least: usize,
) -> Vec<(String, usize)> {
    let mut spans: Vec<Span<'a>> = Vec::new();
    for taken in taken {
        let year = taken.and_then(year).unwrap_or(UNDATED);
        match spans.last_mut() {
            Some(span) if span.last == year => span.count += 1,
            Some(span) if span.count < least && year != UNDATED => {
                span.last = year;
                span.count += 1;
            }
            _ => spans.push(Span {
                first: year,
                last: year,
                count: 1,
            }),
        }
    }
    join_short_end(&mut spans, least);
    spans.iter().map(|span| (title(span), span.count)).collect()
}

/// The last dated section has nobody after it to join.
fn join_short_end(spans: &mut Vec<Span<'_>>, least: usize) {
    let dated = spans
        .iter()
        .take_while(|span| span.first != UNDATED)
        .count();
    if dated < 2 || spans[dated - 1].count >= least {
        return;
    }
    let short = spans.remove(dated - 1);
    let before = &mut spans[dated - 2];
    before.last = short.last;
    before.count += short.count;
}

fn title(span: &Span<'_>) -> String {
    if span.first == span.last {
        span.first.to_owned()
    } else {
        format!("{} – {}", span.first, span.last)
    }
}
