//! Embeddings and constraints to groups, and the measures of how good they are.
