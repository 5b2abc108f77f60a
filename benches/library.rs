//! Reads and commands in a library of 100,000 photos and 200,000 faces: `cargo bench --bench library`.
//!
//! Making the library takes half a minute. `-- --write FILE` makes it and keeps it there, for `benches/startup.py`.

#![allow(clippy::unwrap_used, reason = "a benchmark that can't go on fails")]

#[path = "common/large_library.rs"]
mod large_library;
#[path = "../tests/support/test_library/mod.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod synthetic;

use criterion::{Criterion, criterion_group};

use kinfolk::curate::{Command, execute, undo};
use kinfolk::library::{GroupId, PhotoId};
use kinfolk::search::{Index, parse};
use large_library::build;
use synthetic::TestLibrary;

fn library(criterion: &mut Criterion) {
    let mut test = build();
    let groups: Vec<GroupId> = test
        .library
        .group_summaries()
        .unwrap()
        .iter()
        .map(|group| group.group_id)
        .collect();
    let mut measured = criterion.benchmark_group("library of 200,000 faces");
    measured.sample_size(10);
    reads(&mut measured, &test, groups[0]);
    commands(&mut measured, &mut test, &groups);
    measured.finish();
}

type Measured<'a> = criterion::BenchmarkGroup<'a, criterion::measurement::WallTime>;

fn reads(measured: &mut Measured, test: &TestLibrary, largest: GroupId) {
    let library = &test.library;
    measured.bench_function("group summaries", |b| {
        b.iter(|| library.group_summaries().unwrap());
    });
    measured.bench_function("counts", |b| b.iter(|| library.counts().unwrap()));
    measured.bench_function("all faces", |b| b.iter(|| library.all_faces().unwrap()));
    measured.bench_function("photos", |b| b.iter(|| library.photos().unwrap()));
    measured.bench_function("index for the search", |b| {
        b.iter(|| Index::of(library, false).unwrap());
    });
    let index = Index::of(library, false).unwrap();
    let query = parse("is:named after:2000 faces:>=2 folder:a or is:unnamed jpg").unwrap();
    measured.bench_function("search", |b| b.iter(|| index.find(&query).unwrap()));
    measured.bench_function("embeddings", |b| b.iter(|| library.embeddings().unwrap()));
    measured.bench_function("faces to group", |b| {
        b.iter(|| library.faces_to_group().unwrap());
    });
    measured.bench_function("known photos", |b| {
        b.iter(|| library.known_photos(test.root_id).unwrap());
    });
    measured.bench_function("faces of the largest group", |b| {
        b.iter(|| library.faces_of_group(largest).unwrap());
    });
    measured.bench_function("faces of a photo", |b| {
        b.iter(|| library.faces_of_photo(PhotoId(50_000)).unwrap());
    });
}

fn commands(measured: &mut Measured, test: &mut TestLibrary, groups: &[GroupId]) {
    let mut number = 0;
    measured.bench_function("naming the largest group and undoing it", |b| {
        b.iter(|| {
            number += 1;
            let name = format!("Ana {number}");
            let group = groups[0];
            execute(&mut test.library, Command::Name { group, name }).unwrap();
            undo(&mut test.library).unwrap()
        });
    });
    // Some 30,000 faces in each direction.
    measured.bench_function("merging 100 groups and undoing it", |b| {
        b.iter(|| {
            let from = groups[1..101].to_vec();
            let into = groups[0];
            execute(&mut test.library, Command::Merge { from, into }).unwrap();
            undo(&mut test.library).unwrap()
        });
    });
}

criterion_group!(benches, library);

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--write");
    if let Some(file) = arguments.nth(1) {
        build().keep_as(std::path::Path::new(&file));
        return;
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
