//! JPEG XL, by the crate `jxl` of the format's own project.

use std::io::{self, IoSliceMut};

use image::{ColorType, RgbImage};
use jxl::api::{
    Event, ExtraChannel, JxlAuxBoxType, JxlBitstreamInput, JxlColorType, JxlDataFormat, JxlDecoder,
    JxlDecoderOptions, JxlOutputBuffer, JxlPixelFormat, ProfileLevel,
};
use jxl::error::Error;

use crate::geometry::Size;
use crate::photo::decode_watch::Watch;
use crate::photo::exif::ExifFacts;
use crate::photo::limits::check_pixels;
use crate::photo::memory::Memory;
use crate::photo::pixels::color::{self, Samples};
use crate::photo::pixels::samples::InPlace;
use crate::photo::{Limits, PhotoError};

/// Bytes that the decoder holds for each pixel and channel beside the picture. Most files need next to nothing, since they are
/// decoded in groups; measured at the most: 1 for lossless files that can be shown coarsely first, 1.2 for lossy files with opacity.
const DECODER_PER_SAMPLE: u64 = 2;
/// Channels of a picture: colours, opacity and what else cameras write.
const MAX_CHANNELS: usize = 8;
/// Bytes given to the decoder at a time.
const PIECE: usize = 64 << 10;
/// Frames of a picture that is put together from layers, or of an animation before the first one that is shown.
const MAX_EVENTS: usize = 1024;
const EXIF: JxlAuxBoxType = JxlAuxBoxType(*b"Exif");

/// A JPEG XL whose headers have been read.
pub(crate) struct Jxl<'a> {
    decoder: JxlDecoder,
    input: Input<'a>,
    channels: usize,
    has_alpha: bool,
    pub(crate) size: Size,
}

/// The file's bytes, until the watch expires.
struct Input<'a> {
    bytes: &'a [u8],
    watch: &'a Watch<'a>,
}

impl JxlBitstreamInput for Input<'_> {
    fn available_bytes(&mut self) -> io::Result<usize> {
        Ok(self.bytes.len())
    }

    fn read(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let mut read = 0;
        for buffer in buffers {
            for piece in buffer.chunks_mut(PIECE) {
                self.watch.check().map_err(io::Error::other)?;
                let length = piece.len().min(self.bytes.len());
                piece[..length].copy_from_slice(&self.bytes[..length]);
                self.bytes = &self.bytes[length..];
                read += length;
            }
        }
        Ok(read)
    }
}

/// Runs the decoder's tasks one after another, until the watch expires.
struct Runner<'a>(&'a Watch<'a>);

impl jxl::api::JxlParallelRunner for Runner<'_> {
    fn run(
        &mut self,
        count: usize,
        task: &jxl::api::JxlParallelRunnerFun<'_>,
    ) -> Result<(), Error> {
        (0..count).try_for_each(|number| {
            let ended = |error| Error::IOError(io::Error::other(error));
            self.0.check().map_err(ended)?;
            task(number)
        })
    }

    fn num_threads(&self) -> usize {
        1
    }

    fn run_ordered(
        &mut self,
        count: usize,
        _: Option<usize>,
        task: &jxl::api::JxlParallelRunnerFun<'_>,
    ) -> Result<(), Error> {
        self.run(count, task)
    }
}

impl<'a> Jxl<'a> {
    pub(crate) fn open(
        bytes: &'a [u8],
        limits: &Limits,
        watch: &'a Watch<'a>,
    ) -> Result<Self, PhotoError> {
        let mut options = JxlDecoderOptions::default();
        let samples = limits.max_memory / DECODER_PER_SAMPLE;
        options.sample_limit = Some(usize::try_from(samples).unwrap_or(usize::MAX));
        options.max_profile_level = ProfileLevel::Main10;
        options.request_aux_boxes = vec![EXIF];
        let mut jxl = Self {
            decoder: JxlDecoder::new(options),
            input: Input { bytes, watch },
            channels: 0,
            has_alpha: false,
            size: Size {
                width: 0,
                height: 0,
            },
        };
        jxl.run_to(Event::BasicInfo, None)?;
        let none = || damaged_because("no header");
        let info = jxl.decoder.basic_info().ok_or_else(none)?;
        let (width, height) = info.size;
        let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        jxl.size = Size {
            width: side(width),
            height: side(height),
        };
        check_pixels(jxl.size, limits)?;
        let extra = info.extra_channels.len();
        jxl.channels = 3 + extra;
        if jxl.channels > MAX_CHANNELS {
            return Err(PhotoError::TooMuchWork {
                format: "a JPEG XL",
                found: format!("{} channels", jxl.channels),
                limit: MAX_CHANNELS as u64,
            });
        }
        let mut extra_channels = info.extra_channels.iter();
        jxl.has_alpha = extra_channels.any(|channel| channel.ec_type == ExtraChannel::Alpha);
        jxl.decoder
            .set_pixel_format(JxlPixelFormat {
                color_type: match jxl.has_alpha {
                    true => JxlColorType::Rgba,
                    false => JxlColorType::Rgb,
                },
                color_data_format: Some(JxlDataFormat::U8 { bit_depth: 8 }),
                extra_channel_format: vec![None; extra],
            })
            .map_err(damaged)?;
        Ok(jxl)
    }

    pub(crate) fn memory(&self) -> Memory {
        let samples = if self.has_alpha { 4 } else { 3 };
        Memory {
            per_decoded_pixel: samples + DECODER_PER_SAMPLE * self.channels as u64,
            fixed: 0,
            beside: 0,
        }
    }

    /// The upright picture in sRGB; the header's own orientation is heeded by the decoder.
    pub(crate) fn decode(mut self) -> Result<(RgbImage, ExifFacts), PhotoError> {
        let Size { width, height } = self.size;
        let color = match self.has_alpha {
            true => ColorType::Rgba8,
            false => ColorType::Rgb8,
        };
        let row_bytes = width as usize * usize::from(color.bytes_per_pixel());
        let mut picture = InPlace::new(width, height, color);
        self.run_to(
            Event::FrameComplete {
                has_more_frames: false,
            },
            Some((picture.samples(), height as usize, row_bytes)),
        )?;
        let profile = self.decoder.output_color_profile();
        let icc = profile.and_then(|profile| Some(profile.try_as_icc()?.into_owned()));
        let picture = picture.into_rgb();
        let mut picture = picture.ok_or_else(|| damaged_because("too few samples"))?;
        if let Some(icc) = color::of_bounded_size(icc) {
            color::to_srgb(&mut picture, Samples::Rgb, &icc);
        }
        let exif = ExifFacts {
            taken: self.taken(),
            ..ExifFacts::NONE
        };
        Ok((picture, exif))
    }

    /// The date of the EXIF, which may follow the picture: what comes after it is read for that alone.
    fn taken(&mut self) -> Option<String> {
        self.decoder.close_input();
        let _ends = self.run_to(Event::Complete, None);
        let exif = self.decoder.aux_boxes(EXIF).first()?;
        let data = (!exif.is_compressed()).then(|| exif.raw_data())?;
        // The block begins at an offset from here.
        let offset =
            u32::from_be_bytes([*data.first()?, *data.get(1)?, *data.get(2)?, *data.get(3)?]);
        ExifFacts::parse(data.get(4 + offset as usize..)?).taken
    }

    fn run_to(
        &mut self,
        wanted: Event,
        mut pixels: Option<(&mut [u8], usize, usize)>,
    ) -> Result<(), PhotoError> {
        let is_wanted =
            |event: &Event| std::mem::discriminant(event) == std::mem::discriminant(&wanted);
        let watch = self.input.watch;
        for _ in 0..MAX_EVENTS {
            watch.check()?;
            let event = match &mut pixels {
                Some((pixels, rows, row_bytes)) => {
                    let mut buffers = [JxlOutputBuffer::new(pixels, *rows, *row_bytes)];
                    let mut runner = Runner(watch);
                    self.decoder
                        .process(&mut self.input, Some(&mut buffers), Some(&mut runner))
                }
                None => self
                    .decoder
                    .process(&mut self.input, None, Some(&mut Runner(watch))),
            };
            match event.map_err(damaged)? {
                event if is_wanted(&event) => return Ok(()),
                Event::Complete => return Err(damaged_because("no picture")),
                Event::NeedMoreInput { .. } if self.input.bytes.is_empty() => {
                    return Err(PhotoError::CutOff);
                }
                _ => {}
            }
        }
        Err(damaged_because("too many frames"))
    }
}

fn damaged(error: Error) -> PhotoError {
    if matches!(error, Error::ImageSizeTooLarge(..)) {
        return PhotoError::Unsupported {
            format: "JPEG XL",
            what: "more pixels than can be held".to_owned(),
        };
    }
    damaged_because(&error.to_string())
}

fn damaged_because(reason: &str) -> PhotoError {
    PhotoError::Damaged {
        format: "JPEG XL",
        reason: reason.to_owned(),
    }
}
