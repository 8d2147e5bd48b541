//! Security events in the log: who was refused what, and from where, by ids alone. However much is refused, the log grows
//! by a few lines a minute for each source, and by a limited number in all; what is left out is counted.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use axum::response::Response;
use domain::time::MINUTE_MS;
use domain::{AccountId, Code, Timestamp};

use super::address::network;
use super::respond::ProblemBody;

/// One source has one line for an event in so long.
const LINE_EVERY_MS: i64 = MINUTE_MS;
/// Lines in so long of all events and sources together.
const LINES_MAX: usize = 300;

/// What was refused, as the log and the metrics name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecurityEvent {
    /// A token that does not work.
    TokenRefused,
    /// A name and a password that do not go together, or a name that is locked for now.
    SignInRefused,
    /// Too many attempts, or too much work asked for at once.
    RateLimited,
    /// A change that another site's page would have made.
    CrossSiteRefused,
    /// Something that the caller lacks the right to.
    AccessRefused,
    /// An id that is nothing, or another organization's, by a caller who is known.
    UnknownId,
    /// A request that is none, or a body that is not what the route takes.
    InputRefused,
}

/// The routes that take the token of an invitation's link.
const OF_LINKS: &str = "/api/v1/invitations/";

impl SecurityEvent {
    /// As the log and the metrics write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TokenRefused => "token_refused",
            Self::SignInRefused => "sign_in_refused",
            Self::RateLimited => "rate_limited",
            Self::CrossSiteRefused => "cross_site_refused",
            Self::AccessRefused => "access_refused",
            Self::UnknownId => "unknown_id",
            Self::InputRefused => "input_refused",
        }
    }

    /// The event that an answer stands for; none where it is an ordinary one.
    fn of(status: StatusCode, code: Option<Code>, is_known: bool, path: &str) -> Option<Self> {
        match code {
            Some(Code::InvalidToken | Code::LinkDead | Code::AlreadySetUp) => Some(Self::TokenRefused),
            Some(Code::WrongCredentials) => Some(Self::SignInRefused),
            Some(Code::TooMany) => Some(Self::RateLimited),
            Some(Code::CrossSite) => Some(Self::CrossSiteRefused),
            Some(Code::Forbidden | Code::OutOfScope | Code::Escalation | Code::SessionRequired) => {
                Some(Self::AccessRefused)
            }
            // Of an invitation's link: strangers have nothing else to show there.
            Some(Code::NotFound) if path.starts_with(OF_LINKS) => Some(Self::TokenRefused),
            Some(Code::NotFound) if is_known => Some(Self::UnknownId),
            Some(Code::Malformed | Code::TooLarge | Code::NotJson | Code::Invalid) => Some(Self::InputRefused),
            // Forward-auth says it in headers alone.
            None if status == StatusCode::FORBIDDEN => Some(Self::AccessRefused),
            _ => None,
        }
    }
}

/// Where a refused request came from.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    pub ip: IpAddr,
    /// The caller, where it is known.
    pub account: Option<AccountId>,
}

impl Source {
    /// What lines are counted by.
    fn key(&self) -> SourceKey {
        self.account.map_or_else(|| SourceKey::Network(network(self.ip)), SourceKey::Account)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum SourceKey {
    Account(AccountId),
    Network(IpAddr),
}

/// The lines of the present minute.
#[derive(Debug, Default)]
pub struct EventLog(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    since: Timestamp,
    /// By event and source, how many were left out after the first.
    lines: HashMap<(SecurityEvent, SourceKey), u64>,
    /// Those whose sources have no line at all.
    left_out: u64,
}

impl EventLog {
    /// Logs the event of an answer, where it is one. `route` is the method and the address as the table of routes has it:
    /// nothing that was sent is repeated.
    pub fn note(&self, response: &Response, source: &Source, route: (&str, &str), at: Timestamp) {
        let code = response.extensions().get::<ProblemBody>().map(|ProblemBody(problem)| problem.code);
        let status = response.status();
        let Some(event) = SecurityEvent::of(status, code, source.account.is_some(), route.1) else { return };
        let (name, status) = (event.as_str(), status.as_u16());
        metrics::counter!("roster_security_events_total", "event" => name).increment(1);
        let (is_due, left_out) = self.take(event, source.key(), at);
        if left_out > 0 {
            tracing::warn!(left_out, "security events of the last minute that have no line");
        }
        if is_due {
            let account = source.account.map(|account| account.to_string());
            let (method, path) = route;
            tracing::warn!(event = name, status, method, route = path, ip = %source.ip, account, "a request was refused");
        }
    }

    /// Whether an event has a line of its own, and how many of the minute before had none, told once.
    fn take(&self, event: SecurityEvent, source: SourceKey, at: Timestamp) -> (bool, u64) {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left_out = 0;
        if at.since(minute.since) >= LINE_EVERY_MS {
            left_out = minute.left_out + minute.lines.values().sum::<u64>();
            *minute = Minute { since: at, ..Minute::default() };
        }
        if let Some(more) = minute.lines.get_mut(&(event, source)) {
            *more += 1;
            return (false, left_out);
        }
        if minute.lines.len() >= LINES_MAX {
            minute.left_out += 1;
            return (false, left_out);
        }
        minute.lines.insert((event, source), 0);
        (true, left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> SourceKey {
        SourceKey::Network(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn source_has_one_line_for_an_event_and_a_minute() {
        let log = EventLog::default();
        let start = Timestamp::from_millis(1_000_000);
        assert_eq!(log.take(SecurityEvent::TokenRefused, from(1), start), (true, 0));
        assert_eq!(log.take(SecurityEvent::TokenRefused, from(1), start.plus(1)), (false, 0));
        assert_eq!(log.take(SecurityEvent::RateLimited, from(1), start.plus(1)), (true, 0), "another event");
        assert_eq!(log.take(SecurityEvent::TokenRefused, from(2), start.plus(1)), (true, 0), "another source");
        let later = start.plus(LINE_EVERY_MS);
        assert_eq!(log.take(SecurityEvent::TokenRefused, from(1), later), (true, 1), "and says what had no line");
        assert_eq!(log.take(SecurityEvent::TokenRefused, from(2), later), (true, 0), "once");
    }

    #[test]
    fn many_sources_do_not_flood_the_log() {
        let log = EventLog::default();
        let start = Timestamp::from_millis(1_000_000);
        let account = |number: usize| SourceKey::Account(AccountId::from_u128(number as u128));
        let lines = (0..LINES_MAX * 3).filter(|number| log.take(SecurityEvent::UnknownId, account(*number), start).0);
        assert_eq!(lines.count(), LINES_MAX);
        let (is_due, left_out) = log.take(SecurityEvent::UnknownId, account(0), start.plus(LINE_EVERY_MS));
        assert_eq!((is_due, left_out), (true, 2 * LINES_MAX as u64));
    }
}
