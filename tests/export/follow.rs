//! Albums follow their people: renamed, merged away, unnamed; suggestions; what is taken back.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use kinfolk::curate::{self, Command};
use kinfolk::export::{self, AlbumOptions, AlbumSummary, CopyMode, MANIFEST_FILE, RenamedFolder};
use kinfolk::library::{FaceId, GroupId};

use crate::support::home::{Home, write};

/// Exports everybody with a name.
fn export_all(home: &Home, options: AlbumOptions) -> AlbumSummary {
    let people: Vec<GroupId> = home
        .library
        .people()
        .unwrap()
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    export_of(home, &people, options)
}

fn export_of(home: &Home, people: &[GroupId], options: AlbumOptions) -> AlbumSummary {
    let go_on = &mut |_: &_| ControlFlow::Continue(());
    export::albums(&home.library, people, &albums(home), &options, go_on).unwrap()
}

fn albums(home: &Home) -> PathBuf {
    home.path().join("albums")
}

/// Files and empty folders below the albums, without the manifest.
fn there(home: &Home) -> Vec<String> {
    let mut found: Vec<String> = walkdir::WalkDir::new(albums(home))
        .min_depth(1)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_name() != MANIFEST_FILE)
        .filter(|entry| {
            !entry.file_type().is_dir() || fs::read_dir(entry.path()).unwrap().next().is_none()
        })
        .map(|entry| {
            let path = entry.path().strip_prefix(albums(home)).unwrap();
            path.to_string_lossy().replace('\\', "/")
        })
        .collect();
    found.sort();
    found
}

fn rename(home: &mut Home, group: GroupId, name: &str) {
    let name = name.to_owned();
    curate::execute(&mut home.library, Command::Name { group, name }).unwrap();
}

const PLAIN: AlbumOptions = AlbumOptions {
    how: CopyMode::Copy,
    with_suggestions: false,
    tidy: false,
};
const TIDY: AlbumOptions = AlbumOptions {
    tidy: true,
    ..PLAIN
};

fn maria_with(paths: &[&str]) -> (Home, GroupId, Vec<FaceId>) {
    let mut home = Home::new();
    let faces: Vec<FaceId> = paths
        .iter()
        .flat_map(|path| home.photo(path, &[0]))
        .collect();
    let maria = home.name("Maria", &faces);
    (home, maria, faces)
}

#[test]
fn the_folder_of_a_renamed_person_is_renamed() {
    let (mut home, maria, _) = maria_with(&["one.jpg", "two.jpg"]);
    export_all(&home, PLAIN);
    write(&albums(&home).join("Maria/.DS_Store"), b"finder");
    rename(&mut home, maria, "Maria Rossi");

    let summary = export_all(&home, PLAIN);

    let renamed = RenamedFolder {
        from: "Maria".to_owned(),
        to: "Maria Rossi".to_owned(),
    };
    assert_eq!(summary.renamed, [renamed]);
    assert_eq!((summary.written(), summary.already_there()), (0, 2));
    fs::remove_file(albums(&home).join("Maria Rossi/.DS_Store")).unwrap();
    assert_eq!(there(&home), ["Maria Rossi/one.jpg", "Maria Rossi/two.jpg"]);
    assert!(export_all(&home, PLAIN).renamed.is_empty());
    // In case alone, and back.
    for name in ["MARIA ROSSI", "Maria"] {
        rename(&mut home, maria, name);
        export_all(&home, PLAIN);
        assert_eq!(
            there(&home),
            [format!("{name}/one.jpg"), format!("{name}/two.jpg")]
        );
    }
}

#[test]
fn a_folder_with_files_of_others_keeps_its_name_and_is_told() {
    let (mut home, maria, _) = maria_with(&["one.jpg"]);
    export_all(&home, PLAIN);
    write(&albums(&home).join("Maria/diary.txt"), b"dear diary");
    rename(&mut home, maria, "Ana");
    let more = home.photo("two.jpg", &[0]);
    home.name("Ana", &more);
    for _ in 0..2 {
        let summary = export_all(&home, PLAIN);
        assert!(summary.renamed.is_empty());
        assert_eq!(
            (
                summary.kept[0].folder.as_str(),
                summary.kept[0].wanted.as_str()
            ),
            ("Maria", "Ana")
        );
        assert!(summary.kept[0].why.contains("diary.txt"));
    }
    assert_eq!(
        there(&home),
        ["Maria/diary.txt", "Maria/one.jpg", "Maria/two.jpg"]
    );
}

#[test]
fn a_folder_that_was_there_before_keeps_its_name() {
    let (mut home, maria, _) = maria_with(&["one.jpg"]);
    fs::create_dir_all(albums(&home).join("Maria")).unwrap();
    export_all(&home, PLAIN);
    rename(&mut home, maria, "Ana");
    let summary = export_all(&home, PLAIN);
    assert_eq!(summary.kept.len(), 1, "{summary:?}");
    assert_eq!(there(&home), ["Maria/one.jpg"]);
}

#[test]
fn people_who_swap_names_keep_their_photos() {
    let (mut home, maria, _) = maria_with(&["maria.jpg"]);
    let face = home.photo("tom.jpg", &[1]);
    let tom = home.name("Tom", &face);
    export_all(&home, PLAIN);
    rename(&mut home, maria, "X");
    rename(&mut home, tom, "Maria");
    rename(&mut home, maria, "Tom");
    export_all(&home, PLAIN);
    let found = there(&home);
    assert_eq!(found.len(), 2, "{found:?}");
    let folder_of = |summary: &AlbumSummary, group| {
        let mut albums = summary.albums.iter();
        albums
            .find(|album| album.group == group)
            .unwrap()
            .folder
            .clone()
    };
    let summary = export_all(&home, PLAIN);
    for (group, file) in [(maria, "maria.jpg"), (tom, "tom.jpg")] {
        let folder = folder_of(&summary, group);
        assert!(found.contains(&format!("{folder}/{file}")), "{found:?}");
    }
    assert_eq!(summary.written(), 0);
}

#[test]
fn a_new_person_of_a_former_name_gets_a_folder_of_their_own() {
    let (mut home, maria, _) = maria_with(&["one.jpg"]);
    export_all(&home, PLAIN);
    write(&albums(&home).join("Maria/diary.txt"), b"dear diary");
    rename(&mut home, maria, "Ana");
    let other = home.photo("other.jpg", &[1]);
    home.name("Maria", &other);
    export_all(&home, PLAIN);
    assert_eq!(
        there(&home),
        ["Maria (2)/other.jpg", "Maria/diary.txt", "Maria/one.jpg"]
    );
}

#[test]
fn another_library_renames_nothing_here() {
    let (mut home, maria, _) = maria_with(&["one.jpg"]);
    export_all(&home, PLAIN);
    let (other, others_maria, _) = maria_with(&["theirs.jpg"]);
    assert_eq!(maria, others_maria);
    let go_on = &mut |_: &_| ControlFlow::Continue(());
    let mut other = other;
    rename(&mut other, others_maria, "Tom");
    let options = AlbumOptions {
        tidy: true,
        ..PLAIN
    };
    let summary = export::albums(
        &other.library,
        &[others_maria],
        &albums(&home),
        &options,
        go_on,
    )
    .unwrap();
    assert!(
        summary.renamed.is_empty() && summary.former.is_empty(),
        "{summary:?}"
    );
    assert_eq!(there(&home), ["Maria/one.jpg", "Tom/theirs.jpg"]);
    rename(&mut home, maria, "Ana");
    export_all(&home, TIDY);
    assert_eq!(there(&home), ["Ana/one.jpg", "Tom/theirs.jpg"]);
}

#[test]
fn suggestions_are_left_out_unless_asked_for() {
    let (mut home, maria, _) = maria_with(&["one.jpg"]);
    let suggested = home.photo("maybe.jpg", &[0]);
    home.suggest(suggested[0], maria);
    export_all(&home, PLAIN);
    assert_eq!(there(&home), ["Maria/one.jpg"]);
    let with_suggestions = AlbumOptions {
        with_suggestions: true,
        ..PLAIN
    };
    export_all(&home, with_suggestions);
    assert_eq!(there(&home), ["Maria/maybe.jpg", "Maria/one.jpg"]);
    assert_eq!(export_all(&home, PLAIN).albums[0].left_over, 1);
    assert_eq!(export_all(&home, TIDY).albums[0].taken_back, 1);
    assert_eq!(there(&home), ["Maria/one.jpg"]);
}

#[test]
fn what_an_album_no_longer_holds_is_taken_back_if_it_is_ours_and_not_the_last() {
    for how in [CopyMode::Copy, CopyMode::HardLink, CopyMode::SymbolicLink] {
        if how == CopyMode::SymbolicLink && cfg!(windows) {
            continue;
        }
        let options = AlbumOptions { how, ..PLAIN };
        let (mut home, _, faces) = maria_with(&["a.jpg", "edited.jpg", "lost.jpg", "stays.jpg"]);
        export_all(&home, options);
        home.name("Tom", &faces[..3]);
        if how == CopyMode::Copy {
            write(&albums(&home).join("Maria/edited.jpg"), b"EDITED.JPG");
            // The copy is the last there is.
            fs::remove_file(home.photos().join("lost.jpg")).unwrap();
        }
        let kept = export_of(&home, &[home.library.people().unwrap()[0].0], options);
        assert_eq!(kept.albums[0].left_over, 3);
        let summary = export_all(
            &home,
            AlbumOptions {
                tidy: true,
                ..options
            },
        );
        let maria = &summary.albums[0];
        let left: Vec<String> = there(&home)
            .into_iter()
            .filter(|path| path.starts_with("Maria"))
            .collect();
        if how == CopyMode::Copy {
            assert_eq!((maria.taken_back, maria.left_over), (1, 2));
            assert_eq!(
                left,
                ["Maria/edited.jpg", "Maria/lost.jpg", "Maria/stays.jpg"]
            );
        } else {
            assert_eq!((maria.taken_back, maria.left_over), (3, 0), "{how:?}");
            assert_eq!(left, ["Maria/stays.jpg"], "{how:?}");
        }
        let photos: Vec<_> = fs::read_dir(home.photos()).unwrap().collect();
        assert_eq!(photos.len(), if how == CopyMode::Copy { 3 } else { 4 });
    }
}

#[test]
fn the_album_of_somebody_who_is_gone_is_told_and_taken_back() {
    let (mut home, maria, _) = maria_with(&["one.jpg"]);
    let face = home.photo("two.jpg", &[1]);
    let tom = home.name("Tom", &face);
    export_all(&home, PLAIN);
    let merge = Command::Merge {
        from: vec![maria],
        into: tom,
    };
    curate::execute(&mut home.library, merge).unwrap();
    let summary = export_all(&home, PLAIN);
    assert_eq!(
        (
            summary.former[0].folder.as_str(),
            summary.former[0].left_over
        ),
        ("Maria", 1)
    );
    assert!(albums(&home).join("Maria/one.jpg").is_file());
    let summary = export_all(&home, TIDY);
    assert_eq!(summary.former[0].taken_back, 1);
    assert_eq!(there(&home), ["Tom/one.jpg", "Tom/two.jpg"]);
    assert!(export_all(&home, TIDY).former.is_empty());
}

#[test]
fn a_manifest_of_an_earlier_version_is_read_and_added_to() {
    let (mut home, maria, _) = maria_with(&["one.jpg"]);
    export_all(&home, PLAIN);
    let path = albums(&home).join(MANIFEST_FILE);
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let record = json["albums"][0].as_object_mut().unwrap();
    record.remove("owner").unwrap();
    record.remove("made").unwrap();
    write(&path, json.to_string().as_bytes());
    assert_eq!(export_all(&home, PLAIN).already_there(), 1);
    rename(&mut home, maria, "Ana");
    assert_eq!(export_all(&home, PLAIN).renamed.len(), 1);
    assert_eq!(there(&home), ["Ana/one.jpg"]);
}

#[test]
fn a_rename_that_was_not_recorded_is_found_again() {
    let (mut home, maria, _) = maria_with(&["one.jpg"]);
    export_all(&home, PLAIN);
    rename(&mut home, maria, "Ana");
    let (from, to): (&Path, &Path) = (&albums(&home).join("Maria"), &albums(&home).join("Ana"));
    fs::rename(from, to).unwrap();
    export_all(&home, PLAIN);
    assert_eq!(there(&home), ["Ana/one.jpg"]);
}
