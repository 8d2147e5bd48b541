//! Opening PostgreSQL: what its address says, whether the server can hold what Roster promises, its schema brought up to
//! date, and connections that are looked at before each use.

mod address;
mod alone;
mod pooler;
mod privileges;
mod settings;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Executor};

use super::open::{ACQUIRE_TIMEOUT, OpenError};
use super::trust::Trust;
use super::{Db, Dialect, migrate};
use address::Address;
pub use alone::require_nobody_else;
use settings::{Database, Durability};

/// Connections that read, at the most.
const READERS_MAX: u32 = 8;
/// Connections that write, at the most.
const WRITERS_MAX: u32 = 8;

/// What `connect` answers when the database cannot be used. Neither the address nor its password is shown.
pub(super) fn refused(reason: String) -> OpenError {
    OpenError { place: "on PostgreSQL".to_owned(), reason }
}

/// Connections to one database, looked at as each kind needs.
pub(super) struct Pools {
    pub(super) readers: AnyPool,
    pub(super) writer: AnyPool,
    pub(super) reader_trust: Trust,
    pub(super) writer_trust: Trust,
}

/// Connects to the database at an address, and brings its schema up to date.
///
/// # Errors
/// When the address is wrong, the server is away, or it cannot hold what Roster promises; says what was found, and what is
/// allowed.
pub(super) async fn connect(url: &str) -> Result<Pools, OpenError> {
    // An answer of 2xx promises that the change is on the disk, so a server that takes no writes, or acknowledges them too
    // early, is refused.
    if let Some(reason) = look(url).await.map_err(refused)?.refusal() {
        return Err(refused(reason));
    }
    let failed = |error: sqlx::Error| refused(explain(&error));
    let (writing, reading) = (Trust::default(), Trust::default());
    let writer = writers(&writing).connect(url).await.map_err(failed)?;
    bring_up_to_date(&writer).await.map_err(refused)?;
    privileges::require_rows(&writer).await.map_err(refused)?;
    let reader = readers(&reading).connect(url).await.map_err(failed)?;
    Ok(Db::new(Dialect::Postgres, (reader, reading), (writer, writing)))
}

/// Looks at the address, and at what reading depends on: what is between Roster and the server, the server's version, and
/// the database's encoding.
///
/// # Errors
/// When one of them will not do.
pub(super) async fn examine(url: &str) -> Result<(), String> {
    look(url).await.map(|_| ())
}

/// As `examine`; gives what writing depends on.
async fn look(url: &str) -> Result<Durability, String> {
    let address = Address::parse(url)?;
    address.require_files()?;
    if let Some(warning) = address.warning() {
        tracing::warn!("{warning}");
    }
    // A pool waits for a server that is just being started.
    let pool = AnyPoolOptions::new().max_connections(2).acquire_timeout(ACQUIRE_TIMEOUT);
    let pool = pool.connect(url).await.map_err(|error| explain(&error))?;
    let examined = async {
        let mut first = pool.acquire().await.map_err(|error| explain(&error))?;
        let mut second = pool.acquire().await.map_err(|error| explain(&error))?;
        pooler::require_sessions(&mut first, &mut second).await?;
        let database = Database::read(&mut first).await.map_err(|error| explain(&error))?;
        if let Some(warning) = database.warning() {
            tracing::warn!("{warning}");
        }
        match database.refusal() {
            Some(reason) => Err(reason),
            None => Durability::read(&mut first).await.map_err(|error| explain(&error)),
        }
    };
    let outcome = examined.await;
    pool.close().await;
    outcome
}

/// A user who may change rows, and no tables, serves a schema that is up to date already.
async fn bring_up_to_date(writer: &AnyPool) -> Result<(), String> {
    let migrator = migrate::migrator(Dialect::Postgres);
    let known: Vec<_> = migrator.iter().map(|step| (step.version, step.checksum.to_vec())).collect();
    let applied = migrate::applied(writer).await.map_err(|error| explain(&error))?;
    if applied == known {
        return Ok(());
    }
    privileges::require_tables(writer, applied.last().map(|(version, _)| *version)).await?;
    migrator.run(writer).await.map_err(|error| migrate::explain(&error))
}

fn readers(trust: &Trust) -> AnyPoolOptions {
    let options = AnyPoolOptions::new().max_connections(READERS_MAX).acquire_timeout(ACQUIRE_TIMEOUT);
    trust.watch_released(options.after_connect(|connection, _| Box::pin(prepare(connection))))
}

/// Connections that write. Each is checked before it is used, in place of the ping that a reader gets, so that no change
/// is acknowledged that the server would not keep: settings may change while Roster serves. A connection that fails the
/// check is replaced, since its session may have begun with old settings. If the new one fails too, it is made read-only:
/// writes get 503, and the next write checks again.
fn writers(trust: &Trust) -> AnyPoolOptions {
    let taken = trust.clone();
    let options = AnyPoolOptions::new().max_connections(WRITERS_MAX).acquire_timeout(ACQUIRE_TIMEOUT);
    let options = options
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                prepare(connection).await?;
                if let Some(reason) = Durability::read(connection).await?.refusal() {
                    tracing::error!("writes are refused: {reason}");
                    connection.execute("SET default_transaction_read_only = on").await?;
                }
                Ok(())
            })
        })
        .before_acquire(move |connection, known| {
            let trust = taken.clone();
            Box::pin(async move {
                Ok(trust.holds(connection, known.age).await? && Durability::read(connection).await?.refusal().is_none())
            })
        });
    trust.watch_released(options)
}

async fn prepare(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    for statement in Dialect::Postgres.on_connect() {
        connection.execute(*statement).await?;
    }
    Ok(())
}

/// What an operator reads when the server refused, with what to do about it where that is known.
fn explain(error: &sqlx::Error) -> String {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return "it does not answer, or has no connection left to give".to_owned();
    }
    let text = error.to_string();
    let code = error.as_database_error().and_then(|error| error.code());
    let advice = match code.as_deref() {
        Some("42P05" | "26000") => format!("; {}", pooler::NEEDS),
        _ if text.contains("unsupported startup parameter") => {
            "; PgBouncer needs `ignore_startup_parameters = extra_float_digits`".to_owned()
        }
        _ => String::new(),
    };
    format!("{text}{advice}")
}
