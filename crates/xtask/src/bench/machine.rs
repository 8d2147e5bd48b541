//! The machine of a run, as far as figures depend on it.

use std::fs;

const KIB_PER_GIB: f64 = 1024.0 * 1024.0;

/// "2 cores of AMD EPYC, 23.5 GiB of memory".
pub(super) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor = value("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let memory = value("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let memory = memory.map_or_else(|| "unknown".to_owned(), |kib| format!("{:.1} GiB of", kib / KIB_PER_GIB));
    format!("{cores} cores of {processor}, {memory} memory")
}

fn value(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.into_iter().find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim().to_owned())
}
