//! Notes in the audit log who was refused what: a known caller who asks for more than they hold.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use domain::time::MINUTE_MS;
use domain::{AccountId, Timestamp};

use crate::app::App;
use crate::audit::{self, Event};
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::events::Source;
use crate::http::guard;
use crate::organization;

/// One caller gets one row for a route in so long, however often they are refused there.
const NOTE_EVERY_MS: i64 = MINUTE_MS;
/// Refusals remembered at the most; of more in a minute no rows are written.
const REMEMBERED_MAX: usize = 10_000;

/// The route that was asked for, with the app.
#[derive(Clone)]
pub struct Watched {
    pub app: App,
    pub method: Method,
    pub path: &'static str,
}

/// Who asked, as the guard found out: it stands behind this layer.
#[derive(Clone, Default)]
pub struct Known(Arc<OnceLock<Caller>>);

impl Known {
    pub fn set(&self, caller: &Caller) {
        let _ = self.0.set(caller.clone());
    }
}

/// What a refused caller lacks, on its way from the failure to the audit log.
#[derive(Clone, Debug)]
pub struct Refused {
    code: &'static str,
    /// Key of the permission needed, or the label of the one that was reached for.
    permission: String,
}

impl Refused {
    /// None where the failure is something else than a lack of rights.
    #[must_use]
    pub fn of(failure: &Failure) -> Option<Self> {
        match failure {
            Failure::Forbidden(permission) => Some(Self { code: "forbidden", permission: permission.to_string() }),
            Failure::OutOfScope(permission) => Some(Self { code: "out_of_scope", permission: permission.to_string() }),
            Failure::Escalation(label) | Failure::HeldUntil { permission: label, .. } => {
                Some(Self { code: "escalation", permission: label.clone() })
            }
            _ => None,
        }
    }
}

/// Which refusals were noted a moment ago, by this process.
#[derive(Debug, Default)]
pub struct Noted(Mutex<HashMap<(AccountId, Method, &'static str), Timestamp>>);

impl Noted {
    /// Whether this refusal is to be noted: the first of its caller and route in a minute.
    fn take(&self, account: AccountId, method: Method, path: &'static str, at: Timestamp) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() >= REMEMBERED_MAX {
            noted.retain(|_, last| at.since(*last) < NOTE_EVERY_MS);
        }
        if noted.len() >= REMEMBERED_MAX {
            return false;
        }
        let key = (account, method, path);
        let is_due = noted.get(&key).is_none_or(|last| at.since(*last) >= NOTE_EVERY_MS);
        if is_due {
            noted.insert(key, at);
        }
        is_due
    }
}

/// Stands around guard and handler. The row is written beside the answer, which does not wait for it.
pub async fn note(State(watched): State<Watched>, mut request: Request, next: Next) -> Response {
    let known = Known::default();
    let ip = guard::client_address(&watched.app, &request);
    request.extensions_mut().insert(known.clone());
    let mut response = next.run(request).await;
    let source = Source { ip, account: known.0.get().map(|caller| caller.account_id) };
    let route = (watched.method.as_str(), watched.path);
    watched.app.events.note(&response, &source, route, watched.app.clock.now());
    if let Some(refused) = response.extensions_mut().remove::<Refused>()
        && let Some(caller) = known.0.get()
        && watched.app.refusals.take(caller.account_id, watched.method.clone(), watched.path, caller.at)
    {
        let caller = caller.clone();
        tokio::spawn(async move {
            if let Err(failure) = record(&watched, &caller, &refused).await {
                tracing::warn!(?failure, account = %caller.account_id, "a refusal was not recorded");
            }
        });
    }
    response
}

async fn record(watched: &Watched, caller: &Caller, refused: &Refused) -> Outcome<()> {
    let Refused { code, permission } = refused;
    let event = Event::new("access.refused", format!("{} {}", watched.method, watched.path))
        .after(&serde_json::json!({ "code": code, "permission": permission }));
    let mut tx = watched.app.db.begin().await?;
    organization::store::lock_log(&mut tx, caller.organization.id).await?;
    audit::store::record(&mut tx, caller.organization.id, &caller.into(), caller.at, event).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_for_a_caller_a_route_and_a_minute() {
        let noted = Noted::default();
        let start = Timestamp::from_millis(0);
        let account = |number: u8| AccountId::from_u128(u128::from(number));
        let take = |number, method, path, at| noted.take(account(number), method, path, at);
        assert!(take(1, Method::GET, "/a", start));
        assert!(!take(1, Method::GET, "/a", start.plus(NOTE_EVERY_MS - 1)));
        assert!(take(2, Method::GET, "/a", start), "another caller");
        assert!(take(1, Method::PUT, "/a", start) && take(1, Method::GET, "/b", start), "another route");
        assert!(take(1, Method::GET, "/a", start.plus(NOTE_EVERY_MS)));
    }
}
