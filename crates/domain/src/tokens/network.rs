//! Address ranges from which a token may be used: CIDR of IPv4 (RFC 4632) and IPv6 (RFC 4291).

use std::fmt;
use std::str::FromStr;

use core::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};

/// Bits before an IPv4 address that is mapped into IPv6.
const MAPPED_PREFIX: u8 = 96;

/// The text is no address range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkError;

impl NetworkError {
    /// A stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_network"
    }
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enter an address or a range, such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32.")
    }
}

impl std::error::Error for NetworkError {}

/// An address range. A single address is a range of one. Bits behind the prefix are zero: `10.1.2.3/8` is `10.0.0.0/8`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    /// # Errors
    /// When the text is neither an address nor a range.
    pub fn parse(text: &str) -> Result<Self, NetworkError> {
        let text = text.trim();
        let range = IpNet::from_str(text).or_else(|_| IpAddr::from_str(text).map(IpNet::from));
        range.map(|range| Self(canonical(range.trunc()))).map_err(|_| NetworkError)
    }

    /// Whether an address is within the range. An IPv4 address mapped into IPv6 counts as the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// Whether each address of another range is in this one.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.0.contains(&other.0)
    }
}

/// A range of IPv4 addresses mapped into IPv6 as the range of the IPv4 addresses, as which they are looked for.
fn canonical(range: IpNet) -> IpNet {
    let IpNet::V6(v6) = range else { return range };
    let v4 = v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(MAPPED_PREFIX));
    v4.and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok()).map_or(range, IpNet::V4)
}

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, NetworkError> {
        Self::parse(&text)
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

/// A single address without its prefix, a range with it.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() { self.0.addr().fmt(f) } else { self.0.fmt(f) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_reads_back_and_holds_its_addresses() {
        for (text, written, inside, outside) in [
            ("192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.8"),
            (" 10.1.2.3/8 ", "10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.0.0.0/8", "10.0.0.0/8", "::ffff:10.0.0.1", "::1"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("::ffff:192.0.2.7", "192.0.2.7", "::ffff:192.0.2.7", "192.0.2.8"),
            ("::ffff:0:0/96", "0.0.0.0/0", "1.2.3.4", "::1"),
            ("2001:db8::/32", "2001:db8::/32", "2001:db8:1::1", "2001:db9::1"),
            ("0.0.0.0/0", "0.0.0.0/0", "1.2.3.4", "::1"),
        ] {
            let network = Network::parse(text).unwrap();
            assert_eq!(network.to_string(), written);
            assert!(network.contains(inside.parse().unwrap()), "{text} {inside}");
            assert!(!network.contains(outside.parse().unwrap()), "{text} {outside}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0", "example.com", "10.0.0.1-10.0.0.9", "1.2.3.4/", "::/129", "1.2.3.4 5"]
        {
            assert_eq!(Network::parse(text), Err(NetworkError), "{text}");
        }
    }
}
