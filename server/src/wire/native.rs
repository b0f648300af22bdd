//! Our own dialect: JSON in text frames, read into actions and written from answers. It owns no
//! socket.

use focushive::{
    Fault, Moment,
    account::Me,
    fault::Refusal,
    id::UserId,
    protocol::{
        Reply, Request, Topic,
        frame::{Bye, Heard, Joined, Said},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    dialect::{Begun, Dialect, Greeting, Step},
    line::Words,
};
use crate::hub::{Close, Published};

/// One session of our own dialect.
#[derive(Default)]
pub struct Native {
    me: Option<UserId>,
    /// The client's word for its hello.
    hello: Option<Option<String>>,
    /// From which number on each durable topic is told live.
    told: Vec<(Topic, u64)>,
}

impl Dialect for Native {
    type Heard = Words;
    type Told = Utf8Bytes;
    type Tag = Option<String>;

    const ALL_GREET: bool = false;

    fn greet(&mut self, heard: Words) -> Greeting {
        let Words::Text(text) = heard else { return Greeting::More };
        let Frame { id, action } = read(&text);
        self.hello = Some(id);
        match action {
            Ok(Action::Hello { token }) => Greeting::Token(token),
            Ok(_) => Greeting::Refused(Fault::SignedOut),
            Err(fault) => Greeting::Refused(fault),
        }
    }

    fn welcome(&mut self, known: Result<&Me, Fault>, _now: Moment) -> Vec<Utf8Bytes> {
        self.me = known.as_ref().ok().map(|me| me.id);
        let Some(id) = self.hello.take() else { return Vec::new() };
        vec![match known {
            Ok(me) => welcome(id, me.id),
            Err(fault) => refuse(id, fault),
        }]
    }

    fn read(&mut self, heard: Words, now: Moment) -> Vec<Step<Self>> {
        let Words::Text(text) = heard else {
            // Binary frames are kept for documents.
            return vec![Step::Close(Close::Malformed)];
        };
        let Frame { id, action } = read(&text);
        match (action, self.me) {
            (Ok(Action::Ping(ping)), _) => vec![Step::Say(pong(ping, now))],
            (Ok(Action::Ask(request)), _) => vec![Step::Ask { tag: id, request }],
            (Ok(Action::Join { topic, since }), _) => vec![Step::Join { tag: id, topic, since }],
            (Ok(Action::Leave(topic)), _) => {
                self.told.retain(|(known, _)| *known != topic);
                vec![Step::Leave(topic), Step::Say(left(id))]
            }
            (Ok(Action::Hello { .. }), Some(me)) => vec![Step::Say(welcome(id, me))],
            (Ok(Action::Hello { .. }), None) => vec![Step::Close(Close::SignedOut)],
            (Err(fault), _) => vec![Step::Refuse(refuse(id, fault.clone()), fault)],
        }
    }

    fn answer(&mut self, tag: Option<String>, answered: Result<Reply, Fault>, _now: Moment) -> Vec<Step<Self>> {
        match answered {
            Err(fault) => vec![Step::Refuse(refuse(tag, fault.clone()), fault)],
            answered => vec![Step::Say(answer(tag, answered))],
        }
    }

    fn joined(
        &mut self,
        tag: Option<String>,
        topic: Topic,
        begun: Result<Begun, Fault>,
        _now: Moment,
    ) -> Vec<Step<Self>> {
        let Begun { joined: began, missed } = match begun {
            Ok(begun) => begun,
            Err(fault) => return vec![Step::Refuse(refuse(tag, fault.clone()), fault)],
        };
        self.told.retain(|(known, _)| *known != topic);
        if let Some(last) = began.last {
            self.told.push((topic, last));
        }
        let frames = std::iter::once(joined(tag, began)).chain(missed.iter().map(Published::native));
        frames.map(Step::Say).collect()
    }

    fn tell(&mut self, event: &Published, frames: &mut Vec<Utf8Bytes>) -> Result<(), Close> {
        let told = self.told.iter().find(|(topic, _)| *topic == event.topic).map(|(_, last)| *last);
        // Only what comes after what the reader got on joining.
        if event.seq.is_none_or(|seq| told.is_none_or(|told| seq > told)) {
            frames.push(event.native());
        }
        Ok(())
    }

    fn too_fast(&self, fault: &Fault, _now: Moment) -> Option<Utf8Bytes> {
        Some(refuse(None, fault.clone()))
    }

    fn bye(&self, close: Close, _now: Moment) -> Option<Utf8Bytes> {
        Some(bye(close))
    }
}

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

fn read(text: &str) -> Frame {
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

fn answer(id: Option<String>, answer: Result<Reply, Fault>) -> Utf8Bytes {
    match answer {
        Ok(reply) => write(&Heard { id, ok: Some(reply), ..Heard::default() }),
        Err(fault) => refuse(id, fault),
    }
}

fn refuse(id: Option<String>, fault: Fault) -> Utf8Bytes {
    write(&Heard::<Value> { id, fault: Some(Refusal::from(fault)), ..Heard::default() })
}

fn joined(id: Option<String>, joined: Joined<Value>) -> Utf8Bytes {
    write(&Heard { id, ok: Some(joined), ..Heard::default() })
}

fn left(id: Option<String>) -> Utf8Bytes {
    write(&Heard { id, ok: Some(()), ..Heard::default() })
}

/// Who the client is, once it has said so.
fn welcome(id: Option<String>, user: UserId) -> Utf8Bytes {
    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Welcome {
        user: UserId,
    }
    write(&Heard { id, ok: Some(Welcome { user }), ..Heard::default() })
}

fn pong(ping: u64, now: Moment) -> Utf8Bytes {
    write(&Heard::<Value> { pong: Some(ping), now: Some(now), ..Heard::default() })
}

fn bye(close: Close) -> Utf8Bytes {
    let bye = Bye { reason: close.reason().to_owned(), retry_in_ms: close.retry_in_ms() };
    write(&Heard::<Value> { bye: Some(bye), ..Heard::default() })
}

/// Frames are plain structures: writing one cannot fail.
fn write<V: Serialize>(heard: &Heard<V>) -> Utf8Bytes {
    serde_json::to_string(heard).unwrap_or_default().into()
}

/// The request of a frame, for those who compare dialects.
#[cfg(test)]
pub(super) fn read_request(text: &str) -> Option<Request> {
    match read(text).action {
        Ok(Action::Ask(request)) => Some(request),
        _ => None,
    }
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
