//! Randomness, from the operating system alone.

use domain::Timestamp;
use domain::id::Id;

/// So many random bytes.
///
/// # Errors
/// When the operating system has none to give, which ends the request.
pub fn bytes<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "this is the source of randomness")]
    getrandom::fill(&mut bytes).map_err(RandomError)?;
    Ok(bytes)
}

/// A new id.
///
/// # Errors
/// As `bytes`.
pub fn id<T>(at: Timestamp) -> Result<Id<T>, RandomError> {
    Ok(Id::v7(at, bytes()?))
}

/// The operating system has no randomness.
#[derive(Debug)]
pub struct RandomError(getrandom::Error);

impl std::fmt::Display for RandomError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no randomness: {}", self.0)
    }
}

impl std::error::Error for RandomError {}
