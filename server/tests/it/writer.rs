//! What a server remembers of those who write is looked at when their next words are written: another
//! server may have changed it since.

use serde_json::json;
use time::Duration;

use crate::{chat::scene, harness::Socket};

#[tokio::test]
async fn what_another_server_did_counts_for_the_next_word() {
    let scene = scene().await;
    let beside = scene.house.beside().await;
    let mut bob = scene.listening(&scene.bob).await;
    // Their sign-ins hold there too.
    let mut ada = Socket::of(beside.address, &scene.ada).await;
    let mut far_bob = Socket::of(beside.address, &scene.bob).await;
    let first = bob.ok("chat.send", scene.send("one")).await["seq"].as_u64().unwrap();
    assert_eq!(bob.ok("chat.send", scene.send("two")).await["seq"], first + 1);
    ada.ok("chat.send", scene.send("three")).await;
    ada.ok("chat.pin", json!({ "hive": scene.hive, "message": first })).await;
    let again = scene.send("four");
    let four = bob.ok("chat.send", again.clone()).await;
    assert_eq!(four["seq"], first + 4, "nothing is written over what happened meanwhile");
    assert_eq!(bob.ok("chat.send", again).await, four, "the same key is the same message");

    far_bob.ok("account.set_profile", json!({ "name": "Robert", "handle": "bob" })).await;
    assert_eq!(bob.ok("chat.send", scene.send("five")).await["author"]["name"], "Robert");
    let id = far_bob.id().await;
    ada.ok("hive.mute", json!({ "hive": scene.hive, "user": id, "lasts": "ten_minutes" })).await;
    assert_eq!(bob.refused("chat.send", scene.send("six")).await, "not_yet");
    scene.house.services.clock.advance(Duration::minutes(11));
    bob.ok("chat.send", scene.send("seven")).await;
    ada.ok("hive.archive", json!({ "hive": scene.hive })).await;
    assert_eq!(bob.refused("chat.send", scene.send("eight")).await, "conflict");
}
