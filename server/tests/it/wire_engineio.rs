//! Engine.IO v4 and Socket.IO v5 to the letter: sessions made of polls, on a socket, and from the one
//! to the other; what is refused, and how it ends.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::{connect_async, tungstenite::Message};
use uuid::Uuid;

use crate::harness::{
    Hive, House,
    engineio::{PATIENCE, Polls, hear, say, socket, token},
};

#[tokio::test]
async fn who_asks_for_something_else_is_refused() {
    let (house, _) = House::open().await;
    let mut visitor = house.visitor();
    for (method, query, code) in [
        (Method::GET, "transport=polling", 5),
        (Method::GET, "EIO=abc&transport=polling", 5),
        (Method::GET, "EIO=3&transport=polling", 5),
        (Method::GET, "EIO=4", 0),
        (Method::GET, "EIO=4&transport=abc", 0),
        (Method::POST, "EIO=4&transport=polling", 2),
        (Method::PUT, "EIO=4&transport=polling", 2),
        (Method::GET, "EIO=4&transport=polling&sid=abc", 1),
        (Method::GET, "EIO=4&transport=polling&sid=9f2b1c3e-0000-4000-8000-000000000000", 1),
        (Method::GET, "EIO=4&transport=websocket", 3),
    ] {
        let refused = visitor.send(visitor.request(method, &format!("/socket.io/?{query}"))).await;
        assert_eq!((refused.status, &refused.json()["code"]), (400, &json!(code)), "{query}");
    }
    for query in ["transport=websocket", "EIO=abc&transport=websocket", "EIO=4", "EIO=4&transport=websocket&sid=abc"] {
        let refused = connect_async(format!("ws://{}/socket.io/?{query}", house.address)).await;
        assert!(refused.is_err(), "{query}");
    }
}

#[tokio::test]
async fn a_session_is_made_of_polls_and_posts() {
    let mut hive = Hive::of(&["Bob"]).await;
    let mut bob = Polls::open(&hive.house).await;
    let token = token(&hive.house, "bob@example.org").await;
    bob.say(&format!("40{}", json!({ "token": token }))).await;
    assert!(bob.hear().await.starts_with(r#"40{"sid":""#));
    assert!(bob.hear().await.starts_with(r#"42["connect-confirmed","#));
    // Several packets come as one text, bytes as letters among them.
    let join = format!(r#"421["join-room","{}"]"#, hive.id);
    bob.say(&format!("{join}\u{1e}452-2[\"ping\",{{\"_placeholder\":true,\"num\":0}}]\u{1e}bAQID\u{1e}bBA==")).await;
    let joined = bob.hear_of("42[\"room-joined\"").await;
    assert!(joined.contains(&hive.id), "{joined}");
    assert!(bob.hear_of("431[").await.contains(r#""success":true"#));
    assert!(bob.hear_of("432[").await.contains(r#""pong":true"#));
    hive.ok(0, "chat.send", json!({ "key": Uuid::new_v4(), "body": "from ada" })).await;
    assert!(bob.hear_of("42[\"new-message\"").await.contains("from ada"));
    // A poll that waits ends with the session: nothing is told any more by then.
    bob.say(&format!(r#"423["leave-room","{}"]"#, hive.id)).await;
    bob.hear_of("433[").await;
    let mut other = Polls { person: bob.person.clone(), id: bob.id.clone(), waiting: Vec::new() };
    let polling = tokio::spawn(async move { other.poll().await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    bob.say("1").await;
    assert_eq!(timeout(PATIENCE, polling).await.unwrap().unwrap(), (200, "6".to_owned()));
    bob.is_over().await;
}

#[tokio::test]
async fn what_is_no_packet_ends_a_session_of_polls() {
    let (house, _) = House::open().await;
    for broken in ["abc", "", "4", "4abc", "2probe", "bAQID", "42[\"a\"", "451-[\"a\",{}]\u{1e}42[\"b\"]"] {
        let mut polls = Polls::open(&house).await;
        assert_eq!(polls.post(broken).await.0, 400, "{broken}");
        polls.is_over().await;
    }
    let mut polls = Polls::open(&house).await;
    assert_eq!(polls.post(&format!("4{}", "x".repeat(70_000))).await.0, 413);
    polls.is_over().await;
    // Two polls at once would get the words in no order: both end.
    let mut one = Polls::open(&house).await;
    let mut two = Polls { person: one.person.clone(), id: one.id.clone(), waiting: Vec::new() };
    let polling = tokio::spawn(async move { two.poll().await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(one.poll().await.0, 400);
    assert_eq!(timeout(PATIENCE, polling).await.unwrap().unwrap(), (200, "1".to_owned()));
    one.is_over().await;
    // What was told last to one that broke off is uncertain.
    let mut gone = Polls::open(&house).await;
    let polling = gone.person.request(Method::GET, &gone.path()).timeout(Duration::from_millis(200));
    assert!(polling.send().await.is_err());
    tokio::time::sleep(Duration::from_millis(200)).await;
    gone.is_over().await;
}

#[tokio::test]
async fn what_is_no_packet_ends_a_socket() {
    let (house, _) = House::open().await;
    for broken in ["abc", "4abc", "2", "2probe", "42{}", "42abc[\"a\"]", "44{}", "451-[\"a\",{}]\u{1e}"] {
        let mut stream = socket(&house, "").await;
        assert!(hear(&mut stream).await.contains(r#""upgrades":[]"#));
        say(&mut stream, broken).await;
        assert_eq!(hear(&mut stream).await, "closed", "{broken}");
    }
    let mut stream = socket(&house, "").await;
    hear(&mut stream).await;
    stream.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(hear(&mut stream).await, "closed", "bytes that belong to nothing");
    let mut stream = socket(&house, "").await;
    hear(&mut stream).await;
    say(&mut stream, "1").await;
    assert_eq!(hear(&mut stream).await, "closed");
}

#[tokio::test]
async fn namespaces_are_connected_and_left_one_by_one() {
    let (house, _) = House::open().await;
    let auth = json!({ "token": token(&house, "ada@example.org").await });
    let mut stream = socket(&house, "").await;
    hear(&mut stream).await;
    say(&mut stream, "40/nowhere,").await;
    assert_eq!(hear(&mut stream).await, r#"44/nowhere,{"message":"Invalid namespace"}"#);
    say(&mut stream, "40/notifications,{\"token\":\"x\"}").await;
    assert_eq!(hear(&mut stream).await, r#"44/notifications,{"message":"signed_out"}"#);
    say(&mut stream, &format!("40/notifications,{auth}")).await;
    assert!(hear(&mut stream).await.starts_with(r#"40/notifications,{"sid":""#));
    assert!(hear(&mut stream).await.starts_with(r#"42/notifications,["connection:success","#));
    assert!(hear(&mut stream).await.starts_with(r#"42/notifications,["notification:count","#));
    say(&mut stream, &format!("40{auth}")).await;
    assert!(hear(&mut stream).await.starts_with(r#"40{"sid":""#));
    assert!(hear(&mut stream).await.starts_with(r#"42["connect-confirmed","#));
    say(&mut stream, "41").await;
    // What is said where one is not connected is said to nobody.
    say(&mut stream, r#"421["ping"]"#).await;
    say(&mut stream, r#"42/notifications,2["ping"]"#).await;
    assert!(hear(&mut stream).await.starts_with("43/notifications,2["));
    say(&mut stream, &format!("40{auth}")).await;
    assert!(hear(&mut stream).await.starts_with(r#"40{"sid":""#), "one may come back");
}

#[tokio::test]
async fn a_session_moves_to_a_socket_without_losing_a_word() {
    let mut hive = Hive::of(&["Bob"]).await;
    let mut bob = Polls::open(&hive.house).await;
    let auth = json!({ "token": token(&hive.house, "bob@example.org").await });
    bob.say(&format!("40{auth}")).await;
    bob.say(&format!(r#"421["join-room","{}"]"#, hive.id)).await;
    bob.hear_of("431[").await;
    let mut other = Polls { person: bob.person.clone(), id: bob.id.clone(), waiting: Vec::new() };
    let polling = tokio::spawn(async move { other.hear_of("6").await });
    let mut stream = socket(&hive.house, &format!("&sid={}", bob.id)).await;
    say(&mut stream, "2probe").await;
    assert_eq!(hear(&mut stream).await, "3probe");
    assert_eq!(timeout(PATIENCE, polling).await.unwrap().unwrap(), "6", "a poll does not wait meanwhile");
    for n in 1..=3 {
        hive.ok(0, "chat.send", json!({ "key": Uuid::new_v4(), "body": format!("line {n}") })).await;
    }
    say(&mut stream, "5").await;
    let mut lines = Vec::new();
    while lines.len() < 3 {
        let packet = hear(&mut stream).await;
        if packet.starts_with("42[\"new-message\"") {
            lines.push(packet);
        }
    }
    assert!(lines.iter().zip(1..).all(|(packet, n)| packet.contains(&format!("line {n}"))), "{lines:?}");
    bob.is_over().await;
    let twice =
        connect_async(format!("ws://{}/socket.io/?EIO=4&transport=websocket&sid={}", hive.house.address, bob.id));
    assert!(twice.await.is_err(), "it is on one socket");
    say(&mut stream, r#"427["ping"]"#).await;
    while !hear(&mut stream).await.starts_with("437[") {}
}

#[tokio::test]
async fn one_socket_at_a_time_is_tried_for_a_session() {
    let (house, _) = House::open().await;
    let polls = Polls::open(&house).await;
    let mut stream = socket(&house, &format!("&sid={}", polls.id)).await;
    say(&mut stream, "2probe").await;
    assert_eq!(hear(&mut stream).await, "3probe");
    let mut other = socket(&house, &format!("&sid={}", polls.id)).await;
    assert_eq!(hear(&mut other).await, "closed");
    say(&mut stream, "5").await;
    say(&mut stream, "40{}").await;
    assert!(hear(&mut stream).await.starts_with("40{"));
}

#[tokio::test]
async fn a_poll_that_comes_while_a_socket_is_tried_waits_for_what_becomes_of_it() {
    let (house, _) = House::open().await;
    let mut polls = Polls::open(&house).await;
    let mut stream = socket(&house, &format!("&sid={}", polls.id)).await;
    say(&mut stream, "2probe").await;
    assert_eq!(hear(&mut stream).await, "3probe");
    assert_eq!(polls.poll().await, (200, "6".to_owned()), "nothing came of it yet");
    for _ in 0..10 {
        let mut polls = Polls::open(&house).await;
        let mut stream = socket(&house, &format!("&sid={}", polls.id)).await;
        say(&mut stream, "2probe").await;
        say(&mut stream, "5").await;
        assert_eq!(polls.poll().await.0, 400, "it has moved");
    }
}

#[tokio::test]
async fn who_says_goodbye_hears_it_whichever_request_comes_first() {
    let (house, _) = House::open().await;
    let mut polls = Polls::open(&house).await;
    polls.say("1").await;
    assert_eq!(polls.poll().await, (200, "6".to_owned()));
    polls.is_over().await;
}

#[tokio::test]
async fn who_takes_no_answers_or_asks_without_end_is_let_go() {
    let house = House::with(&[("FOCUSHIVE_FRAMES_PER_MINUTE", "60")]).await;
    house.owner().await;
    for words in ["3", "41", "40/nowhere,", "42[\"a\"]"] {
        let mut stream = socket(&house, "").await;
        hear(&mut stream).await;
        for _ in 0..500 {
            if stream.send(Message::text(words)).await.is_err() {
                break;
            }
        }
        while hear(&mut stream).await != "closed" {}
    }
}

#[tokio::test]
async fn sessions_that_say_nothing_are_bounded_by_where_they_come_from() {
    let house = House::with(&[("FOCUSHIVE_SILENT_CONNECTIONS", "3")]).await;
    house.owner().await;
    let mut first = Polls::open(&house).await;
    for _ in 0..2 {
        Polls::open(&house).await;
    }
    let open = || house.visitor().request(Method::GET, "/socket.io/?EIO=4&transport=polling").send();
    assert_eq!(open().await.unwrap().status(), 503);
    first.say(&format!("40{}", json!({ "token": token(&house, "ada@example.org").await }))).await;
    first.hear_of("40{").await;
    assert_eq!(open().await.unwrap().status(), 200, "who has said who they are is none of them");
}

#[tokio::test]
async fn who_left_a_namespace_hears_nothing_of_it() {
    let mut hive = Hive::of(&["Bob"]).await;
    let auth = json!({ "token": token(&hive.house, "bob@example.org").await });
    let mut stream = socket(&hive.house, "").await;
    hear(&mut stream).await;
    say(&mut stream, &format!("40{auth}")).await;
    say(&mut stream, &format!(r#"421["join-room","{}"]"#, hive.id)).await;
    while !hear(&mut stream).await.starts_with("431[") {}
    say(&mut stream, "41").await;
    say(&mut stream, &format!("40{auth}")).await;
    while !hear(&mut stream).await.starts_with("42[\"connect-confirmed\"") {}
    hive.ok(0, "chat.send", json!({ "key": Uuid::new_v4(), "body": "for others" })).await;
    say(&mut stream, r#"422["ping"]"#).await;
    loop {
        let packet = hear(&mut stream).await;
        assert!(!packet.contains("for others"), "{packet}");
        if packet.starts_with("432[") {
            break;
        }
    }
}

#[tokio::test]
async fn a_try_that_fails_leaves_the_session_as_it_was() {
    let (house, _) = House::open().await;
    let mut polls = Polls::open(&house).await;
    let mut stream = socket(&house, &format!("&sid={}", polls.id)).await;
    say(&mut stream, "4hello").await;
    assert_eq!(hear(&mut stream).await, "closed");
    let mut stream = socket(&house, &format!("&sid={}", polls.id)).await;
    say(&mut stream, "2probe").await;
    assert_eq!(hear(&mut stream).await, "3probe");
    drop(stream);
    polls.say("40{}").await;
    assert!(polls.hear_of("40{").await.contains("sid"));
}

#[tokio::test]
async fn who_does_not_answer_is_gone() {
    let house = House::with(&[("FOCUSHIVE_DEAD_SECONDS", "2"), ("FOCUSHIVE_PING_SECONDS", "1")]).await;
    house.owner().await;
    let auth = json!({ "token": token(&house, "ada@example.org").await });
    let (mut awake, mut asleep) = (socket(&house, "").await, socket(&house, "").await);
    let mut polls = Polls::open(&house).await;
    for stream in [&mut awake, &mut asleep] {
        assert!(hear(stream).await.contains(r#""pingInterval":1000,"pingTimeout":2000"#));
        say(stream, &format!("40{auth}")).await;
        hear(stream).await;
        hear(stream).await;
    }
    polls.say(&format!("40{auth}")).await;
    for _ in 0..4 {
        assert_eq!(hear(&mut awake).await, "2");
        say(&mut awake, "3").await;
    }
    assert_eq!((hear(&mut asleep).await.as_str(), hear(&mut asleep).await.as_str()), ("2", "closed"));
    polls.is_over().await;
    say(&mut awake, r#"421["ping"]"#).await;
    while !hear(&mut awake).await.starts_with("431[") {}
}

#[tokio::test]
async fn who_connects_to_nothing_is_gone() {
    let house = House::with(&[("FOCUSHIVE_HANDSHAKE_SECONDS", "1")]).await;
    house.owner().await;
    let mut polls = Polls::open(&house).await;
    let mut stream = socket(&house, "").await;
    hear(&mut stream).await;
    // Leaving what one never was in does not count.
    let leaving = async {
        loop {
            say(&mut stream, "41").await;
            if timeout(Duration::from_millis(300), stream.next()).await.is_ok() {
                break;
            }
        }
    };
    timeout(PATIENCE, leaving).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    polls.is_over().await;
}
