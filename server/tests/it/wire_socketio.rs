//! Socket.IO: who comes in, what is asked and told in the same hive as over our own door.

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Hive, House, Socket, SocketIo};

#[tokio::test]
async fn a_room_is_a_hive() {
    let mut hive = Hive::of(&["Bob"]).await;
    let (id, ada) = (hive.id.clone(), hive.sockets[0].id().await);
    let mut bob = SocketIo::open(&hive.house, "/", "bob@example.org").await;
    assert_eq!(bob.event("connect-confirmed").await["userName"], "Bob");
    let joined = bob.emit("join-room", &json!({ "roomId": id })).await;
    assert_eq!((&joined["success"], &joined["timer"]["is"]), (&json!(true), &json!("idle")));
    assert!(joined["users"].as_array().unwrap().iter().any(|seat| seat["person"]["id"] == json!(ada)), "{joined}");
    hive.sockets[0].join(&format!("hive/{id}"), None).await;

    let key = Uuid::new_v4();
    let sent = bob.emit("send-message", &json!({ "roomId": id, "message": "from bob", "key": key })).await;
    let echo = bob.event("new-message").await;
    assert_eq!((&echo["message"], &echo["seq"]), (&json!("from bob"), &sent["ok"]["seq"]));
    let again = bob.emit("send-message", &json!({ "roomId": id, "message": "from bob", "key": key })).await;
    assert_eq!(again["ok"]["seq"], sent["ok"]["seq"], "the same key is the same message");
    assert_eq!(hive.sockets[0].event("chat.created").await["data"]["body"], "from bob");
    hive.ok(0, "chat.send", json!({ "key": Uuid::new_v4(), "body": "from ada" })).await;
    let told = bob.event("new-message").await;
    assert_eq!((&told["message"], &told["userId"]), (&json!("from ada"), &json!(ada)));

    bob.emit("typing-start", &json!({ "roomId": id })).await;
    assert_eq!(hive.sockets[0].event("chat.typing").await["data"]["typing"], true);
    bob.emit("typing", &json!({ "is_typing": false })).await;
    assert_eq!(hive.sockets[0].event("chat.typing").await["data"]["typing"], false);
    hive.act(0, "timer.start", json!({})).await;
    assert_eq!(bob.event("timer.changed").await["timer"]["is"], "running");
    assert_eq!(bob.emit("timer.sync", &json!({ "hive": id })).await["ok"]["timer"]["is"], "running");
    bob.emit("leave-room", &json!({ "roomId": id })).await;
}

#[tokio::test]
async fn whoever_comes_back_gets_what_they_missed() {
    let mut hive = Hive::of(&["Bob"]).await;
    let mut bob = SocketIo::open(&hive.house, "/", "bob@example.org").await;
    let last = bob.emit("join-room", &json!({ "roomId": hive.id })).await["last"].as_u64().unwrap();
    drop(bob);
    for n in 1..=3 {
        hive.ok(0, "chat.send", json!({ "key": Uuid::new_v4(), "body": format!("line {n}") })).await;
    }
    let mut back = SocketIo::open(&hive.house, "/", "bob@example.org").await;
    let joined = back.emit("join-room", &json!({ "roomId": hive.id, "since": last })).await;
    assert_eq!(joined["replay"], 3);
    for n in 1..=3 {
        let missed = back.event("new-message").await;
        assert_eq!((&missed["message"], &missed["seq"]), (&json!(format!("line {n}")), &json!(last + n)));
    }
}

#[tokio::test]
async fn only_who_is_known_comes_in() {
    let (house, ada) = House::open().await;
    for (space, auth) in [("/", json!({ "token": "x.y.z" })), ("/notifications", json!({}))] {
        let (_, refused) = SocketIo::dial(&house, space, &auth).await;
        assert!(refused.starts_with("44") && refused.contains("signed_out"), "{refused}");
    }
    // A cookie is not asked for: another site's page would bring it along.
    let url = format!("/socket.io/?EIO=4&transport=polling&x={}", ada.cookies.len());
    let open = ada.request(Method::GET, &url).send().await.unwrap();
    assert!(open.headers().get("access-control-allow-origin").is_none());
    assert!(open.text().await.unwrap().starts_with("0{"));
    let token = house.visitor().login("ada@example.org").await["access_token"].clone();
    let (mut late, _) = SocketIo::dial(&house, "/", &json!({})).await;
    assert_eq!(late.emit("authenticate", &json!({ "token": token })).await["success"], true);
    assert_eq!(late.emit("account.look", &json!({})).await["ok"]["handle"], "ada");
    let (mut nobody, _) = SocketIo::dial(&house, "/", &json!({})).await;
    assert_eq!(nobody.emit("hive.list", &json!({})).await["fault"]["code"], "signed_out");
    assert!(nobody.end().await.last().unwrap().starts_with("41"));
}

#[tokio::test]
async fn a_page_of_a_site_that_is_named_may_poll_and_no_other() {
    let house = House::with(&[("FOCUSHIVE_CORS_ORIGINS", "https://app.example")]).await;
    let ada = house.owner().await;
    let path = "/socket.io/?EIO=4&transport=polling";
    for (origin, allowed) in [("https://app.example", true), ("https://evil.example", false)] {
        let open = ada.request(Method::GET, path).header("origin", origin).send().await.unwrap();
        let told = open.headers().get("access-control-allow-origin").map(|told| told.to_str().unwrap().to_owned());
        assert_eq!(told.as_deref(), allowed.then_some(origin));
        let asks = ada.request(Method::OPTIONS, path).header("origin", origin);
        let asks = asks.header("access-control-request-method", "POST").send().await.unwrap();
        assert_eq!(asks.status() == 204, allowed, "{origin}");
    }
}

#[tokio::test]
async fn notifications_begin_with_what_is_ones_own() {
    let (house, ada) = House::open().await;
    let mut page = Socket::open(&house, &ada).await;
    let id = page.id().await;
    let mut io = SocketIo::open(&house, "/notifications", "ada@example.org").await;
    let success = io.event("connection:success").await;
    assert_eq!((&success["userId"], &success["userName"]), (&json!(id), &json!("Ada")));
    assert!(success["timestamp"].is_string() && success["unreadCount"].is_u64());
    page.ok("hive.create", json!({ "key": Uuid::new_v4(), "name": "Library" })).await;
    assert_eq!(io.event("part.changed").await["roomId"], json!(format!("user:{id}")));
}

#[tokio::test]
async fn a_notification_has_a_name_in_each_namespace_and_the_parts_that_are_expected_of_it() {
    let mut hive = Hive::of(&["Bob"]).await;
    let mut main = SocketIo::open(&hive.house, "/", "bob@example.org").await;
    let mut own = SocketIo::open(&hive.house, "/notifications", "bob@example.org").await;
    own.event("notification:count").await;
    main.emit("ping", &json!(null)).await;
    hive.ok(0, "chat.send", json!({ "key": Uuid::new_v4(), "body": "@bob look" })).await;
    hive.house.pass(time::Duration::seconds(6));
    let told = own.event("notification:new").await;
    assert_eq!(main.event("notification").await["notificationId"], told["id"]);
    assert_eq!(
        (&told["notificationType"], &told["title"], &told["message"]),
        (&json!("MENTION"), &json!("Ada mentioned you in Library"), &json!("Ada mentioned you in Library"))
    );
    assert_eq!(own.event("notification:count").await["unreadCount"], json!(1));
    own.emit("mark.read", &json!({ "notificationId": told["id"] })).await;
    let read = own.event("notification:read").await;
    assert!(read["notificationId"] == told["id"] && read["readAt"].is_string(), "{read}");
    assert_eq!(own.event("notification:count").await["count"], json!(0));
}

#[tokio::test]
async fn what_is_refused_is_an_error_and_too_much_of_it_is_the_end() {
    let hive = Hive::of(&["Bob"]).await;
    let mut bob = SocketIo::open(&hive.house, "/", "bob@example.org").await;
    let refused = bob.emit("join-room", &json!({ "roomId": Uuid::new_v4() })).await;
    assert_eq!((&refused["success"], &refused["fault"]["code"]), (&json!(false), &json!("not_found")));
    assert_eq!(bob.event("error").await["event"], "join-room");
    let refused = bob.emit("send-message", &json!({ "roomId": hive.id, "message": "x".repeat(2001) })).await;
    assert_eq!(refused["fault"]["code"], "invalid");
    for _ in 0..8 {
        bob.emit("nothing", &json!({})).await;
    }
    let last = bob.emit_and_end("nothing").await;
    assert!(last.iter().any(|word| word.contains("flood")), "{last:?}");
}

#[tokio::test]
async fn the_end_of_a_sign_in_ends_its_sockets() {
    let hive = Hive::of(&["Bob"]).await;
    let mut bob = SocketIo::open(&hive.house, "/", "bob@example.org").await;
    bob.emit("ping", &json!(null)).await;
    let mut ada = hive.people[0].clone();
    let id = ada.find(&hive.house, "bob").await;
    ada.ask("member.suspend", &[("user", &id)]).await;
    let words = bob.end().await;
    assert!(words.iter().any(|word| word.contains("signed_out")), "{words:?}");
}
