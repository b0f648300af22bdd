//! The envelopes of our own protocol, JSON in text frames: what a client says, and what it hears.
//! `V` is whatever the side that reads holds JSON in.

use serde::{Deserialize, Serialize};

use super::Topic;
use crate::{fault::Refusal, moment::Moment};

/// The largest message on the wire, either way.
pub const MOST_BYTES: usize = 64 * 1024;

/// What a client says: one of asking, joining, leaving, pinging, or saying who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said<V> {
    /// The client's own word for it; the answer carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A request, by its name in the table.
    #[serde(default, rename = "do", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub with: Option<V>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<Topic>,
    /// The last number heard, to go on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leave: Option<Topic>,
    /// Comes back as it is, with the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ping: Option<u64>,
    /// Who this is, for a client without a cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hello: Option<Hello>,
}

const fn none<V>() -> Option<V> {
    None
}

impl<V> Default for Said<V> {
    fn default() -> Self {
        Self { id: None, name: None, with: None, join: None, since: None, leave: None, ping: None, hello: None }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    pub token: String,
}

/// What a client hears: an answer, an event, a pong, or that the server says bye.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard<V> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub ok: Option<V>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Refusal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub data: Option<V>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pong: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bye: Option<Bye>,
}

impl<V> Default for Heard<V> {
    fn default() -> Self {
        Self {
            id: None,
            ok: None,
            fault: None,
            topic: None,
            seq: None,
            at: None,
            event: None,
            data: None,
            pong: None,
            now: None,
            bye: None,
        }
    }
}

/// What a `join` is answered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined<V> {
    pub topic: Topic,
    /// The newest number of a durable topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<u64>,
    /// How many missed events follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<u64>,
    /// What was missed is too old to be told: forget what you have, here is how things stand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reset: bool,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<V>,
}

/// The server closes, and when to come back; with no such time it is of no use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bye {
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_in_ms: Option<u64>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_said_and_heard_has_the_shape_that_was_agreed() {
        let said = [
            json!({ "id": "7", "do": "chat.send", "with": { "body": "Hello" } }),
            json!({ "id": "8", "join": "hive/00000000-0000-0000-0000-000000000007", "since": 481 }),
            json!({ "id": "9", "leave": "hive/00000000-0000-0000-0000-000000000007" }),
            json!({ "ping": 123 }),
            json!({ "id": "1", "hello": { "token": "abc" } }),
        ];
        for frame in said {
            let read: Said<Value> = serde_json::from_value(frame.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), frame);
        }
        let heard = [
            json!({ "id": "7", "ok": { "seq": 482 } }),
            json!({ "id": "7", "fault": { "code": "rate_limited", "message": "wait", "retry_after_ms": 1200 } }),
            json!({ "topic": "hive/00000000-0000-0000-0000-000000000007", "seq": 482, "at": "2026-01-05T10:20:31.412Z", "event": "chat.created", "data": {} }),
            json!({ "pong": 123, "now": "2026-01-05T10:20:31.412Z" }),
            json!({ "bye": { "reason": "restart", "retry_in_ms": 4200 } }),
        ];
        for frame in heard {
            let read: Heard<Value> = serde_json::from_value(frame.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), frame);
        }
    }

    #[test]
    fn an_unknown_word_is_no_frame() {
        assert!(serde_json::from_value::<Said<Value>>(json!({ "subscribe": "hive/7" })).is_err());
    }
}
