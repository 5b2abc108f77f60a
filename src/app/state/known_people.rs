//! The known people whose names fit a typed name.

use std::collections::HashMap;

use crate::library::{GroupId, name_key};
use crate::text::search_key;

/// A person whose name can complete a typed name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPerson {
    pub group_id: GroupId,
    pub name: String,
    pub faces: u32,
}

/// How well a name fits the typed text; better ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Same,
    Begins,
    WordBegins,
    Contains,
}

/// A person who fits the typed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Completion<'a> {
    pub person: &'a KnownPerson,
    /// The name or one of its words begins with the typed text.
    pub likely: bool,
}

/// The people whose names are offered, indexed for searching.
#[derive(Debug, Default)]
pub struct KnownPeople {
    people: Vec<KnownPerson>,
    /// Their names, trimmed and in lower case.
    folded: Vec<String>,
    by_name: HashMap<String, usize>,
}

impl KnownPeople {
    pub fn new(people: Vec<KnownPerson>) -> Self {
        let folded: Vec<String> = people.iter().map(|person| folded(&person.name)).collect();
        let keys = people.iter().map(|person| name_key(&person.name));
        let by_name = keys.zip(0..).collect();
        Self {
            people,
            folded,
            by_name,
        }
    }

    /// The people whose names fit `typed`: best fit first, then those with more faces; at most `max`, without `except`.
    /// An empty text fits nobody.
    pub fn completions(
        &self,
        typed: &str,
        max: usize,
        except: Option<GroupId>,
    ) -> Vec<Completion<'_>> {
        let typed = folded(typed);
        if typed.is_empty() {
            return Vec::new();
        }
        let known = self.folded.iter().zip(&self.people);
        let mut found: Vec<_> = known
            .filter(|(_, person)| Some(person.group_id) != except)
            .filter_map(|(name, person)| Some((fit(name, &typed)?, person)))
            .collect();
        found.sort_by(|(fit_a, a), (fit_b, b)| {
            fit_a
                .cmp(fit_b)
                .then(b.faces.cmp(&a.faces))
                .then_with(|| a.name.cmp(&b.name))
        });
        let likely = |fit| fit != Fit::Contains;
        found
            .into_iter()
            .take(max)
            .map(|(fit, person)| Completion {
                person,
                likely: likely(fit),
            })
            .collect()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.people.iter().map(|person| person.name.as_str())
    }

    /// The person with this name, compared as `curate` does.
    pub fn same_name(&self, name: &str, except: Option<GroupId>) -> Option<&KnownPerson> {
        let person = &self.people[*self.by_name.get(&name_key(name))?];
        Some(person).filter(|person| Some(person.group_id) != except)
    }
}

/// Whether `name` contains each word of a search, in any order and case.
pub fn name_matches(name: &str, search: &str) -> bool {
    let name = search_key(name);
    search
        .split_whitespace()
        .all(|word| name.contains(&search_key(word)))
}

fn fit(name: &str, typed: &str) -> Option<Fit> {
    if name == typed {
        Some(Fit::Same)
    } else if name.starts_with(typed) {
        Some(Fit::Begins)
    } else if name.split_whitespace().any(|word| word.starts_with(typed)) {
        Some(Fit::WordBegins)
    } else {
        name.contains(typed).then_some(Fit::Contains)
    }
}

fn folded(text: &str) -> String {
    search_key(text.trim())
}
