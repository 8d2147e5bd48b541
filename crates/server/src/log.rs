//! Lines for standard error and standard output while the server runs: written by threads of their own, so that nobody
//! who reads slowly, or not at all, holds a request up.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Lines that wait to be written, in octets. What comes on top is dropped and counted.
const QUEUE_BYTES_MAX: usize = 1024 * 1024;
/// How long a process that ends waits for its last lines to be read.
pub const FLUSH_WITHIN: Duration = Duration::from_secs(1);

/// How long a writer waits before it tries a pipe again that is full and set not to block.
const FULL_PIPE_WAIT: Duration = Duration::from_millis(10);

/// A place to write lines to, in the order they come. Writing never waits and never fails.
#[derive(Clone, Debug)]
pub struct Lines(Arc<Parts>);

#[derive(Debug, Default)]
struct Parts {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Since the last line that could be written.
    dropped: u64,
    is_writing: bool,
}

impl Lines {
    /// Lines for standard error.
    ///
    /// # Errors
    /// When the system has no file or thread to spare.
    pub fn to_standard_error() -> io::Result<Self> {
        Self::to(io::stderr().as_fd().try_clone_to_owned()?.into())
    }

    /// Lines for standard output.
    ///
    /// # Errors
    /// As `to_standard_error`.
    pub fn to_standard_output() -> io::Result<Self> {
        Self::to(io::stdout().as_fd().try_clone_to_owned()?.into())
    }

    fn to(file: File) -> io::Result<Self> {
        let lines = Self(Arc::default());
        let parts = lines.0.clone();
        std::thread::Builder::new().name("lines".to_owned()).spawn(move || parts.write_all_to(file))?;
        Ok(lines)
    }

    /// Queues a line, without the end of it.
    pub fn say(&self, line: &str) {
        self.0.push(format!("{line}\n").into_bytes());
    }

    /// Waits until all lines are written, but no longer than a reader may take who is there.
    pub fn flush(&self, within: Duration) {
        let queue = self.0.lock();
        let is_busy = |queue: &mut Queue| queue.is_writing || !queue.lines.is_empty();
        drop(self.0.changed.wait_timeout_while(queue, within, is_busy));
    }
}

impl Parts {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, line: Vec<u8>) {
        let mut queue = self.lock();
        if queue.bytes + line.len() > QUEUE_BYTES_MAX {
            queue.drop_line();
            return;
        }
        queue.bytes += line.len();
        queue.lines.push_back(line);
        drop(queue);
        self.changed.notify_all();
    }

    /// The thread that waits for the reader. It ends with the process.
    fn write_all_to(&self, mut file: File) {
        loop {
            let mut queue = self.lock();
            let line = loop {
                if let Some(line) = queue.lines.pop_front() {
                    break line;
                }
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            };
            queue.is_writing = true;
            drop(queue);
            let written = write_whole(&mut file, &line);
            let mut queue = self.lock();
            queue.is_writing = false;
            queue.bytes -= line.len();
            let dropped = match written {
                Ok(()) => std::mem::take(&mut queue.dropped),
                Err(_) => {
                    queue.drop_line();
                    0
                }
            };
            drop(queue);
            if dropped > 0 {
                tracing::warn!(lines = dropped, "lines of the log were dropped: nobody read them in time");
            }
            self.changed.notify_all();
        }
    }
}

/// Writes a line to its end, also where another process that has the same pipe set it not to block.
fn write_whole(file: &mut File, line: &[u8]) -> io::Result<()> {
    let mut left = line;
    while !left.is_empty() {
        match file.write(left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => left = &left[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(FULL_PIPE_WAIT),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl Queue {
    fn drop_line(&mut self) {
        self.dropped += 1;
        metrics::counter!("roster_log_lines_dropped_total").increment(1);
    }
}

/// One line for each write: the formatter makes one for each event.
impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.push(line.to_vec());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Logs to standard error, one JSON object a line; `ROSTER_LOG` sets what is logged, `info` by default. Panics are
/// logged, too.
///
/// # Errors
/// As `Lines::to_standard_error`.
pub fn start() -> io::Result<Lines> {
    let lines = Lines::to_standard_error()?;
    let filter = EnvFilter::try_from_env("ROSTER_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(lines.clone()).try_init();
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a panic")));
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn pipe_that_is_set_not_to_block_gets_every_line_whole() {
        let (mut reader, writer) = UnixStream::pair().unwrap();
        writer.set_nonblocking(true).unwrap();
        let lines = Lines::to(std::os::fd::OwnedFd::from(writer).into()).unwrap();
        let line = "x".repeat(1_023);
        // More than a pipe holds, and less than the queue.
        for _ in 0..900 {
            lines.say(&line);
        }
        let mut read = vec![0; 900 * 1_024];
        reader.read_exact(&mut read).unwrap();
        assert!(read.chunks(1_024).all(|one| one[1_023] == b'\n' && !one[..1_023].contains(&b'\n')));
        assert_eq!(lines.0.lock().dropped, 0);
    }

    #[test]
    fn nobody_waits_for_a_reader_who_does_not_read() {
        let (mut reader, mut writer) = UnixStream::pair().unwrap();
        let line = "x".repeat(1_023);
        // Filled before, since each line that can be written begins the count again.
        writer.set_nonblocking(true).unwrap();
        let mut filled = 0;
        while let Ok(count) = writer.write(line.as_bytes()) {
            filled += count;
        }
        writer.set_nonblocking(false).unwrap();
        let lines = Lines::to(std::os::fd::OwnedFd::from(writer).into()).unwrap();
        for _ in 0..3_000 {
            lines.say(&line);
        }
        lines.flush(Duration::from_millis(1));
        let dropped = lines.0.lock().dropped;
        // The queue holds 1,024; a few may have found a place in the stream.
        let kept = 3_000 - usize::try_from(dropped).unwrap();
        assert!((1_024..1_040).contains(&kept), "{kept}");
        reader.read_exact(&mut vec![0; filled + kept * 1_024]).unwrap();
        lines.say("after");
        lines.flush(Duration::from_secs(60));
        let queue = lines.0.lock();
        assert_eq!((queue.dropped, queue.bytes), (0, 0));
    }

    #[test]
    fn reader_who_has_gone_costs_lines_alone() {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let lines = Lines::to(std::os::fd::OwnedFd::from(writer).into()).unwrap();
        lines.say("to nobody");
        lines.flush(Duration::from_secs(60));
        assert_eq!(lines.0.lock().dropped, 1);
    }
}
