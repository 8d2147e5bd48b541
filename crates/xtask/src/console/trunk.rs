//! Trunk: how it is called, and what the commands look up in its configuration.

use std::process::Command;

use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result, program};

/// The file in the root that describes the console's build.
pub(crate) const CONFIG: &str = "Trunk.toml";

/// `Trunk.toml`, as far as the commands look into it.
pub(crate) struct TrunkToml(toml::Table);

/// Where `trunk serve` listens, and where it expects the server.
pub(crate) struct Serving {
    pub(crate) address: String,
    pub(crate) backend: String,
}

impl TrunkToml {
    pub(crate) fn read(repo: &Repo) -> Result<Self> {
        Self::parse(&files::read_text(&repo.root.join(CONFIG))?)
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        text.parse().map(Self).map_err(|error| Failure::new(format!("{CONFIG}: {error}")))
    }

    /// The one version of Trunk that builds the console.
    pub(crate) fn version(&self) -> Result<&str> {
        let wanted = self.0.get("trunk-version").and_then(toml::Value::as_str).unwrap_or_default();
        wanted
            .strip_prefix('=')
            .ok_or_else(|| Failure::new(format!("{CONFIG}: `trunk-version` names no single version")))
    }

    /// What the console is made from.
    pub(crate) fn watched(&self) -> Vec<&str> {
        self.texts("watch", "watch")
    }

    /// The Content-Security-Policy of `trunk serve`.
    pub(crate) fn policy(&self) -> String {
        self.texts("serve", "csp").join("; ")
    }

    /// The addresses that `trunk serve` passes to the server.
    pub(crate) fn backends(&self) -> Vec<&str> {
        let proxies = self.0.get("proxy").and_then(toml::Value::as_array).into_iter().flatten();
        proxies.filter_map(|proxy| proxy.get("backend")?.as_str()).collect()
    }

    pub(crate) fn serving(&self) -> Result<Serving> {
        let serve = self.0.get("serve");
        let port = serve.and_then(|serve| serve.get("port")?.as_integer());
        let host = self.texts("serve", "addresses").first().copied();
        let backend = self.backends().first().and_then(|url| url.strip_prefix("http://")?.split('/').next());
        match (host, port, backend) {
            (Some(host), Some(port), Some(backend)) => {
                Ok(Serving { address: format!("{host}:{port}"), backend: backend.to_owned() })
            }
            _ => Err(Failure::new(format!("{CONFIG} does not say where it serves, or where the server is"))),
        }
    }

    fn texts(&self, section: &str, name: &str) -> Vec<&str> {
        let list = self.0.get(section).and_then(|section| section.get(name)?.as_array()).into_iter().flatten();
        list.filter_map(toml::Value::as_str).collect()
    }
}

/// Trunk without what the environment would change of its configuration, and without its look for a newer version.
pub(crate) fn command(repo: &Repo) -> Result<Command> {
    let mut command = program(repo, "trunk", &["--config", CONFIG])?;
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TRUNK_") {
            command.env_remove(name);
        }
    }
    command.env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Trunk takes `true` alone, and ends where the variable has the value that everybody gives it.
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        command.env("TRUNK_COLOR", "never");
    }
    command.env_remove("NO_COLOR");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::TrunkToml;

    #[test]
    fn configuration_says_where_it_serves() {
        let config = TrunkToml::parse(include_str!("../../../../Trunk.toml")).unwrap();
        let serving = config.serving().unwrap();
        assert_eq!((serving.address.as_str(), serving.backend.as_str()), ("127.0.0.1:8080", "127.0.0.1:8081"));
    }

    #[test]
    fn version_of_trunk_is_a_single_one() {
        assert_eq!(TrunkToml::parse("trunk-version = \"=0.21.14\"").unwrap().version().unwrap(), "0.21.14");
        assert!(TrunkToml::parse("trunk-version = \"0.21\"").unwrap().version().is_err());
        assert!(TrunkToml::parse("[build]").unwrap().version().is_err());
    }
}
