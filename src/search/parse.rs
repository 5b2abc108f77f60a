//! From the typed text to a [`Query`].
//!
//! ```text
//! query  = clause*                    all of them
//! clause = term ("or" term)*          one of them
//! term   = FIELD ":" value ("|" value)* | WORD
//! value  = letters without spaces, or "in quotes" with \" and \\
//! ```

use super::period::Period;
use super::query::{Clause, Comparison, Query, Term};

/// Longest query, in bytes; it is typed by hand.
const MAX_LENGTH: usize = 4096;

/// Which part of the text is wrong, and what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not understood: {remedy}")]
pub struct ParseError {
    pub word: String,
    pub remedy: &'static str,
}

fn error(word: &str, remedy: &'static str) -> ParseError {
    ParseError {
        word: word.to_owned(),
        remedy,
    }
}

/// A part between spaces: values in quotes are one piece each, marked as quoted.
#[derive(Debug, Default)]
struct Token {
    text: String,
    /// The positions of characters of `text` that stand in quotes.
    quoted: Vec<bool>,
}

impl Token {
    fn push(&mut self, c: char, is_quoted: bool) {
        self.text.push(c);
        self.quoted.push(is_quoted);
    }

    /// Split at a character outside of quotes.
    fn split(&self, at: char) -> Vec<Token> {
        let mut parts = vec![Token::default()];
        for (c, &is_quoted) in self.text.chars().zip(&self.quoted) {
            if c == at && !is_quoted {
                parts.push(Token::default());
            } else if let Some(last) = parts.last_mut() {
                last.push(c, is_quoted);
            }
        }
        parts
    }

    fn is_plain(&self, word: &str) -> bool {
        self.text == word && !self.quoted.contains(&true)
    }
}

/// The query of a text.
pub fn parse(text: &str) -> Result<Query, ParseError> {
    if text.len() > MAX_LENGTH {
        return Err(error("…", "a search has at most 4096 letters"));
    }
    let mut query = Query::default();
    let mut joins = false;
    for token in tokens(text)? {
        if token.is_plain("or") {
            if joins || query.clauses.is_empty() {
                return Err(error(
                    "or",
                    "write it between two conditions, as in with:Ana or with:Tom",
                ));
            }
            joins = true;
            continue;
        }
        let terms = terms_of(&token)?;
        match query.clauses.last_mut() {
            Some(last) if joins => last.any_of.extend(terms),
            _ => query.clauses.push(Clause { any_of: terms }),
        }
        joins = false;
    }
    if joins {
        return Err(error("or", "write another condition behind it"));
    }
    Ok(query)
}

fn tokens(text: &str) -> Result<Vec<Token>, ParseError> {
    let mut tokens = Vec::new();
    let mut token: Option<Token> = None;
    let mut in_quotes = false;
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        match c {
            '"' => {
                in_quotes = !in_quotes;
                token.get_or_insert_default();
            }
            '\\' if in_quotes => match letters.next() {
                Some(escaped) => token.get_or_insert_default().push(escaped, true),
                None => return Err(error("\\", "write the letter that it stands before")),
            },
            c if c.is_whitespace() && !in_quotes => tokens.extend(token.take()),
            c => token.get_or_insert_default().push(c, in_quotes),
        }
    }
    if in_quotes {
        return Err(error("\"", "close the quotes"));
    }
    tokens.extend(token);
    Ok(tokens)
}

/// The terms of a token, one of which must hold.
fn terms_of(token: &Token) -> Result<Vec<Term>, ParseError> {
    let mut parts = token.split(':').into_iter();
    let field = parts.next().unwrap_or_default();
    let rest: Vec<Token> = parts.collect();
    let is_field = !field.quoted.contains(&true) && !rest.is_empty();
    if !is_field {
        if token.text.is_empty() {
            return Err(error("\"\"", "write a word between the quotes"));
        }
        return Ok(vec![Term::Word(token.text.clone())]);
    }
    let mut value = Token::default();
    for (number, part) in rest.iter().enumerate() {
        if number > 0 {
            value.push(':', false);
        }
        part.text
            .chars()
            .zip(&part.quoted)
            .for_each(|(c, &quoted)| value.push(c, quoted));
    }
    let alternatives = value.split('|').into_iter();
    alternatives
        .map(|value| term(&field.text, &value))
        .collect()
}

fn term(field: &str, value: &Token) -> Result<Term, ParseError> {
    let word = format!("{field}:{}", value.text);
    if value.text.trim().is_empty() {
        return Err(error(&word, "write what to look for behind the colon"));
    }
    let text = || value.text.clone();
    let period = || {
        Period::parse(&value.text)
            .ok_or_else(|| error(&word, "write a date as 2014, 2014-06 or 2014-06-01"))
    };
    Ok(match field.to_lowercase().as_str() {
        "with" => Term::With(text()),
        "without" => Term::Without(text()),
        "only" => {
            let names: Vec<String> = value.split(',').into_iter().map(|name| name.text).collect();
            if names.iter().any(|name| name.trim().is_empty()) {
                return Err(error(
                    &word,
                    "write names with commas between them, as in only:Ana,Tom",
                ));
            }
            Term::Only(names)
        }
        "faces" => faces(&value.text).ok_or_else(|| {
            error(
                &word,
                "write a number, as in faces:2, faces:>=3 or faces:<=1",
            )
        })?,
        "after" => Term::After(period()?),
        "before" => Term::Before(period()?),
        "on" => Term::On(period()?),
        "folder" => Term::Folder(text()),
        "file" => Term::File(text()),
        "is" => match value.text.to_lowercase().as_str() {
            "unnamed" => Term::Unnamed,
            "named" => Term::Named,
            "missing" => Term::Missing,
            _ => return Err(error(&word, "write is:unnamed, is:named or is:missing")),
        },
        _ => {
            return Err(error(
                &word,
                "the fields are with, without, only, faces, after, before, on, folder, file and is; put the word in quotes \
                 to look for it with its colon",
            ));
        }
    })
}

fn faces(value: &str) -> Option<Term> {
    let (comparison, number) = if let Some(number) = value.strip_prefix(">=") {
        (Comparison::AtLeast, number)
    } else if let Some(number) = value.strip_prefix("<=") {
        (Comparison::AtMost, number)
    } else if let Some(number) = value.strip_suffix('+') {
        (Comparison::AtLeast, number)
    } else {
        (Comparison::Equal, value)
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| number.parse().ok()).flatten()?;
    Some(Term::Faces(comparison, number))
}
