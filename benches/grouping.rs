//! Grouping of many faces, each size in its own process: `cargo bench --bench grouping [-- FACES...]`.
//!
//! `-- agreement [FACES]` compares smaller matrices with one kodama matrix of all faces, by BCubed F (20,000 faces,
//! which take 0.8 GB). `-- index [FACES]` compares the groups and the time of the index with the exact search (100,000
//! faces).
//!
//! Without sizes: 1,000 to 100,000 faces; a million only if asked for. Prints the elapsed time, the CPU time of all
//! cores (which other work on the machine affects little), the maximum memory of the process including the faces, and
//! how well the groups match the drawn people.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a benchmark that can't go on fails"
)]

#[path = "../tests/support/draw.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod draw;
#[path = "../tests/support/grouping.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod grouping;
#[path = "../tests/support/population.rs"]
#[allow(dead_code, reason = "the benches of parts use the rest")]
mod population;
#[path = "common/process.rs"]
mod process;

use std::process::Command;

use grouping::{group, group_at_one_cut, group_by_index, group_in_one_matrix, group_in_steps};
use kinfolk::cluster::DEFAULT_CUT;
use kinfolk::cluster::metrics::score_grouping;
use population::population;
use process::{peak_mebibytes, timed};

const SIZES: [usize; 4] = [1_000, 10_000, 20_000, 100_000];
const SEED: u64 = 5;
/// Faces in one matrix, as in `group`.
const MAX_MATRIX_FACES: usize = 10_000;
/// Runs one size in this process.
const HERE: &str = "--here";
const AGREEMENT: &str = "agreement";
const INDEX: &str = "index";

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let sizes: Vec<usize> = arguments
        .iter()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    if arguments.iter().any(|argument| argument == HERE) {
        measure(sizes[0]);
        return;
    }
    if arguments.iter().any(|argument| argument == AGREEMENT) {
        agreement(sizes.first().copied().unwrap_or(20_000));
        return;
    }
    if arguments.iter().any(|argument| argument == INDEX) {
        index(sizes.first().copied().unwrap_or(100_000));
        return;
    }
    println!("    faces    people    groups   seconds  CPU secs  peak MiB  BCubed F");
    let sizes = if sizes.is_empty() {
        SIZES.to_vec()
    } else {
        sizes
    };
    for size in sizes {
        let own = std::env::current_exe().unwrap();
        let ended = Command::new(own)
            .args([HERE, &size.to_string()])
            .status()
            .unwrap();
        assert!(ended.success(), "the run with {size} faces failed");
    }
}

/// The agreement of the groups found in different ways.
fn agreement(size: usize) {
    let drawn = population(size, SEED);
    let (embeddings, faces) = (&drawn.embeddings, &drawn.faces);
    let whole = group_in_one_matrix(embeddings, faces, DEFAULT_CUT);
    let say = |what: &str, labels: &[u32]| {
        let agreement = score_grouping(&whole, labels).bcubed.f;
        let truth = score_grouping(&drawn.people, labels).bcubed.f;
        println!("{agreement:.4} with one matrix, {truth:.4} with the people drawn: {what}");
    };
    say("one matrix", &whole);
    say("as a scan does it", &group(embeddings, faces, DEFAULT_CUT));
    for most in [1_000, 100, 10] {
        let labels = group_in_steps(embeddings, faces, DEFAULT_CUT, most);
        say(&format!("at most {most} at once"), &labels);
    }
    for cut in [0.45, 0.5, 0.55] {
        let labels = group_at_one_cut(embeddings, faces, cut);
        say(&format!("plain average linkage, cut {cut}"), &labels);
    }
}

/// Compares the index with the exact search, whatever the number of faces.
fn index(size: usize) {
    let drawn = population(size, SEED);
    let by_all_pairs = || {
        let (embeddings, faces) = (&drawn.embeddings, &drawn.faces);
        group_in_steps(embeddings, faces, DEFAULT_CUT, MAX_MATRIX_FACES)
    };
    let (exact, seconds, cpu) = timed(by_all_pairs);
    println!("exact: {seconds:.2} s, {cpu:.2} CPU s");
    let by_index = || group_by_index(&drawn.embeddings, &drawn.faces, DEFAULT_CUT);
    let (indexed, seconds, cpu) = timed(by_index);
    let agreement = score_grouping(&exact, &indexed).bcubed.f;
    println!(
        "by the index: {seconds:.2} s, {cpu:.2} CPU s; BCubed F between the two {agreement:.5}"
    );
    for (what, labels) in [("exact", &exact), ("by the index", &indexed)] {
        let truth = score_grouping(&drawn.people, labels).bcubed.f;
        println!("BCubed F with the people drawn, {what}: {truth:.4}");
    }
}

fn measure(size: usize) {
    let drawn = population(size, SEED);
    let (labels, seconds, cpu) = timed(|| group(&drawn.embeddings, &drawn.faces, DEFAULT_CUT));
    let peak = peak_mebibytes();
    let score = score_grouping(&drawn.people, &labels);
    println!(
        "{:9} {:9} {:9} {seconds:9.2} {cpu:9.2} {peak:9.0} {:9.4}",
        score.faces, score.people, score.groups, score.bcubed.f
    );
}
