//! `hash`: argon2id with the parameters of the server, alone.

use argon2::{Algorithm, Argon2, Params, Version};
use clap::Args;

use crate::now;

/// As in `crates/server/src/passwords`.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;

#[derive(Args)]
pub(crate) struct Options {
    /// How many hashes to make after the first, which is not measured.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    runs: u32,
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| error.to_string())?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = [0; HASH_BYTES];
    for run in 0..=options.runs {
        let started = now();
        argon2
            .hash_password_into(b"a password of usual length", b"sixteen bytes of", &mut hash)
            .map_err(|error| error.to_string())?;
        if run > 0 {
            println!("hash_ms {:.3}", started.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok(())
}
