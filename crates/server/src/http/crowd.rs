//! How many connections one address has open: no client alone takes the places of all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::address::network;

/// Connections that one client's network may have open at once, an office behind one address included.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = 512;

/// Open connections by address. Cheap to clone.
#[derive(Clone)]
pub struct Crowd(Arc<CrowdParts>);

struct CrowdParts {
    most: usize,
    is_exempt: Box<dyn Fn(IpAddr) -> bool + Send + Sync>,
    open: Mutex<HashMap<IpAddr, usize>>,
}

impl Crowd {
    /// At most so many from an address that is not exempt.
    #[must_use]
    pub fn new(most: usize, is_exempt: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(CrowdParts { most, is_exempt: Box::new(is_exempt), open: Mutex::default() }))
    }

    /// The limit of a server: this machine and the proxies before it bring the clients of all, and are exempt.
    #[must_use]
    pub fn behind(trusted_proxies: Vec<IpAddr>) -> Self {
        let is_trusted = move |peer| trusted_proxies.iter().any(|proxy| proxy.to_canonical() == peer);
        Self::new(CONNECTIONS_PER_ADDRESS_MAX, move |peer| peer.is_loopback() || is_trusted(peer))
    }

    /// A place for one more connection of a peer; none when its network has as many as it may.
    #[must_use]
    pub fn enter(&self, peer: IpAddr) -> Option<CrowdPlace> {
        let peer = peer.to_canonical();
        if (self.0.is_exempt)(peer) {
            return Some(CrowdPlace(None));
        }
        let network = network(peer);
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(network).or_default();
        if *count >= self.0.most {
            return None;
        }
        *count += 1;
        Some(CrowdPlace(Some((self.clone(), network))))
    }
}

/// A connection's place, given back when it is dropped.
pub struct CrowdPlace(Option<(Crowd, IpAddr)>);

impl Drop for CrowdPlace {
    fn drop(&mut self) {
        let Some((Crowd(parts), network)) = &self.0 else { return };
        let mut open = parts.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(network) {
            *count -= 1;
            if *count == 0 {
                open.remove(network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn network_is_limited_and_its_places_are_given_back() {
        let crowd = Crowd::new(1, |_| false);
        let place = crowd.enter(address("2001:db8::1"));
        assert!(place.is_some() && crowd.enter(address("2001:db8::2")).is_none());
        assert!(crowd.enter(address("2001:db8:0:1::1")).is_some(), "others have places of their own");
        drop(place);
        assert!(crowd.0.open.lock().unwrap().is_empty(), "and nothing is remembered of who has left");
    }

    #[test]
    fn this_machine_and_proxies_are_exempt() {
        let crowd = Crowd::behind(vec![address("10.0.0.1"), address("::ffff:10.0.0.3")]);
        let taken = |peer: &str| {
            let places: Vec<_> = (0..=CONNECTIONS_PER_ADDRESS_MAX).filter_map(|_| crowd.enter(address(peer))).collect();
            places.len()
        };
        let exempt =
            ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "::ffff:10.0.0.1", "10.0.0.3", "::ffff:10.0.0.3"];
        for peer in exempt {
            assert_eq!(taken(peer), CONNECTIONS_PER_ADDRESS_MAX + 1, "{peer}");
        }
        assert_eq!(taken("10.0.0.2"), CONNECTIONS_PER_ADDRESS_MAX);
    }
}
