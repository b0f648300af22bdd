//! Events as Socket.IO's clients know them: under the seeds' names where there is one, under their
//! own otherwise. What is told is written once for all who hear it.

use std::sync::OnceLock;

use focushive::{id::UserId, protocol::Topic};
use serde_json::{Map, Value, json};

use super::packet::{self, Space};
use crate::{
    hub::{Emitted, Published},
    wire::notice,
};

/// What a notification is called in the main namespace, and in its own.
pub const NOTIFICATION: &str = "notification";
pub const NOTIFICATION_NEW: &str = "notification:new";

/// What an event is emitted as: mostly one thing, and for a difference of presence some for each person.
pub fn event(event: &Published) -> Vec<Emitted> {
    let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
    let about = About { event, room: room(event.topic) };
    match event.name.as_str() {
        "chat.created" => vec![about.emit("new-message", None, message(&data))],
        "message.new" => vec![about.private(&data)],
        "chat.typing" => vec![about.emit("typing", None, typing(&data))],
        "presence.changed" => about.presence(&data),
        // By its one name to those who come for notifications, by the other to everybody else.
        "notification.new" => {
            let told = notice::told(data);
            vec![about.emit(NOTIFICATION_NEW, None, told.clone()), about.emit(NOTIFICATION, None, told)]
        }
        "notification.read" => vec![about.emit("notification:read", None, notice::read(data))],
        "notification.count" => vec![about.emit("notification:count", None, notice::count(data))],
        name => vec![about.emit(name, None, notice::fields(data))],
    }
}

/// The room that a topic is: a hive's is its id, others are named as the seeds name them.
pub fn room(topic: Topic) -> String {
    match topic {
        Topic::Hive(hive) | Topic::HiveLive(hive) => hive.to_string(),
        Topic::User(user) => format!("user:{user}"),
        Topic::Sector(sector) => format!("sector:{sector}"),
        Topic::Presence | Topic::Announcements | Topic::Admin => topic.to_string(),
    }
}

struct About<'a> {
    event: &'a Published,
    room: String,
}

impl About<'_> {
    /// With where and when, which every one of them says.
    fn emit(&self, name: &str, user: Option<UserId>, mut fields: Map<String, Value>) -> Emitted {
        fields.insert("roomId".to_owned(), json!(self.room));
        fields.insert("timestamp".to_owned(), json!(self.event.at));
        if let Some(seq) = self.event.seq {
            fields.insert("seq".to_owned(), json!(seq));
        }
        let frame = packet::emitted(Space::Main, name, &fields.into());
        Emitted { name: name.to_owned(), user, frame, aside: OnceLock::new() }
    }

    /// To two people alone: in their room, wherever they hear it.
    fn private(&self, data: &Value) -> Emitted {
        let room = part(data, "/hive").as_str().unwrap_or_default().to_owned();
        let about = About { event: self.event, room };
        about.emit("private-message", None, message(&part(data, "/message")))
    }

    fn presence(&self, data: &Value) -> Vec<Emitted> {
        let mut emitted = Vec::new();
        for seat in list(data, "/here") {
            let user = user(seat);
            let known =
                [("userId", "/person/id"), ("username", "/person/name"), ("state", "/state"), ("goal", "/goal")];
            let mut fields = pick(seat, &known);
            emitted.push(self.emit("user-joined", user, fields.clone()));
            fields.insert("status".to_owned(), part(seat, "/state/is"));
            emitted.push(self.emit("user_status", user, fields));
        }
        for user in list(data, "/gone").iter().filter_map(|user| user.as_str()?.parse().ok()) {
            let gone = |status: &str| {
                Map::from_iter([("userId".to_owned(), json!(user)), ("status".to_owned(), json!(status))])
            };
            emitted.push(self.emit("user_status", Some(user), gone("offline")));
            emitted.push(self.emit("user-left", Some(user), gone("offline")));
        }
        emitted
    }
}

fn message(data: &Value) -> Map<String, Value> {
    pick(
        data,
        &[
            ("id", "/id"),
            ("messageId", "/id"),
            ("key", "/key"),
            ("userId", "/author/id"),
            ("username", "/author/name"),
            ("message", "/body"),
            ("content", "/body"),
            ("html", "/html"),
            ("replyTo", "/reply"),
            ("mentions", "/mentions"),
        ],
    )
}

fn typing(data: &Value) -> Map<String, Value> {
    pick(data, &[("userId", "/user"), ("username", "/name"), ("is_typing", "/typing")])
}

fn pick(data: &Value, parts: &[(&str, &str)]) -> Map<String, Value> {
    parts.iter().map(|(name, path)| ((*name).to_owned(), part(data, path))).collect()
}

fn part(data: &Value, path: &str) -> Value {
    data.pointer(path).cloned().unwrap_or_default()
}

/// Who sits there.
pub fn user(seat: &Value) -> Option<UserId> {
    seat.pointer("/person/id")?.as_str()?.parse().ok()
}

fn list<'a>(data: &'a Value, path: &str) -> &'a [Value] {
    data.pointer(path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
