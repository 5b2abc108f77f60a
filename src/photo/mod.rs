//! Files to upright RGB photos: walking folders, decoding within limits, EXIF, thumbnails.
