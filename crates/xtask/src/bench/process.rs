//! A server under measurement: how long it takes to start, and how much memory it holds.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::{milliseconds_since, now};
use crate::run::{Failure, Result};

const READY: &str = "Listening on http://";
const KIB_PER_MIB: f64 = 1024.0;
/// The kernel's clock for processes ticks a hundred times a second.
const MS_PER_TICK: f64 = 10.0;
/// The fields of `/proc/PID/stat` behind the name that tell the time in the program and in the kernel.
const TIME_FIELDS: std::ops::Range<usize> = 11..13;

/// Runs until it is dropped.
pub(super) struct Running {
    child: Child,
    /// Kept open: a server that cannot print may end.
    _output: BufReader<ChildStdout>,
    pub(super) address: SocketAddr,
    /// From its start to the line that says where it listens.
    pub(super) ready_ms: f64,
}

/// In MiB.
pub(super) struct Memory {
    pub(super) resident: f64,
    /// What is its own, without the pages of its binary and of files.
    pub(super) anonymous: f64,
}

impl Running {
    /// Starts it; what it logs goes into the file.
    pub(super) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let log_file = File::create(log).map_err(|error| Failure::at(log, error))?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log_file);
        let started = now();
        let mut child = command.spawn().map_err(|error| Failure::new(format!("a server did not start: {error}")))?;
        let output = child.stdout.take().ok_or_else(|| Failure::new("a server without its output"))?;
        let mut output = BufReader::new(output);
        let mut line = String::new();
        while output.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            if let Some(address) = line.trim_end().strip_prefix(READY).and_then(|text| text.parse().ok()) {
                return Ok(Self { child, _output: output, address, ready_ms: milliseconds_since(started) });
            }
            line.clear();
        }
        let _status = child.wait();
        Err(Failure::new(format!("a server ended as it started: {}", std::fs::read_to_string(log).unwrap_or_default())))
    }

    /// The time that it took of all cores since its start.
    pub(super) fn processor_ms(&self) -> Result<f64> {
        let path = format!("/proc/{}/stat", self.child.id());
        let stat = std::fs::read_to_string(&path).map_err(|error| Failure::at(Path::new(&path), error))?;
        // The name of the program stands in brackets, and may hold anything.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
        let ticks =
            fields.skip(TIME_FIELDS.start).take(TIME_FIELDS.len()).filter_map(|ticks| ticks.parse::<f64>().ok());
        Ok(ticks.sum::<f64>() * MS_PER_TICK)
    }

    pub(super) fn memory(&self) -> Result<Memory> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&path).map_err(|error| Failure::at(Path::new(&path), error))?;
        let mebibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            let kib: Option<f64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            kib.map(|kib| kib / KIB_PER_MIB).ok_or_else(|| Failure::new(format!("{name} is not told")))
        };
        Ok(Memory { resident: mebibytes("VmRSS")?, anonymous: mebibytes("RssAnon")? })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let stopped = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _already_gone = self.child.kill();
        }
        let _status = self.child.wait();
    }
}
