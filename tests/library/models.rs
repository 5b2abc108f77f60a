//! The model of a library's embeddings: one is read, others are kept, and none is mixed with another.

use std::path::Path;

use kinfolk::library::{FaceId, Library, PhotoId, ScannedPhoto};
use kinfolk::photo::ContentHash;
use kinfolk::vision::{Centred, EMBEDDING_MODEL, Embedding, ModelName, USUAL_NORM};
use rusqlite::Connection;

use crate::support::test_library::{TestLibrary, embedding_of, photo_of};

const SCHEMA_3: [&str; 3] = [
    include_str!("../../src/library/schema/001_initial.sql"),
    include_str!("../../src/library/schema/002_former_places.sql"),
    include_str!("../../src/library/schema/003_changed_times.sql"),
];

/// A library as the last version with one vector for each face left it, with these vectors.
fn library_of_schema_3(file: &Path, vectors: &[(&str, Embedding)]) {
    let library = Connection::open(file).unwrap();
    for sql in SCHEMA_3 {
        library.execute_batch(sql).unwrap();
    }
    library
        .execute_batch(
            "PRAGMA application_id = 0x4b696e66; PRAGMA user_version = 3;
             INSERT INTO root (path) VALUES ('/photos');
             INSERT INTO photo (root_id, path, file_size, modified_ns, content_hash, width, height, orientation)
                VALUES (1, 'a.jpg', 1, 1, zeroblob(32), 100, 100, 1);",
        )
        .unwrap();
    for (model, vector) in vectors {
        library
            .execute_batch(
                "INSERT INTO face (photo_id, x, y, width, height, score, quality, recognizable)
                 VALUES (1, 1, 1, 9, 9, .9, .5, 1)",
            )
            .unwrap();
        let face_id = library.last_insert_rowid();
        library
            .execute(
                "INSERT INTO embedding (face_id, model, vector) VALUES (?1, ?2, ?3)",
                (face_id, model, vector.to_bytes()),
            )
            .unwrap();
    }
}

/// Makes this the library's model, as if it had been migrated.
fn set_model(test: &TestLibrary, model: &str) {
    Connection::open(test.path())
        .unwrap()
        .execute(
            "INSERT OR REPLACE INTO setting (key, value) VALUES ('embedding_model', ?1)",
            [model],
        )
        .unwrap();
}

fn store(test: &mut TestLibrary, photo: ScannedPhoto) -> (PhotoId, Vec<FaceId>) {
    let photo_id = test.library.store_scanned(&[photo]).unwrap()[0];
    let faces = test.library.faces_of_photo(photo_id).unwrap();
    (photo_id, faces.iter().map(|face| face.face_id).collect())
}

/// Every stored vector as face, model and person.
fn stored(test: &TestLibrary) -> Vec<(i64, String)> {
    let library = Connection::open(test.path()).unwrap();
    let mut statement = library
        .prepare("SELECT face_id, model FROM embedding ORDER BY face_id, model")
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn an_earlier_library_keeps_its_vectors_and_its_model() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("library.sqlite");
    let (own, earlier) = (embedding_of(1), embedding_of(2));
    library_of_schema_3(
        &file,
        &[("sface-2021dec-refined", own), ("sface-2021dec", earlier)],
    );
    let library = Library::open(&file).unwrap();
    assert_eq!(
        library.embedding_model().unwrap(),
        ModelName::new("sface-2021dec-refined")
    );
    assert_eq!(library.embeddings().unwrap(), [(FaceId(1), own)]);
    assert_eq!(
        library.photos_with_outdated_embeddings().unwrap(),
        [PhotoId(1)]
    );
    assert_eq!(library.check_invariants().unwrap(), Vec::<String>::new());
    drop(library);
    let kept: i64 = Connection::open(&file)
        .unwrap()
        .query_row("SELECT count(*) FROM embedding", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 2);
}

#[test]
fn an_earlier_library_without_comparable_vectors_gets_the_model_of_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    for (name, vectors) in [
        ("empty.sqlite", vec![]),
        ("older.sqlite", vec![("sface-2021dec", embedding_of(1))]),
    ] {
        let file = folder.path().join(name);
        library_of_schema_3(&file, &vectors);
        let library = Library::open(&file).unwrap();
        assert_eq!(library.embedding_model().unwrap(), ModelName::default());
    }
}

#[test]
fn the_first_vectors_decide_on_the_model() {
    let mut test = TestLibrary::new();
    let mut photo = photo_of(test.root_id, "nobody.jpg", &[]);
    photo.model = ModelName::new("first");
    store(&mut test, photo);
    assert_eq!(
        test.library.embedding_model().unwrap(),
        ModelName::new(EMBEDDING_MODEL),
        "a photo without faces decides nothing"
    );
    for (model, path) in [("first", "a.jpg"), ("second", "b.jpg")] {
        let mut photo = photo_of(test.root_id, path, &[1]);
        photo.model = ModelName::new(model);
        store(&mut test, photo);
        let current = test.library.embedding_model().unwrap();
        assert_eq!(current, ModelName::new("first"));
    }
    assert_eq!(
        test.reopened().library.embedding_model().unwrap(),
        ModelName::new("first")
    );
}

#[test]
fn only_vectors_of_the_current_model_are_read() {
    let mut test = TestLibrary::new();
    let (own_photo, own) = test.add_photo("own.jpg", &[1]);
    let mut other = photo_of(test.root_id, "other.jpg", &[1, 2]);
    other.model = ModelName::new("another");
    let (other_photo, others) = store(&mut test, other);
    let group = test.group(&[own[0], others[0], others[1]]);
    let read = |test: &TestLibrary| {
        let library = &test.library;
        let embeddings = library.embeddings().unwrap();
        let centred = embeddings.iter();
        let centred = centred.map(|(face, embedding)| (*face, embedding.centred()));
        let centred: Vec<(FaceId, Centred)> = centred.collect();
        assert_eq!(library.centred_of_group(group).unwrap(), centred);
        let faces = own.iter().chain(&others);
        let single = faces.filter_map(|face| Some((*face, library.centred(*face).unwrap()?)));
        assert_eq!(single.collect::<Vec<_>>(), centred);
        assert_eq!(embeddings.len(), library.embedded_faces().unwrap() as usize);
        (
            embeddings,
            library.photos_with_outdated_embeddings().unwrap(),
        )
    };
    assert_eq!(
        read(&test),
        (vec![(own[0], embedding_of(1))], vec![other_photo])
    );
    set_model(&test, "another");
    let of_others = vec![(others[0], embedding_of(1)), (others[1], embedding_of(2))];
    assert_eq!(read(&test), (of_others, vec![own_photo]));
    set_model(&test, "a third");
    assert_eq!(read(&test), (vec![], vec![own_photo, other_photo]));
}

#[test]
fn a_face_keeps_the_vectors_of_other_models_while_its_file_is_the_same() {
    let mut test = TestLibrary::new();
    let (_, faces) = test.add_photo("a.jpg", &[1]);
    let mut again = photo_of(test.root_id, "a.jpg", &[1]);
    again.model = ModelName::new("another");
    assert_eq!(store(&mut test, again.clone()).1, faces);
    let both = [
        (faces[0].0, "another".to_owned()),
        (faces[0].0, EMBEDDING_MODEL.to_owned()),
    ];
    assert_eq!(stored(&test), both);
    assert_eq!(test.library.photos_with_outdated_embeddings().unwrap(), []);
    let mut edited = again;
    edited.content_hash = ContentHash([9; 32]);
    assert_eq!(store(&mut test, edited).1, faces);
    assert_eq!(stored(&test), [(faces[0].0, "another".to_owned())]);
}

/// The norms of a brought network are on another scale.
#[test]
fn only_the_norms_of_built_in_models_are_read() {
    let mut test = TestLibrary::new();
    for (path, model) in [("a.jpg", EMBEDDING_MODEL), ("b.jpg", "another")] {
        let mut photo = photo_of(test.root_id, path, &[1]);
        photo.model = ModelName::new(model);
        photo.faces[0].measures.norm = Some(7.5);
        store(&mut test, photo);
    }
    let norm = |test: &TestLibrary, face: i64| {
        let centred = test.library.centred(FaceId(face)).unwrap().unwrap();
        let mut of_all = None;
        test.library
            .each_centred(|face_id, centred| {
                assert_eq!(face_id, FaceId(face));
                of_all = Some(centred);
            })
            .unwrap();
        assert_eq!(of_all, Some(centred));
        centred.norm()
    };
    assert_eq!(norm(&test, 1), 7.5);
    set_model(&test, "another");
    assert_eq!(norm(&test, 2), USUAL_NORM);
}
