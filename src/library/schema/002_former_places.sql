-- Faces that their photo no longer shows, kept because a person decided something about them, with the picture that
-- showed them last and their box there (in pixels of that upright picture).
CREATE TABLE former_place (
    face_id      INTEGER PRIMARY KEY REFERENCES face ON DELETE CASCADE,
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
    x            REAL NOT NULL,
    y            REAL NOT NULL,
    width        REAL NOT NULL CHECK (width > 0),
    height       REAL NOT NULL CHECK (height > 0),
    photo_width  INTEGER NOT NULL CHECK (photo_width > 0),
    photo_height INTEGER NOT NULL CHECK (photo_height > 0),
    -- 0 if a person has undone it: the face then counts as being in its photo.
    missing      INTEGER NOT NULL CHECK (missing IN (0, 1))
) STRICT;
CREATE INDEX former_place_by_content ON former_place (content_hash);

-- What is present is told by leaving out these few.
CREATE INDEX photo_vanished ON photo (photo_id) WHERE vanished = 1;
