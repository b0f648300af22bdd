//! The hub, tried: order, bounds and ends.

use focushive::{id::HiveId, presence::Difference, text::Handle};
use uuid::Uuid;

use super::*;

fn topic() -> Topic {
    Topic::Hive(HiveId(Uuid::from_u128(7)))
}

fn hub() -> Hub {
    let config = crate::config::Config::read(&|_| None).unwrap();
    Hub::new((&config.limits).into())
}

fn me() -> focushive::account::Me {
    let json = serde_json::json!({
        "id": Uuid::from_u128(1), "name": "Ada", "handle": Handle::parse("ada").unwrap(), "email": "ada@example.org",
        "email_verified": true, "role": "member", "sector": null, "avatar": null, "status": null, "zone": "UTC",
        "day_end": "04:00",
        "privacy": { "typing": true, "read_receipts": true, "presence": true, "focus_totals": false },
    });
    serde_json::from_value(json).unwrap()
}

fn event(seq: u64) -> Published {
    let at = focushive::Moment(time::OffsetDateTime::UNIX_EPOCH);
    Published::durable(topic(), seq, at, "chat.deleted".to_owned(), format!("{{\"message\":{seq}}}"))
}

fn typing(by: u128) -> Published {
    let at = focushive::Moment(time::OffsetDateTime::UNIX_EPOCH);
    let typing = focushive::chat::Typing { user: UserId(Uuid::from_u128(by)), name: "Ada".to_owned(), typing: true };
    let merge = Some(Merge::Typing(typing.user));
    Published::volatile(topic(), at, &focushive::protocol::Event::Typing(typing), merge)
}

fn numbers(connection: &Connection) -> Vec<u64> {
    connection.take().unwrap().iter().filter_map(|event| event.seq).collect()
}

fn reader(hub: &Hub) -> Arc<Connection> {
    hub.connect(&me(), SessionId(Uuid::from_u128(9)), None)
}

#[test]
fn events_are_told_by_number_whatever_order_they_come_in() {
    let hub = hub();
    let reader = reader(&hub);
    assert_eq!(hub.listen(topic(), &reader, Part::Hears), None);
    hub.publish(vec![event(6)]);
    assert_eq!(hub.open(topic(), 4), 4);
    assert_eq!(numbers(&reader), [] as [u64; 0]);
    hub.publish(vec![event(7)]);
    assert_eq!(hub.gap(topic()), Some(4));
    hub.publish(vec![event(5)]);
    assert_eq!(numbers(&reader), [5, 6, 7]);
    hub.publish(vec![event(5), event(7)]);
    assert_eq!(numbers(&reader), [] as [u64; 0], "each is told once");
    assert_eq!(hub.gap(topic()), None);
}

#[test]
fn a_second_reader_goes_on_from_where_the_first_one_is() {
    let hub = hub();
    let (first, second) = (reader(&hub), reader(&hub));
    hub.listen(topic(), &first, Part::Hears);
    hub.open(topic(), 4);
    hub.publish(vec![event(5)]);
    assert_eq!(hub.listen(topic(), &second, Part::Hears), Some(5));
    assert_eq!(hub.open(topic(), 4), 5, "an older look at the database does not take it back");
    hub.publish(vec![event(6)]);
    assert_eq!((numbers(&first), numbers(&second)), (vec![5, 6], vec![6]));
}

#[test]
fn whoever_left_or_was_put_out_hears_nothing_more() {
    let hub = hub();
    let (ada, tab) = (reader(&hub), reader(&hub));
    for connection in [&ada, &tab] {
        hub.listen(topic(), connection, Part::Hears);
    }
    hub.open(topic(), 0);
    hub.leave(topic(), &ada);
    hub.publish(vec![event(1)]);
    assert_eq!((numbers(&ada).len(), numbers(&tab).len()), (0, 1));
    hub.evict(me().id, topic());
    assert!(!hub.is_heard(topic()));
}

#[test]
fn of_somebody_who_writes_only_the_last_word_waits() {
    let hub = hub();
    let reader = reader(&hub);
    hub.listen(topic(), &reader, Part::Hears);
    for _ in 0..10 {
        hub.publish(vec![typing(1), typing(2)]);
    }
    assert_eq!(reader.take().unwrap().len(), 2);
}

fn seat(by: u128, goal: u32) -> focushive::presence::Seat {
    let seat = serde_json::json!({
        "person": { "id": Uuid::from_u128(by), "name": "Ada", "handle": "ada", "avatar": null, "status": null },
        "state": { "is": "around" }, "goal": format!("Page {goal}"),
    });
    serde_json::from_value(seat).unwrap()
}

fn presence(difference: Difference) -> Published {
    let at = focushive::Moment(time::OffsetDateTime::UNIX_EPOCH);
    let topic = Topic::HiveLive(HiveId(Uuid::from_u128(7)));
    Published::volatile(topic, at, &focushive::protocol::Event::PresenceChanged(difference), Some(Merge::Presence))
}

fn bell(count: u32) -> Published {
    let at = focushive::Moment(time::OffsetDateTime::UNIX_EPOCH);
    let mut bell = Published::volatile(Topic::User(me().id), at, &typed(), Some(Merge::Newest));
    bell.data = count.to_string();
    bell
}

fn typed() -> focushive::protocol::Event {
    let user = UserId(Uuid::from_u128(1));
    focushive::protocol::Event::Typing(focushive::chat::Typing { user, name: "Ada".to_owned(), typing: true })
}

#[test]
fn volatile_events_give_way_and_the_last_state_is_never_lost() {
    let hub = hub();
    let reader = reader(&hub);
    let live = presence(Difference::default()).topic;
    for topic in [topic(), live, Topic::User(me().id)] {
        hub.listen(topic, &reader, Part::Hears);
    }
    hub.open(topic(), 0);
    let mut truth = BTreeMap::new();
    for n in 0..2_000u32 {
        let by = u128::from(n % 7);
        let goes = n % 3 == 0;
        let difference = Difference {
            here: if goes { Vec::new() } else { vec![seat(by, n)] },
            gone: if goes { vec![UserId(Uuid::from_u128(by))] } else { Vec::new() },
        };
        difference.clone().apply(&mut truth);
        hub.publish(vec![presence(difference), bell(n), typing(u128::from(n))]);
        if n % 5 == 0 {
            hub.publish(vec![event(u64::from(n / 5) + 1)]);
        }
    }
    let (mut seats, mut seqs, mut last) = (BTreeMap::new(), Vec::new(), String::new());
    for event in reader.take().unwrap() {
        match event.merge {
            Some(Merge::Presence) => {
                serde_json::from_str::<Difference>(&event.data).unwrap().apply(&mut seats);
            }
            Some(Merge::Newest) => last.clone_from(&event.data),
            Some(Merge::Typing(_)) => {}
            None => seqs.extend(event.seq),
        }
    }
    assert_eq!(seats, truth);
    assert_eq!(last, "1999");
    assert_eq!(seqs, (1..=400).collect::<Vec<u64>>(), "what is numbered is told to the last");
}

#[test]
fn a_reader_who_falls_too_far_behind_is_asked_to_come_back() {
    let hub = hub();
    let (slow, quick) = (reader(&hub), reader(&hub));
    for connection in [&slow, &quick] {
        hub.listen(topic(), connection, Part::Hears);
    }
    hub.open(topic(), 0);
    for seq in 1..=600 {
        hub.publish(vec![event(seq)]);
        assert_eq!(numbers(&quick), [seq]);
    }
    assert!(matches!(slow.take(), Err(Close::Slow)));
}

#[test]
fn everybody_is_told_to_come_back_at_a_time_of_their_own() {
    let hub = hub();
    let readers: Vec<_> = (0..10).map(|_| reader(&hub)).collect();
    hub.close_all(10_000);
    let mut times: Vec<u64> = readers
        .iter()
        .map(|reader| match reader.take() {
            Err(Close::Restart { retry_in_ms }) => retry_in_ms,
            other => panic!("{other:?}"),
        })
        .collect();
    times.sort_unstable();
    times.dedup();
    assert_eq!(times.len(), 10);
    assert!(times.iter().all(|ms| *ms <= 11_000));
}

#[test]
fn an_event_is_written_once_whoever_hears_it() {
    let (event, mut written) = (event(1), (0, 0));
    for _ in 0..200 {
        let bodies = event.enveloped(|event| {
            written.0 += 1;
            vec![event.data.as_str().into()]
        });
        assert_eq!(bodies.len(), 1);
        event.emitted(|_| {
            written.1 += 1;
            Vec::new()
        });
    }
    assert_eq!(written, (1, 1));
}
