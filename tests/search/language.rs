//! From typed text to a query and back.

use kinfolk::search::{Clause, Comparison, Period, Query, Term, parse};
use proptest::prelude::*;

fn one(text: &str) -> Term {
    let query = parse(text).unwrap();
    assert_eq!(
        (query.clauses.len(), query.clauses[0].any_of.len()),
        (1, 1),
        "{text}"
    );
    query.clauses[0].any_of[0].clone()
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

#[test]
fn each_field_is_read() {
    for (text, expected) in [
        ("with:Ana", Term::With("Ana".into())),
        ("WITH:Ana", Term::With("Ana".into())),
        ("with:\"Ana Maria\"", Term::With("Ana Maria".into())),
        ("with:\"Maria (2)\"", Term::With("Maria (2)".into())),
        ("with:\"a\\\"b\\\\c\"", Term::With("a\"b\\c".into())),
        ("with:王芳", Term::With("王芳".into())),
        ("without:Eve", Term::Without("Eve".into())),
        (
            "only:Ana,\"Tom, Jr\"",
            Term::Only(vec!["Ana".into(), "Tom, Jr".into()]),
        ),
        ("faces:2", Term::Faces(Comparison::Equal, 2)),
        ("faces:>=3", Term::Faces(Comparison::AtLeast, 3)),
        ("faces:3+", Term::Faces(Comparison::AtLeast, 3)),
        ("faces:<=1", Term::Faces(Comparison::AtMost, 1)),
        ("is:unnamed", Term::Unnamed),
        ("is:Named", Term::Named),
        ("is:missing", Term::Missing),
        ("after:2015", Term::After(period("2015"))),
        ("before:2015-06", Term::Before(period("2015-06"))),
        ("on:2014-06-01", Term::On(period("2014-06-01"))),
        ("folder:\"Summer 1987\"", Term::Folder("Summer 1987".into())),
        ("file:a:b", Term::File("a:b".into())),
        ("Ana", Term::Word("Ana".into())),
        ("\"with:Ana\"", Term::Word("with:Ana".into())),
        ("\"or\"", Term::Word("or".into())),
    ] {
        assert_eq!(one(text), expected, "{text}");
    }
}

#[test]
fn conditions_are_joined() {
    let with = |name: &str| Term::With(name.into());
    let clause = |any_of: &[Term]| Clause {
        any_of: any_of.to_vec(),
    };
    let query = parse("  with:Ana   without:Eve ").unwrap();
    assert_eq!(
        query.clauses,
        [
            clause(&[with("Ana")]),
            clause(&[Term::Without("Eve".into())])
        ]
    );
    for text in ["with:Ana|Tom is:named", "with:Ana or with:Tom is:named"] {
        let query = parse(text).unwrap();
        assert_eq!(
            query.clauses,
            [clause(&[with("Ana"), with("Tom")]), clause(&[Term::Named])]
        );
    }
    assert_eq!(parse(" ").unwrap(), Query::default());
}

#[test]
fn an_error_names_the_word_and_what_to_write() {
    for (text, word, remedy) in [
        ("after:soon", "after:soon", "2014-06-01"),
        ("on:2014-13", "on:2014-13", "2014-06"),
        ("on:2015-02-29", "on:2015-02-29", "2014-06-01"),
        ("faces:many", "faces:many", "faces:2"),
        ("faces:99999999999", "faces:99999999999", "a number"),
        ("is:nice", "is:nice", "is:unnamed"),
        ("with:", "with:", "behind the colon"),
        ("only:Ana,,Tom", "only:Ana,,Tom", "commas"),
        ("who:Ana", "who:Ana", "with, without"),
        ("or with:Ana", "or", "between"),
        ("with:Ana or", "or", "another condition"),
        ("with:Ana or or with:Tom", "or", "between"),
        ("with:\"Ana", "\"", "close"),
        ("\"\"", "\"\"", "a word"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.word, word, "{text}");
        assert!(error.to_string().contains(remedy), "{text}: {error}");
    }
    assert!(parse(&"a".repeat(5000)).is_err());
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z]{1,8}",
        "\\PC{1,12}",
        Just("or".to_owned()),
        Just("王芳".to_owned())
    ]
    .prop_filter("a value is no blank", |text| !text.trim().is_empty())
}

fn any_period() -> impl Strategy<Value = Period> {
    prop_oneof![
        (1000i32..=9999).prop_map(|year| format!("{year}")),
        (1000i32..=9999, 1u32..=12).prop_map(|(year, month)| format!("{year}-{month:02}")),
        (1000i32..=9999, 1u32..=12, 1u32..=28)
            .prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}")),
    ]
    .prop_map(|text| period(&text))
}

fn term() -> impl Strategy<Value = Term> {
    let comparison = prop_oneof![
        Just(Comparison::Equal),
        Just(Comparison::AtLeast),
        Just(Comparison::AtMost)
    ];
    prop_oneof![
        text().prop_map(Term::With),
        text().prop_map(Term::Without),
        prop::collection::vec(text(), 1..4).prop_map(Term::Only),
        (comparison, any::<u32>()).prop_map(|(comparison, number)| Term::Faces(comparison, number)),
        Just(Term::Unnamed),
        Just(Term::Named),
        Just(Term::Missing),
        any_period().prop_map(Term::After),
        any_period().prop_map(Term::Before),
        any_period().prop_map(Term::On),
        text().prop_map(Term::Folder),
        text().prop_map(Term::File),
        text().prop_map(Term::Word),
    ]
}

proptest! {
    /// What is printed is read as the same query.
    #[test]
    fn a_printed_query_is_read_back(clauses in prop::collection::vec(prop::collection::vec(term(), 1..4), 0..5)) {
        let query = Query { clauses: clauses.into_iter().map(|any_of| Clause { any_of }).collect() };
        prop_assert_eq!(parse(&query.to_string()).unwrap(), query);
    }

    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,80}") {
        let _ = parse(&text);
    }
}
