//! Clustering of embeddings and its scores.

mod calibration;
mod dendrogram;
mod grouping;
mod inheritance;
mod metrics;
mod near_groups;
mod neighbour_index;
mod new_faces;
mod outlier_branch;
