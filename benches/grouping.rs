//! Grouping of many faces, each size in its own process: `cargo bench --bench grouping [-- FACES...]`.
//!
//! `-- agreement [FACES]` compares smaller matrices with one kodama matrix of all faces, by BCubed F (20,000 faces,
//! which take 0.8 GB).
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

use grouping::{group, group_at_one_cut, group_in_one_matrix, group_in_steps};
use kinfolk::cluster::DEFAULT_CUT;
use kinfolk::cluster::metrics::score_grouping;
use population::population;
use process::{peak_mebibytes, timed};

const SIZES: [usize; 4] = [1_000, 10_000, 20_000, 100_000];
const SEED: u64 = 5;
/// Runs one size in this process.
const HERE: &str = "--here";
const AGREEMENT: &str = "agreement";

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
