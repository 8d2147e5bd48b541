//! What every request shares: the store, the clock, the keys, the profiles, and the caches that follow the store.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use domain::profile::Profile;
use domain::session::SessionLimits;
use tokio::sync::{Notify, Semaphore};

use crate::accounts::counts::CountCache;
use crate::accounts::kept::PageCache;
use crate::caller::held::HeldCache;
use crate::caller::known_tokens::KnownTokens;
use crate::caller::session::SessionReader;
use crate::clock::Clock;
use crate::http::address::AttemptBuckets;
use crate::http::events::EventLog;
use crate::http::gate::Gate;
use crate::http::refusals::Noted;
use crate::organization::reader::OrganizationReader;
use crate::passwords::Hasher;
use crate::previews::KeptWorlds;
use crate::roles::books::BookCache;
use crate::secrets::ServerKey;
use crate::session::refused::RefusedSignIns;
use crate::store::Db;

/// Everything a running server has. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<AppParts>);

/// See `App`.
pub struct AppParts {
    pub db: Db,
    pub clock: Clock,
    pub key: ServerKey,
    /// Where people open Roster, without a slash at the end. Links in mails are built from it alone.
    pub public_url: String,
    /// Whether mails leave; without, links are copied.
    pub has_mail: bool,
    pub profiles: Vec<Profile>,
    pub hasher: Hasher,
    pub attempts: AttemptBuckets,
    /// Of tokens that do not work.
    pub token_attempts: AttemptBuckets,
    /// Looking up tokens for addresses that have shown too many that do not work.
    pub token_look_ups: Semaphore,
    pub tokens: KnownTokens,
    pub sessions: SessionReader,
    pub held: HeldCache,
    pub organizations: OrganizationReader,
    pub refusals: Noted,
    pub refused_sign_ins: RefusedSignIns,
    pub counts: CountCache,
    pub pages: PageCache,
    pub books: BookCache,
    pub worlds: KeptWorlds,
    /// What work that takes long waits at.
    pub gate: Gate,
    pub events: EventLog,
    pub session_limits: SessionLimits,
    pub trusted_proxies: Vec<IpAddr>,
    /// Wakes the worker that sends mails.
    pub outbox_wake: Notify,
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
}

impl App {
    #[must_use]
    pub fn new(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }

    #[must_use]
    pub fn profile(&self, key: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.key == key)
    }
}

impl Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}
