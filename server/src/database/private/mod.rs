//! A Postgres of our own: made, started and stopped with the server, reached by a Unix socket alone.
//!
//! Its data lies in `postgres` within the folder it is given, and its log beside it. A lock in that
//! folder, which the kernel frees with the process that holds it, keeps a second server away; a
//! Postgres that still runs under a lock that is free was left behind by a killed server, and is
//! stopped before ours starts.

mod binaries;
mod cluster;
mod owner;

use std::{
    fs::{self, File, TryLockError},
    io::{Read, Write},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use thiserror::Error;
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

pub use binaries::{Binaries, find as binaries};
use cluster::{Cluster, Ready};
use owner::Owner;

use crate::telemetry::say_if_slow;

/// The name of the database, and of its only user.
const NAME: &str = "focushive";

/// How long Postgres may say nothing at all before it is given up. After a crash it first replays its
/// log, for as long as that takes; then it says that it starts.
const SPEAKS_WITHIN: Duration = Duration::from_secs(60);
/// How long a fast shutdown may take before it is cut short.
const STOPS_WITHIN: Duration = Duration::from_secs(8);
/// A Postgres that dies at once is not started in a tight loop.
const RESTART_AFTER: Duration = Duration::from_millis(500);
const POLL: Duration = Duration::from_millis(25);

pub struct PrivatePostgres {
    child: Child,
    cluster: Cluster,
    /// Held as long as this is.
    lock: File,
}

#[derive(Debug, Error)]
pub enum PrivatePostgresError {
    #[error(
        "no Postgres programs were found: install them (Debian and Ubuntu: `apt install postgresql`, Fedora: \
         `dnf install postgresql-server`, Homebrew: `brew install postgresql`), name their folder with \
         FOCUSHIVE_POSTGRES_BIN, or name a database with DATABASE_URL"
    )]
    NoBinaries,
    #[error("another FocusHive (process {holder}) uses the folder {}: stop it, or choose another folder with FOCUSHIVE_DATA", .folder.display())]
    Taken { folder: PathBuf, holder: String },
    #[error(
        "the data in {} was made by Postgres {data}, and only version {have} is installed: install version {data}, \
         or restore a backup into an empty folder", .folder.display()
    )]
    Version { folder: PathBuf, data: String, have: String },
    #[error("Postgres refuses to run as root, and there is no user `postgres` or `nobody` to run it as")]
    NoUser,
    #[error("{what}: {error}")]
    Io { what: String, error: std::io::Error },
    #[error("Postgres did not start; the end of {}:\n{tail}", .log.display())]
    Start { log: PathBuf, tail: String },
    #[error("{program} failed: {said}")]
    Program { program: &'static str, said: String },
}

/// Says what was being done when the system refused.
fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> PrivatePostgresError {
    let what = what.into();
    move |error| PrivatePostgresError::Io { what, error }
}

impl PrivatePostgres {
    /// Starts it, and makes it first if there is none.
    pub async fn start(folder: &Path, bin: Option<&Path>) -> Result<Self, PrivatePostgresError> {
        fs::create_dir_all(folder).map_err(io(format!("{} cannot be made", folder.display())))?;
        let folder = folder.canonicalize().map_err(io(format!("{} cannot be read", folder.display())))?;
        let lock = lock(&folder)?;
        let owner = Owner::choose()?;
        let cluster = Cluster::place(&folder, owner, bin)?;
        stop_orphan(&cluster).await?;
        cluster.forget_stale_pid();
        cluster.make_if_missing().await?;
        let child = cluster.spawn()?;
        let mut postgres = Self { child, cluster, lock };
        say_if_slow(
            "waiting until Postgres is ready; after a crash it first replays its log",
            postgres.wait_until_ready(),
        )
        .await?;
        postgres.cluster.make_database().await?;
        Ok(postgres)
    }

    /// How to reach the one that runs in this folder, if one does: for a backup beside a server.
    pub fn running(folder: &Path, bin: Option<&Path>) -> Option<String> {
        let folder = folder.canonicalize().ok()?;
        let taken = match lock(&folder) {
            Ok(lock) => {
                free(&lock);
                false
            }
            Err(error) => matches!(error, PrivatePostgresError::Taken { .. }),
        };
        let cluster = Cluster::place(&folder, Owner::choose().ok()?, bin).ok()?;
        taken.then(|| cluster.url())
    }

    pub fn url(&self) -> String {
        self.cluster.url()
    }

    /// Where the data really lies.
    pub fn folder(&self) -> &Path {
        &self.cluster.data
    }

    /// Starts Postgres again whenever it dies under us, after a crash of its own or by somebody's
    /// hand. Never ends; dropped before `stop`.
    pub async fn keep(&mut self) {
        loop {
            let status = self.child.wait().await;
            tracing::error!(?status, "the private Postgres died; starting it again");
            // What it left behind may still be ending.
            sleep(RESTART_AFTER).await;
            match self.cluster.spawn() {
                Ok(child) => self.child = child,
                Err(error) => tracing::error!(%error, "the private Postgres cannot be started"),
            }
        }
    }

    /// Stops it: sessions are ended, what is committed is flushed.
    pub async fn stop(mut self) -> Result<(), PrivatePostgresError> {
        self.signal(Signal::SIGINT);
        if timeout(STOPS_WITHIN, self.child.wait()).await.is_err() {
            self.signal(Signal::SIGQUIT);
            let _ = timeout(STOPS_WITHIN, self.child.wait()).await;
        }
        self.cluster.leave_nothing();
        Ok(())
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }

    async fn wait_until_ready(&mut self) -> Result<(), PrivatePostgresError> {
        let mut deadline = Instant::now() + SPEAKS_WITHIN;
        while Instant::now() < deadline {
            match self.cluster.ask_if_ready().await {
                Ready::Yes => return Ok(()),
                Ready::Soon => deadline = Instant::now() + SPEAKS_WITHIN,
                Ready::Silent => {}
            }
            if let Ok(Some(_)) = self.child.try_wait() {
                break;
            }
            sleep(POLL).await;
        }
        Err(PrivatePostgresError::Start { log: self.cluster.log.clone(), tail: tail(&self.cluster.log) })
    }
}

/// A panic or an early return leaves no Postgres behind.
impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        self.signal(Signal::SIGINT);
        free(&self.lock);
    }
}

/// Gives the folder back. Closing the file is not enough: a program that is being started at this
/// very moment holds a copy of it until it runs.
fn free(lock: &File) {
    let _ = lock.unlock();
}

/// Takes the folder for this process.
fn lock(folder: &Path) -> Result<File, PrivatePostgresError> {
    let path = folder.join("lock");
    let what = || io(format!("{} cannot be opened", path.display()));
    let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(what())?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            return Err(PrivatePostgresError::Taken { folder: folder.to_owned(), holder: holder.trim().to_owned() });
        }
        Err(TryLockError::Error(error)) => return Err(what()(error)),
    }
    let _ = file.set_len(0);
    writeln!(file, "{}", std::process::id()).map_err(what())?;
    Ok(file)
}

/// Stops the Postgres that a killed server left running on this data. A process that merely has
/// the number in a stale file is left alone: its command line does not name our folder.
async fn stop_orphan(cluster: &Cluster) -> Result<(), PrivatePostgresError> {
    let Some(pid) = cluster.running_pid() else { return Ok(()) };
    tracing::warn!(pid = pid.as_raw(), "a Postgres was left running by a killed server; stopping it");
    for (signal, patience) in [(Signal::SIGINT, STOPS_WITHIN), (Signal::SIGQUIT, STOPS_WITHIN)] {
        let _ = kill(pid, signal);
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if cluster.running_pid().is_none() {
                return Ok(());
            }
            sleep(POLL).await;
        }
    }
    Err(PrivatePostgresError::Program { program: "postgres", said: format!("process {pid} does not stop") })
}

/// The last lines of the log.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

/// Runs a program of Postgres to its end.
async fn run(mut command: Command, program: &'static str) -> Result<String, PrivatePostgresError> {
    let output = command.stdin(Stdio::null()).output().await.map_err(io(format!("{program} cannot be started")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(PrivatePostgresError::Program { program, said })
}
