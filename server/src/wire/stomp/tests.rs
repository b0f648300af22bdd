//! The dialect, spoken to in strings.

use focushive::{fault::Refusal, id::HiveId, protocol::frame::Joined, timer};
use serde_json::{Value, json};
use time::macros::datetime;
use uuid::Uuid;

use super::*;

const NOW: Moment = Moment(datetime!(2026-01-05 10:20:31.412 UTC));
const HIVE: &str = "00000000-0000-0000-0000-000000000007";

fn me() -> Me {
    let json = json!({
        "id": Uuid::from_u128(1), "name": "Ada", "handle": "ada", "email": "ada@example.org", "email_verified": true,
        "role": "member", "sector": null, "avatar": null, "status": null, "zone": "UTC", "day_end": "04:00",
        "privacy": { "typing": true, "read_receipts": true, "presence": true, "focus_totals": false },
    });
    serde_json::from_value(json).unwrap()
}

fn words(text: &str) -> Words {
    Words::Text(text.to_owned().into())
}

/// Somebody who is welcome, in one version.
fn session(version: &str) -> Stomp {
    let mut stomp = Stomp::default();
    let connect = format!("CONNECT\naccept-version:{version}\nhost:x\npasscode:t\nheart-beat:5000,0\n\n\0");
    assert!(matches!(stomp.greet(words(&connect)), Greeting::Token(token) if token == "t"));
    stomp.welcome(Ok(&me()), NOW);
    stomp
}

/// What follows, in short: frames as they are, everything else by its word.
fn said(steps: Vec<Step<Stomp>>) -> Vec<String> {
    let short = |step: Step<Stomp>| match step {
        Step::Say(frame) | Step::Refuse(frame, _) => frame.to_string(),
        Step::Ask { request, .. } => format!("ask {}", request.name()),
        Step::Join { topic, since, .. } => format!("join {topic} {since:?}"),
        Step::Leave(topic) => format!("leave {topic}"),
        Step::Alive => "alive".to_owned(),
        Step::Close(close) => format!("close {}", close.reason()),
    };
    steps.into_iter().map(short).collect()
}

fn say(stomp: &mut Stomp, text: &str) -> Vec<String> {
    said(stomp.read(words(text), NOW))
}

fn begun(topic: Topic, last: u64, missed: Vec<Published>) -> Begun {
    Begun { joined: Joined { topic, last: Some(last), replay: None, reset: false, snapshot: None }, missed }
}

fn event(seq: u64) -> Published {
    let topic = Topic::User(UserId(Uuid::from_u128(1)));
    Published::durable(topic, seq, NOW, "notification.new".to_owned(), json!({ "id": seq }).to_string())
}

fn subscribe(stomp: &mut Stomp, headers: &str) {
    let steps = stomp.read(words(&format!("SUBSCRIBE\n{headers}\n\n\0")), NOW);
    for step in steps {
        if let Step::Join { tag, topic, .. } = step {
            stomp.joined(tag, topic, Ok(begun(topic, 0, Vec::new())), NOW);
        }
    }
}

fn told(stomp: &mut Stomp, event: &Published) -> Vec<String> {
    let mut frames = Vec::new();
    stomp.tell(event, &mut frames).unwrap();
    frames.iter().map(ToString::to_string).collect()
}

fn header<'a>(frame: &'a str, name: &str) -> &'a str {
    frame.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap_or_default()
}

#[test]
fn the_newest_version_that_both_know_is_spoken() {
    for (accepted, version) in [("1.0,1.1,1.2,2.0", "1.2"), ("1.1,1.0", "1.1"), ("1.0", "1.0")] {
        let mut stomp = Stomp::default();
        stomp.greet(words(&format!("STOMP\naccept-version:{accepted}\n\n\0")));
        let connected = stomp.welcome(Ok(&me()), NOW)[0].to_string();
        assert!(
            connected.starts_with(&format!("CONNECTED\nversion:{version}\nheart-beat:10000,25000\n")),
            "{connected}"
        );
    }
    let mut stomp = Stomp::default();
    assert!(matches!(stomp.greet(words("CONNECT\naccept-version:3.0\n\n\0")), Greeting::Refused(_)));
    let refused = stomp.welcome(Err(Fault::SignedOut), NOW)[0].to_string();
    assert_eq!(header(&refused, "version"), "1.0,1.1,1.2");
    assert!(stomp.bye(Close::SignedOut, NOW).is_none(), "one ERROR is the last word");
}

#[test]
fn who_it_is_comes_in_a_header_or_in_the_cookie() {
    let greet = |headers: &str| Stomp::default().greet(words(&format!("CONNECT\naccept-version:1.2\n{headers}\n\0")));
    assert!(matches!(greet("Authorization:Bearer abc\n"), Greeting::Token(token) if token == "abc"));
    assert!(matches!(greet("login:x\npasscode:abc\n"), Greeting::Token(token) if token == "abc"));
    assert!(matches!(greet(""), Greeting::Cookie));
    assert!(matches!(Stomp::default().greet(words("SEND\n\n\0")), Greeting::Refused(Fault::SignedOut)));
    assert!(matches!(Stomp::default().greet(words("\n")), Greeting::More));
}

#[test]
fn how_often_one_beats_is_agreed() {
    assert_eq!(session("1.2").beats, Beats { every: None, silent_at_most: Some(std::time::Duration::from_secs(75)) });
}

#[test]
fn what_is_asked_is_what_our_own_dialect_asks() {
    let mut stomp = session("1.2");
    let steps = stomp.read(words(&format!("SEND\ndestination:/app/timer/{HIVE}/sync\n\n\0")), NOW);
    let hive: HiveId = HIVE.parse().unwrap();
    let ours = super::super::native::read_request(&json!({ "do": "timer.sync", "with": { "hive": HIVE } }).to_string());
    let [Step::Ask { request, .. }] = steps.as_slice() else { panic!("{:?}", said(steps)) };
    assert_eq!(Some(request), ours.as_ref());
    assert_eq!(request, &focushive::protocol::Request::SyncTimer(timer::Sync { hive: Some(hive) }));
}

#[test]
fn a_receipt_comes_after_the_answer_and_the_reply_to_who_listens_for_it() {
    let mut stomp = session("1.2");
    subscribe(&mut stomp, "id:r\ndestination:/user/queue/replies");
    let frame = "SEND\ndestination:/app/hive.list\ncorrelation-id:c1\nreceipt:77\n\n\0";
    let mut steps = stomp.read(words(frame), NOW);
    let Some(Step::Ask { tag, .. }) = steps.pop() else { panic!("nothing is asked") };
    let answered = said(stomp.answer(tag, Ok(Reply::ListHives(Vec::new())), NOW));
    assert_eq!((header(&answered[0], "subscription"), header(&answered[0], "correlation-id")), ("r", "c1"));
    assert!(answered[0].contains(r#"{"ok":[],"request":"hive.list"}"#), "{}", answered[0]);
    assert_eq!(answered[1], "RECEIPT\nreceipt-id:77\n\n\0");
}

#[test]
fn a_refusal_is_told_where_it_is_listened_for_and_else_ends_the_session() {
    let bad = format!("SEND\ndestination:/app/chat/send/{HIVE}\ncorrelation-id:c1\nreceipt:9\n\n{{}}\0");
    let mut stomp = session("1.2");
    let refused = say(&mut stomp, &bad);
    assert!(refused[0].starts_with("ERROR\n") && header(&refused[0], "receipt-id") == "9", "{}", refused[0]);
    assert_eq!(refused[1], "close refused");

    let mut stomp = session("1.2");
    subscribe(&mut stomp, "id:e\ndestination:/user/queue/errors");
    let refused = say(&mut stomp, &bad);
    assert_eq!(refused.len(), 1);
    assert_eq!((header(&refused[0], "subscription"), header(&refused[0], "correlation-id")), ("e", "c1"));
    let body: Value = serde_json::from_str(refused[0].split("\n\n").nth(1).unwrap().trim_end_matches('\0')).unwrap();
    assert_eq!((&body["payload"]["step"], &body["payload"]["field"]), (&json!("schema"), &json!("body")));
    assert!(serde_json::from_value::<Refusal>(body["payload"].clone()).is_ok());
}

#[test]
fn a_subscription_hears_from_where_it_began() {
    let mut stomp = session("1.2");
    let topic = Topic::User(UserId(Uuid::from_u128(1)));
    let mut steps =
        stomp.read(words("SUBSCRIBE\nid:n\ndestination:/user/queue/notifications\nsince:3\nreceipt:1\n\n\0"), NOW);
    let Some(Step::Join { tag, since: Some(3), .. }) = steps.pop() else { panic!("it does not join") };
    assert!(told(&mut stomp, &event(4)).is_empty(), "nothing is told before it is joined");
    let frames = said(stomp.joined(tag, topic, Ok(begun(topic, 5, vec![event(4), event(5)])), NOW));
    assert_eq!(frames[0], "RECEIPT\nreceipt-id:1\nlast:5\n\n\0");
    assert_eq!([header(&frames[1], "seq"), header(&frames[2], "seq")], ["4", "5"]);
    assert!(told(&mut stomp, &event(5)).is_empty());
    let frame = &told(&mut stomp, &event(6))[0];
    assert_eq!(
        (header(frame, "destination"), header(frame, "event")),
        ("/user/queue/notifications", "notification.new")
    );
    // A second reader of the same topic has a place of its own, and the topic is left with the last.
    subscribe(&mut stomp, "id:m\ndestination:/user/queue/events");
    assert_eq!(told(&mut stomp, &event(7)).len(), 2);
    assert!(say(&mut stomp, "UNSUBSCRIBE\nid:n\n\n\0").is_empty());
    assert_eq!(
        say(&mut stomp, "UNSUBSCRIBE\nid:m\nreceipt:2\n\n\0"),
        [format!("leave {topic}"), "RECEIPT\nreceipt-id:2\n\n\0".to_owned()]
    );
}

#[test]
fn what_is_refused_of_ones_own_queue_comes_again() {
    let mut stomp = session("1.2");
    subscribe(&mut stomp, "id:n\ndestination:/user/queue/notifications\nack:client-individual");
    let sent = told(&mut stomp, &event(1)).remove(0);
    let again = say(&mut stomp, &format!("NACK\nid:{}\n\n\0", header(&sent, "ack"))).remove(0);
    assert_eq!((header(&again, "redelivered"), header(&again, "seq")), ("true", "1"));
    assert_ne!(header(&again, "message-id"), header(&sent, "message-id"));
    assert!(say(&mut stomp, &format!("ACK\nid:{}\n\n\0", header(&again, "ack"))).is_empty());
    assert!(say(&mut stomp, &format!("NACK\nid:{}\n\n\0", header(&again, "ack"))).is_empty(), "it is done");
    assert_eq!(say(&mut stomp, "ACK\nmessage-id:1\n\n\0").last().unwrap(), "close refused");
}

#[test]
fn in_the_older_versions_a_message_is_named_by_its_own_id() {
    let mut stomp = session("1.1");
    subscribe(&mut stomp, "id:n\ndestination:/user/queue/notifications\nack:client");
    let sent = told(&mut stomp, &event(1)).remove(0);
    assert_eq!(header(&sent, "ack"), "");
    let nack = format!("NACK\nsubscription:n\nmessage-id:{}\n\n\0", header(&sent, "message-id"));
    assert_eq!(header(&say(&mut stomp, &nack)[0], "redelivered"), "true");
    let mut first = session("1.0");
    subscribe(&mut first, "destination:/user/queue/replies");
    assert!(say(&mut first, "UNSUBSCRIBE\ndestination:/user/queue/replies\n\n\0").is_empty());
}

/// What is said in a transaction: a request's name and its body.
fn put_aside(stomp: &mut Stomp, sends: &[(&str, &str)]) {
    say(stomp, "BEGIN\ntransaction:t\n\n\0");
    for (name, body) in sends {
        let send = format!("SEND\ntransaction:t\ndestination:/app/{name}\nreceipt:{name}\n\n{body}\0");
        assert!(say(stomp, &send).is_empty(), "nothing happens before it is committed");
    }
}

const COMMIT: &str = "COMMIT\ntransaction:t\nreceipt:c\n\n\0";

#[test]
fn a_transaction_is_one_request_with_two_receipts() {
    let mut stomp = session("1.2");
    put_aside(&mut stomp, &[("hive.list", "")]);
    let mut steps = stomp.read(words(COMMIT), NOW);
    let Some(Step::Ask { tag, .. }) = steps.pop() else { panic!("nothing is asked") };
    assert!(steps.is_empty());
    let done = said(stomp.answer(tag, Ok(Reply::ListHives(Vec::new())), NOW));
    assert_eq!(done, ["RECEIPT\nreceipt-id:hive.list\n\n\0", "RECEIPT\nreceipt-id:c\n\n\0"]);
    // One that cannot be read, and nothing of it is done.
    put_aside(&mut stomp, &[("hive.list", ""), ("hive.look", "{}")]);
    let refused = say(&mut stomp, COMMIT);
    assert!(refused.iter().all(|word| !word.starts_with("ask")), "{refused:?}");
}

#[test]
fn a_transaction_of_messages_is_one_request_whichever_hives_they_are_for() {
    let mut stomp = session("1.2");
    let other = HIVE.replace('7', "8");
    let (here, there) = (format!("chat/send/{HIVE}"), format!("chat/send/{other}"));
    put_aside(&mut stomp, &[(&here, r#"{"body":"one"}"#), (&there, r#"{"body":"two"}"#)]);
    assert_eq!(say(&mut stomp, COMMIT), ["ask chat.send_all"]);
}

#[test]
fn a_transaction_of_different_requests_is_refused_before_any_is_done() {
    let message = (format!("chat/send/{HIVE}"), r#"{"body":"one"}"#);
    let (start, typing) = (format!("timer/{HIVE}/start"), format!("typing/{HIVE}"));
    for second in [&start, &typing, "hive.list"] {
        for sends in [[(message.0.as_str(), message.1), (second, "")], [(second, ""), (&message.0, message.1)]] {
            let mut stomp = session("1.2");
            subscribe(&mut stomp, "id:e\ndestination:/user/queue/errors");
            put_aside(&mut stomp, &sends);
            let refused = say(&mut stomp, COMMIT);
            assert_eq!(refused.len(), 1, "{refused:?}");
            assert_eq!((header(&refused[0], "subscription"), header(&refused[0], "receipt-id")), ("e", "c"));
            assert!(refused[0].contains(r#""code":"conflict""#) && refused[0].contains(r#""step":"rules""#));
            // It is over, and the session goes on.
            assert_eq!(say(&mut stomp, "BEGIN\ntransaction:t\nreceipt:b\n\n\0"), ["RECEIPT\nreceipt-id:b\n\n\0"]);
        }
    }
    let mut unheard = session("1.2");
    put_aside(&mut unheard, &[("hive.list", ""), ("timer.mine", "")]);
    let refused = say(&mut unheard, COMMIT);
    assert_eq!((header(&refused[0], "destination"), refused[1].as_str()), ("/app/hive.list", "close refused"));
}

#[test]
fn what_a_transaction_acknowledges_counts_only_once_the_rest_is_done() {
    let mut stomp = session("1.2");
    subscribe(&mut stomp, "id:e\ndestination:/user/queue/errors");
    subscribe(&mut stomp, "id:n\ndestination:/user/queue/notifications\nack:client-individual");
    let number = header(&told(&mut stomp, &event(1)).remove(0), "ack").to_owned();
    let commit = |stomp: &mut Stomp, answer: Result<Reply, Fault>| {
        put_aside(stomp, &[("hive.list", "")]);
        say(stomp, &format!("ACK\nid:{number}\ntransaction:t\n\n\0"));
        let Some(Step::Ask { tag, .. }) = stomp.read(words(COMMIT), NOW).pop() else { panic!("nothing is asked") };
        stomp.answer(tag, answer, NOW);
        stomp.unacked.subscription(number.parse().unwrap()).is_some()
    };
    assert!(commit(&mut stomp, Err(Fault::Forbidden)), "it still waits");
    assert!(!commit(&mut stomp, Ok(Reply::ListHives(Vec::new()))));
    put_aside(&mut stomp, &[("hive.list", "")]);
    say(&mut stomp, "ACK\ntransaction:t\n\n\0");
    assert_eq!(say(&mut stomp, COMMIT).last().unwrap(), "close refused", "what it names is read before it is done");
}

#[test]
fn an_aborted_transaction_leaves_nothing() {
    let mut stomp = session("1.2");
    say(&mut stomp, "BEGIN\ntransaction:t\n\n\0");
    say(&mut stomp, "SEND\ntransaction:t\ndestination:/app/hive.list\n\n\0");
    assert_eq!(say(&mut stomp, "ABORT\ntransaction:t\nreceipt:a\n\n\0"), ["RECEIPT\nreceipt-id:a\n\n\0"]);
    assert_eq!(say(&mut stomp, "COMMIT\ntransaction:t\n\n\0").last().unwrap(), "close refused");
}

#[test]
fn what_breaks_the_protocol_ends_the_session() {
    for (text, close) in [
        ("CONNECT\naccept-version:1.2\n\n\0", "refused"),
        ("BEGIN\n\n\0", "refused"),
        ("SEND\n\n\0", "refused"),
        ("SEND\ntransaction:none\ndestination:/app/hive.list\n\n\0", "refused"),
        ("SUBSCRIBE\ndestination:/topic/presence\n\n\0", "refused"),
        ("SUBSCRIBE\nid:1\ndestination:/topic/kitchen\n\n\0", "refused"),
        ("SUBSCRIBE\nid:1\ndestination:/topic/presence\nack:maybe\n\n\0", "refused"),
        ("UNSUBSCRIBE\nid:none\n\n\0", "refused"),
        ("MESSAGE\n\n\0", "malformed"),
        ("SEND\ncontent-length:99999999\n\n", "too_large"),
    ] {
        let said = say(&mut session("1.2"), text);
        assert!(said[0].starts_with("ERROR\nmessage:"), "{text}: {said:?}");
        assert_eq!(said[1], format!("close {close}"), "{text}");
    }
    assert_eq!(say(&mut session("1.2"), "DISCONNECT\nreceipt:d\n\n\0"), ["RECEIPT\nreceipt-id:d\n\n\0", "close done"]);
    assert_eq!(say(&mut session("1.2"), "\n"), ["alive"]);
}
