//! Socket.IO v5's packets: text in, text out. What we write begins with the digit by which Engine.IO
//! knows a message, so that it can be told as it is, on whatever transport.

use serde::Serialize;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// How many pieces of bytes one event may bring along.
const MOST_ATTACHMENTS: usize = 16;

/// Names that a client's own library keeps for itself: no event of the wire is called so.
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// Which namespace it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    Main,
    Notifications,
}

impl Space {
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "/" => Some(Self::Main),
            "/notifications" => Some(Self::Notifications),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Main => "/",
            Self::Notifications => "/notifications",
        }
    }
}

/// What a client emitted: its name, its first argument, and the number to acknowledge it by.
#[derive(Debug, PartialEq)]
pub struct Heard {
    pub name: String,
    pub data: Value,
    pub ack: Option<u64>,
}

#[derive(Debug, PartialEq)]
pub enum Packet<'a> {
    Connect {
        space: &'a str,
        auth: Value,
    },
    Disconnect {
        space: &'a str,
    },
    /// So many pieces of bytes follow it.
    Event {
        space: &'a str,
        heard: Heard,
        attachments: usize,
    },
    /// We ask for none: it answers nothing.
    Ack {
        attachments: usize,
    },
}

/// It is no packet, and nobody knows what comes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

pub fn read(text: &str) -> Result<Packet<'_>, Broken> {
    let mut letters = text.chars();
    let kind = letters.next().ok_or(Broken)?;
    let (attachments, rest) = match kind {
        '5' | '6' => attachments(letters.as_str())?,
        _ => (0, letters.as_str()),
    };
    let (space, rest) = if rest.starts_with('/') { rest.split_once(',').unwrap_or((rest, "")) } else { ("/", rest) };
    let space = space.split('?').next().unwrap_or_default();
    let (ack, rest) = number(rest)?;
    match kind {
        '0' => Ok(Packet::Connect { space, auth: auth(rest)? }),
        '1' if rest.is_empty() => Ok(Packet::Disconnect { space }),
        '2' | '5' => Ok(Packet::Event { space, heard: event(rest, ack)?, attachments }),
        '3' | '6' => serde_json::from_str::<Vec<Value>>(rest).map(|_| Packet::Ack { attachments }).map_err(|_| Broken),
        _ => Err(Broken),
    }
}

fn attachments(text: &str) -> Result<(usize, &str), Broken> {
    let (count, rest) = text.split_once('-').ok_or(Broken)?;
    let count = count.parse().ok().filter(|count| *count <= MOST_ATTACHMENTS);
    Ok((count.ok_or(Broken)?, rest))
}

fn number(text: &str) -> Result<(Option<u64>, &str), Broken> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    match text.split_at(end) {
        ("", rest) => Ok((None, rest)),
        (digits, rest) => Ok((Some(digits.parse().map_err(|_| Broken)?), rest)),
    }
}

fn auth(text: &str) -> Result<Value, Broken> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(text).ok().filter(Value::is_object).ok_or(Broken)
}

fn event(text: &str, ack: Option<u64>) -> Result<Heard, Broken> {
    let mut arguments = serde_json::from_str::<Vec<Value>>(text).map_err(|_| Broken)?.into_iter();
    let name = match arguments.next() {
        Some(Value::String(name)) if !RESERVED.contains(&name.as_str()) => name,
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err(Broken),
    };
    Ok(Heard { name, data: arguments.next().unwrap_or_default(), ack })
}

/// The namespace knows them from now on, as this.
pub fn connected(space: Space, id: &str) -> Utf8Bytes {
    format!(r#"40{}{{"sid":"{id}"}}"#, prefix(space.name())).into()
}

/// They may not, or there is no such namespace.
pub fn refused(space: &str, message: &str) -> Utf8Bytes {
    format!(r#"44{}{{"message":{}}}"#, prefix(space), written(message)).into()
}

pub fn disconnected(space: Space) -> Utf8Bytes {
    format!("41{}", prefix(space.name())).into()
}

pub fn emitted(space: Space, name: &str, body: &Value) -> Utf8Bytes {
    format!("42{}[{},{body}]", prefix(space.name()), written(name)).into()
}

/// The same in another namespace than the main one.
pub fn aside(space: Space, emitted: &str) -> Utf8Bytes {
    format!("42{}{}", prefix(space.name()), emitted.trim_start_matches("42")).into()
}

pub fn acked(space: Space, ack: u64, body: &Value) -> Utf8Bytes {
    format!("43{}{ack}[{body}]", prefix(space.name())).into()
}

/// Where it is, unless it is where one is anyway.
fn prefix(space: &str) -> String {
    if space == "/" { String::new() } else { format!("{space},") }
}

fn written(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn heard(name: &str, data: Value, ack: Option<u64>) -> Heard {
        Heard { name: name.to_owned(), data, ack }
    }

    #[test]
    fn packets_are_read_as_they_were_agreed() {
        let connect = |space, auth| Ok(Packet::Connect { space, auth });
        assert_eq!(read("0"), connect("/", Value::Null));
        assert_eq!(read(r#"0{"token":"t"}"#), connect("/", json!({ "token": "t" })));
        assert_eq!(read("0/notifications,"), connect("/notifications", Value::Null));
        assert_eq!(read(r#"0/notifications?a=b,{"x":1}"#), connect("/notifications", json!({ "x": 1 })));
        assert_eq!(read("0/notifications"), connect("/notifications", Value::Null));
        assert_eq!(read("1/notifications,"), Ok(Packet::Disconnect { space: "/notifications" }));
        let event = |space, heard| Ok(Packet::Event { space, heard, attachments: 0 });
        assert_eq!(read(r#"2["ping"]"#), event("/", heard("ping", Value::Null, None)));
        assert_eq!(read("2[7]"), event("/", heard("7", Value::Null, None)), "a name may be a number");
        assert_eq!(read(r#"2/notifications,12["a",{"b":[1]},2]"#), {
            event("/notifications", heard("a", json!({ "b": [1] }), Some(12)))
        });
        let bytes = r#"51-7["a",{"_placeholder":true,"num":0}]"#;
        let data = json!({ "_placeholder": true, "num": 0 });
        assert_eq!(read(bytes), Ok(Packet::Event { space: "/", heard: heard("a", data, Some(7)), attachments: 1 }));
        assert_eq!(read("312[]"), Ok(Packet::Ack { attachments: 0 }));
    }

    #[test]
    fn what_is_no_packet_is_broken() {
        for text in [
            "",
            "4",
            "7",
            "abc",
            "é",
            "0[]",
            "0{",
            "0null",
            "1x",
            "2",
            "2{}",
            "2[]",
            "2[null]",
            "2abc[\"a\"]",
            "2[\"a\"",
            "2[\"connect\"]",
            "2[\"newListener\"]",
            "2[\"a\"]]",
            "5[\"a\"]",
            "599999-[\"a\"]",
            "5-[\"a\"]",
            "3{}",
            "2/notifications",
            "299999999999999999999[\"a\"]",
            r#"4{"message":"x"}"#,
        ] {
            assert_eq!(read(text), Err(Broken), "{text}");
        }
        let deep = format!("2[\"a\",{}{}]", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(read(&deep), Err(Broken), "what is too deep is refused before it is built");
    }

    #[test]
    fn packets_are_written_as_they_were_agreed() {
        assert_eq!(connected(Space::Main, "x").as_str(), r#"40{"sid":"x"}"#);
        assert_eq!(connected(Space::Notifications, "x").as_str(), r#"40/notifications,{"sid":"x"}"#);
        assert_eq!(refused("/a\"b", "no \"way\"").as_str(), r#"44/a"b,{"message":"no \"way\""}"#);
        assert_eq!(disconnected(Space::Main).as_str(), "41");
        assert_eq!(
            emitted(Space::Notifications, "a", &json!({ "b": 1 })).as_str(),
            r#"42/notifications,["a",{"b":1}]"#
        );
        let main = emitted(Space::Main, "a", &json!({ "b": 1 }));
        assert_eq!(aside(Space::Notifications, &main), emitted(Space::Notifications, "a", &json!({ "b": 1 })));
        assert_eq!(acked(Space::Main, 7, &json!("ok")).as_str(), r#"437["ok"]"#);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_broken(text in ".*") {
            let _ = read(&text);
            let _ = read(&format!("2{text}"));
            let _ = read(&format!("51-{text}"));
        }

        #[test]
        fn what_was_emitted_is_heard(name in "[a-z.:-]{1,20}", words in any::<String>(), ack in any::<Option<u64>>()) {
            let event = json!([name, words]);
            let text = format!("2{}{event}", ack.map(|ack| ack.to_string()).unwrap_or_default());
            let heard = heard(&name, json!(words), ack);
            prop_assume!(!RESERVED.contains(&name.as_str()));
            prop_assert_eq!(read(&text), Ok(Packet::Event { space: "/", heard, attachments: 0 }));
        }
    }
}
