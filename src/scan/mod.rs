//! From folders to faces in the library: a pipeline of bounded queues.
