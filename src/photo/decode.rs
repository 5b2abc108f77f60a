//! Decodes a file of any format to an upright sRGB photo.

use image::RgbImage;

use super::decode_watch::Watch;
use super::exif::ExifFacts;
use super::file::{PhotoFile, Source};
use super::file_kind::{FileKind, PhotoFormat, kind_by_content};
use super::formats::cut_off::is_cut_off;
use super::formats::heif::Heif;
use super::formats::image_crate::Whole;
use super::formats::jpeg::Jpeg;
use super::formats::jxl::Jxl;
use super::formats::png::Png;
use super::formats::raw;
use super::formats::tiff::Tiff;
use super::memory::Memory;
use super::note::PhotoNote;
use super::pixels::orientation::upright;
use super::reduction::Scales;
use super::{Limits, Orientation, PhotoError, Reduction};
use crate::catch_panic::catch_panic;
use crate::geometry::Size;
use crate::stop::StopFlag;

/// A decoded photo.
pub struct Photo {
    /// Upright, 8-bit sRGB; transparent parts are laid on white.
    pub image: RgbImage,
    /// The scale of `image`.
    pub reduction: Reduction,
    /// Size of the stored picture, before `orientation` is applied.
    pub stored: Size,
    pub orientation: Orientation,
    /// When the photo was taken, `YYYY-MM-DDTHH:MM:SS` in the camera's local time.
    pub taken: Option<String>,
    pub format: PhotoFormat,
    /// What is missing of it, or was not looked at.
    pub notes: Vec<PhotoNote>,
}

impl Photo {
    /// Size of the upright photo at full scale.
    pub fn size(&self) -> Size {
        self.orientation.upright_size(self.stored)
    }
}

/// Memory up to which pictures are decoded at full scale at once, in bytes, where a smaller scale is no faster: 30 megapixels.
const MAX_UNREDUCED: u64 = 96 << 20;

/// What a photo's headers claim, before any pixel is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    pub format: PhotoFormat,
    /// Size of the stored picture.
    pub stored: Size,
    scales: Scales,
    /// The largest scale that fits in the memory limit.
    pub largest: Reduction,
    memory: Memory,
}

impl Probe {
    /// The scale to decode at where a length of `length` stored pixels must still have at least `min` pixels, as far as the
    /// memory limit allows: the smallest such scale, or the largest where smaller ones save nothing.
    pub fn reduction_keeping(&self, length: f32, min: f32) -> Reduction {
        let saves = match self.scales {
            Scales::Full | Scales::IfNeeded => false,
            Scales::IfLarge => self.memory(self.largest) > MAX_UNREDUCED,
            Scales::Any => true,
        };
        match saves {
            true => Reduction::keeping(length, min).min(self.largest),
            false => self.largest,
        }
    }

    /// Peak memory of decoding, in bytes, approximately.
    pub fn memory(&self, reduction: Reduction) -> u64 {
        self.memory.at(reduction, self.stored)
    }
}

/// Reads the headers of a photo in memory. Fails as [`decode`] would because of the headers.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Probe, PhotoError> {
    probe_source(Source::Memory(bytes), None, limits)
}

/// Decodes a photo in memory at full scale. The format is determined by content; a panic in a decoder is an error like
/// any other.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Photo, PhotoError> {
    decode_reduced(bytes, limits, Reduction::Full)
}

/// Decodes a photo in memory at one of the scales that [`Probe::reduction_keeping`] allows for it.
pub fn decode_reduced(
    bytes: &[u8],
    limits: &Limits,
    reduction: Reduction,
) -> Result<Photo, PhotoError> {
    let source = Source::Memory(bytes);
    let probe = probe_source(source, None, limits)?;
    let never = StopFlag::default();
    decode_source(
        source,
        None,
        limits,
        &probe,
        reduction,
        &Watch::new(limits, &never),
    )
}

impl PhotoFile {
    /// Reads the headers of the photo. Fails as [`Self::decode`] would because of the headers.
    pub fn probe(&self, limits: &Limits) -> Result<Probe, PhotoError> {
        probe_source(self.source(), self.page, limits)
    }

    /// Decodes the photo at one of the scales that [`Probe::reduction_keeping`] allows for it.
    ///
    /// # Errors
    /// Besides what is wrong with the file, [`PhotoError::TookTooLong`], and [`PhotoError::Stopped`] soon after `stop` is set.
    pub fn decode(
        &self,
        limits: &Limits,
        probe: &Probe,
        reduction: Reduction,
        stop: &StopFlag,
    ) -> Result<Photo, PhotoError> {
        let watch = Watch::new(limits, stop);
        decode_source(self.source(), self.page, limits, probe, reduction, &watch)
    }
}

fn probe_source(
    source: Source<'_>,
    page: Option<u32>,
    limits: &Limits,
) -> Result<Probe, PhotoError> {
    let never = StopFlag::default();
    let watch = &Watch::new(limits, &never);
    let format = format_of(source, watch)?;
    let probed = guarded(format, watch, || {
        let (stored, mut memory, scales) = match format {
            PhotoFormat::Jpeg => {
                let bytes = source.bytes(watch)?;
                let jpeg = Jpeg::new(&bytes, limits, watch)?;
                (jpeg.size, jpeg.memory()?, jpeg.scales())
            }
            PhotoFormat::Raw => {
                let raw = raw::preview(source, watch)?;
                let jpeg = Jpeg::new(&raw.jpeg, limits, watch)?;
                let mut memory = jpeg.memory()?;
                memory.beside += raw.held();
                memory.per_decoded_pixel = memory.per_decoded_pixel.max(6);
                (jpeg.size, memory, jpeg.scales())
            }
            PhotoFormat::Heic | PhotoFormat::Avif => {
                source.check_held()?;
                let bytes = source.bytes(watch)?;
                let heif = Heif::open(&bytes, format.name(), limits, watch)?;
                (heif.size, heif.memory()?, heif.scales())
            }
            PhotoFormat::JpegXl => {
                source.check_held()?;
                let bytes = source.bytes(watch)?;
                let jxl = Jxl::open(&bytes, limits, watch)?;
                (jxl.size, jxl.memory(), Scales::Full)
            }
            PhotoFormat::Png => {
                let png = Png::open(source, limits, watch)?;
                (png.size, png.memory(), png.scales())
            }
            PhotoFormat::Tiff => {
                let tiff = Tiff::open(source, page, limits, watch)?;
                (tiff.size, tiff.memory(), tiff.scales())
            }
            _ => {
                let whole = Whole::open(source, format, limits, watch)?;
                (whole.size, whole.memory(), Scales::Full)
            }
        };
        memory.beside += source.held();
        Ok(Probe {
            format,
            stored,
            scales,
            largest: memory.largest_within(limits, stored, scales)?,
            memory,
        })
    });
    probed.map_err(|error| told_apart(error, source, format, watch))
}

/// What is wrong with a file that ends too early is that.
fn told_apart<'a>(
    error: PhotoError,
    source: Source<'a>,
    format: PhotoFormat,
    watch: &'a Watch<'a>,
) -> PhotoError {
    let may_be = matches!(
        error,
        PhotoError::Damaged { .. } | PhotoError::DecoderPanicked { .. }
    );
    match may_be && is_cut_off(source, format, watch).unwrap_or(false) {
        true => PhotoError::CutOff,
        false => error,
    }
}

/// Decodes as probed: never more than the probe allowed.
fn decode_source<'a>(
    source: Source<'a>,
    page: Option<u32>,
    limits: &Limits,
    probe: &Probe,
    reduction: Reduction,
    watch: &'a Watch<'a>,
) -> Result<Photo, PhotoError> {
    let Size { width, height } = probe.stored;
    if reduction > probe.largest {
        if reduction.decoded_size(probe.stored).pixels() > limits.max_pixels {
            return Err(PhotoError::TooManyPixels {
                width,
                height,
                limit: limits.max_pixels,
            });
        }
        return Err(PhotoError::TooMuchMemory {
            width,
            height,
            bytes: probe.memory(reduction),
            limit: limits.max_memory,
        });
    }
    let decoded = guarded(probe.format, watch, || {
        let (image, exif, mut notes) = match probe.format {
            PhotoFormat::Jpeg => {
                let bytes = source.bytes(watch)?;
                let jpeg = Jpeg::new(&bytes, limits, watch)?;
                let exif = jpeg.exif();
                of_jpeg(jpeg, exif, reduction)?
            }
            PhotoFormat::Raw => {
                let raw = raw::preview(source, watch)?;
                let jpeg = Jpeg::new(&raw.jpeg, limits, watch)?;
                of_jpeg(jpeg, raw.exif, reduction)?
            }
            PhotoFormat::Heic | PhotoFormat::Avif => {
                let bytes = source.bytes(watch)?;
                whole(Heif::open(&bytes, probe.format.name(), limits, watch)?.decode(reduction)?)
            }
            PhotoFormat::JpegXl => {
                let bytes = source.bytes(watch)?;
                whole(Jxl::open(&bytes, limits, watch)?.decode()?)
            }
            PhotoFormat::Png => Png::open(source, limits, watch)?.decode(reduction)?,
            PhotoFormat::Tiff => Tiff::open(source, page, limits, watch)?.decode(reduction)?,
            format => Whole::open(source, format, limits, watch)?.decode()?,
        };
        if !notes.contains(&PhotoNote::Incomplete) && is_cut_off(source, probe.format, watch)? {
            notes.push(PhotoNote::Incomplete);
        }
        Ok(Photo {
            image,
            reduction: match probe.scales {
                Scales::Full => Reduction::Full,
                _ => reduction,
            },
            stored: probe.stored,
            orientation: exif.orientation,
            taken: exif.taken,
            format: probe.format,
            notes,
        })
    });
    decoded.map_err(|error| told_apart(error, source, probe.format, watch))
}

/// An upright picture, what is known of it, and what is to be said of it.
type Decoded = (RgbImage, ExifFacts, Vec<PhotoNote>);

fn of_jpeg(jpeg: Jpeg<'_>, exif: ExifFacts, reduction: Reduction) -> Result<Decoded, PhotoError> {
    let (stored, is_whole) = jpeg.pixels(reduction)?;
    let incomplete = (!is_whole).then_some(PhotoNote::Incomplete);
    let image = upright(stored, exif.orientation);
    Ok((image, exif, incomplete.into_iter().collect()))
}

fn whole((image, exif): (RgbImage, ExifFacts)) -> Decoded {
    (image, exif, Vec::new())
}

#[cfg(test)]
pub(super) fn decode_watched(
    bytes: &[u8],
    limits: &Limits,
    probe: &Probe,
    reduction: Reduction,
    watch: &Watch<'_>,
) -> Result<Photo, PhotoError> {
    decode_source(Source::Memory(bytes), None, limits, probe, reduction, watch)
}

pub(super) fn format_of<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
) -> Result<PhotoFormat, PhotoError> {
    let head = source.head(watch)?;
    if head.is_empty() {
        return Err(PhotoError::Empty);
    }
    match kind_by_content(&head) {
        FileKind::Photo(PhotoFormat::Tiff) if raw::is_raw_tiff(source, watch)? => {
            Ok(PhotoFormat::Raw)
        }
        FileKind::Photo(format) => Ok(format),
        FileKind::NotYetReadable(kind) => Err(PhotoError::NotYetReadable { kind }),
        FileKind::Other => Err(PhotoError::NotAPhoto),
    }
}

/// Runs a decoder. If the watch has expired, its error replaces whatever the decoder returned.
pub(super) fn guarded<T>(
    format: PhotoFormat,
    watch: &Watch<'_>,
    decode: impl FnOnce() -> Result<T, PhotoError>,
) -> Result<T, PhotoError> {
    let format = format.name();
    let decoded = catch_panic(decode);
    watch.check()?;
    decoded.unwrap_or_else(|message| Err(PhotoError::DecoderPanicked { format, message }))
}
