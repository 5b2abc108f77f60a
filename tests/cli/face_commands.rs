//! `confirm`, `reject`, `move`, `ignore`, `not-a-face`, `restore`, `cover`, `delete-name`, and how faces are named.

use super::run::{Run, kinfolk_on, program, when_free};
use crate::support::home::{ClosedHome, Home};
use kinfolk::library::{FaceId, GroupId};

struct People {
    home: ClosedHome,
    maria: GroupId,
    tom: GroupId,
    /// Of Maria: two confirmed ones and one that is suggested.
    faces: [FaceId; 3],
}

fn people() -> People {
    let mut home = Home::new();
    let a = home.photo("2019/a.jpg", &[0, 1]);
    let b = home.photo("2019/b #2.jpg", &[0]);
    let c = home.photo("c.jpg", &[0]);
    let maria = home.name("Maria", &[a[0], b[0]]);
    let tom = home.name("Tom", &[a[1]]);
    home.suggest(c[0], maria);
    People {
        home: home.close(),
        maria,
        tom,
        faces: [a[0], b[0], c[0]],
    }
}

/// `person,state` of a face.
fn said_of(home: &ClosedHome, face: FaceId) -> String {
    let rows = kinfolk_on(&home.library, "faces").csv();
    let mine = rows.iter().find(|row| row[7] == face.to_string()).unwrap();
    format!("{},{}", &mine[9], &mine[10])
}

#[test]
fn what_the_window_does_to_a_face_a_command_does_and_undo_takes_it_back() {
    let People {
        home, tom, faces, ..
    } = people();
    let suggested = faces[2];
    let before = said_of(&home, suggested);
    assert_eq!(before, "Maria,automatic");
    for (command, after) in [
        ("confirm {}".to_owned(), "Maria,confirmed"),
        ("reject {}".to_owned(), ",automatic"),
        ("ignore {}".to_owned(), ",ignored"),
        ("not-a-face {}".to_owned(), ",not-a-face"),
        (format!("move {{}} --to {tom}"), "Tom,confirmed"),
        ("move {} --to tom".to_owned(), "Tom,confirmed"),
        ("move {} --to Ana".to_owned(), "Ana,confirmed"),
        ("move --to new {}".to_owned(), ",confirmed"),
    ] {
        let words = command.replace("{}", &suggested.to_string());
        kinfolk_on(&home.library, &words).done();
        assert_eq!(said_of(&home, suggested), after, "{words}");
        kinfolk_on(&home.library, "undo").done();
        assert_eq!(said_of(&home, suggested), before, "undo after {words}");
    }
}

#[test]
fn hidden_faces_are_restored_to_their_groups() {
    let People { home, faces, .. } = people();
    for hide in ["ignore", "not-a-face"] {
        kinfolk_on(&home.library, &format!("{hide} {} {}", faces[0], faces[1])).done();
        kinfolk_on(&home.library, &format!("restore {} {}", faces[0], faces[1])).done();
        assert_eq!(said_of(&home, faces[0]), "Maria,confirmed", "{hide}");
    }
    let told = kinfolk_on(&home.library, &format!("restore {}", faces[0])).failed();
    assert!(told.contains("already"), "{told}");
}

#[test]
fn a_cover_is_chosen_and_a_name_deleted() {
    let People {
        home, maria, faces, ..
    } = people();
    let told = kinfolk_on(&home.library, &format!("cover {}", faces[1])).done();
    assert!(told.contains("cover for Maria"), "{told}");
    let cover = |home: &ClosedHome| {
        let library = kinfolk::library::Library::open_to_read(&home.library).unwrap();
        library.group(maria).unwrap().unwrap().cover
    };
    assert_eq!(cover(&home), Some(faces[1]));
    kinfolk_on(&home.library, "undo").done();
    assert_ne!(cover(&home), Some(faces[1]));
    for named in ["maria".to_owned(), maria.to_string()] {
        kinfolk_on(&home.library, &format!("delete-name {named}")).done();
        assert_eq!(said_of(&home, faces[0]), ",confirmed");
        kinfolk_on(&home.library, "undo").done();
        assert_eq!(said_of(&home, faces[0]), "Maria,confirmed");
    }
}

fn ignore(home: &ClosedHome, face: &str) -> Run {
    let mut command = program();
    command
        .args(["ignore", face, "--library"])
        .arg(&home.library);
    command.current_dir(home.photos.join("2019"));
    when_free(|| command.output().unwrap().into())
}

#[test]
fn faces_are_named_by_photo_too() {
    let People { home, faces, .. } = people();
    let absolute = format!("{}/c.jpg", home.photos.display());
    for (name, face) in [
        ("c.jpg", faces[2]),
        ("./c.jpg", faces[2]),
        (absolute.as_str(), faces[2]),
        ("2019/a.jpg#1", faces[0]),
        // From the working folder.
        ("a.jpg#1", faces[0]),
        ("a.jpg@172,112,60,80", faces[0]),
        // A file name that holds the sign itself.
        ("2019/b #2.jpg", faces[1]),
        ("b #2.jpg#1", faces[1]),
    ] {
        ignore(&home, name).done();
        assert!(said_of(&home, face).ends_with("ignored"), "{name}");
        kinfolk_on(&home.library, "undo").done();
    }
}

#[test]
fn a_name_that_means_no_face_says_what_would() {
    let People { home, .. } = people();
    for (name, wanted) in [
        ("999", "kinfolk faces"),
        ("none.jpg", "none.jpg"),
        ("a.jpg", "has 2 faces"),
        ("a.jpg#3", "2 faces"),
        ("a.jpg#0", "2 faces"),
        ("a.jpg@1,1,5,5", "no face where the box is"),
        ("a.jpg@1,1,5", "PHOTO#2"),
    ] {
        let told = ignore(&home, name).failed();
        assert!(told.contains(wanted), "{name}: {told}");
    }
    for words in ["move 1 --to 999", "delete-name Nobody"] {
        let told = kinfolk_on(&home.library, words).failed();
        assert!(told.contains("kinfolk people"), "{words}: {told}");
    }
}

#[test]
fn another_person_of_a_taken_name_is_offered_a_free_one_that_then_works() {
    let People {
        home, tom, faces, ..
    } = people();
    let told = kinfolk_on(&home.library, &format!("name {tom} ma\u{ad}RIA")).failed();
    assert!(
        told.contains(&format!("kinfolk name {tom} \"Maria (2)\"")),
        "{told}"
    );
    let mut command = program();
    let number = tom.to_string();
    command
        .args(["name", &number, "Maria (2)", "--library"])
        .arg(&home.library);
    when_free(|| command.output().unwrap().into()).done();
    let named: Vec<String> = kinfolk_on(&home.library, "people")
        .csv()
        .iter()
        .map(|row| row[1].to_owned())
        .collect();
    assert_eq!(named, ["Maria", "Maria (2)"]);
    assert_eq!(said_of(&home, faces[0]), "Maria,confirmed");
}
