//! The private Postgres: made once, kept, recovered.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::Path,
    time::Duration,
};

use server::database::private::{PrivatePostgres, PrivatePostgresError};
use sqlx::{Connection, PgConnection};

use crate::harness::Process;

async fn start(folder: &Path) -> PrivatePostgres {
    PrivatePostgres::start(folder, None).await.unwrap()
}

async fn number(postgres: &PrivatePostgres, sql: &'static str) -> i32 {
    let mut db = PgConnection::connect(&postgres.url()).await.unwrap();
    sqlx::query_scalar(sql).fetch_one(&mut db).await.unwrap()
}

async fn run(postgres: &PrivatePostgres, sql: &'static str) {
    let mut db = PgConnection::connect(&postgres.url()).await.unwrap();
    sqlx::query(sql).execute(&mut db).await.unwrap();
}

/// A folder that other users can walk into.
fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[tokio::test]
async fn what_was_written_is_there_at_the_next_start() {
    let folder = open_folder();
    let postgres = start(folder.path()).await;
    run(&postgres, "create table kept as select 7 as n").await;
    postgres.stop().await.unwrap();
    let postgres = start(folder.path()).await;
    assert_eq!(number(&postgres, "select n from kept").await, 7);
    assert_eq!(number(&postgres, "select 1 where current_setting('fsync') = 'on'").await, 1);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_server_on_one_folder_is_refused_by_name() {
    let folder = open_folder();
    let postgres = start(folder.path()).await;
    let Err(refused) = PrivatePostgres::start(folder.path(), None).await else { panic!("taken twice") };
    assert!(matches!(refused, PrivatePostgresError::Taken { .. }));
    assert!(refused.to_string().contains(&std::process::id().to_string()), "{refused}");
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_postgres_left_by_a_killed_server_is_no_obstacle() {
    let folder = open_folder();
    let postgres = start(folder.path()).await;
    run(&postgres, "create table kept as select 7 as n").await;
    let data = postgres.folder().to_owned();
    let pid = fs::read_to_string(data.join("postmaster.pid")).unwrap();
    // What a killed server leaves: the lock is free, and Postgres runs on.
    fs::remove_file(folder.path().join("lock")).unwrap();
    let again = start(folder.path()).await;
    assert_ne!(fs::read_to_string(data.join("postmaster.pid")).unwrap().lines().next(), pid.lines().next());
    assert_eq!(number(&again, "select n from kept").await, 7);
    again.stop().await.unwrap();
    drop(postgres);
}

#[tokio::test]
async fn a_postgres_that_was_killed_is_started_again() {
    let folder = open_folder();
    let mut postgres = start(folder.path()).await;
    run(&postgres, "create table kept as select 7 as n").await;
    let (url, file) = (postgres.url(), postgres.folder().join("postmaster.pid"));
    let pid: i32 = fs::read_to_string(&file).unwrap().lines().next().unwrap().parse().unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL).unwrap();
    let back = async {
        loop {
            let asked = async {
                sqlx::query_scalar::<_, i32>("select n from kept")
                    .fetch_one(&mut PgConnection::connect(&url).await?)
                    .await
            };
            if asked.await.is_ok_and(|n| n == 7) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = postgres.keep() => {}
        back = tokio::time::timeout(std::time::Duration::from_secs(30), back) => back.unwrap(),
    }
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_command_that_fails_leaves_no_postgres_behind() {
    let folder = open_folder();
    let (data, words) = (folder.path().to_str().unwrap(), ["owner", "reset-password", "--email", "ada@example.org"]);
    let reset = async |settings: &[(&str, &str)]| Process::did(settings, &words, "seven blue herons\n").await;
    let bad = [("FOCUSHIVE_DATA", data), ("FOCUSHIVE_SMTP_URL", "smtp://localhost"), ("FOCUSHIVE_MAIL_FROM", "nobody")];
    // Without mail nothing can be built; with it, there is no such account.
    for settings in [&bad[..], &bad[..1]] {
        assert!(!reset(settings).await);
        assert!(folder.path().join("postgres/PG_VERSION").exists(), "it was there");
        assert!(!folder.path().join("postgres/postmaster.pid").exists(), "{settings:?}");
    }
}

#[tokio::test]
async fn a_stale_number_of_some_other_process_is_no_obstacle() {
    let folder = open_folder();
    start(folder.path()).await.stop().await.unwrap();
    let data = folder.path().join("postgres");
    // A stranger, alive, as the user that Postgres runs as.
    let sleep = |seconds: &str| {
        let uid = fs::metadata(&data).unwrap().uid();
        std::process::Command::new("sleep").arg(seconds).uid(uid).spawn().unwrap()
    };
    let mut alive = sleep("300");
    // Dead, and not collected.
    let mut dead = sleep("0");
    tokio::time::sleep(Duration::from_millis(200)).await;
    for pid in [std::process::id(), alive.id(), dead.id()] {
        let file = data.join("postmaster.pid");
        fs::write(&file, format!("{pid}\n{}\n", data.display())).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let mut owned = std::process::Command::new("chown");
        owned.arg("--reference").arg(data.join("PG_VERSION")).arg(&file).status().unwrap();
        start(folder.path()).await.stop().await.unwrap();
    }
    alive.kill().unwrap();
    alive.wait().unwrap();
    dead.wait().unwrap();
}

#[tokio::test]
async fn a_making_that_was_cut_short_is_begun_anew() {
    let folder = open_folder();
    fs::create_dir_all(folder.path().join("postgres.new/base")).unwrap();
    fs::write(folder.path().join("postgres.new/PG_VERSION"), "15\n").unwrap();
    start(folder.path()).await.stop().await.unwrap();
}

#[tokio::test]
async fn a_folder_that_the_user_of_postgres_cannot_reach_gets_its_data_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let postgres = start(folder.path()).await;
    assert_eq!(number(&postgres, "select 1").await, 1);
    let data = postgres.folder().to_owned();
    postgres.stop().await.unwrap();
    if !data.starts_with(folder.path()) {
        assert!(fs::read_link(folder.path().join("postgres")).unwrap() == data);
        fs::remove_dir_all(data.parent().unwrap()).unwrap();
    }
}
