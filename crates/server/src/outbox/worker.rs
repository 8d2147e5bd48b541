//! The worker: takes mails that are due, sends them, and writes down what became of each.

use std::time::Duration;

use domain::time::{HOUR_MS, MINUTE_MS};
use metrics::counter;
use tokio::sync::watch;

use super::mail::{MailError, Mailer};
use super::store::{self, Due};
use super::{Kind, RETRY_FOR_MS, message, retry_at};
use crate::app::App;
use crate::audit::{self, Actor, Event};
use crate::failure::Outcome;
use crate::invitations::link;
use crate::store::clock;
use crate::{operations, organization};

/// The outbox is looked at this often, beside when something was put there.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The time is written down this often, so that the clock goes on from there over a restart.
const KEEP_TIME_EVERY_MS: i64 = MINUTE_MS;

/// Runs until `stop` turns true; then what is leased and not yet sent is given back.
pub async fn run(app: App, mailer: Mailer, mut stop: watch::Receiver<bool>) {
    if let Err(failure) = store::end_leases_of_the_dead(&app.db).await {
        tracing::warn!(?failure, "leases of an earlier process were not ended");
    }
    let (mut swept_at, mut kept_at) = (None, None);
    loop {
        let now = app.clock.now();
        let is_over = *stop.borrow();
        if is_over || kept_at.is_none_or(|kept| now.since(kept) >= KEEP_TIME_EVERY_MS) {
            kept_at = Some(now);
            // What was timed is summed up, whether or not somebody asks for the numbers.
            app.metrics.run_upkeep();
            if let Err(failure) = clock::keep_seen(&app.db, now).await {
                tracing::warn!(?failure, "the time was not written down");
            }
        }
        if is_over {
            return;
        }
        if swept_at.is_none_or(|swept| now.since(swept) >= HOUR_MS) {
            swept_at = Some(now);
            if let Err(failure) = store::sweep(&app.db, now).await {
                tracing::warn!(?failure, "old rows were not swept");
            }
            if let Err(failure) = operations::store::sweep(&app.db, now).await {
                tracing::warn!(?failure, "old operations were not swept");
            }
        }
        let has_sent = match send_due(&app, &mailer, &stop).await {
            Ok(count) => count > 0,
            Err(failure) => {
                tracing::warn!(?failure, "the outbox was not read");
                false
            }
        };
        if !has_sent {
            tokio::select! {
                () = app.outbox_wake.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stop.changed() => {}
            }
        }
    }
}

async fn send_due(app: &App, mailer: &Mailer, stop: &watch::Receiver<bool>) -> Outcome<usize> {
    let due = store::lease(&app.db, app.clock.now()).await?;
    for (index, mail) in due.iter().enumerate() {
        if *stop.borrow() {
            store::release(&app.db, &due[index..]).await?;
            return Ok(index);
        }
        let result = if mail.is_wanted && store::is_still_wanted(&app.db, mail).await? {
            Some(mailer.send(&format!("{}.{}", mail.id, mail.generation), recipient(mail), words(app, mail)).await)
        } else {
            None
        };
        settle(app, mail, result).await?;
    }
    Ok(due.len())
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
            &format!("{}/accounts/invitations", app.public_url),
        ),
    }
}

async fn settle(app: &App, mail: &Due, result: Option<Result<(), MailError>>) -> Outcome<()> {
    let at = app.clock.now();
    let mut tx = app.db.begin().await?;
    organization::store::lock(&mut tx, mail.organization).await?;
    match result {
        None => store::settle_dropped(&mut tx, mail, at).await?,
        Some(Ok(())) => {
            counter!("roster_mails_sent_total").increment(1);
            store::settle_sent(&mut tx, mail, at).await?;
        }
        Some(Err(error)) => {
            counter!("roster_mails_failed_total").increment(1);
            let gives_up = error.is_permanent || at.since(mail.created_at) >= RETRY_FOR_MS;
            tracing::warn!(outbox = mail.id, attempts = mail.attempts, gives_up, "a mail did not leave");
            let retry = (!gives_up).then(|| retry_at(mail.attempts, at));
            store::settle_failed(&mut tx, mail, &error.reason, retry, at).await?;
            if gives_up {
                audit::store::record(
                    &mut tx,
                    mail.organization,
                    &Actor::server(),
                    at,
                    Event::new("mail.given_up", mail.account),
                )
                .await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}
