//! Tags: what one has already is not sent again, and what somebody else changed is not overwritten.

use reqwest::Method;
use serde_json::{Value, json};

use super::two;
use crate::harness::{Answer, Client, House};

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

/// Two edits that both wait for the same row, and then go on one after the other.
async fn race(house: &House, locks: &str, first: impl Future<Output = Answer>, second: impl Future<Output = Answer>) {
    let mut holding = house.services.db.begin().await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(locks)).execute(&mut *holding).await.unwrap();
    let release = async {
        // By then both were told at the door that nothing has changed.
        let waiting =
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&house.services.db).await.unwrap() < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        holding.rollback().await.unwrap();
    };
    let patience = std::time::Duration::from_secs(20);
    let all = async { futures::join!(first, second, release) };
    let (first, second, ()) = tokio::time::timeout(patience, all).await.expect("both wait for the same row");
    let mut outcomes = [(first.status, first), (second.status, second)];
    outcomes.sort_by_key(|(status, _)| *status);
    let [(done, _), (late, refused)] = outcomes;
    assert_eq!((done, late), (204, 412), "{}", refused.body);
    assert_eq!(refused.code(), "changed");
}

#[tokio::test]
async fn of_two_edits_in_the_same_instant_one_is_done_and_the_other_is_told() {
    let (house, ada, _) = two().await;
    let hive = ada.hive("Library").await;
    let room = format!("/hives/{hive}");
    let sent = ada.ask(Method::POST, &format!("{room}/messages"), json!({ "body": "one" })).await;
    let message = sent.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    let head = format!("select from topic_head where topic = '{hive}' for update");
    let (put, patch) = (Method::PUT, Method::PATCH);
    for (method, path, locks, bodies) in [
        (&put, &room, &head, ["Attic", "Cellar"].map(|name| json!({ "name": name, "access": "public" }))),
        (&patch, &message, &head, ["two", "three"].map(|body| json!({ "body": body }))),
        (
            &put,
            &"/settings".to_owned(),
            &"select from setting for update".to_owned(),
            ["Mine", "Yours"].map(|name| json!({ "house": name, "registration": "invite" })),
        ),
    ] {
        let tag = ada.get(path).await.header("etag").to_owned();
        let [first, second] = bodies.map(|body| if_match(&ada, method.clone(), path, &tag, body));
        race(&house, locks, first, second).await;
        assert_ne!(ada.get(path).await.header("etag"), tag, "{path}");
    }
}
