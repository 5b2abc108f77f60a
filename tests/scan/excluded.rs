//! What a scan leaves out, as the library keeps it; names that are not Unicode.

use kinfolk::photo::{Patterns, Why};
use kinfolk::scan::{ScanControl, keep_patterns, list_left_out, look_at_left_out, patterns};

use super::world::{World, landscape, obama};

#[test]
fn patterns_are_kept_in_the_library_and_heeded_and_what_they_hide_keeps_its_people() {
    let mut world = World::new();
    world.write("album/a.jpg", &obama());
    world.write("z.png", &landscape(1));
    world.scan();
    let maria = world.name("album/a.jpg", "Maria");

    let mut kept = patterns(&world.library).expect("read");
    kept.add_exclude("ALBUM").expect("a pattern");
    keep_patterns(&mut world.library, &kept).expect("kept");
    assert_eq!(patterns(&world.library).expect("read"), kept);
    let summary = world.scan();
    assert_eq!(summary.left_out.get(&Why::Excluded), Some(&1));
    assert_eq!((summary.known_left_out, summary.photos_found), (1, 1));

    kept.add_include("album").expect("a pattern");
    assert_eq!(kept, Patterns::default());
    keep_patterns(&mut world.library, &kept).expect("kept");
    let summary = world.scan();
    assert_eq!((summary.returned, summary.photos_scanned), (1, 0));
    assert_eq!(world.face("album/a.jpg").group, Some(maria));
}

#[test]
fn the_list_of_what_is_left_out_needs_no_scan() {
    let mut world = World::new();
    world.write("#recycle/a.jpg", &obama());
    world.write("b.png", &landscape(1));
    let control = ScanControl::new();
    let list = |patterns: &Patterns| {
        list_left_out(&[world.photos()], &[], patterns, &control).expect("a list")
    };
    let by_default = list(&Patterns::default());
    world.write("film.mov", b"film");
    let looked = look_at_left_out(&[world.photos()], &[], &Patterns::default(), &control);
    let looked = looked.expect("a list");
    assert_eq!(looked.rows, by_default);
    assert_eq!(
        looked.other_files.into_iter().collect::<Vec<_>>(),
        [("video".to_owned(), 1)]
    );
    assert_eq!(by_default.len(), 1);
    assert!(by_default[0].path.ends_with("#recycle") && by_default[0].is_folder);
    let mut own = Patterns::default();
    own.add_include("#recycle").expect("a pattern");
    own.add_exclude("*.png").expect("a pattern");
    let listed = list(&own);
    assert_eq!((listed[0].why, listed[0].is_folder), (Why::Excluded, false));
    assert_eq!(listed.len(), 1);
    assert_eq!(world.scan().photos_found, 1);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;

    use super::*;
    use crate::support::pictures;

    /// A path of Latin-1.
    fn latin(bytes: &[u8]) -> &Path {
        Path::new(OsStr::from_bytes(bytes))
    }

    #[test]
    fn files_whose_names_are_not_unicode_are_scanned_named_changed_and_moved() {
        let mut world = World::new();
        let file = world.photos().join(latin(b"F\xfcr Oma/caf\xe9.jpg"));
        if fs::create_dir_all(file.parent().expect("parent")).is_err() {
            println!("this file system takes Unicode names only");
            return;
        }
        pictures::write(&file, &obama());
        world.write("b.png", &landscape(1));
        let summary = world.scan();
        assert_eq!((summary.photos_scanned, summary.problems), (2, 0));
        let photo = |world: &World| {
            let photos = world.library.photos().expect("read").into_iter();
            photos
                .filter(|photo| photo.shown_path().contains('\u{fffd}'))
                .collect::<Vec<_>>()
        };
        let found = photo(&world);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].shown_path(), "F\u{fffd}r Oma/caf\u{fffd}.jpg");
        assert_eq!(
            fs::canonicalize(found[0].absolute()).expect("the file"),
            fs::canonicalize(&file).expect("the file")
        );
        let path = found[0].path.clone();
        let maria = world.name(&path, "Maria");
        assert_eq!(world.scan().unchanged, 2);

        // Moved to another such name, it keeps its person.
        let moved = world.photos().join(latin(b"F\xfcr Oma/caf\xe8.jpg"));
        fs::rename(&file, &moved).expect("rename");
        assert_eq!(world.scan().moved, 1);
        let now = photo(&world);
        assert_eq!((now.len(), now[0].photo_id), (1, found[0].photo_id));
        assert_eq!(world.face(&now[0].path).group, Some(maria));

        // A folder of such a name, scanned for itself, is a part of the root.
        let folder = world.photos().join(latin(b"F\xfcr Oma"));
        assert_eq!(world.scan_folders(&[folder]).unchanged, 1);
        fs::remove_file(&moved).expect("remove");
        assert_eq!(world.scan().vanished, 1);
    }

    #[test]
    fn a_root_whose_name_is_not_unicode_is_scanned() {
        let mut world = World::new();
        let root = world.place.path().join(latin(b"Bilder \xe4lter"));
        if fs::create_dir(&root).is_err() {
            println!("this file system takes Unicode names only");
            return;
        }
        pictures::write(&root.join("a.png"), &landscape(1));
        assert_eq!(
            world
                .scan_folders(std::slice::from_ref(&root))
                .photos_scanned,
            1
        );
        assert_eq!(world.scan_folders(std::slice::from_ref(&root)).unchanged, 1);
        let roots = world.library.roots().expect("read");
        assert_eq!(roots[0].path, fs::canonicalize(&root).expect("the folder"));
        let photos = world.library.photos().expect("read");
        assert!(photos[0].absolute().is_file());
    }
}
