//! A search as data.

use std::fmt;

use super::period::Period;

/// All clauses must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub clauses: Vec<Clause>,
}

/// One of the terms must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    pub any_of: Vec<Term>,
}

/// One condition on a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// The person is in the photo.
    With(String),
    /// The person is not in it.
    Without(String),
    /// All of these people are in it, and no other face.
    Only(Vec<String>),
    /// Its number of faces.
    Faces(Comparison, u32),
    /// A face in it has no name.
    Unnamed,
    /// A face in it has a name.
    Named,
    /// Taken in the period or later.
    After(Period),
    /// Taken before the period begins.
    Before(Period),
    /// Taken in the period.
    On(Period),
    /// The folders of its path contain the text.
    Folder(String),
    /// The name of its file contains the text.
    File(String),
    /// A face that a person decided about is not found in it any more.
    Missing,
    /// The name of a person in it, of its file or of a folder contains the word.
    Word(String),
}

/// How a number compares with the one in the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    AtLeast,
    AtMost,
}

impl Comparison {
    pub fn holds(self, number: u32, asked: u32) -> bool {
        match self {
            Comparison::Equal => number == asked,
            Comparison::AtLeast => number >= asked,
            Comparison::AtMost => number <= asked,
        }
    }
}

/// A value as [`super::parse`] reads it back: in quotes where it needs them.
pub struct Value<'a>(pub &'a str);

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = !self.0.is_empty()
            && self.0 != "or"
            && !self.0.starts_with(['-', '<', '>', '='])
            && !self
                .0
                .contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\\' | ',' | '|' | ':'));
        if is_plain {
            return f.write_str(self.0);
        }
        let escaped = self.0.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "\"{escaped}\"")
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Term::With(name) => write!(f, "with:{}", Value(name)),
            Term::Without(name) => write!(f, "without:{}", Value(name)),
            Term::Only(names) => {
                let names: Vec<String> = names.iter().map(|name| Value(name).to_string()).collect();
                write!(f, "only:{}", names.join(","))
            }
            Term::Faces(comparison, number) => {
                let sign = match comparison {
                    Comparison::Equal => "",
                    Comparison::AtLeast => ">=",
                    Comparison::AtMost => "<=",
                };
                write!(f, "faces:{sign}{number}")
            }
            Term::Unnamed => f.write_str("is:unnamed"),
            Term::Named => f.write_str("is:named"),
            Term::After(period) => write!(f, "after:{period}"),
            Term::Before(period) => write!(f, "before:{period}"),
            Term::On(period) => write!(f, "on:{period}"),
            Term::Folder(text) => write!(f, "folder:{}", Value(text)),
            Term::File(text) => write!(f, "file:{}", Value(text)),
            Term::Missing => f.write_str("is:missing"),
            Term::Word(word) => write!(f, "{}", Value(word)),
        }
    }
}

/// As [`super::parse`] reads it.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clause = |clause: &Clause| {
            let terms: Vec<String> = clause.any_of.iter().map(Term::to_string).collect();
            terms.join(" or ")
        };
        let clauses: Vec<String> = self.clauses.iter().map(clause).collect();
        f.write_str(&clauses.join(" "))
    }
}
