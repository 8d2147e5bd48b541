//! One word per feature: what the console calls it, `domain`, the server and the API tests call it too.

use std::collections::BTreeSet;

const CONSOLE: &str = "src/features/";

/// Where each feature of the console must be found again.
const ROOMS: [&str; 3] = ["crates/domain/src/", "crates/server/src/", "tests/api/"];

/// Names of `src/features` that are not features of their own: the module itself, and pages made of others' parts.
const NOT_FEATURES: [&str; 1] = ["mod"];

pub(super) fn disagreements(paths: &[&str]) -> Vec<String> {
    let features = entries(paths, CONSOLE);
    let rooms = ROOMS.map(|room| (room, entries(paths, room)));
    let features = features.iter().filter(|feature| !NOT_FEATURES.contains(feature));
    let missing = features.flat_map(|feature| {
        let absent = rooms.iter().filter(move |(_, names)| !names.contains(feature));
        absent.map(move |(room, _)| format!("{CONSOLE}{feature}: there is no {room}{feature}.rs and no such folder"))
    });
    missing.collect()
}

/// The names directly under the folder: of folders, and of Rust files without their extension.
fn entries<'a>(paths: &[&'a str], folder: &str) -> BTreeSet<&'a str> {
    let below = paths.iter().filter_map(|path| path.strip_prefix(folder));
    below.filter_map(|rest| rest.split_once('/').map(|(name, _)| name).or_else(|| rest.strip_suffix(".rs"))).collect()
}

#[cfg(test)]
mod tests {
    use super::disagreements;

    #[test]
    fn feature_is_found_in_every_room_as_file_or_folder() {
        let paths = [
            "src/features/mod.rs",
            "src/features/roles.rs",
            "src/features/accounts/page.rs",
            "crates/domain/src/roles.rs",
            "crates/domain/src/accounts/status.rs",
            "crates/server/src/roles/store.rs",
            "crates/server/src/accounts/store.rs",
            "tests/api/roles.rs",
        ];
        let expected = ["src/features/accounts: there is no tests/api/accounts.rs and no such folder"];
        assert_eq!(disagreements(&paths), expected);
    }
}
