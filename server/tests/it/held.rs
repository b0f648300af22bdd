//! What is written while a hive focuses, and waits for the break: its author's alone until then, and
//! told once, in order, at most a second after, whatever happens to the server or to the author.

use std::time::Instant;

use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::harness::{Hive, Process, Socket, database};

fn key() -> String {
    Uuid::new_v4().to_string()
}

fn nothing() -> Value {
    json!({})
}

impl Hive {
    async fn hold(&mut self, who: usize, key: &str, body: &str) -> Value {
        self.ok(who, "chat.hold", json!({ "key": key, "body": body })).await
    }

    /// What somebody still has waiting here.
    async fn held(&mut self, who: usize) -> Vec<String> {
        bodies(&self.ok(who, "chat.held", nothing()).await)
    }

    async fn said(&mut self) -> Vec<String> {
        bodies(&self.ok(0, "chat.history", nothing()).await["messages"])
    }

    /// Until this much was said, within the second that is promised.
    async fn said_soon(&mut self, many: usize) -> Vec<String> {
        let began = Instant::now();
        loop {
            let said = self.said().await;
            if said.len() >= many {
                return said;
            }
            assert!(began.elapsed().as_millis() < 1000, "{said:?}");
        }
    }

    async fn listen(&mut self) {
        let topic = format!("hive/{}", self.id);
        for socket in &mut self.sockets {
            socket.join(&topic, None).await;
        }
    }
}

fn bodies(messages: &Value) -> Vec<String> {
    messages.as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_waits_is_told_at_the_break_in_the_order_in_which_it_was_written() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    hive.listen().await;
    hive.act(0, "timer.start", nothing()).await;
    for (who, body) in [(1, "one"), (2, "two"), (1, "three, @ada")] {
        let waits = hive.hold(who, &key(), body).await;
        assert_eq!(waits["waits"]["body"], body);
    }
    assert_eq!((hive.held(1).await, hive.held(0).await), (vec!["one".to_owned(), "three, @ada".to_owned()], vec![]));
    assert!(hive.sockets[0].rest().await.iter().all(|told| told["event"] != "chat.created"));
    // A pause is no break.
    hive.act(0, "timer.pause", nothing()).await;
    hive.act(0, "timer.resume", nothing()).await;
    assert_eq!(hive.said().await, Vec::<String>::new());
    hive.pass_to_the_end(&[0, 1, 2]).await;
    assert_eq!(hive.said_soon(3).await, ["one", "two", "three, @ada"]);
    for body in ["one", "two", "three, @ada"] {
        assert_eq!(hive.sockets[0].event("chat.created").await["data"]["body"], body);
    }
    assert_eq!(hive.held(1).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_end_of_focus_is_a_break() {
    let mut hive = Hive::of(&["Bob"]).await;
    let mut told = 0;
    for end in ["timer.skip", "timer.stop"] {
        for paused in [false, true] {
            hive.act(0, "timer.start", nothing()).await;
            hive.hold(1, &key(), "later").await;
            if paused {
                hive.act(0, "timer.pause", nothing()).await;
            }
            hive.act(0, end, nothing()).await;
            told += 1;
            hive.said_soon(told).await;
            if end == "timer.skip" {
                hive.act(0, "timer.stop", nothing()).await;
            }
        }
    }
}

#[tokio::test]
async fn a_clock_that_parks_because_nobody_is_there_frees_it_too() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.hold(1, &key(), "from nobody to nobody").await;
    for who in [0, 1] {
        hive.ok(who, "hive.exit", nothing()).await;
    }
    hive.pass(Duration::minutes(30), &[]).await;
    hive.house.quiet().await;
    hive.said_soon(1).await;
}

#[tokio::test]
async fn where_nobody_focuses_there_is_nothing_to_wait_for() {
    let mut hive = Hive::of(&["Bob"]).await;
    assert_eq!(hive.hold(1, &key(), "at once").await["sent"]["body"], "at once");
    hive.act(0, "timer.start", nothing()).await;
    hive.pass_to_the_end(&[0, 1]).await;
    assert_eq!(hive.hold(1, &key(), "in the break").await["sent"]["body"], "in the break");
    assert_eq!(hive.said().await, ["at once", "in the break"]);
}

#[tokio::test]
async fn a_hold_that_is_sent_again_is_the_same_hold_and_in_the_end_the_same_message() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.start", nothing()).await;
    let (first, second) = (key(), key());
    let answer = hive.hold(1, &first, "once").await;
    assert_eq!(hive.hold(1, &first, "once").await, answer);
    hive.hold(1, &second, "now").await;
    let ask = json!({ "key": second });
    let sent = hive.ok(1, "chat.send_held", ask.clone()).await;
    assert_eq!(hive.ok(1, "chat.send_held", ask.clone()).await["seq"], sent["seq"]);
    hive.act(0, "timer.skip", nothing()).await;
    assert_eq!(hive.said_soon(2).await, ["now", "once"]);
    assert_eq!(hive.hold(1, &first, "once").await["sent"]["body"], "once");
    assert_eq!(hive.refused(1, "chat.drop_held", ask).await, "conflict");
    assert_eq!(hive.said().await, ["now", "once"]);
}

#[tokio::test]
async fn one_thinks_again_on_every_device_and_nobody_else_does_it_for_one() {
    let mut hive = Hive::of(&["Bob"]).await;
    let mut phone = Socket::open(&hive.house, &hive.people[1]).await;
    let own = format!("user/{}", phone.id().await);
    phone.join(&own, None).await;
    hive.act(0, "timer.start", nothing()).await;
    let (kept, dropped) = (key(), key());
    hive.hold(1, &kept, "a").await;
    hive.hold(1, &dropped, "b").await;
    let edit = json!({ "key": kept, "body": "c" });
    assert_eq!(hive.refused(0, "chat.edit_held", edit.clone()).await, "conflict");
    assert_eq!(hive.refused(0, "chat.send_held", json!({ "key": kept })).await, "conflict");
    hive.ok(0, "chat.drop_held", json!({ "key": kept })).await;
    hive.ok(1, "chat.edit_held", edit).await;
    for _ in 0..2 {
        hive.ok(1, "chat.drop_held", json!({ "key": dropped })).await;
    }
    let mut told = Vec::new();
    for _ in 0..4 {
        told.push(phone.event("held.changed").await["data"]["held"]["body"].clone());
    }
    assert_eq!(told, [json!("a"), json!("b"), json!("c"), Value::Null]);
    assert_eq!(hive.held(1).await, ["c"]);
    assert!(hive.sockets[0].rest().await.iter().all(|told| told["event"] != "held.changed"));
    hive.act(0, "timer.skip", nothing()).await;
    assert_eq!(hive.said_soon(1).await, ["c"]);
}

#[tokio::test]
async fn it_goes_out_without_its_author_and_over_a_restart_once() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.start", nothing()).await;
    for body in ["one", "two"] {
        hive.hold(1, &key(), body).await;
    }
    let mut hive = hive.restart(Duration::minutes(26)).await;
    assert_eq!(hive.said_soon(2).await, ["one", "two"]);
    let mut hive = hive.restart(Duration::minutes(1)).await;
    assert_eq!(hive.said().await, ["one", "two"]);
    assert_eq!(hive.held(1).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_may_not_be_said_at_the_break_is_kept_with_the_reason() {
    let mut hive = Hive::of(&["Bob"]).await;
    let bob = hive.people[0].find(&hive.house, "bob").await;
    hive.act(0, "timer.start", nothing()).await;
    hive.hold(1, &key(), "too late").await;
    hive.ok(0, "hive.mute", json!({ "user": bob, "lasts": "hour" })).await;
    assert_eq!(hive.refused(1, "chat.hold", json!({ "key": key(), "body": "more" })).await, "not_yet");
    hive.act(0, "timer.skip", nothing()).await;
    let told = loop {
        let told = hive.sockets[1].event("held.changed").await["data"]["held"].clone();
        if told["refused"].is_string() {
            break told;
        }
    };
    assert!(told["refused"].as_str().unwrap().starts_with("You are muted here"), "{told}");
    assert_eq!(hive.said().await, Vec::<String>::new());
    // Once one may write again, it goes out by itself.
    hive.house.pass(Duration::minutes(61));
    hive.house.services.freed.notify_one();
    hive.said_soon(1).await;
}

#[tokio::test]
async fn slow_mode_lets_them_out_one_by_one() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.ok(0, "hive.set", json!({ "name": "Library", "access": "public", "seats": 40, "slow_seconds": 60 })).await;
    hive.act(0, "timer.start", nothing()).await;
    for body in ["one", "two"] {
        hive.hold(1, &key(), body).await;
    }
    hive.act(0, "timer.skip", nothing()).await;
    assert_eq!(hive.said_soon(1).await, ["one"]);
    hive.house.pass(Duration::seconds(61));
    hive.house.services.freed.notify_one();
    assert_eq!(hive.said_soon(2).await, ["one", "two"]);
}

#[tokio::test]
async fn twenty_wait_and_strangers_hold_nothing() {
    let mut hive = Hive::of(&["Bob"]).await;
    let stranger = hive.house.member(&mut hive.people[0], "Eve", "member").await;
    let mut eve = Socket::open(&hive.house, &stranger).await;
    hive.act(0, "timer.start", nothing()).await;
    let ask = hive.with_hive(json!({ "key": key(), "body": "hello" }));
    assert_eq!(eve.refused("chat.hold", ask).await, "forbidden");
    for n in 0..20 {
        hive.hold(1, &key(), &n.to_string()).await;
    }
    // A new server does not know how quickly one wrote.
    let mut hive = hive.restart(Duration::ZERO).await;
    assert_eq!(hive.refused(1, "chat.hold", json!({ "key": key(), "body": "more" })).await, "conflict");
    hive.act(0, "timer.stop", nothing()).await;
    let said = hive.said_soon(20).await;
    assert_eq!(said, (0..20).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_at_the_break_tells_everything_once() {
    let url = database().await;
    let hive = Hive::on(url.clone(), &["Bob"]).await;
    let (id, ada, bob) = (hive.id.clone(), hive.people[0].clone(), hive.people[1].clone());
    hive.close().await;
    let settings = [("DATABASE_URL", url.as_str()), ("FOCUSHIVE_CONNECTS_PER_MINUTE", "1000")];
    let mut server = Process::start(&settings).await;
    let mut expected = Vec::new();
    for round in 0..4_u64 {
        let mut host = Socket::of(server.address, &ada).await;
        let mut guest = Socket::of(server.address, &bob).await;
        host.ok("timer.start", json!({ "hive": id })).await;
        for n in 0..4 {
            let body = format!("{round}.{n}");
            guest.ok("chat.hold", json!({ "hive": id, "key": key(), "body": body })).await;
            expected.push(body);
        }
        host.ok("timer.stop", json!({ "hive": id })).await;
        // Some are out by then, and some are not.
        tokio::time::sleep(std::time::Duration::from_millis(round * 3)).await;
        server.kill().await;
        server.start_again();
        server.wait_until_ready().await;
        let mut host = Socket::of(server.address, &ada).await;
        let began = Instant::now();
        loop {
            let page = host.ok("chat.history", json!({ "hive": id, "limit": 200 })).await;
            let said = bodies(&page["messages"]);
            if said.len() >= expected.len() {
                assert_eq!(said, expected);
                break;
            }
            assert!(began.elapsed().as_secs() < 5, "{said:?}");
        }
    }
}
