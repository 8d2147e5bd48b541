//! Sets the clock by what was seen on the database before.

use domain::time::{HOUR_MS, MINUTE_MS};

use crate::clock::Clock;
use crate::store::{self, Db};

/// Further back than this, the system's clock was set: it is not the usual small correction.
const BEHIND_MS_MAX: i64 = MINUTE_MS;

/// Makes the clock go on from the highest time that was seen on this database.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn set(clock: &Clock, db: &Db) -> Result<(), String> {
    let seen = store::clock::seen_at(db).await.map_err(|failure| format!("{failure:?}"))?;
    let behind_ms = seen.map_or(0, |seen| clock.not_before(seen));
    if behind_ms > BEHIND_MS_MAX {
        let hours = behind_ms / HOUR_MS;
        tracing::warn!(
            behind_ms,
            "the system's clock was set back by {hours} hours: Roster goes on from the later time"
        );
    }
    Ok(())
}
