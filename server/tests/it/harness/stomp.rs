//! A client that speaks STOMP: on a bare WebSocket or within SockJS, with no library, so that a test
//! sees each frame.

use std::{collections::VecDeque, time::Duration};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

use super::House;

const PATIENCE: Duration = Duration::from_secs(10);

/// Where it is spoken: bare, and within SockJS.
const BARE: &str = "/stomp";
const SOCKJS: &str = "/ws-sockjs/000/stomp/websocket";

pub struct Stomp {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    path: &'static str,
    heard: VecDeque<Heard>,
    pub code: Option<u16>,
}

/// A frame of the server's.
#[derive(Clone, Debug)]
pub struct Heard {
    pub command: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\n\n")?;
        let mut lines = head.lines();
        let command = lines.next()?.to_owned();
        let plain = |value: &str| value.replace("\\c", ":").replace("\\n", "\n").replace("\\\\", "\\");
        let headers =
            lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_owned(), plain(value)));
        Some(Self { command, headers: headers.collect(), body: body.trim_end_matches('\0').to_owned() })
    }
}

impl Stomp {
    /// The bare line, before anything is said on it.
    pub async fn dial(house: &House, headers: &[(&str, &str)]) -> Result<Self, u16> {
        Self::at(house, BARE, headers).await
    }

    /// The same line in the frames of SockJS.
    pub async fn dial_sockjs(house: &House) -> Self {
        Self::at(house, SOCKJS, &[]).await.unwrap()
    }

    async fn at(house: &House, path: &'static str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://{}{path}", house.address).into_client_request().unwrap();
        for (name, value) in headers {
            let name: tokio_tungstenite::tungstenite::http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Self { stream, path, heard: VecDeque::new(), code: None }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Somebody with an account, known by a token.
    pub async fn open(house: &House, email: &str) -> Self {
        let token = house.visitor().login(email).await["access_token"].as_str().unwrap().to_owned();
        let mut stomp = Self::dial(house, &[]).await.unwrap();
        let connected = stomp.connect(&token).await;
        assert_eq!(connected.command, "CONNECTED", "{connected:?}");
        stomp
    }

    /// The first word, and the answer to it.
    pub async fn connect(&mut self, token: &str) -> Heard {
        self.say(&format!("CONNECT\naccept-version:1.2\nhost:x\nAuthorization:Bearer {token}\n\n\0")).await;
        self.next().await
    }

    pub async fn say(&mut self, text: &str) {
        let text = if self.path == SOCKJS { json!([text]).to_string() } else { text.to_owned() };
        let _ = self.stream.send(Message::text(text)).await;
    }

    /// Sends a body somewhere.
    pub async fn send(&mut self, destination: &str, headers: &str, body: &Value) {
        self.say(&format!("SEND\ndestination:{destination}\n{headers}\n{body}\0")).await;
    }

    /// Subscribes, and waits until it counts.
    pub async fn subscribe(&mut self, id: &str, destination: &str, headers: &str) -> Heard {
        self.say(&format!("SUBSCRIBE\nid:{id}\ndestination:{destination}\nreceipt:sub-{id}\n{headers}\n\0")).await;
        self.until(|heard| heard.header("receipt-id") == format!("sub-{id}")).await
    }

    /// The next frame, whatever it is.
    pub async fn next(&mut self) -> Heard {
        self.hear().await.expect("the session is over")
    }

    async fn hear(&mut self) -> Option<Heard> {
        while self.heard.is_empty() {
            self.read().await?;
        }
        self.heard.pop_front()
    }

    /// Hears what comes next, in its order behind what waits; nothing where it ended.
    async fn read(&mut self) -> Option<()> {
        match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("nothing was heard for too long") {
            Some(Ok(Message::Text(text))) => {
                let frames = self.unwrapped(&text);
                self.heard.extend(frames);
            }
            Some(Ok(Message::Close(frame))) => self.code = frame.map(|frame| frame.code.into()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return None,
        }
        Some(())
    }

    /// The frames of one message; what SockJS says besides is no frame.
    fn unwrapped(&mut self, text: &str) -> Vec<Heard> {
        if self.path != SOCKJS {
            return Heard::read(text).into_iter().collect();
        }
        if let Some(goodbye) = text.strip_prefix('c') {
            self.code = serde_json::from_str::<(u16, String)>(goodbye).ok().map(|(code, _)| code);
        }
        let frames = text.strip_prefix('a').map(|frames| serde_json::from_str::<Vec<String>>(frames).unwrap());
        frames.iter().flatten().filter_map(|frame| Heard::read(frame)).collect()
    }

    /// Waits for an end of line between frames.
    pub async fn beat(&mut self) {
        while let Some(Ok(message)) = self.stream.next().await {
            if matches!(message, Message::Text(text) if text.as_str() == "\n") {
                return;
            }
        }
        panic!("it ended without a beat");
    }

    /// The first frame that is meant; what comes before it is kept.
    pub async fn until(&mut self, meant: impl Fn(&Heard) -> bool) -> Heard {
        loop {
            if let Some(at) = self.heard.iter().position(&meant) {
                return self.heard.remove(at).unwrap();
            }
            self.read().await.expect("the session ended before what was waited for");
        }
    }

    /// What was heard and not asked for yet.
    pub fn kept(&self) -> impl Iterator<Item = &Heard> {
        self.heard.iter()
    }

    /// Whether one may; if not, the session is over.
    pub async fn listens(&mut self, id: usize, destination: &str) -> bool {
        self.say(&format!("SUBSCRIBE\nid:{id}\ndestination:{destination}\nreceipt:sub-{id}\n\n\0")).await;
        self.until(|heard| heard.header("receipt-id") == format!("sub-{id}")).await.command == "RECEIPT"
    }

    /// The next message of a type.
    pub async fn message(&mut self, kind: &str) -> Heard {
        self.until(|heard| heard.command == "MESSAGE" && heard.kind() == kind).await
    }

    pub async fn receipt(&mut self, id: &str) -> Heard {
        self.until(|heard| heard.command == "RECEIPT" && heard.header("receipt-id") == id).await
    }

    /// The error that ends it, and the code it ends with.
    pub async fn end(&mut self) -> (String, u16) {
        let mut message = String::new();
        while let Some(heard) = self.hear().await {
            if heard.command == "ERROR" {
                heard.header("message").clone_into(&mut message);
            }
        }
        (message, self.code.unwrap_or_default())
    }
}
