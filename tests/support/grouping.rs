//! Grouping of embeddings with a stop flag that is never set.

use kinfolk::cluster::{self, Centre, Cut, Dendrogram, FaceToGroup, Method, Rule, Union};
use kinfolk::stop::StopFlag;
use kinfolk::vision::{Centred, Embedding};

pub fn centred(embeddings: &[Embedding]) -> Vec<Centred> {
    embeddings.iter().map(Embedding::centred).collect()
}

pub fn group(embeddings: &[Embedding], faces: &[FaceToGroup], cut: Cut) -> Vec<u32> {
    cluster::group(&centred(embeddings), faces, cut, &StopFlag::default()).expect("nobody stops it")
}

pub fn group_in_steps(
    embeddings: &[Embedding],
    faces: &[FaceToGroup],
    cut: Cut,
    max_faces: usize,
) -> Vec<u32> {
    group_by(Method::Components(max_faces), embeddings, faces, cut)
}

pub fn group_in_one_matrix(embeddings: &[Embedding], faces: &[FaceToGroup], cut: Cut) -> Vec<u32> {
    group_by(Method::OneMatrix, embeddings, faces, cut)
}

fn group_by(method: Method, embeddings: &[Embedding], faces: &[FaceToGroup], cut: Cut) -> Vec<u32> {
    let never = StopFlag::default();
    cluster::group_by(method, &centred(embeddings), faces, cut, &never).expect("nobody stops it")
}

#[allow(dead_code, reason = "the benches use it")]
pub fn group_at_one_cut(embeddings: &[Embedding], faces: &[FaceToGroup], cut: f32) -> Vec<u32> {
    cluster::group_at_one_cut(&centred(embeddings), faces, cut, &StopFlag::default())
        .expect("nobody stops it")
}

pub fn group_new_faces(
    existing: &[Centre],
    faces_of: impl Fn(usize) -> Vec<FaceToGroup> + Sync,
    new_faces: &[Centred],
    faces: &[FaceToGroup],
    rule: &Rule,
) -> Vec<Union> {
    let never = StopFlag::default();
    cluster::group_new_faces(existing, faces_of, new_faces, faces, rule, &never)
        .expect("nobody stops it")
}

pub fn dendrogram(embeddings: &[Centred], photos: &[u32]) -> Dendrogram {
    Dendrogram::new(embeddings, photos, &StopFlag::default()).expect("nobody stops it")
}
