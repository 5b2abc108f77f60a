//! The demo photos, from files to groups: the people in them are grouped correctly.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{demo_photo, demo_photos, engine, pictures, variants};
use image::RgbImage;
use kinfolk::cluster::DEFAULT_CUT;
use kinfolk::curate::regroup;
use kinfolk::geometry::Point;
use kinfolk::library::{FaceRow, GroupId, Library};
use kinfolk::scan::{ScanControl, ScanOptions, scan};
use kinfolk::stop::StopFlag;
use sha2::{Digest as _, Sha256};

/// A library in memory with the photos of `folder`, scanned and grouped.
fn scanned(folder: &Path) -> Library {
    let mut library = Library::open_in_memory().expect("library");
    let roots = [PathBuf::from(folder)];
    let summary = scan(
        &mut library,
        engine(),
        &roots,
        &ScanOptions::default(),
        &ScanControl::new(),
        &|_| {},
    )
    .expect("scan");
    assert_eq!(summary.problems, 0, "{:?}", library.problems());
    regroup(&mut library, DEFAULT_CUT, &StopFlag::default(), &mut |_| {}).expect("regroup");
    library
}

/// The faces of each photo, by path.
fn faces_by_photo(library: &Library) -> BTreeMap<String, Vec<FaceRow>> {
    let photos = library.photos().expect("photos");
    photos
        .into_iter()
        .map(|photo| {
            let faces = library.faces_of_photo(photo.photo_id).expect("faces");
            (photo.path, faces)
        })
        .collect()
}

fn only_face<'a>(faces: &'a BTreeMap<String, Vec<FaceRow>>, photo: &str) -> &'a FaceRow {
    match faces[photo].as_slice() {
        [face] => face,
        several => panic!("{photo}: {} faces", several.len()),
    }
}

fn face_at<'a>(
    faces: &'a BTreeMap<String, Vec<FaceRow>>,
    photo: &str,
    point: Point,
) -> &'a FaceRow {
    let holds = |face: &&FaceRow| {
        let area = face.box_in_photo;
        (area.x..area.x + area.width).contains(&point.x)
            && (area.y..area.y + area.height).contains(&point.y)
    };
    faces[photo]
        .iter()
        .find(holds)
        .unwrap_or_else(|| panic!("{photo}: no face at {point:?}"))
}

/// The group that all of these are in.
fn common_group(who: &str, faces: &[&FaceRow]) -> GroupId {
    let groups: HashSet<_> = faces.iter().map(|face| face.group).collect();
    assert_eq!(groups.len(), 1, "{who} is in several groups");
    faces[0]
        .group
        .unwrap_or_else(|| panic!("{who} is in no group"))
}

#[test]
fn the_people_of_the_demo_photos_come_out_right() {
    let library = scanned(&demo_photos());
    let faces = faces_by_photo(&library);

    let obama_alone = [
        "obama.jpg",
        "obama2.jpg",
        "obama3.jpg",
        "obama4.jpg",
        "obama_partial_face.jpg",
    ];
    let mut obama: Vec<_> = obama_alone.map(|photo| only_face(&faces, photo)).into();
    obama.push(face_at(
        &faces,
        "situation-room.jpg",
        Point { x: 500.0, y: 385.0 },
    ));
    let biden = [
        only_face(&faces, "biden.jpg"),
        face_at(&faces, "situation-room.jpg", Point { x: 145.0, y: 415.0 }),
    ];
    let curie = [
        only_face(&faces, "curie.jpg"),
        only_face(&faces, "curie2.pgm"),
        face_at(&faces, "solvay-1927.jpg", Point { x: 700.0, y: 805.0 }),
    ];
    let expected = BTreeMap::from([
        (common_group("Obama", &obama), 6),
        (common_group("Biden", &biden), 2),
        (common_group("Curie", &curie), 3),
    ]);

    let of_several: BTreeMap<GroupId, u32> = library
        .group_summaries()
        .expect("groups")
        .iter()
        .filter(|group| group.faces > 1)
        .map(|group| (group.group_id, group.faces))
        .collect();
    assert_eq!(of_several, expected, "nobody else is in two photos");
}

#[test]
fn everyone_in_a_group_photo_is_found_and_no_cat() {
    let library = scanned(&demo_photos());
    let faces = faces_by_photo(&library);
    let count = |photo: &str| faces[photo].len();
    assert_eq!(count("solvay-1927.jpg"), 29);
    assert_eq!(count("situation-room.jpg"), 13);
    assert_eq!(count("astronaut.png"), 1);
    assert_eq!(count("hopper.jpg"), 1);
    assert_eq!((count("chelsea.png"), count("rocket.jpg")), (0, 0));
}

#[test]
fn five_people_keep_together_mirrored_darker_and_smaller() {
    let folder = tempfile::tempdir().expect("folder");
    let people = [
        "obama2.jpg",
        "biden.jpg",
        "astronaut.png",
        "hopper.jpg",
        "curie2.pgm",
    ];
    for photo in people {
        let original = variants::read(&demo_photo(photo));
        for (what, variant) in [
            ("as it is", original.clone()),
            ("mirrored", variants::mirrored(&original)),
            ("darker", variants::darker(&original, 0.5)),
            ("smaller", variants::smaller(&original, 0.6)),
            ("cropped", variants::cropped(&original, 0.05)),
        ] {
            pictures::write(
                &folder.path().join(format!("{photo} {what}.jpg")),
                &variants::jpeg(&variant),
            );
        }
    }

    let library = scanned(folder.path());
    let faces = faces_by_photo(&library);
    let groups = people.map(|person| {
        let photos: Vec<_> = faces
            .keys()
            .filter(|photo| photo.starts_with(person))
            .collect();
        assert_eq!(photos.len(), 5);
        let of_person: Vec<_> = photos
            .iter()
            .map(|photo| only_face(&faces, photo))
            .collect();
        common_group(person, &of_person)
    });
    assert_eq!(
        HashSet::from(groups).len(),
        people.len(),
        "two people in one group"
    );
}

#[test]
fn a_face_is_at_the_same_place_in_all_eight_orientations() {
    let folder = tempfile::tempdir().expect("folder");
    let upright: RgbImage = variants::read(&demo_photo("obama2.jpg"));
    for orientation in 1..=8 {
        pictures::write(
            &folder.path().join(format!("{orientation}.jpg")),
            &variants::jpeg_with_orientation(&upright, orientation),
        );
    }

    let library = scanned(folder.path());
    let faces = faces_by_photo(&library);
    let all: Vec<_> = faces.keys().map(|photo| only_face(&faces, photo)).collect();
    assert_eq!(all.len(), 8);
    common_group("Obama", &all);
    for face in &all {
        let overlap = face.box_in_photo.iou(&all[0].box_in_photo);
        assert!(
            overlap > 0.97,
            "{overlap}: {:?} against {:?}",
            face.box_in_photo,
            all[0].box_in_photo
        );
    }
}

#[test]
fn each_demo_photo_has_a_source_and_the_sum_stated_there() {
    let sources = fs::read_to_string(demo_photo("SOURCES.md")).expect("SOURCES.md");
    let stated: BTreeMap<String, String> = sources
        .lines()
        .filter_map(|line| {
            let cells: Vec<_> = line
                .split('|')
                .map(|cell| cell.trim().trim_matches('`'))
                .collect();
            let sum = *cells.get(5)?;
            (sum.len() == 64).then(|| (cells[1].to_owned(), sum.to_owned()))
        })
        .collect();
    let present: BTreeMap<String, String> = fs::read_dir(demo_photos())
        .expect("demo photos")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.file_name().is_some_and(|name| name != "SOURCES.md"))
        .map(|path| {
            let sum = Sha256::digest(fs::read(&path).expect("photo"));
            let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
            let name = path
                .file_name()
                .expect("name")
                .to_string_lossy()
                .into_owned();
            (name, sum)
        })
        .collect();
    assert_eq!(stated, present);
}
