//! Labels: a table of the names of people, and the faces that its rows mean.

mod match_faces;
mod photo_places;
mod principal_face;
mod table;
mod table_text;

pub use match_faces::match_labels;
pub use photo_places::PhotoPlaces;
pub use principal_face::principal_face;
pub use table::read_labels;
