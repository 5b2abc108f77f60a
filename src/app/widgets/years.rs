//! Sections by year for items that are sorted by time; years with few items share a section.

use crate::app::widgets::dates::year;

/// The title of items without a date.
const UNDATED: &str = "Without a date";

struct Span<'a> {
    first: &'a str,
    last: &'a str,
    count: usize,
}

/// The title and length of each section of items taken at these times (EXIF text), earliest first, undated last.
/// Neighbouring years are joined until a section has `min` items.
pub fn year_sections<'a>(
    taken: impl Iterator<Item = Option<&'a str>>,
    min: usize,
) -> Vec<(String, usize)> {
    let mut spans: Vec<Span<'a>> = Vec::new();
    for taken in taken {
        let year = taken.and_then(year).unwrap_or(UNDATED);
        match spans.last_mut() {
            Some(span) if span.last == year => span.count += 1,
            Some(span) if span.count < min && year != UNDATED => {
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
    join_short_end(&mut spans, min);
    spans.iter().map(|span| (title(span), span.count)).collect()
}

/// The last dated section has no section after it to join.
fn join_short_end(spans: &mut Vec<Span<'_>>, min: usize) {
    let dated = spans
        .iter()
        .take_while(|span| span.first != UNDATED)
        .count();
    if dated < 2 || spans[dated - 1].count >= min {
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
