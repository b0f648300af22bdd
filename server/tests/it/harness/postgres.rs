//! One Postgres for the whole run, started as the product starts its own; a database a test.

use std::{os::unix::process::CommandExt, sync::OnceLock};

use server::database::private::PrivatePostgres;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

static URL: OnceLock<String> = OnceLock::new();

/// The server's own database; others are made from here.
///
/// It runs on a thread of its own: every test has a runtime that ends with it, this has not. The
/// folder is always the same, so a run that was killed leaves nothing that the next does not reuse.
pub fn admin_url() -> String {
    let start = || {
        let (say, hear) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
            runtime.block_on(async {
                let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres");
                let postgres = PrivatePostgres::start(&folder, None).await.unwrap();
                stop_when_this_ends(postgres.folder());
                say.send(postgres.url()).unwrap();
                std::future::pending::<()>().await;
            });
        });
        hear.recv().unwrap()
    };
    URL.get_or_init(start).clone()
}

/// A test binary has no end of its own to hook into, so a small watcher waits for it.
fn stop_when_this_ends(data: &std::path::Path) {
    let script =
        r#"(while kill -0 "$0" 2>/dev/null; do sleep 0.3; done; kill -INT "$(head -n 1 "$1/postmaster.pid")") &"#;
    std::process::Command::new("sh")
        .args(["-c", script, &std::process::id().to_string()])
        .arg(data)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .process_group(0)
        .status()
        .unwrap();
}

/// The address of a database made for one test.
pub async fn database() -> String {
    let url = tokio::task::spawn_blocking(admin_url).await.unwrap();
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let mut admin = PgConnection::connect(&url).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    url.replacen("/focushive?", &format!("/{name}?"), 1)
}
