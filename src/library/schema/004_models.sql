-- A face may have a vector of each of several models; the library reads those of one, the setting 'embedding_model'.
CREATE TABLE embedding_by_model (
    face_id INTEGER NOT NULL REFERENCES face ON DELETE CASCADE,
    model   TEXT NOT NULL,
    vector  BLOB NOT NULL,
    norm    REAL,                                -- of the recognizer's output; NULL: not known
    PRIMARY KEY (face_id, model)
) STRICT, WITHOUT ROWID;
INSERT INTO embedding_by_model (face_id, model, vector) SELECT face_id, model, vector FROM embedding ORDER BY face_id;
DROP TABLE embedding;
ALTER TABLE embedding_by_model RENAME TO embedding;

-- The only model that earlier versions of Kinfolk read.
INSERT OR IGNORE INTO setting (key, value)
    SELECT 'embedding_model', 'sface-2021dec-refined'
    WHERE EXISTS (SELECT 1 FROM embedding WHERE model = 'sface-2021dec-refined');

-- What was measured of each face; NULL: not measured. Angles are in radians.
ALTER TABLE face ADD COLUMN side REAL;           -- pixels of the upright photo
ALTER TABLE face ADD COLUMN sharpness REAL;
ALTER TABLE face ADD COLUMN face_flag REAL;      -- this and the rest by the face mesh
ALTER TABLE face ADD COLUMN yaw REAL;
ALTER TABLE face ADD COLUMN pitch REAL;
ALTER TABLE face ADD COLUMN roll REAL;
ALTER TABLE face ADD COLUMN eyes_open REAL;
ALTER TABLE face ADD COLUMN smile REAL;
ALTER TABLE face ADD COLUMN is_negative INTEGER CHECK (is_negative IN (0, 1));  -- its crop is inverted; NULL: it is not

-- Entries that tell of what the program did: undo and redo pass them over.
ALTER TABLE journal ADD COLUMN is_note INTEGER NOT NULL DEFAULT 0 CHECK (is_note IN (0, 1));
