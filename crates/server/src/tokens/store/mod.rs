//! Reads and changes tokens. Of their secrets there are hashes only.

mod list;
mod uses;

pub use list::{Filters, Window, counts, page, total};
pub use uses::{Use, note_use, uses};

use domain::accounts::{AccountKind, AccountRef};
use domain::session::PersonView;
use domain::tokens::{Network, Token, TokenState};
use domain::{AccountId, OrganizationId, Timestamp, TokenId};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::accounts::store::kind;
use crate::failure::{Current, Failure, Outcome};
use crate::store::{Columns, Tx, Value, fetch_for, insert_rows, query_with};

/// A token as whoever shows it is found by.
pub struct TokenRow {
    pub id: TokenId,
    pub hash: String,
    pub organization: OrganizationId,
    pub account: AccountId,
    pub kind: AccountKind,
    pub handle: String,
    pub person: Option<PersonView>,
    pub state: TokenState,
    pub scopes: Option<Vec<String>>,
    pub on_behalf: bool,
    pub created_at: Timestamp,
}

/// The token of a hash, whether it works or not.
///
/// # Errors
/// When the store does not answer.
pub async fn find_by_hash(connection: &mut AnyConnection, hash: &str) -> Outcome<Option<TokenRow>> {
    let row = sqlx::query(
        "SELECT t.id, t.hash, t.organization_id, t.account_id, t.kind, t.networks, t.on_behalf, t.created_at, t.expires_at, t.revoked_at, t.scopes_unused,
                a.handle, p.id AS person_id, p.email, p.display_name, p.user_name
         FROM tokens t JOIN accounts a ON a.id = t.account_id LEFT JOIN persons p ON p.id = a.person_id WHERE t.hash = $1",
    )
    .bind(hash.to_owned())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let id = row.id("id")?;
    let scopes = match row.maybe_number("scopes_unused")? {
        Some(_) => Some(scopes(connection, id).await?),
        None => None,
    };
    Ok(Some(TokenRow {
        id,
        hash: row.text("hash")?,
        organization: row.id("organization_id")?,
        account: row.id("account_id")?,
        kind: kind(&row)?,
        handle: row.text("handle")?,
        person: person(&row)?,
        state: TokenState {
            revoked_at: row.maybe_time("revoked_at")?,
            expires_at: row.maybe_time("expires_at")?,
            networks: networks(&row.text("networks")?),
        },
        scopes,
        on_behalf: row.number("on_behalf")? == 1,
        created_at: row.time("created_at")?,
    }))
}

fn person(row: &AnyRow) -> Outcome<Option<PersonView>> {
    let Some(id) = row.maybe_id("person_id")? else { return Ok(None) };
    Ok(Some(PersonView {
        id,
        email: row.text("email")?,
        display_name: row.text("display_name")?,
        user_name: row.maybe_text("user_name")?,
    }))
}

async fn scopes(connection: &mut AnyConnection, id: TokenId) -> Outcome<Vec<String>> {
    let rows = sqlx::query("SELECT permission FROM token_scopes WHERE token_id = $1 ORDER BY permission")
        .bind(id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| row.text("permission")).collect()
}

/// Ranges as they are stored. Each was parsed before it was written; one that is none any more lets nobody in.
fn networks(text: &str) -> Vec<Network> {
    text.split(',').filter_map(|range| Network::parse(range).ok()).collect()
}

/// The active user account of an id, an e-mail address or a user name in an organization, looked for in that order: nobody
/// takes another's id as their name.
///
/// # Errors
/// When the store does not answer.
pub async fn find_user(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    named: &str,
) -> Outcome<Option<(AccountId, String)>> {
    let key = domain::EmailAddress::parse(named).map(|email| email.key().to_owned());
    let key = key.unwrap_or_else(|_| domain::text::fold(named));
    let row = sqlx::query(
        "SELECT a.id, a.handle FROM accounts a JOIN persons p ON p.id = a.person_id
         WHERE a.organization_id = $1 AND a.kind = 'user' AND a.deleted_at IS NULL AND (a.id = $2 OR a.handle = $2 OR p.user_name = $2)
         ORDER BY CASE WHEN a.id = $2 THEN 0 WHEN a.handle = $2 THEN 1 ELSE 2 END LIMIT 1",
    )
    .bind(organization.to_string())
    .bind(key)
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok((row.id("id")?, row.text("handle")?))).transpose()
}

/// A token to be.
pub struct NewRow<'a> {
    pub id: TokenId,
    pub organization: OrganizationId,
    pub account: AccountId,
    pub kind: AccountKind,
    pub name: &'a str,
    pub hint: &'a str,
    pub hash: String,
    pub scopes: Option<&'a [String]>,
    pub networks: &'a [Network],
    pub on_behalf: bool,
    pub created_by: AccountId,
    pub expires_at: Option<Timestamp>,
}

/// # Errors
/// When the store refuses.
pub async fn insert(tx: &mut Tx, new: &NewRow<'_>, at: Timestamp) -> Outcome<()> {
    let networks: Vec<String> = new.networks.iter().map(ToString::to_string).collect();
    let scopes_unused = new.scopes.map(|scopes| i64::try_from(scopes.len()).unwrap_or(i64::MAX));
    let row = vec![
        new.id.into(),
        new.organization.into(),
        new.account.into(),
        new.kind.as_str().into(),
        new.name.into(),
        search_text(new.name, new.hint).into(),
        new.hint.into(),
        new.hash.clone().into(),
        scopes_unused.into(),
        networks.join(",").into(),
        i64::from(new.on_behalf).into(),
        at.into(),
        new.created_by.into(),
        new.expires_at.into(),
    ];
    insert_rows(tx, "tokens (id, organization_id, account_id, kind, name, search_text, hint, hash, scopes_unused, networks, on_behalf, created_at, created_by, expires_at)", 14, vec![row]).await?;
    insert_scopes(tx, new.id, new.scopes.unwrap_or_default()).await
}

async fn insert_scopes(tx: &mut Tx, id: TokenId, scopes: &[String]) -> Outcome<()> {
    let rows = scopes.iter().map(|scope| vec![id.into(), scope.as_str().into()]).collect();
    insert_rows(tx, "token_scopes (token_id, permission)", 2, rows).await
}

/// What a token is searched by, beside its account.
#[must_use]
pub fn search_text(name: &str, hint: &str) -> String {
    domain::text::fold(&[name, "\n", hint].concat())
}

/// How many tokens of an account work.
///
/// # Errors
/// When the store does not answer.
pub async fn count_working(connection: &mut AnyConnection, account: AccountId, at: Timestamp) -> Outcome<usize> {
    let row = sqlx::query("SELECT COUNT(*) AS working FROM tokens WHERE account_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)")
        .bind(account.to_string())
        .bind(at.millis())
        .fetch_one(connection)
        .await?;
    Ok(usize::try_from(row.number("working")?).unwrap_or(usize::MAX))
}

const COLUMNS: &str = "t.id, t.account_id, t.kind, t.name, t.hint, t.scopes_unused, t.networks, t.on_behalf, t.created_at, t.expires_at, t.last_used_at, t.last_used_ip, t.last_used_agent,
    t.revoked_at, t.revoke_reason, t.replaced_by, t.version, a.display_name, a.handle,
    CASE WHEN a.deactivated_at IS NULL AND a.deleted_at IS NULL THEN 0 ELSE 1 END AS account_is_out, c.display_name AS creator, r.display_name AS revoker,
    f.id AS for_id, f.display_name AS for_name, f.handle AS for_handle";
const JOINS: &str = "JOIN accounts a ON a.id = t.account_id LEFT JOIN accounts c ON c.id = t.created_by
    LEFT JOIN accounts r ON r.id = t.revoked_by LEFT JOIN accounts f ON f.id = t.last_used_for";

fn token(row: &AnyRow) -> Outcome<Token> {
    let acted_for = match row.maybe_id("for_id")? {
        Some(id) => Some(AccountRef {
            id,
            kind: AccountKind::User,
            name: row.text("for_name")?,
            handle: row.text("for_handle")?,
        }),
        None => None,
    };
    Ok(Token {
        id: row.id("id")?,
        account: AccountRef {
            id: row.id("account_id")?,
            kind: kind(row)?,
            name: row.text("display_name")?,
            handle: row.text("handle")?,
        },
        account_is_out: row.number("account_is_out")? == 1,
        name: row.text("name")?,
        hint: row.text("hint")?,
        scopes: row.maybe_number("scopes_unused")?.map(|_| Vec::new()),
        networks: networks(&row.text("networks")?),
        on_behalf: row.number("on_behalf")? == 1,
        created_at: row.time("created_at")?,
        created_by: row.maybe_text("creator")?,
        expires_at: row.maybe_time("expires_at")?,
        last_used_at: row.maybe_time("last_used_at")?,
        last_used_ip: row.maybe_text("last_used_ip")?,
        last_used_agent: row.maybe_text("last_used_agent")?.filter(|agent| !agent.is_empty()),
        last_used_for: acted_for,
        used: Vec::new(),
        revoked_at: row.maybe_time("revoked_at")?,
        revoked_by: row.maybe_text("revoker")?,
        revoke_reason: row.text("revoke_reason")?,
        replaced_by: row.maybe_id("replaced_by")?,
        version: row.number("version")?,
    })
}

/// Tokens of rows, with their scopes and uses by one query for all of them.
async fn tokens(connection: &mut AnyConnection, rows: &[AnyRow]) -> Outcome<Vec<Token>> {
    let mut tokens = rows.iter().map(token).collect::<Outcome<Vec<_>>>()?;
    let ids: Vec<TokenId> = tokens.iter().map(|token| token.id).collect();
    let rows = fetch_for(connection, &[], &ids, |ids| {
        let numbered = ids.to_owned();
        format!(
            "SELECT token_id, permission, 'scope' AS what FROM token_scopes WHERE token_id IN ({ids})
             UNION ALL SELECT token_id, permission, 'use' FROM token_uses WHERE token_id IN ({numbered}) ORDER BY 2"
        )
    })
    .await?;
    let places: std::collections::HashMap<TokenId, usize> =
        ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    for row in &rows {
        let Some(token) = places.get(&row.id("token_id")?).and_then(|place| tokens.get_mut(*place)) else { continue };
        let permission = row.text("permission")?;
        match row.text("what")?.as_str() {
            "scope" => token.scopes.get_or_insert_default().push(permission),
            _ => token.used.push(permission),
        }
    }
    Ok(tokens)
}

/// One token, ended ones included.
///
/// # Errors
/// `NotFound` where the organization has none of this id.
pub async fn lookup(connection: &mut AnyConnection, organization: OrganizationId, id: TokenId) -> Outcome<Token> {
    let sql = format!("SELECT {COLUMNS} FROM tokens t {JOINS} WHERE t.id = $1 AND t.organization_id = $2");
    let row = query_with(sql, vec![id.into(), organization.into()]).fetch_optional(&mut *connection).await?;
    let row = row.ok_or(Failure::NotFound)?;
    tokens(connection, std::slice::from_ref(&row)).await?.pop().ok_or(Failure::NotFound)
}

/// The tokens of these ids that the organization has, in no order.
///
/// # Errors
/// When the store does not answer.
pub async fn find_all(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    ids: &[TokenId],
) -> Outcome<Vec<Token>> {
    let rows = fetch_for(connection, &[organization.into()], ids, |ids| {
        format!("SELECT {COLUMNS} FROM tokens t {JOINS} WHERE t.organization_id = $1 AND t.id IN ({ids})")
    })
    .await?;
    rows.iter().map(token).collect()
}

/// Writes a token's name and, where they are named, its scopes.
///
/// # Errors
/// `Stale`, with the token as it is, when the version seen is not the present one.
pub async fn change(
    tx: &mut Tx,
    organization: OrganizationId,
    token: &Token,
    scopes: Option<&[String]>,
    seen: i64,
) -> Outcome<()> {
    let done = query_with(
        "UPDATE tokens SET name = $1, search_text = $2, version = version + 1 WHERE id = $3 AND version = $4"
            .to_owned(),
        vec![token.name.as_str().into(), search_text(&token.name, &token.hint).into(), token.id.into(), seen.into()],
    )
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        let current = lookup(tx, organization, token.id).await?;
        return Err(Failure::Stale(Some(Current::Token(Box::new(current)))));
    }
    let Some(scopes) = scopes else { return Ok(()) };
    query_with("DELETE FROM token_scopes WHERE token_id = $1".to_owned(), vec![token.id.into()])
        .execute(&mut **tx)
        .await?;
    insert_scopes(tx, token.id, scopes).await?;
    uses::count_unused_scopes(tx, token.id).await
}

/// Lets a token end with its successor: at the moment given, or before where it ends before.
///
/// # Errors
/// When the store refuses.
pub async fn set_successor(tx: &mut Tx, token: TokenId, successor: TokenId, ends_at: Timestamp) -> Outcome<()> {
    query_with(
        "UPDATE tokens SET replaced_by = $1, expires_at = CASE WHEN expires_at < $2 THEN expires_at ELSE $2 END, version = version + 1 WHERE id = $3".to_owned(),
        vec![successor.into(), ends_at.into(), token.into()],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Revokes tokens that were not revoked before. Absent: whoever held the secret did it.
///
/// # Errors
/// When the store refuses.
pub async fn revoke(tx: &mut Tx, ids: &[TokenId], by: Option<AccountId>, reason: &str, at: Timestamp) -> Outcome<u64> {
    let by: Value = by.map(|id| id.to_string()).into();
    crate::store::execute_for(tx, &[at.into(), by, reason.into()], ids, |ids| {
        format!("UPDATE tokens SET revoked_at = $1, revoked_by = $2, revoke_reason = $3, version = version + 1 WHERE revoked_at IS NULL AND id IN ({ids})")
    })
    .await
}

/// Ids of an account's tokens that are not revoked.
///
/// # Errors
/// When the store does not answer.
pub async fn unrevoked(connection: &mut AnyConnection, account: AccountId) -> Outcome<Vec<TokenId>> {
    let rows = sqlx::query("SELECT id FROM tokens WHERE account_id = $1 AND revoked_at IS NULL ORDER BY id")
        .bind(account.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}
