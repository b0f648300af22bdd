//! How long it takes to read what one client says, and to write what another hears, in each dialect:
//! without a socket and without a database. What is written the first time is an event's own cost;
//! what is written again, that of each further reader. Besides, what lies between the two: a hive's
//! clock that is worked out, and what is put into its readers' outboxes.

#![expect(clippy::unwrap_used, reason = "it stops where it cannot go on")]

use divan::{
    Bencher,
    counter::{BytesCount, ItemsCount},
};
use focushive::{
    Moment,
    account::Me,
    chat::Typing,
    id::{HiveId, SessionId, UserId},
    protocol::{Event, Topic, frame::Joined},
    text::Name,
    timer::{Act, Acted, Rhythm, Timer},
};
use serde_json::json;
use server::{
    hub::{Bounds, Hub, Merge, Part, Published},
    wire::{
        dialect::{Begun, Dialect, Step},
        line::Words,
        native::Native,
        socketio::{
            dialect::SocketIo,
            packet::{self, Heard, Packet, Space},
        },
        sockjs::frame,
        stomp::Stomp,
    },
};
use time::{Duration, macros::datetime};
use uuid::Uuid;

const NOW: Moment = Moment(datetime!(2026-01-05 10:20:31.412 UTC));
const HIVE: &str = "00000000-0000-0000-0000-000000000007";

fn main() {
    divan::main();
}

fn topic() -> Topic {
    Topic::Hive(HiveId(Uuid::from_u128(7)))
}

fn me() -> Me {
    let json = json!({
        "id": Uuid::from_u128(1), "name": "Ada", "handle": "ada", "email": "ada@example.org", "email_verified": true,
        "role": "member", "sector": null, "avatar": null, "status": null, "zone": "UTC", "day_end": "04:00",
        "privacy": { "typing": true, "read_receipts": true, "presence": true, "focus_totals": false },
    });
    serde_json::from_value(json).unwrap()
}

/// A message as it is told, of the length that messages have.
fn event() -> Published {
    let data = json!({
        "id": Uuid::from_u128(3), "seq": 7, "key": Uuid::from_u128(4), "edited_at": null, "reply": null,
        "author": { "id": Uuid::from_u128(2), "name": "Bob", "handle": "bob", "avatar": null, "status": null },
        "body": "Back in five, then the last round — who is in?", "at": NOW,
        "html": "<p>Back in five, then the last round — who is in?</p>",
    });
    Published::durable(topic(), 7, NOW, "chat.created".to_owned(), data.to_string())
}

fn words(text: &str) -> Words {
    Words::Text(text.to_owned().into())
}

/// What each says to write the same.
fn say_native() -> String {
    let with = json!({ "hive": HIVE, "key": Uuid::from_u128(4), "body": "Back in five, then the last round" });
    json!({ "id": "7", "do": "chat.send", "with": with }).to_string()
}

fn say_stomp() -> String {
    let body = json!({
        "type": "CHAT_MESSAGE", "timestamp": "2026-01-05T10:20:31Z", "senderId": "me",
        "payload": { "chatId": HIVE, "content": "Back in five, then the last round", "contentType": "TEXT" },
    });
    format!("SEND\ndestination:/app/chat/send/{HIVE}\nreceipt:r-7\ncontent-type:application/json\n\n{body}\0")
}

fn say_socketio() -> String {
    format!(r#"27["send-message",{{"roomId":"{HIVE}","message":"Back in five, then the last round"}}]"#)
}

fn heard(text: &str) -> Heard {
    let packet = packet::read(text).ok();
    let heard = packet.and_then(|packet| if let Packet::Event { heard, .. } = packet { Some(heard) } else { None });
    heard.unwrap()
}

/// One that is welcome, and listens to the hive.
fn listening<D: Dialect>(mut dialect: D, joins: D::Heard) -> D {
    let mut steps = dialect.read(joins, NOW);
    while let Some(step) = steps.pop() {
        if let Step::Join { tag, topic, .. } = step {
            let joined = Joined { topic, last: Some(0), replay: None, reset: false, snapshot: None };
            steps.extend(dialect.joined(tag, topic, Ok(Begun { joined, missed: Vec::new() }), NOW));
        }
    }
    dialect
}

fn native() -> Native {
    let mut native = Native::default();
    native.welcome(Ok(&me()), NOW);
    listening(native, words(&json!({ "id": "1", "join": topic() }).to_string()))
}

fn stomp() -> Stomp {
    let mut stomp = Stomp::default();
    stomp.greet(words("CONNECT\naccept-version:1.2\npasscode:t\n\n\0"));
    stomp.welcome(Ok(&me()), NOW);
    listening(stomp, words(&format!("SUBSCRIBE\nid:1\ndestination:/topic/hive/{HIVE}\n\n\0")))
}

fn socketio() -> SocketIo {
    let mut socketio = SocketIo::new(Space::Main);
    socketio.welcome(Ok(&me()), NOW);
    listening(socketio, heard(&format!(r#"21["join-room","{HIVE}"]"#)))
}

#[divan::bench_group]
mod read {
    use super::*;

    #[divan::bench]
    fn native(bencher: Bencher) {
        let (mut native, said) = (super::native(), say_native());
        let bencher = bencher.counter(BytesCount::of_str(&said)).with_inputs(|| words(&said));
        bencher.bench_local_values(|heard| native.read(heard, NOW));
    }

    #[divan::bench]
    fn stomp(bencher: Bencher) {
        let (mut stomp, said) = (super::stomp(), say_stomp());
        let bencher = bencher.counter(BytesCount::of_str(&said)).with_inputs(|| words(&said));
        bencher.bench_local_values(|heard| stomp.read(heard, NOW));
    }

    /// A client that cuts its frames, as some do.
    #[divan::bench]
    fn stomp_in_pieces(bencher: Bencher) {
        let (mut stomp, said) = (super::stomp(), say_stomp());
        let pieces = || said.as_bytes().chunks(16).map(|piece| Words::Binary(piece.to_vec().into())).collect();
        let bencher = bencher.counter(BytesCount::of_str(&said)).with_inputs(pieces);
        bencher.bench_local_values(|pieces: Vec<Words>| {
            pieces.into_iter().map(|piece| stomp.read(piece, NOW).len()).sum::<usize>()
        });
    }

    #[divan::bench]
    fn stomp_in_sockjs(bencher: Bencher) {
        let (mut stomp, said) = (super::stomp(), json!([say_stomp()]).to_string());
        let bencher = bencher.counter(BytesCount::of_str(&said));
        bencher.bench_local(|| {
            let frames = frame::read(&said).unwrap();
            frames.iter().map(|frame| stomp.read(words(frame), NOW).len()).sum::<usize>()
        });
    }

    #[divan::bench]
    fn socketio(bencher: Bencher) {
        let mut socketio = super::socketio();
        bencher.with_inputs(say_socketio).bench_local_values(|text| socketio.read(super::heard(&text), NOW));
    }
}

/// Tells an event, and says how much there was to tell.
fn tell<D: Dialect>(dialect: &mut D, event: &Published) -> Vec<D::Told> {
    let mut frames = Vec::with_capacity(1);
    assert!(dialect.tell(event, &mut frames).is_ok() && !frames.is_empty(), "it is told");
    frames
}

fn first<D: Dialect>(bencher: Bencher, mut dialect: D) {
    bencher.with_inputs(event).bench_local_refs(|event| tell(&mut dialect, event));
}

fn again<D: Dialect>(bencher: Bencher, mut dialect: D) {
    let event = event();
    tell(&mut dialect, &event);
    bencher.bench_local(|| tell(&mut dialect, &event));
}

#[divan::bench_group]
mod write_first {
    use super::*;

    #[divan::bench]
    fn native(bencher: Bencher) {
        first(bencher, super::native());
    }

    #[divan::bench]
    fn stomp(bencher: Bencher) {
        first(bencher, super::stomp());
    }

    #[divan::bench]
    fn socketio(bencher: Bencher) {
        first(bencher, super::socketio());
    }
}

#[divan::bench_group]
mod write_again {
    use super::*;

    #[divan::bench]
    fn native(bencher: Bencher) {
        again(bencher, super::native());
    }

    #[divan::bench]
    fn stomp(bencher: Bencher) {
        again(bencher, super::stomp());
    }

    #[divan::bench]
    fn stomp_in_sockjs(bencher: Bencher) {
        let (mut stomp, event) = (super::stomp(), event());
        bencher.bench_local(|| frame::messages(&tell(&mut stomp, &event)));
    }

    #[divan::bench]
    fn socketio(bencher: Bencher) {
        again(bencher, super::socketio());
    }
}

#[divan::bench_group]
mod clock {
    use super::*;

    fn started() -> Timer {
        let rhythm = Rhythm { auto_focus: true, auto_break: true, ..Rhythm::default() };
        let mut timer = Timer { rhythm, ..Timer::default() };
        let by = UserId(Uuid::from_u128(1));
        let acted =
            Acted { by, name: Name::parse("Ada").unwrap(), at: NOW, act: Act::Start { grid: false }, stage: None };
        timer.act(acted, None).unwrap();
        timer
    }

    /// What any page does a few times a second.
    #[divan::bench]
    fn look(bencher: Bencher) {
        let (timer, now) = (started(), NOW.after(Duration::minutes(7)));
        bencher.bench_local(|| timer.face(now));
    }

    /// What a server does that was away for most of a day.
    #[divan::bench]
    fn fold_a_day(bencher: Bencher) {
        let (timer, now) = (started(), NOW.after(Duration::hours(23)));
        bencher.with_inputs(|| timer.clone()).bench_local_values(|mut timer| {
            let over = timer.roll(now, None);
            assert!(over.len() > 40, "it went on by itself");
            over
        });
    }
}

#[divan::bench_group]
mod outbox {
    use super::*;

    /// Put into all of them, and taken by each.
    #[divan::bench(args = [2, 20, 1000])]
    fn readers(bencher: Bencher, count: usize) {
        let hub = Hub::new(Bounds { topics: 512, events: 512, bytes: 1024 * 1024 });
        let connect = |_| hub.connect(&me(), SessionId(Uuid::from_u128(9)), None);
        let readers: Vec<_> = (0..count).map(connect).collect();
        for reader in &readers {
            hub.listen(topic(), reader, Part::Hears);
        }
        let typing = Typing { user: UserId(Uuid::from_u128(2)), name: "Bob".to_owned(), typing: true };
        let (merge, typing) = (Some(Merge::Typing(typing.user)), Event::Typing(typing));
        let bencher = bencher.counter(ItemsCount::new(count));
        bencher.with_inputs(|| Published::volatile(topic(), NOW, &typing, merge)).bench_local_values(|event| {
            hub.publish(vec![event]);
            readers.iter().map(|reader| reader.take().map_or(0, |events| events.len())).sum::<usize>()
        });
    }
}
