//! Tags: what one has already is not sent again, and what somebody else changed is not overwritten.

use reqwest::Method;
use serde_json::{Value, json};

use super::two;
use crate::harness::{Answer, Client};

async fn if_match(client: &Client, method: Method, path: &str, tag: &str, body: Value) -> Answer {
    client.send(client.request(method, path).header("if-match", tag).json(&body)).await
}

#[tokio::test]
async fn what_one_has_is_not_sent_again() {
    let (_house, ada, _) = two().await;
    let path = format!("/hives/{}", ada.hive("Library").await);
    let first = ada.get(&path).await;
    let tag = first.header("etag").to_owned();
    let again = ada.send(ada.request(Method::GET, &path).header("if-none-match", &tag)).await;
    assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", tag.as_str()));
    ada.ok(Method::PUT, &path, json!({ "name": "Attic", "access": "public" })).await;
    let changed = ada.send(ada.request(Method::GET, &path).header("if-none-match", &tag)).await;
    assert_eq!((changed.status, &changed.json()["hive"]["name"]), (200, &json!("Attic")));
}

#[tokio::test]
async fn settings_that_somebody_changed_are_not_overwritten() {
    let (_house, ada, bob) = two().await;
    let path = format!("/hives/{}", ada.hive("Library").await);
    let tag = ada.get(&path).await.header("etag").to_owned();
    // Who comes in does not stand in the way.
    bob.ok(Method::POST, &format!("{path}/join"), json!({})).await;
    let named = |name: &str| json!({ "name": name, "access": "public" });
    assert_eq!(if_match(&ada, Method::PUT, &path, &tag, named("Attic")).await.status, 204);
    let late = if_match(&ada, Method::PUT, &path, &tag, named("Cellar")).await;
    assert_eq!((late.status, late.code().as_str()), (412, "changed"));
    assert_eq!(ada.look(&path).await["hive"]["name"], "Attic");
    let fresh = ada.get(&path).await.header("etag").to_owned();
    assert_eq!(if_match(&ada, Method::PUT, &path, &fresh, named("Cellar")).await.status, 204);
    assert_eq!(if_match(&ada, Method::PUT, &path, "*", named("Library")).await.status, 204);
}

#[tokio::test]
async fn a_message_that_was_edited_elsewhere_is_not_overwritten() {
    let (_house, ada, _) = two().await;
    let messages = format!("/hives/{}/messages", ada.hive("Library").await);
    let sent = ada.ask(Method::POST, &messages, json!({ "body": "one" })).await;
    let path = sent.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    let tag = ada.get(&path).await.header("etag").to_owned();
    assert_eq!(if_match(&ada, Method::PATCH, &path, &tag, json!({ "body": "two" })).await.status, 204);
    assert_eq!(if_match(&ada, Method::PATCH, &path, &tag, json!({ "body": "three" })).await.status, 412);
    assert_eq!(ada.look(&path).await["body"], "two");
    ada.ok(Method::DELETE, &path, json!({})).await;
    assert_eq!(ada.get(&path).await.status, 404);
}
