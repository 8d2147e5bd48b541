//! Password hashes: argon2id, at most one per core at a time, with a bounded queue before it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use domain::password::{Password, PasswordError};
use tokio::sync::Semaphore;

use crate::failure::{Failure, Outcome};
use crate::random;

/// Memory of one hash, in KiB (OWASP: 19 MiB with t=2, p=1).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Octets of what comes out.
const OUTPUT_BYTES: usize = 32;
/// Requests that wait for a hash, at the most; the next is told to come again.
const QUEUE_MAX: usize = 64;
/// What they are told, in seconds.
const RETRY_AFTER_S: u64 = 2;
/// Guesses below which a password counts as one of the commonest, by zxcvbn's lists.
const GUESSES_LOG10_MIN: f64 = 7.0;
/// Code points that zxcvbn looks at: its work grows with the square.
const ESTIMATED_CHARS_MAX: usize = 64;

/// Makes and checks password hashes.
#[derive(Clone)]
pub struct Hasher {
    cores: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    done: Arc<AtomicUsize>,
    /// What hashes were made in, one per core at the most: to ask the system anew for 19 MiB costs half as much as the hash.
    memories: Arc<Mutex<Vec<Vec<Block>>>>,
    /// The hash that names without a password are checked against, so that they take as long.
    dummy: Arc<str>,
}

/// A place in the queue for a hash. It is free again once it is dropped, however the request ends.
pub struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hasher {
    /// # Errors
    /// When the operating system has no randomness.
    pub fn new() -> Outcome<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let dummy = dummy()?;
        Ok(Self {
            cores: Arc::new(Semaphore::new(cores)),
            waiting: Arc::default(),
            done: Arc::default(),
            memories: Arc::default(),
            dummy: dummy.into(),
        })
    }

    /// How many hashes were computed so far: a sign-in costs one, whoever tries.
    #[must_use]
    pub fn count(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Takes a place in the queue.
    ///
    /// # Errors
    /// `TooMany` when too many wait already.
    pub fn place(&self) -> Outcome<Place> {
        let place = Place(self.waiting.clone());
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= QUEUE_MAX {
            return Err(Failure::TooMany { retry_after_s: RETRY_AFTER_S });
        }
        Ok(place)
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// `TooMany` when too many wait already.
    pub async fn hash(&self, password: &Password) -> Outcome<String> {
        let (text, salt) = (password.reveal().to_owned(), random::bytes()?);
        self.run(self.place()?, move |memory| hash(&text, &salt, memory)).await?
    }

    /// Refuses the commonest passwords, off the threads that serve: looking takes about as long as a hash.
    ///
    /// # Errors
    /// When the computation ends before it is done; within, `Common` when few guesses find it.
    pub async fn check_common(&self, password: &Password) -> Outcome<Result<(), PasswordError>> {
        let core = self.cores.clone().acquire_owned().await.map_err(fault)?;
        let password = Password::new(password.reveal());
        let checked = tokio::task::spawn_blocking(move || {
            let checked = check_common(&password);
            drop(core);
            checked
        });
        checked.await.map_err(fault)
    }

    /// Whether a password fits a hash, and whether the hash is weaker than those made now. Without a hash it takes as
    /// long, and never fits.
    ///
    /// # Errors
    /// When the computation ends before it is done.
    pub async fn verify(&self, place: Place, password: &Password, stored: Option<String>) -> Outcome<Verdict> {
        let (text, dummy) = (password.reveal().to_owned(), self.dummy.clone());
        let is_possible = stored.is_some() && !password.is_over_long();
        self.run(place, move |memory| {
            let stored = if is_possible { stored.unwrap_or_default() } else { dummy.to_string() };
            let fits = fits(&text, &stored, memory);
            Verdict { fits: fits && is_possible, is_weak: is_weak(&stored) }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Outcome<T> {
        let core = self.cores.clone().acquire_owned().await.map_err(|error| Failure::Internal(error.to_string()))?;
        let memories = self.memories.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut memory = memories.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let result = work(&mut memory);
            memories.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            drop(core);
            result
        });
        let result = done.await.map_err(|error| Failure::Internal(error.to_string()));
        self.done.fetch_add(1, Ordering::Relaxed);
        drop(place);
        result
    }
}

/// What checking a password found.
#[derive(Debug, Clone, Copy)]
pub struct Verdict {
    pub fits: bool,
    /// The hash should be made anew with the present parameters.
    pub is_weak: bool,
}

fn params() -> Outcome<Params> {
    Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(fault)
}

fn fault(error: impl std::fmt::Display) -> Failure {
    Failure::Internal(error.to_string())
}

fn hash(text: &str, salt: &[u8; 16], memory: &mut Vec<Block>) -> Outcome<String> {
    let mut output = [0; OUTPUT_BYTES];
    compute(text, salt, params()?, memory, &mut output).ok_or_else(|| fault("argon2 refused its parameters"))?;
    phc(salt, &output)
}

/// Whether a password has a stored hash, of whatever parameters; the comparison takes as long wherever they differ.
fn fits(text: &str, stored: &str, memory: &mut Vec<Block>) -> bool {
    let Ok(PasswordHash { algorithm, version, params, salt: Some(salt), hash: Some(expected) }) =
        PasswordHash::new(stored)
    else {
        return false;
    };
    let is_ours = algorithm == Algorithm::Argon2id.ident() && version == Some(Version::V0x13.into());
    let Some(params) = Params::try_from(&params).ok().filter(|_| is_ours) else { return false };
    let mut output = vec![0; expected.len()];
    compute(text, salt.as_ref(), params, memory, &mut output)
        .is_some_and(|()| Output::new(&output).is_ok_and(|output| output == expected))
}

fn compute(text: &str, salt: &[u8], params: Params, memory: &mut Vec<Block>, output: &mut [u8]) -> Option<()> {
    let blocks = params.block_count();
    memory.resize(blocks.max(memory.len()), Block::default());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into_with_memory(text.as_bytes(), salt, output, memory.get_mut(..blocks)?).ok()
}

/// A hash that no password is known for: its output is drawn, not computed, which spares the start one hash.
fn dummy() -> Outcome<String> {
    phc(&random::bytes()?, &random::bytes()?)
}

fn phc(salt: &[u8; 16], output: &[u8; OUTPUT_BYTES]) -> Outcome<String> {
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params()?).map_err(fault)?,
        salt: Some(Salt::new(salt).map_err(fault)?),
        hash: Some(Output::new(output).map_err(fault)?),
    };
    Ok(hash.to_string())
}

fn is_weak(stored: &str) -> bool {
    !stored.starts_with(&format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"))
}

/// Refuses the commonest passwords, by the lists of zxcvbn: 30,000 passwords, names and words, with their usual disguises.
///
/// # Errors
/// `Common` when few guesses find it.
pub fn check_common(password: &Password) -> Result<(), PasswordError> {
    let start: String = password.reveal().chars().take(ESTIMATED_CHARS_MAX).collect();
    if zxcvbn::zxcvbn(&start, &[]).guesses_log10() < GUESSES_LOG10_MIN { Err(PasswordError::Common) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commonest_passwords_are_refused_and_phrases_are_not() {
        for text in ["password1234567", "aaaaaaaaaaaaaaa", "qwertyuiopasdfghjkl", "123456789012345"] {
            assert_eq!(check_common(&Password::new(text)), Err(PasswordError::Common), "{text}");
        }
        for text in ["correct horse battery staple", "the lamp hums at noon"] {
            assert_eq!(check_common(&Password::new(text)), Ok(()), "{text}");
        }
    }

    #[tokio::test]
    async fn hash_fits_its_password_alone() {
        let hasher = Hasher::new().unwrap();
        let hash = hasher.hash(&Password::new("correct horse battery")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let verdict = async |text: &str, stored| {
            hasher.verify(hasher.place().unwrap(), &Password::new(text), stored).await.unwrap()
        };
        assert!(verdict("correct horse battery", Some(hash.clone())).await.fits);
        assert!(!verdict("correct horse batterz", Some(hash.clone())).await.fits);
        assert!(!verdict("no password is this one", None).await.fits);
        assert!(!verdict("x", Some(hash)).await.is_weak);
    }

    #[tokio::test]
    async fn queue_is_bounded() {
        let hasher = Hasher::new().unwrap();
        let tasks: Vec<_> = (0..QUEUE_MAX + 40)
            .map(|_| hasher.clone())
            .map(|hasher| tokio::spawn(async move { hasher.hash(&Password::new("x")).await.is_ok() }))
            .collect();
        let mut done = 0;
        for task in tasks {
            done += usize::from(task.await.unwrap());
        }
        assert!((QUEUE_MAX..QUEUE_MAX + 40).contains(&done), "{done}");
        assert!(hasher.hash(&Password::new("x")).await.is_ok());
    }
}
