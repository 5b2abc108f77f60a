//! The table of faces: columns, cells, and files that are not replaced.

use std::fs;

use kinfolk::curate::{self, Command};
use kinfolk::export::{
    self, ExportError, FaceTable, MEASURE_COLUMNS, TableFormat, TableOptions, escaped_cell,
    unescaped_cell,
};
use kinfolk::library::Library;
use kinfolk::vision::{FaceMeasures, MeshMeasures};
use proptest::prelude::*;

use crate::support::home::{Home, write};
use crate::support::test_library::photo_of;

fn csv_rows(library: &Library) -> Vec<Vec<String>> {
    let mut text = Vec::new();
    export::table(library, FaceTable::Present, TableFormat::Csv, &mut text).unwrap();
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_slice())
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn a_face_that_its_photo_no_longer_shows_has_no_box() {
    let mut home = Home::new();
    let face = home.photo("a.jpg", &[0])[0];
    let maria = home.name("Maria", &[face]);
    home.store("a.jpg", b"another picture", &[]);
    let table_as = |format| {
        let mut text = Vec::new();
        export::table(&home.library, FaceTable::NotFound, format, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    };
    let root = home.photos().to_string_lossy().into_owned();
    let csv = table_as(TableFormat::Csv);
    let row = format!("{root},a.jpg,,,,,0.9,{face},{maria},Maria,confirmed,not-found");
    assert_eq!(csv.lines().nth(1), Some(row.as_str()));
    let json: serde_json::Value = serde_json::from_str(&table_as(TableFormat::Json)).unwrap();
    assert_eq!(json[0]["presence"], "not-found");
    for column in ["x", "y", "width", "height"] {
        assert_eq!(json[0][column], serde_json::Value::Null, "{column}");
    }
}

#[test]
fn one_row_for_each_face_in_the_order_of_paths() {
    let mut home = Home::new();
    let second = home.photo("b.jpg", &[0, 1]);
    let first = home.photo("a/x.jpg", &[0]);
    let maria = home.name("Maria", &[first[0], second[0]]);

    let rows = csv_rows(&home.library);

    let root = home.photos().to_string_lossy().into_owned();
    let header = "root,path,x,y,width,height,score,face,cluster,person,state";
    assert_eq!(rows[0].join(","), header);
    let expected = [
        format!(
            "{root},a/x.jpg,170,110,60,80,0.9,{},{maria},Maria,confirmed",
            first[0]
        ),
        format!(
            "{root},b.jpg,170,110,60,80,0.9,{},{maria},Maria,confirmed",
            second[0]
        ),
        format!("{root},b.jpg,240,110,60,80,0.9,{},,,ungrouped", second[1]),
    ];
    assert_eq!(rows.len(), 4);
    for (row, expected) in rows[1..].iter().zip(expected) {
        assert_eq!(row.join(","), expected);
    }
}

#[test]
fn json_has_the_same_rows_under_the_same_keys() {
    let mut home = Home::new();
    let faces = home.photo("a.jpg", &[0, 1]);
    let maria = home.name("Maria", &faces[..1]);
    let mut text = Vec::new();
    export::table(
        &home.library,
        FaceTable::Present,
        TableFormat::Json,
        &mut text,
    )
    .unwrap();
    let rows: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(&text).unwrap();
    assert_eq!(rows.len(), 2);
    for column in export::FACE_COLUMNS {
        assert!(rows[0].contains_key(column), "{column}");
    }
    assert_eq!(rows[0].len(), export::FACE_COLUMNS.len());
    assert_eq!(rows[0]["cluster"], maria.0);
    assert_eq!(rows[0]["person"], "Maria");
    assert_eq!(rows[1]["cluster"], serde_json::Value::Null);
    assert_eq!(rows[1]["person"], serde_json::Value::Null);
}

#[test]
fn a_group_of_one_without_a_name_is_a_face_on_its_own() {
    let mut home = Home::new();
    let faces = home.photo("a.jpg", &[0, 1, 2]);
    home.group(&faces[..1]);
    let pair = home.group(&faces[1..]);
    let clusters: Vec<String> = csv_rows(&home.library)[1..]
        .iter()
        .map(|row| row[8].clone())
        .collect();
    assert_eq!(
        clusters,
        [String::new(), pair.to_string(), pair.to_string()]
    );
}

#[test]
fn marked_faces_have_a_state_and_no_cluster() {
    let mut home = Home::new();
    let faces = home.photo("a.jpg", &[0, 1]);
    home.name("Maria", &faces);
    for (face, command) in [
        (
            faces[0],
            Command::Ignore {
                faces: vec![faces[0]],
            },
        ),
        (
            faces[1],
            Command::NotAFace {
                faces: vec![faces[1]],
            },
        ),
    ] {
        curate::execute(&mut home.library, command).unwrap();
        assert!(home.library.face(face).unwrap().is_some());
    }
    let rows = csv_rows(&home.library);
    let marks: Vec<String> = rows[1..].iter().map(|row| row[8..].join(",")).collect();
    assert_eq!(marks, [",,ignored", ",,not-a-face"]);
}

#[test]
fn a_name_that_is_a_formula_is_disarmed_in_csv_and_kept_in_json() {
    let mut home = Home::new();
    let face = home.photo("-rf.jpg", &[0]);
    home.name("=1+1", &face);
    let rows = csv_rows(&home.library);
    assert_eq!(
        (rows[1][1].as_str(), rows[1][9].as_str()),
        ("'-rf.jpg", "'=1+1")
    );
    let mut text = Vec::new();
    export::table(
        &home.library,
        FaceTable::Present,
        TableFormat::Json,
        &mut text,
    )
    .unwrap();
    assert!(
        String::from_utf8(text)
            .unwrap()
            .contains(r#""person":"=1+1""#)
    );
}

#[test]
fn an_own_table_is_replaced_and_a_foreign_file_only_by_force() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    for (file, format) in [("t.csv", TableFormat::Csv), ("t.json", TableFormat::Json)] {
        let path = home.path().join(file);
        export::table_file(&home.library, FaceTable::Present, format, &path, false).unwrap();
        let first = fs::read(&path).unwrap();
        home.photo(&format!("{file}.jpg"), &[0]);
        export::table_file(&home.library, FaceTable::Present, format, &path, false).unwrap();
        assert!(fs::read(&path).unwrap().len() > first.len());

        write(&path, b"my diary");
        let refused = export::table_file(&home.library, FaceTable::Present, format, &path, false);
        assert!(matches!(refused, Err(ExportError::ForeignFile { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"my diary");
        export::table_file(&home.library, FaceTable::Present, format, &path, true).unwrap();
        assert_ne!(fs::read(&path).unwrap(), b"my diary");
    }
}

proptest! {
    #[test]
    fn escaped_cells_are_no_formulas_and_come_back(text in "['=+@\\-\t\rab]{0,6}") {
        let cell = escaped_cell(&text);
        prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
        prop_assert_eq!(unescaped_cell(&cell), text.as_str());
    }
}

/// Tries with and without force; the file must be unchanged.
fn never_replaced(library: &Library, path: &std::path::Path) -> ExportError {
    let before = fs::read(path).ok();
    let mut last = None;
    for force in [false, true] {
        let refused =
            export::table_file(library, FaceTable::Present, TableFormat::Csv, path, force);
        assert!(refused.is_err(), "{path:?}, force {force}");
        last = refused.err();
        assert_eq!(fs::read(path).ok(), before, "{path:?}");
    }
    last.unwrap()
}

#[test]
fn the_library_is_never_replaced_under_any_name() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    let library = home.path().join("library.sqlite");
    let mut names = vec![library.clone(), home.path().join("LIBRARY.sqlite")];
    for suffix in ["-wal", "-shm", "-journal", ".lock"] {
        names.push(home.path().join(format!("library.sqlite{suffix}")));
    }
    names.push(home.photos().join("../library.sqlite"));
    #[cfg(unix)]
    {
        let link = home.path().join("link.csv");
        std::os::unix::fs::symlink(&library, &link).unwrap();
        names.push(link);
        let folder = home.path().join("folder");
        std::os::unix::fs::symlink(home.path(), &folder).unwrap();
        names.push(folder.join("library.sqlite-wal"));
    }
    let hard = home.path().join("hard.csv");
    fs::hard_link(&library, &hard).unwrap();
    names.push(hard);
    for name in names {
        let error = never_replaced(&home.library, &name);
        assert!(
            matches!(error, ExportError::LibraryFile { .. }),
            "{name:?}: {error}"
        );
    }
    assert_eq!(home.library.all_faces().unwrap().len(), 1);
}

#[test]
fn photos_are_never_replaced() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    let photo = home.photos().join("a.jpg");
    // A photo of this library, a vanished one, and a different spelling of its path.
    let away = home.photos().join("A.JPG");
    // A photo that the library does not know.
    let other = home.path().join("other.csv");
    write(&other, &[0xff, 0xd8, 0xff, 0xe0, 0, 0]);
    let heic = home.path().join("heic.csv");
    write(&heic, b"\0\0\0\x18ftypheic\0\0\0\0");
    for path in [photo, away, other, heic] {
        let error = never_replaced(&home.library, &path);
        assert!(
            matches!(error, ExportError::PhotoFile { .. }),
            "{path:?}: {error}"
        );
    }
}

#[test]
fn force_replaces_text_and_nothing_else() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    let film = home.path().join("film.csv");
    write(&film, b"\0\0\0\x18ftypmp42\0\0\0\0");
    let archive = home.path().join("archive.csv");
    write(&archive, b"PK\x03\x04");
    for path in [film, archive] {
        let error = never_replaced(&home.library, &path);
        assert!(matches!(error, ExportError::NotText { .. }), "{error}");
    }
    let latin = home.path().join("latin.csv");
    write(&latin, b"nom;pr\xe9nom\r\n");
    export::table_file(
        &home.library,
        FaceTable::Present,
        TableFormat::Csv,
        &latin,
        true,
    )
    .unwrap();
    assert!(fs::read(&latin).unwrap().starts_with(b"root,path"));
}

#[test]
fn measures_are_further_columns_and_best_shots_come_first_when_asked() {
    let mut home = Home::new();
    let root_id = home.library.add_root(&home.photos()).unwrap();
    let mesh = MeshMeasures {
        face_flag: 0.98,
        yaw: -0.5,
        pitch: 0.1,
        roll: 0.0,
        eyes_open: 0.31,
        smile: 0.2,
    };
    let measured = FaceMeasures {
        side: Some(60.0),
        sharpness: Some(123.5),
        norm: Some(11.0),
        mesh: Some(mesh),
        is_negative: false,
    };
    for (path, quality, measures) in [
        ("a.jpg", 0.25, FaceMeasures::default()),
        ("b.jpg", 0.75, measured),
    ] {
        let mut photo = photo_of(root_id, path, &[1]);
        photo.faces[0].quality = quality;
        photo.faces[0].measures = measures;
        home.library.store_scanned(&[photo]).unwrap();
    }
    let written = |options: TableOptions, format| {
        let mut text = Vec::new();
        export::table(&home.library, options, format, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    };
    let best = TableOptions {
        measures: true,
        best_first: true,
        ..FaceTable::Present.into()
    };
    let csv = written(best, TableFormat::Csv);
    let lines: Vec<&str> = csv.lines().collect();
    let columns = MEASURE_COLUMNS.join(",");
    assert!(
        lines[0].ends_with(&format!("person,state,{columns}")),
        "{csv}"
    );
    assert!(
        lines[1].contains("b.jpg") && lines[2].contains("a.jpg"),
        "{csv}"
    );
    let numbers = ",0.75,60,123.5,11,0.98,-28.6,5.7,0,0.31,0.2";
    assert!(lines[1].ends_with(numbers), "{csv}");
    assert!(lines[2].ends_with(",0.25,,,,,,,,,"), "{csv}");
    let json = written(best, TableFormat::Json);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(rows[0]["yaw"], -28.6);
    assert_eq!(rows[1]["yaw"], serde_json::Value::Null);

    let with_away = TableOptions {
        which: FaceTable::WithAway,
        measures: true,
        best_first: false,
    };
    let csv = written(with_away, TableFormat::Csv);
    assert!(
        csv.lines()
            .next()
            .unwrap()
            .ends_with(&format!("state,presence,{columns}"))
    );
    // A table with measures is still a table of faces, which another one may replace.
    let file = home.photos().join("../faces.csv");
    for options in [best, FaceTable::Present.into()] {
        export::table_file(&home.library, options, TableFormat::Csv, &file, false).unwrap();
    }
}
