//! Engine.IO v4's packets, one to a message of a socket; whoever polls gets several as one text.

use tokio_tungstenite::tungstenite::Utf8Bytes;

/// What stands between two packets of one text.
const BETWEEN: char = '\u{1e}';

pub const CLOSE: &str = "1";
pub const PING: &str = "2";
pub const PROBED: &str = "3probe";
pub const NOTHING: &str = "6";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    Close,
    /// Somebody tries whether a socket carries.
    Probe,
    Pong,
    Message(&'a str),
    Bytes,
    Upgrade,
    Nothing,
}

/// It is no packet, and nobody knows what comes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// One that came alone.
pub fn read(text: &str) -> Result<Frame<'_>, Broken> {
    match text.split_at_checked(1).ok_or(Broken)? {
        ("1", "") => Ok(Frame::Close),
        ("2", "probe") => Ok(Frame::Probe),
        ("3", "") => Ok(Frame::Pong),
        ("4", message) => Ok(Frame::Message(message)),
        ("5", "") => Ok(Frame::Upgrade),
        ("6", "") => Ok(Frame::Nothing),
        _ => Err(Broken),
    }
}

/// All of one text, where bytes are letters.
pub fn read_all(text: &str) -> Result<Vec<Frame<'_>>, Broken> {
    text.split(BETWEEN).map(|one| if one.starts_with('b') { Ok(Frame::Bytes) } else { read(one) }).collect()
}

pub fn together(frames: &[Utf8Bytes]) -> String {
    let mut text = String::with_capacity(frames.iter().map(|frame| frame.len() + 1).sum());
    for (n, frame) in frames.iter().enumerate() {
        if n > 0 {
            text.push(BETWEEN);
        }
        text.push_str(frame);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn packets_are_read_as_they_were_agreed() {
        assert_eq!(read("4hello"), Ok(Frame::Message("hello")));
        assert_eq!(read("2probe"), Ok(Frame::Probe));
        assert_eq!(read_all("3"), Ok(vec![Frame::Pong]));
        assert_eq!(
            read_all("4a\u{1e}bAQID\u{1e}4\u{1e}1"),
            Ok(vec![Frame::Message("a"), Frame::Bytes, Frame::Message(""), Frame::Close])
        );
        for broken in ["", "2", "abc", "é", "7", "0", "1x", "bAQID"] {
            assert_eq!(read(broken), Err(Broken), "{broken}");
        }
        assert_eq!(read_all("4a\u{1e}"), Err(Broken));
        assert_eq!(together(&[PING.into(), CLOSE.into()]), "2\u{1e}1");
    }

    proptest! {
        #[test]
        fn what_is_told_together_is_heard_apart(messages in prop::collection::vec("[^\u{1e}]{0,20}", 1..9)) {
            let told: Vec<Utf8Bytes> = messages.iter().map(|message| format!("4{message}").into()).collect();
            let text = together(&told);
            let heard: Vec<Frame<'_>> = messages.iter().map(|message| Frame::Message(message)).collect();
            prop_assert_eq!(read_all(&text), Ok(heard));
        }
    }
}
