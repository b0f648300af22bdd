//! Chat over sockets: stored before it is told, once, in one order.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Hive, House, Person, Socket};

pub fn key() -> String {
    Uuid::new_v4().to_string()
}

/// Ada's public hive, with Bob as a member of it.
pub struct Scene {
    pub house: House,
    pub ada: Person,
    pub bob: Person,
    pub hive: String,
}

pub async fn scene() -> Scene {
    scene_with(&[]).await
}

async fn scene_with(settings: &[(&str, &str)]) -> Scene {
    let house = House::with(settings).await;
    let mut ada = house.owner().await;
    let bob = house.member(&mut ada, "Bob", "member").await;
    let made = Socket::open(&house, &ada).await.ok("hive.create", json!({ "key": key(), "name": "Library" })).await;
    let hive = made["id"].as_str().unwrap().to_owned();
    Socket::open(&house, &bob).await.ok("hive.join", json!({ "hive": hive })).await;
    Scene { house, ada, bob, hive }
}

impl Scene {
    pub fn topic(&self) -> String {
        format!("hive/{}", self.hive)
    }

    /// Somebody's socket that listens to the hive.
    pub async fn listening(&self, person: &Person) -> Socket {
        let mut socket = Socket::open(&self.house, person).await;
        assert!(socket.join(&self.topic(), None).await.get("ok").is_some());
        socket
    }

    pub fn send(&self, body: &str) -> Value {
        json!({ "hive": self.hive, "key": key(), "body": body })
    }

    /// As another process that dies after the commit, before it could tell.
    async fn write_and_die(&self, seq: i64) {
        let mut tx = self.house.services.db.begin().await.unwrap();
        let log = self.hive.parse::<Uuid>().unwrap();
        server::topic::store::advance(&mut *tx, log, 1).await.unwrap();
        let now = self.house.services.clock.now();
        let data = [json!({ "message": 1 }).to_string()];
        server::topic::store::write(&mut *tx, log, seq, now, &["chat.deleted".to_owned()], &data).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_one_says_everybody_hears_once_and_in_order() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let mut bob = scene.listening(&scene.bob).await;
    let first = ada.ok("chat.send", scene.send("Hello **all**")).await;
    let second = bob.ok("chat.send", scene.send("Hello Ada")).await;
    assert_eq!(second["seq"].as_u64().unwrap(), first["seq"].as_u64().unwrap() + 1);
    for socket in [&mut ada, &mut bob] {
        let told = [socket.event("chat.created").await, socket.event("chat.created").await];
        assert_eq!([&told[0]["data"], &told[1]["data"]], [&first, &second]);
        assert_eq!(told[0]["seq"], first["seq"]);
    }
    assert_eq!(first["html"], "<p>Hello <strong>all</strong></p>");
}

#[tokio::test]
async fn a_message_that_is_sent_again_is_the_same_message() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let ask = scene.send("once");
    let first = ada.ok("chat.send", ask.clone()).await;
    let mut tab = Socket::open(&scene.house, &scene.ada).await;
    let (again, with_other_words) = (ada.ok("chat.send", ask.clone()).await, tab.ok("chat.send", ask).await);
    assert_eq!((&again, &with_other_words), (&first, &first));
    let events = ada.rest().await;
    assert_eq!(events.iter().filter(|event| event["event"] == "chat.created").count(), 1);
    let page = ada.ok("chat.history", json!({ "hive": scene.hive })).await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn many_writers_at_once_share_one_order_without_a_hole() {
    let scene = scene_with(&[("FOCUSHIVE_SENDS_PER_MINUTE", "100000")]).await;
    let mut reader = scene.listening(&scene.ada).await;
    let writers = (0..8).map(|n| {
        let person = if n % 2 == 0 { scene.ada.clone() } else { scene.bob.clone() };
        let scene = &scene;
        async move {
            let mut socket = Socket::open(&scene.house, &person).await;
            for m in 0..25 {
                socket.ok("chat.send", scene.send(&format!("{n}/{m}"))).await;
            }
        }
    });
    futures::future::join_all(writers).await;
    let heard: Vec<u64> = reader.rest().await.iter().filter_map(|event| event["seq"].as_u64()).collect();
    assert_eq!(heard.len(), 200);
    assert!(heard.windows(2).all(|pair| pair[1] == pair[0] + 1), "{heard:?}");
}

#[tokio::test]
async fn whoever_comes_back_is_told_what_they_missed() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let first = ada.ok("chat.send", scene.send("one")).await["seq"].as_u64().unwrap();
    let two = ada.ok("chat.send", scene.send("two")).await;
    ada.ok("chat.edit", json!({ "hive": scene.hive, "message": first, "body": "one!" })).await;
    ada.ok("chat.delete", json!({ "hive": scene.hive, "message": two["seq"] })).await;

    let mut bob = Socket::open(&scene.house, &scene.bob).await;
    let joined = bob.join(&scene.topic(), Some(first)).await;
    assert_eq!((joined["ok"]["replay"].as_u64(), joined["ok"]["last"].as_u64()), (Some(3), Some(first + 3)));
    let missed = bob.rest().await;
    let names: Vec<&str> = missed.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["chat.created", "chat.edited", "chat.deleted"]);
    let numbers: Vec<u64> = missed.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [first + 1, first + 2, first + 3]);
}

#[tokio::test]
async fn what_is_too_old_to_be_told_is_a_reset_with_a_snapshot() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    ada.ok("chat.send", scene.send("one")).await;
    ada.ok("chat.send", scene.send("two")).await;
    sqlx::query("delete from topic_event").execute(&scene.house.services.db).await.unwrap();
    for since in [1, 4711] {
        let joined = ada.join(&scene.topic(), Some(since)).await;
        assert_eq!(joined["ok"]["reset"], true, "{joined}");
        assert_eq!(joined["ok"]["snapshot"]["messages"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn what_was_committed_and_never_told_is_fetched() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let last = ada.ok("chat.send", scene.send("one")).await["seq"].as_i64().unwrap();
    ada.event("chat.created").await;
    scene.write_and_die(last + 1).await;

    ada.ok("chat.send", scene.send("two")).await;
    let (lost, next) = (ada.event("chat.deleted").await, ada.event("chat.created").await);
    assert_eq!((lost["seq"].as_i64(), next["seq"].as_i64()), (Some(last + 1), Some(last + 2)));
}

#[tokio::test]
async fn what_was_never_told_is_fetched_even_if_nothing_follows() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let last = ada.ok("chat.send", scene.send("one")).await["seq"].as_i64().unwrap();
    scene.write_and_die(last + 1).await;
    assert_eq!(ada.event("chat.deleted").await["seq"].as_i64(), Some(last + 1));
}

#[tokio::test]
async fn history_is_paged_by_number_from_any_place() {
    let scene = scene_with(&[("FOCUSHIVE_SENDS_PER_MINUTE", "100000")]).await;
    let mut ada = scene.listening(&scene.ada).await;
    let mut numbers = Vec::new();
    for n in 0..30 {
        numbers.push(ada.ok("chat.send", scene.send(&n.to_string())).await["seq"].as_u64().unwrap());
    }
    let cases = [
        (json!(null), 20..30, true, false),
        (json!({ "before": numbers[20] }), 10..20, true, true),
        (json!({ "before": numbers[5] }), 0..5, false, true),
        (json!({ "after": numbers[9] }), 10..20, true, true),
        (json!({ "around": numbers[15] }), 11..21, true, true),
    ];
    for (place, span, earlier, later) in cases {
        let page = ada.ok("chat.history", json!({ "hive": scene.hive, "place": place, "limit": 10 })).await;
        let got: Vec<u64> = page["messages"].as_array().unwrap().iter().map(|m| m["seq"].as_u64().unwrap()).collect();
        assert_eq!(got, numbers[span], "{place}");
        assert_eq!((page["earlier"].as_bool(), page["later"].as_bool()), (Some(earlier), Some(later)), "{place}");
    }
}

#[tokio::test]
async fn reading_and_marking_unread_count_the_same_on_every_device() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let mut numbers = Vec::new();
    for n in 0..5 {
        numbers.push(ada.ok("chat.send", scene.send(&format!("@bob {n}"))).await["seq"].as_u64().unwrap());
    }
    let id = scene.ada.find(&scene.house, "bob").await;
    let (mut desk, mut phone) =
        (Socket::open(&scene.house, &scene.bob).await, Socket::open(&scene.house, &scene.bob).await);
    phone.join(&format!("user/{id}"), None).await;
    let state = desk.ok("chat.read_state", json!({ "hive": scene.hive })).await;
    assert_eq!((state["unread"].as_u64(), state["mentions"].as_u64()), (Some(5), Some(5)));

    let read = |to: u64, revision: u64| json!({ "hive": scene.hive, "to": to, "revision": revision });
    assert_eq!(desk.ok("chat.read", read(numbers[4], 0)).await["unread"], 0);
    assert_eq!(phone.event("read.changed").await["data"]["unread"], 0);
    let state = desk.ok("chat.mark_unread", json!({ "hive": scene.hive, "message": numbers[2] })).await;
    assert_eq!((state["unread"].as_u64(), state["revision"].as_u64()), (Some(3), Some(1)));
    assert_eq!(phone.event("read.changed").await["data"]["unread"], 3);
    // A page that was open before goes on reading, and changes nothing by it.
    assert_eq!(phone.ok("chat.read", read(numbers[4], 0)).await["unread"], 3);
    assert_eq!(phone.ok("chat.read", read(numbers[4], 1)).await["unread"], 0);
    assert_eq!(phone.ok("chat.read", read(u64::from(u32::MAX), 1)).await["read_to"], numbers[4]);
}

#[tokio::test]
async fn slow_mode_and_mutes_are_decided_when_it_is_stored() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let mut bob = scene.listening(&scene.bob).await;
    let set = json!({ "hive": scene.hive, "name": "Library", "access": "public", "slow_seconds": 60 });
    ada.ok("hive.set", set).await;
    bob.ok("chat.send", scene.send("one")).await;
    let refused = bob.ask("chat.send", scene.send("two")).await;
    assert_eq!(refused["fault"]["code"], "not_yet");
    assert!(refused["fault"]["at"].as_str().unwrap().ends_with('Z'));
    ada.ok("chat.send", scene.send("hosts are not slowed")).await;
    ada.ok("chat.send", scene.send("hosts are not slowed")).await;
    scene.house.services.clock.advance(time::Duration::seconds(61));
    bob.ok("chat.send", scene.send("three")).await;

    let id = scene.ada.find(&scene.house, "bob").await;
    scene.house.services.clock.advance(time::Duration::seconds(61));
    ada.ok("hive.mute", json!({ "hive": scene.hive, "user": id, "lasts": "ten_minutes" })).await;
    assert_eq!(bob.refused("chat.send", scene.send("four")).await, "not_yet");
    scene.house.services.clock.advance(time::Duration::minutes(10));
    bob.ok("chat.send", scene.send("five")).await;
}

#[tokio::test]
async fn who_sends_too_much_is_told_to_wait() {
    let scene = scene().await;
    let mut ada = scene.listening(&scene.ada).await;
    let mut refused = 0;
    for n in 0..25 {
        let answer = ada.ask("chat.send", scene.send(&n.to_string())).await;
        if answer["fault"]["code"] == "rate_limited" {
            assert!(answer["fault"]["retry_after_ms"].as_u64().unwrap() > 0);
            refused += 1;
        }
    }
    assert!(refused >= 3, "{refused}");
}

#[tokio::test]
async fn writing_is_seen_by_others_and_stored_nowhere() {
    let scene = scene().await;
    let mut bob = Socket::open(&scene.house, &scene.bob).await;
    let mut ada = Socket::open(&scene.house, &scene.ada).await;
    let live = format!("hive/{}/live", scene.hive);
    assert_eq!(ada.refused("chat.typing", json!({ "hive": scene.hive })).await, "forbidden");
    for socket in [&mut ada, &mut bob] {
        socket.join(&live, None).await;
    }
    ada.ok("chat.typing", json!({ "hive": scene.hive })).await;
    let typing = bob.event("chat.typing").await;
    assert_eq!((&typing["data"]["name"], typing.get("seq")), (&json!("Ada"), None));
}

#[tokio::test]
async fn nobody_is_shown_writing_while_the_hive_focuses() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.start", json!({})).await;
    hive.ok(0, "chat.typing", json!({})).await;
    hive.act(0, "timer.skip", json!({})).await;
    hive.ok(0, "chat.typing", json!({ "typing": false })).await;
    assert_eq!(hive.sockets[1].event("chat.typing").await["data"]["typing"], false);
}

#[tokio::test]
async fn whoever_looks_offline_is_not_seen_writing() {
    let scene = scene().await;
    let mut bob = Socket::open(&scene.house, &scene.bob).await;
    let mut ada = Socket::open(&scene.house, &scene.ada).await;
    let live = format!("hive/{}/live", scene.hive);
    ada.join(&live, None).await;
    bob.join(&live, None).await;
    ada.ok("presence.set", json!({ "choice": "offline" })).await;
    // Neither a connection that is open nor one that comes later shows it.
    let mut phone = Socket::open(&scene.house, &scene.ada).await;
    phone.join(&live, None).await;
    for device in [&mut ada, &mut phone] {
        device.ok("chat.typing", json!({ "hive": scene.hive })).await;
    }
    assert!(bob.rest().await.iter().all(|told| told["event"] != "chat.typing"));
    ada.ok("presence.set", json!({})).await;
    phone.ok("chat.typing", json!({ "hive": scene.hive })).await;
    assert_eq!(bob.event("chat.typing").await["data"]["name"], "Ada");
}

#[tokio::test]
async fn what_is_written_anew_has_a_draft_of_its_own() {
    let scene = scene().await;
    let mut desk = Socket::open(&scene.house, &scene.ada).await;
    let mut phone = Socket::open(&scene.house, &scene.ada).await;
    let mut bob = Socket::open(&scene.house, &scene.bob).await;
    let own = desk.ok("chat.send", scene.send("Hello")).await["seq"].clone();
    let with = |text: &str| json!({ "hive": scene.hive, "message": own, "text": text });
    desk.ok("chat.set_draft", with("Hello there")).await;
    let look = json!({ "hive": scene.hive, "message": own });
    assert_eq!(phone.ok("chat.draft", look.clone()).await["text"], "Hello there");
    // The composer knows nothing of it.
    assert_eq!(phone.ok("chat.draft", json!({ "hive": scene.hive })).await["text"], Value::Null);
    assert_eq!(phone.ok("hive.list", json!({})).await[0]["drafted"], false);
    assert_eq!(bob.refused("chat.set_draft", with("Hello?")).await, "forbidden");
    let nowhere = json!({ "hive": scene.hive, "message": 4000, "text": "x" });
    assert_eq!(desk.refused("chat.set_draft", nowhere).await, "not_found");
    desk.ok("chat.set_draft", with("")).await;
    assert_eq!(phone.ok("chat.draft", look).await["text"], Value::Null);
}

#[tokio::test]
async fn a_draft_is_there_on_the_other_device() {
    let scene = scene().await;
    let mut desk = Socket::open(&scene.house, &scene.ada).await;
    let mut phone = Socket::open(&scene.house, &scene.ada).await;
    desk.ok("chat.set_draft", json!({ "hive": scene.hive, "text": "Hel" })).await;
    assert_eq!(phone.ok("chat.draft", json!({ "hive": scene.hive })).await["text"], "Hel");
    assert_eq!(phone.ok("hive.list", json!({})).await[0]["drafted"], true);
    desk.ok("chat.set_draft", json!({ "hive": scene.hive, "text": "" })).await;
    assert_eq!(phone.ok("chat.draft", json!({ "hive": scene.hive })).await["text"], Value::Null);
    assert_eq!(phone.ok("hive.list", json!({})).await[0]["drafted"], false);
}

#[tokio::test]
async fn how_one_reads_and_looks_is_known_on_every_device() {
    let scene = scene().await;
    let mut desk = Socket::open(&scene.house, &scene.ada).await;
    let mut phone = Socket::open(&scene.house, &scene.ada).await;
    let me = phone.ok("account.look", json!({})).await;
    assert_eq!((&me["read_policy"], &me["presence"]), (&json!("seen"), &Value::Null));
    assert_eq!(me["enter_key"], "sends");
    desk.ok("account.set_enter_key", json!({ "key": "breaks" })).await;
    assert_eq!(phone.ok("account.look", json!({})).await["enter_key"], "breaks");
    desk.ok("account.set_read_policy", json!({ "policy": "by_hand" })).await;
    desk.ok("presence.set", json!({ "choice": "offline" })).await;
    let me = phone.ok("account.look", json!({})).await;
    assert_eq!((&me["read_policy"], &me["presence"]), (&json!("by_hand"), &json!("offline")));
    // As a form says it.
    desk.ok("presence.set", json!({ "choice": "" })).await;
    assert_eq!(phone.ok("account.look", json!({})).await["presence"], Value::Null);
}
