//! Commands, grouping, identification and the review, in a library.

mod face_commands;
mod group_commands;
mod grouping_writes;
mod history;
mod identification;
mod learning;
mod new_faces;
mod poor_faces;
mod properties;
mod regroup;
mod review;
mod review_cache;
