//! A hive with a hundred thousand messages, beside one with ten in another house: what people ask of a
//! chat takes the same time in both.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Hive, House, Socket, database, morning};

const MANY: i64 = 100_000;
const FEW: i64 = 10;

/// How often each thing is asked, in both hives by turns.
const TIMES: usize = 21;

/// It may take so many times as long, and this much longer: machines that are busy differ by more
/// than the two hives do. Reading all messages takes far longer.
const TIMES_AS_LONG: u32 = 3;
const LONGER: Duration = Duration::from_millis(8);

/// Two houses, each with a hive of Ada's in which Bob has written. She has read all but the last ten
/// messages.
struct Scene {
    large: Hive,
    small: Hive,
}

async fn scene() -> Scene {
    let free = [("FOCUSHIVE_SENDS_PER_MINUTE", "1000")];
    let hive = async || Hive::in_house(House::at(morning(), database().await, &free).await, &["Bob"]).await;
    let mut scene = Scene { large: hive().await, small: hive().await };
    fill(&mut scene.large, MANY).await;
    fill(&mut scene.small, FEW).await;
    scene
}

/// A message each second, as though they had been written; the first three are pinned, and one of a
/// hundred has a reaction. Their numbers begin at the next thousand.
async fn fill(hive: &mut Hive, count: i64) {
    let author: Uuid = hive.sockets[1].id().await.parse().unwrap();
    let place: Uuid = hive.id.parse().unwrap();
    let db = &hive.house.services.db;
    for sql in [
        "insert into message (hive_id, seq, id, author, key, body, html, at, pinned_at)
         select $1, 1000 + n, gen_random_uuid(), $2, gen_random_uuid(), 'message ' || n, '<p>message ' || n || '</p>',
                at, case when n <= 3 then at end
         from (select n, now() - make_interval(secs => $3 - n) as at from generate_series(1, $3) n) written",
        "insert into message_reaction (hive_id, seq, emoji, user_id)
         select $1, 1000 + n, '👍', $2 from generate_series(100, $3, 100) n",
        "update hive_member set read_to = 1000 + $3 - 10 where hive_id = $1 and user_id <> $2",
        "insert into topic_head (topic, seq) select $1, 1000 + $3 where $2 is not null
         on conflict (topic) do update set seq = excluded.seq",
    ] {
        sqlx::query(sql).bind(place).bind(author).bind(count).execute(db).await.unwrap();
    }
    let analyze = "analyze message, message_reaction, hive_member, topic_head, topic_event";
    sqlx::query(analyze).execute(db).await.unwrap();
}

impl Scene {
    /// The same question of both hives, in which one knows the number of the last message, takes about
    /// the same time in the middle of many times.
    async fn is_as_quick(&mut self, does: &str, of: impl Fn(&Hive, i64) -> Value) {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..TIMES {
            for (n, hive) in [&mut self.large, &mut self.small].into_iter().enumerate() {
                let with = of(hive, 1000 + [MANY, FEW][n]);
                let began = Instant::now();
                hive.sockets[0].ok(does, with).await;
                times[n].push(began.elapsed());
            }
        }
        let [large, small] = times.map(|mut times| {
            times.sort();
            times[TIMES / 2]
        });
        println!("{does}: median {large:?} in the large hive, {small:?} in the small one");
        assert!(large < small * TIMES_AS_LONG + LONGER, "{does}: {large:?} beside {small:?}");
    }
}

fn numbers(page: &Value) -> Vec<i64> {
    page["messages"].as_array().unwrap().iter().map(|message| message["seq"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn among_a_hundred_thousand_messages_a_page_comes_as_quickly_as_among_ten() {
    let mut scene = scene().await;
    let around = json!({ "place": { "around": 1500 }, "limit": 10 });
    let page = scene.large.ok(0, "chat.history", around).await;
    assert_eq!(numbers(&page), (1496..=1505).collect::<Vec<_>>());
    assert_eq!((&page["earlier"], &page["later"]), (&json!(true), &json!(true)));
    let newest = scene.large.ok(0, "chat.history", json!({ "limit": 10 })).await;
    assert_eq!(numbers(&newest), (100_991..=101_000).collect::<Vec<_>>());

    let page = |hive: &Hive, place: Value| hive.with_hive(json!({ "place": place, "limit": 10 }));
    scene.is_as_quick("chat.history", |hive, _| page(hive, Value::Null)).await;
    // From a link to what was written long ago, and on from there in both directions.
    scene.is_as_quick("chat.history", |hive, last| page(hive, json!({ "around": 1000 + (last - 1000) / 2 }))).await;
    scene.is_as_quick("chat.history", |hive, _| page(hive, json!({ "around": 1006 }))).await;
    scene.is_as_quick("chat.history", |hive, _| page(hive, json!({ "after": 1001 }))).await;
    scene.is_as_quick("chat.history", |hive, last| page(hive, json!({ "before": last - 1 }))).await;
}

#[tokio::test]
async fn among_a_hundred_thousand_messages_what_is_unread_is_known_as_quickly_as_among_ten() {
    let mut scene = scene().await;
    let state = scene.large.ok(0, "chat.read_state", json!({})).await;
    assert_eq!((&state["unread"], &state["read_to"]), (&json!(10), &json!(100_990)));
    for does in ["chat.read_state", "hive.look", "chat.pins"] {
        scene.is_as_quick(does, |hive, _| hive.hive()).await;
    }
    scene.is_as_quick("hive.list", |_, _| json!({})).await;
    let of = |hive: &Hive, with: Value| hive.with_hive(with);
    scene.is_as_quick("chat.read", |hive, last| of(hive, json!({ "to": last, "revision": 0 }))).await;
    scene.is_as_quick("chat.mark_unread", |hive, last| of(hive, json!({ "message": last - 5 }))).await;
    scene.is_as_quick("chat.send", |hive, _| of(hive, json!({ "key": Uuid::new_v4(), "body": "One more" }))).await;
}

#[tokio::test]
async fn whoever_has_read_nothing_of_a_hundred_thousand_messages_is_told_so_at_once() {
    let mut scene = scene().await;
    scene.large.ok(0, "chat.mark_unread", json!({ "message": 1 })).await;
    let state = scene.large.ok(0, "chat.read_state", json!({})).await;
    assert_eq!(state["unread"], 10_000, "beyond that nobody counts");
    // Ten times as many as are counted take no longer.
    sqlx::query("delete from message").execute(&scene.small.house.services.db).await.unwrap();
    fill(&mut scene.small, 10_000).await;
    scene.small.ok(0, "chat.mark_unread", json!({ "message": 1 })).await;
    scene.is_as_quick("chat.read_state", |hive, _| hive.hive()).await;
}

#[tokio::test]
async fn ten_thousand_events_are_told_again_and_one_more_is_a_reset() {
    let hive = Hive::of(&["Bob"]).await;
    let place: Uuid = hive.id.parse().unwrap();
    let mut bob = Socket::open(&hive.house, &hive.people[1]).await;
    let topic = format!("hive/{}", hive.id);
    let head = bob.join(&topic, None).await["ok"]["last"].as_u64().unwrap();
    bob.say(&json!({ "leave": topic })).await;
    bob.rest().await;
    let sql = "with written as (
                   insert into topic_event (topic, seq, at, name, data)
                   select $1, $2 + n, now(), 'chat.deleted', '{\"message\":1}' from generate_series(1, 10001) n)
               update topic_head set seq = $2 + 10001 where topic = $1";
    let from = i64::try_from(head).unwrap();
    sqlx::query(sql).bind(place).bind(from).execute(&hive.house.services.db).await.unwrap();
    // A server that was not there when it happened.
    let beside = hive.house.beside().await;
    let mut ada = Socket::of(beside.address, &hive.people[0]).await;
    let late = ada.join(&topic, Some(head)).await;
    assert_eq!((&late["ok"]["reset"], &late["ok"]["last"]), (&json!(true), &json!(head + 10_001)));
    assert!(late["ok"]["snapshot"]["messages"].is_array());
    ada.say(&json!({ "leave": topic })).await;
    let joined = ada.join(&topic, Some(head + 1)).await;
    assert_eq!((&joined["ok"]["reset"], &joined["ok"]["replay"]), (&Value::Null, &json!(10_000)));
    let heard: Vec<u64> = ada.rest().await.iter().filter_map(|event| event["seq"].as_u64()).collect();
    assert_eq!(heard, (head + 2..=head + 10_001).collect::<Vec<_>>());
}
