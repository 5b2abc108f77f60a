//! Clustering of embeddings and its scores.

mod calibration;
mod close_pairs;
mod dendrogram;
mod grouping;
mod inheritance;
mod leaving;
mod metrics;
mod near_groups;
mod new_faces;
mod outlier_branch;
mod repeated;
