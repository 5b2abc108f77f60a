//! The CPU time and memory of this process, from Linux, and the cost of a piece of work.

use std::time::Instant;

/// The result of the work, its elapsed seconds, and its CPU seconds on all cores.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64, f64) {
    let (begin, cpu) = (Instant::now(), cpu_seconds());
    let result = work();
    let seconds = begin.elapsed().as_secs_f64();
    (result, seconds, cpu_seconds() - cpu)
}

/// CPU time of this process; 0 where the system is not Linux.
fn cpu_seconds() -> f64 {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else {
        return 0.0;
    };
    // These fields follow the name in brackets. User and system time are the 12th and 13th, in hundredths of a second.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks = |field: usize| {
        fields
            .get(field)
            .and_then(|ticks| ticks.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

/// Maximum memory of this process; 0 where the system is not Linux.
pub fn peak_mebibytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kibibytes.unwrap_or(0.0) / 1024.0
}
