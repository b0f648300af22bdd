//! What SockJS says on every transport: opened, still there, messages, closed. Text in, text out.

use serde::Serializer;
use tokio_tungstenite::tungstenite::Utf8Bytes;

pub const OPEN: &str = "o";
pub const BEAT: &str = "h";

/// Several messages are one frame: a poll is answered with all that waits.
pub fn messages(messages: &[Utf8Bytes]) -> String {
    let length: usize = messages.iter().map(|message| message.len()).sum();
    let mut frame = Vec::with_capacity(length + length / 4 + 16);
    frame.push(b'a');
    // Texts are written to memory: that cannot fail.
    let _ = serde_json::Serializer::new(&mut frame).collect_seq(messages.iter().map(Utf8Bytes::as_str));
    escape(String::from_utf8(frame).unwrap_or_default())
}

pub fn close(code: u16, reason: &str) -> String {
    format!("c[{code},{}]", serde_json::to_string(reason).unwrap_or_default())
}

/// Letters that some transports or old browsers lose or take for line ends.
fn escape(json: String) -> String {
    // Most is written in letters of which none is.
    if json.is_ascii() {
        return json;
    }
    let is_lost = |letter: char| matches!(letter, '\u{200c}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}' | '\u{fff0}'..='\u{ffff}');
    if !json.contains(is_lost) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        if is_lost(letter) {
            escaped.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

/// Why what a client sent is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    Empty,
    Broken,
}

/// What a client sends: a list of messages.
pub fn read(text: &str) -> Result<Vec<String>, Nothing> {
    if text.is_empty() {
        return Err(Nothing::Empty);
    }
    serde_json::from_str(text).map_err(|_| Nothing::Broken)
}

/// The same on a WebSocket, where one message may come alone.
pub fn read_socket(text: &str) -> Result<Vec<String>, Nothing> {
    if text.starts_with('[') {
        return read(text);
    }
    serde_json::from_str(text).map(|one| vec![one]).map_err(|_| Nothing::Broken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn frames_are_as_they_were_agreed() {
        assert_eq!(messages(&["a\n\"b\"".into(), "c".into()]), r#"a["a\n\"b\"","c"]"#);
        assert_eq!(close(3000, "Go away!"), r#"c[3000,"Go away!"]"#);
        assert_eq!(messages(&["\u{2028}\u{0}".into()]), r#"a["\u2028\u0000"]"#);
        assert_eq!(read(r#"["a","b"]"#), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(
            (read(""), read("[1]"), read("[\"x")),
            (Err(Nothing::Empty), Err(Nothing::Broken), Err(Nothing::Broken))
        );
        assert_eq!(read_socket(r#""a""#), Ok(vec!["a".to_owned()]));
    }

    proptest! {
        #[test]
        fn what_was_said_is_heard(text in any::<String>()) {
            let frame = messages(&[text.clone().into()]);
            prop_assert_eq!(read(&frame[1..]), Ok(vec![text]));
        }
    }
}
