//! Labels: a table of the names of people, and the faces that its rows mean.

mod match_faces;
mod principal_face;
mod table;

pub use match_faces::match_labels;
pub use principal_face::principal_face;
pub use table::read_labels;
