//! What `Trunk.toml` repeats of other files: the server's policy and addresses, and what the console is made from.

use super::Source;
use crate::console::TrunkToml;
use crate::console::trunk::CONFIG;

const POLICY: &str = "crates/server/src/http/headers.rs";
const POLICY_NAME: &str = "CONTENT_SECURITY: &str = \"";
const ROUTES: &str = "tests/api/routes.txt";

/// What `trunk serve` allows besides: the script that reloads, by a number that only its own answer knows.
const OWN_SCRIPT: (&str, &str) = ("'wasm-unsafe-eval'", "'wasm-unsafe-eval' 'nonce-{{NONCE}}'");

/// What belongs to the console by its place in the repository.
const CONSOLE: [&str; 6] = [".cargo/", "crates/domain/src/", "crates/xtask/", "public/", "src/", "style/"];

pub(super) fn breaches(sources: &[Source]) -> Vec<String> {
    let text = |path: &str| sources.iter().find(|source| source.path == path).map(|source| source.text.as_str());
    let Some(config) = text(CONFIG) else { return vec![format!("{CONFIG} is missing")] };
    let config = match TrunkToml::parse(config) {
        Ok(config) => config,
        Err(failure) => return vec![failure.to_string()],
    };
    let mut found = Vec::new();
    if let Some(headers) = text(POLICY) {
        found.extend(policy(&config, headers));
    }
    found.extend(unpassed(&config, text(ROUTES).unwrap_or_default()));
    let paths: Vec<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    found.extend(watching(&config, &paths));
    found.into_iter().map(|what| format!("{CONFIG}: {what}")).collect()
}

fn policy(config: &TrunkToml, headers: &str) -> Option<String> {
    let server = headers.split(POLICY_NAME).nth(1)?.split('"').next()?;
    let wanted = server.replace(OWN_SCRIPT.0, OWN_SCRIPT.1);
    (config.policy() != wanted)
        .then(|| format!("`csp` is not the server's policy ({POLICY}) with its own script: {wanted}"))
}

/// First parts of the server's addresses that `trunk serve` would answer itself.
fn unpassed(config: &TrunkToml, routes: &str) -> Vec<String> {
    let backends = config.backends();
    let passes = |first: &str| backends.iter().any(|url| url.trim_end_matches('/').ends_with(&format!("/{first}")));
    let mut firsts: Vec<&str> =
        routes.lines().filter_map(|line| line.split_whitespace().nth(1)?.split('/').nth(1)).collect();
    firsts.sort_unstable();
    firsts.dedup();
    let missing = firsts.into_iter().filter(|first| !passes(first));
    missing.map(|first| format!("no `[[proxy]]` passes /{first} to the server")).collect()
}

/// `trunk serve` does not start when something that it is to watch is not there, and misses what it does not watch.
fn watching(config: &TrunkToml, paths: &[&str]) -> Vec<String> {
    let watched = config.watched();
    let covers =
        |place: &str, path: &str| path == place || path.starts_with(&format!("{}/", place.trim_end_matches('/')));
    let absent = watched.iter().filter(|place| !paths.iter().any(|path| covers(place, path)));
    let mut found: Vec<String> = absent.map(|place| format!("`watch` has {place}, which no clone has")).collect();
    let of_console = paths.iter().filter(|path| CONSOLE.iter().any(|place| path.starts_with(place)));
    let missed = of_console.filter(|path| !watched.iter().any(|place| covers(place, path)));
    found.extend(missed.map(|path| format!("`watch` does not have {path}")));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[watch]\nwatch = [\"src\", \"index.html\"]\n[serve]\ncsp = [\"default-src 'none'\", \"script-src 'self' 'wasm-unsafe-eval' 'nonce-{{NONCE}}'\"]\n[[proxy]]\nbackend = \"http://127.0.0.1:1/api/\"\n[[proxy]]\nbackend = \"http://127.0.0.1:1/healthz\"\n";
    const HEADERS: &str =
        "pub const CONTENT_SECURITY: &str = \"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'\";\n";
    const ROUTES_TEXT: &str = "GET    /healthz   nobody\nGET    /api/v1/a nobody\nPOST   /api/v1/b nobody\n";

    fn count(config: &str, headers: &str, routes: &str, further: &[&str]) -> usize {
        let file = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
        let mut sources = vec![file(CONFIG, config), file(POLICY, headers), file(ROUTES, routes)];
        sources.extend(["src/main.rs", "index.html"].iter().chain(further).map(|path| file(path, "")));
        breaches(&sources).len()
    }

    #[test]
    fn trunk_serves_by_the_servers_policy() {
        assert_eq!(count(GOOD, HEADERS, ROUTES_TEXT, &[]), 0);
        assert_eq!(count(GOOD, &HEADERS.replace("'self'", "'self' https:"), ROUTES_TEXT, &[]), 1);
        assert_eq!(count(&GOOD.replace(" 'nonce-{{NONCE}}'", ""), HEADERS, ROUTES_TEXT, &[]), 1);
    }

    #[test]
    fn trunk_passes_on_whatever_the_server_answers() {
        assert_eq!(count(GOOD, HEADERS, &format!("{ROUTES_TEXT}GET /scim/v2/Users nobody\n"), &[]), 1);
        assert_eq!(count(&GOOD.replace("/healthz", "/health"), HEADERS, ROUTES_TEXT, &[]), 1);
    }

    #[test]
    fn trunk_watches_what_the_console_is_made_from_and_what_is_there() {
        assert_eq!(count(GOOD, HEADERS, ROUTES_TEXT, &["src/features/a.rs"]), 0);
        assert_eq!(count(GOOD, HEADERS, ROUTES_TEXT, &["style/a.css"]), 1);
        assert_eq!(count(&GOOD.replace("\"src\"", "\"src\", \"target\""), HEADERS, ROUTES_TEXT, &[]), 1);
        assert_eq!(count(&GOOD.replace("\"src\"", "\"sr\""), HEADERS, ROUTES_TEXT, &[]), 2);
    }
}
