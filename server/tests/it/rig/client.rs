//! A client that does what it has to whatever becomes of its link: says again, under the same key,
//! what was not acknowledged; goes on listening from the last number it heard; and folds what it
//! hears as every page does.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use focushive::{
    chat::{Change, Log, Message},
    id::HiveId,
    protocol::{Event, Topic},
};
use futures::{SinkExt, StreamExt};
use rand::{Rng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message as Frame, client::IntoClientRequest},
};

/// A silent server is asked whether it is there, and left after as long again; on a machine that is
/// slow, whoever has come back often has more patience.
const SILENCE: Duration = Duration::from_millis(500);

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Something it wants done. What it is done to is chosen when its turn comes.
#[derive(Clone, Debug)]
pub enum Deed {
    Send { body: String, replies: bool },
    Edit(String),
    React(&'static str),
    Delete,
}

impl Deed {
    /// The `n`th of a client's.
    pub fn by_chance(dice: &mut StdRng, client: usize, n: usize) -> Self {
        match dice.random_range(0..100) {
            _ if n == 0 => Self::Send { body: format!("{client} is here"), replies: false },
            0..60 => Self::Send { body: format!("{client} says {n}"), replies: dice.random_bool(0.3) },
            60..75 => Self::Edit(format!("{client} meant {n}")),
            75..90 => Self::React(["👍", "🎉", "🐝"][dice.random_range(0..3)]),
            _ => Self::Delete,
        }
    }
}

pub struct Client {
    door: SocketAddr,
    token: String,
    hive: HiveId,
    dice: StdRng,
    to_do: VecDeque<Deed>,
    /// What was not answered yet, as it is said.
    pending: VecDeque<Value>,
    words: u32,
    pub log: Log,
    pub heard: u64,
    /// Every acknowledged message.
    pub sent: Vec<Message>,
    /// Its own messages that are still there, as far as it knows.
    own: Vec<u64>,
    /// How many words it says before they are answered. Where the first of them may be refused and
    /// the second not, one keeps one's words in order by saying them one by one.
    pub ahead: usize,
    /// How many links it took.
    pub links: u32,
}

impl Client {
    pub fn new(door: SocketAddr, token: &str, hive: HiveId, dice: StdRng, to_do: VecDeque<Deed>) -> Self {
        Self {
            door,
            token: token.to_owned(),
            hive,
            dice,
            to_do,
            pending: VecDeque::new(),
            words: 0,
            log: Log::default(),
            heard: 0,
            sent: Vec::new(),
            own: Vec::new(),
            ahead: 3,
            links: 0,
        }
    }

    /// Until everything is done and answered, and everything up to this number is heard.
    pub async fn run(&mut self, until: u64) {
        while !self.is_done(until) {
            if let Some(stream) = self.connect().await {
                self.talk(stream, until).await;
            }
            let pause = self.dice.random_range(5..60);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    fn is_done(&self, until: u64) -> bool {
        self.to_do.is_empty() && self.pending.is_empty() && self.heard >= until
    }

    fn patience(&self) -> Duration {
        SILENCE * (1 + self.links / 8)
    }

    async fn connect(&mut self) -> Option<Stream> {
        let mut request = format!("ws://{}/ws", self.door).into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {}", self.token).parse().unwrap());
        let (stream, _) = tokio::time::timeout(2 * self.patience(), connect_async(request)).await.ok()?.ok()?;
        self.links += 1;
        Some(stream)
    }

    /// As long as the link holds, and there is something to do.
    async fn talk(&mut self, mut stream: Stream, until: u64) -> Option<()> {
        let join = json!({ "id": "join", "join": Topic::Hive(self.hive), "since": self.heard });
        stream.feed(Frame::text(join.to_string())).await.ok()?;
        // On this link nothing of what is pending was said yet.
        let (mut said, mut asked) = (0, false);
        while !self.is_done(until) {
            self.turn_to_the_next();
            for word in self.pending.iter().skip(said) {
                stream.feed(Frame::text(word.to_string())).await.ok()?;
            }
            said = self.pending.len();
            // Flushing may wait for a link that does not take anything any more.
            tokio::time::timeout(self.patience(), stream.flush()).await.ok()?.ok()?;
            match tokio::time::timeout(self.patience(), stream.next()).await {
                Ok(frame) => {
                    if let Frame::Text(text) = frame?.ok()? {
                        self.hear(&text)?;
                        said = said.min(self.pending.len());
                    }
                    asked = false;
                }
                Err(_) if asked => return None,
                Err(_) => {
                    stream.feed(Frame::text(r#"{"ping":1}"#)).await.ok()?;
                    asked = true;
                }
            }
        }
        Some(())
    }

    /// New words, as long as few are pending. What is done to a message waits until its own are known.
    fn turn_to_the_next(&mut self) {
        while self.pending.len() < self.ahead {
            let Some(deed) = self.to_do.front() else { return };
            if !matches!(deed, Deed::Send { .. }) && !self.pending.is_empty() {
                return;
            }
            let Some(deed) = self.to_do.pop_front() else { return };
            if let Some((name, mut with)) = self.word(deed) {
                self.words += 1;
                with["hive"] = json!(self.hive);
                self.pending.push_back(json!({ "id": self.words.to_string(), "do": name, "with": with }));
            }
        }
    }

    fn word(&mut self, deed: Deed) -> Option<(&'static str, Value)> {
        let newest = self.log.messages.keys().next_back().copied();
        Some(match deed {
            Deed::Send { body, replies } => {
                let key = uuid::Builder::from_random_bytes(self.dice.random()).into_uuid();
                let mut with = json!({ "key": key, "body": body });
                if let Some(to) = newest.filter(|_| replies) {
                    with["reply_to"] = json!(to);
                }
                ("chat.send", with)
            }
            Deed::Edit(body) => ("chat.edit", json!({ "message": self.own.last()?, "body": body })),
            Deed::React(emoji) => ("chat.react", json!({ "message": newest?, "emoji": emoji })),
            Deed::Delete => ("chat.delete", json!({ "message": self.own.pop()? })),
        })
    }

    /// Nothing once the server wants this link to end.
    fn hear(&mut self, text: &str) -> Option<()> {
        let frame: Value = serde_json::from_str(text).unwrap();
        if let Some(seq) = frame["seq"].as_u64() {
            self.fold(seq, text);
        } else if frame["id"] == "join" {
            assert!(frame["ok"]["reset"].is_null(), "nothing is too old here: {frame}");
            // The database may be away for a moment.
            frame.get("ok")?;
        } else if frame.get("id").is_some() {
            self.answered(&frame)?;
        }
        frame.get("bye").is_none().then_some(())
    }

    fn fold(&mut self, seq: u64, text: &str) {
        assert_eq!(seq, self.heard + 1, "a hole, or something told twice: {text}");
        self.heard = seq;
        let change = match serde_json::from_str::<Event>(text).unwrap() {
            Event::ChatCreated(message) => Change::Created(message),
            Event::ChatEdited(edited) => Change::Edited(edited),
            Event::ChatDeleted(deleted) => Change::Deleted(deleted),
            Event::ChatReacted(reacted) => Change::Reacted(reacted),
            _ => return,
        };
        self.log.fold(change);
    }

    fn answered(&mut self, frame: &Value) -> Option<()> {
        let word = self.pending.front().unwrap_or_else(|| panic!("nobody asked: {frame}"));
        assert_eq!(frame["id"], word["id"], "answers come in the order of the questions");
        match frame["fault"]["code"].as_str() {
            None if word["do"] == "chat.send" => {
                let message: Message = serde_json::from_value(frame["ok"].clone()).unwrap();
                assert_eq!(json!(message.key), word["with"]["key"]);
                self.own.push(message.seq);
                self.sent.push(message);
            }
            // Somebody else's message went meanwhile; one's own went with the first of two deletions.
            None | Some("not_found") => {}
            Some("unavailable") => return None,
            Some(_) => panic!("{word} was answered by {frame}"),
        }
        self.pending.pop_front();
        Some(())
    }
}
