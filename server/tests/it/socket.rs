//! Our own door: who comes in, what is refused, and how it ends.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::json;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::harness::{Hive, House, Socket};

#[tokio::test]
async fn a_page_of_ours_is_known_by_its_cookie_and_a_client_by_its_token() {
    let (house, ada) = House::open().await;
    let mut page = Socket::open(&house, &ada).await;
    assert_eq!(page.ok("account.look", json!({})).await["handle"], "ada");

    let token = house.visitor().login("ada@example.org").await["access_token"].clone();
    let mut client = Socket::with(&house, &[]).await.unwrap();
    let welcome = client.exchange(json!({ "hello": { "token": token } })).await;
    assert_eq!(welcome["ok"]["user"], page.ok("account.look", json!({})).await["id"]);
    assert_eq!(client.ok("account.look", json!({})).await["handle"], "ada");
}

#[tokio::test]
async fn somebody_who_does_not_say_who_they_are_is_let_go() {
    let (house, _) = House::open().await;
    for frame in [json!({ "hello": { "token": "x.y.z" } }), json!({ "do": "hive.list" })] {
        let mut nobody = Socket::with(&house, &[]).await.unwrap();
        assert_eq!(nobody.exchange(frame).await["fault"]["code"], "signed_out");
        assert_eq!(nobody.end().await, ("signed_out".to_owned(), 4401));
    }
}

#[tokio::test]
async fn another_sites_page_opens_no_socket_with_our_cookie() {
    let (house, ada) = House::open().await;
    let jar: Vec<String> = ada.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for origin in ["https://evil.example", "null"] {
        let opened = Socket::with(&house, &[("cookie", &jar.join("; ")), ("origin", origin)]).await;
        assert_eq!(opened.err(), Some(403), "{origin}");
    }
}

#[tokio::test]
async fn a_ping_comes_back_with_the_time() {
    let (house, ada) = House::open().await;
    let mut socket = Socket::open(&house, &ada).await;
    socket.say(&json!({ "ping": 123 })).await;
    let pong = socket.hear().await.unwrap();
    assert_eq!(pong["pong"], 123);
    assert!(pong["now"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_too_much_of_it_ends_the_socket() {
    let (house, ada) = House::open().await;
    let mut socket = Socket::open(&house, &ada).await;
    let deep = "[".repeat(20_000);
    for text in ["", "{", "[1]", "{\"do\":\"nothing\"}", deep.as_str()] {
        socket.send(Message::text(text)).await;
        assert_eq!(socket.hear().await.unwrap()["fault"]["code"], "invalid", "{text:.40}");
    }
    for _ in 0..6 {
        socket.send(Message::text("{")).await;
    }
    assert_eq!(socket.end().await, ("flood".to_owned(), 1008));
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_the_socket() {
    let (house, ada) = House::open().await;
    for size in [64 * 1024, 4 * 1024 * 1024] {
        let mut socket = Socket::open(&house, &ada).await;
        socket.send(Message::text(format!("{{\"ping\":1{}}}", " ".repeat(size)))).await;
        let (reason, code) = socket.end().await;
        // Far beyond the limit the peer may be cut off while it is still sending.
        assert!((reason.as_str(), code) == ("too_large", 1009) || size > 1024 * 1024, "{size}: {reason} {code}");
    }
    let mut binary = Socket::open(&house, &ada).await;
    binary.send(Message::binary(vec![0; 16])).await;
    assert_eq!(binary.end().await, ("malformed".to_owned(), 1007));
}

#[tokio::test]
async fn sockets_opened_by_the_dozen_are_refused() {
    let (house, ada) = House::open().await;
    let jar: Vec<String> = ada.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut refused = 0;
    for _ in 0..25 {
        refused += u32::from(Socket::with(&house, &[("cookie", &jar.join("; "))]).await.err() == Some(429));
    }
    assert!((4..=5).contains(&refused), "{refused}");
    let mut strangers = 0;
    for _ in 0..25 {
        strangers += u32::from(Socket::with(&house, &[]).await.err() == Some(429));
    }
    assert!((4..=5).contains(&strangers), "{strangers}");
}

#[tokio::test]
async fn the_end_of_a_sign_in_ends_its_sockets() {
    let (house, mut ada) = House::open().await;
    let mut bob = house.member(&mut ada, "Bob", "member").await;
    let mut signed_out = Socket::open(&house, &bob).await;
    bob.submit("/settings", "auth.sign_out", &[]).await;
    assert_eq!(signed_out.end().await, ("signed_out".to_owned(), 4401));

    bob.sign_in("bob@example.org", crate::harness::PASSWORD).await;
    let mut suspended = Socket::open(&house, &bob).await;
    let id = ada.find(&house, "bob").await;
    ada.ask("member.suspend", &[("user", &id)]).await;
    assert_eq!(suspended.end().await, ("signed_out".to_owned(), 4401));
}

#[tokio::test]
async fn a_new_password_ends_the_sockets_of_every_other_sign_in() {
    let (house, mut ada) = House::open().await;
    let mut elsewhere = house.visitor();
    elsewhere.sign_in("ada@example.org", crate::harness::PASSWORD).await;
    let token = house.visitor().login("ada@example.org").await["access_token"].as_str().unwrap().to_owned();
    let mut own = Socket::open(&house, &ada).await;
    let cookie = Socket::open(&house, &elsewhere).await;
    let mut client = Socket::with(&house, &[("authorization", &format!("Bearer {token}"))]).await.unwrap();
    client.ok("account.look", json!({})).await;
    let passwords = [("current", crate::harness::PASSWORD), ("new", "eight grey geese")];
    assert_eq!(ada.ask("account.change_password", &passwords).await.status, 200);
    for mut theirs in [cookie, client] {
        let end = tokio::time::timeout(Duration::from_secs(2), theirs.end()).await;
        assert_eq!(end.unwrap(), ("signed_out".to_owned(), 4401));
    }
    own.ok("account.look", json!({})).await;
}

#[tokio::test]
async fn a_changed_role_brings_the_socket_back_with_the_new_one() {
    let (house, mut ada) = House::open().await;
    let bob = house.member(&mut ada, "Bob", "member").await;
    let id = ada.find(&house, "bob").await;
    let mut socket = Socket::open(&house, &bob).await;
    socket.join(&format!("user/{id}"), None).await;
    assert_eq!(socket.refused("member.list", json!({})).await, "forbidden");
    ada.ask("member.set_role", &[("user", &id), ("role", "admin")]).await;
    assert_eq!(socket.end().await, ("changed".to_owned(), 4205));

    let mut back = Socket::open(&house, &bob).await;
    let joined = back.join(&format!("user/{id}"), Some(0)).await;
    // The note about it may have been told by now as well.
    assert!(joined["ok"]["replay"].as_u64().unwrap() >= 1, "{joined}");
    assert_eq!(back.event("role.changed").await["data"]["role"], "admin");
    back.ok("member.list", json!({})).await;
}

#[tokio::test]
async fn after_the_last_word_nothing_is_told() {
    let mut hive = Hive::of(&["Bob"]).await;
    let topic = format!("hive/{}", hive.id);
    let mut request = format!("ws://{}/ws", hive.house.address).into_client_request().unwrap();
    let headers = [("cookie", hive.people[1].jar()), ("origin", format!("http://{}", hive.house.address))];
    for (name, value) in headers {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let (mut bob, _) = connect_async(request).await.unwrap();
    bob.send(Message::text(json!({ "join": topic }).to_string())).await.unwrap();
    bob.next().await.unwrap().unwrap();
    bob.send(Message::binary(vec![1])).await.unwrap();
    // He reads nothing, so the server waits a while for his goodbye; the others go on meanwhile.
    tokio::time::sleep(Duration::from_millis(200)).await;
    hive.ok(0, "chat.send", json!({ "key": uuid::Uuid::new_v4(), "body": "Still here" })).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut heard = Vec::new();
    while let Some(frame) = bob.next().await {
        // What comes after a goodbye is an error to the library.
        heard.push(frame.unwrap());
    }
    assert!(matches!(heard.as_slice(), [Message::Text(_), Message::Close(Some(_))]), "{heard:?}");
}

#[tokio::test]
async fn nobody_listens_to_what_is_not_theirs() {
    let (house, mut ada) = House::open().await;
    let bob = house.member(&mut ada, "Bob", "member").await;
    let other = ada.find(&house, "ada").await;
    let mut socket = Socket::open(&house, &bob).await;
    for topic in [format!("user/{other}"), "admin".to_owned(), format!("sector/{other}"), format!("hive/{other}")] {
        assert_eq!(socket.join(&topic, None).await["fault"]["code"], "not_found", "{topic}");
    }
    assert!(socket.join("announcements", None).await.get("ok").is_some());
}

#[tokio::test]
async fn a_server_that_goes_says_when_to_come_back() {
    let (house, ada) = House::open().await;
    let mut socket = Socket::open(&house, &ada).await;
    socket.ok("account.look", json!({})).await;
    house.services.hub.close_all(1000);
    let bye = socket.hear().await.unwrap();
    assert_eq!(bye["bye"]["reason"], "restart");
    assert!(bye["bye"]["retry_in_ms"].as_u64().unwrap() <= 1500);
    assert_eq!(socket.end().await.1, 1012);
}
