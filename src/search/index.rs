//! What a search asks about each photo, in memory, and the photos that a query finds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::period::{DatedBy, date_of};
use super::query::{Clause, Query, Term};
use crate::files::path_text;
use crate::library::{GroupId, Library, LibraryError, PhotoId, name_key};
use crate::text::{contains_words, search_key};

/// A photo that is not away.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexedPhoto {
    pub photo_id: PhotoId,
    pub root: PathBuf,
    /// Relative to the root, with `/`.
    pub path: String,
    /// [`search_key`] of the path as it is shown.
    path_key: String,
    pub date: Option<DatedBy>,
    /// The named people in it, sorted, each once.
    pub people: Vec<GroupId>,
    /// Faces without a mark, and those of them that have no name.
    pub faces: u32,
    pub unnamed: u32,
    /// A face that a person decided about is not found in it any more.
    pub is_missing_a_face: bool,
}

/// The photos of a library and the names of its people.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub photos: Vec<IndexedPhoto>,
    pub people: BTreeMap<GroupId, String>,
}

/// A name in a query that nobody has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody is called {name:?}{}", .instead.as_ref().map(|name| format!(": did you mean {name:?}?")).unwrap_or_default())]
pub struct NobodyNamed {
    pub name: String,
    /// Somebody whose name contains it.
    pub instead: Option<String>,
}

/// The photos of a query, as positions in [`Index::photos`], ascending.
pub type Found = Vec<usize>;

impl Index {
    /// Of a library. With `only_confirmed`, faces that grouping or identification has only suggested have no name.
    pub fn of(library: &Library, only_confirmed: bool) -> Result<Index, LibraryError> {
        let people: BTreeMap<GroupId, String> = library.people()?.into_iter().collect();
        let mut photos: BTreeMap<PhotoId, IndexedPhoto> = library
            .searched_photos()?
            .into_iter()
            .map(|photo| {
                let indexed = IndexedPhoto {
                    photo_id: photo.photo_id,
                    date: date_of(photo.taken.as_deref(), &photo.path, photo.modified_ns),
                    path_key: search_key(&path_text::shown_text(&photo.path)),
                    root: photo.root,
                    path: photo.path,
                    people: Vec::new(),
                    faces: 0,
                    unnamed: 0,
                    is_missing_a_face: photo.is_missing_a_face,
                };
                (photo.photo_id, indexed)
            })
            .collect();
        for face in library.searched_faces()? {
            let Some(photo) = photos.get_mut(&face.photo_id) else {
                continue;
            };
            photo.faces += 1;
            let person = face.group.filter(|group| people.contains_key(group));
            match person.filter(|_| face.is_confirmed || !only_confirmed) {
                Some(person) => photo.people.push(person),
                None => photo.unnamed += 1,
            }
        }
        let mut photos: Vec<IndexedPhoto> = photos.into_values().collect();
        for photo in &mut photos {
            photo.people.sort_unstable();
            photo.people.dedup();
        }
        photos.sort_by(|a, b| shown_order(a).cmp(&shown_order(b)));
        Ok(Index { photos, people })
    }

    /// The photos for which all clauses of a query hold.
    ///
    /// # Errors
    /// [`NobodyNamed`] if the query names somebody whom nobody is called.
    pub fn find(&self, query: &Query) -> Result<Found, NobodyNamed> {
        let clauses = query
            .clauses
            .iter()
            .map(|clause| self.resolved(clause))
            .collect::<Result<Vec<_>, _>>()?;
        let holds = |photo: &IndexedPhoto| {
            clauses
                .iter()
                .all(|any_of| any_of.iter().any(|test| test.holds(photo)))
        };
        let found = self.photos.iter().enumerate();
        Ok(found
            .filter(|(_, photo)| holds(photo))
            .map(|(position, _)| position)
            .collect())
    }

    fn resolved<'q>(&self, clause: &'q Clause) -> Result<Vec<Test<'q>>, NobodyNamed> {
        clause.any_of.iter().map(|term| self.test(term)).collect()
    }

    fn test<'q>(&self, term: &'q Term) -> Result<Test<'q>, NobodyNamed> {
        Ok(match term {
            Term::With(name) => Test::With(self.person(name)?),
            Term::Without(name) => Test::Without(self.person(name)?),
            Term::Only(names) => {
                let people = names.iter().map(|name| self.person(name));
                let people: BTreeSet<GroupId> = people.collect::<Result<_, _>>()?;
                Test::Only(people.into_iter().collect())
            }
            Term::Word(word) => {
                let key = search_key(word);
                let people = self.people.iter();
                let people = people.filter(|(_, name)| contains_words(name, &key));
                Test::Word {
                    people: people.map(|(person, _)| *person).collect(),
                    words: words(&key),
                }
            }
            Term::Folder(text) => Test::Folder(words(&search_key(text))),
            Term::File(text) => Test::File(words(&search_key(text))),
            other => Test::Plain(other),
        })
    }

    fn person(&self, name: &str) -> Result<GroupId, NobodyNamed> {
        let key = name_key(name);
        let mut people = self.people.iter();
        if let Some((person, _)) = people.find(|(_, own)| name_key(own) == key) {
            return Ok(*person);
        }
        let key = search_key(name);
        let mut likely = self.people.values();
        Err(NobodyNamed {
            name: name.to_owned(),
            instead: likely.find(|own| contains_words(own, &key)).cloned(),
        })
    }
}

fn shown_order(photo: &IndexedPhoto) -> (bool, Option<DatedBy>, &PathBuf, &str, PhotoId) {
    let undated = photo.date.is_none();
    (
        undated,
        photo.date,
        &photo.root,
        &photo.path,
        photo.photo_id,
    )
}

/// A term with its names looked up and its texts as search keys.
enum Test<'q> {
    With(GroupId),
    Without(GroupId),
    /// Sorted.
    Only(Vec<GroupId>),
    /// Words that must all be there.
    Folder(Vec<String>),
    File(Vec<String>),
    Word {
        people: BTreeSet<GroupId>,
        words: Vec<String>,
    },
    Plain(&'q Term),
}

impl Test<'_> {
    fn holds(&self, photo: &IndexedPhoto) -> bool {
        let shows = |person: &GroupId| photo.people.binary_search(person).is_ok();
        match self {
            Test::With(person) => shows(person),
            Test::Without(person) => !shows(person),
            Test::Only(people) => photo.people == *people && photo.unnamed == 0,
            Test::Folder(words) => has_all(folders(&photo.path_key), words),
            Test::File(words) => has_all(file_name(&photo.path_key), words),
            Test::Word { people, words } => {
                has_all(&photo.path_key, words)
                    || photo.people.iter().any(|person| people.contains(person))
            }
            Test::Plain(term) => plain(term, photo),
        }
    }
}

fn plain(term: &Term, photo: &IndexedPhoto) -> bool {
    let taken =
        |holds: &dyn Fn(super::Period) -> bool| photo.date.is_some_and(|(period, _)| holds(period));
    match term {
        Term::Faces(comparison, number) => comparison.holds(photo.faces, *number),
        Term::Unnamed => photo.unnamed > 0,
        Term::Named => !photo.people.is_empty(),
        Term::Missing => photo.is_missing_a_face,
        Term::After(asked) => taken(&|period| period.first >= asked.first),
        Term::Before(asked) => taken(&|period| period.last < asked.first),
        Term::On(asked) => taken(&|period| asked.contains(&period)),
        // Resolved by `Index::test`.
        Term::With(_)
        | Term::Without(_)
        | Term::Only(_)
        | Term::Folder(_)
        | Term::File(_)
        | Term::Word(_) => false,
    }
}

fn words(key: &str) -> Vec<String> {
    key.split_whitespace().map(str::to_owned).collect()
}

fn has_all(text: &str, words: &[String]) -> bool {
    words.iter().all(|word| text.contains(word.as_str()))
}

fn folders(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folders, _)| folders)
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}
