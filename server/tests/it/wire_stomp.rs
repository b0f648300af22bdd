//! STOMP: who comes in, what is asked and told in the same hive as over our own door, and how it ends.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Hive, House, Stomp};

async fn hive_with_bob() -> (Hive, Stomp) {
    let hive = Hive::of(&["Bob"]).await;
    let bob = Stomp::open(&hive.house, "bob@example.org").await;
    (hive, bob)
}

fn envelope(hive: &str, content: &str) -> serde_json::Value {
    json!({
        "type": "CHAT_MESSAGE", "timestamp": "2026-01-05T10:20:31Z", "senderId": "whoever",
        "payload": { "chatId": hive, "content": content, "contentType": "TEXT" },
    })
}

#[tokio::test]
async fn a_hive_is_one_over_both_doors() {
    let (mut hive, mut bob) = hive_with_bob().await;
    let (id, ada) = (hive.id.clone(), hive.sockets[0].id().await);
    bob.subscribe("h", &format!("/topic/hive/{id}"), "").await;
    let snapshot = bob.message("SNAPSHOT").await.json();
    assert_eq!(snapshot["payload"]["snapshot"]["timer"]["is"], "idle");
    hive.sockets[0].join(&format!("hive/{id}"), None).await;

    bob.send(&format!("/app/chat/send/{id}"), "receipt:1\n", &envelope(&id, "from bob")).await;
    bob.receipt("1").await;
    let echo = bob.message("CHAT_MESSAGE").await;
    assert_eq!((echo.header("subscription"), echo.header("event")), ("h", "chat.created"));
    let heard = hive.sockets[0].event("chat.created").await;
    assert_eq!(
        (&heard["data"]["body"], &heard["seq"]),
        (&json!("from bob"), &json!(echo.header("seq").parse::<u64>().unwrap()))
    );
    assert_eq!(heard["data"]["author"]["id"], echo.json()["senderId"], "who sends it is not asked of the envelope");

    hive.ok(0, "chat.send", json!({ "key": uuid::Uuid::new_v4(), "body": "from ada" })).await;
    let told = bob.message("CHAT_MESSAGE").await.json();
    assert_eq!((&told["payload"]["content"], &told["senderId"]), (&json!("from ada"), &json!(ada)));
    hive.ok(0, "chat.typing", json!({})).await;
    assert_eq!(bob.message("CHAT_TYPING").await.json()["senderId"], json!(ada));
    hive.act(0, "timer.start", json!({})).await;
    assert_eq!(bob.message("TIMER_CHANGED").await.json()["payload"]["timer"]["is"], "running");
    let focusing = bob.until(|heard| heard.body.contains("FOCUSING")).await;
    assert_eq!(focusing.kind(), "STATUS_UPDATE");
}

#[tokio::test]
async fn a_reply_comes_with_the_word_it_was_asked_with() {
    let (hive, mut bob) = hive_with_bob().await;
    bob.subscribe("r", "/user/queue/replies", "").await;
    bob.send(&format!("/app/timer/{}/sync", hive.id), "correlation-id:c7\n", &json!({})).await;
    let reply = bob.message("REPLY").await;
    assert_eq!(reply.header("correlation-id"), "c7");
    assert_eq!(reply.json()["payload"]["ok"]["timer"]["is"], "idle");
}

#[tokio::test]
async fn the_same_key_twice_is_one_message() {
    let (hive, mut bob) = hive_with_bob().await;
    bob.subscribe("h", &format!("/topic/chat/{}", hive.id), "").await;
    bob.subscribe("r", "/user/queue/replies", "").await;
    let key = uuid::Uuid::new_v4();
    for correlation in ["a", "b"] {
        let headers = format!("correlation-id:{correlation}\nidempotency-key:{key}\n");
        bob.send(&format!("/app/chat/send/{}", hive.id), &headers, &json!({ "body": "once" })).await;
    }
    let (first, second) = (bob.message("REPLY").await.json(), bob.message("REPLY").await.json());
    assert_eq!(first["payload"]["ok"]["seq"], second["payload"]["ok"]["seq"]);
    bob.send(&format!("/app/chat/send/{}", hive.id), "", &json!({ "body": "twice" })).await;
    assert_eq!(bob.message("CHAT_MESSAGE").await.json()["payload"]["content"], "once");
    assert_eq!(bob.message("CHAT_MESSAGE").await.json()["payload"]["content"], "twice");
}

#[tokio::test]
async fn whoever_comes_back_gets_what_they_missed() {
    let (mut hive, mut bob) = hive_with_bob().await;
    let topic = format!("/topic/chat/{}", hive.id);
    let last = bob.subscribe("h", &topic, "").await.header("last").to_owned();
    drop(bob);
    for n in 1..=3 {
        hive.ok(0, "chat.send", json!({ "key": uuid::Uuid::new_v4(), "body": format!("line {n}") })).await;
    }
    let mut back = Stomp::open(&hive.house, "bob@example.org").await;
    back.subscribe("h", &topic, &format!("since:{last}\n")).await;
    let mut numbers = Vec::new();
    for n in 1..=3 {
        let missed = back.message("CHAT_MESSAGE").await;
        assert_eq!(missed.json()["payload"]["content"], format!("line {n}"));
        numbers.push(missed.header("seq").parse::<u64>().unwrap());
    }
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
}

#[tokio::test]
async fn a_refusal_says_what_is_wrong_and_the_session_goes_on() {
    let (hive, mut bob) = hive_with_bob().await;
    bob.subscribe("e", "/user/queue/errors", "").await;
    let send = format!("/app/chat/send/{}", hive.id);
    bob.send(&send, "correlation-id:x\n", &envelope(&hive.id, &"x".repeat(2001))).await;
    let refused = bob.message("ERROR").await;
    assert_eq!(refused.header("correlation-id"), "x");
    let payload = &refused.json()["payload"];
    assert_eq!(
        (&payload["code"], &payload["step"], &payload["field"]),
        (&json!("invalid"), &json!("content"), &json!("payload.content"))
    );
    // A member may not archive; and the session lives.
    bob.send("/app/hive.archive", "", &json!({ "hive": hive.id })).await;
    let refused = bob.message("ERROR").await.json();
    assert_eq!((&refused["payload"]["code"], &refused["payload"]["step"]), (&json!("forbidden"), &json!("rules")));
    bob.send("/app/hive.list", "receipt:z\n", &json!({})).await;
    bob.receipt("z").await;
}

#[tokio::test]
async fn who_may_not_listen_is_told_so_and_let_go() {
    let (hive, _) = hive_with_bob().await;
    let ada = hive.people[0].clone().find(&hive.house, "ada").await;
    for topic in [format!("/topic/notifications/{ada}"), "/topic/admin".to_owned(), "/topic/board/1".to_owned()] {
        let mut bob = Stomp::open(&hive.house, "bob@example.org").await;
        bob.say(&format!("SUBSCRIBE\nid:1\ndestination:{topic}\nreceipt:r\n\n\0")).await;
        let error = bob.next().await;
        assert_eq!(
            (error.command.as_str(), error.header("destination"), error.header("receipt-id")),
            ("ERROR", topic.as_str(), "r")
        );
        assert_eq!(bob.end().await.1, 1008);
    }
}

#[tokio::test]
async fn only_who_is_known_comes_in() {
    let (house, ada) = House::open().await;
    let mut by_cookie =
        Stomp::dial(&house, &[("cookie", &ada.jar()), ("origin", &format!("http://{}", house.address))]).await.unwrap();
    by_cookie.say("CONNECT\naccept-version:1.2\n\n\0").await;
    assert_eq!(by_cookie.next().await.command, "CONNECTED");
    assert_eq!(
        Stomp::dial(&house, &[("cookie", &ada.jar()), ("origin", "https://evil.example")]).await.err(),
        Some(403)
    );
    for first in [
        "CONNECT\naccept-version:1.2\nAuthorization:Bearer x.y.z\n\n\0",
        "CONNECT\naccept-version:1.2\n\n\0",
        "SEND\ndestination:/app/hive.list\n\n\0",
    ] {
        let mut nobody = Stomp::dial(&house, &[]).await.unwrap();
        nobody.say(first).await;
        let (message, code) = nobody.end().await;
        assert!(message.starts_with("signed_out") && code == 4401, "{message} {code}");
    }
}

#[tokio::test]
async fn a_goodbye_is_answered_after_all_that_was_asked() {
    let (hive, mut bob) = hive_with_bob().await;
    // Two frames and a half in one message, and the other half in the next.
    bob.say(&format!("SEND\ndestination:/app/chat/send/{}\nreceipt:1\n\n{{\"body\":\"last\"}}\0\nDISCONN", hive.id))
        .await;
    bob.say("ECT\nreceipt:2\n\n\0").await;
    assert_eq!(bob.next().await.header("receipt-id"), "1");
    assert_eq!(bob.next().await.header("receipt-id"), "2");
    assert_eq!(bob.end().await, (String::new(), 1000));
}

#[tokio::test]
async fn a_transactions_messages_are_stored_together_or_not_at_all() {
    let (mut hive, mut bob) = hive_with_bob().await;
    let closed = hive.sockets[0].ok("hive.create", json!({ "key": uuid::Uuid::new_v4(), "name": "Closed" })).await;
    let closed = closed["id"].as_str().unwrap().to_owned();
    bob.subscribe("e", "/user/queue/errors", "").await;
    bob.subscribe("h", &format!("/topic/chat/{}", hive.id), "").await;
    for (transaction, second, outcome) in [("a", &closed, "refused"), ("b", &hive.id, "done")] {
        bob.say(&format!("BEGIN\ntransaction:{transaction}\n\n\0")).await;
        for (n, to) in [&hive.id, second].into_iter().enumerate() {
            let body = json!({ "body": format!("{transaction}{n}") });
            bob.send(
                &format!("/app/chat/send/{to}"),
                &format!("transaction:{transaction}\nreceipt:{transaction}{n}\n"),
                &body,
            )
            .await;
        }
        bob.say(&format!("COMMIT\ntransaction:{transaction}\nreceipt:{transaction}\n\n\0")).await;
        if outcome == "done" {
            assert_eq!(
                bob.message("CHAT_MESSAGE").await.json()["payload"]["content"],
                "b0",
                "nothing of the first is there"
            );
            assert_eq!(bob.message("CHAT_MESSAGE").await.json()["payload"]["content"], "b1");
            bob.receipt("b").await;
        } else {
            assert_eq!(bob.message("ERROR").await.json()["payload"]["code"], "forbidden");
        }
    }
    assert!(bob.kept().all(|heard| !heard.header("receipt-id").starts_with('a')), "what was not done has no receipt");
}

#[tokio::test]
async fn a_transaction_of_different_things_leaves_nothing_behind() {
    let (mut hive, mut bob) = hive_with_bob().await;
    let made = hive.sockets[0].ok("hive.create", json!({ "key": uuid::Uuid::new_v4(), "name": "Attic" })).await;
    let attic = made["id"].as_str().unwrap().to_owned();
    hive.sockets[1].ok("hive.join", json!({ "hive": attic })).await;
    let library = hive.id.clone();
    bob.subscribe("e", "/user/queue/errors", "").await;
    bob.subscribe("l", &format!("/topic/chat/{library}"), "").await;
    bob.subscribe("a", &format!("/topic/chat/{attic}"), "").await;
    let (here, there) = (format!("/app/chat/send/{library}"), format!("/app/chat/send/{attic}"));
    let (start, body) = (format!("/app/timer/{library}/start"), |words: &str| json!({ "body": words }));
    for (name, sends) in [
        ("mixed", [(&here, body("halfway")), (&start, json!({}))]),
        ("other", [(&start, json!({})), (&there, body("halfway"))]),
        ("both", [(&here, body("to both")), (&there, body("to both"))]),
    ] {
        bob.say(&format!("BEGIN\ntransaction:{name}\n\n\0")).await;
        for (destination, body) in &sends {
            bob.send(destination, &format!("transaction:{name}\n"), body).await;
        }
        bob.say(&format!("COMMIT\ntransaction:{name}\nreceipt:{name}\n\n\0")).await;
        let told = bob.until(|heard| heard.header("receipt-id") == name).await;
        assert_eq!(told.command, if name == "both" { "RECEIPT" } else { "MESSAGE" }, "{told:?}");
    }
    for _ in 0..2 {
        assert_eq!(bob.message("CHAT_MESSAGE").await.json()["payload"]["content"], "to both");
    }
    bob.subscribe("r", "/user/queue/replies", "").await;
    bob.send(&format!("/app/timer/{library}/sync"), "", &json!({})).await;
    assert_eq!(bob.message("REPLY").await.json()["payload"]["ok"]["timer"]["is"], "idle");
    assert!(!bob.kept().any(|heard| heard.body.contains("halfway")));
}

#[tokio::test]
async fn too_much_and_too_large_end_it() {
    let (hive, mut bob) = hive_with_bob().await;
    bob.say(&format!("SEND\ndestination:/app/chat/send/{}\n\n{}\0", hive.id, "x".repeat(65 * 1024))).await;
    assert_eq!(bob.end().await, ("too_large".to_owned(), 1009));
    let mut bob = Stomp::open(&hive.house, "bob@example.org").await;
    bob.subscribe("e", "/user/queue/errors", "").await;
    for _ in 0..11 {
        bob.send("/app/nothing", "", &json!({})).await;
    }
    assert_eq!(bob.end().await, ("flood".to_owned(), 1008));
}

#[tokio::test]
async fn the_end_of_a_sign_in_and_of_the_server_are_said() {
    let (hive, mut bob) = hive_with_bob().await;
    let id = hive.people[0].clone().find(&hive.house, "bob").await;
    let mut ada = hive.people[0].clone();
    hive.house.services.hub.close_all(1000);
    let goodbye = bob.next().await;
    assert_eq!((goodbye.command.as_str(), goodbye.header("message")), ("ERROR", "restart"));
    assert!(goodbye.header("retry-in-ms").parse::<u64>().unwrap() <= 1500);
    let mut bob = Stomp::open(&hive.house, "bob@example.org").await;
    ada.ask("member.suspend", &[("user", &id)]).await;
    assert_eq!(bob.end().await, ("signed_out".to_owned(), 4401));
}

#[tokio::test]
async fn both_sides_beat_as_they_agreed() {
    let (hive, _) = hive_with_bob().await;
    let token = hive.house.visitor().login("bob@example.org").await["access_token"].as_str().unwrap().to_owned();
    let mut bob = Stomp::dial(&hive.house, &[]).await.unwrap();
    bob.say(&format!("CONNECT\naccept-version:1.1\npasscode:{token}\nheart-beat:0,1000\n\n\0")).await;
    let connected = bob.next().await;
    assert_eq!((connected.header("version"), connected.header("heart-beat")), ("1.1", "10000,25000"));
    assert!(tokio::time::timeout(Duration::from_secs(14), bob.beat()).await.is_ok());
}
