//! A SEND becomes a request: by its destination, our own or one of the seeds', and by its body, the
//! request's own fields or the standard envelope. The body is checked in three steps (schema,
//! content, rules), and a refusal says which step it was. The rules are asked of the backend.

use focushive::{Fault, protocol::Request};
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

/// How much one message says at most; the same as the domain's, said before it is asked.
const MOST_CONTENT: usize = 2000;
const MOST_TITLE: usize = 100;

/// The three steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    Schema,
    Content,
    Rules,
}

impl Check {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Content => "content",
            Self::Rules => "rules",
        }
    }

    /// Whether a fault of the backend is a rule of the product that said no.
    pub const fn refuses(fault: &Fault) -> bool {
        matches!(fault, Fault::Invalid { .. } | Fault::Conflict { .. } | Fault::NotYet { .. } | Fault::Forbidden)
    }
}

pub type Refused = (Option<Check>, Fault);

fn schema(field: &str, message: &str) -> Refused {
    (Some(Check::Schema), Fault::field(field, message))
}

fn content(field: &str, message: impl Into<String>) -> Refused {
    (Some(Check::Content), Fault::field(field, message))
}

/// Where a SEND goes: a request's name, and what of it the destination says.
#[derive(Debug, PartialEq, Eq)]
struct Aim<'a> {
    name: String,
    fixed: Option<(&'static str, &'a str)>,
}

fn aim(destination: &str) -> Option<Aim<'_>> {
    let path = destination.strip_prefix("/app/")?;
    let parts: Vec<&str> = path.split('/').collect();
    let (name, fixed) = match parts.as_slice() {
        ["chat", "send", hive] => ("chat.send".to_owned(), Some(("hive", *hive))),
        ["msg", user] => ("message.send".to_owned(), Some(("to", *user))),
        ["timer", hive, act @ ("start" | "pause" | "resume" | "skip" | "stop" | "sync")] => {
            (format!("timer.{act}"), Some(("hive", *hive)))
        }
        ["presence", "heartbeat"] => ("presence.beat".to_owned(), None),
        ["presence", "status"] => ("presence.set".to_owned(), None),
        ["hive", hive, "join"] => ("hive.enter".to_owned(), Some(("hive", *hive))),
        ["hive", hive, "leave"] => ("hive.exit".to_owned(), Some(("hive", *hive))),
        ["typing", hive] => ("chat.typing".to_owned(), Some(("hive", *hive))),
        ["notifications", act] => (format!("notification.{act}"), None),
        [feature, act] => (format!("{feature}.{act}"), None),
        [name] => ((*name).to_owned(), None),
        _ => return None,
    };
    Some(Aim { name, fixed })
}

/// The request that a frame asks for. `key` is the client's own for it, if it gave one.
pub fn request(destination: &str, body: &[u8], key: Option<&str>) -> Result<Request, Refused> {
    let aim = aim(destination).ok_or((None, Fault::NotFound))?;
    if !Request::NAMES.contains(&aim.name.as_str()) {
        return Err((None, Fault::NotFound));
    }
    let said = match body.iter().all(u8::is_ascii_whitespace) {
        true => Value::Object(Map::new()),
        false => serde_json::from_slice(body).map_err(|problem| schema("body", &unreadable(&problem)))?,
    };
    let Value::Object(said) = said else { return Err(schema("body", "it is not an object")) };
    let mut fields = if said.contains_key("type") { payload(&aim.name, said)? } else { said };
    if let Some((name, value)) = aim.fixed {
        let before = fields.insert(name.to_owned(), json!(value));
        if before.is_some_and(|before| before != json!(value) && !before.is_null()) {
            return Err((Some(Check::Rules), Fault::field(name, "the destination says another one")));
        }
    }
    read(&aim.name, fields, key)
}

fn read(name: &str, mut fields: Map<String, Value>, key: Option<&str>) -> Result<Request, Refused> {
    let problem = match attempt(name, fields.clone())? {
        Ok(request) => return Ok(request),
        Err(problem) => problem,
    };
    // A client of the seeds makes no key: it cannot ask twice for the same, but it can ask.
    if problem.1.contains("missing field `key`") {
        fields.insert("key".to_owned(), key.map_or_else(|| json!(Uuid::now_v7()), |key| json!(key)));
        return attempt(name, fields)?.map_err(sorted);
    }
    Err(sorted(problem))
}

type Problem = (String, String);

fn attempt(name: &str, fields: Map<String, Value>) -> Result<Result<Request, Problem>, Refused> {
    let mut track = serde_path_to_error::Track::new();
    let fields = Value::Object(fields);
    let tracked = serde_path_to_error::Deserializer::new(fields, &mut track);
    match Request::read(name, tracked) {
        None => Err((None, Fault::NotFound)),
        Some(Ok(request)) => Ok(Ok(request)),
        Some(Err(problem)) => Ok(Err((track.path().to_string(), problem.to_string()))),
    }
}

/// Whether a field is not as it is written, or says what cannot be said there.
fn sorted((path, words): Problem) -> Refused {
    let of_schema = ["missing field", "unknown field", "duplicate field", "invalid type", "invalid length"];
    let check = if of_schema.iter().any(|start| words.starts_with(start)) { Check::Schema } else { Check::Content };
    let named = words.split('`').nth(1).filter(|_| path == ".").map(str::to_owned);
    let field = named.unwrap_or(path);
    (Some(check), Fault::field(field, words))
}

fn unreadable(problem: &serde_json::Error) -> String {
    problem.to_string().split(" at line ").next().unwrap_or_default().to_owned()
}

/// The fields of a request out of the standard envelope. Who sends it is never asked of it.
fn payload(name: &str, mut envelope: Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    let kind = match envelope.remove("type") {
        Some(Value::String(kind)) => kind,
        _ => return Err(schema("type", "it is not a word")),
    };
    let Some(Value::String(timestamp)) = envelope.remove("timestamp") else {
        return Err(schema("timestamp", "it is missing"));
    };
    OffsetDateTime::parse(&timestamp, &Rfc3339).map_err(|_| schema("timestamp", "it is not an RFC 3339 instant"))?;
    let sender = envelope.remove("senderId");
    if matches!(kind.as_str(), "CHAT_MESSAGE" | "BOARD_UPDATE") && !matches!(sender, Some(Value::String(_))) {
        return Err(schema("senderId", "it is missing"));
    }
    let Some(Value::Object(payload)) = envelope.remove("payload") else {
        return Err(schema("payload", "it is missing, or not an object"));
    };
    if let Some((unknown, _)) = envelope.iter().next() {
        return Err(schema(unknown, "an envelope has no such field"));
    }
    match kind.as_str() {
        "CHAT_MESSAGE" => chat_message(name, payload),
        "STATUS_UPDATE" => status_update(name, payload),
        "NOTIFICATION" => notification(payload),
        "BOARD_UPDATE" => board_update(payload),
        _ => Ok(payload),
    }
}

fn word<'a>(payload: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refused> {
    payload
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| schema(&format!("payload.{name}"), "it is missing, or not text"))
}

fn chat_message(name: &str, payload: Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    let (chat, text, kind) = (word(&payload, "chatId")?, word(&payload, "content")?, word(&payload, "contentType")?);
    if kind != "TEXT" {
        return Err(content("payload.contentType", "only TEXT, please"));
    }
    if text.trim().is_empty() {
        return Err(content("payload.content", "it is empty"));
    }
    if text.chars().count() > MOST_CONTENT {
        return Err(content("payload.content", format!("at most {MOST_CONTENT} characters, please")));
    }
    let mut fields = Map::from_iter([("body".to_owned(), json!(text))]);
    // To one person alone it goes where the destination says.
    if name != "message.send" {
        fields.insert("hive".to_owned(), json!(chat));
    }
    for (name, own) in [("key", "key"), ("replyTo", "reply_to")] {
        if let Some(value) = payload.get(name) {
            fields.insert(own.to_owned(), value.clone());
        }
    }
    Ok(fields)
}

fn status_update(name: &str, payload: Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    let (_, entity, status) = (word(&payload, "entityId")?, word(&payload, "entityType")?, word(&payload, "status")?);
    if entity != "USER" {
        return Err(content("payload.entityType", "only USER, please"));
    }
    let choice = match status {
        "ONLINE" | "AVAILABLE" => Value::Null,
        "AWAY" => json!("away"),
        "BUSY" | "DO_NOT_DISTURB" => json!("do_not_disturb"),
        "OFFLINE" | "INVISIBLE" => json!("offline"),
        _ => return Err(content("payload.status", "one of ONLINE, AWAY, DO_NOT_DISTURB, OFFLINE")),
    };
    // A heartbeat may say how one is too; it changes nothing.
    if name == "presence.beat" {
        return Ok(Map::from_iter([("active".to_owned(), json!(choice != json!("away")))]));
    }
    Ok(Map::from_iter([("choice".to_owned(), choice)]))
}

fn notification(payload: Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    word(&payload, "notificationType")?;
    word(&payload, "message")?;
    if word(&payload, "title")?.chars().count() > MOST_TITLE {
        return Err(content("payload.title", format!("at most {MOST_TITLE} characters, please")));
    }
    Ok(payload)
}

fn board_update(payload: Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    word(&payload, "boardId")?;
    if !matches!(word(&payload, "action")?, "move" | "add" | "delete") {
        return Err(content("payload.action", "one of move, add, delete"));
    }
    Ok(payload)
}

#[cfg(test)]
mod tests;
