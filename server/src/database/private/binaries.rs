//! Where Postgres's programs are.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::PrivatePostgresError;

/// A folder with Postgres's programs, and their version.
#[derive(Clone, Debug)]
pub struct Binaries {
    pub folder: PathBuf,
    pub major: String,
}

impl Binaries {
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn at(folder: PathBuf) -> Option<Self> {
        let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        // "postgres (PostgreSQL) 15.18 (Debian …)"
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let version = text.split_whitespace().nth(2)?;
        folder.join("initdb").exists().then_some(())?;
        Some(Self { major: version.split('.').next()?.to_owned(), folder })
    }
}

/// Packages put each version into a folder of its own below one of these.
const HOMES: [&str; 3] = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"];

/// All there are, the newest first; or the one that is named.
pub fn find(named: Option<&Path>) -> Result<Vec<Binaries>, PrivatePostgresError> {
    let folders = match named {
        Some(folder) => vec![folder.to_owned()],
        None => HOMES.iter().flat_map(versions).chain(on_path()).collect(),
    };
    let mut found: Vec<Binaries> = folders.into_iter().filter_map(Binaries::at).collect();
    found.sort_by_key(|binaries| std::cmp::Reverse(binaries.major.parse::<u32>().unwrap_or_default()));
    if found.is_empty() { Err(PrivatePostgresError::NoBinaries) } else { Ok(found) }
}

fn versions(home: &&str) -> Vec<PathBuf> {
    let entries = fs::read_dir(home).into_iter().flatten().flatten();
    let bins = entries.map(|entry| entry.path().join("bin"));
    bins.filter(|bin| bin.join("postgres").exists()).collect()
}

fn on_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).filter(|folder| folder.join("postgres").exists()).collect()
}
