//! Where a request comes from, and how often it may try what others guess at.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use domain::time::SECOND_MS;
use domain::{PersonId, Timestamp};

/// Attempts one guesser may make at once.
const ATTEMPTS_AT_ONCE: i64 = 40;
/// After that, one attempt in so long.
const ATTEMPT_EVERY_MS: i64 = SECOND_MS;
/// Guessers remembered at the most; the least recent are forgotten first.
const GUESSERS_MAX: usize = 50_000;

/// The client's address: the peer's, or what a trusted proxy says of it.
#[must_use]
pub fn client(peer: SocketAddr, headers: &HeaderMap, trusted_proxies: &[IpAddr]) -> IpAddr {
    let peer = peer.ip().to_canonical();
    let is_trusted = |address: &IpAddr| trusted_proxies.iter().any(|proxy| proxy.to_canonical() == *address);
    if !is_trusted(&peer) {
        return peer;
    }
    // From the right: each proxy appends whom it saw, and only what trusted ones appended is believed.
    let said = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','));
    let mut hops: Vec<&str> = said.collect();
    hops.reverse();
    for hop in hops {
        match hop.trim().parse::<IpAddr>().map(|hop| hop.to_canonical()) {
            Ok(hop) if is_trusted(&hop) => {}
            Ok(hop) => return hop,
            // What stands further left may be anybody's word.
            Err(_) => return peer,
        }
    }
    peer
}

/// The network that counts as one guesser: /32, or /64 of IPv6.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        address @ IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

/// Who attempts are counted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Guesser {
    /// An address, or the network of IPv6 that it is in.
    Network(IpAddr),
    /// A device on which the person has signed in before, by the hash of its cookie.
    Device(String),
    /// Somebody who is signed in.
    Person(PersonId),
}

impl From<IpAddr> for Guesser {
    fn from(address: IpAddr) -> Self {
        Self::Network(network(address))
    }
}

impl Guesser {
    fn known(self) -> Self {
        match self {
            Self::Network(address) => address.into(),
            other => other,
        }
    }
}

/// A bucket of attempts for each guesser, kept in memory: it protects this process.
#[derive(Debug, Default)]
pub struct AttemptBuckets(Mutex<HashMap<Guesser, Timestamp>>);

impl AttemptBuckets {
    /// The seconds to wait where a guesser's bucket is empty; takes nothing.
    ///
    /// # Errors
    /// When the bucket is empty.
    pub fn look(&self, guesser: impl Into<Guesser>, at: Timestamp) -> Result<(), u64> {
        let buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(full_at) = buckets.get(&guesser.into().known()) else { return Ok(()) };
        wait_s((*full_at).max(at).plus(ATTEMPT_EVERY_MS), at)
    }

    /// Takes an attempt from the guesser's bucket; when it is empty, the seconds to wait.
    ///
    /// # Errors
    /// When the bucket is empty.
    pub fn take(&self, guesser: impl Into<Guesser>, at: Timestamp) -> Result<(), u64> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= GUESSERS_MAX {
            buckets.retain(|_, full_at| *full_at > at);
        }
        if buckets.len() >= GUESSERS_MAX {
            return Err(1);
        }
        let full_at = buckets.entry(guesser.into().known()).or_insert(at);
        let next = (*full_at).max(at).plus(ATTEMPT_EVERY_MS);
        wait_s(next, at)?;
        *full_at = next;
        Ok(())
    }
}

/// The seconds to wait where a bucket that would be full again at `next` has no attempt left.
fn wait_s(next: Timestamp, at: Timestamp) -> Result<(), u64> {
    let excess_ms = next.since(at) - ATTEMPTS_AT_ONCE * ATTEMPT_EVERY_MS;
    if excess_ms > 0 { Err(excess_ms.unsigned_abs().div_ceil(SECOND_MS.unsigned_abs())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: &str = "10.0.0.1:5000";

    fn seen(said: &str, trusted: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", said.parse().ok()?);
        let trusted: Vec<IpAddr> = trusted.iter().filter_map(|text| text.parse().ok()).collect();
        Some(client(PEER.parse().ok()?, &headers, &trusted).to_string())
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(seen("1.2.3.4", &[]).as_deref(), Some("10.0.0.1"));
        assert_eq!(seen("1.2.3.4", &["10.0.0.1"]).as_deref(), Some("1.2.3.4"));
        assert_eq!(seen("6.6.6.6, 1.2.3.4", &["10.0.0.1"]).as_deref(), Some("1.2.3.4"));
        assert_eq!(seen("1.2.3.4, 10.0.0.2", &["10.0.0.1", "10.0.0.2"]).as_deref(), Some("1.2.3.4"));
        assert_eq!(
            seen("::ffff:1.2.3.4", &["10.0.0.1"]).as_deref(),
            Some("1.2.3.4"),
            "as a dual-stack listener says it"
        );
        assert_eq!(seen("1.2.3.4, ::ffff:10.0.0.2", &["::ffff:10.0.0.1", "10.0.0.2"]).as_deref(), Some("1.2.3.4"));
        assert_eq!(seen("nonsense", &["10.0.0.1"]).as_deref(), Some("10.0.0.1"));
        assert_eq!(seen("6.6.6.6, 1.2.3.4:80", &["10.0.0.1"]).as_deref(), Some("10.0.0.1"));
    }

    #[test]
    fn bucket_empties_fills_again_and_is_one_for_a_network() {
        let buckets = AttemptBuckets::default();
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let start = Timestamp::from_millis(0);
        for _ in 0..ATTEMPTS_AT_ONCE {
            assert_eq!(buckets.take(address("2001:db8::1"), start), Ok(()));
        }
        assert_eq!(buckets.take(address("2001:db8::2"), start), Err(1));
        assert_eq!(buckets.look(address("2001:db8::2"), start), Err(1));
        assert_eq!(buckets.look(address("2001:db8:0:2::1"), start), Ok(()));
        assert_eq!(buckets.take(address("2001:db8:0:1::1"), start), Ok(()));
        assert_eq!(buckets.take(address("2001:db8::2"), start.plus(SECOND_MS)), Ok(()));
        let device = Guesser::Device("x".to_owned());
        assert_eq!(buckets.take(device, start), Ok(()), "a known device has its own");
    }
}
