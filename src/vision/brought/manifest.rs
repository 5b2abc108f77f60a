//! The manifest of a brought recognizer: what the ONNX file does not say of itself.
//!
//! A small JSON file that the user, or who published the network, writes beside the ONNX file. It is untrusted: every field
//! is checked, and an error names the field, what is wrong, and the cure.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::error::ManifestError;
use super::field::{check_field, shortened};
use super::template::Template;
use crate::geometry::Size;
use crate::text::hex;

/// Bytes of a manifest. That of a network with a long licence has a few thousand.
pub const MAX_MANIFEST_BYTES: u64 = 64 << 10;
/// The version of the manifest that this code reads.
const MANIFEST_VERSION: u32 = 1;
const MAX_NAME_LETTERS: usize = 40;
const MAX_FILE_NAME_BYTES: usize = 255;
const MAX_LICENCE_BYTES: usize = 32 << 10;
const MAX_SOURCE_BYTES: usize = 2 << 10;
/// Sides of an input in pixels. Recognizers take 96 to 224.
const INPUT_SIDES: std::ops::RangeInclusive<u32> = 32..=512;
/// Absolute mean and scale: pixels have values from 0 to 255.
const MAX_MEAN: f32 = 1000.0;
const MAX_SCALE: f32 = 1000.0;
/// Numbers of one output. The usual recognizers give 128 to 512.
pub const DIMENSIONS: std::ops::RangeInclusive<usize> = 16..=2048;
/// Hexadecimal digits of the sum in a model's name.
const NAME_DIGITS: usize = 12;

/// How to run a brought recognizer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the manifest's format.
    kinfolk_model: u32,
    /// A short name for commands: 1 to 40 small letters, digits, dots, dashes and underscores.
    pub name: String,
    /// Name of the ONNX file, in the folder of the manifest.
    pub file: String,
    /// SHA-256 of the ONNX file, 64 hexadecimal digits.
    pub sha256: String,
    /// The terms of the weights, which the user must accept.
    pub licence: String,
    /// Where the weights come from.
    #[serde(default)]
    pub source: String,
    pub input: Input,
    #[serde(default)]
    pub template: Template,
    pub output: Output,
    /// The vectors of a face and of its mirror image are added.
    #[serde(default)]
    pub mirrored: bool,
}

/// The picture that the network takes: the value of a pixel is (x − mean) · scale, x from 0 to 255.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    #[serde(default)]
    pub layout: Layout,
    pub channels: Channels,
    /// One number for each channel, in the order of `channels`.
    pub mean: [f32; 3],
    /// One number for each channel, in the order of `channels`.
    pub scale: [f32; 3],
}

/// The order of the input's dimensions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Channels, rows, columns; as PyTorch has it.
    #[default]
    Nchw,
    /// Rows, columns, channels; as TensorFlow has it.
    Nhwc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channels {
    Rgb,
    Bgr,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Numbers of a face's vector, 16 to 2048.
    pub dimension: usize,
    /// The output to read, where the network has several.
    #[serde(default)]
    pub name: Option<String>,
}

impl Manifest {
    /// Reads and checks a manifest; `bytes` are at most [`MAX_MANIFEST_BYTES`].
    ///
    /// # Errors
    /// [`ManifestError`], which names the field.
    pub fn parse(bytes: &[u8]) -> Result<Manifest, ManifestError> {
        let mut manifest: Manifest = serde_json::from_slice(bytes).map_err(ManifestError::Json)?;
        manifest.sha256.make_ascii_lowercase();
        manifest.check()?;
        Ok(manifest)
    }

    /// The manifest as JSON.
    pub fn to_bytes(&self) -> Vec<u8> {
        // No map with other keys than text, and no number that JSON lacks: this can't fail.
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    fn check(&self) -> Result<(), ManifestError> {
        check_field(
            self.kinfolk_model == MANIFEST_VERSION,
            "kinfolk_model",
            || format!("is {}", self.kinfolk_model),
            "this Kinfolk reads version 1: correct it, or update Kinfolk",
        )?;
        self.check_words()?;
        self.input.check()?;
        self.template.check(self.input.size())?;
        check_field(
            DIMENSIONS.contains(&self.output.dimension),
            "output.dimension",
            || format!("is {}", self.output.dimension),
            "give the length of the network's vectors, from 16 to 2048",
        )
    }

    fn check_words(&self) -> Result<(), ManifestError> {
        let is_letter = |letter: u8| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || b".-_".contains(&letter)
        };
        check_field(
            (1..=MAX_NAME_LETTERS).contains(&self.name.len())
                && self.name.bytes().all(is_letter)
                && self.name.as_bytes()[0].is_ascii_alphanumeric(),
            "name",
            || format!("is {:?}", shortened(&self.name)),
            "give 1 to 40 of a-z, 0-9, '.', '-' and '_', the first a letter or a digit",
        )?;
        let is_plain = Path::new(&self.file).file_name() == Some(self.file.as_ref())
            && !self.file.contains(['/', '\\', ':', '\0']);
        check_field(
            is_plain && self.file.len() <= MAX_FILE_NAME_BYTES,
            "file",
            || format!("is {:?}", shortened(&self.file)),
            "give the name of the ONNX file alone, and put it beside the manifest",
        )?;
        check_field(
            self.sha256.len() == 64 && self.sha256.bytes().all(|digit| digit.is_ascii_hexdigit()),
            "sha256",
            || format!("is {:?}", shortened(&self.sha256)),
            "give the SHA-256 of the ONNX file, 64 hexadecimal digits",
        )?;
        check_field(
            !self.licence.trim().is_empty() && self.licence.len() <= MAX_LICENCE_BYTES,
            "licence",
            || format!("has {} bytes", self.licence.len()),
            "say under which terms the weights may be used, in at most 32 KiB",
        )?;
        check_field(
            self.source.len() <= MAX_SOURCE_BYTES,
            "source",
            || format!("has {} bytes", self.source.len()),
            "say where the weights come from, in at most 2 KiB",
        )
    }

    /// What a library stores with the vectors: the name, and a sum of all that changes the vectors. Two networks, or two ways
    /// to run one, never have the same.
    pub fn model_name(&self) -> String {
        let decisive = (
            &self.sha256,
            &self.input,
            &self.template,
            &self.output,
            self.mirrored,
        );
        let decisive = serde_json::to_vec(&decisive).unwrap_or_default();
        let mut sum = hex(&Sha256::digest(decisive));
        sum.truncate(NAME_DIGITS);
        format!("{}@{sum}", self.name)
    }
}

impl Input {
    pub fn size(&self) -> Size {
        Size {
            width: self.width,
            height: self.height,
        }
    }

    fn check(&self) -> Result<(), ManifestError> {
        for (field, side) in [("input.width", self.width), ("input.height", self.height)] {
            check_field(
                INPUT_SIDES.contains(&side),
                field,
                || format!("is {side}"),
                "give the side of the network's input in pixels, from 32 to 512",
            )?;
        }
        check_field(
            self.mean.iter().all(|mean| mean.abs() <= MAX_MEAN),
            "input.mean",
            || format!("is {:?}", self.mean),
            "give three numbers between -1000 and 1000; pixels are from 0 to 255",
        )?;
        check_field(
            self.scale
                .iter()
                .all(|scale| *scale != 0.0 && scale.abs() <= MAX_SCALE),
            "input.scale",
            || format!("is {:?}", self.scale),
            "give three numbers other than 0; a pixel becomes (x - mean) * scale, x from 0 to 255",
        )
    }
}
