//! `Idempotency-Key`: asked twice, done once.

use reqwest::Method;
use serde_json::{Value, json};

use super::{bodies, two};
use crate::harness::{Answer, Client};

async fn with_key(client: &Client, path: &str, key: &str, body: Value) -> Answer {
    client.send(client.request(Method::POST, path).header("idempotency-key", key).json(&body)).await
}

#[tokio::test]
async fn a_repeated_key_has_the_first_answer_and_makes_nothing_more() {
    let (_house, ada, bob) = two().await;
    let hive = ada.hive("Library").await;
    let messages = format!("/hives/{hive}/messages");
    let first = with_key(&ada, &messages, "one", json!({ "body": "Hello" })).await;
    let again = with_key(&ada, &messages, "one", json!({ "body": "Hello" })).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!((first.json(), first.header("location")), (again.json(), again.header("location")));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    // The same word of somebody else is another one.
    bob.ok(Method::POST, &format!("/hives/{hive}/join"), json!({})).await;
    assert_eq!(with_key(&bob, &messages, "one", json!({ "body": "Hello" })).await.status, 201);
    assert_eq!(bodies(&ada.look(&messages).await).len(), 2);
}

#[tokio::test]
async fn a_link_that_is_shown_once_is_shown_again_to_whoever_has_the_key() {
    let (house, ada, _) = two().await;
    let hive = ada.hive("Library").await;
    let path = format!("/hives/{hive}/invites");
    let ask = json!({ "rank": "member", "lasts": "day", "max_uses": 1 });
    let first = with_key(&ada, &path, "a-link", ask.clone()).await;
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!(with_key(&ada, &path, "a-link", ask).await.json(), first.json());
    let links: i64 =
        sqlx::query_scalar("select count(*) from hive_invite").fetch_one(&house.services.db).await.unwrap();
    assert_eq!(links, 1);
    let link = first.json()["link"].as_str().unwrap().to_owned();
    let secret = link.rsplit('/').next().unwrap().as_bytes();
    let kept: Vec<u8> =
        sqlx::query_scalar("select answer from idempotency").fetch_one(&house.services.db).await.unwrap();
    assert!(!kept.windows(secret.len()).any(|piece| piece == secret), "the link can be read in the database");
}

#[tokio::test]
async fn the_same_key_with_something_else_is_refused() {
    let (_house, ada, _) = two().await;
    assert_eq!(with_key(&ada, "/hives", "k", json!({ "name": "Library" })).await.status, 201);
    let other = with_key(&ada, "/hives", "k", json!({ "name": "Attic" })).await;
    assert_eq!((other.status, other.code().as_str()), (422, "key_taken"));
    let elsewhere = with_key(&ada, "/sectors", "k", json!({ "name": "Library" })).await;
    assert_eq!(elsewhere.code(), "key_taken");
    for bad in ["", "a b", &"x".repeat(256)] {
        assert_eq!(with_key(&ada, "/hives", bad, json!({ "name": "Attic" })).await.code(), "invalid", "{bad}");
    }
}

#[tokio::test]
async fn many_at_once_under_one_key_do_it_once() {
    let (house, ada, _) = two().await;
    let hive = ada.hive("Library").await;
    let path = format!("/hives/{hive}/invites");
    let ask = json!({ "rank": "member", "lasts": "day", "max_uses": 1 });
    let answers = futures::future::join_all((0..12).map(|_| with_key(&ada, &path, "together", ask.clone()))).await;
    let links: std::collections::BTreeSet<String> =
        answers.iter().map(|answer| answer.json()["link"].as_str().unwrap_or(&answer.body).to_owned()).collect();
    assert_eq!(links.len(), 1, "{links:?}");
    let made: i64 = sqlx::query_scalar("select count(*) from hive_invite").fetch_one(&house.services.db).await.unwrap();
    assert_eq!(made, 1);
}

#[tokio::test]
async fn what_was_refused_may_be_asked_again_and_a_key_is_forgotten_after_a_day() {
    let (house, ada, bob) = two().await;
    let hive = ada.hive("Library").await;
    let messages = format!("/hives/{hive}/messages");
    assert_eq!(with_key(&bob, &messages, "k", json!({ "body": "Hello" })).await.status, 403);
    bob.ok(Method::POST, &format!("/hives/{hive}/join"), json!({})).await;
    assert_eq!(with_key(&bob, &messages, "k", json!({ "body": "Hello" })).await.status, 201);

    with_key(&ada, "/hives", "k", json!({ "name": "Attic" })).await;
    house.services.clock.advance(time::Duration::hours(25));
    let ada = Client::of(&house, "ada@example.org").await;
    let later = with_key(&ada, "/sectors", "k", json!({ "name": "Another" })).await;
    assert_eq!(later.status, 204, "{}", later.body);
}

#[tokio::test]
async fn work_that_died_with_its_server_is_taken_over() {
    let (house, ada, _) = two().await;
    let ask = json!({ "name": "Library" });
    assert_eq!(with_key(&ada, "/hives", "k", ask.clone()).await.status, 201);
    sqlx::query("update idempotency set answer = null").execute(&house.services.db).await.unwrap();
    house.services.clock.advance(time::Duration::minutes(2));
    let again = with_key(&ada, "/hives", "k", ask).await;
    assert_eq!(again.status, 201, "{}", again.body);
    assert_eq!(ada.look("/hives").await["items"].as_array().unwrap().len(), 1);
}
