//! The worker: takes mails that are due, sends them, and writes down what became of each.

use std::time::Duration;

use domain::Timestamp;
use domain::invitations::{Delivery, MailFate};
use domain::time::{HOUR_MS, MINUTE_MS};
use metrics::counter;
use tokio::sync::watch;

use super::mail::{Fault, MailError, Mailer};
use super::store::{self, Due};
use super::{Kind, RETRY_FOR_MS, message, retry_at};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::failure::Outcome;
use crate::invitations::{self, link, mail_fate};
use crate::store::clock;
use crate::{idempotency, operations, organization};

/// The outbox is looked at this often, beside when something was put there.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The time is written down this often, so that the clock goes on from there over a restart.
const KEEP_TIME_EVERY_MS: i64 = MINUTE_MS;

/// Runs until `stop` turns true; then what is leased and not yet sent is given back.
pub async fn run(app: App, mailer: Mailer, stop: watch::Receiver<bool>) {
    if let Err(failure) = store::end_leases_of_the_dead(&app.db).await {
        tracing::warn!(?failure, "leases of an earlier process were not ended");
    }
    // Whoever starts the server anew may have mended what mails wait for.
    hurry(&app).await;
    let mut sender = Sender { app, mailer, stop, is_server_away: false };
    let (mut swept_at, mut kept_at) = (None, None);
    loop {
        let now = sender.app.clock.now();
        let is_over = *sender.stop.borrow();
        if is_over || kept_at.is_none_or(|kept| now.since(kept) >= KEEP_TIME_EVERY_MS) {
            kept_at = Some(now);
            keep_time(&sender.app, now).await;
        }
        if is_over {
            return;
        }
        if swept_at.is_none_or(|swept| now.since(swept) >= HOUR_MS) {
            swept_at = Some(now);
            sweep(&sender.app, now).await;
        }
        let has_sent = match sender.send_due().await {
            Ok(count) => count > 0,
            Err(failure) => {
                tracing::warn!(?failure, "the outbox was not read");
                false
            }
        };
        if !has_sent {
            tokio::select! {
                () = sender.app.outbox_wake.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = sender.stop.changed() => {}
            }
        }
    }
}

async fn keep_time(app: &App, now: Timestamp) {
    // What was timed is summed up, whether or not somebody asks for the numbers.
    app.metrics.run_upkeep();
    if let Err(failure) = clock::keep_seen(&app.db, now).await {
        tracing::warn!(?failure, "the time was not written down");
    }
}

async fn sweep(app: &App, now: Timestamp) {
    if let Err(failure) = store::sweep(&app.db, now).await {
        tracing::warn!(?failure, "old rows were not swept");
    }
    if let Err(failure) = operations::store::sweep(&app.db, now).await {
        tracing::warn!(?failure, "old operations were not swept");
    }
    if let Err(failure) = idempotency::store::sweep(&app.db, now).await {
        tracing::warn!(?failure, "old keys of requests were not swept");
    }
    if let Err(failure) = invitations::store::sweep_snapshots(&app.db).await {
        tracing::warn!(?failure, "old snapshots were not swept");
    }
}

async fn hurry(app: &App) {
    if let Err(failure) = store::hurry(&app.db, app.clock.now()).await {
        tracing::warn!(?failure, "mails that wait were not hurried");
    }
}

/// What came of a mail that was due.
enum Came {
    Unwanted,
    Taken(Delivery),
    Failed(MailError),
}

struct Sender {
    app: App,
    mailer: Mailer,
    stop: watch::Receiver<bool>,
    /// The mail server was away when it was last asked.
    is_server_away: bool,
}

impl Sender {
    async fn send_due(&mut self) -> Outcome<usize> {
        let due = store::lease(&self.app.db, self.app.clock.now()).await?;
        for (index, mail) in due.iter().enumerate() {
            if *self.stop.borrow() {
                store::release(&self.app.db, &due[index..]).await?;
                return Ok(index);
            }
            let (mail, fate) = self.ready(mail).await?;
            let came = self.send(&mail, fate).await?;
            settle(&self.app, &mail, &came).await?;
            self.follow(&came).await;
        }
        Ok(due.len())
    }

    /// What becomes of a mail, which gets a new link where its account gained access while it waited.
    async fn ready(&self, mail: &Due) -> Outcome<(Due, MailFate)> {
        match fate(&self.app, mail).await? {
            // Without a mail server the link was shown with the invitation: nobody waits for what is written to a file.
            MailFate::LeavesWithNewLink if !self.mailer.is_smtp() => Ok((mail.clone(), MailFate::Dropped)),
            MailFate::LeavesWithNewLink => {
                let generation = invitations::renew_waiting(&self.app, mail.organization, mail.account).await?;
                let mail = Due { generation: generation.unwrap_or(mail.generation), ..mail.clone() };
                let fate = fate(&self.app, &mail).await?;
                Ok((mail, fate))
            }
            fate => Ok((mail.clone(), fate)),
        }
    }

    /// Sends one mail, unless its link has died since it was queued.
    async fn send(&self, mail: &Due, fate: MailFate) -> Outcome<Came> {
        match fate {
            MailFate::Dropped => Ok(Came::Unwanted),
            MailFate::GivenUp(reason) => Ok(Came::Failed(MailError::refused(reason.to_owned()))),
            // What was gained while the mail was made ready needs another link; the list says so.
            MailFate::Leaves | MailFate::LeavesWithNewLink => {
                let id = format!("{}.{}", mail.id, mail.generation);
                let sent = self.mailer.send(&id, recipient(mail), words(&self.app, mail)).await;
                Ok(sent.map_or_else(Came::Failed, Came::Taken))
            }
        }
    }

    /// The first mail that leaves after the mail server was away lets all that wait for it follow at once. What a server
    /// that is there puts off keeps its own pace.
    async fn follow(&mut self, came: &Came) {
        match came {
            Came::Failed(error) if error.kind == Fault::Away => self.is_server_away = true,
            Came::Taken(_) if self.is_server_away => {
                self.is_server_away = false;
                hurry(&self.app).await;
            }
            _ => {}
        }
    }
}

async fn fate(app: &App, mail: &Due) -> Outcome<MailFate> {
    match mail.kind {
        Kind::Invitation => {
            let mut connection = app.db.reader().acquire().await?;
            mail_fate(app, &mut connection, mail.account, mail.generation, app.clock.now()).await
        }
        Kind::LinkRequested if mail.is_open => Ok(MailFate::Leaves),
        Kind::LinkRequested => Ok(MailFate::Dropped),
    }
}

fn recipient(mail: &Due) -> &str {
    match mail.kind {
        Kind::Invitation => &mail.invited_email,
        Kind::LinkRequested => &mail.sender_email,
    }
}

fn words(app: &App, mail: &Due) -> message::Message {
    match mail.kind {
        Kind::Invitation => message::invitation(
            &mail.organization_name,
            &mail.sender_name,
            &mail.invited_email,
            &link(app, mail.account, mail.generation),
            mail.invitation_ttl_ms,
        ),
        Kind::LinkRequested => message::link_requested(
            &mail.organization_name,
            &mail.invited_email,
            &format!("{}/accounts/invitations?invitation=asked", app.public_url),
        ),
    }
}

async fn settle(app: &App, mail: &Due, came: &Came) -> Outcome<()> {
    let at = app.clock.now();
    let mut tx = app.db.begin().await?;
    organization::store::lock(&mut tx, mail.organization).await?;
    match came {
        Came::Unwanted => store::settle_dropped(&mut tx, mail, at).await?,
        Came::Taken(delivery) => {
            counter!("roster_mails_sent_total").increment(1);
            store::settle_sent(&mut tx, mail, *delivery, at).await?;
        }
        Came::Failed(error) => {
            counter!("roster_mails_failed_total").increment(1);
            let gives_up = error.kind == Fault::Refused || at.since(mail.created_at) >= RETRY_FOR_MS;
            // A reply about one mail can name its recipient, so it is shown only in the list of invitations. A fault of the
            // connection, such as an untrusted certificate, affects every mail and is logged for the operator.
            let reason = (error.kind == Fault::Away).then_some(error.reason.as_str());
            tracing::warn!(outbox = mail.id, attempts = mail.attempts, gives_up, kind = ?error.kind, reason, "a mail did not leave");
            let retry = (!gives_up).then(|| retry_at(mail.attempts, at));
            store::settle_failed(&mut tx, mail, &error.reason, retry, at).await?;
            if gives_up {
                let event = Event::new("mail.given_up", mail.account);
                audit::store::record(&mut tx, mail.organization, &Actor::server(), at, event).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}
