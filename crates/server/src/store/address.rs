//! The address by which SQLite is told of a file: a path is not a URL.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    ReadWrite,
    ReadOnly,
}

/// The absolute path of a file in a folder that is there, without links and dots: those a URL would resolve by their text.
///
/// # Errors
/// When the folder is not there.
pub(super) fn absolute(file: &Path) -> io::Result<PathBuf> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = file.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
    Ok(folder.canonicalize()?.join(name))
}

/// The text of a path, for SQLite and its driver.
///
/// # Errors
/// In words for the operator, when it is not Unicode.
pub(super) fn text(file: &Path) -> Result<&str, String> {
    file.to_str().ok_or_else(|| {
        format!("{}: the path has characters that are not UTF-8; SQLite needs a folder of another name", file.display())
    })
}

/// The URL of a file, every character of whose path stands for itself.
///
/// # Errors
/// In words for the operator, when there is no such folder or its name is not Unicode.
pub(super) fn url(file: &Path, access: Access) -> Result<String, String> {
    let file = absolute(file).map_err(|error| error.to_string())?;
    let mut url = "sqlite://".to_owned();
    for byte in text(&file)?.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url.push_str(match access {
        Access::ReadWrite => "?mode=rw",
        Access::ReadOnly => "?mode=ro",
    });
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_a_path_stands_for_itself() {
        let folder = tempfile::tempdir().unwrap();
        let strange = folder.path().join("a%20b ?c#d");
        std::fs::create_dir(&strange).unwrap();
        let url = url(&strange.join("..").join("a%20b ?c#d").join("x.db"), Access::ReadOnly).unwrap();
        assert!(url.ends_with("/a%2520b%20%3Fc%23d/x.db?mode=ro") && !url.contains(".."), "{url}");
    }
}
