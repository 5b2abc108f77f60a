//! Grouping, its parts and its measures, on embeddings alone.

mod calibration;
mod dendrogram;
mod grouping;
mod identity;
mod metrics;
mod near_groups;
mod neighbour_index;
mod new_faces;
mod outlier_branch;
