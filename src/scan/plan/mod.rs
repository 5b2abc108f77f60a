//! Walking the folders, and telling by path, size and time what there is to do.

mod compare;
pub(super) mod known_photos;
pub(super) mod roots;

use std::ops::ControlFlow;
use std::sync::Arc;

use super::writer::Writer;
use super::{ScanControl, ScanError};
use crate::photo::discover;
use compare::{ToRead, compare};
use known_photos::Identity;
use roots::Target;

pub(super) fn look(
    targets: &[Target],
    identity: &mut Identity,
    writer: &mut Writer<'_>,
    control: &ScanControl,
) -> Result<ToRead, ScanError> {
    let mut to_read = ToRead::default();
    for target in targets {
        let before = writer.found();
        let found = discover(&target.folder(), &target.others, |files| {
            writer.report_looking(before + files as u64);
            match control.may_go_on() {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        });
        if found.stopped {
            return Ok(ToRead::default());
        }
        compare(
            &Arc::new(target.clone()),
            found,
            identity,
            writer,
            &mut to_read,
        )?;
    }
    Ok(to_read)
}
