//! Walking folders: what is found, what is counted and what is skipped, always in the same order.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use crate::support::pictures::{asymmetric, encoded, write};
use image::ImageFormat;
use kinfolk::photo::{Discovered, Patterns, Rules, Why, discover, normal_root};
use tempfile::{TempDir, tempdir};

fn walk(root: &Path) -> Discovered {
    discover(root, &[], &Rules::by_default(root), |_| {
        ControlFlow::Continue(())
    })
}

fn paths(found: &Discovered) -> Vec<&str> {
    found.files.iter().map(|file| file.path.as_str()).collect()
}

fn folder(files: &[&str]) -> TempDir {
    let folder = tempdir().expect("tempdir");
    for file in files {
        write(&folder.path().join(file), b"some bytes");
    }
    folder
}

#[test]
fn photos_are_found_in_path_order_at_any_depth() {
    let folder = folder(&["b.jpg", "a/2.PNG", "a/1.webp", "a/deep/er/x.TIFF", "c.jpeg"]);
    let found = walk(folder.path());
    assert_eq!(
        paths(&found),
        ["a/1.webp", "a/2.PNG", "a/deep/er/x.TIFF", "b.jpg", "c.jpeg"]
    );
    assert_eq!(found.files, walk(folder.path()).files);
    assert_eq!(found.files[0].stamp.bytes, 10);
    assert!(found.files[0].stamp.modified_ns > 0);
    assert!(!found.empty && !found.stopped && found.unreadable.is_empty());
}

#[test]
fn other_files_are_counted_by_kind() {
    let folder = folder(&["a.txt", "b.TXT", "clip.mp4", "README", "raw.nef", "x.jpg"]);
    write(
        &folder.path().join("phone.HEIC"),
        b"\0\0\0\x18ftypheic\0\0\0\0",
    );
    let found = walk(folder.path());
    let counts: Vec<(&str, u64)> = found
        .other_files
        .iter()
        .map(|(kind, n)| (kind.as_str(), *n))
        .collect();
    assert_eq!(
        counts,
        [
            ("heic", 1),
            ("mp4", 1),
            ("nef", 1),
            ("no extension", 1),
            ("txt", 2)
        ]
    );
    assert_eq!(paths(&found), ["x.jpg"]);
}

#[test]
fn a_photo_is_found_whatever_its_extension() {
    let folder = folder(&[]);
    let png = encoded(&asymmetric(4, 4).into(), ImageFormat::Png);
    write(&folder.path().join("no extension"), &png);
    write(&folder.path().join("export.tmp"), &png);
    assert_eq!(paths(&walk(folder.path())), ["export.tmp", "no extension"]);
}

/// Path and reason of what was left out.
fn left_out(found: &Discovered) -> Vec<(&str, Why)> {
    let all = found.left_out.iter();
    all.map(|left_out| (left_out.path.as_str(), left_out.why))
        .collect()
}

#[test]
fn hidden_and_system_folders_are_left_out_and_told_but_never_the_root() {
    let folder = folder(&[
        ".hidden.jpg",
        ".settings",
        ".thumbnails/a.jpg",
        "@eaDir/b.jpg",
        "$RECYCLE.BIN/c.jpg",
        "#snapshot/GMT-2024/c.jpg",
        ".zfs/snapshot/x/c.jpg",
        "@Recently-Snapshot/c.jpg",
        "~snapshot/c.jpg",
        ".Trash-1000/files/c.jpg",
        ".album/d.jpg",
        "e.jpg",
    ]);
    let found = walk(folder.path());
    assert_eq!(paths(&found), ["e.jpg"]);
    assert!(found.other_files.is_empty());
    assert_eq!(
        left_out(&found),
        [
            ("#snapshot", Why::Snapshots),
            ("$RECYCLE.BIN", Why::RecycleBin),
            (".Trash-1000", Why::RecycleBin),
            (".album", Why::Hidden),
            (".hidden.jpg", Why::Hidden),
            (".thumbnails", Why::Thumbnails),
            (".zfs", Why::Snapshots),
            ("@Recently-Snapshot", Why::Snapshots),
            ("@eaDir", Why::Thumbnails),
            ("~snapshot", Why::Snapshots),
        ]
    );
    for asked in [".album", "#snapshot/GMT-2024", ".thumbnails"] {
        assert_eq!(walk(&folder.path().join(asked)).files.len(), 1, "{asked}");
    }
}

#[test]
fn ordinary_folders_of_similar_names_are_walked() {
    let names = [
        "#2 snapshot/1.jpg",
        "@home/1.jpg",
        "Cache/1.jpg",
        "Masters/1.jpg",
        "My photoslibrary/resources/1.jpg",
        "Old.photolibrary/2010/1.jpg",
        "Previews/1.jpg",
        "Recycle Bin/1.jpg",
        "Thumbnails/1.jpg",
        "derivatives/1.jpg",
        "recycle/1.jpg",
        "resources/derivatives/1.jpg",
        "snapshot/1.jpg",
        "snapshots/1.jpg",
        "thumbs/1.jpg",
        "trash the dress/1.jpg",
    ];
    let folder = folder(&names);
    let found = walk(folder.path());
    assert_eq!(paths(&found), names);
    assert_eq!(left_out(&found), []);
}

#[test]
fn of_the_libraries_of_other_programs_the_photos_themselves_are_walked() {
    let photos = [
        "A.aplibrary/Masters/1.jpg",
        "CaptureOne/Output/1.jpg",
        "Cloud/files/1.jpg",
        "Immich/library/1.jpg",
        "Mobile Downloads.lrdata/1.jpg",
        "P.photoslibrary/originals/A/1.jpg",
        "Q.PHOTOSLIBRARY/Masters/1.jpg",
        "i.photolibrary/Masters/2010/1.jpg",
        "iPhoto Library/Originals/1.jpg",
        "x.lrlibrary/ab/originals/1.jpg",
    ];
    let derived = [
        "A.aplibrary/Previews/1.jpg",
        "A.aplibrary/Thumbnails/1.jpg",
        "CaptureOne/Cache/1.jpg",
        "Cloud/files_trashbin/1.jpg",
        "Cloud/files_versions/1.jpg",
        "Immich/thumbs/1.jpg",
        "Lightroom Previews.lrdata/1/1.jpg",
        "Lightroom Smart Previews.lrdata/1.jpg",
        "P.photoslibrary/resources/derivatives/masters/1.jpg",
        "P.photoslibrary/scopes/1.jpg",
        "Q.PHOTOSLIBRARY/resources/proxies/1.jpg",
        "iPhoto Library/Data/1.jpg",
        "iPhoto Library/Modified/1.jpg",
        "i.photolibrary/Thumbnails/1.jpg",
        "x.lrlibrary/ab/previews/1.jpg",
    ];
    let folder = folder(&[photos.as_slice(), &derived].concat());
    write(
        &folder.path().join("iPhoto Library/AlbumData.xml"),
        b"<plist/>",
    );
    write(&folder.path().join("Immich/thumbs/.immich"), b"1");
    let found = walk(folder.path());
    assert_eq!(paths(&found), photos);
    let programs = [Why::OtherProgram, Why::RecycleBin, Why::Snapshots];
    assert_eq!(left_out(&found).len(), derived.len());
    assert!(
        found
            .left_out
            .iter()
            .all(|left_out| programs.contains(&left_out.why))
    );
}

#[test]
fn folders_without_media_are_left_out_with_all_below_but_never_the_root() {
    let folder = folder(&["camera/0.jpg", "stickers/1.jpg", "stickers/more/2.jpg"]);
    write(&folder.path().join("stickers/.nomedia"), b"");
    let found = walk(folder.path());
    assert_eq!(paths(&found), ["camera/0.jpg"]);
    assert_eq!(left_out(&found), [("stickers", Why::NoMedia)]);
    let asked = walk(&folder.path().join("stickers"));
    assert_eq!(paths(&asked), ["1.jpg", "more/2.jpg"]);
}

fn walk_with(root: &Path, exclude: &[&str], include: &[&str]) -> Vec<String> {
    let mut patterns = Patterns::default();
    for pattern in exclude {
        patterns.add_exclude(pattern).expect("a pattern");
    }
    for pattern in include {
        patterns.add_include(pattern).expect("a pattern");
    }
    let rules = Rules::new(root, &patterns).expect("patterns");
    let found = discover(root, &[], &rules, |_| ControlFlow::Continue(()));
    found.files.into_iter().map(|file| file.path).collect()
}

#[test]
fn patterns_leave_out_and_take() {
    let folder = folder(&[
        "#recycle/r.jpg",
        "2019/Screenshots/s.PNG",
        "2019/a.jpg",
        "2019/raw/deep/x.jpg",
        "screenshots/t.png",
        "z.gif",
    ]);
    let root = folder.path();
    let whole = root.join("2019").to_string_lossy().into_owned();
    for (exclude, include, expected) in [
        (
            &["screenshots"][..],
            &[][..],
            &["2019/a.jpg", "2019/raw/deep/x.jpg", "z.gif"][..],
        ),
        (
            &["*.png", "*.GIF"],
            &[],
            &["2019/a.jpg", "2019/raw/deep/x.jpg"],
        ),
        (
            &["2019/raw/"],
            &[],
            &[
                "2019/Screenshots/s.PNG",
                "2019/a.jpg",
                "screenshots/t.png",
                "z.gif",
            ],
        ),
        (
            &["2019/**/x.jpg", "/screenshots"],
            &[],
            &["2019/Screenshots/s.PNG", "2019/a.jpg", "z.gif"],
        ),
        // One star stops at a folder.
        (
            &["2019/*/x.jpg", "screenshots", "*.gif"],
            &[],
            &["2019/a.jpg", "2019/raw/deep/x.jpg"],
        ),
        (&[whole.as_str()], &[], &["screenshots/t.png", "z.gif"]),
        (
            &["2019", "*.gif"],
            &["#Recycle"],
            &["#recycle/r.jpg", "screenshots/t.png"],
        ),
        // The last word about a pattern holds.
        (
            &["2019", "z.gif", "screenshots"],
            &["2019"],
            &["2019/a.jpg", "2019/raw/deep/x.jpg"],
        ),
    ] {
        let found = walk_with(root, exclude, include);
        assert_eq!(found, expected, "{exclude:?} {include:?}");
    }
}

#[test]
fn patterns_that_mean_nothing_are_refused() {
    for pattern in ["", "/", "*", "**", "./", "[", "a***"] {
        let refused = Patterns::default().add_exclude(pattern);
        assert!(refused.is_err(), "{pattern:?}");
    }
    assert!(Patterns::default().add_exclude(&"x".repeat(2000)).is_err());
}

#[test]
fn folders_named_like_photos_are_walked() {
    let folder = folder(&["summer.jpg/beach.jpg"]);
    assert_eq!(paths(&walk(folder.path())), ["summer.jpg/beach.jpg"]);
}

#[test]
fn unicode_names_of_any_kind_survive() {
    let names = [
        "été/naïve 日本語.jpg",
        "emoji 👩‍👩‍👧.jpg",
        "e\u{301}.jpg",
        "rtl \u{202e}gpj.jpg",
        "  spaces  .jpg",
        "quote'\"`$().jpg",
        "new\nline.jpg",
    ];
    let folder = folder(&names);
    let mut expected = names.to_vec();
    expected.sort_unstable();
    let found = walk(folder.path());
    assert_eq!(paths(&found), expected);
    for file in &found.files {
        assert!(folder.path().join(&file.path).is_file(), "{:?}", file.path);
    }
}

#[test]
fn an_empty_or_missing_folder_says_so() {
    let folder = tempdir().expect("tempdir");
    assert!(walk(folder.path()).empty);
    let missing = walk(&folder.path().join("not there"));
    assert!(missing.empty);
    assert_eq!(missing.unreadable.len(), 1);
    assert_eq!(missing.unreadable[0].path, "");
    write(&folder.path().join(".hidden"), b"x");
    assert!(!walk(folder.path()).empty);
}

#[test]
fn a_walk_can_be_broken_off() {
    let folder = folder(&["1.jpg", "2.jpg", "3.jpg"]);
    let rules = Rules::by_default(folder.path());
    let found = discover(folder.path(), &[], &rules, |files| match files {
        2.. => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert!(found.stopped);
    assert_eq!(paths(&found), ["1.jpg", "2.jpg"]);
}

#[test]
fn one_folder_has_one_spelling() {
    let folder = folder(&["a/b/x.jpg"]);
    let plain = normal_root(&folder.path().join("a/b")).expect("a folder");
    assert_eq!(
        normal_root(&folder.path().join("a/./../a/b/")).expect("a folder"),
        plain
    );
    assert!(plain.is_absolute());
    assert!(normal_root(&folder.path().join("a/b/x.jpg")).is_err());
    assert!(normal_root(&folder.path().join("none")).is_err());
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    #[test]
    fn links_that_loop_or_stay_inside_are_not_followed() {
        let folder = folder(&["a/x.jpg"]);
        let root = folder.path();
        symlink(root, root.join("a/up")).expect("link");
        symlink(root.join("a"), root.join("twin")).expect("link");
        symlink(root.join("a/x.jpg"), root.join("again.jpg")).expect("link");
        symlink(root.parent().expect("parent"), root.join("around")).expect("link");
        symlink(root.join("b2"), root.join("b1")).expect("link");
        symlink(root.join("b1"), root.join("b2")).expect("link");
        let found = walk(root);
        assert_eq!(paths(&found), ["a/x.jpg"]);
    }

    #[test]
    fn links_that_lead_out_are_followed_once() {
        let outside = folder(&["y.jpg", "sub/z.jpg"]);
        let folder = folder(&["x.jpg"]);
        let root = folder.path();
        symlink(outside.path(), root.join("out")).expect("link");
        symlink(outside.path(), root.join("out twice")).expect("link");
        symlink(outside.path().join("sub"), root.join("part")).expect("link");
        assert_eq!(paths(&walk(root)), ["out/sub/z.jpg", "out/y.jpg", "x.jpg"]);
    }

    #[test]
    fn a_link_to_nowhere_is_reported() {
        let folder = folder(&["x.jpg"]);
        symlink("/nowhere/at/all", folder.path().join("gone")).expect("link");
        let found = walk(folder.path());
        assert_eq!(paths(&found), ["x.jpg"]);
        assert_eq!(found.unreadable[0].path, "gone");
    }

    #[test]
    fn a_folder_that_may_not_be_listed_is_reported_and_the_rest_is_walked() {
        let folder = folder(&["locked/a.jpg", "z.jpg"]);
        let locked = folder.path().join("locked");
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).expect("chmod");
        let may_list_all = fs::read_dir(&locked).is_ok();
        let found = walk(folder.path());
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).expect("chmod");
        if may_list_all {
            // The super-user may list everything.
            assert_eq!(paths(&found), ["locked/a.jpg", "z.jpg"]);
        } else {
            assert_eq!(paths(&found), ["z.jpg"]);
            assert_eq!(found.unreadable[0].path, "locked");
        }
    }

    #[test]
    fn a_name_that_is_not_unicode_is_found_by_a_text_that_leads_back() {
        let folder = folder(&["x.jpg"]);
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.jpg");
        if fs::File::create(folder.path().join(name)).is_err() {
            println!("this file system takes Unicode names only");
            return;
        }
        let found = walk(folder.path());
        assert_eq!(found.files.len(), 2);
        assert!(found.unreadable.is_empty());
        assert!(found.files[0].path.starts_with("caf"));
    }

    #[test]
    fn a_pipe_is_counted_and_not_waited_for() {
        let folder = folder(&["x.jpg"]);
        let pipe = folder.path().join("pipe.jpg");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo").success());
        let found = walk(folder.path());
        assert_eq!(paths(&found), ["x.jpg"]);
        assert!(crate::photo::open(&pipe, &kinfolk::photo::Limits::default()).is_err());
    }
}
