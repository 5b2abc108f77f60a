//! Plans to search some known photos again.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::compare::Plan;
use super::known_photos::{KnownPhotos, PathStatus};
use super::roots::Target;
use crate::files::{page_path, path_text};
use crate::library::PhotoId;
use crate::photo::FileStamp;
use crate::scan::ScanError;
use crate::scan::item::{Changed, Item};
use crate::scan::writer::Writer;

/// The files of these photos, each to be searched even if it is unchanged. Those that are not there are noted as not
/// reachable.
pub(crate) fn plan_again(
    photos: &[PhotoId],
    known_photos: &mut KnownPhotos,
    writer: &mut Writer<'_>,
) -> Result<Plan, ScanError> {
    let wanted: HashSet<PhotoId> = photos.iter().copied().collect();
    let mut plan = Plan::default();
    for root in writer.library().roots()? {
        let target = Arc::new(Target::whole(root.root_id, root.path));
        let known = known_photos.photos_below(&target).into_iter();
        let known: BTreeMap<String, Vec<usize>> = known
            .filter(|(_, at_path)| known_photos.any_of(at_path, &wanted))
            .collect();
        for (path, at_path) in known {
            plan_one(&target, path, &at_path, known_photos, writer, &mut plan);
        }
    }
    Ok(plan)
}

fn plan_one(
    target: &Arc<Target>,
    path: String,
    at_path: &[usize],
    known_photos: &mut KnownPhotos,
    writer: &mut Writer<'_>,
    plan: &mut Plan,
) {
    let absolute: PathBuf = path_text::path_below(&target.root, &path);
    let stamp = match page_path::file_of(&absolute).metadata() {
        Ok(metadata) => FileStamp::of(&metadata),
        Err(error) => return writer.note_unreachable(&absolute, error.to_string()),
    };
    writer.note_walk(1, BTreeMap::new());
    let item = Item {
        target: Arc::clone(target),
        path,
        stamp,
    };
    match known_photos.compare(at_path, &stamp) {
        PathStatus::Unchanged | PathStatus::Outdated | PathStatus::Returned(_) => {
            plan.outdated.push(item);
        }
        PathStatus::Changed(number) => plan.changed.push(Changed { item, number }),
        PathStatus::New => plan.new.push(item),
    }
}
