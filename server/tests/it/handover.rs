//! The role of host is handed on while no host is there, and the clock never minds.

use serde_json::{Value, json};
use server::hive::handover::{self, Calm};
use time::Duration;

use crate::harness::Hive;

/// Until somebody is told that they are asked, or not any more.
async fn told(hive: &mut Hive, who: usize, offered: bool) -> Value {
    loop {
        let told = hive.sockets[who].event("part.changed").await["data"]["me"].clone();
        if told["offered"] == json!(offered) {
            return told;
        }
    }
}

async fn me(hive: &mut Hive, who: usize) -> Value {
    hive.ok(who, "hive.look", json!({})).await["me"].clone()
}

/// Ada owns the hive, Bob was there before Carl; a clock runs, and Ada has gone.
async fn without_a_host() -> Hive {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    hive.act(0, "timer.start", json!({})).await;
    hosted(&hive).await;
    hive.ok(0, "hive.exit", json!({})).await;
    hive
}

/// Until it is written down that a host was there.
async fn hosted(hive: &Hive) {
    until(hive, "select count(*) from hive_handover where gone_at is null").await;
}

async fn until(hive: &Hive, sql: &str) {
    for _ in 0..200 {
        let many: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&hive.house.services.db).await.unwrap();
        if many > 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("it does not happen: {sql}");
}

async fn gone(hive: &Hive) {
    until(hive, "select count(*) from hive_handover where gone_at is not null").await;
}

#[tokio::test]
async fn a_minute_without_a_host_and_whoever_was_there_longest_is_asked_then_the_next() {
    let mut hive = without_a_host().await;
    gone(&hive).await;
    let before = hive.sync_of(1).await;
    hive.pass(Duration::seconds(30), &[1, 2]).await;
    assert_eq!(me(&mut hive, 1).await["offered"], json!(false));
    hive.pass(Duration::seconds(31), &[1, 2]).await;
    told(&mut hive, 1, true).await;
    assert_eq!(me(&mut hive, 2).await["offered"], json!(false));
    // Nobody takes what somebody else is asked about.
    assert_eq!(hive.refused(2, "hive.answer_offer", json!({ "yes": true })).await, "conflict");
    hive.ok(1, "hive.answer_offer", json!({ "yes": false })).await;
    told(&mut hive, 1, false).await;
    told(&mut hive, 2, true).await;
    hive.ok(2, "hive.answer_offer", json!({ "yes": true })).await;
    let carl = told(&mut hive, 2, false).await;
    assert_eq!(carl["rank"], "host");
    // What a host may, on the connection that was open all the time.
    let set = json!({ "name": "Ours", "access": "public" });
    hive.ok(2, "hive.set", set).await;
    assert_eq!(
        (me(&mut hive, 0).await["rank"].clone(), me(&mut hive, 1).await["rank"].clone()),
        (json!("owner"), json!("member"))
    );
    let after = hive.sync_of(1).await;
    assert_eq!((before.run, before.revision), (after.run, after.revision));
}

#[tokio::test]
async fn what_was_offered_outlives_a_restart_and_is_withdrawn_when_a_host_is_back() {
    let mut hive = without_a_host().await;
    gone(&hive).await;
    hive.pass(Duration::seconds(61), &[1, 2]).await;
    told(&mut hive, 1, true).await;
    let Hive { house, id, people, sockets } = hive;
    drop(sockets);
    let house = house.restart(Duration::seconds(5)).await;
    let mut hive = Hive { house, id, people, sockets: Vec::new() };
    for who in 0..3 {
        let socket = crate::harness::Socket::open(&hive.house, &hive.people[who]).await;
        hive.sockets.push(socket);
    }
    for who in 1..3 {
        hive.ok(who, "hive.enter", json!({})).await;
    }
    assert_eq!(me(&mut hive, 1).await["offered"], json!(true));
    let topic = format!("user/{}", hive.sockets[1].id().await);
    hive.sockets[1].join(&topic, None).await;
    hive.ok(0, "hive.enter", json!({})).await;
    told(&mut hive, 1, false).await;
    assert_eq!(hive.refused(1, "hive.answer_offer", json!({ "yes": true })).await, "conflict");
    assert_eq!(me(&mut hive, 0).await["rank"], "owner");
}

#[tokio::test]
async fn a_hive_without_a_host_from_the_beginning_asks_nobody() {
    let mut hive = without_a_host().await;
    gone(&hive).await;
    for who in 1..3 {
        hive.ok(who, "hive.exit", json!({})).await;
    }
    hive.house.pass(Duration::minutes(5));
    until(&hive, "select 1 - count(*) from hive_handover").await;
    hive.ok(1, "hive.enter", json!({})).await;
    hive.pass(Duration::seconds(75), &[1]).await;
    handover::look(&hive.house.services, &mut Calm::default()).await.unwrap();
    assert_eq!(me(&mut hive, 1).await["offered"], json!(false));
}
