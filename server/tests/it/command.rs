//! The executable's commands, as people type them.

use nix::sys::signal::Signal;

use crate::harness::{Process, database};

const OWNER: [&str; 6] = ["owner", "create", "--email", "ada@example.org", "--name", "Ada"];

#[tokio::test]
async fn an_owner_is_made_and_given_a_new_password_and_everything_goes_into_a_file_and_back() {
    let (first, second) = (database().await, database().await);
    let at = |url: &'static str| [("DATABASE_URL", url)];
    let (first, second) = (at(first.leak()), at(second.leak()));
    assert!(Process::did(&first, &["migrate"], "").await);
    assert!(Process::did(&first, &OWNER, "seven blue herons").await);
    let reset = ["owner", "reset-password", "--email", "ada@example.org"];
    assert!(Process::did(&first, &reset, "eight grey geese").await);
    let (short, unknown) = ("short", ["owner", "reset-password", "--email", "nobody@example.org"]);
    assert!(!Process::did(&first, &reset, short).await);
    assert!(!Process::did(&first, &unknown, "eight grey geese").await);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("house.backup").to_str().unwrap().to_owned();
    assert!(Process::did(&first, &["backup", &file], "").await);
    assert!(Process::did(&second, &["restore", &file], "").await);
    assert!(!Process::did(&second, &["restore", &file], "").await, "it is not empty any more");
    assert!(Process::did(&second, &["restore", "--replace", &file], "").await);
    // It is the same house: the new password is the one that counts.
    assert!(Process::did(&second, &reset, "seven blue herons").await);
}

#[tokio::test]
async fn settings_are_printed_without_secrets_and_a_wrong_one_is_named() {
    let secret = ("FOCUSHIVE_SMTP_URL", "smtp://somebody:a-secret-word@localhost");
    let (said, done) = Process::says(&[secret], &["config"]).await;
    assert!(done && said.contains("FOCUSHIVE_SMTP_URL") && !said.contains("a-secret-word"), "{said}");
    let (said, done) = Process::says(&[("FOCUSHIVE_LISTEN", "nowhere")], &["config"]).await;
    assert!(!done && said.contains("FOCUSHIVE_LISTEN") && said.trim().lines().count() == 1, "{said}");
    let (said, done) = Process::says(&[], &["--help"]).await;
    assert!(done && said.contains("FOCUSHIVE_DATA") && said.contains("restore"), "{said}");
}

#[tokio::test]
async fn health_is_that_of_the_server_that_runs() {
    let url = database().await;
    let mut process = Process::start(&[("DATABASE_URL", &url)]).await;
    let address = process.address.to_string();
    let settings = [("FOCUSHIVE_LISTEN", address.as_str())];
    assert!(Process::did(&settings, &["health"], "").await);
    process.signal(Signal::SIGTERM);
    process.wait().await;
    assert!(!Process::did(&settings, &["health"], "").await);
}
