//! The cluster: where its files lie, how it is made, and how Postgres is run on it.

use std::{
    fs::{self, File},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Stdio,
};

use nix::unistd::Pid;
use tokio::process::Child;

use super::{Binaries, NAME, Owner, PrivatePostgresError, binaries, io, run};
use crate::secret;

/// Where data lies when the project's own folder is closed to the user that Postgres runs as.
const SHARED_HOME: &str = "/var/lib/focushive";

/// A log longer than this is begun anew at the next start.
const MOST_LOG: u64 = 10 * 1024 * 1024;

/// What Postgres answers when it is asked whether it takes connections.
pub enum Ready {
    Yes,
    /// It lives, and still starts.
    Soon,
    Silent,
}

pub struct Cluster {
    pub data: PathBuf,
    pub log: PathBuf,
    /// Holds the Unix socket. Its path must be short (107 bytes in all), so it lies apart.
    socket: PathBuf,
    owner: Owner,
    bin: Binaries,
}

impl Cluster {
    pub fn place(folder: &Path, owner: Owner, bin: Option<&Path>) -> Result<Self, PrivatePostgresError> {
        let name = short_name(folder);
        let data = if owner.reaches(folder) { folder.join("postgres") } else { apart(folder, &name)? };
        let bin = fitting(&data, binaries(bin)?)?;
        let socket = std::env::temp_dir().join(format!("focushive-{name}"));
        Ok(Self { log: folder.join("postgres.log"), data, socket, owner, bin })
    }

    pub fn url(&self) -> String {
        format!("postgres://{NAME}@localhost/{NAME}?host={}", self.socket.display())
    }

    /// The process that runs on this data, if one does: Postgres writes its number beside it, and
    /// its command line names the folder.
    pub fn running_pid(&self) -> Option<Pid> {
        let file = fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        let pid: i32 = file.lines().next()?.trim().parse().ok()?;
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let ours = line.split(|byte| *byte == 0).any(|word| word == self.data.as_os_str().as_encoded_bytes());
        ours.then(|| Pid::from_raw(pid))
    }

    /// The number of a Postgres that is no more may be that of another process by now, or of a dead
    /// one that nobody collects, as in many containers: the next Postgres would take it for alive.
    pub fn forget_stale_pid(&self) {
        if !self.is_lived_in() {
            let _ = fs::remove_file(self.data.join("postmaster.pid"));
        }
    }

    /// Whether any process works in the data's folder, as every process of a Postgres does.
    fn is_lived_in(&self) -> bool {
        let Ok(processes) = fs::read_dir("/proc") else { return true };
        processes.flatten().any(|process| fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == self.data))
    }

    /// Makes the cluster beside its place and moves it there whole, so that a making that was cut
    /// short is not taken for a cluster.
    pub async fn make_if_missing(&self) -> Result<(), PrivatePostgresError> {
        if self.data.join("PG_VERSION").exists() {
            return Ok(());
        }
        tracing::info!("making a database in {} (once, a few seconds)", self.data.display());
        let new = self.data.with_extension("new");
        let _ = fs::remove_dir_all(&new);
        self.owner.make_private(&new)?;
        let mut initdb = self.owner.command(&self.bin.program("initdb"));
        // `trust` is safe: there is no TCP, and the socket lies in a folder that only the user
        // Postgres runs as, and root, can open.
        initdb.args(["--username", NAME, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"]);
        initdb.args(["--data-checksums", "--pgdata"]).arg(&new);
        run(initdb, "initdb").await?;
        let _ = fs::remove_dir(&self.data);
        fs::rename(&new, &self.data).map_err(io(format!("{} cannot be put in its place", new.display())))
    }

    /// Postgres itself, in the foreground. What it commits is on disk: fsync and synchronous
    /// commit stay as they are by default, on.
    pub fn spawn(&self) -> Result<Child, PrivatePostgresError> {
        self.make_socket_folder()?;
        if fs::metadata(&self.log).is_ok_and(|meta| meta.len() > MOST_LOG) {
            let _ = fs::remove_file(&self.log);
        }
        let open = || File::options().create(true).append(true).open(&self.log);
        let (out, err) =
            (open().map_err(io("the log cannot be opened"))?, open().map_err(io("the log cannot be opened"))?);
        let mut postgres = self.owner.command(&self.bin.program("postgres"));
        postgres.arg("-D").arg(&self.data).arg("-k").arg(&self.socket);
        for setting in
            ["listen_addresses=", "max_connections=128", "shared_buffers=64MB", "timezone=UTC", "log_timezone=UTC"]
        {
            postgres.arg("-c").arg(setting);
        }
        postgres.stdin(Stdio::null()).stdout(out).stderr(err);
        postgres.spawn().map_err(io("Postgres cannot be started"))
    }

    /// Somebody else's folder of that name, or a link to one, would be a trap.
    fn make_socket_folder(&self) -> Result<(), PrivatePostgresError> {
        if self.socket.exists() && !self.owner.owns(&self.socket) {
            let error = std::io::Error::other("it belongs to somebody else: remove it");
            return Err(io(format!("the socket's folder {} cannot be used", self.socket.display()))(error));
        }
        self.owner.make_private(&self.socket)
    }

    /// Postgres has removed its socket; the folder that held it goes too.
    pub fn leave_nothing(&self) {
        let _ = fs::remove_dir(&self.socket);
    }

    pub async fn ask_if_ready(&self) -> Ready {
        let mut probe = self.owner.command(&self.bin.program("pg_isready"));
        probe.args(["-q", "-U", NAME, "-h"]).arg(&self.socket).stdin(Stdio::null());
        match probe.status().await.ok().and_then(|status| status.code()) {
            Some(0) => Ready::Yes,
            Some(1) => Ready::Soon,
            _ => Ready::Silent,
        }
    }

    pub async fn make_database(&self) -> Result<(), PrivatePostgresError> {
        let mut list = self.psql();
        list.args(["-Atc", "select count(*) from pg_database where datname = 'focushive'"]);
        if run(list, "psql").await?.trim() == "0" {
            let mut create = self.psql();
            create.args(["-c", "create database focushive"]);
            run(create, "psql").await?;
        }
        Ok(())
    }

    fn psql(&self) -> tokio::process::Command {
        let mut psql = self.owner.command(&self.bin.program("psql"));
        psql.args(["-qX", "-U", NAME, "-d", "postgres", "-h"]).arg(&self.socket);
        psql
    }
}

/// A name for a folder that is short and always the same.
fn short_name(folder: &Path) -> String {
    secret::digest(&folder.to_string_lossy()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// The data's place where the folder's own is out of reach, with a link to it from there.
fn apart(folder: &Path, name: &str) -> Result<PathBuf, PrivatePostgresError> {
    let home = Path::new(SHARED_HOME).join(name);
    fs::create_dir_all(&home).map_err(io(format!("{} cannot be made", home.display())))?;
    let link = folder.join("postgres");
    if fs::symlink_metadata(&link).is_err() {
        let data = home.join("postgres");
        symlink(&data, &link).map_err(io(format!("{} cannot be made", link.display())))?;
        tracing::info!("the user of Postgres cannot reach {}; the data lies in {}", folder.display(), data.display());
    }
    Ok(home.join("postgres"))
}

/// The programs that can run this data: of its very version, or the newest for a new one.
fn fitting(data: &Path, found: Vec<Binaries>) -> Result<Binaries, PrivatePostgresError> {
    let have = found.iter().map(|bin| bin.major.clone()).collect::<Vec<_>>().join(", ");
    let made = fs::read_to_string(data.join("PG_VERSION")).ok().map(|text| text.trim().to_owned());
    let fits = |bin: &Binaries| made.as_ref().is_none_or(|made| *made == bin.major);
    found.into_iter().find(fits).ok_or_else(|| PrivatePostgresError::Version {
        folder: data.to_owned(),
        data: made.clone().unwrap_or_default(),
        have,
    })
}
