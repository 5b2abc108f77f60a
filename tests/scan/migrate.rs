//! Migrating a library to another model: from the photos, resumed, undone by going back, and without touching decisions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use kinfolk::curate;
use kinfolk::library::{FaceId, Library, ScannedPhoto};
use kinfolk::photo::ContentHash;
use kinfolk::scan::{
    MigrateError, MigrateOptions, MigrationSummary, ScanControl, look_at_migration, migrate,
};
use kinfolk::vision::{DetectOptions, EMBEDDING_MODEL, Embedding, ModelName, VisionError};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::world::{World, astronaut, obama, options, portrait};
use crate::support::draw::Draw;
use crate::support::test_library::{dump, embedding_of, face_of};
use crate::support::{engine, variants};

/// A model of an earlier Kinfolk.
const FORMER: &str = "sface-2021dec";

fn best() -> ModelName {
    ModelName::new(EMBEDDING_MODEL)
}

fn former() -> ModelName {
    ModelName::new(FORMER)
}

/// The library as an earlier Kinfolk made it: with other vectors, of another model.
fn make_former(file: &Path) {
    let library = Connection::open(file).expect("open");
    let vector = embedding_of(7).to_bytes();
    library
        .execute(
            "UPDATE embedding SET model = ?1, vector = ?2, norm = NULL",
            (FORMER, vector),
        )
        .expect("vectors");
    library
        .execute(
            "UPDATE setting SET value = ?1 WHERE key = 'embedding_model'",
            [FORMER],
        )
        .expect("model");
}

/// Everything that a migration must leave as it is, row by row: faces with boxes and landmarks, groups, decisions, and the
/// commands of the history.
fn kept(file: &Path) -> Vec<String> {
    let library = Connection::open(file).expect("open");
    let queries = [
        "SELECT * FROM face_group",
        "SELECT * FROM membership",
        "SELECT * FROM face_mark",
        "SELECT * FROM rejection",
        "SELECT * FROM apart",
        "SELECT * FROM former_place",
        "SELECT * FROM photo",
        "SELECT * FROM face_thumbnail",
        "SELECT face_id, photo_id, x, y, width, height, score, landmarks, recognizable, origin FROM face",
        "SELECT * FROM journal WHERE is_note = 0",
    ];
    let mut rows = Vec::new();
    for sql in queries {
        let mut statement = library.prepare(sql).expect("a query");
        let columns = statement.column_count();
        let all = statement.query_map([], |row| {
            let values = (0..columns).map(|column| row.get::<_, Value>(column));
            Ok(format!(
                "{sql} {:?}",
                values.collect::<Result<Vec<_>, _>>()?
            ))
        });
        rows.extend(all.expect("rows").map(Result::unwrap));
    }
    assert!(!rows.is_empty());
    rows
}

fn vectors_of(file: &Path, model: &str) -> usize {
    let library = Connection::open(file).expect("open");
    let sql = "SELECT count(*) FROM embedding WHERE model = ?1";
    let count: u32 = library
        .query_row(sql, [model], |row| row.get(0))
        .expect("count");
    count as usize
}

fn migrate_to(world: &mut World, model: &ModelName, leave: bool) -> MigrationSummary {
    let options = MigrateOptions {
        scan: options(),
        leave,
    };
    let control = ScanControl::new();
    let summary = migrate(
        &mut world.library,
        engine(),
        model,
        &options,
        &control,
        &|_| {},
    );
    assert_eq!(
        world.library.check_invariants().expect("check"),
        Vec::<String>::new()
    );
    summary.expect("a migration")
}

/// Two people in two photos, one of them named, and the vectors of a former model.
fn former_world() -> (World, Vec<(FaceId, Embedding)>, PathBuf) {
    let mut world = World::new();
    world.write("a.jpg", &obama());
    world.write("b.jpg", &astronaut());
    world.scan();
    world.name("a.jpg", "Barack Obama");
    let today = world.library.embeddings().expect("read");
    let file = world.place.path().join("library.sqlite");
    make_former(&file);
    (world, today, file)
}

#[test]
fn known_faces_get_the_vectors_that_a_scan_would_give_them_and_keep_everything_else() {
    let (mut world, today, file) = former_world();
    let before = kept(&file);
    let of_former = world.library.embeddings().expect("read");
    assert_ne!(of_former, today);

    let summary = migrate_to(&mut world, &best(), false);

    assert_eq!((summary.photos, summary.faces), (2, 2));
    assert!(summary.switched && !summary.stopped);
    assert_eq!((summary.from, summary.left), (former(), vec![]));
    let now = world.library.embeddings().expect("read");
    assert_eq!(now.len(), today.len());
    for ((face, now), (same, then)) in now.iter().zip(&today) {
        assert_eq!(face, same);
        assert!(now.similarity(then) > 0.99999, "the same pixels were taken");
    }
    assert_eq!(kept(&file), before);
    let measures = world.library.face_measures().expect("read");
    assert!(
        measures
            .iter()
            .all(|(_, one)| one.norm.is_some_and(|norm| norm > 1.0) && one.sharpness.is_some())
    );
    let history = curate::history(&world.library).expect("read");
    assert!(history[0].is_note && history[0].message.contains(EMBEDDING_MODEL));
    let undone = curate::undo(&mut world.library)
        .expect("undo")
        .expect("one");
    assert_eq!(undone.message, "Named a face", "the note is passed over");
    assert!(curate::redo(&mut world.library).expect("redo").is_some());
    assert_eq!(kept(&file), before);
    assert_eq!(world.scan().unchanged, 2);
}

#[test]
fn going_back_takes_the_kept_vectors_and_no_photos() {
    let (mut world, _, file) = former_world();
    let before = kept(&file);
    let of_former = world.library.embeddings().expect("read");
    migrate_to(&mut world, &best(), false);
    let of_best = world.library.embeddings().expect("read");
    fs::remove_dir_all(world.photos()).expect("remove");

    let back = migrate_to(&mut world, &former(), false);
    assert_eq!((back.photos, back.faces, back.switched), (0, 0, true));
    assert_eq!(world.library.embeddings().expect("read"), of_former);
    assert_eq!(kept(&file), before);
    assert!(migrate_to(&mut world, &best(), false).switched);
    assert_eq!(world.library.embeddings().expect("read"), of_best);
    assert_eq!(kept(&file), before);
}

#[test]
fn photos_that_are_away_or_changed_keep_their_vectors_and_are_told() {
    let (mut world, today, file) = former_world();
    let before = kept(&file);
    world.rename("a.jpg", "../away.jpg");

    let summary = migrate_to(&mut world, &best(), false);
    assert!(!summary.switched && summary.leaves_too_many());
    assert_eq!((summary.faces, summary.left_faces), (1, 1));
    assert_eq!(
        summary.left[0].path,
        fs::canonicalize(world.photos()).unwrap().join("a.jpg")
    );
    assert_eq!(world.library.embedding_model().expect("read"), former());

    world.write("a.jpg", &variants::jpeg(&portrait("obama.jpg", 300)));
    let summary = migrate_to(&mut world, &best(), true);
    assert!(summary.switched);
    assert!(
        summary.left[0].reason.contains("changed"),
        "{:?}",
        summary.left
    );
    assert_eq!((summary.faces, summary.ready), (0, 1));
    assert_eq!(world.library.embedded_faces().expect("read"), 1);
    assert_eq!(vectors_of(&file, FORMER), 2);
    assert_eq!(kept(&file), before);

    world.rename("../away.jpg", "a.jpg");
    let summary = migrate_to(&mut world, &best(), false);
    assert_eq!((summary.faces, summary.left.len()), (1, 0));
    let now = world.library.embeddings().expect("read");
    assert_eq!(now.len(), today.len());
    assert_eq!(kept(&file), before);
}

#[test]
fn new_photos_are_embedded_by_the_library_s_model_or_not_at_all() {
    let (mut world, _, file) = former_world();
    world.write("c.jpg", &variants::jpeg(&portrait("astronaut.png", 300)));
    let photos = world.photos();
    let refused = kinfolk::scan::scan(
        &mut world.library,
        engine(),
        &[photos],
        &options(),
        &ScanControl::new(),
        &|_| {},
    );
    let error = refused.expect_err("this Kinfolk can't run the former model");
    assert!(error.to_string().contains("migrate"), "{error}");
    assert_eq!(vectors_of(&file, EMBEDDING_MODEL), 0);
    migrate_to(&mut world, &best(), false);
    assert_eq!(world.scan().photos_scanned, 1);
    assert_eq!(vectors_of(&file, EMBEDDING_MODEL), 3);

    // The way back needs a model that this Kinfolk cannot run, for the new face.
    let options = MigrateOptions::default();
    let control = ScanControl::new();
    let back = migrate(
        &mut world.library,
        engine(),
        &former(),
        &options,
        &control,
        &|_| {},
    );
    let unknown = matches!(
        back,
        Err(MigrateError::Vision(VisionError::UnknownModel { .. }))
    );
    assert!(unknown, "{back:?}");
    assert_eq!(world.library.embedding_model().expect("read"), best());
}

#[test]
fn a_dry_run_says_what_would_be_done_and_changes_nothing() {
    let (world, _, file) = former_world();
    world.remove("a.jpg");
    let before = dump(&file);
    let would = look_at_migration(&world.library, &best()).expect("a look");
    assert_eq!((would.photos, would.faces, would.left_faces), (1, 1, 1));
    assert!(!would.switched && would.left.len() == 1);
    assert_eq!(dump(&file), before);
}

/// Many photos of one person, whose faces are known without a search.
fn crowd_of_files(world: &mut World, photos: usize) -> PathBuf {
    let picture = portrait("obama.jpg", 200);
    let found = engine()
        .detect(&picture, &DetectOptions::default())
        .expect("detect");
    let root = fs::canonicalize(world.photos()).expect("folder");
    let root_id = world.library.add_root(&root).expect("root");
    let store = |number: usize| {
        let mut picture = picture.clone();
        picture.put_pixel(0, 0, image::Rgb([number as u8, (number / 256) as u8, 0]));
        let path = format!("{number:04}.png");
        picture.save(root.join(&path)).expect("a file");
        let bytes = fs::read(root.join(&path)).expect("a file");
        let mut face = face_of(7, 0);
        face.box_in_photo = found[0].box_in_photo;
        face.landmarks = found[0].landmarks;
        ScannedPhoto {
            file_size: bytes.len() as u64,
            content_hash: ContentHash(blake3::hash(&bytes).into()),
            size: kinfolk::geometry::Size {
                width: picture.width(),
                height: picture.height(),
            },
            faces: vec![face],
            ..crate::support::test_library::photo_of(root_id, &path, &[])
        }
    };
    let photos: Vec<ScannedPhoto> = (0..photos).map(store).collect();
    world.library.store_scanned(&photos).expect("store");
    curate::group_again(&mut world.library, &Default::default()).expect("group");
    world.name("0003.png", "Barack Obama");
    let file = world.place.path().join("library.sqlite");
    make_former(&file);
    file
}

#[test]
fn a_stopped_migration_changes_nothing_that_is_read_and_goes_on_later() {
    let mut world = World::new();
    let file = crowd_of_files(&mut world, 150);
    let before = kept(&file);
    let read = world.library.embeddings().expect("read");
    let mut draw = Draw(11);
    let mut embedded = 0;
    let mut stops = 0;
    loop {
        let after = 1 + draw.below(60) as u64;
        let control = ScanControl::new();
        let reports = AtomicU64::new(0);
        let on_progress = |progress: &kinfolk::scan::Progress| {
            reports.store(progress.photos_done, Ordering::Relaxed);
            if progress.photos_done >= after && stops < 3 {
                control.stop();
            }
        };
        let options = MigrateOptions {
            scan: options(),
            leave: false,
        };
        let summary = migrate(
            &mut world.library,
            engine(),
            &best(),
            &options,
            &control,
            &on_progress,
        )
        .expect("a migration");
        assert_eq!(kept(&file), before);
        assert_eq!(vectors_of(&file, FORMER), 150);
        embedded += summary.faces as usize;
        assert_eq!(vectors_of(&file, EMBEDDING_MODEL), embedded);
        if summary.switched {
            break;
        }
        assert!(summary.stopped);
        assert_eq!(world.library.embeddings().expect("read"), read);
        stops += 1;
    }
    assert!(stops > 0, "it was stopped at least once");
    assert_eq!(embedded, 150, "no face was embedded twice");
    assert_eq!(world.library.embedded_faces().expect("read"), 150);
}

#[test]
fn a_killed_migration_is_resumed_and_loses_no_decision() {
    let mut world = World::new();
    let file = crowd_of_files(&mut world, 200);
    let before = kept(&file);
    drop(world.library);
    let run = || {
        Command::new(env!("CARGO_BIN_EXE_kinfolk"))
            .args(["migrate", "--threads", "1", "--library"])
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("kinfolk starts")
    };
    let mut draw = Draw(5);
    let mut embedded = 0;
    let mut kills = 0;
    while embedded < 200 && kills < 20 {
        let mut migrating = run();
        // At some moment after the next round was stored, or at once.
        let wanted = embedded + draw.below(2);
        while vectors_of(&file, EMBEDDING_MODEL) < wanted
            && migrating.try_wait().expect("its state").is_none()
        {
            thread::sleep(Duration::from_millis(2));
        }
        thread::sleep(Duration::from_millis(draw.below(400) as u64));
        migrating.kill().ok();
        migrating.wait().expect("end");
        kills += 1;
        let library = Library::open(&file).expect("the library opens");
        assert_eq!(
            library.check_invariants().expect("check"),
            Vec::<String>::new()
        );
        let now = vectors_of(&file, EMBEDDING_MODEL);
        assert!(now >= embedded, "what was stored stays");
        embedded = now;
        assert_eq!(vectors_of(&file, FORMER), 200);
        assert_eq!(
            library.embedded_faces().expect("read"),
            200,
            "all of one model"
        );
        if library.embedding_model().expect("read") == former() {
            assert_eq!(kept(&file), before);
        } else {
            break;
        }
    }
    assert!(run().wait().expect("end").success());
    let library = Library::open(&file).expect("the library opens");
    assert_eq!(library.embedding_model().expect("read"), best());
    assert_eq!(vectors_of(&file, EMBEDDING_MODEL), 200);
    // The faces are grouped again by the end of it; what a person decided is as it was.
    let people = library.people().expect("read");
    assert_eq!(people.len(), 1);
    let named = |rows: &[String]| -> Vec<String> {
        let decided = |row: &&String| {
            row.contains("confirmed") || row.contains("Barack") || row.contains("FROM face ")
        };
        rows.iter().filter(decided).cloned().collect()
    };
    assert_eq!(named(&kept(&file)), named(&before));
}
