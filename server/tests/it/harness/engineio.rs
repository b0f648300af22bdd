//! A client that speaks Engine.IO by requests or on a socket, with no library, so that a test sees each
//! packet.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use super::{House, Person};

pub const PATIENCE: Duration = Duration::from_secs(10);

/// A session made of requests.
pub struct Polls {
    pub person: Person,
    pub id: String,
    pub waiting: Vec<String>,
}

impl Polls {
    pub async fn open(house: &House) -> Self {
        let mut person = house.visitor();
        let opened = person.send(person.request(Method::GET, "/socket.io/?EIO=4&transport=polling")).await;
        assert_eq!((opened.status, opened.header("content-type")), (200, "text/plain; charset=UTF-8"));
        let opening: Value = serde_json::from_str(opened.body.strip_prefix('0').unwrap()).unwrap();
        assert_eq!((&opening["upgrades"], &opening["maxPayload"]), (&json!(["websocket"]), &json!(65536)));
        let id = opening["sid"].as_str().unwrap().to_owned();
        Self { person, id, waiting: Vec::new() }
    }

    pub fn path(&self) -> String {
        format!("/socket.io/?EIO=4&transport=polling&sid={}", self.id)
    }

    pub async fn poll(&mut self) -> (u16, String) {
        let answer = self.person.send(self.person.request(Method::GET, &self.path())).await;
        (answer.status, answer.body)
    }

    pub async fn post(&mut self, body: &str) -> (u16, String) {
        let request = self.person.request(Method::POST, &self.path()).body(body.to_owned());
        let answer = self.person.send(request).await;
        (answer.status, answer.body)
    }

    pub async fn say(&mut self, body: &str) {
        assert_eq!(self.post(body).await, (200, "ok".to_owned()), "{body}");
    }

    /// The next packet that is no ping.
    pub async fn hear(&mut self) -> String {
        loop {
            if self.waiting.is_empty() {
                let (status, body) = timeout(PATIENCE, self.poll()).await.unwrap();
                assert_eq!(status, 200, "{body}");
                self.waiting = body.split('\u{1e}').map(str::to_owned).collect();
            }
            match self.waiting.remove(0) {
                ping if ping == "2" => self.say("3").await,
                packet => return packet,
            }
        }
    }

    pub async fn hear_of(&mut self, start: &str) -> String {
        loop {
            let packet = self.hear().await;
            if packet.starts_with(start) {
                return packet;
            }
        }
    }

    pub async fn is_over(&mut self) {
        let (status, body) = self.poll().await;
        assert_eq!((status, body.contains("Session ID unknown")), (400, true), "{body}");
    }
}

pub type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub async fn socket(house: &House, more: &str) -> Stream {
    connect_async(format!("ws://{}/socket.io/?EIO=4&transport=websocket{more}", house.address)).await.unwrap().0
}

pub async fn say(stream: &mut Stream, words: &str) {
    stream.send(Message::text(words.to_owned())).await.unwrap();
}

/// The next packet, or that it is over.
pub async fn hear(stream: &mut Stream) -> String {
    loop {
        match timeout(PATIENCE, stream.next()).await.unwrap() {
            Some(Ok(Message::Text(text))) => return text.to_string(),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return "closed".to_owned(),
            Some(Ok(_)) => {}
        }
    }
}

pub async fn token(house: &House, email: &str) -> Value {
    house.visitor().login(email).await["access_token"].clone()
}
