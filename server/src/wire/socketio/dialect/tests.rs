//! The dialect, spoken to in packets.

use focushive::{notification::Bell, protocol::frame::Joined};
use time::macros::datetime;
use uuid::Uuid;

use super::*;

const NOW: Moment = Moment(datetime!(2026-01-05 10:20:31.412 UTC));
const BOB: &str = "00000000-0000-0000-0000-000000000002";
const EVE: &str = "00000000-0000-0000-0000-000000000003";
const HIVE: &str = "00000000-0000-0000-0000-000000000007";

fn me() -> Me {
    let json = json!({
        "id": Uuid::from_u128(1), "name": "Ada", "handle": "ada", "email": "ada@example.org", "email_verified": true,
        "role": "admin", "sector": null, "avatar": null, "status": null, "zone": "UTC", "day_end": "04:00",
        "privacy": { "typing": true, "read_receipts": true, "presence": true, "focus_totals": false },
    });
    serde_json::from_value(json).unwrap()
}

fn said(steps: Vec<Step<SocketIo>>) -> Vec<String> {
    let short = |step: Step<SocketIo>| match step {
        Step::Say(told) | Step::Refuse(told, _) => plain(&told),
        Step::Ask { request, .. } => format!("ask {}", request.name()),
        Step::Join { topic, since, .. } => format!("join {topic} {since:?}"),
        Step::Leave(topic) => format!("leave {topic}"),
        Step::Alive => "alive".to_owned(),
        Step::Close(close) => format!("close {}", close.reason()),
    };
    steps.into_iter().map(short).collect()
}

/// What a packet says, without its brackets.
fn plain(told: &str) -> String {
    let (head, arguments) = told.split_once('[').unwrap();
    let arguments = arguments.strip_suffix(']').unwrap();
    match head.split_at(2) {
        ("42", _) => {
            let (name, body) = arguments.split_once(',').unwrap();
            format!("{} {body}", name.trim_matches('"'))
        }
        ("43", rest) => format!("ack {} {arguments}", rest.trim_start_matches("/notifications,")),
        _ => panic!("{told}"),
    }
}

fn heard(name: &str, data: Value) -> Heard {
    Heard { name: name.to_owned(), data, ack: Some(5) }
}

fn begun(topic: Topic, last: Option<u64>, snapshot: Option<Value>) -> Begun {
    Begun { joined: Joined { topic, last, replay: None, reset: false, snapshot }, missed: Vec::new() }
}

/// Somebody in a hive with Bob.
fn in_a_hive() -> SocketIo {
    let mut io = SocketIo::new(Space::Main);
    io.welcome(Ok(&me()), NOW);
    let mut steps = io.read(heard("join-room", json!({ "roomId": HIVE, "since": 3 })), NOW);
    let Some(Step::Join { tag, topic, since: None }) = steps.pop() else { panic!("it joins nothing") };
    assert_eq!(said(steps), ["ask hive.enter"]);
    let live = json!({ "seats": [{ "person": { "id": BOB } }], "timer": { "is": "idle" } });
    let mut steps = io.joined(tag, topic, Ok(begun(topic, None, Some(live))), NOW);
    let Some(Step::Join { tag, topic, since: Some(3) }) = steps.pop() else { panic!("it does not join the rest") };
    let joined = said(io.joined(tag, topic, Ok(begun(topic, Some(4), None)), NOW));
    assert!(joined[0].starts_with("room-joined ") && joined[1].starts_with("ack 5 "), "{joined:?}");
    assert!(joined[0].contains(&format!(r#""users":[{{"person":{{"id":"{BOB}"}}}}]"#)), "{}", joined[0]);
    io
}

fn told(io: &mut SocketIo, topic: Topic, seq: Option<u64>, name: &str, data: &Value) -> Vec<String> {
    let mut event = Published::durable(topic, seq.unwrap_or_default(), NOW, name.to_owned(), data.to_string());
    event.seq = seq;
    let mut frames = Vec::new();
    io.tell(&event, &mut frames).unwrap();
    said(frames.into_iter().map(Step::Say).collect())
}

#[test]
fn whoever_is_known_is_confirmed() {
    let mut io = SocketIo::new(Space::Main);
    let words = said(io.welcome(Ok(&me()), NOW).into_iter().map(Step::Say).collect());
    assert_eq!(
        words,
        [
            r#"connect-confirmed {"timestamp":"2026-01-05T10:20:31.412Z","userId":"00000000-0000-0000-0000-000000000001","userName":"Ada"}"#
        ]
    );
    let mut guest = SocketIo::new(Space::Main);
    assert!(
        matches!(guest.greet(heard("authenticate", json!({ "token": "t" }))), Greeting::Token(token) if token == "t")
    );
    assert!(matches!(guest.greet(heard("hive.list", json!({}))), Greeting::Refused(Fault::SignedOut)));
}

#[test]
fn notifications_join_what_is_ones_own() {
    let mut io = SocketIo::new(Space::Notifications);
    assert!(io.welcome(Ok(&me()), NOW).is_empty());
    let steps = said(io.rest(NOW));
    assert_eq!(steps, ["join admin None", "ask notification.pending"]);
    let pending = Reply::ListPending(Pending { notifications: Vec::new(), head: 7 });
    let steps = said(io.answer(Tag::Pending, Ok(pending), NOW));
    assert_eq!(steps, ["join user/00000000-0000-0000-0000-000000000001 Some(7)", "ask notification.bell"]);
    let bell = Bell { count: Count { unread: 3, attention: 1 }, ..Bell::default() };
    let steps = said(io.answer(Tag::Bell, Ok(Reply::LookBell(bell)), NOW));
    assert!(steps[0].starts_with("connection:success ") && steps[0].contains(r#""unreadCount":3"#));
    assert!(steps[1].starts_with("notification:count "));
}

#[test]
fn every_event_is_acknowledged() {
    let mut io = in_a_hive();
    let mut steps = io.read(heard("hive.list", Value::Null), NOW);
    let Some(Step::Ask { tag, .. }) = steps.pop() else { panic!("nothing is asked") };
    assert_eq!(said(io.answer(tag, Ok(Reply::ListHives(Vec::new())), NOW)), [r#"ack 5 {"ok":[],"success":true}"#]);
    let refused = said(io.read(heard("nothing", json!({})), NOW));
    assert!(refused[0].starts_with("error ") && refused[0].contains(r#""event":"nothing""#));
    assert!(refused[1].starts_with(r#"ack 5 {"fault":{"code":"not_found""#), "{refused:?}");
    assert!(said(io.read(heard("ping", Value::Null), NOW))[0].contains(r#""pong":true"#));
}

#[test]
fn a_room_hears_of_words_and_people() {
    let (mut io, hive) = (in_a_hive(), HIVE.parse().unwrap());
    let (topic, live) = (Topic::Hive(hive), Topic::HiveLive(hive));
    let message = json!({ "id": "m", "body": "Hello", "author": { "id": BOB, "name": "Bob" } });
    assert!(told(&mut io, topic, Some(4), "chat.created", &message).is_empty(), "it was there on joining");
    let words = told(&mut io, topic, Some(5), "chat.created", &message);
    assert!(
        words[0].starts_with("new-message ")
            && words[0].contains(r#""username":"Bob""#)
            && words[0].contains(r#""seq":5"#)
    );
    let names =
        |words: Vec<String>| words.iter().map(|word| word.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
    let seat = |id: &str| json!({ "here": [{ "person": { "id": id }, "state": { "is": "around" } }], "gone": [] });
    assert_eq!(names(told(&mut io, live, None, "presence.changed", &seat(BOB))), ["user_status"]);
    assert_eq!(names(told(&mut io, live, None, "presence.changed", &seat(EVE))), ["user-joined", "user_status"]);
    let gone = json!({ "here": [], "gone": [BOB] });
    assert_eq!(names(told(&mut io, live, None, "presence.changed", &gone)), ["user_status", "user-left"]);
    assert_eq!(names(told(&mut io, live, None, "timer.changed", &json!({}))), ["timer.changed"]);
    let left = said(io.read(heard("leave-room", Value::Null), NOW));
    assert_eq!(left[..3], ["ask hive.exit".to_owned(), format!("leave {topic}"), format!("leave {live}")]);
    assert!(told(&mut io, topic, Some(6), "chat.created", &message).is_empty());
}

#[test]
fn a_room_that_may_not_be_joined_is_refused_once() {
    let mut io = SocketIo::new(Space::Main);
    let Some(Step::Join { tag, topic, .. }) =
        io.read(heard("join-room", json!("user:00000000-0000-0000-0000-000000000002")), NOW).pop()
    else {
        panic!("it joins nothing")
    };
    let refused = said(io.joined(tag, topic, Err(Fault::NotFound), NOW));
    assert_eq!(refused.len(), 2);
    assert!(said(io.read(heard("join-room", json!("kitchen")), NOW))[0].starts_with("error "));
}
