//! The REST door: the scene that other doors play, what it refuses and how, pages, tags, keys, and
//! whether the document says what the router does.

mod document;
mod fault;
mod once;
mod page;
mod tag;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, House};

/// Ada, who owns the house, and Bob.
pub async fn two() -> (House, Client, Client) {
    let (house, mut owner) = House::open().await;
    house.member(&mut owner, "Bob", "member").await;
    let ada = Client::of(&house, "ada@example.org").await;
    let bob = Client::of(&house, "bob@example.org").await;
    (house, ada, bob)
}

fn bodies(page: &Value) -> Vec<String> {
    page["messages"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn two_people_meet_write_and_focus() {
    let (house, ada, bob) = two().await;
    let hive = ada.hive("Library").await;
    bob.ok(Method::POST, &format!("/hives/{hive}/join"), json!({})).await;
    let members = ada.look(&format!("/hives/{hive}/members")).await;
    let names: Vec<&str> =
        members["items"].as_array().unwrap().iter().map(|member| member["person"]["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 2);

    let messages = format!("/hives/{hive}/messages");
    let first = ada.ask(Method::POST, &messages, json!({ "body": "Hello @bob" })).await;
    assert_eq!(
        (first.status, first.header("location")),
        (201, format!("/api/v1{messages}/{}", first.json()["seq"]).as_str())
    );
    bob.ok(Method::POST, &messages, json!({ "body": "Hello Ada" })).await;
    for reader in [&ada, &bob] {
        assert_eq!(bodies(&reader.look(&messages).await), ["Hello @bob", "Hello Ada"]);
    }

    for person in [&ada, &bob] {
        person.ok(Method::POST, &format!("/hives/{hive}/enter"), json!({})).await;
        person.ok(Method::POST, "/presence/beat", json!({})).await;
    }
    let done = ada.ok(Method::POST, &format!("/hives/{hive}/timer/start"), json!({ "goal": "the thesis" })).await;
    let view = bob.look(&format!("/hives/{hive}/timer")).await;
    assert_eq!((&view["timer"]["is"], &view["timer"]["ends_at"]), (&json!("running"), &done["timer"]["ends_at"]));
    ada.ok(Method::POST, &format!("/hives/{hive}/timer/stop"), json!({})).await;

    house.pass(time::Duration::seconds(6));
    let mention = told(&bob).await;
    bob.ok(Method::POST, "/notifications/read", json!({ "notifications": [mention] })).await;
    assert_eq!(bob.look("/notifications/bell").await["count"]["unread"], 0);
}

/// What somebody was told of last, once they are.
async fn told(client: &Client) -> Value {
    for _ in 0..200 {
        let page = client.look("/notifications").await;
        if let Some(row) = page["rows"].as_array().unwrap().first() {
            return row["notification"]["id"].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("nobody is told");
}

#[tokio::test]
async fn ones_own_clock_is_beside_that_of_a_hive() {
    let (_house, ada, _) = two().await;
    ada.ok(Method::POST, "/timer/start", json!({})).await;
    assert_eq!(ada.look("/timer").await["timer"]["is"], "running");
    assert_eq!(ada.look("/timers").await["items"].as_array().unwrap().len(), 1);
    ada.ok(Method::POST, "/timer/stop", json!({})).await;
    assert_eq!(ada.look("/timer").await["timer"]["is"], "idle");
}

#[tokio::test]
async fn what_one_may_not_see_is_not_there() {
    let (_house, ada, bob) = two().await;
    let made = json!({ "name": "Attic", "access": "private" });
    let hive = ada.ok(Method::POST, "/hives", made).await["id"].as_str().unwrap().to_owned();
    for path in [format!("/hives/{hive}"), format!("/hives/{hive}/messages"), format!("/hives/{hive}/members")] {
        let answer = bob.get(&path).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}");
    }
    assert_eq!(bob.get("/members").await.status, 403);
    assert_eq!(bob.ask(Method::PUT, "/settings", json!({ "house": "Mine", "registration": "open" })).await.status, 403);
}

#[tokio::test]
async fn what_is_ones_own_is_taken_along_as_files() {
    let (house, ada, _) = two().await;
    for (path, kind, begins) in
        [("/account/export", "application/zip", "PK"), ("/focus/sessions.csv", "text/csv; charset=utf-8", "began_at,")]
    {
        let answer = ada.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{path}: {}", answer.body);
        assert!(answer.body.to_lowercase().starts_with(&begins.to_lowercase()), "{path}: {}", answer.body);
        let stranger = house.visitor().request(Method::GET, &format!("/api/v1{path}"));
        let refused = house.visitor().send(stranger).await;
        assert_eq!((refused.status, refused.header("content-type")), (401, "application/problem+json"), "{path}");
    }
}
