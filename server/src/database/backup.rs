//! Everything in one file, and back: Postgres's own dump and restore, with a manifest beside the
//! dump that says what it holds, so that a cut or altered file is refused before anything is touched.

use std::{
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
    process::Stdio,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use thiserror::Error;
use tokio::process::Command;

use super::private::{self, PrivatePostgresError};
use crate::telemetry::say_if_slow;

/// The first line of every backup.
const MARK: &str = "focushive-backup 1";

/// What stands before the dump, as one line of JSON.
#[derive(Serialize, Deserialize)]
struct Manifest {
    /// Table and number of rows.
    rows: Vec<(String, i64)>,
    /// Of the dump that follows.
    sha256: String,
}

/// What a restore may find in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Only an empty one will do.
    Empty,
    /// Whatever it holds is thrown away.
    Replace,
}

#[derive(Debug, Error)]
pub enum BackupError {
    #[error(transparent)]
    Postgres(#[from] PrivatePostgresError),
    #[error("the database cannot be asked: {0}")]
    Database(#[from] sqlx::Error),
    #[error("{}: {error}", .file.display())]
    File { file: PathBuf, error: std::io::Error },
    #[error("{} is not a whole FocusHive backup: it was cut short, altered, or made by something else", .0.display())]
    NotABackup(PathBuf),
    #[error("the database is not empty: restore into an empty one, or add --replace to throw away what it holds")]
    NotEmpty,
    #[error("{program} failed: {said}")]
    Program { program: &'static str, said: String },
    #[error("the restored rows are not those of the backup: {table} has {have} instead of {want}")]
    Different { table: String, have: i64, want: i64 },
}

fn trouble(file: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let file = file.to_owned();
    |error| BackupError::File { file, error }
}

/// Writes the database into one file. It appears under its name only when it is whole and on disk.
pub async fn backup(bin: Option<&Path>, url: &str, file: &Path) -> Result<(), BackupError> {
    let (dump, part) = (with_ending(file, "dump"), with_ending(file, "part"));
    let made = async {
        let mut command = program(bin, "pg_dump")?;
        command.args(["--format=custom", "--no-owner", "--no-privileges", "--file"]).arg(&dump).arg(url);
        run(command, "pg_dump").await?;
        let manifest = Manifest { rows: count(url).await?, sha256: digest(&dump)? };
        assemble(&manifest, &dump, &part)?;
        fs::rename(&part, file).map_err(trouble(file))
    };
    let made = made.await;
    let _ = fs::remove_file(&dump);
    let _ = fs::remove_file(&part);
    made
}

/// Brings a backup's rows into the database, in one transaction.
pub async fn restore(bin: Option<&Path>, url: &str, file: &Path, target: Target) -> Result<(), BackupError> {
    let dump = with_ending(file, "dump");
    let restored = async {
        let manifest = take_apart(file, &dump)?;
        make_room(url, target).await?;
        let mut command = program(bin, "pg_restore")?;
        command
            .args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname", url])
            .arg(&dump);
        run(command, "pg_restore").await?;
        compare(&manifest.rows, &count(url).await?)
    };
    let restored = restored.await;
    let _ = fs::remove_file(&dump);
    restored
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn assemble(manifest: &Manifest, dump: &Path, part: &Path) -> Result<(), BackupError> {
    let mut to = File::create(part).map_err(trouble(part))?;
    let line = serde_json::to_string(manifest).map_err(|error| trouble(part)(error.into()))?;
    writeln!(to, "{MARK}\n{line}").map_err(trouble(part))?;
    let mut from = File::open(dump).map_err(trouble(dump))?;
    std::io::copy(&mut from, &mut to).map_err(trouble(part))?;
    to.sync_all().map_err(trouble(part))
}

/// Checks the file and lays its dump beside it.
fn take_apart(file: &Path, dump: &Path) -> Result<Manifest, BackupError> {
    let not_ours = || BackupError::NotABackup(file.to_owned());
    let mut from = std::io::BufReader::new(File::open(file).map_err(trouble(file))?);
    if line(&mut from).as_deref() != Some(MARK) {
        return Err(not_ours());
    }
    let manifest: Manifest = line(&mut from).and_then(|text| serde_json::from_str(&text).ok()).ok_or_else(not_ours)?;
    let mut to = File::create(dump).map_err(trouble(dump))?;
    std::io::copy(&mut from, &mut to).map_err(trouble(dump))?;
    if digest(dump)? == manifest.sha256 { Ok(manifest) } else { Err(not_ours()) }
}

/// A line of at most a megabyte; something else's first "line" may be its whole content.
fn line(from: &mut impl std::io::BufRead) -> Option<String> {
    let mut text = Vec::new();
    std::io::BufRead::read_until(&mut from.take(1 << 20), b'\n', &mut text).ok()?;
    (text.pop() == Some(b'\n')).then(|| String::from_utf8(text).ok()).flatten()
}

fn digest(file: &Path) -> Result<String, BackupError> {
    let (mut from, mut hash) = (File::open(file).map_err(trouble(file))?, Sha256::new());
    std::io::copy(&mut from, &mut hash).map_err(trouble(file))?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The rows of every table, by name.
async fn count(url: &str) -> Result<Vec<(String, i64)>, BackupError> {
    let mut db = PgConnection::connect(url).await?;
    let mut rows = Vec::new();
    for table in tables(&mut db).await? {
        let quoted = table.replace('"', "\"\"");
        let sql = AssertSqlSafe(format!("select count(*) from \"{quoted}\""));
        let number: i64 = sqlx::query_scalar(sql).fetch_one(&mut db).await?;
        rows.push((table, number));
    }
    db.close().await?;
    Ok(rows)
}

async fn tables(db: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public' order by 1")
        .fetch_all(db)
        .await
}

async fn make_room(url: &str, target: Target) -> Result<(), BackupError> {
    let mut db = PgConnection::connect(url).await?;
    let full = !tables(&mut db).await?.is_empty();
    match target {
        Target::Empty if full => return Err(BackupError::NotEmpty),
        Target::Replace if full => {
            sqlx::raw_sql("drop schema public cascade; create schema public").execute(&mut db).await?;
        }
        Target::Empty | Target::Replace => {}
    }
    Ok(db.close().await?)
}

fn compare(want: &[(String, i64)], have: &[(String, i64)]) -> Result<(), BackupError> {
    for (table, want) in want {
        let have = have.iter().find(|(name, _)| name == table).map_or(0, |(_, number)| *number);
        if have != *want {
            return Err(BackupError::Different { table: table.clone(), have, want: *want });
        }
    }
    Ok(())
}

fn program(bin: Option<&Path>, name: &str) -> Result<Command, BackupError> {
    let found = private::binaries(bin)?;
    let newest = found.first().ok_or(PrivatePostgresError::NoBinaries)?;
    Ok(Command::new(newest.program(name)))
}

/// Runs it to its end.
async fn run(mut command: Command, program: &'static str) -> Result<(), BackupError> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = say_if_slow(program, command.output()).await;
    let output = output.map_err(|error| BackupError::Program { program, said: error.to_string() })?;
    if output.status.success() {
        return Ok(());
    }
    Err(BackupError::Program { program, said: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
}
