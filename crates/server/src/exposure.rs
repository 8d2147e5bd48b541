//! What travels where others could read or change it: the rules for the warnings of a start. PostgreSQL's are in its store.

use std::net::{IpAddr, SocketAddr};

/// Whether a host is this machine by its name or number, so that nobody else sees what travels there.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost"),
    }
}

/// The host of an address such as `smtp://user:password@host:25?tls=required`; of IPv6 without the brackets.
#[must_use]
pub fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// What to tell the operator of a mail server whose mails, with the links in them, may leave in clear. `has_authority`
/// says whether `--smtp-ca-file` is given, which requires encryption.
#[must_use]
pub fn mail_warning(smtp_url: &str, has_authority: bool) -> Option<String> {
    let host = host_of(smtp_url);
    let (_, query) = smtp_url.split_once('?').unwrap_or_default();
    let is_required = has_authority || query.split('&').any(|pair| pair == "tls=required");
    if smtp_url.starts_with("smtps://") || is_required || is_this_machine(host) {
        return None;
    }
    Some(format!(
        "mails to {host} may leave without encryption, and anyone who reads one can use the link in it: add ?tls=required \
         to --smtp-url, or use smtps://"
    ))
}

/// What to tell the operator of a server that others reach without encryption. A public address of https says that a proxy
/// with TLS stands before it.
#[must_use]
pub fn listen_warning(listen: SocketAddr, public_url: Option<&str>) -> Option<String> {
    let is_reachable = !listen.ip().to_canonical().is_loopback();
    match public_url {
        Some(url) if url.starts_with("https://") => None,
        Some(url) if !is_this_machine(host_of(url)) => Some(format!(
            "--public-url {url} is not https: browsers keep no session there, so nobody can sign in, and API tokens can be \
             read on the way. Put a proxy with TLS before Roster, and give its https address"
        )),
        _ if is_reachable => Some(format!(
            "--listen {listen} is open to other machines, and Roster speaks plain HTTP: API tokens can be read on the way. \
             Put a proxy with TLS before it, and give its address with --public-url https://..."
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_name_and_number() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "127.0.0.1",
            "127.9.9.9",
            "::1",
            "[::1]",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in
            ["", "db", "localhost.example.com", "notlocalhost", "0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.com"]
        {
            assert!(!is_this_machine(host), "{host}");
        }
    }

    #[test]
    fn mail_that_may_leave_in_clear_is_worth_a_warning() {
        let cases = [
            ("smtp://mail.example.com", Some("mail.example.com")),
            ("smtp://mail.example.com:25", Some("mail.example.com")),
            ("smtp://u:p%40ss@10.0.0.9:587", Some("10.0.0.9")),
            ("smtp://u:p@mail.example.com:587?tls=opportunistic", Some("mail.example.com")),
            ("smtp://u:p@[2001:db8::1]:25", Some("2001:db8::1")),
            ("smtp://u:p@mail.example.com:587?tls=required", None),
            ("smtps://u:p@mail.example.com:465", None),
            ("smtp://127.0.0.1:25", None),
            ("smtp://u:p@localhost:25", None),
            ("smtp://[::1]:25", None),
        ];
        for (url, expected) in cases {
            let warning = mail_warning(url, false);
            assert_eq!(warning.is_some(), expected.is_some(), "{url}");
            assert!(
                expected.is_none_or(|host| warning.unwrap_or_default().contains(&format!("mails to {host} "))),
                "{url}"
            );
            assert_eq!(mail_warning(url, true), None, "{url}");
        }
        let told = mail_warning("smtp://u:secret@mail.example.com", false).unwrap_or_default();
        assert!(!told.contains("secret"), "{told}");
    }

    #[test]
    fn plain_http_that_others_reach_is_worth_a_warning() {
        let cases = [
            ("127.0.0.1:8080", None, None),
            ("[::1]:8080", None, None),
            ("[::ffff:127.0.0.1]:8080", None, None),
            ("0.0.0.0:8080", None, Some("--listen 0.0.0.0:8080")),
            ("[::]:8080", None, Some("--listen [::]:8080")),
            ("10.0.0.5:8080", None, Some("--listen 10.0.0.5:8080")),
            ("0.0.0.0:8080", Some("http://localhost:8080"), Some("--listen 0.0.0.0:8080")),
            ("0.0.0.0:8080", Some("https://roster.example.com"), None),
            ("127.0.0.1:8080", Some("https://roster.example.com"), None),
            ("127.0.0.1:8080", Some("http://localhost:8080"), None),
            ("127.0.0.1:8080", Some("http://roster.example.com"), Some("--public-url http://roster.example.com")),
            ("0.0.0.0:8080", Some("http://roster.example.com"), Some("--public-url http://roster.example.com")),
        ];
        for (listen, public_url, expected) in cases {
            let warning =
                listen_warning(listen.parse().unwrap_or_else(|error| panic!("{listen}: {error}")), public_url);
            let starts = |expected: &str| warning.as_deref().is_some_and(|text| text.starts_with(expected));
            assert!(expected.map_or(warning.is_none(), starts), "{listen} {public_url:?}: {warning:?}");
        }
    }
}
