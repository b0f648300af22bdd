//! What becomes of a message, and whom it calls.

use serde_json::json;
use uuid::Uuid;

use crate::{
    chat::{key, scene},
    harness::Socket,
};

#[tokio::test]
async fn one_edits_ones_own_and_the_words_before_are_kept() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let mut bob = scene.listening(&scene.bob).await;
    let message = ada.ok("chat.send", scene.send("teh")).await["seq"].clone();
    let edit = |body: &str| json!({ "hive": scene.hive, "message": message, "body": body });
    assert_eq!(bob.refused("chat.edit", edit("mine")).await, "forbidden");
    ada.ok("chat.edit", edit("the")).await;
    let edited = bob.event("chat.edited").await;
    assert_eq!((&edited["data"]["message"], &edited["data"]["html"]), (&message, &json!("<p>the</p>")));
    let versions = bob.ok("chat.edits", json!({ "hive": scene.hive, "message": message })).await;
    assert_eq!(versions[0]["body"], "teh");
}

#[tokio::test]
async fn deleted_words_are_gone_everywhere() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let mut bob = scene.listening(&scene.bob).await;
    let message = bob.ok("chat.send", scene.send("a secret")).await["seq"].clone();
    let reply = json!({ "hive": scene.hive, "key": key(), "body": "what?", "reply_to": message });
    assert_eq!(ada.ok("chat.send", reply).await["reply"]["excerpt"], "a secret");
    // The owner keeps order.
    ada.ok("chat.delete", json!({ "hive": scene.hive, "message": message })).await;
    let page = bob.ok("chat.history", json!({ "hive": scene.hive })).await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1);
    assert_eq!(page["messages"][0]["reply"]["excerpt"], "");
    let kept = "select (select count(*) from message where body like '%secret%')
                     + (select count(*) from topic_event where data like '%secret%')";
    let kept = || sqlx::query_scalar::<_, i64>(kept).fetch_one(&scene.house.services.db);
    scene.house.services.clock.advance(time::Duration::seconds(31));
    server::chat::deleting::wipe(&scene.house.services.db, scene.house.services.clock.now()).await.unwrap();
    // What quotes it said so when it was written: that alone is left.
    assert_eq!(kept().await.unwrap(), 1);
    let own = ada.ok("chat.send", scene.send("mine")).await["seq"].clone();
    assert_eq!(bob.refused("chat.delete", json!({ "hive": scene.hive, "message": own })).await, "forbidden");
}

#[tokio::test]
async fn whoever_deletes_may_think_again_for_a_moment() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let mut bob = scene.listening(&scene.bob).await;
    let sent = bob.ok("chat.send", scene.send("keep me")).await;
    let with = json!({ "hive": scene.hive, "message": sent["seq"] });
    bob.ok("chat.react", json!({ "hive": scene.hive, "message": sent["seq"], "emoji": "🐝" })).await;
    bob.ok("chat.delete", with.clone()).await;
    assert_eq!(bob.ok("chat.history", json!({ "hive": scene.hive })).await["messages"], json!([]));
    assert_eq!(ada.refused("chat.restore", with.clone()).await, "conflict");
    bob.ok("chat.restore", with.clone()).await;
    let restored = ada.event("chat.restored").await;
    assert_eq!((&restored["data"]["seq"], &restored["data"]["body"]), (&sent["seq"], &sent["body"]));
    assert_eq!(restored["data"]["reactions"][0]["emoji"], "🐝");

    // What somebody else deleted is not one's own to have again.
    ada.ok("chat.delete", with.clone()).await;
    assert_eq!(bob.refused("chat.restore", with.clone()).await, "conflict");
    scene.house.services.clock.advance(time::Duration::seconds(31));
    assert_eq!(ada.refused("chat.restore", with).await, "conflict");
}

#[tokio::test]
async fn what_is_asked_again_because_its_answer_was_lost_is_done_once_and_answered_the_same() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let mut bob = scene.listening(&scene.bob).await;
    let sent = bob.ok("chat.send", scene.send("twice")).await;
    let with = json!({ "hive": scene.hive, "message": sent["seq"] });
    let anew = json!({ "hive": scene.hive, "message": sent["seq"], "body": "once" });
    let emoji = json!({ "hive": scene.hive, "message": sent["seq"], "emoji": "🐝" });
    let acts = [
        ("chat.edit", &anew, "chat.edited"),
        ("chat.react", &emoji, "chat.reacted"),
        ("chat.unreact", &emoji, "chat.unreacted"),
        ("chat.delete", &with, "chat.deleted"),
        ("chat.restore", &with, "chat.restored"),
    ];
    for (act, with, _) in acts {
        assert_eq!(bob.ok(act, with.clone()).await, bob.ok(act, with.clone()).await, "{act}");
    }
    bob.ok("chat.send", scene.send("and then")).await;
    let told = ada.rest().await;
    let told: Vec<&str> =
        told.iter().filter(|told| told.get("seq").is_some()).filter_map(|told| told["event"].as_str()).collect();
    let once = acts.iter().map(|(_, _, event)| *event);
    assert_eq!(told, std::iter::once("chat.created").chain(once).chain(["chat.created"]).collect::<Vec<_>>());
    // What somebody else deleted is nobody else's.
    bob.ok("chat.delete", with.clone()).await;
    assert_eq!(ada.refused("chat.delete", with).await, "not_found");
}

#[tokio::test]
async fn emoji_are_put_once_a_person_and_taken_back() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let message = ada.ok("chat.send", scene.send("cake")).await["seq"].clone();
    let with = |emoji: &str| json!({ "hive": scene.hive, "message": message, "emoji": emoji });
    ada.ok("chat.react", with("🎂")).await;
    ada.ok("chat.react", with("🎂")).await;
    ada.ok("chat.unreact", with("👍")).await;
    let told = ada.rest().await;
    assert_eq!(told.iter().filter(|event| event["event"] == "chat.reacted").count(), 1);
    assert_eq!(told.iter().filter(|event| event["event"] == "chat.unreacted").count(), 0);
    let page = ada.ok("chat.history", json!({ "hive": scene.hive })).await;
    assert_eq!(page["messages"][0]["reactions"][0]["by"].as_array().unwrap().len(), 1);
    assert_eq!(ada.refused("chat.react", with("<b>")).await, "invalid");
}

#[tokio::test]
async fn pinned_messages_are_listed() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let message = ada.ok("chat.send", scene.send("keep this")).await["seq"].clone();
    let with = json!({ "hive": scene.hive, "message": message });
    ada.ok("chat.pin", with.clone()).await;
    assert_eq!(ada.ok("chat.pins", json!({ "hive": scene.hive })).await[0]["body"], "keep this");
    ada.ok("chat.unpin", with).await;
    assert_eq!(ada.ok("chat.pins", json!({ "hive": scene.hive })).await, json!([]));
}

#[tokio::test]
async fn a_whole_hive_is_called_at_once_and_so_are_those_who_are_here() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let mut bob = Socket::open(&scene.house, &scene.bob).await;
    let all = ada.ok("chat.send", scene.send("@hive: tea?")).await;
    assert_eq!(all["mentions"], json!([Uuid::nil()]));
    assert_eq!(all["html"], "<p><span class=\"mention\">@hive</span>: tea?</p>");
    // Nobody has a seat: nobody is here.
    assert_eq!(ada.ok("chat.send", scene.send("@here?")).await.get("mentions"), None);
    let state = bob.ok("chat.read_state", json!({ "hive": scene.hive })).await;
    assert_eq!((state["unread"].as_u64(), state["mentions"].as_u64()), (Some(2), Some(1)));
}

#[tokio::test]
async fn nobody_is_called_as_everybody_is() {
    let scene = scene().await;
    let mut ada = Socket::open(&scene.house, &scene.ada).await;
    for handle in ["hive", "@Here"] {
        assert_eq!(ada.refused("account.set_profile", json!({ "name": "Ada", "handle": handle })).await, "invalid");
    }
}
