//! The date of a photo.

use kinfolk::search::{DateSource, Period, date_of};

/// 2020-03-04 12:00 UTC.
const MODIFIED: i64 = 1_583_323_200_000_000_000;

#[test]
fn the_best_date_that_is_known_counts() {
    use DateSource::{FileName, FileTime, FolderName, Metadata};
    for (taken, path, expected, source) in [
        (
            Some("2014-06-01T10:00:00"),
            "1987/20150102.jpg",
            "2014-06-01",
            Metadata,
        ),
        (Some("?"), "1987/20150102.jpg", "2015-01-02", FileName),
        (None, "a/20140601_123456.jpg", "2014-06-01", FileName),
        (None, "a/20140601123456.jpg", "2014-06-01", FileName),
        (None, "a/IMG-20140601-WA0001.jpg", "2014-06-01", FileName),
        (None, "a/2014-06-01 12.34.56.jpg", "2014-06-01", FileName),
        (None, "a/Screenshot_2014.06.01.png", "2014-06-01", FileName),
        (None, "a/scan 1987.tif", "1987", FileName),
        (None, "2014-06 Holiday/IMG_0001.jpg", "2014-06", FolderName),
        (None, "2014/06/IMG_0001.jpg", "2014", FolderName),
        (None, "1987/Summer/b.jpg", "1987", FolderName),
        (None, "201406/b.jpg", "2014-06", FolderName),
        (None, "Holiday/IMG_1234.jpg", "2020-03-04", FileTime),
        (None, "Holiday/20141399.jpg", "2020-03-04", FileTime),
        (None, "Holiday/1024x768.jpg", "2020-03-04", FileTime),
        (None, "Holiday/DSC09999.jpg", "2020-03-04", FileTime),
        (
            None,
            "Holiday/é 12345678901234567890.jpg",
            "2020-03-04",
            FileTime,
        ),
    ] {
        let (period, by) = date_of(taken, path, MODIFIED).unwrap();
        assert_eq!(
            (period.to_string(), by),
            (expected.to_owned(), source),
            "{path}"
        );
    }
    assert!(date_of(None, "a.jpg", i64::MAX).is_some());
    assert!(date_of(None, "a.jpg", i64::MIN).is_some());
}

#[test]
fn a_period_contains_what_lies_in_it() {
    let period = |text: &str| Period::parse(text).unwrap();
    assert!(period("2014").contains(&period("2014-06")));
    assert!(period("2014-06").contains(&period("2014-06-30")));
    assert!(!period("2014-06").contains(&period("2014")));
    assert!(!period("2014-06").contains(&period("2014-07-01")));
    for text in [
        "",
        "14",
        "2014-6",
        "2014-06-01-01",
        "2014-00",
        "20140601",
        "２０１４",
    ] {
        assert_eq!(Period::parse(text), None, "{text}");
    }
}
