//! The detector allocates memory once for each size of picture, not for every photo.

use candle_core::Device;
use kinfolk::vision::yunet::{Input, Yunet};

use crate::support::allocations::allocated;

/// Wide and tall photos, and the input of the refinement pass.
const SIZES: [(usize, usize); 3] = [(320, 224), (224, 320), (192, 192)];

/// Bytes allocated by one picture of each size.
fn taken_by_a_round(detector: &Yunet) -> u64 {
    let begin = allocated().bytes;
    for (width, height) in SIZES {
        let pixels = vec![100; width * height * 3];
        let input = Input {
            pixels,
            width,
            height,
        };
        detector.run(input).expect("detect");
    }
    allocated().bytes - begin
}

#[test]
fn pictures_of_sizes_in_turn_take_memory_once() {
    let detector = Yunet::load(&Device::Cpu).expect("weights");
    let first = taken_by_a_round(&detector);
    taken_by_a_round(&detector);
    let later = taken_by_a_round(&detector);
    assert!(later * 3 < first, "{later} bytes after {first}");
}
