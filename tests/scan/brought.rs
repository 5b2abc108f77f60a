//! A network that the user brings, from its files to the library's model.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use kinfolk::curate::{Command, execute, group_again};
use kinfolk::library::{FaceId, Library};
use kinfolk::scan::brought::{
    BroughtEntry, BroughtModelError, add, entries, find, model_of, prepare,
};
use kinfolk::scan::{MigrateOptions, ScanControl, library_engine, migrate, scan};
use kinfolk::stop::StopFlag;
use kinfolk::vision::ModelName;
use serde_json::Value;

use super::world::{World, astronaut, options};
use crate::support::onnx::{Graph, constant, integer, manifest_json, node, random_network, value};
use crate::support::{demo_photo, engine, pictures};
use crate::vision::brought::sface::{sface_manifest, sface_onnx};

/// A library of the demo photos with most people, scanned and grouped.
fn scanned() -> World {
    let mut world = World::new();
    for name in ["solvay-1927.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg"] {
        world.write(name, &std::fs::read(demo_photo(name)).expect("read"));
    }
    world.scan();
    group_again(&mut world.library, &StopFlag::default()).expect("group");
    world
}

fn bring(world: &World, manifest: &Value, file: &[u8]) -> Result<BroughtEntry, BroughtModelError> {
    let folder = world.place.path().join("brought");
    std::fs::create_dir_all(&folder).expect("folder");
    let path = folder.join("manifest.json");
    pictures::write(&path, manifest.to_string().as_bytes());
    pictures::write(
        &folder.join(manifest["file"].as_str().expect("a name")),
        file,
    );
    add(&world.library, &path)
}

fn prepared(
    world: &mut World,
    entry: &BroughtEntry,
) -> Result<(ModelName, bool), BroughtModelError> {
    let stop = StopFlag::default();
    let prepared = prepare(&mut world.library, engine(), entry, &stop, &|_, _| {})?;
    println!("{:?}", prepared.figures);
    Ok((prepared.model.name().clone(), prepared.is_new))
}

fn migrated(library: &mut Library, to: &ModelName) {
    let control = ScanControl::new();
    let summary = migrate(
        library,
        engine(),
        to,
        &MigrateOptions::default(),
        &control,
        &|_| {},
    );
    let summary = summary.expect("migrate");
    assert!(summary.switched && summary.left_faces == 0, "{summary:?}");
    group_again(library, &StopFlag::default()).expect("group");
    assert_eq!(
        library.check_invariants().expect("check"),
        Vec::<String>::new()
    );
}

fn faces_of_model(library: &Library, model: &ModelName) -> u64 {
    let models = library.models().expect("models");
    let own = models.into_iter().find(|one| one.model == *model);
    own.map_or(0, |one| u64::from(one.faces))
}

/// The groups that are named or have several faces.
fn partition(library: &Library) -> HashSet<Vec<FaceId>> {
    let mut groups: std::collections::BTreeMap<_, Vec<FaceId>> = Default::default();
    for face in library.all_faces().expect("faces") {
        if let Some(group) = face.group {
            groups.entry(group).or_default().push(face.face_id);
        }
    }
    groups
        .into_values()
        .filter(|faces| faces.len() > 1)
        .collect()
}

#[test]
fn a_random_network_is_refused_or_usable_and_never_mixed() {
    let mut world = scanned();
    let former = world.library.embedding_model().expect("model");
    let group = world.face("obama2.jpg").group.expect("a group");
    let command = Command::Name {
        group,
        name: "Barack Obama".to_owned(),
    };
    execute(&mut world.library, command).expect("name");
    let before = partition(&world.library);
    let faces = u64::from(world.library.embedded_faces().expect("count"));

    let file = random_network(64, 128, 3).to_bytes();
    let entry = bring(&world, &manifest_json("random", &file, 64, 128), &file).expect("add");
    assert_eq!(
        find(&world.library, "random").expect("find").model,
        entry.model
    );
    let (model, is_new) = match prepared(&mut world, &entry) {
        Ok(prepared) => prepared,
        Err(error) => {
            // Refused: the library is as it was.
            println!("refused: {error}");
            assert_eq!(world.library.embedding_model().expect("model"), former);
            return;
        }
    };
    assert!(is_new);
    // Preparing alone changes nothing that is read.
    assert_eq!(world.library.embedding_model().expect("model"), former);
    assert_eq!(partition(&world.library), before);
    migrated(&mut world.library, &model);
    assert_eq!(world.library.embedding_model().expect("model"), model);
    assert_eq!(faces_of_model(&world.library, &model), faces);
    assert_eq!(faces_of_model(&world.library, &former), faces);
    assert_eq!(world.face("obama2.jpg").group, Some(group));

    // A second time the same space is used, and nothing is embedded again.
    assert_eq!(
        prepared(&mut world, &entry).expect("prepare"),
        (model.clone(), false)
    );

    // New photos are embedded by it.
    world.write("new.jpg", &astronaut());
    world.scan();
    assert_eq!(faces_of_model(&world.library, &model), faces + 1);
    assert_eq!(faces_of_model(&world.library, &former), faces);
    let own = library_engine(&world.library, engine()).expect("engine");
    assert_eq!(own.model(), model);

    // Without its files, scans say so and store nothing by another model.
    let folder = PathBuf::from(format!("{}.models", world.library.files()[0].display()));
    let away = world.place.path().join("away");
    std::fs::rename(&folder, &away).expect("rename");
    world.write(
        "later.jpg",
        &std::fs::read(demo_photo("hopper.jpg")).expect("read"),
    );
    let photos = [world.photos()];
    let error = scan(
        &mut world.library,
        engine(),
        &photos,
        &options(),
        &ScanControl::new(),
        &|_| {},
    );
    let told = error.expect_err("no network").to_string();
    assert!(
        told.contains("random@") && told.contains("kinfolk models"),
        "{told}"
    );
    std::fs::rename(&away, &folder).expect("rename");

    // Back to the former model: its vectors were kept, but for the new photo, which is embedded now.
    migrated(&mut world.library, &former);
    assert_eq!(faces_of_model(&world.library, &former), faces + 1);
    assert_eq!(world.face("obama2.jpg").group, Some(group));
    let before: HashSet<_> = before.into_iter().collect();
    let after = partition(&world.library);
    assert!(before.is_subset(&after), "{before:?} and {after:?}");
}

/// Its vectors are the same for every face.
#[test]
fn a_network_that_sees_no_faces_is_refused_and_the_library_left_as_it_is() {
    let mut world = scanned();
    let graph = Graph {
        constants: vec![
            constant("m", &[128, 3], &[1e-6; 384]),
            constant("b", &[128], &[0.3; 128]),
        ],
        nodes: vec![
            node("GlobalAveragePool", &["x"], "a", &[]),
            node("Flatten", &["a"], "f", &[]),
            node("Gemm", &["f", "m", "b"], "y", &[integer("transB", 1)]),
        ],
        inputs: vec![value("x", &[1, 3, 64, 64])],
        outputs: vec![value("y", &[1, 128])],
    };
    let file = graph.to_bytes();
    let entry = bring(&world, &manifest_json("constant", &file, 64, 128), &file).expect("add");
    let told = prepared(&mut world, &entry)
        .expect_err("refused")
        .to_string();
    assert!(told.contains("alike"), "{told}");
    assert_eq!(
        world.library.embedding_model().expect("model"),
        ModelName::default()
    );
    assert_eq!(
        world.library.latest_model_of(&entry.model).expect("read"),
        None
    );
}

#[test]
fn a_library_with_few_people_is_told_to_grow_first() {
    let mut world = World::new();
    world.write("a.jpg", &astronaut());
    world.scan();
    let file = random_network(64, 128, 3).to_bytes();
    let entry = bring(&world, &manifest_json("random", &file, 64, 128), &file).expect("add");
    let told = prepared(&mut world, &entry)
        .expect_err("refused")
        .to_string();
    assert!(
        told.contains("\"random\"") && told.contains("scan more photos"),
        "{told}"
    );
}

#[test]
fn a_stopped_preparation_stores_nothing() {
    let mut world = scanned();
    let file = random_network(64, 128, 3).to_bytes();
    let entry = bring(&world, &manifest_json("random", &file, 64, 128), &file).expect("add");
    let stop = StopFlag::default();
    stop.stop();
    let stopped = prepare(&mut world.library, engine(), &entry, &stop, &|_, _| {});
    assert!(matches!(stopped.err(), Some(BroughtModelError::Stopped(_))));
    assert_eq!(
        world.library.latest_model_of(&entry.model).expect("read"),
        None
    );
}

#[test]
fn networks_of_one_name_are_told_apart_by_their_whole_names() {
    let world = World::new();
    let mut whole = Vec::new();
    for seed in [1, 2] {
        let file = random_network(64, 128, seed).to_bytes();
        whole.push(
            bring(&world, &manifest_json("same", &file, 64, 128), &file)
                .expect("add")
                .model,
        );
    }
    assert_eq!(entries(&world.library).expect("list").0.len(), 2);
    let told = find(&world.library, "same").expect_err("two").to_string();
    assert!(whole.iter().all(|name| told.contains(name)), "{told}");
    assert_eq!(
        find(&world.library, &whole[0]).expect("find").model,
        whole[0]
    );
    let told = find(&world.library, "none").expect_err("none").to_string();
    assert!(
        told.contains("\"none\"") && told.contains("kinfolk models"),
        "{told}"
    );
}

/// A changed file in the library's folder is not run.
#[test]
fn a_network_that_was_changed_afterwards_is_refused() {
    let world = World::new();
    let file = random_network(64, 128, 1).to_bytes();
    let entry = bring(&world, &manifest_json("random", &file, 64, 128), &file).expect("add");
    let onnx = PathBuf::from(format!("{}.models", world.library.files()[0].display()))
        .join(&entry.model)
        .join("network.onnx");
    let mut changed = file;
    let last = changed.len() - 1000;
    changed[last] ^= 1;
    pictures::write(&onnx, &changed);
    let told = entry.load().err().expect("refused").to_string();
    assert!(
        told.contains("network.onnx") && told.contains("SHA-256"),
        "{told}"
    );
    assert_eq!(
        model_of(&world.library, &ModelName::default())
            .ok()
            .map(|model| model.is_none()),
        Some(true)
    );
}

/// SFace brought as a file groups the demo photos as the built-in one does.
#[test]
fn sface_as_a_file_groups_as_the_built_in_one() {
    let Some(path) = sface_onnx() else {
        return;
    };
    let mut world = World::new();
    for entry in Path::new(&demo_photo(""))
        .read_dir()
        .expect("demo photos")
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        world.write(&name, &std::fs::read(entry.path()).expect("read"));
    }
    world.scan();
    group_again(&mut world.library, &StopFlag::default()).expect("group");
    let before = partition(&world.library);
    let (manifest, file) = sface_manifest(&path);
    let entry = bring(&world, &manifest, &file).expect("add");
    let (model, _) = prepared(&mut world, &entry).expect("prepare");
    migrated(&mut world.library, &model);
    let after = partition(&world.library);
    println!("{} groups before, {} after", before.len(), after.len());
    let largest = |groups: &HashSet<Vec<FaceId>>| groups.iter().map(Vec::len).max();
    assert_eq!(largest(&before), largest(&after));
    let same = before.intersection(&after).count();
    assert!(
        same + 1 >= before.len() && same + 1 >= after.len(),
        "{before:?} and {after:?}"
    );
}
