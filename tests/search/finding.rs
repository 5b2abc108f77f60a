//! What a query finds in a library.

use std::collections::BTreeSet;

use crate::support::test_library::{TestLibrary, photo_of};
use kinfolk::curate::{Command, execute};
use kinfolk::library::{FaceId, PhotoId};
use kinfolk::search::{Comparison, Index, Period, Query, Term, parse};
use proptest::prelude::*;

/// A photo with these people, 0 for somebody without a name.
struct Shown {
    path: &'static str,
    taken: Option<&'static str>,
    people: &'static [usize],
}

const NAMES: [&str; 4] = ["", "Ana", "Tom", "Eve"];

const PHOTOS: [Shown; 6] = [
    Shown {
        path: "Italy/both.jpg",
        taken: Some("2015-07-01T10:00:00"),
        people: &[1, 2],
    },
    Shown {
        path: "Italy/three.jpg",
        taken: Some("2016-01-01T00:00:00"),
        people: &[1, 2, 3],
    },
    Shown {
        path: "Italy/crowd.jpg",
        taken: Some("2014-12-31T23:59:59"),
        people: &[1, 2, 0, 0],
    },
    Shown {
        path: "home/Ana's cake.jpg",
        taken: None,
        people: &[],
    },
    Shown {
        path: "home/1987/tom.jpg",
        taken: None,
        people: &[2],
    },
    Shown {
        path: "home/stranger.jpg",
        taken: Some("2014-06-01T00:00:00"),
        people: &[0],
    },
];

fn library() -> TestLibrary {
    let mut test = TestLibrary::new();
    let mut faces: [Vec<FaceId>; 4] = Default::default();
    let mut own = 0;
    for shown in &PHOTOS {
        let people: Vec<u32> = shown
            .people
            .iter()
            .map(|_| {
                own += 1;
                own
            })
            .collect();
        let mut photo = photo_of(test.root_id, shown.path, &people);
        photo.taken = shown.taken.map(str::to_owned);
        let photo_id = test.library.store_scanned(&[photo]).unwrap()[0];
        for (face, &person) in test
            .library
            .faces_of_photo(photo_id)
            .unwrap()
            .iter()
            .zip(shown.people)
        {
            faces[person].push(face.face_id);
        }
    }
    for (name, faces) in NAMES.iter().zip(faces).skip(1) {
        let command = Command::NameFaces {
            faces,
            name: (*name).into(),
        };
        execute(&mut test.library, command).unwrap();
    }
    test
}

fn found(index: &Index, text: &str) -> Vec<String> {
    let found = index.find(&parse(text).unwrap()).unwrap();
    let mut paths: Vec<String> = found
        .into_iter()
        .map(|at| index.photos[at].path.clone())
        .collect();
    paths.sort();
    paths
}

#[test]
fn people_faces_dates_and_names_are_found() {
    let test = library();
    let index = Index::of(&test.library, false).unwrap();
    for (text, expected) in [
        (
            "with:Ana with:Tom",
            &["Italy/both.jpg", "Italy/crowd.jpg", "Italy/three.jpg"][..],
        ),
        (
            "with:ana with:TOM without:Eve",
            &["Italy/both.jpg", "Italy/crowd.jpg"],
        ),
        ("only:Ana,Tom", &["Italy/both.jpg"]),
        ("only:Tom", &["home/1987/tom.jpg"]),
        (
            "with:Eve or only:Tom",
            &["Italy/three.jpg", "home/1987/tom.jpg"],
        ),
        ("with:Eve|Tom before:2000", &["home/1987/tom.jpg"]),
        ("faces:>=3", &["Italy/crowd.jpg", "Italy/three.jpg"]),
        ("faces:0", &["home/Ana's cake.jpg"]),
        ("is:unnamed", &["Italy/crowd.jpg", "home/stranger.jpg"]),
        ("is:unnamed is:named", &["Italy/crowd.jpg"]),
        ("with:Ana after:2015 before:2016", &["Italy/both.jpg"]),
        ("with:Ana on:2014-12", &["Italy/crowd.jpg"]),
        ("on:1987", &["home/1987/tom.jpg"]),
        ("folder:italy file:C", &["Italy/crowd.jpg"]),
        (
            "Ana",
            &[
                "Italy/both.jpg",
                "Italy/crowd.jpg",
                "Italy/three.jpg",
                "home/Ana's cake.jpg",
            ],
        ),
        ("is:missing", &[]),
    ] {
        assert_eq!(found(&index, text), expected, "{text}");
    }
    assert_eq!(found(&index, "").len(), PHOTOS.len());
}

#[test]
fn suggestions_count_unless_only_confirmed_faces_shall() {
    let mut test = TestLibrary::new();
    let (group, faces) = test.add_group(1, 2);
    let name = Command::NameFaces {
        faces: faces[..1].to_vec(),
        name: "Ana".into(),
    };
    execute(&mut test.library, name).unwrap();
    let ana = test.state(faces[0]).0.unwrap();
    if ana != group {
        let moved = [(faces[1], kinfolk::library::Assignment::Group(ana))];
        test.library.set_automatic_memberships(&moved).unwrap();
    }
    let count =
        |confirmed: bool| found(&Index::of(&test.library, confirmed).unwrap(), "with:Ana").len();
    assert_eq!((count(false), count(true)), (2, 1));
}

#[test]
fn a_name_that_nobody_has_is_told() {
    let test = library();
    let index = Index::of(&test.library, false).unwrap();
    let error = index.find(&parse("with:An").unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "nobody is called \"An\": did you mean \"Ana\"?"
    );
    let error = index.find(&parse("only:Ana,Zoe").unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "nobody is called \"Zoe\"");
}

#[test]
fn photos_that_are_away_are_not_found() {
    let mut test = library();
    let gone: BTreeSet<PhotoId> = test
        .library
        .photos()
        .unwrap()
        .iter()
        .map(|photo| photo.photo_id)
        .take(2)
        .collect();
    let gone: Vec<PhotoId> = gone.into_iter().collect();
    test.library.mark_vanished(&gone).unwrap();
    let index = Index::of(&test.library, false).unwrap();
    assert_eq!(index.photos.len(), PHOTOS.len() - 2);
}

/// The definition of each term, over what the library was made of.
fn holds(term: &Term, shown: &Shown) -> bool {
    let people: BTreeSet<&str> = shown
        .people
        .iter()
        .map(|&person| NAMES[person])
        .filter(|name| !name.is_empty())
        .collect();
    let unnamed = shown.people.iter().filter(|&&person| person == 0).count();
    let date = match (shown.taken, shown.path.contains("1987")) {
        (Some(taken), _) => Period::parse(&taken[..10]).unwrap(),
        (None, true) => Period::parse("1987").unwrap(),
        // The time of the files of test libraries.
        (None, false) => Period::parse("2023-11-14").unwrap(),
    };
    match term {
        Term::With(name) => people.contains(name.as_str()),
        Term::Without(name) => !people.contains(name.as_str()),
        Term::Only(names) => unnamed == 0 && people == names.iter().map(String::as_str).collect(),
        Term::Faces(Comparison::Equal, number) => shown.people.len() == *number as usize,
        Term::Faces(Comparison::AtLeast, number) => shown.people.len() >= *number as usize,
        Term::Faces(Comparison::AtMost, number) => shown.people.len() <= *number as usize,
        Term::Unnamed => unnamed > 0,
        Term::Named => !people.is_empty(),
        Term::After(asked) => date.first >= asked.first,
        Term::Before(asked) => date.last < asked.first,
        Term::On(asked) => asked.first <= date.first && date.last <= asked.last,
        Term::Folder(text) => shown
            .path
            .rsplit_once('/')
            .unwrap()
            .0
            .to_lowercase()
            .contains(&text.to_lowercase()),
        Term::File(text) => shown
            .path
            .rsplit_once('/')
            .unwrap()
            .1
            .to_lowercase()
            .contains(&text.to_lowercase()),
        Term::Missing => false,
        Term::Word(word) => {
            let texts = people.iter().copied().chain([shown.path]);
            texts
                .into_iter()
                .any(|text| text.to_lowercase().contains(&word.to_lowercase()))
        }
    }
}

fn any_term() -> impl Strategy<Value = Term> {
    let name = || prop::sample::select(&NAMES[1..]).prop_map(str::to_owned);
    let period = || {
        prop::sample::select(
            &[
                "1987",
                "2014",
                "2014-06",
                "2014-12-31",
                "2015-07",
                "2016",
                "2023",
            ][..],
        )
        .prop_map(|text| Period::parse(text).unwrap())
    };
    let text = || {
        prop::sample::select(&["ita", "home", "o", "ana", "1987", "x", "jpg"][..])
            .prop_map(str::to_owned)
    };
    let comparison =
        prop::sample::select(&[Comparison::Equal, Comparison::AtLeast, Comparison::AtMost][..]);
    prop_oneof![
        name().prop_map(Term::With),
        name().prop_map(Term::Without),
        prop::collection::vec(name(), 1..4).prop_map(Term::Only),
        (comparison, 0u32..6).prop_map(|(comparison, number)| Term::Faces(comparison, number)),
        Just(Term::Unnamed),
        Just(Term::Named),
        Just(Term::Missing),
        period().prop_map(Term::After),
        period().prop_map(Term::Before),
        period().prop_map(Term::On),
        text().prop_map(Term::Folder),
        text().prop_map(Term::File),
        text().prop_map(Term::Word),
    ]
}

#[test]
fn a_query_finds_what_a_plain_loop_finds() {
    let test = library();
    let index = Index::of(&test.library, false).unwrap();
    let clauses = prop::collection::vec(prop::collection::vec(any_term(), 1..4), 0..4);
    proptest!(|(clauses in clauses)| {
        let expected = PHOTOS.iter().filter(|shown| clauses.iter().all(|any_of| any_of.iter().any(|term| holds(term, shown))));
        let expected: BTreeSet<&str> = expected.map(|shown| shown.path).collect();
        let query = Query { clauses: clauses.into_iter().map(|any_of| kinfolk::search::Clause { any_of }).collect() };
        let found = index.find(&query).unwrap();
        prop_assert!(found.is_sorted());
        let found: BTreeSet<&str> = found.into_iter().map(|at| index.photos[at].path.as_str()).collect();
        prop_assert_eq!(found, expected);
    });
}
