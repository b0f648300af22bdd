//! What a client's events ask for: the seeds' names, and every request by its own.

use focushive::{Fault, protocol::Request};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What an event wants.
#[derive(Debug)]
pub enum Wish {
    Authenticate(Option<String>),
    Ping,
    JoinRoom { room: String, since: Option<u64> },
    LeaveRoom { room: String },
    Ask(Request),
}

/// `here` is the room that was joined last: where somebody types who does not say where.
pub fn wish(name: &str, data: Value, here: Option<&str>) -> Result<Wish, Fault> {
    let data = match data {
        Value::Object(data) => data,
        Value::String(word) => Map::from_iter([("roomId".to_owned(), json!(word)), ("token".to_owned(), json!(word))]),
        Value::Null => Map::new(),
        _ => return Err(Fault::field("data", "it is not an object")),
    };
    Ok(match name {
        "authenticate" => Wish::Authenticate(word(&data, &["token"]).map(str::to_owned)),
        "ping" => Wish::Ping,
        "join-room" => Wish::JoinRoom { room: room(&data, None)?, since: data.get("since").and_then(Value::as_u64) },
        "leave-room" => Wish::LeaveRoom { room: room(&data, here)? },
        "send-message" => {
            let body = word(&data, &["message", "content", "body", "text"]);
            let body = body.ok_or_else(|| Fault::field("message", "it is missing"))?;
            let mut fields = json!({ "hive": room(&data, here)?, "body": body });
            for (name, own) in [("key", "key"), ("replyTo", "reply_to")] {
                if let (Some(value), Some(fields)) = (data.get(name), fields.as_object_mut()) {
                    fields.insert(own.to_owned(), value.clone());
                }
            }
            Wish::Ask(request("chat.send", fields)?)
        }
        "typing-start" => typing(&data, here, true)?,
        "typing-stop" => typing(&data, here, false)?,
        "typing" => typing(&data, here, data.get("is_typing").and_then(Value::as_bool).unwrap_or(true))?,
        "mark.read" => Wish::Ask(request("notification.read", marked(&data))?),
        "mark.delivered" => Wish::Ask(request("notification.delivered", marked(&data))?),
        name => Wish::Ask(request(name, data.into())?),
    })
}

fn typing(data: &Map<String, Value>, here: Option<&str>, typing: bool) -> Result<Wish, Fault> {
    let fields = json!({ "hive": room(data, here)?, "typing": typing });
    Ok(Wish::Ask(request("chat.typing", fields)?))
}

fn marked(data: &Map<String, Value>) -> Value {
    let one = word(data, &["notificationId", "id"]).map(|one| vec![json!(one)]);
    json!({ "notifications": data.get("notifications").cloned().or(one.map(Value::Array)) })
}

fn word<'a>(data: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| data.get(*name)).and_then(Value::as_str)
}

fn room(data: &Map<String, Value>, here: Option<&str>) -> Result<String, Fault> {
    let named = word(data, &["roomId", "room", "hive", "hiveId", "conversation_id"]).or(here);
    named.map(str::to_owned).ok_or_else(|| Fault::field("roomId", "it is missing"))
}

/// A request by its name in the table. Who makes no key cannot ask twice for the same, but can ask.
pub fn request(name: &str, fields: Value) -> Result<Request, Fault> {
    let problem = match Request::read(name, fields.clone()) {
        None => return Err(Fault::NotFound),
        Some(Ok(request)) => return Ok(request),
        Some(Err(problem)) => problem.to_string(),
    };
    let mut fields = fields;
    if let Some(fields) = fields.as_object_mut().filter(|_| problem.contains("missing field `key`")) {
        fields.insert("key".to_owned(), json!(Uuid::now_v7()));
        if let Some(Ok(request)) = Request::read(name, Value::Object(fields.clone())) {
            return Ok(request);
        }
    }
    let field = problem.split('`').nth(1).unwrap_or("data").to_owned();
    Err(Fault::field(field, problem))
}

#[cfg(test)]
mod tests {
    use focushive::chat;

    use super::*;

    const HIVE: &str = "00000000-0000-0000-0000-000000000007";

    fn asked(name: &str, data: Value) -> Request {
        match wish(name, data, Some(HIVE)) {
            Ok(Wish::Ask(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_seeds_events_are_our_requests() {
        let hive = HIVE.parse().unwrap();
        let key = json!("00000000-0000-0000-0000-000000000009");
        let sent = asked("send-message", json!({ "roomId": HIVE, "message": "Hello", "key": key }));
        assert_eq!(sent, asked("chat.send", json!({ "hive": HIVE, "body": "Hello", "key": key })));
        let typing = |typing| Request::SayTyping(chat::SayTyping { hive, typing });
        assert_eq!(asked("typing-start", json!({ "roomId": HIVE })), typing(true));
        assert_eq!(asked("typing-stop", json!(HIVE)), typing(false));
        assert_eq!(asked("typing", json!({ "is_typing": false })), typing(false));
        assert!(matches!(asked("send-message", json!({ "message": "no key" })), Request::SendMessage(_)));
    }

    #[test]
    fn what_is_no_wish_is_refused() {
        for (name, data, code) in [
            ("nothing", json!({}), "not_found"),
            ("send-message", json!({ "roomId": HIVE }), "invalid"),
            ("chat.send", json!({ "hive": HIVE, "body": 7 }), "invalid"),
            ("join-room", json!({}), "invalid"),
            ("hive.look", json!([1]), "invalid"),
        ] {
            assert_eq!(wish(name, data, None).unwrap_err().code(), code, "{name}");
        }
    }
}
