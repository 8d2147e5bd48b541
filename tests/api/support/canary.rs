//! Looks for every secret of a test wherever none may be: in files, in logs, in answers that refuse (S15).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

use domain::secret::Secret;
use serde_json::Value;
use sqlx::{Connection, Executor};

static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static LISTENING: Once = Once::new();

/// Remembers the secrets in a text that may carry them: an answer that made one.
pub(crate) fn learn(text: &str) {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    let found = words.filter(|word| word.starts_with("rst") && Secret::parse(word).is_ok());
    let mut secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    found.for_each(|word| secrets.push(word.to_owned()));
}

/// Remembers another secret, such as a session's cookie.
pub(crate) fn learn_word(word: &str) {
    SECRETS.lock().unwrap_or_else(PoisonError::into_inner).push(word.to_owned());
}

/// The first secret of this test that stands in some bytes.
pub(crate) fn secret_in(bytes: &[u8]) -> Option<String> {
    let secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    let stands_in = |secret: &&String| memchr::memmem::find(bytes, secret.as_bytes()).is_some();
    secrets.iter().find(stands_in).cloned()
}

struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Listens to every line that the server of this process logs, far more than it does in production.
pub(crate) fn listen() {
    LISTENING.call_once(|| {
        let subscriber = tracing_subscriber::fmt().json().with_max_level(tracing::Level::DEBUG).with_writer(|| Writer);
        let _ = tracing::subscriber::set_global_default(subscriber.finish());
    });
}

/// The statements that were run for a request, by what the log says of them. Each connection logs when it is done with one, so
/// that their order is not told.
pub(crate) fn statements_of(request_id: &str) -> Vec<String> {
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    let lines = log.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let is_of = |line: &Value| line["target"] == "sqlx::query" && line["span"]["id"] == request_id;
    let statements = lines.filter(is_of).filter_map(|line| line["fields"]["summary"].as_str().map(str::to_owned));
    let mut statements: Vec<String> = statements.collect();
    statements.sort();
    statements
}

/// All that was logged so far.
pub(crate) fn logged() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

/// Looks when its world ends.
pub(crate) struct Canary {
    folder: PathBuf,
    /// Of PostgreSQL; none where the database is in the folder.
    database_url: Option<String>,
}

impl Canary {
    pub(crate) fn new(folder: &Path, database_url: Option<&str>) -> Self {
        listen();
        Self { folder: folder.to_owned(), database_url: database_url.map(str::to_owned) }
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for name in ["roster.db", "roster.db-wal"] {
            if let Ok(bytes) = std::fs::read(self.folder.join(name)) {
                assert_eq!(secret_in(&bytes), None, "a secret stands in {name}");
            }
        }
        if let Some(url) = self.database_url.take() {
            let rows = std::thread::spawn(move || all_rows(&url)).join().unwrap();
            assert_eq!(secret_in(rows.as_bytes()), None, "a secret stands in a table");
        }
        let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(secret_in(&log), None, "a secret was logged");
    }
}

/// Every row of every table of a PostgreSQL database.
#[tokio::main(flavor = "current_thread")]
async fn all_rows(url: &str) -> String {
    let mut connection = sqlx::AnyConnection::connect(url).await.unwrap();
    let all = "SELECT schema_to_xml('public', true, false, '')::text";
    let rows: String = sqlx::query_scalar(all).fetch_one(&mut connection).await.unwrap();
    assert!(rows.contains("<accounts"), "the tables are there");
    connection.close().await.unwrap();
    drop_database(url).await;
    rows
}

/// A test's database goes with its world, that those of a whole run have room in memory.
async fn drop_database(url: &str) {
    let Some((server, name)) = url.rsplit_once('/').filter(|(_, name)| name.starts_with("roster_")) else { return };
    let mut connection = sqlx::AnyConnection::connect(&format!("{server}/postgres")).await.unwrap();
    let statement = sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    connection.execute(statement).await.unwrap();
    connection.close().await.unwrap();
}
