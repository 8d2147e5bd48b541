//! Loads the profiles: those that come with Roster, and the operator's own.

use std::path::Path;

use domain::profile::{self, Profile};

/// All profiles; one of the operator's own comes first, and replaces a shipped one of the same key.
///
/// # Errors
/// With file, line and key of what is wrong.
pub fn load(own: Option<&Path>) -> Result<Vec<Profile>, String> {
    let mut profiles = profile::shipped().map_err(|error| error.to_string())?;
    if let Some(path) = own {
        let text = std::fs::read_to_string(path).map_err(|error| format!("--profile {}: {error}", path.display()))?;
        let own = profile::load(&path.display().to_string(), &text).map_err(|error| format!("--profile: {error}"))?;
        profiles.retain(|profile| profile.key != own.key);
        profiles.insert(0, own);
    }
    Ok(profiles)
}
