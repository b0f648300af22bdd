//! What somebody writes to one other person alone, over every door.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, Hive, Socket, SocketIo, Stomp};

async fn id(hive: &Hive, who: usize, handle: &str) -> String {
    hive.people[who].find(&hive.house, handle).await
}

async fn open(hive: &mut Hive, who: usize, to: &str) -> String {
    hive.sockets[who].ok("message.open", json!({ "to": to })).await["hive"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn two_people_have_one_pair_whoever_opens_it() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    let (ada, bob) = (id(&hive, 1, "ada").await, id(&hive, 0, "bob").await);
    let [one, other, ..] = &mut hive.sockets[..] else { panic!("two sockets") };
    let (first, second) =
        tokio::join!(one.ok("message.open", json!({ "to": bob })), other.ok("message.open", json!({ "to": ada })));
    assert_eq!(first, second, "at the same time");
    let pair = first["hive"].as_str().unwrap().to_owned();
    assert_eq!(open(&mut hive, 0, &bob).await, pair);
    // Each sees it under the other's name, nobody else sees it, and neither rules it.
    for (who, name) in [(0, "Bob"), (1, "Ada")] {
        let listed = hive.sockets[who].ok("hive.list", json!({})).await;
        let card = listed.as_array().unwrap().iter().find(|card| card["hive"]["id"] == *pair).unwrap().clone();
        assert_eq!(
            (&card["hive"]["name"], &card["hive"]["pair"], &card["rank"]),
            (&json!(name), &json!(true), &json!("member"))
        );
        for does in ["hive.archive", "hive.invites"] {
            assert_eq!(hive.sockets[who].refused(does, json!({ "hive": pair })).await, "forbidden", "{does}");
        }
    }
    assert_eq!(hive.sockets[2].refused("hive.look", json!({ "hive": pair })).await, "not_found");
    assert_eq!(hive.sockets[2].refused("chat.history", json!({ "hive": pair })).await, "not_found");
    assert_eq!(hive.sockets[2].join(&format!("hive/{pair}"), None).await["fault"]["code"], "not_found");
    // With oneself, with nobody, and with a stranger there is none.
    assert_eq!(hive.sockets[0].refused("message.open", json!({ "to": ada })).await, "invalid");
    assert_eq!(hive.sockets[0].refused("message.open", json!({ "to": Uuid::now_v7() })).await, "not_found");
    let mut owner = hive.people[0].clone();
    let stranger = hive.house.member(&mut owner, "stranger", "member").await;
    let mut stranger = Socket::open(&hive.house, &stranger).await;
    assert_eq!(stranger.refused("message.open", json!({ "to": bob })).await, "forbidden");
    let key = json!({ "to": bob, "key": Uuid::new_v4(), "body": "Hello" });
    assert_eq!(stranger.refused("message.send", key).await, "forbidden");
}

#[tokio::test]
async fn what_is_written_to_one_alone_reaches_both_over_every_door_once() {
    let mut hive = Hive::of(&["Bob", "Carl"]).await;
    let (ada, bob) = (id(&hive, 1, "ada").await, id(&hive, 0, "bob").await);
    for (who, user) in [(0, &ada), (1, &bob)] {
        hive.sockets[who].join(&format!("user/{user}"), None).await;
    }
    let mut stomp = Stomp::open(&hive.house, "bob@example.org").await;
    stomp.subscribe("m", "/user/queue/msgs", "").await;
    let mut carl = Stomp::open(&hive.house, "carl@example.org").await;
    carl.subscribe("m", "/user/queue/msgs", "").await;
    let mut socketio = SocketIo::open(&hive.house, "/", "bob@example.org").await;
    let mut theirs = Stomp::open(&hive.house, "ada@example.org").await;

    // By STOMP as the seeds have it, by STOMP as we do, by Socket.IO, by REST and natively.
    let envelope = json!({
        "type": "CHAT_MESSAGE", "timestamp": "2026-01-05T10:20:31.412Z", "senderId": ada,
        "payload": { "chatId": bob, "content": "one", "contentType": "TEXT" },
    });
    theirs.send(&format!("/app/msg/{bob}"), "receipt:1\n", &envelope).await;
    theirs.receipt("1").await;
    theirs.send(&format!("/app/msg/{bob}"), "receipt:2\n", &json!({ "body": "two" })).await;
    theirs.receipt("2").await;
    let mut writer = SocketIo::open(&hive.house, "/", "ada@example.org").await;
    let sent = writer.emit("message.send", &json!({ "to": bob, "body": "three" })).await;
    let rest = Client::of(&hive.house, "ada@example.org").await;
    let posted = rest.ask(Method::POST, &format!("/people/{bob}/messages"), json!({ "body": "four" })).await;
    assert_eq!(posted.status, 201, "{}", posted.body);
    let five = json!({ "to": bob, "key": Uuid::new_v4(), "body": "five" });
    let first = hive.sockets[0].ok("message.send", five.clone()).await;
    let again = hive.sockets[0].ok("message.send", five).await;
    assert_eq!(again, first, "the same key is the same message");

    let pair = again["hive"].clone();
    assert_eq!(sent["ok"]["hive"], pair);
    for (n, body) in (1..).zip(["one", "two", "three", "four", "five"]) {
        let heard = stomp.message("CHAT_MESSAGE").await.json();
        let told = (&heard["senderId"], &heard["payload"]["content"], &heard["payload"]["chatId"]);
        assert_eq!(told, (&json!(ada), &json!(body), &pair));
        let heard = socketio.event("private-message").await;
        assert_eq!((&heard["message"], &heard["roomId"], &heard["userId"]), (&json!(body), &pair, &json!(ada)));
        for who in [0, 1] {
            let heard = hive.sockets[who].event("message.new").await["data"].clone();
            assert_eq!((&heard["message"]["body"], &heard["message"]["seq"]), (&json!(body), &json!(n)));
        }
    }
    // The bell says who, and nothing of what was written.
    hive.house.pass(time::Duration::seconds(10));
    let told = hive.sockets[1].event("notification.new").await["data"].clone();
    assert_eq!(told["what"]["hive"]["name"], "Ada and Bob");
    assert_eq!(
        (&told["what"]["kind"], &told["what"]["by"]["name"], &told["aloud"]),
        (&json!("direct"), &json!("Ada"), &json!(true))
    );
    assert!(!told.to_string().contains("\"one\""), "{told}");
    let unread: Value = hive.sockets[1].ok("hive.list", json!({})).await;
    let card = unread.as_array().unwrap().iter().find(|card| card["hive"]["id"] == pair).unwrap();
    assert_eq!(card["unread"], 5);
    // Who has nothing to do with it heard nothing: what comes next is their own.
    let to = id(&hive, 0, "carl").await;
    hive.sockets[1].ok("message.send", json!({ "to": to, "key": Uuid::new_v4(), "body": "to Carl" })).await;
    assert_eq!(carl.message("CHAT_MESSAGE").await.json()["payload"]["content"], "to Carl");
}

#[tokio::test]
async fn whoever_left_is_written_to_no_more_until_they_come_back() {
    let mut hive = Hive::of(&["Bob"]).await;
    let (ada, bob) = (id(&hive, 1, "ada").await, id(&hive, 0, "bob").await);
    let pair = open(&mut hive, 0, &bob).await;
    hive.sockets[0].ok("message.send", json!({ "to": bob, "key": Uuid::new_v4(), "body": "Hello" })).await;
    hive.sockets[1].ok("hive.leave", json!({ "hive": pair })).await;
    let again = json!({ "to": bob, "key": Uuid::new_v4(), "body": "Are you there?" });
    assert_eq!(hive.sockets[0].refused("message.send", again.clone()).await, "conflict");
    assert_eq!(open(&mut hive, 1, &ada).await, pair, "it is the same");
    hive.sockets[0].ok("message.send", again).await;
    let history = hive.sockets[1].ok("chat.history", json!({ "hive": pair })).await;
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_was_deleted_is_gone_from_what_either_missed() {
    let mut hive = Hive::of(&["Bob"]).await;
    let (bob, socket) = (id(&hive, 0, "bob").await, &mut hive.sockets[0]);
    let sent = socket.ok("message.send", json!({ "to": bob, "key": Uuid::new_v4(), "body": "a secret word" })).await;
    let (pair, seq) = (&sent["hive"], &sent["message"]["seq"]);
    let ask = json!({ "hive": pair, "message": seq });
    for does in ["chat.delete", "chat.restore", "chat.delete"] {
        socket.ok(does, ask.clone()).await;
    }
    hive.house.pass(time::Duration::minutes(1));
    server::chat::deleting::wipe(&hive.house.services.db, hive.house.services.clock.now()).await.unwrap();
    let answer = hive.sockets[1].join(&format!("user/{bob}"), Some(0)).await;
    assert!(answer["ok"]["replay"].as_u64().unwrap() > 0, "{answer}");
    // Where it was told, deleted, told again and deleted again.
    for _ in 0..4 {
        let gone = hive.sockets[1].event("message.deleted").await["data"].clone();
        assert_eq!((&gone["hive"], &gone["message"]), (pair, seq));
    }
    let kept: i64 = sqlx::query_scalar("select count(*) from topic_event where data like '%a secret word%'")
        .fetch_one(&hive.house.services.db)
        .await
        .unwrap();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn a_wish_that_is_none_is_refused_with_its_field() {
    let mut hive = Hive::of(&["Bob"]).await;
    let bob = id(&hive, 0, "bob").await;
    let long = json!({ "to": bob, "key": Uuid::new_v4(), "body": "x".repeat(2001) });
    assert_eq!(hive.sockets[0].refused("message.send", long).await, "invalid");
    let mut stomp = Stomp::open(&hive.house, "ada@example.org").await;
    stomp.subscribe("e", "/user/queue/errors", "").await;
    stomp.send("/app/msg/nobody", "", &json!({ "body": "Hello" })).await;
    let refused = stomp.message("ERROR").await.json();
    assert_eq!((&refused["payload"]["code"], &refused["payload"]["field"]), (&json!("invalid"), &json!("to")));
}
