//! Whether the binary holds the console that was built.

use std::path::Path;

use memchr::memmem;

use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result};

/// Fails unless every file of `dist/` is in the binary, byte for byte; how many they are.
pub(crate) fn check_inside(repo: &Repo, binary: &Path) -> Result<usize> {
    let content = files::read(binary)?;
    let console = files::under(&repo.dist())?;
    for file in &console {
        if !is_inside(&content, &files::read(file)?) {
            let what =
                "is not in the binary: `dist/` changed while that was built, perhaps by `trunk serve`; build again";
            return Err(Failure::at(file, what));
        }
    }
    Ok(console.len())
}

fn is_inside(binary: &[u8], file: &[u8]) -> bool {
    memmem::find(binary, file).is_some()
}

#[cfg(test)]
mod tests {
    use super::is_inside;

    #[test]
    fn file_is_in_the_binary_whole_or_not() {
        assert!(is_inside(b"...page...", b"page"));
        assert!(!is_inside(b"...pag...e", b"page"));
    }
}
