//! Plans a scan: walks the folders and finds out by path, size and time which files have to be read.

pub(super) mod again;
mod compare;
pub(super) mod known_photos;
pub(super) mod moved_roots;
mod pages;
pub(super) mod roots;

use std::ops::ControlFlow;
use std::sync::Arc;

use super::writer::Writer;
use super::{ScanControl, ScanError, ScanOptions};
use crate::photo::{Patterns, Rules, discover};
pub(super) use compare::Plan;
use compare::compare;
use known_photos::KnownPhotos;
use pages::with_further_pages;
use roots::Target;

pub(super) fn plan_scan(
    targets: &[Target],
    patterns: &Patterns,
    known_photos: &mut KnownPhotos,
    writer: &mut Writer<'_>,
    control: &ScanControl,
    options: &ScanOptions,
) -> Result<Plan, ScanError> {
    let mut plan = Plan::default();
    for target in targets {
        let before = writer.found();
        let rules = Rules::new(&target.root, patterns)?;
        let mut found = discover(&target.folder(), &target.others, &rules, |files| {
            writer.report_walk(before + files as u64);
            match control.may_go_on() {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        });
        if found.stopped {
            return Ok(Plan::default());
        }
        let files = std::mem::take(&mut found.files);
        let limits = &options.limits;
        match with_further_pages(files, target, known_photos, limits, control) {
            Some(files) => found.files = files,
            None => return Ok(Plan::default()),
        }
        compare(
            &Arc::new(target.clone()),
            found,
            known_photos,
            writer,
            &mut plan,
            options.again,
        )?;
    }
    Ok(plan)
}
