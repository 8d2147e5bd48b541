//! The one query behind the list, on a database that Roster made.

use std::path::Path;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

/// As many connections as the server reads with.
const CONNECTIONS_MAX: u32 = 4;
const ROWS: i64 = 100;

#[derive(Clone)]
pub(crate) struct Store {
    pool: SqlitePool,
    organization: String,
}

impl Store {
    pub(crate) async fn open(file: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(file).foreign_keys(true);
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS_MAX).connect_with(options).await?;
        let organization = sqlx::query_scalar("SELECT id FROM organizations").fetch_one(&pool).await?;
        Ok(Self { pool, organization })
    }

    /// Reads a hundred rows of the list by name, those apart that come before, and tells how many there were.
    pub(crate) async fn count_rows(&self, skip: u32) -> Result<usize, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT a.id, a.kind, a.handle, a.email, a.display_name, a.activated_at, a.deactivated_at, a.valid_until, a.created_at,
                    a.last_active_at, a.last_sign_in_at, a.version, p.user_name, l.key, l.name, i.sent_at, i.expires_at, i.delivery
             FROM (SELECT id FROM accounts WHERE organization_id = $1 AND kind = 'user' AND deleted_at IS NULL
                   ORDER BY name_key, id LIMIT $2 OFFSET $3) page JOIN accounts a ON a.id = page.id
             LEFT JOIN persons p ON p.id = a.person_id LEFT JOIN roles l ON l.id = a.level_id
             LEFT JOIN invitations i ON i.account_id = a.id
             ORDER BY a.name_key, a.id",
        )
        .bind(&self.organization)
        .bind(ROWS)
        .bind(skip)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.len())
    }
}
