//! The standard envelope: the body of everything that is told. An event is written once, whoever
//! hears it; only the short header of a frame is each reader's own.

use focushive::{Fault, Moment, fault::Refusal, id::HiveId, protocol::Topic};
use serde::Serialize;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::body::Check;
use crate::{hub::Published, wire::notice};

#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: Moment,
    #[serde(rename = "senderId", skip_serializing_if = "Option::is_none")]
    sender: Option<Value>,
    payload: Value,
}

/// Envelopes are plain structures: writing one cannot fail.
fn write(envelope: &Envelope<'_>) -> Utf8Bytes {
    serde_json::to_string(envelope).unwrap_or_default().into()
}

/// An event as the seeds' clients know it: one body, or one for each person a difference is about.
pub fn event(event: &Published) -> Vec<Utf8Bytes> {
    let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
    let hive = match event.topic {
        Topic::Hive(hive) | Topic::HiveLive(hive) => Some(hive),
        Topic::User(_) | Topic::Sector(_) | Topic::Presence | Topic::Announcements | Topic::Admin => None,
    };
    let told = |kind: &str, sender: Option<Value>, payload: Value| {
        write(&Envelope { kind, timestamp: event.at, sender, payload })
    };
    match event.name.as_str() {
        "chat.created" => vec![told("CHAT_MESSAGE", data.pointer("/author/id").cloned(), message(hive, &data))],
        "message.new" => {
            let (said, hive) = (part(&data, "/message"), part(&data, "/hive"));
            let hive = hive.as_str().and_then(|hive| hive.parse().ok());
            vec![told("CHAT_MESSAGE", said.pointer("/author/id").cloned(), message(hive, &said))]
        }
        "presence.changed" => {
            statuses(hive, &data).map(|(user, status)| told("STATUS_UPDATE", Some(user), status)).collect()
        }
        "notification.new" => vec![told("NOTIFICATION", None, notice::told(data).into())],
        "announcement.made" => vec![told("NOTIFICATION", sender(&data), notice::announced(data).into())],
        "notification.read" => vec![told("NOTIFICATION_READ", None, notice::read(data).into())],
        "notification.count" => vec![told("NOTIFICATION_COUNT", None, notice::count(data).into())],
        name => vec![told(&kind(name), sender(&data), within(hive, data))],
    }
}

/// `chat.edited` is of type `CHAT_EDITED`: every event has one, also those to come.
fn kind(name: &str) -> String {
    name.replace('.', "_").to_uppercase()
}

fn sender(data: &Value) -> Option<Value> {
    ["/author/id", "/acted/by", "/by", "/user", "/person/id"].iter().find_map(|path| data.pointer(path)).cloned()
}

fn message(hive: Option<HiveId>, data: &Value) -> Value {
    json!({
        "chatId": hive, "content": part(data, "/body"), "contentType": "TEXT", "messageId": part(data, "/id"), "seq": part(data, "/seq"),
        "key": part(data, "/key"), "senderName": part(data, "/author/name"), "html": part(data, "/html"), "replyTo": part(data, "/reply"),
        "mentions": part(data, "/mentions"),
    })
}

/// A part of some JSON; null where it has none.
fn part(data: &Value, path: &str) -> Value {
    data.pointer(path).cloned().unwrap_or_default()
}

fn list(data: &Value, path: &str) -> Vec<Value> {
    data.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// What a client shows of somebody: one of few words, and the state itself for those who know more.
fn statuses(hive: Option<HiveId>, data: &Value) -> impl Iterator<Item = (Value, Value)> {
    let here = list(data, "/here").into_iter().map(move |seat| {
        let user = part(&seat, "/person/id");
        let status = status(part(&seat, "/state/is").as_str().unwrap_or_default());
        let payload = json!({
            "entityId": user, "entityType": "USER", "status": status, "hiveId": hive, "name": part(&seat, "/person/name"),
            "state": part(&seat, "/state"), "goal": part(&seat, "/goal"),
        });
        (user, payload)
    });
    let gone = list(data, "/gone").into_iter().map(move |user| {
        let payload = json!({ "entityId": user, "entityType": "USER", "status": "OFFLINE", "hiveId": hive });
        (user, payload)
    });
    here.chain(gone)
}

fn status(state: &str) -> &'static str {
    match state {
        "focusing" | "overtime" | "in_flow" => "FOCUSING",
        "on_break" => "ON_BREAK",
        "paused" => "PAUSED",
        "do_not_disturb" => "DO_NOT_DISTURB",
        "around" => "ONLINE",
        "offline" => "OFFLINE",
        "reconnecting" => "RECONNECTING",
        _ => "AWAY",
    }
}

/// The hive is in the topic; in an envelope it goes along.
fn within(hive: Option<HiveId>, data: Value) -> Value {
    match (data, hive) {
        (Value::Object(mut fields), Some(hive)) => {
            fields.entry("hiveId").or_insert_with(|| json!(hive));
            fields.into()
        }
        (data, _) => data,
    }
}

/// How things stand, for somebody who begins to listen.
pub fn snapshot(topic: Topic, snapshot: &Value, now: Moment) -> Utf8Bytes {
    let payload = json!({ "topic": topic, "snapshot": snapshot });
    write(&Envelope { kind: "SNAPSHOT", timestamp: now, sender: None, payload })
}

/// What was missed is too old to be told: forget what you have, here is how things stand.
pub fn reset(topic: Topic, last: Option<u64>, snapshot: &Option<Value>, now: Moment) -> Utf8Bytes {
    let payload = json!({ "topic": topic, "last": last, "snapshot": snapshot });
    write(&Envelope { kind: "RESET", timestamp: now, sender: None, payload })
}

/// The answer to a request.
pub fn reply(request: &str, answer: Value, now: Moment) -> Utf8Bytes {
    let payload = json!({ "request": request, "ok": answer });
    write(&Envelope { kind: "REPLY", timestamp: now, sender: None, payload })
}

/// A refusal: which of the three checks said no, and about which field.
pub fn refusal(check: Option<Check>, fault: Fault, now: Moment) -> Utf8Bytes {
    let refusal = Refusal::from(fault);
    let field = refusal.problems.first().map(|problem| problem.field.clone());
    let mut payload = serde_json::to_value(refusal).unwrap_or_default();
    if let Some(fields) = payload.as_object_mut() {
        fields.insert("step".to_owned(), json!(check.map(Check::as_str)));
        fields.insert("field".to_owned(), json!(field));
    }
    write(&Envelope { kind: "ERROR", timestamp: now, sender: None, payload })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    const AT: Moment = Moment(datetime!(2026-01-05 10:20:31.412 UTC));

    fn told(name: &str, data: &Value) -> Vec<Value> {
        let topic = Topic::Hive(HiveId(Uuid::from_u128(7)));
        let published = Published::durable(topic, 3, AT, name.to_owned(), data.to_string());
        event(&published).iter().map(|body| serde_json::from_str(body).unwrap()).collect()
    }

    #[test]
    fn a_message_is_what_the_seeds_clients_know() {
        let data = json!({ "seq": 3, "body": "Hello", "author": { "id": "u1", "name": "Ada" } });
        let body = &told("chat.created", &data)[0];
        assert_eq!((&body["type"], &body["senderId"]), (&json!("CHAT_MESSAGE"), &json!("u1")));
        assert_eq!(body["timestamp"], "2026-01-05T10:20:31.412Z");
        assert_eq!(body["payload"]["chatId"], "00000000-0000-0000-0000-000000000007");
        assert_eq!((&body["payload"]["content"], &body["payload"]["contentType"]), (&json!("Hello"), &json!("TEXT")));
    }

    #[test]
    fn a_difference_is_a_status_of_each_person() {
        let seat = json!({ "person": { "id": "u1", "name": "Ada" }, "state": { "is": "focusing" }, "goal": null });
        let bodies = told("presence.changed", &json!({ "here": [seat], "gone": ["u2"] }));
        let said: Vec<_> =
            bodies.iter().map(|b| (&b["type"], &b["payload"]["entityId"], &b["payload"]["status"])).collect();
        let status = json!("STATUS_UPDATE");
        assert_eq!(said, [(&status, &json!("u1"), &json!("FOCUSING")), (&status, &json!("u2"), &json!("OFFLINE"))]);
    }

    #[test]
    fn every_other_event_is_of_a_type_of_its_name() {
        let body = &told("chat.reacted", &json!({ "message": 7, "emoji": "👍", "by": "u1" }))[0];
        assert_eq!(
            (&body["type"], &body["senderId"], &body["payload"]["message"]),
            (&json!("CHAT_REACTED"), &json!("u1"), &json!(7))
        );
        assert_eq!(told("notification.read", &json!({ "id": "n" }))[0]["type"], "NOTIFICATION_READ");
    }
}
