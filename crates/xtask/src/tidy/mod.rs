//! `tidy`: the rules of the source that no compiler checks. Each rule is a pure function over paths and texts.

mod asvs;
mod evidence;
mod features;
mod layers;
mod text;
mod trunk;
mod words;

use std::path::Path;

use crate::files;
use crate::repo::Repo;
use crate::run::{Failure, Result, output, program};

/// A file of the repository: its path from the root, with `/`, and its text.
struct Source {
    path: String,
    text: String,
}

/// Prints every breach, and fails when there is one.
pub(crate) fn tidy(repo: &Repo) -> Result {
    let sources = sources(repo)?;
    let paths: Vec<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    let mut breaches = words::disagreements(&paths);
    breaches.extend(features::breaches(&sources));
    breaches.extend(asvs::breaches(&sources));
    breaches.extend(evidence::breaches(&sources));
    breaches.extend(trunk::breaches(&sources));
    for source in &sources {
        breaches.extend(layers::breaches(source));
        breaches.extend(text::breaches(source));
    }
    for breach in &breaches {
        println!("tidy: {breach}");
    }
    match breaches.len() {
        0 => {
            println!("tidy: {} files, nothing to report", sources.len());
            Ok(())
        }
        count => Err(Failure::new(format!("{count} breaches of the rules of the source"))),
    }
}

/// What git tracks, or would track: what it ignores is nobody's source. Files that are not text are left out.
fn sources(repo: &Repo) -> Result<Vec<Source>> {
    let arguments = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let listed = output(&mut program(repo, "git", &arguments)?).ok_or_else(|| Failure::new("`git ls-files` failed"))?;
    let paths = listed.split('\0').filter(|path| !path.is_empty());
    let existing = paths.map(|path| (path, repo.root.join(path))).filter(|(_, file)| file.is_file());
    existing.filter_map(|(path, file)| read(path, &file).transpose()).collect()
}

fn read(path: &str, file: &Path) -> Result<Option<Source>> {
    let text = String::from_utf8(files::read(file)?).ok();
    Ok(text.map(|text| Source { path: path.to_owned(), text }))
}

impl Source {
    fn is_under(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The lines with their numbers from 1, comments left out.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    fn breach(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}
