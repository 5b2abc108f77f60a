//! Executes commands on a test library, and checks what must hold for each of them.

use kinfolk::curate::{Command, CurateError, Outcome, execute, history, redo, undo};
use kinfolk::library::{FaceId, FaceState, GroupId};

use super::TestLibrary;

/// Executes a command, undoes and redoes it, and compares all tables after each step.
pub fn done(test: &mut TestLibrary, command: Command) -> Outcome {
    let before = test.dump();
    let outcome = execute(&mut test.library, command).unwrap();
    let after = test.dump();
    assert_ne!(after, before);
    test.assert_sound();
    let undone = undo(&mut test.library).unwrap().unwrap();
    assert_eq!(
        (undone.entry, &undone.message),
        (outcome.entry, &outcome.message)
    );
    assert_eq!(test.dump(), before, "undone");
    assert_eq!(redo(&mut test.library).unwrap().unwrap(), outcome);
    assert_eq!(test.dump(), after, "redone");
    test.assert_sound();
    outcome
}

/// The command must fail and leave every table and the history unchanged.
pub fn refused(test: &mut TestLibrary, command: Command) -> CurateError {
    let before = (test.dump(), history(&test.library).unwrap());
    let error = execute(&mut test.library, command).unwrap_err();
    assert_eq!((test.dump(), history(&test.library).unwrap()), before);
    error
}

pub fn name(group: GroupId, name: &str) -> Command {
    Command::Name {
        group,
        name: name.to_owned(),
    }
}

pub fn states(test: &TestLibrary, faces: &[FaceId]) -> Vec<FaceState> {
    faces.iter().map(|&face| test.state(face).1).collect()
}
