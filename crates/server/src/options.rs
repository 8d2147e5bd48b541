//! The command line: every option is also an environment variable, and a bad one stops the start with what is allowed.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use domain::EmailAddress;
use domain::text::Name;

use crate::http::patience::Patience;

/// The most accounts `roster demo` makes.
pub const DEMO_ACCOUNTS_MAX: u32 = 2_000_000;

/// Users, invitations, roles and tokens of your platform, in one console.
#[derive(Parser, Debug)]
#[command(name = "roster", version)]
pub struct Options {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve the console and the API.
    Serve(Box<ServeOptions>),
    /// Owners, for unattended set-up.
    #[command(subcommand)]
    Owner(OwnerCommand),
    /// Fill an empty database with a believable organization.
    Demo(DemoOptions),
    /// Copy the embedded database into a file while the server runs.
    Backup(BackupOptions),
    /// Bring the database's schema up to date, and end: for a user of PostgreSQL who may change tables, where the server's may
    /// not.
    Migrate(StoreOptions),
    /// Check the database: its file, its rows, and the audit log's chain.
    Check(StoreOptions),
    /// The time that Roster goes by, for a system clock that was wrong.
    #[command(subcommand)]
    Clock(ClockCommand),
    /// Print the OpenAPI document.
    Openapi,
    /// Print what each permission lets one do, and what each route needs: docs/PERMISSIONS.md.
    Permissions,
}

#[derive(Subcommand, Debug)]
pub enum OwnerCommand {
    /// Create an organization with its first Owner; the password is read from standard input.
    Create(OwnerOptions),
}

#[derive(Subcommand, Debug)]
pub enum ClockCommand {
    /// Print the highest time that Roster has seen, and the system's.
    Show(StoreOptions),
    /// Go back to the system's time after its clock was wrongly ahead. Stop the server first.
    Reset(StoreOptions),
}

/// Where the data is.
#[derive(Args, Debug, Clone)]
pub struct StoreOptions {
    /// Folder of the embedded database, the server's key and, without a mail server, the messages.
    #[arg(long, env = "ROSTER_DATA_DIR", default_value = "./data", value_name = "FOLDER")]
    pub data_dir: PathBuf,
    /// PostgreSQL instead of the embedded database: postgres://user:password@host/database
    #[arg(long, env = "ROSTER_DATABASE_URL", value_name = "URL", value_parser = database_url, hide_env_values = true)]
    pub database_url: Option<String>,
    /// The server's key, when several servers share one database; `secret.key` in the data folder by default.
    #[arg(long, env = "ROSTER_SECRET_KEY_FILE", value_name = "FILE")]
    pub secret_key_file: Option<PathBuf>,
}

impl StoreOptions {
    /// Where the server's key is.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.secret_key_file.clone().unwrap_or_else(|| self.data_dir.join("secret.key"))
    }
}

#[derive(Args, Debug, Clone)]
pub struct ServeOptions {
    #[command(flatten)]
    pub store: StoreOptions,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "ROSTER_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,
    /// The address people open, for links in mails; the listening address by default.
    #[arg(long, env = "ROSTER_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// Mail server: smtp://host:25, smtp://user:password@host:587?tls=required or smtps://user:password@host:465
    #[arg(long, env = "ROSTER_SMTP_URL", value_name = "URL", value_parser = smtp_url, hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// Sender of the mails; `Roster <roster@` and the host of the public address `>` by default.
    #[arg(long, env = "ROSTER_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// Certificate authority to trust for the mail server instead of the system's: a PEM file.
    #[arg(long, env = "ROSTER_SMTP_CA_FILE", value_name = "FILE")]
    pub smtp_ca_file: Option<PathBuf>,
    /// Profile file of your own, offered at set-up beside those that come with Roster.
    #[arg(long, env = "ROSTER_PROFILE", value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// Go on with another key than the database was served with before, when that one is lost.
    #[arg(long, env = "ROSTER_ACCEPT_NEW_KEY")]
    pub accept_new_key: bool,
    /// Minutes without any act after which a session ends: 5 to 1,440.
    #[arg(long, env = "ROSTER_SESSION_IDLE_MINUTES", default_value_t = 30, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(5..=1_440))]
    pub session_idle_minutes: u32,
    /// Hours after which a session ends whatever is done: 1 to 168.
    #[arg(long, env = "ROSTER_SESSION_HOURS", default_value_t = 12, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=168))]
    pub session_hours: u32,
    /// Addresses of reverse proxies whose X-Forwarded-For is believed, parted by commas.
    #[arg(long, env = "ROSTER_TRUSTED_PROXIES", value_name = "ADDRESSES", value_delimiter = ',')]
    pub trusted_proxies: Vec<IpAddr>,
    /// Fixed for operators; tests shorten it.
    #[arg(skip)]
    pub patience: Patience,
}

#[derive(Args, Debug)]
pub struct OwnerOptions {
    #[command(flatten)]
    pub store: StoreOptions,
    /// The Owner's e-mail address.
    #[arg(long, value_parser = EmailAddress::parse)]
    pub email: EmailAddress,
    /// The Owner's name.
    #[arg(long, value_parser = Name::parse)]
    pub name: Name,
    /// The organization's name.
    #[arg(long, value_parser = Name::parse)]
    pub organization: Name,
    /// Key of the profile, or the path of a profile file.
    #[arg(long, env = "ROSTER_PROFILE", default_value = "default")]
    pub profile: String,
}

#[derive(Args, Debug)]
pub struct DemoOptions {
    #[command(flatten)]
    pub store: StoreOptions,
    /// How many user accounts to make: 1 to 2,000,000.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(DEMO_ACCOUNTS_MAX)))]
    pub accounts: u32,
    /// How many groups to make, beside Everyone.
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(2..=5_000))]
    pub groups: u32,
    /// How many roles to make, beside those of the profile. Groups carry one to three of them, and Everyone the first.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=900))]
    pub roles: u32,
    /// How many memberships, roles and single permissions each account holds; by default up to two groups, and a role now
    /// and then.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=20))]
    pub holdings: Option<u32>,
    /// How many API tokens to make, five for each service account. Nobody knows their secrets.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub tokens: u32,
}

#[derive(Args, Debug)]
pub struct BackupOptions {
    #[command(flatten)]
    pub store: StoreOptions,
    /// The file to write; it must not exist.
    pub file: PathBuf,
}

fn database_url(text: &str) -> Result<String, String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Ok(text.to_owned())
    } else {
        Err("begins with postgres:// or postgresql://".to_owned())
    }
}

fn smtp_url(text: &str) -> Result<String, String> {
    if text.starts_with("smtp://") || text.starts_with("smtps://") {
        Ok(text.to_owned())
    } else {
        Err("begins with smtp:// or smtps://".to_owned())
    }
}

/// An absolute http or https address of a host, without path, query or fragment; a slash at the end is dropped.
fn public_url(text: &str) -> Result<String, String> {
    let trimmed = text.trim_end_matches('/');
    let host = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://")).unwrap_or_default();
    let is_host = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    if is_host {
        Ok(trimmed.to_owned())
    } else {
        Err("is http:// or https:// and a host, without a path, such as https://roster.example.com".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_address_is_a_scheme_and_a_host() {
        for text in ["https://roster.example.com", "http://localhost:8080", "http://[::1]:8080"] {
            assert_eq!(public_url(text).as_deref(), Ok(text));
        }
        assert_eq!(public_url("https://a.example/").as_deref(), Ok("https://a.example"));
        for text in [
            "",
            "roster.example.com",
            "https://",
            "https://a.example/roster",
            "https://a.example?x",
            "javascript://x",
            "https://user@a.example",
        ] {
            assert!(public_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bad_option_names_itself_what_was_given_and_what_is_allowed() {
        let error = Options::try_parse_from(["roster", "serve", "--public-url", "nonsense"])
            .map(|_| ())
            .map_err(|error| error.to_string());
        let text = error.err().unwrap_or_default();
        for part in ["--public-url", "nonsense", "https://roster.example.com"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
