//! `migrate`: what it says of models, and of photos that are not there.

use super::run::kinfolk_on;
use crate::support::former::{FORMER, make_former};
use crate::support::home::Home;
use kinfolk::vision::EMBEDDING_MODEL;

#[test]
fn a_model_that_nobody_knows_is_refused_with_those_that_are_known() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    let closed = home.close();
    let refused = kinfolk_on(&closed.library, "migrate --to another").failed();
    assert!(
        refused.contains("\"another\"") && refused.contains(EMBEDDING_MODEL),
        "{refused}"
    );
    let would = kinfolk_on(&closed.library, "migrate --dry-run").done();
    assert_eq!(
        would,
        format!(
            "{EMBEDDING_MODEL} (current): 1 face\nwould embed 0 faces in 0 photos by {EMBEDDING_MODEL}\n"
        )
    );
}

#[test]
fn faces_of_photos_that_are_away_are_left_only_when_asked() {
    let mut home = Home::new();
    home.photo("a.jpg", &[0]);
    std::fs::remove_file(home.photos().join("a.jpg")).unwrap();
    let closed = home.close();
    make_former(&closed.library);
    let run = kinfolk_on(&closed.library, "migrate");
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("a.jpg\": it is not there"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("--leave-away"), "{}", run.stderr);
    let history = kinfolk_on(&closed.library, "history").done();
    assert_eq!(history, "");

    let done = kinfolk_on(&closed.library, "migrate --leave-away").done();
    assert!(
        done.contains(&format!("faces are compared by {EMBEDDING_MODEL} now")),
        "{done}"
    );
    let history = kinfolk_on(&closed.library, "history").done();
    assert!(
        history.contains("* Faces are compared by the model"),
        "{history}"
    );
    assert!(
        history.contains("1 face could not be embedded"),
        "{history}"
    );
    // Undo has nothing to undo: the note is no command.
    assert_ne!(kinfolk_on(&closed.library, "undo").status, 0);
    let back = kinfolk_on(&closed.library, &format!("migrate --to {FORMER}")).done();
    assert!(
        back.contains(&format!("{FORMER} (current): 1 face")),
        "{back}"
    );
}
