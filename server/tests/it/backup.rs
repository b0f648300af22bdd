//! Everything into one file, and back.

use std::fs;

use server::database::{
    Database,
    backup::{BackupError, Target, backup, restore},
    migrate,
};

use crate::harness::{House, database};

#[tokio::test]
async fn a_backup_brings_everything_back_into_an_empty_database() {
    let (house, mut owner) = House::open().await;
    house.member(&mut owner, "Bob", "member").await;
    let url = house.services.config.data.database_url.as_ref().unwrap().expose().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("house.backup");
    backup(None, &url, &file).await.unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    let empty = database().await;
    restore(None, &empty, &file, Target::Empty).await.unwrap();
    let config = server::config::Config::read(&|name| (name == "DATABASE_URL").then(|| empty.clone())).unwrap();
    let db = Database::open(&config.data).await.unwrap().connect(1).await.unwrap();
    migrate(&db).await.unwrap();
    let people: i64 = sqlx::query_scalar("select count(*) from \"user\"").fetch_one(&db).await.unwrap();
    assert_eq!(people, 2);

    assert!(matches!(restore(None, &empty, &file, Target::Empty).await, Err(BackupError::NotEmpty)));
    restore(None, &empty, &file, Target::Replace).await.unwrap();
}

#[tokio::test]
async fn a_file_that_was_cut_short_altered_or_is_something_else_is_refused() {
    let (house, _) = House::open().await;
    let url = house.services.config.data.database_url.as_ref().unwrap().expose().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("house.backup");
    backup(None, &url, &file).await.unwrap();
    let whole = fs::read(&file).unwrap();
    let mut altered = whole.clone();
    *altered.last_mut().unwrap() ^= 1;
    for broken in [&whole[..whole.len() - 10], &altered, b"hello\nworld\n", b"", &[0; 5000]] {
        fs::write(&file, broken).unwrap();
        let empty = database().await;
        assert!(matches!(restore(None, &empty, &file, Target::Empty).await, Err(BackupError::NotABackup(_))));
    }
}
