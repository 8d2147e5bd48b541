//! Claims keys and saves answers, each in the transaction of the change itself.

use axum::http::StatusCode;
use domain::Timestamp;

use super::{Claim, REMEMBERED_MS, SavedAnswer};
use crate::failure::{Failure, Outcome};
use crate::store::{Columns, Db, Tx, Value, insert_rows, query_with};

/// Claims the key of a request under the organization's lock, before anything is changed.
///
/// # Errors
/// `Repeated` with the answer of the request that had the key before, `AlreadyDone` where that was not saved,
/// `KeyReused` where it was another request.
pub async fn claim(tx: &mut Tx, claim: &Claim, at: Timestamp) -> Outcome<()> {
    let key =
        || -> Vec<Value> { vec![claim.caller.as_str().into(), claim.route.as_str().into(), claim.key.as_str().into()] };
    let expired =
        "DELETE FROM idempotency_keys WHERE caller = $1 AND route = $2 AND idempotency_key = $3 AND created_at <= $4";
    let before = at.plus(-REMEMBERED_MS);
    let values = key().into_iter().chain([before.into()]).collect();
    query_with(expired.to_owned(), values).execute(&mut **tx).await?;
    let known = "SELECT request_hash, status, version, response FROM idempotency_keys WHERE caller = $1 AND route = $2 AND idempotency_key = $3";
    let Some(row) = query_with(known.to_owned(), key()).fetch_optional(&mut **tx).await? else {
        let row = key().into_iter().chain([claim.request_hash.as_str().into(), at.into()]).collect();
        let into = "idempotency_keys (caller, route, idempotency_key, request_hash, created_at)";
        return insert_rows(tx, into, 5, vec![row]).await;
    };
    if row.text("request_hash")? != claim.request_hash {
        return Err(Failure::KeyReused);
    }
    let status = row.maybe_number("status")?.and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    match (status, row.maybe_text("response")?) {
        (Some(status), Some(body)) => {
            let answer = SavedAnswer { status, version: row.maybe_number("version")?, body };
            Err(Failure::Repeated(Box::new(answer)))
        }
        _ => Err(Failure::AlreadyDone),
    }
}

/// Saves the answer to a request whose key was claimed in this transaction. It holds no secret.
///
/// # Errors
/// When the store refuses.
pub async fn save(tx: &mut Tx, claim: &Claim, answer: &SavedAnswer) -> Outcome<()> {
    let sql = "UPDATE idempotency_keys SET status = $1, version = $2, response = $3 WHERE caller = $4 AND route = $5 AND idempotency_key = $6";
    let values = vec![
        i64::from(answer.status.as_u16()).into(),
        answer.version.into(),
        answer.body.as_str().into(),
        claim.caller.as_str().into(),
        claim.route.as_str().into(),
        claim.key.as_str().into(),
    ];
    query_with(sql.to_owned(), values).execute(&mut **tx).await?;
    Ok(())
}

/// Forgets keys that are no longer remembered.
///
/// # Errors
/// When the store refuses.
pub async fn sweep(db: &Db, at: Timestamp) -> Outcome<()> {
    sqlx::query("DELETE FROM idempotency_keys WHERE created_at <= $1")
        .bind(at.plus(-REMEMBERED_MS).millis())
        .execute(db.writer())
        .await?;
    Ok(())
}
