//! Folders that are renamed at any level, unplugged, copied, scanned and back in any order: no decision is lost, and no
//! photo is there twice.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use kinfolk::library::{FaceId, FaceState, GroupId, Presence};
use proptest::prelude::*;

use super::world::{World, astronaut, landscape, obama};

/// What happens to the folders of a world; numbers choose from the existing ones, modulo their number.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// A folder of any level gets another name, in its place, and all drives are scanned. (Of a drive that was renamed inside
    /// and out between two scans, nobody can tell whether it is the one that is gone.)
    Rename(u8),
    /// A whole drive is away.
    Unplug(u8),
    /// The drive that is away is back.
    PlugIn,
    /// A drive is copied to another one.
    BackUp(u8),
    Scan(u8),
    /// All drives that are plugged in are scanned at once.
    ScanAll,
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => any::<u8>().prop_map(Event::Rename),
        3 => any::<u8>().prop_map(Event::Unplug),
        3 => Just(Event::PlugIn),
        2 => any::<u8>().prop_map(Event::BackUp),
        5 => any::<u8>().prop_map(Event::Scan),
        3 => Just(Event::ScanAll),
    ]
}

/// Drives below one folder, and those that are away beside it.
struct Drives {
    world: World,
    drives: PathBuf,
    away: Vec<(PathBuf, PathBuf)>,
    named: Vec<(FaceId, GroupId)>,
    /// Names that were given to folders.
    names: u32,
}

impl Drives {
    fn new() -> Drives {
        let mut world = World::new();
        let place = fs::canonicalize(world.place.path()).expect("place");
        let drives = place.join("drives");
        let first = drives.join("first");
        for (path, bytes) in [
            ("2019/june/a.jpg", obama()),
            ("2019/b.png", landscape(1)),
            ("2020/c.jpg", astronaut()),
            ("2020/d.png", landscape(2)),
        ] {
            crate::support::pictures::write(&first.join(path), &bytes);
        }
        world.scan_folders(&[first]);
        let mut named = Vec::new();
        for (path, name) in [
            ("2019/june/a.jpg", "Barack Obama"),
            ("2020/c.jpg", "Eileen Collins"),
        ] {
            let group = world.name(path, name);
            named.push((world.face(path).face_id, group));
        }
        Drives {
            world,
            drives,
            away: Vec::new(),
            named,
            names: 0,
        }
    }

    /// Everything below the drives that is there, by path.
    fn walk(&self) -> Vec<PathBuf> {
        let walked = walkdir::WalkDir::new(&self.drives).sort_by_file_name();
        let entries = walked.min_depth(1).into_iter();
        entries
            .map(|entry| entry.expect("entry").into_path())
            .collect()
    }

    fn drive(&self, number: u8) -> Option<PathBuf> {
        let all = self.walk().into_iter();
        let drives: Vec<PathBuf> = all
            .filter(|path| path.parent() == Some(&self.drives))
            .collect();
        drives
            .get(usize::from(number) % drives.len().max(1))
            .cloned()
    }

    fn new_name(&mut self, what: &str) -> String {
        self.names += 1;
        format!("{what} {}", self.names)
    }

    fn scan(&mut self, folders: &[PathBuf]) {
        let _summary = self.world.scan_folders(folders);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Rename(number) => {
                let all = self.walk().into_iter();
                let folders: Vec<PathBuf> = all.filter(|path| path.is_dir()).collect();
                if let Some(folder) = folders.get(usize::from(number) % folders.len().max(1)) {
                    let name = self.new_name("renamed");
                    fs::rename(folder, folder.with_file_name(name)).expect("renamed");
                    self.happen(Event::ScanAll);
                }
            }
            Event::Unplug(number) => {
                if let Some(drive) = self.drive(number) {
                    let name = self.new_name("away");
                    let aside = self.world.place.path().join(name);
                    fs::rename(&drive, &aside).expect("unplugged");
                    self.away.push((drive, aside));
                }
            }
            Event::PlugIn => {
                if let Some((drive, aside)) = self.away.pop() {
                    fs::rename(aside, drive).expect("plugged in");
                }
            }
            Event::BackUp(number) => {
                if let Some(drive) = self.drive(number) {
                    let name = self.new_name("backup");
                    let to = self.drives.join(name);
                    for path in self.walk() {
                        if let Ok(inner) = path.strip_prefix(&drive)
                            && path.is_file()
                        {
                            let bytes = fs::read(&path).expect("read");
                            crate::support::pictures::write(&to.join(inner), &bytes);
                        }
                    }
                }
            }
            Event::Scan(number) => {
                if let Some(drive) = self.drive(number) {
                    self.scan(&[drive]);
                }
            }
            Event::ScanAll => {
                let drives: Vec<PathBuf> = (0..=255)
                    .map_while(|number| self.drive(number))
                    .take(self.walk().len())
                    .collect();
                if !drives.is_empty() {
                    self.scan(&drives);
                }
            }
        }
        for (face_id, group) in &self.named {
            let face = self.world.library.face(*face_id).expect("read");
            let face = face.expect("the face stays");
            assert_eq!(
                (face.group, face.state),
                (Some(*group), FaceState::Confirmed),
                "{event:?}"
            );
        }
    }

    /// The paths of the present photos.
    fn present(&self) -> BTreeMap<PathBuf, usize> {
        let mut present = BTreeMap::new();
        for photo in self.world.library.photos().expect("photos") {
            if !photo.vanished {
                *present.entry(photo.absolute()).or_default() += 1;
            }
        }
        present
    }

    /// All drives are plugged in and scanned: the library has each file once, and who was named is there.
    fn assert_all_there(&mut self) {
        while !self.away.is_empty() {
            self.happen(Event::PlugIn);
        }
        self.happen(Event::ScanAll);
        // What moved while another drive was scanned first is settled by now.
        self.happen(Event::ScanAll);
        let all = self.walk().into_iter();
        let files: BTreeMap<PathBuf, usize> = all
            .filter(|path| path.is_file())
            .map(|path| (path, 1))
            .collect();
        let mut present = self.present();
        // Of two drives that are away and have the same photos, one that turns up with another name may be either. The
        // other one is believed to be away for good.
        present.retain(|path, _| {
            let roots = self.world.library.roots().expect("roots");
            let root = roots.iter().find(|root| path.starts_with(&root.path));
            root.is_some_and(|root| root.path.is_dir())
        });
        assert_eq!(present, files);
        for (face_id, _) in &self.named {
            let face = self.world.library.face(*face_id).expect("read");
            assert_eq!(face.expect("kept").presence, Presence::Present);
        }
        for file in files.keys() {
            let photos = self.world.library.photos().expect("photos");
            let is_it =
                |photo: &&kinfolk::library::PhotoRow| !photo.vanished && photo.absolute() == *file;
            let photo = photos.iter().find(is_it).expect("known");
            let faces = self
                .world
                .library
                .faces_of_photo(photo.photo_id)
                .expect("faces");
            let expected = usize::from(file.extension() == Some("jpg".as_ref()));
            assert_eq!(faces.len(), expected, "{file:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_moves_and_scans_loses_a_decision(events in prop::collection::vec(events(), 1..14)) {
        let mut drives = Drives::new();
        for event in events {
            drives.happen(event);
        }
        drives.assert_all_there();
    }
}

/// Every folder from the photo up to the one that was scanned, and one around it.
#[test]
fn any_level_is_renamed() {
    for level in ["first/2019/june", "first/2019", "first", ""] {
        let mut drives = Drives::new();
        let from = drives.drives.join(level);
        let to = from.with_file_name("another name");
        fs::rename(from.components().as_path(), &to).expect("renamed");
        if level.is_empty() {
            drives.drives = to;
        }
        drives.happen(Event::Scan(0));
        drives.assert_all_there();
        assert_eq!(
            drives.world.library.counts().expect("counts").vanished,
            0,
            "{level:?}"
        );
        assert_eq!(
            drives.world.library.photos().expect("photos").len(),
            4,
            "{level:?}"
        );
    }
}
