//! The executable as people run it: started on a port of its own, killed, told to stop, and started
//! again in the same place.

use std::{
    fs::File,
    net::SocketAddr,
    process::Stdio,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

/// How long it may take to come up; far longer than it does.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Process {
    pub address: SocketAddr,
    settings: Vec<(String, String)>,
    /// The executable wants a built site; a socket needs no page of it.
    site: TempDir,
    child: Child,
}

/// The name of what it says of itself, in the folder of its site.
const LOG: &str = "log";

impl Process {
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let site = tempfile::tempdir().unwrap();
        std::fs::create_dir(site.path().join("pkg")).unwrap();
        // Free a moment ago; nothing else takes ports of this machine at random meanwhile.
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let child = launch(address, &site, &settings);
        let process = Self { address, settings, site, child };
        process.wait_until_ready().await;
        process
    }

    /// One of its commands, done to its end.
    pub async fn command(settings: &[(&str, &str)], words: &[&str], input: &str) {
        assert!(Self::did(settings, words, input).await, "{words:?}");
    }

    /// The same; whether it could.
    pub async fn did(settings: &[(&str, &str)], words: &[&str], input: &str) -> bool {
        let mut command = Command::new(env!("CARGO_BIN_EXE_focushive"));
        command.args(words).env_remove("DATABASE_URL").envs(settings.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        child.wait().await.unwrap().success()
    }

    /// What one of its commands says, on whichever way, and whether it could do it.
    pub async fn says(settings: &[(&str, &str)], words: &[&str]) -> (String, bool) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_focushive"));
        let output = command.args(words).envs(settings.iter().copied()).output().await.unwrap();
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
        (said, output.status.success())
    }

    /// Nothing is flushed, nobody is told.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// Told to stop, as a host does; how long it took, and whether it ended well.
    pub async fn stop(&mut self) -> (Duration, bool) {
        self.signal(Signal::SIGTERM);
        self.wait().await
    }

    /// Until it has ended.
    pub async fn wait(&mut self) -> (Duration, bool) {
        let began = Instant::now();
        let status = self.child.wait().await.unwrap();
        (began.elapsed(), status.success())
    }

    /// What it said of itself since it was last started, where a setting says how much.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.site.path().join(LOG)).unwrap()
    }

    pub fn setting(&self, name: &str) -> String {
        self.settings.iter().find(|(known, _)| known == name).unwrap().1.clone()
    }

    pub fn start_again(&mut self) {
        self.child = launch(self.address, &self.site, &self.settings);
    }

    pub async fn wait_until_ready(&self) {
        let url = format!("http://{}/readyz", self.address);
        let began = Instant::now();
        while !reqwest::get(&url).await.is_ok_and(|answer| answer.status() == 200) {
            assert!(began.elapsed() < PATIENCE, "the server does not come up");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().unwrap().try_into().unwrap())
    }
}

fn launch(address: SocketAddr, site: &TempDir, settings: &[(String, String)]) -> Child {
    let is_read = settings.iter().any(|(name, _)| name == "FOCUSHIVE_LOG");
    let log = if is_read { File::create(site.path().join(LOG)).unwrap().into() } else { Stdio::inherit() };
    Command::new(env!("CARGO_BIN_EXE_focushive"))
        .env_remove("LEPTOS_OUTPUT_NAME")
        .env_remove("DATABASE_URL")
        .env("FOCUSHIVE_LISTEN", address.to_string())
        .env("FOCUSHIVE_METRICS_LISTEN", "off")
        .env("FOCUSHIVE_SITE", site.path())
        .env("FOCUSHIVE_LOG", std::env::var("FOCUSHIVE_LOG").unwrap_or_else(|_| "off".to_owned()))
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}
