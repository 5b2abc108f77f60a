-- The first schema. Boxes and landmarks are in pixels of the upright photo; times are unix seconds, or EXIF text for `taken`.

CREATE TABLE root (
    root_id INTEGER PRIMARY KEY AUTOINCREMENT,
    path    TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE photo (
    photo_id     INTEGER PRIMARY KEY AUTOINCREMENT,
    root_id      INTEGER NOT NULL REFERENCES root,
    path         TEXT NOT NULL,                  -- relative to the root, with '/'
    file_size    INTEGER NOT NULL,
    modified_ns  INTEGER NOT NULL,               -- since the unix epoch
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
    width        INTEGER NOT NULL CHECK (width > 0),
    height       INTEGER NOT NULL CHECK (height > 0),
    orientation  INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
    taken        TEXT,
    vanished     INTEGER NOT NULL DEFAULT 0 CHECK (vanished IN (0, 1))
) STRICT;
-- A vanished photo keeps its last path, which another photo may have taken over since.
CREATE UNIQUE INDEX photo_present ON photo (root_id, path) WHERE vanished = 0;
CREATE INDEX photo_by_path ON photo (path, root_id);
CREATE INDEX photo_by_root ON photo (root_id);
CREATE INDEX photo_by_content ON photo (content_hash);

CREATE TABLE problem (
    root_id     INTEGER NOT NULL REFERENCES root,
    path        TEXT NOT NULL,
    file_size   INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    PRIMARY KEY (root_id, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE face (
    face_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    photo_id     INTEGER NOT NULL REFERENCES photo ON DELETE CASCADE,
    x            REAL NOT NULL,
    y            REAL NOT NULL,
    width        REAL NOT NULL CHECK (width > 0),
    height       REAL NOT NULL CHECK (height > 0),
    score        REAL NOT NULL,
    landmarks    BLOB CHECK (length(landmarks) = 40),  -- 5 x (x, y), little-endian f32
    quality      REAL NOT NULL,
    recognizable INTEGER NOT NULL CHECK (recognizable IN (0, 1)),
    origin       TEXT NOT NULL DEFAULT 'detected' CHECK (origin IN ('detected', 'drawn'))
) STRICT;
-- Holds all that the list of groups asks of a face.
CREATE INDEX face_by_photo ON face (photo_id, quality);

CREATE TABLE embedding (
    face_id INTEGER PRIMARY KEY REFERENCES face ON DELETE CASCADE,
    model   TEXT NOT NULL,
    vector  BLOB NOT NULL
) STRICT;

CREATE TABLE face_thumbnail (
    face_id INTEGER PRIMARY KEY REFERENCES face ON DELETE CASCADE,
    jpeg    BLOB NOT NULL
) STRICT;

CREATE TABLE photo_thumbnail (
    photo_id INTEGER PRIMARY KEY REFERENCES photo ON DELETE CASCADE,
    jpeg     BLOB NOT NULL
) STRICT;

-- Ids are never used twice: AUTOINCREMENT, so that the journal can bring a group back under its own.
CREATE TABLE face_group (
    group_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT UNIQUE CHECK (name <> ''),
    cover_face_id INTEGER REFERENCES face ON DELETE SET NULL
) STRICT;
CREATE INDEX group_by_cover ON face_group (cover_face_id) WHERE cover_face_id IS NOT NULL;

CREATE TABLE membership (
    face_id  INTEGER PRIMARY KEY REFERENCES face ON DELETE CASCADE,
    group_id INTEGER NOT NULL REFERENCES face_group,
    state    TEXT NOT NULL CHECK (state IN ('automatic', 'confirmed'))
) STRICT;
CREATE INDEX membership_by_group ON membership (group_id, state);

CREATE TABLE face_mark (
    face_id INTEGER PRIMARY KEY REFERENCES face ON DELETE CASCADE,
    mark    TEXT NOT NULL CHECK (mark IN ('ignored', 'not_a_face'))
) STRICT;

CREATE TABLE rejection (
    face_id  INTEGER NOT NULL REFERENCES face ON DELETE CASCADE,
    group_id INTEGER NOT NULL REFERENCES face_group ON DELETE CASCADE,
    PRIMARY KEY (face_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rejection_by_group ON rejection (group_id);

CREATE TABLE apart (
    group_a INTEGER NOT NULL REFERENCES face_group ON DELETE CASCADE,
    group_b INTEGER NOT NULL REFERENCES face_group ON DELETE CASCADE,
    PRIMARY KEY (group_a, group_b),
    CHECK (group_a < group_b)
) STRICT, WITHOUT ROWID;
CREATE INDEX apart_by_second ON apart (group_b);

CREATE TABLE journal (
    entry_id INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    undone   INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
    sentence TEXT NOT NULL,
    command  TEXT NOT NULL,                      -- JSON of curate::Command
    changes  TEXT NOT NULL                       -- JSON of [library::RowChange]; last, so that lists never read it
) STRICT;
CREATE INDEX journal_by_undone ON journal (undone, entry_id);

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
