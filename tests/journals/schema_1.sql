-- A library as a build of schema 1 left it (`sqlite3 FILE .dump`), without embeddings, thumbnails and landmarks. Never edited.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE root (
    root_id INTEGER PRIMARY KEY AUTOINCREMENT,
    path    TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO root VALUES(1,'/photos');
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
INSERT INTO photo VALUES(1,1,'person 1/0.jpg',1234,1700000000000000000,X'5b5dcb6194ad23c621a83766f063d4ae7a19b82f77c305d3ea63ed7c50acef8b',1000,800,1,NULL,0);
INSERT INTO photo VALUES(2,1,'person 1/1.jpg',1234,1700000000000000000,X'6316567474ff9977aad819d2ce8815679dfe6eee8ee753997251d4b0815a385d',1000,800,1,NULL,0);
INSERT INTO photo VALUES(3,1,'person 1/2.jpg',1234,1700000000000000000,X'ddea080052147d0ac9ec7b9783f3bc89641f563fb16740195c5df00f16c84c94',1000,800,1,NULL,0);
INSERT INTO photo VALUES(4,1,'person 2/0.jpg',1234,1700000000000000000,X'2c468148e6bc17213693532669139fa2e9de4a224959405eeeb7d326f83e8a7d',1000,800,1,NULL,0);
INSERT INTO photo VALUES(5,1,'person 2/1.jpg',1234,1700000000000000000,X'd0f49e5b9921cae4eddf2c675c83cc0414bafb0eef09fe05eb95fcbcc77b28ee',1000,800,1,NULL,0);
INSERT INTO photo VALUES(6,1,'person 2/2.jpg',1234,1700000000000000000,X'0093c440bcf48b2bec93260e3e6ac32ecd505f76d0b9a1cce6145d926e52a813',1000,800,1,NULL,0);
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
INSERT INTO face VALUES(1,1,10.0,100.0,100.0,120.0,0.89999997615814208984,NULL,0.5,1,'detected');
INSERT INTO face VALUES(2,2,10.0,100.0,100.0,120.0,0.89999997615814208984,NULL,0.5,1,'detected');
INSERT INTO face VALUES(3,3,10.0,100.0,100.0,120.0,0.89999997615814208984,NULL,0.5,1,'detected');
INSERT INTO face VALUES(4,4,10.0,100.0,100.0,120.0,0.89999997615814208984,NULL,0.5,1,'detected');
INSERT INTO face VALUES(5,5,10.0,100.0,100.0,120.0,0.89999997615814208984,NULL,0.5,1,'detected');
INSERT INTO face VALUES(6,6,10.0,100.0,100.0,120.0,0.89999997615814208984,NULL,0.5,1,'detected');
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
CREATE TABLE face_group (
    group_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT UNIQUE CHECK (name <> ''),
    cover_face_id INTEGER REFERENCES face ON DELETE SET NULL
) STRICT;
INSERT INTO face_group VALUES(1,'Maria',2);
INSERT INTO face_group VALUES(2,'Tom',NULL);
INSERT INTO face_group VALUES(3,NULL,NULL);
INSERT INTO face_group VALUES(4,NULL,NULL);
CREATE TABLE membership (
    face_id  INTEGER PRIMARY KEY REFERENCES face ON DELETE CASCADE,
    group_id INTEGER NOT NULL REFERENCES face_group,
    state    TEXT NOT NULL CHECK (state IN ('automatic', 'confirmed'))
) STRICT;
INSERT INTO membership VALUES(1,1,'confirmed');
INSERT INTO membership VALUES(2,1,'confirmed');
INSERT INTO membership VALUES(3,4,'automatic');
INSERT INTO membership VALUES(4,2,'confirmed');
INSERT INTO membership VALUES(5,2,'confirmed');
INSERT INTO membership VALUES(6,3,'confirmed');
CREATE TABLE face_mark (
    face_id INTEGER PRIMARY KEY REFERENCES face ON DELETE CASCADE,
    mark    TEXT NOT NULL CHECK (mark IN ('ignored', 'not_a_face'))
) STRICT;
INSERT INTO face_mark VALUES(5,'ignored');
INSERT INTO face_mark VALUES(6,'not_a_face');
CREATE TABLE rejection (
    face_id  INTEGER NOT NULL REFERENCES face ON DELETE CASCADE,
    group_id INTEGER NOT NULL REFERENCES face_group ON DELETE CASCADE,
    PRIMARY KEY (face_id, group_id)
) STRICT, WITHOUT ROWID;
INSERT INTO rejection VALUES(3,1);
CREATE TABLE apart (
    group_a INTEGER NOT NULL REFERENCES face_group ON DELETE CASCADE,
    group_b INTEGER NOT NULL REFERENCES face_group ON DELETE CASCADE,
    PRIMARY KEY (group_a, group_b),
    CHECK (group_a < group_b)
) STRICT, WITHOUT ROWID;
INSERT INTO apart VALUES(2,3);
CREATE TABLE journal (
    entry_id INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    undone   INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
    sentence TEXT NOT NULL,
    command  TEXT NOT NULL,                      -- JSON of curate::Command
    changes  TEXT NOT NULL                       -- JSON of [library::RowChange]; last, so that lists never read it
) STRICT;
INSERT INTO journal VALUES(1,1795730833,0,'Named 3 faces Maria','{"name":{"group":1,"name":"Maria"}}','{"version":1,"changes":[{"membership":{"face":1,"before":{"group":1,"state":"automatic"},"after":{"group":1,"state":"confirmed"}}},{"membership":{"face":2,"before":{"group":1,"state":"automatic"},"after":{"group":1,"state":"confirmed"}}},{"membership":{"face":3,"before":{"group":1,"state":"automatic"},"after":{"group":1,"state":"confirmed"}}},{"group":{"group":1,"before":{"name":null,"cover":null},"after":{"name":"Maria","cover":null}}}]}');
INSERT INTO journal VALUES(2,1795730833,0,'Named 3 faces Tom','{"name":{"group":2,"name":"Tom"}}','{"version":1,"changes":[{"membership":{"face":4,"before":{"group":2,"state":"automatic"},"after":{"group":2,"state":"confirmed"}}},{"membership":{"face":5,"before":{"group":2,"state":"automatic"},"after":{"group":2,"state":"confirmed"}}},{"membership":{"face":6,"before":{"group":2,"state":"automatic"},"after":{"group":2,"state":"confirmed"}}},{"group":{"group":2,"before":{"name":null,"cover":null},"after":{"name":"Tom","cover":null}}}]}');
INSERT INTO journal VALUES(3,1795730833,0,'Split 1 face out of Tom','{"split_faces":{"group":2,"faces":[6]},"verdicts":[{"distance":0.0,"sides":[{"faces":1,"spread":0.9999998513832042},{"faces":2,"spread":0.0}],"same":false,"inside":true}]}','{"version":1,"changes":[{"group":{"group":3,"before":null,"after":{"name":null,"cover":null}}},{"membership":{"face":6,"before":{"group":2,"state":"confirmed"},"after":{"group":3,"state":"confirmed"}}},{"apart":{"groups":[2,3],"before":false,"after":true}}]}');
INSERT INTO journal VALUES(4,1795730833,0,'Removed 1 face from Maria','{"reject":{"faces":[3]},"verdicts":[{"distance":2.3841858e-7,"sides":[{"faces":1,"spread":1.0000002405873243},{"faces":2,"spread":4.811746487920487e-7}],"same":false,"inside":true}]}','{"version":1,"changes":[{"group":{"group":4,"before":null,"after":{"name":null,"cover":null}}},{"membership":{"face":3,"before":{"group":1,"state":"confirmed"},"after":{"group":4,"state":"automatic"}}},{"rejection":{"face":3,"group":1,"before":false,"after":true}}]}');
INSERT INTO journal VALUES(5,1795730833,0,'Ignored 1 face','{"ignore":{"faces":[5]}}','{"version":1,"changes":[{"mark":{"face":5,"before":null,"after":"ignored"}}]}');
INSERT INTO journal VALUES(6,1795730833,0,'Marked 1 face as not a face','{"not_a_face":{"faces":[6]}}','{"version":1,"changes":[{"mark":{"face":6,"before":null,"after":"not_a_face"}}]}');
INSERT INTO journal VALUES(7,1795730833,0,'Chose a cover for Maria','{"set_cover":{"group":1,"face":2}}','{"version":1,"changes":[{"group":{"group":1,"before":{"name":"Maria","cover":null},"after":{"name":"Maria","cover":2}}}]}');
CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('root',1);
INSERT INTO sqlite_sequence VALUES('photo',6);
INSERT INTO sqlite_sequence VALUES('face',6);
INSERT INTO sqlite_sequence VALUES('face_group',4);
INSERT INTO sqlite_sequence VALUES('journal',7);
CREATE UNIQUE INDEX photo_present ON photo (root_id, path) WHERE vanished = 0;
CREATE INDEX photo_by_path ON photo (path, root_id);
CREATE INDEX photo_by_root ON photo (root_id);
CREATE INDEX photo_by_content ON photo (content_hash);
CREATE INDEX face_by_photo ON face (photo_id, quality);
CREATE INDEX group_by_cover ON face_group (cover_face_id) WHERE cover_face_id IS NOT NULL;
CREATE INDEX membership_by_group ON membership (group_id, state);
CREATE INDEX rejection_by_group ON rejection (group_id);
CREATE INDEX apart_by_second ON apart (group_b);
CREATE INDEX journal_by_undone ON journal (undone, entry_id);
COMMIT;
PRAGMA application_id = 1265200742;
PRAGMA user_version = 1;
