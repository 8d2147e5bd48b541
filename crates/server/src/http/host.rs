//! Whom a request is for: HTTP/1.1 asks for one `Host`, and for the same one in a target that names it too.

use axum::extract::Request;
use axum::http::Version;
use axum::http::header::HOST;
use axum::http::uri::Authority;

/// What is wrong with a request's host (RFC 9112, section 3.2). A proxy in front of Roster that reads another host than
/// it does would let through what it means to keep out.
#[must_use]
pub fn fault(request: &Request) -> Option<&'static str> {
    let mut given = request.headers().get_all(HOST).iter();
    let (first, second) = (given.next(), given.next());
    if second.is_some() {
        return Some("The request names several hosts.");
    }
    let Some(first) = first else {
        return (request.version() >= Version::HTTP_11).then_some("The request names no host.");
    };
    let host = first.to_str().ok().and_then(|text| text.parse::<Authority>().ok());
    let Some(host) = host.filter(is_host) else {
        return Some("The request's host is none.");
    };
    let is_same = |target: &Authority| target.as_str().eq_ignore_ascii_case(host.as_str());
    let is_another = request.uri().authority().is_some_and(|target| !is_same(target));
    is_another.then_some("The request names one host in its target and another one in its headers.")
}

/// Whether it is a host, perhaps with a port, and nothing else. A comma parts hosts, where somebody made one header of two.
fn is_host(authority: &Authority) -> bool {
    let (text, host) = (authority.as_str(), authority.host());
    let port = text.strip_prefix(host);
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok();
    let is_port = |rest: &str| rest.strip_prefix(':').is_some_and(is_number);
    !host.is_empty() && !host.contains(',') && port.is_some_and(|rest| rest.is_empty() || is_port(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_good(version: Version, target: &str, hosts: &[&str]) -> bool {
        let mut request = Request::builder().version(version).uri(target);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        fault(&request.body(axum::body::Body::empty()).unwrap()).is_none()
    }

    #[test]
    fn request_names_one_host_that_is_one() {
        for host in ["roster.example", "roster.example:8080", "127.0.0.1:80", "[::1]:8080", "localhost", "x"] {
            assert!(is_good(Version::HTTP_11, "/", &[host]), "{host}");
        }
        for host in [
            "",
            " ",
            "a b",
            "a,b",
            "a/b",
            "user@roster.example",
            "roster.example:port",
            "a:1:2",
            "[::1",
            ":80",
            "a:+1",
            "a:",
        ] {
            assert!(!is_good(Version::HTTP_11, "/", &[host]), "{host:?}");
        }
        assert!(!is_good(Version::HTTP_11, "/", &[]) && is_good(Version::HTTP_10, "/", &[]));
        for version in [Version::HTTP_10, Version::HTTP_11] {
            assert!(!is_good(version, "/", &["a", "a"]), "{version:?}");
            assert!(!is_good(version, "http://a/", &["b"]), "{version:?}");
            assert!(is_good(version, "http://a:80/", &["A:80"]), "{version:?}");
        }
    }
}
