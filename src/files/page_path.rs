//! Paths of the further pages of a file: `scan.tif, page 2` is the second page of `scan.tif`.
//!
//! A page that is a photo of its own is known by such a path wherever photos are known by theirs. A file that has such a
//! name itself is meant by it.

use std::borrow::Cow;
use std::path::Path;

/// Between the name of a file and the number of a page, which counts from 1.
const MARK: &str = ", page ";

/// The path of a page of the file at `path`; either may be absolute or not.
pub fn path_of_page(path: &str, page: u32) -> String {
    format!("{path}{MARK}{page}")
}

/// The file and the page that a text of [`path_of_page`] names.
pub fn page_in(path: &str) -> Option<(&str, u32)> {
    let (file, page) = path.rsplit_once(MARK)?;
    let number: u32 = page.parse().ok()?;
    let is_plain = page.starts_with(|digit: char| ('1'..='9').contains(&digit));
    (is_plain && !file.is_empty() && !file.ends_with('/')).then_some((file, number))
}

/// The file that holds the photo at `path`, and the page of it that is meant. Looks on the disk where the name could be that
/// of a page.
pub fn file_and_page(path: &Path) -> (Cow<'_, Path>, Option<u32>) {
    let is_absent = || {
        path.symlink_metadata()
            .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    };
    match file_and_page_by_name(path) {
        Some((file, page)) if is_absent() => (Cow::Owned(file), Some(page)),
        _ => (Cow::Borrowed(path), None),
    }
}

/// The file that holds the photo at `path`, as [`file_and_page`] finds it.
pub fn file_of(path: &Path) -> Cow<'_, Path> {
    file_and_page(path).0
}

/// The mark is ASCII, so what stands before it is kept byte for byte.
fn file_and_page_by_name(path: &Path) -> Option<(std::path::PathBuf, u32)> {
    let text = super::path_text::text_of_whole(path);
    let (file, page) = page_in(&text)?;
    Some((super::path_text::path_of(file), page))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_page_is_named_behind_its_file() {
        assert_eq!(path_of_page("a/scan.tif", 2), "a/scan.tif, page 2");
        assert_eq!(page_in("a/scan.tif, page 12"), Some(("a/scan.tif", 12)));
        for none in [
            "a/scan.tif",
            "scan.tif, page",
            "scan.tif, page 0",
            "scan.tif, page 02",
            "scan.tif, page +2",
            "scan.tif, page 2.tif",
            "scan.tif, page 99999999999",
            ", page 2",
            "a/, page 2",
        ] {
            assert_eq!(page_in(none), None, "{none}");
        }
    }

    #[test]
    fn a_file_of_such_a_name_is_meant_itself() {
        let folder = tempfile::tempdir().expect("folder");
        let page = folder.path().join("scan.tif, page 2");
        let file = folder.path().join("scan.tif");
        assert_eq!(file_and_page(&page), (Cow::Borrowed(&*file), Some(2)));
        fs::File::create(&page).expect("a file");
        assert_eq!(file_and_page(&page), (Cow::Borrowed(&*page), None));
    }
}
