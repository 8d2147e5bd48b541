//! The address of a PostgreSQL server: what it may say, and how well what travels there is protected.

use std::path::Path;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::exposure::is_this_machine;
use crate::files;

/// Parameters that the driver knows. Any other it would leave out without an error: a `ssl_mode=verify-full`, misspelt,
/// would leave the connection unprotected.
const PARAMETERS: [&str; 10] = [
    "sslmode",
    "ssl-mode",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "statement-cache-capacity",
];
/// Those that name a file.
const FILES: [&str; 7] = ["sslrootcert", "ssl-root-cert", "ssl-ca", "sslcert", "ssl-cert", "sslkey", "ssl-key"];

/// An address, understood as the driver does, with what the environment adds (`PGSSLMODE` and others).
#[derive(Debug)]
pub(super) struct Address {
    protection: Protection,
    /// None where it is a socket on this machine.
    host: Option<String>,
    /// Files of certificates and keys, each with its parameter.
    files: Vec<(String, String)>,
}

/// How well a connection is protected, from the least on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    /// `disable`, and `allow`, which the driver takes for it.
    None,
    /// `prefer`: encrypted if the server offers it, with any certificate.
    IfOffered,
    /// `require`: encrypted, with any certificate.
    AnyCertificate,
    /// `verify-ca`: with a certificate of an authority that is trusted, of whatever host.
    AnyHost,
    /// `verify-full`
    Full,
}

impl Protection {
    const fn of(mode: PgSslMode) -> Self {
        match mode {
            PgSslMode::Disable | PgSslMode::Allow => Self::None,
            PgSslMode::Prefer => Self::IfOffered,
            PgSslMode::Require => Self::AnyCertificate,
            PgSslMode::VerifyCa => Self::AnyHost,
            PgSslMode::VerifyFull => Self::Full,
        }
    }
}

impl Address {
    /// # Errors
    /// Names a parameter that is not known, and those that are.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let parameters = parameters(url);
        if let Some((unknown, _)) = parameters.iter().find(|(name, _)| !is_known(name)) {
            let known = [&PARAMETERS[..], &FILES].concat().join(", ");
            return Err(format!(
                "its address has a parameter `{unknown}`; {known}, options and options[...] are allowed"
            ));
        }
        let options: PgConnectOptions = url.parse().map_err(|error: sqlx::Error| error.to_string())?;
        let is_socket = options.get_socket().is_some() || options.get_host().starts_with('/');
        let host = (!is_socket).then(|| options.get_host().to_owned());
        let is_file = |(name, value): &(String, String)| FILES.contains(&name.as_str()) && !value.starts_with("-----");
        let files = parameters.into_iter().filter(is_file).collect();
        Ok(Self { protection: Protection::of(options.get_ssl_mode()), host, files })
    }

    /// Refuses files that cannot be read: the driver's error does not name them.
    ///
    /// # Errors
    /// Names the first.
    pub(super) fn require_files(&self) -> Result<(), String> {
        self.files.iter().try_for_each(|(name, file)| {
            let read = files::read(Path::new(file), files::OPTION_BYTES_MAX);
            read.map(|_| ()).map_err(|error| format!("its address has {name}={file}: {error}"))
        })
    }

    /// What to tell the operator where others on the way could read or change what travels.
    pub(super) fn warning(&self) -> Option<String> {
        let host = self.host.as_deref().filter(|host| !is_this_machine(host))?;
        let how = match self.protection {
            Protection::Full => return None,
            Protection::None => "is not encrypted",
            Protection::IfOffered => "is encrypted only if the server offers it, and its certificate is not checked",
            Protection::AnyCertificate => "is encrypted, but the server's certificate is not checked",
            Protection::AnyHost => "is encrypted, but a certificate of another host is accepted",
        };
        Some(format!(
            "the connection to PostgreSQL on {host} {how}: add sslmode=verify-full to --database-url, and sslrootcert=FILE \
             for an authority of your own"
        ))
    }
}

/// The parameters of an address; their values may be secrets.
fn parameters(url: &str) -> Vec<(String, String)> {
    let query = url.split('#').next().and_then(|url| url.split_once('?')).map(|(_, query)| query).unwrap_or_default();
    serde_urlencoded::from_str(query).unwrap_or_default()
}

fn is_known(name: &str) -> bool {
    PARAMETERS.contains(&name)
        || FILES.contains(&name)
        || name == "options"
        || (name.starts_with("options[") && name.ends_with(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_that_others_could_read_or_change_is_worth_a_warning() {
        let cases = [
            ("postgres://u@db.example.com/r?sslmode=disable", Some("is not encrypted")),
            ("postgres://u@db.example.com/r?sslmode=allow", Some("is not encrypted")),
            ("postgres://u@db.example.com/r", Some("only if the server offers it")),
            ("postgres://u@db.example.com/r?sslmode=prefer", Some("only if the server offers it")),
            ("postgres://u@10.0.0.5/r?ssl-mode=PREFER", Some("only if the server offers it")),
            ("postgres://u@db.example.com/r?sslmode=require", Some("certificate is not checked")),
            ("postgres://u@db.example.com/r?sslmode=require&sslrootcert=/ca.pem", Some("certificate is not checked")),
            ("postgres://u@db.example.com/r?sslmode=verify-ca", Some("another host is accepted")),
            ("postgres://u@db.example.com/r?sslmode=verify-full", None),
            ("postgres://u@localhost/r?host=db.example.com", Some("PostgreSQL on db.example.com")),
            ("postgres://u@localhost/r?hostaddr=192.0.2.7", Some("PostgreSQL on 192.0.2.7")),
            ("postgres://u@localhost/r", None),
            ("postgres://u@127.0.0.1:5433/r?sslmode=disable", None),
            ("postgres://u@[::1]/r", None),
            ("postgres://u@%2Fvar%2Frun%2Fpostgresql/r", None),
            ("postgres:///r?host=/var/run/postgresql", None),
        ];
        for (url, expected) in cases {
            let warning = Address::parse(url).unwrap_or_else(|error| panic!("{url}: {error}")).warning();
            match expected {
                None => assert_eq!(warning, None, "{url}"),
                Some(part) => assert!(warning.as_deref().is_some_and(|text| text.contains(part)), "{url}: {warning:?}"),
            }
        }
    }

    #[test]
    fn parameter_that_would_be_left_out_is_refused_without_its_value() {
        for (url, name) in [
            ("postgres://u@h/r?ssl_mode=verify-full", "ssl_mode"),
            ("postgres://u@h/r?sslMode=secret-value", "sslMode"),
            ("postgres://u@h/r?sslmode=require&passwort=secret-value", "passwort"),
            ("postgres://u@h/r?target_session_attrs=read-write", "target_session_attrs"),
        ] {
            let error = Address::parse(url).err().unwrap_or_default();
            assert!(error.contains(&format!("`{name}`")) && error.contains("sslmode, "), "{error}");
            assert!(!error.contains("secret-value"), "{error}");
        }
        for url in ["postgres://u@h/r", "postgres://u@h/r?options[search_path]=roster&application_name=a%20b"] {
            assert!(Address::parse(url).is_ok(), "{url}");
        }
        assert!(Address::parse("postgres://u@h/r?sslmode=verifyfull").is_err_and(|error| error.contains("verifyfull")));
    }
}
