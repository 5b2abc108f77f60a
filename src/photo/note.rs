//! What is to be said of a photo that was read all the same.

use std::fmt;

/// A photo was read, but not all that its file has or ought to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhotoNote {
    /// A part of the picture is missing or damaged.
    Incomplete,
    /// The file has more pages than are looked at: `limit` photos beside its largest.
    MorePages { limit: usize },
}

impl fmt::Display for PhotoNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete => f.write_str(
                "the photo is incomplete: a part of the file is missing or damaged, and faces were looked for in the rest",
            ),
            Self::MorePages { limit } => write!(
                f,
                "the file has so many pages that only {limit} beside the largest are looked at: save the rest as a file of its \
                 own"
            ),
        }
    }
}
