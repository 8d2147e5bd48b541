//! Reading, writing and walking files, with failures that name the path.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::run::{Failure, Result};

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Failure::at(path, error))
}

pub(crate) fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| Failure::at(path, error))
}

/// Writes the file, and the folders that lead to it.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::at(folder, error))?;
    }
    fs::write(path, content).map_err(|error| Failure::at(path, error))
}

/// Leaves an empty folder there, whatever there was.
pub(crate) fn empty_folder(path: &Path) -> Result {
    remove_folder(path)?;
    fs::create_dir_all(path).map_err(|error| Failure::at(path, error))
}

pub(crate) fn remove_folder(path: &Path) -> Result {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::at(path, error)),
        _ => Ok(()),
    }
}

/// Copies every file under the folder; what else lies where they go stays.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result {
    for file in under(from)? {
        let name = file.strip_prefix(from).map_err(|error| Failure::at(&file, error))?;
        write(&to.join(name), &read(&file)?)?;
    }
    Ok(())
}

/// Every file under the folder, or the file itself, in the order of the paths.
pub(crate) fn under(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| Failure::at(&folder, error))? {
            let path = entry.map_err(|error| Failure::at(&folder, error))?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    Ok(found)
}

/// One hash over the names and contents of everything under the given paths; a missing path counts as empty.
pub(crate) fn fingerprint(root: &Path, paths: &[&str]) -> Result<String> {
    let mut hash = Sha256::new();
    for path in paths.iter().map(|path| root.join(path)).filter(|path| path.exists()) {
        for file in under(&path)? {
            let content = read(&file)?;
            hash.update(file.strip_prefix(root).unwrap_or(&file).to_string_lossy().as_bytes());
            hash.update([0]);
            hash.update(u64::try_from(content.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(&content);
        }
    }
    Ok(hex(&hash.finalize()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
