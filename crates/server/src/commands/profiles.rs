//! Loads the profiles: those that come with Roster, and the operator's own.

use std::path::Path;

use domain::profile::{self, Profile};

use crate::files;

/// All profiles; one of the operator's own comes first, and replaces a shipped one of the same key.
///
/// # Errors
/// With file, line and key of what is wrong.
pub fn load(own: Option<&Path>) -> Result<Vec<Profile>, String> {
    let mut profiles = profile::shipped().map_err(|error| error.to_string())?;
    if let Some(path) = own {
        let fault = |reason: String| format!("--profile {}: {reason}", path.display());
        let bytes = files::read(path, files::OPTION_BYTES_MAX).map_err(|error| fault(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|error| fault(error.to_string()))?;
        let own = profile::load(&path.display().to_string(), &text).map_err(|error| format!("--profile: {error}"))?;
        profiles.retain(|profile| profile.key != own.key);
        profiles.insert(0, own);
    }
    Ok(profiles)
}
