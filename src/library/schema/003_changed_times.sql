-- When a file's bytes or properties last changed, in ns since the unix epoch, where the file system tells: some programs
-- write into a photo and set `modified_ns` back. NULL: not known yet, or not told.
ALTER TABLE photo ADD COLUMN changed_ns INTEGER;
