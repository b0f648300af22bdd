//! Our own dialect: JSON in text frames, read into actions and written from answers. It owns no
//! socket.

use axum::extract::ws::Utf8Bytes;
use focushive::{
    Fault, Moment,
    fault::Refusal,
    protocol::{
        Reply, Request, Topic,
        frame::{Bye, Heard, Joined, Said},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use crate::hub::Close;

/// What a client wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    Ask(Request),
    Join { topic: Topic, since: Option<u64> },
    Leave(Topic),
    Ping(u64),
    Hello { token: String },
}

/// A frame as it was read: the client's word for it, and what it wants or why that is not known.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    pub id: Option<String>,
    pub action: Result<Action, Fault>,
}

/// A client's own word for a request is echoed; it is no place to keep things.
const LONGEST_ID: usize = 64;

pub fn read(text: &str) -> Frame {
    let said: Said<Box<RawValue>> = match serde_json::from_str(text) {
        Ok(said) => said,
        Err(problem) => return Frame { id: None, action: Err(unreadable(&problem)) },
    };
    if said.id.as_ref().is_some_and(|id| id.len() > LONGEST_ID) {
        return Frame { id: None, action: Err(Fault::field("id", format!("at most {LONGEST_ID} bytes, please"))) };
    }
    Frame { id: said.id.clone(), action: action(said) }
}

fn action(said: Said<Box<RawValue>>) -> Result<Action, Fault> {
    match said {
        Said { name: Some(name), with, join: None, leave: None, ping: None, hello: None, since: None, .. } => {
            request(&name, with.as_deref()).map(Action::Ask)
        }
        Said { join: Some(topic), since, name: None, with: None, leave: None, ping: None, hello: None, .. } => {
            Ok(Action::Join { topic, since })
        }
        Said {
            leave: Some(topic), name: None, with: None, join: None, since: None, ping: None, hello: None, ..
        } => Ok(Action::Leave(topic)),
        Said {
            ping: Some(ping), name: None, with: None, join: None, since: None, leave: None, hello: None, ..
        } => Ok(Action::Ping(ping)),
        Said {
            hello: Some(hello), name: None, with: None, join: None, since: None, leave: None, ping: None, ..
        } => Ok(Action::Hello { token: hello.token }),
        _ => Err(Fault::field("frame", "it says none or several of do, join, leave, ping and hello")),
    }
}

fn request(name: &str, with: Option<&RawValue>) -> Result<Request, Fault> {
    let fields = with.map_or("{}", RawValue::get);
    let mut json = serde_json::Deserializer::from_str(fields);
    match Request::read(name, &mut json) {
        None => Err(Fault::field("do", "there is no request of that name")),
        Some(Ok(request)) => Ok(request),
        Some(Err(problem)) => Err(unreadable(&problem)),
    }
}

/// The words of the parser, without its position in a text the client has forgotten by now.
fn unreadable(problem: &serde_json::Error) -> Fault {
    let words = problem.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    Fault::field("frame", format!("it cannot be read: {words}"))
}

pub fn answer(id: Option<String>, answer: Result<Reply, Fault>) -> Utf8Bytes {
    match answer {
        Ok(reply) => write(&Heard { id, ok: Some(reply), ..Heard::default() }),
        Err(fault) => refuse(id, fault),
    }
}

pub fn refuse(id: Option<String>, fault: Fault) -> Utf8Bytes {
    write(&Heard::<Value> { id, fault: Some(Refusal::from(fault)), ..Heard::default() })
}

pub fn joined(id: Option<String>, joined: Joined<Value>) -> Utf8Bytes {
    write(&Heard { id, ok: Some(joined), ..Heard::default() })
}

pub fn left(id: Option<String>) -> Utf8Bytes {
    write(&Heard { id, ok: Some(()), ..Heard::default() })
}

/// Who the client is, once it has said so.
pub fn welcome(id: Option<String>, user: focushive::id::UserId) -> Utf8Bytes {
    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Welcome {
        user: focushive::id::UserId,
    }
    write(&Heard { id, ok: Some(Welcome { user }), ..Heard::default() })
}

pub fn pong(ping: u64, now: Moment) -> Utf8Bytes {
    write(&Heard::<Value> { pong: Some(ping), now: Some(now), ..Heard::default() })
}

pub fn bye(close: Close) -> Utf8Bytes {
    let bye = Bye { reason: close.reason().to_owned(), retry_in_ms: close.retry_in_ms() };
    write(&Heard::<Value> { bye: Some(bye), ..Heard::default() })
}

/// Frames are plain structures: writing one cannot fail.
fn write<V: Serialize>(heard: &Heard<V>) -> Utf8Bytes {
    serde_json::to_string(heard).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use focushive::{hive, id::HiveId};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_word_is_its_action() {
        let hive = HiveId(Uuid::from_u128(7));
        let topic = Topic::Hive(hive);
        assert_eq!(
            read(&format!(r#"{{"id":"7","do":"hive.look","with":{{"hive":"{hive}"}}}}"#)),
            Frame { id: Some("7".into()), action: Ok(Action::Ask(Request::LookHive(hive::Look { hive }))) }
        );
        assert_eq!(
            read(&format!(r#"{{"id":"8","join":"{topic}","since":481}}"#)).action,
            Ok(Action::Join { topic, since: Some(481) })
        );
        assert_eq!(read(&format!(r#"{{"leave":"{topic}"}}"#)).action, Ok(Action::Leave(topic)));
        assert_eq!(read(r#"{"ping":5}"#).action, Ok(Action::Ping(5)));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_a_reason() {
        let long = format!(r#"{{"id":"{}","ping":1}}"#, "x".repeat(65));
        let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
        let nested = format!(r#"{{"do":"hive.look","with":{deep}}}"#);
        for text in [
            "",
            "7",
            "[]",
            "{",
            "{}",
            r#"{"ping":-1}"#,
            r#"{"do":"hive.look","join":"presence"}"#,
            r#"{"do":"account.become_owner"}"#,
            r#"{"do":"hive.look","with":{"hive":7}}"#,
            r#"{"do":"hive.look","with":{"hive":"00000000-0000-0000-0000-000000000007","more":1}}"#,
            r#"{"join":"kitchen"}"#,
            long.as_str(),
            deep.as_str(),
            nested.as_str(),
        ] {
            let refused = read(text).action.unwrap_err();
            assert_eq!(refused.code(), "invalid", "{text:.80}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fall_over(text in ".{0,300}") {
            let _ = read(&text);
        }
    }
}
