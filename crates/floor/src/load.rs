//! `load`: kept connections that send one request over and over, each the next one when its answer is there. Where the request
//! says `{n}`, each has another number of three digits, so that no answer can be one that was kept.

use std::borrow::Cow;
use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use tokio::task::JoinSet;

use crate::histogram::Histogram;
use crate::now;
use crate::wire::Connection;

const REQUEST_BYTES_MAX: u64 = 1024 * 1024;
/// Gives way to a number.
const PLACE: &[u8] = b"{n}";
const NUMBERS: usize = 900;
/// How long the last answers may take after the time is up.
const GRACE: Duration = Duration::from_secs(30);

#[derive(Args)]
pub(crate) struct Options {
    /// Whom to ask.
    #[arg(long)]
    to: SocketAddr,
    /// Connections at once.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    connections: u16,
    /// How long to measure.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(10..=600_000))]
    millis: u64,
    /// How long to ask before that, unmeasured.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    warm_up_millis: u64,
}

struct Tally {
    times: Histogram,
    /// Those of the warm-up among them.
    answers: u64,
    failures: u64,
    body_bytes: usize,
}

/// On one thread, so that a machine of two cores leaves the other to the server.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let mut request = Vec::new();
    std::io::stdin().take(REQUEST_BYTES_MAX).read_to_end(&mut request).map_err(|error| error.to_string())?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let begin = now() + Duration::from_millis(options.warm_up_millis);
    let end = begin + Duration::from_millis(options.millis);
    let work = all(options, request.into(), begin, end);
    let patience = Duration::from_millis(options.warm_up_millis + options.millis) + GRACE;
    let tally = runtime.block_on(async {
        tokio::time::timeout(patience, work).await.map_err(|_| "the answers did not end".to_owned())?
    })?;
    print(&tally, Duration::from_millis(options.millis));
    Ok(())
}

async fn all(options: &Options, request: Arc<[u8]>, begin: Instant, end: Instant) -> Result<Tally, String> {
    let mut connections = JoinSet::new();
    for index in 0..usize::from(options.connections) {
        let first = index * NUMBERS / usize::from(options.connections);
        connections.spawn(one(options.to, Arc::clone(&request), first, begin, end));
    }
    let mut sum = Tally { times: Histogram::new(), answers: 0, failures: 0, body_bytes: 0 };
    while let Some(joined) = connections.join_next().await {
        let tally = joined.map_err(|error| error.to_string())??;
        sum.times.merge(&tally.times);
        sum.answers += tally.answers;
        sum.failures += tally.failures;
        sum.body_bytes = sum.body_bytes.max(tally.body_bytes);
    }
    Ok(sum)
}

async fn one(to: SocketAddr, request: Arc<[u8]>, first: usize, begin: Instant, end: Instant) -> Result<Tally, String> {
    let mut connection = Connection::open(to).await?;
    let mut tally = Tally { times: Histogram::new(), answers: 0, failures: 0, body_bytes: 0 };
    let mut number = first;
    let mut asked = now();
    while asked < end {
        let answer = connection.ask(&numbered(&request, number)).await?;
        number += 1;
        tally.answers += 1;
        let answered = now();
        if asked >= begin {
            tally.times.add(u64::try_from((answered - asked).as_micros()).unwrap_or(u64::MAX));
            tally.failures += u64::from(!answer.is_success);
            tally.body_bytes = tally.body_bytes.max(answer.body_bytes);
        }
        asked = answered;
    }
    Ok(tally)
}

/// The request with a number in its place, if it has one.
fn numbered(request: &[u8], number: usize) -> Cow<'_, [u8]> {
    let place = request.windows(PLACE.len()).position(|window| window == PLACE);
    let parts = place.and_then(|at| Some((request.get(..at)?, request.get(at + PLACE.len()..)?)));
    match parts {
        Some((before, after)) => Cow::Owned([before, format!("{:03}", number % NUMBERS).as_bytes(), after].concat()),
        None => Cow::Borrowed(request),
    }
}

fn print(tally: &Tally, during: Duration) {
    let times = &tally.times;
    println!("rate {:.1}", times.count() as f64 / during.as_secs_f64());
    println!("p50_ms {:.3}", times.per_mille_us(500) as f64 / 1e3);
    println!("p99_ms {:.3}", times.per_mille_us(990) as f64 / 1e3);
    println!("max_ms {:.3}", times.max_us() as f64 / 1e3);
    println!("answers {}", tally.answers);
    println!("failures {}", tally.failures);
    println!("body_bytes {}", tally.body_bytes);
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn number_takes_its_place_in_the_request() {
        assert_eq!(*numbered(b"GET /?skip=99{n} HTTP", 907), *b"GET /?skip=99007 HTTP");
        assert_eq!(*numbered(b"GET / HTTP", 7), *b"GET / HTTP");
    }
}
