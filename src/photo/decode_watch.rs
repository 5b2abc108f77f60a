//! Ends the decoding of a photo that takes too long or is no longer wanted.
//!
//! A decoder can't be interrupted, but it keeps reading, so the watch is checked where it reads: once the watch has
//! expired, reads fail, and the decoder gives up by itself. A lenient decoder may take the failure for the end of the
//! file, so the watch is checked again after each decoder.

use std::cell::Cell;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use zune_jpeg::zune_core::bytestream::{ZByteIoError, ZByteReaderTrait, ZCursor, ZSeekFrom};

use super::{Limits, PhotoError};
use crate::stop::StopFlag;

/// What a read costs in addition to its bytes, in bytes: many decoders read a few bytes at a time, and a check takes as
/// long as decoding a few bytes.
const COST_OF_READ: usize = 256;
/// Reads of four bytes between two checks.
const SHORT_READS_PER_CHECK: u32 = 4096;
/// Bytes that are read at a time, or between two checks.
const PIECE: usize = 16 << 10;

/// Watches one photo from the creation of the watch on.
pub(super) struct Watch<'a> {
    stop: &'a StopFlag,
    max_time: Duration,
    started: Instant,
    /// Time spent waiting for the disk, which doesn't count.
    waited: Cell<Duration>,
    #[cfg(test)]
    checks: Cell<u32>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(limits: &Limits, stop: &'a StopFlag) -> Self {
        Self {
            stop,
            max_time: limits.max_time,
            started: Instant::now(),
            waited: Cell::new(Duration::ZERO),
            #[cfg(test)]
            checks: Cell::new(0),
        }
    }

    /// # Errors
    /// [`PhotoError::Stopped`] or [`PhotoError::TookTooLong`]; after the first failure every check fails.
    pub(super) fn check(&self) -> Result<(), PhotoError> {
        #[cfg(test)]
        self.checks.set(self.checks.get() + 1);
        if self.stop.is_set() {
            return Err(PhotoError::Stopped);
        }
        if self.started.elapsed().saturating_sub(self.waited.get()) >= self.max_time {
            return Err(PhotoError::TookTooLong {
                seconds: self.max_time.as_secs(),
            });
        }
        Ok(())
    }

    fn check_read(&self) -> io::Result<()> {
        self.check().map_err(io::Error::other)
    }

    /// Runs `read` without counting its time.
    fn waiting<T>(&self, read: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = read();
        self.waited.set(self.waited.get() + started.elapsed());
        result
    }
}

/// A file on a disk. The time for reading it doesn't count.
pub(super) struct OnDisk<'a, R> {
    pub(super) file: R,
    pub(super) watch: &'a Watch<'a>,
}

impl<R: Read> Read for OnDisk<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.watch.waiting(|| self.file.read(buffer))
    }
}

impl<R: Seek> Seek for OnDisk<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// A reader that fails once the watch has expired.
pub(super) struct Watched<'a, R> {
    inner: R,
    watch: &'a Watch<'a>,
    /// Bytes read since the last check, and [`COST_OF_READ`] for each read.
    unchecked: usize,
}

impl<'a, R> Watched<'a, R> {
    pub(super) fn new(inner: R, watch: &'a Watch<'a>) -> Self {
        Self {
            inner,
            watch,
            unchecked: 0,
        }
    }

    fn count(&mut self, bytes: usize) -> io::Result<()> {
        self.unchecked += COST_OF_READ + bytes;
        if self.unchecked >= PIECE {
            self.watch.check_read()?;
            self.unchecked = 0;
        }
        Ok(())
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.count(buffer.len())?;
        self.inner.read(buffer)
    }
}

impl<R: BufRead> BufRead for Watched<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.count(0)?;
        let bytes = self.inner.fill_buf()?;
        Ok(&bytes[..bytes.len().min(PIECE)])
    }

    fn consume(&mut self, bytes: usize) {
        self.unchecked += bytes;
        self.inner.consume(bytes);
    }
}

impl<R: Seek> Seek for Watched<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// The bytes of a JPEG for libjpeg, one piece at a time.
pub(super) struct Pieces<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) watch: &'a Watch<'a>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.watch.check_read()?;
        self.bytes.read(buffer)
    }
}

impl BufRead for Pieces<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.watch.check_read()?;
        Ok(&self.bytes[..self.bytes.len().min(PIECE)])
    }

    fn consume(&mut self, bytes: usize) {
        self.bytes = &self.bytes[bytes..];
    }
}

/// The bytes of a JPEG for zune-jpeg, which reads four at a time and checks after each failure whether the file has
/// ended.
pub(super) struct ShortReads<'a> {
    cursor: ZCursor<&'a [u8]>,
    watch: &'a Watch<'a>,
    reads: u32,
    has_expired: bool,
}

impl<'a> ShortReads<'a> {
    pub(super) fn new(bytes: &'a [u8], watch: &'a Watch<'a>) -> Self {
        Self {
            cursor: ZCursor::new(bytes),
            watch,
            reads: 0,
            has_expired: false,
        }
    }

    #[inline]
    fn count(&mut self) -> Result<(), ZByteIoError> {
        self.reads += 1;
        if self.reads < SHORT_READS_PER_CHECK {
            return Ok(());
        }
        self.check()
    }

    #[cold]
    fn check(&mut self) -> Result<(), ZByteIoError> {
        if self.has_expired || self.watch.check().is_err() {
            self.has_expired = true;
            return Err(EXPIRED);
        }
        self.reads = 0;
        Ok(())
    }
}

const EXPIRED: ZByteIoError = ZByteIoError::Generic("the decoding was ended");

impl ZByteReaderTrait for ShortReads<'_> {
    #[inline]
    fn read_byte_no_error(&mut self) -> u8 {
        self.cursor.read_byte_no_error()
    }

    #[inline]
    fn read_exact_bytes(&mut self, buffer: &mut [u8]) -> Result<(), ZByteIoError> {
        self.count()?;
        self.cursor.read_exact_bytes(buffer)
    }

    fn read_bytes(&mut self, buffer: &mut [u8]) -> Result<usize, ZByteIoError> {
        self.count()?;
        self.cursor.read_bytes(buffer)
    }

    fn peek_bytes(&mut self, buffer: &mut [u8]) -> Result<usize, ZByteIoError> {
        self.cursor.peek_bytes(buffer)
    }

    fn peek_exact_bytes(&mut self, buffer: &mut [u8]) -> Result<(), ZByteIoError> {
        self.cursor.peek_exact_bytes(buffer)
    }

    fn z_seek(&mut self, from: ZSeekFrom) -> Result<u64, ZByteIoError> {
        self.cursor.z_seek(from)
    }

    #[inline]
    fn is_eof(&mut self) -> Result<bool, ZByteIoError> {
        if self.has_expired {
            return Err(EXPIRED);
        }
        self.cursor.is_eof()
    }

    fn z_position(&mut self) -> Result<u64, ZByteIoError> {
        self.cursor.z_position()
    }

    fn read_remaining(&mut self, sink: &mut Vec<u8>) -> Result<usize, ZByteIoError> {
        self.cursor.read_remaining(sink)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, RgbImage};
    use jpeg_encoder::{ColorType, Encoder};

    use super::*;
    use crate::photo::decode::decode_watched;
    use crate::photo::{Reduction, probe};

    /// Noise, which no format compresses well.
    fn noise(width: u32, height: u32) -> RgbImage {
        let mut state = 1u32;
        RgbImage::from_fn(width, height, |_, _| {
            image::Rgb(std::array::from_fn(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            }))
        })
    }

    fn encoded(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let image = DynamicImage::from(image.clone());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn jpeg(image: &RgbImage, progressive: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 90);
        encoder.set_progressive(progressive);
        let (width, height) = (image.width() as u16, image.height() as u16);
        encoder
            .encode(image.as_raw(), width, height, ColorType::Rgb)
            .unwrap();
        bytes
    }

    #[test]
    fn every_decoder_checks_often_and_gives_up_soon() {
        let image = noise(1200, 900);
        let (baseline, progressive) = (jpeg(&image, false), jpeg(&image, true));
        let full = Reduction::Full;
        let files = [
            ("JPEG", baseline.clone(), full),
            ("progressive JPEG", progressive.clone(), full),
            ("JPEG at a quarter", baseline, Reduction::Quarter),
            (
                "progressive JPEG at a quarter",
                progressive,
                Reduction::Quarter,
            ),
            ("PNG", encoded(&image, ImageFormat::Png), full),
            ("TIFF", encoded(&image, ImageFormat::Tiff), full),
            ("BMP", encoded(&image, ImageFormat::Bmp), full),
            ("WebP", encoded(&image, ImageFormat::WebP), full),
            ("GIF", encoded(&noise(300, 200), ImageFormat::Gif), full),
        ];
        let limits = Limits::default();
        let stop = StopFlag::default();
        for (name, bytes, reduction) in &files {
            let probe = probe(bytes, &limits).unwrap();
            let watch = Watch::new(&limits, &stop);
            let photo = decode_watched(bytes, &limits, &probe, *reduction, &watch);
            assert!(photo.is_ok(), "{name}: {:?}", photo.err());
            assert!(watch.checks.get() >= 4, "{name}: {}", watch.checks.get());
        }
        let hurried = Limits {
            max_time: Duration::ZERO,
            ..limits
        };
        for (name, bytes, reduction) in &files {
            let probe = probe(bytes, &limits).unwrap();
            let watch = Watch::new(&hurried, &stop);
            let ended = decode_watched(bytes, &hurried, &probe, *reduction, &watch).err();
            assert!(
                matches!(ended, Some(PhotoError::TookTooLong { seconds: 0 })),
                "{name}: {ended:?}"
            );
            assert!(watch.checks.get() <= 3, "{name}: {}", watch.checks.get());
        }
        stop.stop();
        for (name, bytes, reduction) in &files {
            let probe = probe(bytes, &limits).unwrap();
            let watch = Watch::new(&limits, &stop);
            let ended = decode_watched(bytes, &limits, &probe, *reduction, &watch).err();
            assert!(
                matches!(ended, Some(PhotoError::Stopped)),
                "{name}: {ended:?}"
            );
        }
    }

    #[test]
    fn waiting_for_the_disk_does_not_count() {
        struct SlowDisk;
        impl Read for SlowDisk {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                std::thread::sleep(Duration::from_millis(50));
                Ok(0)
            }
        }
        let limits = Limits {
            max_time: Duration::from_secs(30),
            ..Limits::default()
        };
        let stop = StopFlag::default();
        let watch = Watch::new(&limits, &stop);
        let mut disk = OnDisk {
            file: SlowDisk,
            watch: &watch,
        };
        assert_eq!(disk.read(&mut [0; 8]).unwrap(), 0);
        assert!(watch.waited.get() >= Duration::from_millis(50));
        assert!(watch.check().is_ok());
    }
}
