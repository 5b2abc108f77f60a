//! The networks that are built in, for the list that the user sees. `models/README.md` says more.

use super::layers::weights::{MESH, SFACE, WeightFile, YUNET};

/// A network inside the binary.
#[derive(Clone, Copy, Debug)]
pub struct BuiltInNetwork {
    pub name: &'static str,
    /// What it is for.
    pub task: &'static str,
    pub licence: &'static str,
    /// Where the weights come from.
    pub source: &'static str,
    /// SHA-256 of the file of weights, 64 hexadecimal digits.
    pub sha256: &'static str,
    /// Its embeddings are stored in libraries.
    pub is_recognizer: bool,
}

/// In the order in which a photo goes through them.
pub fn built_in_networks() -> Vec<BuiltInNetwork> {
    let zoo = "OpenCV Zoo; the training data are not published by the authors";
    vec![
        network(
            &YUNET,
            "finds faces",
            "MIT",
            "OpenCV Zoo; trained on WIDER FACE by its authors",
        ),
        network(
            &MESH,
            "lays a mesh on a face",
            "Apache-2.0",
            "MediaPipe; the training data are not published by the authors",
        ),
        BuiltInNetwork {
            is_recognizer: true,
            ..network(&SFACE, "recognizes faces", "Apache-2.0", zoo)
        },
    ]
}

fn network(
    file: &WeightFile,
    task: &'static str,
    licence: &'static str,
    source: &'static str,
) -> BuiltInNetwork {
    BuiltInNetwork {
        name: file.model,
        task,
        licence,
        source,
        sha256: file.sha256(),
        is_recognizer: false,
    }
}
