//! What is spoken at each door: how one comes in, says something, and knows what is told.

/// A dialect of the server's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    Native,
    Stomp,
    /// STOMP in the frames of SockJS.
    SockJs,
    SocketIo,
}

/// What is listened to, and how one speaks there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Typing,
    Chat,
}

/// What is said on the way in, and how the answer begins that is waited for.
pub struct Step {
    pub say: String,
    pub hear: &'static str,
}

impl Tongue {
    pub const fn door(self) -> &'static str {
        match self {
            Self::Native => "/ws",
            Self::Stomp => "/stomp",
            Self::SockJs => "/ws-sockjs/000/bench/websocket",
            Self::SocketIo => "/socket.io/?EIO=4&transport=websocket",
        }
    }

    /// From the first word until one listens to a hive.
    pub fn way_in(self, kind: Kind, hive: &str, bearer: &str, since: Option<u64>) -> Vec<Step> {
        match self {
            Self::Native => {
                let topic = match kind {
                    Kind::Typing => format!("hive/{hive}/live"),
                    Kind::Chat => format!("hive/{hive}"),
                };
                let since = since.map(|since| format!(",\"since\":{since}")).unwrap_or_default();
                let join = format!(r#"{{"id":"join","join":"{topic}"{since}}}"#);
                vec![Step { say: join, hear: r#"{"id":"join","ok""# }]
            }
            Self::Stomp => {
                let connect = format!("CONNECT\naccept-version:1.2\nhost:x\nAuthorization:{bearer}\n\n\0");
                let subscribe = format!("SUBSCRIBE\nid:0\ndestination:/topic/hive/{hive}\nreceipt:in\n\n\0");
                vec![Step { say: connect, hear: "CONNECTED" }, Step { say: subscribe, hear: "RECEIPT" }]
            }
            Self::SockJs => {
                let steps = Self::Stomp.way_in(kind, hive, bearer, since).into_iter();
                let framed = |step: Step| match step.hear {
                    "CONNECTED" => Step { say: framed(&step.say), hear: "a[\"CONNECTED" },
                    _ => Step { say: framed(&step.say), hear: "a[\"RECEIPT" },
                };
                steps.map(framed).collect()
            }
            Self::SocketIo => {
                let token = bearer.trim_start_matches("Bearer ");
                // What the server says first may have come along with its handshake; nobody waits for it.
                let connect = format!(r#"40{{"token":"{token}"}}"#);
                let join = format!(r#"421["join-room",{{"roomId":"{hive}"}}]"#);
                vec![Step { say: connect, hear: "40{" }, Step { say: join, hear: "431[" }]
            }
        }
    }

    pub fn words(self, kind: Kind, hive: &str, body: &str) -> String {
        let key = uuid::Uuid::new_v4();
        match (self, kind) {
            (Self::Native, Kind::Typing) => format!(r#"{{"do":"chat.typing","with":{{"hive":"{hive}"}}}}"#),
            (Self::Native, Kind::Chat) => {
                format!(r#"{{"do":"chat.send","with":{{"hive":"{hive}","key":"{key}","body":"{body}"}}}}"#)
            }
            (Self::Stomp, Kind::Typing) => {
                format!("SEND\ndestination:/app/chat.typing\n\n{{\"hive\":\"{hive}\"}}\0")
            }
            (Self::Stomp, Kind::Chat) => format!(
                "SEND\ndestination:/app/chat.send\n\n{{\"hive\":\"{hive}\",\"key\":\"{key}\",\"body\":\"{body}\"}}\0"
            ),
            (Self::SockJs, _) => framed(&Self::Stomp.words(kind, hive, body)),
            (Self::SocketIo, Kind::Typing) => format!(r#"42["typing-start",{{"roomId":"{hive}"}}]"#),
            (Self::SocketIo, Kind::Chat) => {
                format!(r#"42["send-message",{{"roomId":"{hive}","key":"{key}","message":"{body}"}}]"#)
            }
        }
    }

    /// Whether it tells what somebody said.
    pub fn tells(self, frame: &[u8]) -> bool {
        match self {
            Self::Native => frame.starts_with(b"{\"topic\""),
            Self::Stomp => frame.starts_with(b"MESSAGE"),
            Self::SockJs => frame.starts_with(b"a[\"MESSAGE"),
            Self::SocketIo => frame.starts_with(b"42[\"typing\"") || frame.starts_with(b"42[\"new-message\""),
        }
    }
}

/// One message as SockJS's clients send it.
fn framed(words: &str) -> String {
    serde_json::to_string(&[words]).unwrap()
}
