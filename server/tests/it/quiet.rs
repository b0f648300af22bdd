//! What a silence keeps, and what it lets through when it ends: nothing that came in at its edges is
//! lost, and nothing of it makes a sound.

use serde_json::{Value, json};
use sqlx::query_scalar;
use time::Duration;
use uuid::Uuid;

use crate::harness::{Hive, PASSWORD, Process, Socket, database};

/// Longer than what was written is held back.
const TOLD_BY: Duration = Duration::seconds(6);

async fn mention(hive: &mut Hive) -> u64 {
    let sent = hive.ok(1, "chat.send", json!({ "key": Uuid::new_v4(), "body": "@ada look" })).await;
    sent["seq"].as_u64().unwrap()
}

async fn focus(hive: &mut Hive) {
    hive.act(0, "timer.start", json!({})).await;
    hive.sockets[0].event("bell.changed").await;
}

async fn card(hive: &mut Hive) -> Value {
    hive.sockets[0].event("digest.changed").await["data"].clone()
}

fn lines(card: &Value) -> Vec<(Value, Value)> {
    let lines = card["lines"].as_array().unwrap().iter();
    lines.map(|line| (line["kind"].clone(), line["count"].clone())).collect()
}

async fn number(hive: &Hive, sql: &'static str) -> i64 {
    query_scalar(sql).fetch_one(&hive.house.services.db).await.unwrap()
}

async fn until(hive: &Hive, sql: &'static str, is: i64) {
    for _ in 0..500 {
        if number(hive, sql).await == is {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("it is never {is}: {sql}");
}

const ALOUD: &str = "select count(*) from notification_delivery d join notification n on n.id = d.notification_id
                     where d.aloud and n.kind in ('mention', 'reminder')";

#[tokio::test]
async fn the_card_has_what_came_just_before_a_focus_and_in_its_last_seconds_and_what_was_due_in_it() {
    let mut hive = Hive::of(&["Bob"]).await;
    let message = mention(&mut hive).await;
    hive.ok(0, "chat.read", json!({ "to": message, "revision": 1_000_000 })).await;
    hive.ok(0, "notification.remind", json!({ "message": message, "when": "hour" })).await;
    hive.pass(Duration::minutes(59), &[0, 1]).await;
    let rang = number(&hive, ALOUD).await;
    mention(&mut hive).await;
    focus(&mut hive).await;
    hive.pass(Duration::minutes(5), &[0, 1]).await;
    mention(&mut hive).await;
    hive.act(0, "timer.skip", json!({})).await;
    let card = card(&mut hive).await;
    let counted = lines(&card);
    assert_eq!(counted[..2], [(json!("mention"), json!(2)), (json!("reminder"), json!(1))]);
    hive.house.pass(TOLD_BY);
    until(&hive, "select count(*) from notification where seq is null", 0).await;
    assert_eq!(number(&hive, ALOUD).await, rang, "nothing rings after the card");
    let first = card["lines"][0]["first"].clone();
    let page = hive.sockets[0].ok("notification.list", json!({ "group": "mentions" })).await;
    let named = page["rows"].as_array().unwrap().iter().find(|row| row["notification"]["id"] == first).unwrap();
    assert_eq!(named["notification"]["what"]["message"], json!(message + 1), "the first that is unread");
}

#[tokio::test]
async fn a_focus_that_ends_while_it_is_quiet_keeps_its_card_for_the_end_of_that() {
    for ended_by_hand in [true, false] {
        let mut hive = Hive::of(&["Bob"]).await;
        focus(&mut hive).await;
        hive.sockets[0].ok("quiet.snooze", json!({ "lasts": "hour" })).await;
        hive.ok(1, "chat.send", json!({ "key": Uuid::new_v4(), "body": "to all of you" })).await;
        hive.act(0, "timer.skip", json!({})).await;
        until(&hive, "select count(*) from bell where card_at is not null", 1).await;
        assert_eq!(hive.sockets[0].ok("digest.look", json!({})).await, Value::Null);
        let mut hive = if ended_by_hand { hive } else { hive.restart(Duration::MINUTE).await };
        if ended_by_hand {
            hive.sockets[0].ok("quiet.snooze", json!({ "lasts": "over" })).await;
        } else {
            hive.house.pass(Duration::minutes(61));
        }
        let card = card(&mut hive).await;
        assert_eq!((&card["why"], lines(&card)), (&json!("focus"), vec![(Value::Null, json!(1))]));
        until(&hive, "select count(*) from bell where owed_since is not null or card_at is not null", 0).await;
    }
}

#[tokio::test]
async fn a_card_that_waits_is_part_of_the_one_after_the_next_focus() {
    let mut hive = Hive::of(&["Bob"]).await;
    focus(&mut hive).await;
    hive.sockets[0].ok("quiet.snooze", json!({ "lasts": "hour" })).await;
    mention(&mut hive).await;
    hive.act(0, "timer.stop", json!({})).await;
    until(&hive, "select count(*) from bell where card_at is not null", 1).await;
    hive.act(0, "timer.start", json!({})).await;
    // Both of them are at work, and owed a card.
    until(&hive, "select count(*) from bell where owed_since is not null and card_at is null", 2).await;
    hive.sockets[0].ok("quiet.snooze", json!({ "lasts": "over" })).await;
    mention(&mut hive).await;
    hive.act(0, "timer.skip", json!({})).await;
    assert_eq!(lines(&card(&mut hive).await)[0], (json!("mention"), json!(2)));
}

#[tokio::test]
async fn the_device_that_was_touched_last_makes_the_sound() {
    let mut hive = Hive::of(&["Bob"]).await;
    let mut other = hive.house.visitor();
    other.sign_in("ada@example.org", PASSWORD).await;
    let mut phone = Socket::open(&hive.house, &other).await;
    let current = |sessions: Value| {
        let mut sessions = sessions.as_array().unwrap().clone().into_iter();
        sessions.find(|session| session["current"] == json!(true)).unwrap()["id"].clone()
    };
    let sessions =
        [hive.sockets[0].ok("session.list", json!({})).await, phone.ok("session.list", json!({})).await].map(current);
    for touched in [0, 1, 0] {
        hive.sockets[0].ok("presence.beat", json!({ "active": touched == 0 })).await;
        phone.ok("presence.beat", json!({ "active": touched == 1 })).await;
        mention(&mut hive).await;
        hive.house.pass(TOLD_BY);
        let news = hive.sockets[0].event("notification.new").await["data"].clone();
        assert_eq!((&news["aloud"], &news["device"]), (&json!(true), &sessions[touched]));
    }
}

#[tokio::test]
async fn what_a_narrowed_list_does_not_show_stays_unread() {
    let mut hive = Hive::of(&["Bob"]).await;
    mention(&mut hive).await;
    let ask = json!({ "key": Uuid::new_v4(), "title": "Tea", "text": "It is ready.", "audience": "everybody" });
    hive.sockets[0].ok("announcement.send", ask).await;
    let bob = hive.sockets[1].id().await;
    hive.house.pass(TOLD_BY);
    hive.ok(0, "chat.send", json!({ "key": Uuid::new_v4(), "body": "@bob look" })).await;
    hive.house.pass(TOLD_BY);
    for _ in 0..2 {
        hive.sockets[1].event("notification.new").await;
    }
    let key = Uuid::new_v4();
    let all = json!({ "to": 1_000_000, "key": key, "group": "mentions" });
    let bell = hive.sockets[1].ok("notification.read_all", all).await;
    assert_eq!(bell["count"], json!({ "unread": 1, "attention": 0 }), "{bob}");
    let bell = hive.sockets[1].ok("notification.undo_read", json!({ "key": key })).await;
    assert_eq!(bell["count"]["unread"], json!(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_before_it_told_anybody_tells_it_once_when_it_is_back() {
    let url = database().await;
    let hive = Hive::on(url.clone(), &["Bob"]).await;
    let (id, ada, bob) = (hive.id.clone(), hive.people[0].clone(), hive.people[1].clone());
    hive.close().await;
    let mut server = Process::start(&[("DATABASE_URL", url.as_str())]).await;
    let mut guest = Socket::of(server.address, &bob).await;
    for n in 0..3 {
        let with = json!({ "hive": id, "key": Uuid::new_v4(), "body": format!("@ada {n}") });
        guest.ok("chat.send", with).await;
    }
    server.kill().await;
    server.start_again();
    server.wait_until_ready().await;
    let mut host = Socket::of(server.address, &ada).await;
    let own = format!("user/{}", host.id().await);
    host.join(&own, Some(0)).await;
    let mut told = Vec::new();
    for _ in 0..3 {
        told.push(host.event("notification.new").await["data"]["what"]["message"].clone());
    }
    assert!(told.is_sorted_by_key(|message| message.as_u64()), "{told:?}");
    let bell = host.ok("notification.bell", json!({})).await;
    assert_eq!(bell["count"]["unread"], json!(3));
    let delivered: i64 = query_scalar(
        "select count(*) from notification_delivery where channel = 'in_app' and delivered_at is not null",
    )
    .fetch_one(&sqlx::PgPool::connect(&url).await.unwrap())
    .await
    .unwrap();
    assert_eq!(delivered, 3);
}

#[tokio::test]
async fn whoever_sits_down_in_a_session_is_told_when_it_ends_however_soon() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.ok(0, "hive.exit", json!({})).await;
    hive.act(1, "timer.start", json!({})).await;
    hive.sockets[0].rest().await;
    hive.ok(0, "hive.enter", json!({})).await;
    assert_eq!(hive.sockets[0].event("bell.changed").await["data"]["quiet"]["why"], json!("focus"));
    hive.act(0, "timer.skip", json!({})).await;
    assert_eq!(hive.sockets[0].event("bell.changed").await["data"]["quiet"], Value::Null);
}
