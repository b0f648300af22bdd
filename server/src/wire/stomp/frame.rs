//! A STOMP frame, and how it is written: a command, headers whose first value counts, a body of any
//! bytes. What may stand in a header, and how it is escaped, depends on the version.

use std::fmt::Write;

use tokio_tungstenite::tungstenite::Utf8Bytes;

/// The versions spoken, the newest last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    V10,
    V11,
    #[default]
    V12,
}

impl Version {
    pub const ALL: [Self; 3] = [Self::V10, Self::V11, Self::V12];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V10 => "1.0",
            Self::V11 => "1.1",
            Self::V12 => "1.2",
        }
    }

    /// The newest that both sides know; a client that says nothing speaks the first one.
    pub fn agree(accepted: Option<&str>) -> Option<Self> {
        let Some(accepted) = accepted else { return Some(Self::V10) };
        let theirs = |version: &Self| accepted.split(',').any(|theirs| theirs.trim() == version.as_str());
        Self::ALL.into_iter().rev().find(theirs)
    }
}

/// What a client may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Connect,
    Send,
    Subscribe,
    Unsubscribe,
    Ack,
    Nack,
    Begin,
    Commit,
    Abort,
    Disconnect,
}

impl Command {
    pub fn read(word: &str) -> Option<Self> {
        Some(match word {
            "CONNECT" | "STOMP" => Self::Connect,
            "SEND" => Self::Send,
            "SUBSCRIBE" => Self::Subscribe,
            "UNSUBSCRIBE" => Self::Unsubscribe,
            "ACK" => Self::Ack,
            "NACK" => Self::Nack,
            "BEGIN" => Self::Begin,
            "COMMIT" => Self::Commit,
            "ABORT" => Self::Abort,
            "DISCONNECT" => Self::Disconnect,
            _ => return None,
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub command: Command,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Frame {
    /// A header's value: of a repeated one the first.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What takes memory of ours while the frame waits.
    pub fn size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        headers + self.body.len()
    }
}

/// Room for the header of most frames. What waits to be read holds no more memory than it says.
const USUAL: usize = 192;

/// A frame of ours while it is written.
pub struct Written {
    text: String,
    version: Version,
    escapes: bool,
}

impl Written {
    pub fn new(command: &'static str, version: Version) -> Self {
        // A client's parser must read this one before it knows the version: nothing in it is escaped.
        let escapes = command != "CONNECTED";
        let mut text = String::with_capacity(USUAL);
        text.push_str(command);
        text.push('\n');
        Self { text, version, escapes }
    }

    /// The end of a header and the body, of whichever frame: `end_as` puts it there. Only what needs
    /// no escaping in any version may stand in it.
    pub fn ending() -> Self {
        Self { text: String::new(), version: Version::default(), escapes: true }
    }

    pub fn header(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.text.push_str(name);
        self.text.push(':');
        let _ = write!(Escaping { text: &mut self.text, version: self.version, escapes: self.escapes }, "{value}");
        self.text.push('\n');
        self
    }

    pub fn maybe(self, name: &str, value: Option<impl std::fmt::Display>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    pub fn end(mut self) -> Utf8Bytes {
        self.text.push_str("\n\0");
        self.text.into()
    }

    pub fn end_as(mut self, ending: &str) -> Utf8Bytes {
        self.text.reserve_exact(ending.len());
        self.text.push_str(ending);
        self.text.into()
    }

    pub fn body(mut self, json: &str) -> Utf8Bytes {
        let length = json.len();
        self.text.reserve(length + 64);
        let _ = write!(self.text, "content-type:application/json\ncontent-length:{length}\n\n{json}\0");
        self.text.into()
    }
}

struct Escaping<'a> {
    text: &'a mut String,
    version: Version,
    escapes: bool,
}

impl Write for Escaping<'_> {
    fn write_str(&mut self, words: &str) -> std::fmt::Result {
        if !words.bytes().any(|byte| matches!(byte, b'\\' | b'\n' | b':' | b'\r' | b'\0')) {
            self.text.push_str(words);
            return Ok(());
        }
        for letter in words.chars() {
            match (letter, self.version) {
                // The first version has no way to say these: they would end or split the header.
                ('\n' | '\r' | '\0', Version::V10) => self.text.push(' '),
                (_, Version::V10) => self.text.push(letter),
                _ if !self.escapes => self.text.push(if matches!(letter, '\n' | '\r' | '\0') { ' ' } else { letter }),
                ('\\', _) => self.text.push_str("\\\\"),
                ('\n', _) => self.text.push_str("\\n"),
                (':', _) => self.text.push_str("\\c"),
                ('\r', Version::V12) => self.text.push_str("\\r"),
                ('\r' | '\0', _) => self.text.push(' '),
                _ => self.text.push(letter),
            }
        }
        Ok(())
    }
}
