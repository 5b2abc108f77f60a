//! Copies a network and its manifest into a library's folder.

use std::fs;
use std::path::Path;

use image::RgbImage;

use super::error::BroughtModelError;
use super::folder::{
    BroughtEntry, MANIFEST_FILE, ONNX_FILE, find, folder_of, read_limited, read_manifest,
};
use crate::files::{folder_of as folder_of_file, write_whole};
use crate::library::Library;
use crate::vision::AlignedFace;
use crate::vision::brought::{BroughtError, BroughtNetwork, MAX_ONNX_BYTES, Manifest, check_sum};

/// Reads a manifest, without the network.
pub fn manifest_at(path: &Path) -> Result<Manifest, BroughtModelError> {
    read_manifest(path)
}

/// Checks the network of a manifest, runs it once, and copies both files into the library's folder, the manifest last. The
/// user has accepted the licence. A network that is there already is written again.
pub fn add(library: &Library, manifest_path: &Path) -> Result<BroughtEntry, BroughtModelError> {
    let manifest = read_manifest(manifest_path)?;
    let source = folder_of_file(manifest_path).join(&manifest.file);
    try_once(&manifest, &source)?;
    // Read again rather than kept: the runtime needs the memory meanwhile.
    let file = read_limited(&source, MAX_ONNX_BYTES, "a network")?;
    check_sum(&manifest, &file).map_err(|error| BroughtModelError::network(&source, error))?;
    let folder = folder_of(library)?.join(manifest.model_name());
    fs::create_dir_all(&folder).map_err(|error| BroughtModelError::io("create", &folder, error))?;
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        write_whole(&path, bytes).map_err(|error| BroughtModelError::io("write", &path, error))
    };
    write(ONNX_FILE, &file)?;
    write(MANIFEST_FILE, &manifest.to_bytes())?;
    find(library, &manifest.model_name())
}

/// Whether the network can be loaded and gives numbers for a grey picture with a gradient. A picture of one colour may
/// rightly give zeros.
fn try_once(manifest: &Manifest, source: &Path) -> Result<(), BroughtModelError> {
    let failed = |error: BroughtError| BroughtModelError::network(source, error);
    let file = read_limited(source, MAX_ONNX_BYTES, "a network")?;
    let network = BroughtNetwork::load(manifest, file).map_err(failed)?;
    let crop = RgbImage::from_fn(manifest.input.width, manifest.input.height, |x, y| {
        image::Rgb([(x % 256) as u8, (y % 256) as u8, ((x + y) % 256) as u8])
    });
    network.embed(&[AlignedFace(crop)]).map_err(failed)?;
    Ok(())
}
