//! Albums: copies and links, repeated exports, name clashes, foreign files, hostile names, stopping.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use kinfolk::export::{self, AlbumOptions, AlbumSummary, CopyMode, ExportError, MANIFEST_FILE};
use kinfolk::library::{GroupId, Library};

use crate::support::home::{Home, write};

fn export_to(library: &Library, people: &[GroupId], destination: &Path) -> AlbumSummary {
    export_as(library, people, destination, AlbumOptions::default()).unwrap()
}

fn export_as(
    library: &Library,
    people: &[GroupId],
    destination: &Path,
    options: AlbumOptions,
) -> Result<AlbumSummary, ExportError> {
    let go_on = &mut |_: &_| ControlFlow::Continue(());
    export::albums(library, people, destination, &options, go_on)
}

/// The content of every file below `folder`, except the manifest, by relative path.
fn files_in(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| !entry.file_type().is_dir() && entry.file_name() != MANIFEST_FILE)
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap();
            let path = path.to_string_lossy().replace('\\', "/");
            (path, fs::read(entry.path()).unwrap())
        })
        .collect()
}

fn names_in(folder: &Path) -> Vec<String> {
    files_in(folder).into_keys().collect()
}

#[test]
fn each_person_gets_a_folder_with_copies_of_their_photos() {
    let mut home = Home::new();
    let both = home.photo("2020/beach.jpg", &[0, 1]);
    let alone = home.photo("2021/portrait.jpg", &[0]);
    let maria = home.name("Maria", &[both[0], alone[0]]);
    let tom = home.name("Tom", &[both[1]]);
    let albums = home.path().join("albums");

    let summary = export_to(&home.library, &[maria, tom], &albums);

    let files = files_in(&albums);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["Maria/beach.jpg", "Maria/portrait.jpg", "Tom/beach.jpg"]
    );
    assert_eq!(files["Tom/beach.jpg"], b"2020/beach.jpg");
    assert_eq!((summary.written(), summary.already_there()), (3, 0));
    let original = fs::metadata(home.photos().join("2020/beach.jpg")).unwrap();
    let copy = fs::metadata(albums.join("Tom/beach.jpg")).unwrap();
    assert_eq!(original.modified().unwrap(), copy.modified().unwrap());
}

#[test]
fn running_again_adds_only_what_is_new() {
    let mut home = Home::new();
    let first = home.photo("one.jpg", &[0]);
    let maria = home.name("Maria", &first);
    let albums = home.path().join("albums");
    export_to(&home.library, &[maria], &albums);
    let written = fs::metadata(albums.join("Maria/one.jpg"))
        .unwrap()
        .created()
        .ok();

    let second = home.photo("two.jpg", &[0]);
    home.name("Maria", &second);
    let summary = export_to(&home.library, &[maria], &albums);

    assert_eq!((summary.written(), summary.already_there()), (1, 1));
    assert_eq!(names_in(&albums), ["Maria/one.jpg", "Maria/two.jpg"]);
    let now = fs::metadata(albums.join("Maria/one.jpg"))
        .unwrap()
        .created()
        .ok();
    assert_eq!(written, now);
    assert_eq!(export_to(&home.library, &[maria], &albums).written(), 0);
}

#[test]
fn files_written_before_a_kill_are_recognized_without_the_record() {
    let mut home = Home::new();
    let face = home.photo("one.jpg", &[0]);
    let maria = home.name("Maria", &face);
    let albums = home.path().join("albums");
    export_to(&home.library, &[maria], &albums);
    let manifest = albums.join(MANIFEST_FILE);
    let record = fs::read_to_string(&manifest).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&record).unwrap();
    json["albums"][0]["files"] = serde_json::json!({});
    write(&manifest, json.to_string().as_bytes());

    let summary = export_to(&home.library, &[maria], &albums);

    assert_eq!((summary.written(), summary.already_there()), (0, 1));
    assert_eq!(names_in(&albums), ["Maria/one.jpg"]);
}

#[test]
fn a_deleted_copy_is_written_again_and_a_foreign_file_is_left_alone() {
    let mut home = Home::new();
    let face = home.photo("one.jpg", &[0]);
    let maria = home.name("Maria", &face);
    let albums = home.path().join("albums");
    export_to(&home.library, &[maria], &albums);
    fs::remove_file(albums.join("Maria/one.jpg")).unwrap();
    write(&albums.join("Maria/ONE.jpg"), b"somebody else's");

    export_to(&home.library, &[maria], &albums);

    let files = files_in(&albums);
    assert_eq!(files["Maria/ONE.jpg"], b"somebody else's");
    assert_eq!(files["Maria/one (2).jpg"], b"one.jpg");
    assert_eq!(files.len(), 2);
}

#[test]
fn photos_of_one_name_get_numbers_and_copies_of_one_photo_do_not() {
    let mut home = Home::new();
    let mut faces = home.photo("2020/IMG_1.jpg", &[0]);
    faces.extend(home.photo("2021/IMG_1.jpg", &[0]));
    faces.extend(home.photo("2022/img_1.JPG", &[0]));
    faces.extend(home.photo_of_content("backup/IMG_1.jpg", b"2020/IMG_1.jpg", &[0]));
    let maria = home.name("Maria", &faces);
    let albums = home.path().join("albums");

    export_to(&home.library, &[maria], &albums);
    let first = files_in(&albums);
    export_to(&home.library, &[maria], &albums);

    assert_eq!(first["Maria/IMG_1.jpg"], b"2020/IMG_1.jpg");
    assert_eq!(first["Maria/IMG_1 (2).jpg"], b"2021/IMG_1.jpg");
    assert_eq!(first["Maria/img_1 (3).JPG"], b"2022/img_1.JPG");
    assert_eq!(first.len(), 3);
    assert_eq!(files_in(&albums), first);
}

#[test]
fn people_whose_folders_would_be_one_keep_theirs_whoever_is_exported_first() {
    let mut home = Home::new();
    let slash = home.photo("a.jpg", &[0]);
    let colon = home.photo("b.jpg", &[1]);
    let slash = home.name("A/B", &slash);
    let colon = home.name("A:B", &colon);
    let albums = home.path().join("albums");

    export_to(&home.library, &[colon], &albums);
    export_to(&home.library, &[slash, colon], &albums);

    let files = files_in(&albums);
    assert_eq!(files["A_B/b.jpg"], b"b.jpg");
    assert_eq!(files["A_B (2)/a.jpg"], b"a.jpg");
    assert_eq!(files.len(), 2);
}

#[test]
fn a_folder_that_somebody_filled_is_not_used() {
    let mut home = Home::new();
    let face = home.photo("one.jpg", &[0]);
    let maria = home.name("Maria", &face);
    let albums = home.path().join("albums");
    fs::create_dir_all(albums.join("maria")).unwrap();
    write(&albums.join("maria/one.jpg"), b"theirs");

    let summary = export_to(&home.library, &[maria], &albums);

    assert_eq!(summary.albums[0].folder, "Maria (2)");
    let files = files_in(&albums);
    assert_eq!(files["maria/one.jpg"], b"theirs");
    assert_eq!(files["Maria (2)/one.jpg"], b"one.jpg");
}

#[test]
fn hostile_names_stay_inside_the_destination() {
    let mut home = Home::new();
    let names = [
        "../../escape",
        "/absolute",
        "CON",
        "..",
        "a\u{202e}b",
        "=cmd()",
        "李".repeat(120).leak(),
    ];
    let mut people = Vec::new();
    for (axis, name) in names.iter().enumerate() {
        let face = home.photo(&format!("{axis}.jpg"), &[axis]);
        people.push(home.name(name, &face));
    }
    let albums = home.path().join("deep/albums");

    let summary = export_to(&home.library, &people, &albums);

    assert_eq!(summary.written() as usize, names.len());
    assert_eq!(files_in(&albums).len(), names.len());
    let outside: Vec<_> = fs::read_dir(home.path().join("deep")).unwrap().collect();
    assert_eq!(outside.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_in_the_destination_is_not_followed() {
    let mut home = Home::new();
    let face = home.photo("one.jpg", &[0]);
    let maria = home.name("Maria", &face);
    let (albums, elsewhere) = (home.path().join("albums"), home.path().join("elsewhere"));
    fs::create_dir_all(&albums).unwrap();
    fs::create_dir_all(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, albums.join("Maria")).unwrap();

    export_to(&home.library, &[maria], &albums);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    assert!(albums.join("Maria (2)/one.jpg").is_file());

    // Replaced by a link after the first export.
    fs::remove_dir_all(albums.join("Maria (2)")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, albums.join("Maria (2)")).unwrap();
    export_to(&home.library, &[maria], &albums);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[test]
fn a_record_that_names_places_outside_is_not_believed() {
    let mut home = Home::new();
    let face = home.photo("one.jpg", &[0]);
    let maria = home.name("Maria", &face);
    let albums = home.path().join("albums");
    fs::create_dir_all(&albums).unwrap();
    fs::create_dir_all(home.path().join("victim")).unwrap();
    let record = r#"{"kinfolk_albums": 1, "albums": [{"key": "Maria", "folder": "../victim", "files": {}}]}"#;
    write(&albums.join(MANIFEST_FILE), record.as_bytes());

    export_to(&home.library, &[maria], &albums);

    assert_eq!(fs::read_dir(home.path().join("victim")).unwrap().count(), 0);
    assert_eq!(names_in(&albums), ["Maria/one.jpg"]);
}

#[test]
fn a_record_that_is_not_ours_stops_the_export() {
    let mut home = Home::new();
    let face = home.photo("one.jpg", &[0]);
    let maria = home.name("Maria", &face);
    let albums = home.path().join("albums");
    fs::create_dir_all(&albums).unwrap();
    for text in ["", "[]", "{\"kinfolk_albums\": 99}", "hello"] {
        write(&albums.join(MANIFEST_FILE), text.as_bytes());
        let refused = export_as(&home.library, &[maria], &albums, AlbumOptions::default());
        assert!(
            matches!(refused, Err(ExportError::ForeignManifest { .. })),
            "{text:?}"
        );
        assert_eq!(
            fs::read_to_string(albums.join(MANIFEST_FILE)).unwrap(),
            text
        );
    }
}

#[cfg(unix)]
#[test]
fn hard_links_share_the_file_and_symbolic_links_point_to_it() {
    use std::os::unix::fs::MetadataExt as _;
    let mut home = Home::new();
    let face = home.photo("one.jpg", &[0]);
    let maria = home.name("Maria", &face);
    let photo = home.photos().join("one.jpg");
    for (how, folder) in [
        (CopyMode::HardLink, "hard"),
        (CopyMode::SymbolicLink, "symbolic"),
    ] {
        let albums = home.path().join(folder);
        let options = AlbumOptions {
            how,
            ..AlbumOptions::default()
        };
        export_as(&home.library, &[maria], &albums, options).unwrap();
        let exported = albums.join("Maria/one.jpg");
        let inode = |path: &Path| fs::metadata(path).unwrap().ino();
        assert_eq!(inode(&exported), inode(&photo));
        let is_link = fs::symlink_metadata(&exported).unwrap().is_symlink();
        assert_eq!(is_link, how == CopyMode::SymbolicLink);
        let again = export_as(&home.library, &[maria], &albums, options).unwrap();
        assert_eq!((again.written(), again.already_there()), (0, 1));
    }
    assert_eq!(fs::read(photo).unwrap(), b"one.jpg");
}

#[test]
fn vanished_photos_are_reported_and_the_rest_is_exported() {
    let mut home = Home::new();
    let gone = home.photo("gone.jpg", &[0]);
    let here = home.photo("here.jpg", &[0]);
    let maria = home.name("Maria", &[gone[0], here[0]]);
    let lost = home.photos().join("gone.jpg");
    fs::remove_file(&lost).unwrap();
    let albums = home.path().join("albums");

    let summary = export_to(&home.library, &[maria], &albums);

    assert_eq!(summary.vanished, [lost]);
    assert_eq!((summary.away, summary.left_out()), (0, 1));
    assert_eq!(names_in(&albums), ["Maria/here.jpg"]);

    // What the library knows to be away is no failure.
    let photos = home.library.photos().unwrap().into_iter();
    let away: Vec<_> = photos.filter(|photo| photo.path == "gone.jpg").collect();
    home.library.mark_vanished(&[away[0].photo_id]).unwrap();
    let summary = export_to(&home.library, &[maria], &albums);
    assert_eq!((summary.away, summary.left_out()), (1, 0));
}

#[test]
fn stopping_keeps_what_is_written_and_the_next_run_goes_on() {
    let mut home = Home::new();
    let faces: Vec<_> = (0..5)
        .flat_map(|n| home.photo(&format!("{n}.jpg"), &[0]))
        .collect();
    let maria = home.name("Maria", &faces);
    let albums = home.path().join("albums");

    let stopped = export::albums(
        &home.library,
        &[maria],
        &albums,
        &AlbumOptions::default(),
        &mut |progress| match progress.photos_done {
            2 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        },
    )
    .unwrap();
    assert!(stopped.stopped);
    assert_eq!(names_in(&albums), ["Maria/0.jpg", "Maria/1.jpg"]);

    let rest = export_to(&home.library, &[maria], &albums);
    assert_eq!(
        (rest.written(), rest.already_there(), rest.stopped),
        (3, 2, false)
    );
}

#[test]
fn progress_counts_up_to_the_total() {
    let mut home = Home::new();
    let faces: Vec<_> = (0..3)
        .flat_map(|n| home.photo(&format!("{n}.jpg"), &[0]))
        .collect();
    let maria = home.name("Maria", &faces);
    let mut seen = Vec::new();
    export::albums(
        &home.library,
        &[maria],
        &home.path().join("albums"),
        &AlbumOptions::default(),
        &mut |progress| {
            seen.push((progress.photos_done, progress.photos_total));
            ControlFlow::Continue(())
        },
    )
    .unwrap();
    assert_eq!(seen, [(0, 3), (1, 3), (2, 3), (3, 3)]);
}

#[test]
fn a_destination_that_holds_scanned_photos_is_refused_and_untouched() {
    let mut home = Home::new();
    let face = home.photo("2020/one.jpg", &[0]);
    let maria = home.name("Maria", &face);
    for held in [home.photos(), home.path(), home.photos().join("2020")] {
        let refused = export_as(&home.library, &[maria], &held, AlbumOptions::default());
        assert!(
            matches!(refused, Err(ExportError::HoldsPhotos { .. })),
            "{held:?}"
        );
        assert!(!held.join(MANIFEST_FILE).exists());
    }
}

#[test]
fn a_destination_inside_a_scanned_folder_is_left_out_of_scans() {
    let mut home = Home::new();
    let face = home.photo("one.jpg", &[0]);
    let maria = home.name("Maria", &face);
    let albums = home.photos().join("albums");

    let summary = export_to(&home.library, &[maria], &albums);

    assert_eq!(summary.inside_root, Some(home.photos()));
    let found = {
        let rules = kinfolk::photo::Rules::by_default(&home.photos());
        kinfolk::photo::discover(&home.photos(), &[], &rules, |_| ControlFlow::Continue(()))
    };
    let paths: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["one.jpg"]);
    assert_eq!(found.left_out[0].why, kinfolk::photo::Why::ExportedAlbums);
}

#[test]
fn files_of_faces_that_moved_on_stay_and_are_counted() {
    let mut home = Home::new();
    let stays = home.photo("stays.jpg", &[0]);
    let moves = home.photo("moves.jpg", &[0]);
    let maria = home.name("Maria", &[stays[0], moves[0]]);
    let albums = home.path().join("albums");
    export_to(&home.library, &[maria], &albums);
    home.name("Ana", &moves);

    let summary = export_to(&home.library, &[maria], &albums);

    assert_eq!(summary.albums[0].left_over, 1);
    assert_eq!(names_in(&albums), ["Maria/moves.jpg", "Maria/stays.jpg"]);
}

#[test]
fn an_unnamed_group_can_be_exported() {
    let mut home = Home::new();
    let face = home.photo("one.jpg", &[0]);
    let group = home.group(&face);
    let albums = home.path().join("albums");
    export_to(&home.library, &[group], &albums);
    assert_eq!(names_in(&albums), [format!("Unnamed {group}/one.jpg")]);
}

#[test]
fn a_file_as_destination_is_refused() {
    let home = Home::new();
    let file = home.path().join("file");
    write(&file, b"x");
    let refused = export_as(&home.library, &[], &file, AlbumOptions::default());
    assert!(matches!(refused, Err(ExportError::NotAFolder { .. })));
}

#[test]
fn no_temporary_file_is_left() {
    let mut home = Home::new();
    let face = home.photo("one.jpg", &[0]);
    let maria = home.name("Maria", &face);
    let albums = home.path().join("albums");
    export_to(&home.library, &[maria], &albums);
    let everything = walkdir::WalkDir::new(&albums)
        .into_iter()
        .map(Result::unwrap);
    let parts = everything.filter(|entry| entry.path().extension().is_some_and(|e| e == "part"));
    assert_eq!(parts.count(), 0);
}

#[cfg(unix)]
#[test]
fn a_photo_that_changed_since_the_scan_stays_out_however_it_would_get_there() {
    for how in [CopyMode::Copy, CopyMode::HardLink, CopyMode::SymbolicLink] {
        let mut home = Home::new();
        let mut faces = Vec::new();
        for name in ["same.jpg", "edited.jpg", "longer.jpg", "linked.jpg"] {
            faces.extend(home.photo(name, &[0]));
        }
        let maria = home.name("Maria", &faces);
        let secret = home.path().join("secret");
        // Of the same length as the photo.
        write(&secret, b"top-secret");
        write(&home.photos().join("edited.jpg"), b"EDITED.jpg");
        write(&home.photos().join("longer.jpg"), b"longer and longer");
        fs::remove_file(home.photos().join("linked.jpg")).unwrap();
        std::os::unix::fs::symlink(&secret, home.photos().join("linked.jpg")).unwrap();
        let albums = home.path().join("albums");
        let options = AlbumOptions {
            how,
            ..AlbumOptions::default()
        };

        let summary = export_as(&home.library, &[maria], &albums, options).unwrap();

        assert_eq!(names_in(&albums), ["Maria/same.jpg"], "{how:?}");
        let changed: Vec<_> = ["edited.jpg", "linked.jpg", "longer.jpg"]
            .map(|name| home.photos().join(name))
            .into();
        assert_eq!(summary.changed, changed, "{how:?}");
        assert_eq!((summary.written(), summary.left_out()), (1, 3));
    }
}

#[cfg(unix)]
#[test]
fn an_export_in_another_way_after_a_kill_doubles_nothing() {
    let ways = [CopyMode::Copy, CopyMode::HardLink, CopyMode::SymbolicLink];
    for (first, second) in ways.iter().flat_map(|a| ways.map(|b| (*a, b))) {
        let mut home = Home::new();
        let mut faces = home.photo("2020/one.jpg", &[0]);
        faces.extend(home.photo("2021/one.jpg", &[0]));
        let maria = home.name("Maria", &faces);
        let albums = home.path().join("albums");
        let options = |how| AlbumOptions {
            how,
            ..AlbumOptions::default()
        };
        export_as(&home.library, &[maria], &albums, options(first)).unwrap();
        forget_files(&albums);

        let summary = export_as(&home.library, &[maria], &albums, options(second)).unwrap();

        assert_eq!(
            (summary.written(), summary.already_there()),
            (0, 2),
            "{first:?}, then {second:?}"
        );
        assert_eq!(names_in(&albums), ["Maria/one (2).jpg", "Maria/one.jpg"]);
    }
}

/// The manifest after a kill: with folders and without files.
fn forget_files(albums: &Path) {
    let manifest = albums.join(MANIFEST_FILE);
    let record = fs::read_to_string(&manifest).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&record).unwrap();
    json["albums"][0]["files"] = serde_json::json!({});
    write(&manifest, json.to_string().as_bytes());
}

#[test]
fn what_a_killed_export_left_half_written_is_deleted_and_nothing_else() {
    let mut home = Home::new();
    let face = home.photo("one.jpg", &[0]);
    let maria = home.name("Maria", &face);
    let albums = home.path().join("albums");
    export_to(&home.library, &[maria], &albums);
    let left = [
        albums.join(".kinfolk-aB3dE6.part"),
        albums.join("Maria/.kinfolk-123456.part"),
    ];
    let theirs = [
        albums.join("Maria/.kinfolk-notes.part"),
        albums.join("Maria/holiday.part"),
    ];
    for path in left.iter().chain(&theirs) {
        write(path, b"half");
    }
    // Another export uses this one.
    let held = albums.join("Maria/.kinfolk-abcdef.part");
    write(&held, b"half");
    let lock = fs::File::open(&held).unwrap();
    lock.lock().unwrap();

    export_to(&home.library, &[maria], &albums);

    assert!(left.iter().all(|path| !path.exists()));
    assert!(theirs.iter().all(|path| path.exists()));
    assert!(held.exists());
}
