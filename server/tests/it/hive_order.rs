//! Keeping order in a hive: who is kept out and why, and which links still let somebody in.

use focushive::hive::{Banned, Link, Measure};
use serde_json::{Value, json};
use time::Duration;

use crate::harness::Hive;

fn bans(value: Value) -> Vec<Banned> {
    serde_json::from_value(value).unwrap()
}

fn links(value: Value) -> Vec<Link> {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn who_is_kept_out_is_listed_with_who_until_when_and_why_and_can_be_let_in_again() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    let bob = hive.sockets[1].id().await;
    let ban = json!({ "user": bob, "lasts": "hour", "why": "Shouting" });
    assert_eq!(hive.refused(2, "hive.bans", json!({})).await, "forbidden");
    hive.ok(0, "hive.ban", ban).await;
    let list = bans(hive.ok(0, "hive.bans", json!({})).await);
    assert_eq!(list.len(), 1);
    let one = &list[0];
    assert_eq!(one.person.handle.as_str(), "bob");
    assert_eq!(one.by.as_ref().map(ToString::to_string).as_deref(), Some("Ada"));
    assert_eq!(one.why.as_ref().map(ToString::to_string).as_deref(), Some("Shouting"));
    assert_eq!((one.until.since(one.since), Measure::end(one.until)), (Duration::HOUR, Some(one.until)));
    hive.ok(0, "hive.pardon", json!({ "user": bob })).await;
    assert_eq!(bans(hive.ok(0, "hive.bans", json!({})).await), []);
    hive.ok(1, "hive.join", json!({})).await;
    // One that is over by itself is none.
    hive.ok(0, "hive.ban", json!({ "user": bob, "lasts": "hour" })).await;
    hive.house.services.clock.advance(Duration::HOUR);
    assert_eq!(bans(hive.ok(0, "hive.bans", json!({})).await), []);
}

#[tokio::test]
async fn links_are_listed_without_their_secret_and_one_that_is_withdrawn_lets_nobody_in() {
    let mut hive = Hive::of(&["Bob"]).await;
    let bob = hive.sockets[1].id().await;
    hive.ok(0, "hive.kick", json!({ "user": bob })).await;
    let make = json!({ "rank": "guest", "lasts": "day", "max_uses": 2 });
    let link = hive.ok(0, "hive.invite", make.clone()).await["link"].as_str().unwrap().to_owned();
    let secret = link.rsplit('/').next().unwrap().to_owned();
    let told = hive.ok(0, "hive.invites", json!({})).await;
    assert!(!told.to_string().contains(&secret));
    let list = links(told);
    assert_eq!((list.len(), list[0].rank.as_str(), list[0].max_uses, list[0].uses), (1, "guest", 2, 0));
    assert_eq!(list[0].made_by.to_string(), "Ada");
    // Somebody came by it.
    hive.sockets[1].ok("hive.accept", json!({ "secret": secret })).await;
    assert_eq!(hive.refused(1, "hive.invites", json!({})).await, "forbidden");
    assert_eq!(hive.refused(1, "hive.withdraw", json!({ "invite": list[0].id })).await, "forbidden");
    assert_eq!(links(hive.ok(0, "hive.invites", json!({})).await)[0].uses, 1);
    hive.ok(1, "hive.leave", json!({})).await;
    // Another hive's host takes nothing away here.
    let other = json!({ "key": uuid::Uuid::new_v4(), "name": "Elsewhere" });
    let other = hive.sockets[1].ok("hive.create", other).await["id"].clone();
    let there = json!({ "hive": other, "invite": list[0].id });
    assert_eq!(hive.sockets[1].refused("hive.withdraw", there).await, "not_found");
    hive.ok(0, "hive.withdraw", json!({ "invite": list[0].id })).await;
    assert_eq!(links(hive.ok(0, "hive.invites", json!({})).await), []);
    assert_eq!(hive.sockets[1].refused("hive.accept", json!({ "secret": secret })).await, "invite_refused");
    assert_eq!(hive.refused(0, "hive.withdraw", json!({ "invite": list[0].id })).await, "not_found");
    // One whose time is over is not listed.
    hive.ok(0, "hive.invite", make).await;
    hive.house.services.clock.advance(Duration::DAY);
    assert_eq!(links(hive.ok(0, "hive.invites", json!({})).await), []);
}
