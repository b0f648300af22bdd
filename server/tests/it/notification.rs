//! The bell: what is told to whom, when it is withheld, and what is read where.

use serde_json::{Value, json};
use sqlx::query_scalar;
use time::Duration;
use uuid::Uuid;

use crate::harness::{Hive, Socket};

/// Longer than what was written is held back.
const TOLD_BY: Duration = Duration::seconds(6);

fn nothing() -> Value {
    json!({})
}

impl Hive {
    async fn say(&mut self, who: usize, body: &str) -> u64 {
        let sent = self.ok(who, "chat.send", json!({ "key": Uuid::new_v4(), "body": body })).await;
        sent["seq"].as_u64().unwrap()
    }

    /// The next thing somebody is told of.
    async fn news(&mut self, who: usize) -> Value {
        self.sockets[who].event("notification.new").await["data"].clone()
    }

    /// Somebody is told of something that is told at once, and so of everything before it.
    async fn bell(&mut self, who: usize) -> Value {
        self.sockets[who].ok("notification.bell", nothing()).await
    }

    /// Until nothing that is due waits any more, but for those who are not to be told.
    async fn told_all(&self) {
        for _ in 0..300 {
            let due: i64 =
                query_scalar("select count(*) from notification where seq is null and not held and due_at <= $1")
                    .bind(self.now().0)
                    .fetch_one(&self.house.services.db)
                    .await
                    .unwrap();
            if due == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("somebody is not told");
    }
}

fn names(heard: &[Value], event: &str) -> usize {
    heard.iter().filter(|frame| frame["event"] == json!(event)).count()
}

#[tokio::test]
async fn who_is_named_or_answered_is_told_once_and_nobody_of_their_own() {
    let mut hive = Hive::of(&["Bob", "Eve"]).await;
    let first = hive.say(1, "who is @ada?").await;
    hive.house.pass(TOLD_BY);
    let news = hive.news(0).await;
    assert_eq!(
        (&news["what"]["kind"], &news["level"], &news["rule"]),
        (&json!("mention"), &json!("interrupt"), &json!("default"))
    );
    assert_eq!(news["aloud"], json!(true));
    let answer = json!({ "key": Uuid::new_v4(), "body": "@bob that is me", "reply_to": first });
    hive.ok(0, "chat.send", answer).await;
    hive.say(2, "@hive tea").await;
    hive.house.pass(TOLD_BY);
    assert_eq!(hive.news(1).await["what"]["kind"], json!("mention"), "an answer that names is one thing");
    assert_eq!(hive.news(1).await["what"]["by"]["name"], json!("Eve"));
    assert_eq!(hive.news(0).await["what"]["by"]["name"], json!("Eve"));
    hive.told_all().await;
    assert_eq!(hive.bell(2).await["count"], json!({ "unread": 0, "attention": 0 }));
    assert_eq!(hive.bell(1).await["count"], json!({ "unread": 2, "attention": 2 }));
}

#[tokio::test]
async fn what_is_deleted_within_five_seconds_was_never_told() {
    let mut hive = Hive::of(&["Bob"]).await;
    let message = hive.say(1, "@ada oh no").await;
    hive.ok(1, "chat.delete", json!({ "message": message })).await;
    hive.say(1, "@ada hello").await;
    hive.house.pass(TOLD_BY);
    let news = hive.news(0).await;
    assert_eq!(news["what"]["message"], json!(message + 2));
    let page = hive.sockets[0].ok("notification.list", nothing()).await;
    assert_eq!(page["rows"].as_array().unwrap().len(), 1);
    assert_eq!(page["rows"][0]["excerpt"], json!("@ada hello"));
    hive.ok(1, "chat.delete", json!({ "message": message + 2 })).await;
    assert_eq!(hive.bell(0).await["count"]["unread"], json!(0), "nobody looks for what is gone");
    assert_eq!(hive.sockets[0].ok("notification.list", nothing()).await["rows"][0]["excerpt"], Value::Null);
}

#[tokio::test]
async fn an_edit_tells_only_whom_it_names_anew() {
    let mut hive = Hive::of(&["Bob", "Eve"]).await;
    let message = hive.say(1, "@ada look").await;
    hive.ok(1, "chat.edit", json!({ "message": message, "body": "@ada and @eve look" })).await;
    hive.house.pass(TOLD_BY);
    hive.news(0).await;
    hive.news(2).await;
    hive.told_all().await;
    assert_eq!(hive.bell(0).await["count"]["unread"], json!(1));
}

#[tokio::test]
async fn read_here_is_read_there_and_reading_the_hive_reads_what_was_told_of_it() {
    let mut hive = Hive::of(&["Bob"]).await;
    let mut phone = Socket::open(&hive.house, &hive.people[0]).await;
    let own = format!("user/{}", phone.id().await);
    phone.join(&own, None).await;
    hive.say(1, "@ada one").await;
    let second = hive.say(1, "@ada two").await;
    hive.house.pass(TOLD_BY);
    let id = hive.news(0).await["id"].clone();
    hive.news(0).await;
    let bell = hive.sockets[0].ok("notification.read", json!({ "notifications": [id] })).await;
    assert_eq!(bell["count"]["unread"], json!(1));
    let read = phone.event("notification.read").await;
    assert_eq!(read["data"]["notifications"], json!([id]));
    assert_eq!(phone.event("notification.count").await["data"]["unread"], json!(1));
    hive.ok(0, "chat.read", json!({ "to": second, "revision": 0 })).await;
    assert_eq!(phone.event("notification.count").await["data"]["unread"], json!(0));
    hive.say(1, "@ada three").await;
    hive.ok(0, "chat.read", json!({ "to": second + 1, "revision": 0 })).await;
    hive.house.pass(TOLD_BY);
    let news = hive.news(0).await;
    assert!(!news["read_at"].is_null() && news["aloud"] == json!(false), "read before it was told: {news}");
}

#[tokio::test]
async fn mark_all_reads_what_was_shown_and_can_be_taken_back() {
    let mut hive = Hive::of(&["Bob"]).await;
    for n in 0..3 {
        hive.say(1, &format!("@ada {n}")).await;
    }
    hive.house.pass(TOLD_BY);
    hive.news(0).await;
    let shown = hive.news(0).await["seq"].clone();
    hive.news(0).await;
    let key = Uuid::new_v4();
    let bell = hive.sockets[0].ok("notification.read_all", json!({ "to": shown, "key": key })).await;
    assert_eq!(bell["count"]["unread"], json!(1), "what came after is not read");
    let bell = hive.sockets[0].ok("notification.undo_read", json!({ "key": key })).await;
    assert_eq!(bell["count"]["unread"], json!(3));
    hive.sockets[0].ok("notification.read_all", json!({ "to": shown, "key": key })).await;
    hive.house.pass(Duration::seconds(13));
    assert_eq!(hive.sockets[0].refused("notification.undo_read", json!({ "key": key })).await, "conflict");
}

#[tokio::test]
async fn focus_is_quiet_and_its_end_tells_everything_in_one_card() {
    let mut hive = Hive::of(&["Bob", "Eve"]).await;
    hive.act(0, "timer.start", nothing()).await;
    let quiet = hive.sockets[0].event("bell.changed").await;
    assert_eq!(quiet["data"]["quiet"]["why"], json!("focus"));
    for n in 0..40 {
        let body = if n % 15 == 0 { format!("@ada {n}") } else { format!("word {n}") };
        hive.say(1 + n % 2, &body).await;
    }
    let ada = hive.people[0].find(&hive.house, "ada").await;
    let (bob, rank) = (hive.people[0].find(&hive.house, "bob").await, json!("owner"));
    hive.ok(0, "hive.set_rank", json!({ "user": bob, "rank": rank })).await;
    hive.ok(1, "hive.set_rank", json!({ "user": ada, "rank": "host" })).await;
    hive.house.pass(TOLD_BY);
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    let heard = hive.sockets[0].rest().await;
    assert_eq!((names(&heard, "notification.new"), names(&heard, "notification.count")), (0, 0));
    let bell = hive.bell(0).await;
    assert_eq!((&bell["count"]["unread"], &bell["held"]), (&json!(0), &json!(4)));
    hive.act(1, "timer.skip", nothing()).await;
    let digest = hive.sockets[0].event("digest.changed").await["data"].clone();
    let lines = digest["lines"].as_array().unwrap();
    let counts: Vec<_> = lines.iter().map(|line| (line["kind"].clone(), line["count"].as_u64().unwrap())).collect();
    assert_eq!(counts, [(json!("mention"), 3), (json!("role"), 1), (Value::Null, 37)]);
    assert_eq!(hive.bell(0).await["count"]["unread"], json!(4), "nothing is read by being told");
    let heard = hive.sockets[0].rest().await;
    assert_eq!(names(&heard, "digest.changed"), 0, "one card");
    assert_eq!(hive.sockets[0].ok("digest.look", nothing()).await, digest);
    hive.sockets[0].ok("digest.dismiss", nothing()).await;
    assert_eq!(hive.sockets[0].ok("digest.look", nothing()).await, Value::Null);
    let aloud: i64 = query_scalar("select count(*) from notification_delivery where aloud")
        .fetch_one(&hive.house.services.db)
        .await
        .unwrap();
    assert_eq!(aloud, 0, "nothing of it made a sound");
}

#[tokio::test]
async fn what_waits_while_nobody_listens_arrives_in_order_and_is_marked() {
    let mut hive = Hive::of(&["Bob"]).await;
    let own = format!("user/{}", hive.sockets[0].id().await);
    hive.say(1, "@ada zero").await;
    hive.house.pass(TOLD_BY);
    hive.news(0).await;
    let last = hive.sockets[0].event("notification.count").await["seq"].as_u64();
    let gone = hive.sockets.remove(0);
    drop(gone);
    let undelivered = "select count(*) from notification_delivery where channel = 'in_app' and delivered_at is null";
    for n in 1..=3 {
        hive.sockets[0]
            .ok("chat.send", json!({ "hive": hive.id, "key": Uuid::new_v4(), "body": format!("@ada {n}") }))
            .await;
    }
    for _ in 0..12 {
        hive.house.pass(Duration::minutes(5));
        hive.sockets[0].ok("presence.beat", nothing()).await;
    }
    hive.told_all().await;
    let waiting: i64 = query_scalar(undelivered).fetch_one(&hive.house.services.db).await.unwrap();
    assert_eq!(waiting, 3);
    let mut back = Socket::open(&hive.house, &hive.people[0]).await;
    back.join(&own, last).await;
    let heard = back.rest().await;
    let messages: Vec<_> = heard
        .iter()
        .filter(|frame| frame["event"] == json!("notification.new"))
        .map(|frame| frame["data"]["what"]["message"].as_u64().unwrap())
        .collect();
    assert_eq!(messages.len(), 3);
    assert!(messages.is_sorted(), "{messages:?}");
    let waiting: i64 = query_scalar(undelivered).fetch_one(&hive.house.services.db).await.unwrap();
    assert_eq!(waiting, 0);
}

#[tokio::test]
async fn what_was_stored_before_the_server_died_is_told_once_after_it_is_back() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.say(1, "@ada before the end").await;
    let mut hive = hive.restart(TOLD_BY).await;
    hive.told_all().await;
    let page = hive.sockets[0].ok("notification.list", nothing()).await;
    assert_eq!(page["rows"].as_array().unwrap().len(), 1);
    assert_eq!(page["bell"]["count"]["unread"], json!(1));
    let hive = hive.restart(Duration::minutes(1)).await;
    hive.told_all().await;
    let told: i64 = query_scalar("select count(*) from topic_event where name = 'notification.new'")
        .fetch_one(&hive.house.services.db)
        .await
        .unwrap();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn choices_count_from_the_nearest_and_less_is_one_step_quieter() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.sockets[0].ok("notification.choose", json!({ "kind": "mention", "level": "in_bell" })).await;
    hive.say(1, "@ada one").await;
    hive.house.pass(TOLD_BY);
    let news = hive.news(0).await;
    assert_eq!((&news["level"], &news["rule"], &news["aloud"]), (&json!("in_bell"), &json!("yours"), &json!(false)));
    let less = hive.sockets[0].ok("notification.less", json!({ "notification": news["id"] })).await;
    assert_eq!(less["level"], json!("off"));
    hive.say(1, "@ada two").await;
    // Whoever wrote plain words before is remembered as one whom nobody watches.
    hive.say(1, "plain").await;
    hive.say(1, "words").await;
    hive.ok(0, "notification.choose", json!({ "kind": "hive_message", "level": "interrupt" })).await;
    hive.say(1, "three").await;
    hive.house.pass(TOLD_BY);
    let news = hive.news(0).await;
    assert_eq!((&news["what"]["kind"], &news["rule"]), (&json!("hive_message"), &json!("hive")));
    hive.told_all().await;
    assert_eq!(hive.bell(0).await["count"], json!({ "unread": 2, "attention": 1 }), "what is off leaves nothing");
    let refused = hive.refused(0, "notification.choose", json!({ "kind": "role", "level": "off" })).await;
    assert_eq!(refused, "invalid");
}

#[tokio::test]
async fn a_snooze_withholds_until_it_ends_or_is_ended() {
    let mut hive = Hive::of(&["Bob"]).await;
    let bell = hive.sockets[0].ok("quiet.snooze", json!({ "lasts": "hour" })).await;
    assert_eq!(bell["quiet"]["why"], json!("snooze"));
    hive.say(1, "@ada one").await;
    hive.house.pass(TOLD_BY);
    hive.told_all().await;
    assert_eq!(hive.bell(0).await["held"], json!(1));
    let hive = hive.restart(Duration::minutes(10)).await;
    let mut hive = hive;
    assert_eq!(hive.bell(0).await["held"], json!(1), "it outlives a restart");
    hive.house.pass(Duration::minutes(51));
    assert_eq!(hive.news(0).await["aloud"], json!(false));
    assert_eq!(hive.sockets[0].event("digest.changed").await["data"]["lines"][0]["count"], json!(1));
    hive.sockets[0].ok("quiet.snooze", json!({ "lasts": "tomorrow" })).await;
    hive.say(1, "@ada two").await;
    hive.house.pass(TOLD_BY);
    hive.told_all().await;
    hive.sockets[0].ok("quiet.snooze", json!({ "lasts": "over" })).await;
    hive.news(0).await;
}

#[tokio::test]
async fn quiet_hours_that_are_turned_off_end_at_once() {
    let mut hive = Hive::of(&["Bob"]).await;
    let all_day = json!({ "from": vec!["00:00"; 7], "to": vec!["00:00"; 7] });
    hive.sockets[0].ok("quiet.set", all_day).await;
    hive.say(1, "@ada one").await;
    hive.house.pass(TOLD_BY);
    hive.told_all().await;
    let bell = hive.bell(0).await;
    assert_eq!((&bell["held"], &bell["quiet"]["why"]), (&json!(1), &json!("hours")));
    hive.sockets[0].ok("quiet.set", json!({ "from": [], "to": [] })).await;
    hive.news(0).await;
    assert_eq!(hive.bell(0).await["quiet"], Value::Null);
    assert_eq!(hive.sockets[0].refused("quiet.set", json!({ "from": ["25:00"], "to": ["07:00"] })).await, "invalid");
}

#[tokio::test]
async fn a_reminder_comes_at_the_break() {
    let mut hive = Hive::of(&["Bob"]).await;
    let message = hive.say(1, "read this later").await;
    hive.act(0, "timer.start", nothing()).await;
    hive.ok(0, "notification.remind", json!({ "message": message, "when": "break" })).await;
    hive.pass_to_the_end(&[0, 1]).await;
    let digest = hive.sockets[0].event("digest.changed").await["data"].clone();
    assert_eq!(digest["lines"][0]["kind"], json!("reminder"));
}

#[tokio::test]
async fn the_bell_is_told_when_a_silence_ends_by_the_clock_and_when_one_begins() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.sockets[0].ok("quiet.snooze", json!({ "lasts": "hour" })).await;
    hive.sockets[0].event("bell.changed").await;
    hive.say(1, "@ada one").await;
    hive.house.pass(TOLD_BY);
    assert_eq!(hive.sockets[0].event("bell.changed").await["data"]["held"], json!(1), "what waits is counted");
    hive.house.pass(Duration::minutes(61));
    hive.sockets[0].event("notification.new").await;
    assert_eq!(hive.sockets[0].event("bell.changed").await["data"]["quiet"], Value::Null, "with something held");
    let minute = Duration::MINUTE;
    let at = |ahead: Duration| {
        let at = hive.now().after(ahead).0;
        format!("{:02}:{:02}", at.hour(), at.minute())
    };
    let hours = json!({ "from": vec![at(minute * 5); 7], "to": vec![at(minute * 10); 7] });
    hive.sockets[0].ok("quiet.set", hours).await;
    hive.sockets[0].rest().await;
    hive.house.pass(minute * 6);
    assert_eq!(hive.sockets[0].event("bell.changed").await["data"]["quiet"]["why"], json!("hours"));
    hive.house.pass(minute * 6);
    assert_eq!(hive.sockets[0].event("bell.changed").await["data"]["quiet"], Value::Null, "with nothing held");
}

#[tokio::test]
async fn whose_focus_is_made_longer_is_quiet_for_longer() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.act(0, "timer.start", nothing()).await;
    let until = hive.sockets[0].event("bell.changed").await["data"]["quiet"]["until"].clone();
    let timer = hive.act(0, "timer.extend", json!({ "seconds": 300 })).await;
    let moved = hive.sockets[0].event("bell.changed").await["data"]["quiet"]["until"].clone();
    assert_ne!(until, moved);
    assert_eq!(moved, json!(timer.wakes_at().unwrap()));
}

#[tokio::test]
async fn ones_own_are_nobody_elses_to_see_or_to_read() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.say(1, "@ada one").await;
    hive.house.pass(TOLD_BY);
    let id = hive.news(0).await["id"].clone();
    hive.sockets[1].ok("notification.see", json!({ "notifications": [id] })).await;
    let bell = hive.sockets[1].ok("notification.read", json!({ "notifications": [id] })).await;
    assert_eq!(bell["count"]["unread"], json!(0), "their own bell");
    assert_eq!(hive.sockets[1].ok("notification.list", nothing()).await["rows"], json!([]));
    hive.sockets[1].ask("notification.less", json!({ "notification": id })).await;
    let seen = "select count(*) from notification_seen";
    let seen = async |hive: &Hive| -> i64 { query_scalar(seen).fetch_one(&hive.house.services.db).await.unwrap() };
    assert_eq!((hive.bell(0).await["count"]["unread"].clone(), seen(&hive).await), (json!(1), 0));
    for _ in 0..2 {
        hive.sockets[0].ok("notification.see", json!({ "notifications": [id] })).await;
    }
    assert_eq!((hive.bell(0).await["count"]["unread"].clone(), seen(&hive).await), (json!(1), 1), "seen is not read");
    let page = hive.sockets[0].ok("notification.list", nothing()).await;
    assert_eq!(page["rows"][0]["notification"]["level"], json!("interrupt"), "another chooses nothing");
}

#[tokio::test]
async fn the_list_is_of_one_group_where_that_is_asked() {
    let mut hive = Hive::of(&["Bob"]).await;
    hive.say(1, "@ada one").await;
    let bob = hive.people[0].find(&hive.house, "bob").await;
    hive.ok(0, "hive.set_rank", json!({ "user": bob, "rank": "host" })).await;
    hive.ok(1, "notification.choose", json!({ "kind": "session_started", "level": "in_bell" })).await;
    hive.say(0, "@bob two").await;
    hive.ok(1, "hive.exit", nothing()).await;
    hive.act(0, "timer.start", nothing()).await;
    hive.act(0, "timer.stop", nothing()).await;
    hive.house.pass(TOLD_BY);
    hive.told_all().await;
    for (group, kinds) in
        [("mentions", vec!["mention"]), ("sessions", vec!["session_started"]), ("social", vec!["rank"])]
    {
        let page = hive.sockets[1].ok("notification.list", json!({ "group": group })).await;
        let rows = page["rows"].as_array().unwrap();
        let found: Vec<_> = rows.iter().map(|row| row["notification"]["what"]["kind"].as_str().unwrap()).collect();
        assert_eq!(found, kinds, "{group}");
    }
    assert_eq!(hive.sockets[1].ok("notification.list", nothing()).await["rows"].as_array().unwrap().len(), 3);
}
