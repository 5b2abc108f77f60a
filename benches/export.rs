//! Albums of 2,000 people, one photo each, the first time and again: `cargo bench --bench export`.

#![allow(clippy::unwrap_used, reason = "a benchmark that can't go on fails")]

#[path = "../tests/support/home.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod people;

use std::ops::ControlFlow;

use criterion::{BatchSize, Criterion, criterion_group};

use kinfolk::export::{self, AlbumOptions};
use kinfolk::library::GroupId;
use people::Home;

const PEOPLE: usize = 2_000;

fn albums(criterion: &mut Criterion) {
    let mut home = Home::new();
    let everybody: Vec<GroupId> = (0..PEOPLE)
        .map(|number| {
            let faces = home.photo(&format!("{number}.jpg"), &[number % 128]);
            home.name(&format!("Person {number}"), &faces)
        })
        .collect();
    let export = |destination: &std::path::Path| {
        let go_on = &mut |_: &_| ControlFlow::Continue(());
        let options = AlbumOptions::default();
        export::albums(&home.library, &everybody, destination, &options, go_on).unwrap()
    };
    let mut group = criterion.benchmark_group("albums of 2,000 people");
    group.sample_size(10);
    group.bench_function("first", |bencher| {
        bencher.iter_batched(
            || tempfile::tempdir_in(home.path()).unwrap(),
            |folder| {
                export(folder.path());
                folder
            },
            BatchSize::PerIteration,
        );
    });
    let folder = tempfile::tempdir_in(home.path()).unwrap();
    export(folder.path());
    group.bench_function("again", |bencher| bencher.iter(|| export(folder.path())));
    group.finish();
}

criterion_group!(benches, albums);
criterion::criterion_main!(benches);
