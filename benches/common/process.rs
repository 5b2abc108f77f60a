//! What this process has used so far, as Linux tells it, and what a piece of work uses.

use std::time::Instant;

/// What comes of the work, the seconds that it took by the clock and those of all cores.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64, f64) {
    let (begin, cpu) = (Instant::now(), cpu_seconds());
    let result = work();
    let seconds = begin.elapsed().as_secs_f64();
    (result, seconds, cpu_seconds() - cpu)
}

/// Time that this process has had of all cores; 0 where the system does not tell as Linux does.
fn cpu_seconds() -> f64 {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else {
        return 0.0;
    };
    // After the name in brackets: user and system time are the 12th and 13th field, in hundredths of a second.
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

/// The most memory this process ever held; 0 where the system does not tell as Linux does.
pub fn peak_mebibytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kibibytes.unwrap_or(0.0) / 1024.0
}
