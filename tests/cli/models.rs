//! `kinfolk models`: the list of networks, and bringing one.

use std::path::Path;

use super::run::kinfolk_on;

fn list(library: &Path) -> Vec<serde_json::Value> {
    let json = kinfolk_on(library, "models --format json").done();
    serde_json::from_str(&json).unwrap()
}

/// The table of `models/README.md` has the sums of what the binary runs.
#[test]
fn the_built_in_networks_are_listed_with_licence_and_sum_without_a_library() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("none.sqlite");
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/models/README.md")).unwrap();
    let rows = list(&library);
    assert!(rows.len() >= 2);
    for row in &rows {
        let sum = row["sha256"].as_str().unwrap();
        assert!(sum.len() == 64 && readme.contains(sum), "{row}");
        assert!(
            !row["licence"].as_str().unwrap().is_empty()
                && !row["source"].as_str().unwrap().is_empty()
        );
        assert_eq!(row["origin"], "built-in");
    }
    let current: Vec<_> = rows.iter().filter(|row| row["current"] == true).collect();
    assert_eq!(current.len(), 1, "{rows:?}");
    assert_eq!(current[0]["name"], "SFace");
    assert!(!library.exists());
    let table = kinfolk_on(&library, "models").csv();
    assert_eq!(table.len(), rows.len());
}

#[cfg(not(feature = "byo"))]
#[test]
fn without_the_feature_the_command_says_how_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let told = kinfolk_on(
        &folder.path().join("none.sqlite"),
        "models add a.json --accept-licence",
    )
    .failed();
    assert!(
        told.contains("--features byo") && told.contains("a.json"),
        "{told}"
    );
    let told = kinfolk_on(&folder.path().join("none.sqlite"), "models remove small").failed();
    assert!(
        told.contains("--features byo") && told.contains("\"small\""),
        "{told}"
    );
}

#[cfg(feature = "byo")]
mod brought {
    use std::fs::{self, File};
    use std::path::PathBuf;

    use serde_json::{Value, json};

    use super::*;
    use crate::cli::run::{Run, program, when_free};
    use crate::support::home::write;
    use crate::support::onnx::{manifest_json, mean_network, random_network};

    struct Brought {
        folder: tempfile::TempDir,
    }

    impl Brought {
        /// A manifest and its network in a folder of their own.
        fn new() -> Brought {
            let brought = Brought {
                folder: tempfile::tempdir().unwrap(),
            };
            let file = random_network(64, 128, 3).to_bytes();
            brought.write("small", &manifest_json("small", &file, 64, 128), &file);
            brought
        }

        fn write(&self, name: &str, manifest: &Value, file: &[u8]) {
            write(
                &self.folder.path().join(format!("{name}.json")),
                manifest.to_string().as_bytes(),
            );
            write(&self.folder.path().join(format!("{name}.onnx")), file);
        }

        fn library(&self) -> PathBuf {
            self.folder.path().join("library.sqlite")
        }

        fn add(&self, manifest: &str, accept: bool) -> Run {
            self.add_to(&self.library(), manifest, accept)
        }

        fn add_to(&self, library: &Path, manifest: &str, accept: bool) -> Run {
            let mut command = program();
            command
                .args(["models", "add"])
                .arg(self.folder.path().join(manifest));
            if accept {
                command.arg("--accept-licence");
            }
            command.arg("--library").arg(library);
            when_free(|| command.output().unwrap().into())
        }

        /// Files below the folder of the library's networks.
        fn kept(&self) -> Vec<PathBuf> {
            let folder = self.folder.path().join("library.sqlite.models");
            walkdir::WalkDir::new(folder)
                .into_iter()
                .flatten()
                .filter(|entry| entry.file_type().is_file())
                .map(walkdir::DirEntry::into_path)
                .collect()
        }
    }

    #[test]
    fn the_licence_is_shown_first_and_nothing_is_added() {
        let brought = Brought::new();
        let run = brought.add("small.json", false);
        assert_eq!(run.status, 1);
        assert!(
            run.stdout.contains("For tests only.") && run.stdout.contains("made by a test"),
            "{}",
            run.stdout
        );
        assert!(
            run.stderr.contains("--accept-licence") && run.stderr.contains("nothing was added"),
            "{}",
            run.stderr
        );
        assert_eq!(brought.kept(), Vec::<PathBuf>::new());
    }

    #[test]
    fn an_accepted_network_is_copied_and_listed() {
        let brought = Brought::new();
        let told = brought.add("small.json", true).done();
        assert!(told.contains("kinfolk migrate --to small"), "{told}");
        assert_eq!(brought.kept().len(), 2);
        // The files it came from are not needed any more.
        fs::remove_file(brought.folder.path().join("small.onnx")).unwrap();
        let rows = list(&brought.library());
        let row = rows.iter().find(|row| row["origin"] == "brought").unwrap();
        assert_eq!(row["name"], "small");
        assert_eq!(row["licence"], "For tests only.");
        assert_eq!(row["current"], false);
        assert!(
            row["note"].as_str().unwrap().contains("not fitted"),
            "{row}"
        );
        assert!(
            row["model"].as_str().unwrap().starts_with("small@"),
            "{row}"
        );
    }

    #[test]
    fn adding_it_again_changes_nothing() {
        let brought = Brought::new();
        brought.add("small.json", true).done();
        let before: Vec<_> = brought
            .kept()
            .into_iter()
            .map(|path| fs::read(path).unwrap())
            .collect();
        brought.add("small.json", true).done();
        let after: Vec<_> = brought
            .kept()
            .into_iter()
            .map(|path| fs::read(path).unwrap())
            .collect();
        assert_eq!(before, after);
    }

    #[test]
    fn what_can_not_be_used_is_told_with_its_file_and_not_kept() {
        let brought = Brought::new();
        let file = mean_network(48).to_bytes();
        let right = manifest_json("other", &file, 48, 16);
        let changed = |pointer: &str, value: Value| {
            let mut manifest = right.clone();
            *manifest.pointer_mut(pointer).unwrap() = value;
            manifest
        };
        for (name, manifest, file, words) in [
            (
                "sum",
                changed("/sha256", json!("0".repeat(64))),
                file.clone(),
                ["other.onnx", "SHA-256"],
            ),
            (
                "scale",
                changed("/input/scale", json!([0, 0, 0])),
                file.clone(),
                ["scale.json", "input.scale"],
            ),
            (
                "short",
                changed("/output/dimension", json!(32)),
                file.clone(),
                ["other.onnx", "output.dimension"],
            ),
            (
                "cut",
                right.clone(),
                file[..file.len() / 2].to_vec(),
                ["other.onnx", "SHA-256"],
            ),
            (
                "nothing",
                json!([]),
                file.clone(),
                ["nothing.json", "models add --help"],
            ),
        ] {
            brought.write("other", &right, &file);
            write(
                &brought.folder.path().join(format!("{name}.json")),
                manifest.to_string().as_bytes(),
            );
            let told = brought.add(&format!("{name}.json"), true).failed();
            assert!(
                words.iter().all(|word| told.contains(word)),
                "{name}: {told}"
            );
        }
        let told = brought.add("missing.json", true).failed();
        assert!(told.contains("missing.json"), "{told}");
        fs::remove_file(brought.folder.path().join("small.onnx")).unwrap();
        let told = brought.add("small.json", true).failed();
        assert!(told.contains("small.onnx"), "{told}");
        assert_eq!(brought.kept(), Vec::<PathBuf>::new());
    }

    /// Sparse files: nothing of them is read.
    #[test]
    fn files_that_are_too_large_are_not_read() {
        let brought = Brought::new();
        let path = |name: &str| brought.folder.path().join(name);
        File::options()
            .write(true)
            .open(path("small.onnx"))
            .unwrap()
            .set_len((1 << 30) + 1)
            .unwrap();
        let told = brought.add("small.json", true).failed();
        assert!(
            told.contains("small.onnx") && told.contains("1073741824"),
            "{told}"
        );
        File::options()
            .write(true)
            .open(path("small.json"))
            .unwrap()
            .set_len(1 << 20)
            .unwrap();
        let told = brought.add("small.json", true).failed();
        assert!(
            told.contains("small.json") && told.contains("65536"),
            "{told}"
        );
        assert_eq!(brought.kept(), Vec::<PathBuf>::new());
    }

    #[test]
    fn damaged_files_of_the_library_are_told_and_the_others_listed() {
        let brought = Brought::new();
        brought.add("small.json", true).done();
        let broken = brought.folder.path().join("library.sqlite.models/broken@1");
        fs::create_dir(&broken).unwrap();
        write(&broken.join("manifest.json"), b"{");
        fs::create_dir(
            brought
                .folder
                .path()
                .join("library.sqlite.models/left by a killed program"),
        )
        .unwrap();
        let run = kinfolk_on(&brought.library(), "models");
        assert!(
            run.stderr.contains("broken@1") && run.stderr.lines().count() == 1,
            "{}",
            run.stderr
        );
        assert!(
            run.stdout.contains("small@") && run.stdout.contains("SFace"),
            "{}",
            run.stdout
        );
        assert_eq!(run.status, 0);
    }

    fn brought_rows(library: &Path) -> Vec<Value> {
        let mut rows = list(library);
        rows.retain(|row| row["origin"] == "brought");
        rows
    }

    #[test]
    fn a_removed_network_is_gone_and_the_files_of_others_stay() {
        let brought = Brought::new();
        brought.add("small.json", true).done();
        assert_eq!(brought_rows(&brought.library()).len(), 1);
        let told = kinfolk_on(&brought.library(), "models remove small").done();
        assert!(told.contains("Removed small"), "{told}");
        assert_eq!(brought.kept(), Vec::<PathBuf>::new());
        assert!(brought_rows(&brought.library()).is_empty());
        let told = kinfolk_on(&brought.library(), "models remove small").failed();
        assert!(told.contains("there is no network \"small\""), "{told}");

        brought.add("small.json", true).done();
        let notes = brought.kept()[0].with_file_name("notes.txt");
        write(&notes, b"mine");
        kinfolk_on(&brought.library(), "models remove small").done();
        assert_eq!(brought.kept(), [notes]);
    }

    #[test]
    fn the_network_of_the_library_is_not_removed() {
        let brought = Brought::new();
        brought.add("small.json", true).done();
        let model = brought_rows(&brought.library())[0]["model"].clone();
        let set_model = |model: &str| {
            let sql = "INSERT OR REPLACE INTO setting (key, value) VALUES ('embedding_model', ?1)";
            let library = rusqlite::Connection::open(brought.library()).unwrap();
            library.execute(sql, [model]).unwrap();
        };
        set_model(&format!("{}#1", model.as_str().unwrap()));
        let told = kinfolk_on(&brought.library(), "models remove small").failed();
        assert!(
            told.contains("\"small\" was not removed") && told.contains("kinfolk migrate"),
            "{told}"
        );
        assert_eq!(brought.kept().len(), 2);
        set_model("sface-2021dec-mesh");
        kinfolk_on(&brought.library(), "models remove small").done();
        assert_eq!(brought.kept(), Vec::<PathBuf>::new());
    }

    /// The photos of this library are no pictures: the network is looked up, and then nothing can be read.
    #[test]
    fn a_migration_goes_to_a_network_by_its_name() {
        let brought = Brought::new();
        let mut home = crate::support::home::Home::new();
        home.photo("a.jpg", &[0, 1]);
        let closed = home.close();
        brought.add_to(&closed.library, "small.json", true).done();
        let told = kinfolk_on(&closed.library, "migrate --to small --dry-run").done();
        assert!(told.contains("2 faces in 1 photo by small@"), "{told}");
        let told = kinfolk_on(&closed.library, "migrate --to small").failed();
        assert!(told.contains("of 1 photos none could be read"), "{told}");
        let told = kinfolk_on(&closed.library, "migrate --to nothing").failed();
        assert!(
            told.contains("\"nothing\"") && told.contains("kinfolk models"),
            "{told}"
        );
        let rows = list(&closed.library);
        assert!(
            rows.iter()
                .any(|row| row["name"] == "SFace" && row["current"] == true)
        );
    }
}
