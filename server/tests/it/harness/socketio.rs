//! A client that speaks Socket.IO on a WebSocket, with no library, so that a test sees each packet.

use std::{collections::VecDeque, time::Duration};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use super::House;

const PATIENCE: Duration = Duration::from_secs(10);

pub struct SocketIo {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    space: &'static str,
    heard: VecDeque<String>,
    next: u32,
}

impl SocketIo {
    /// The bare Engine.IO session, and the packet that answers a try to connect to a namespace.
    pub async fn dial(house: &House, space: &'static str, auth: &Value) -> (Self, String) {
        let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", house.address);
        let (stream, _) = connect_async(url).await.unwrap();
        let mut io = Self { stream, space, heard: VecDeque::new(), next: 0 };
        let open = io.packet().await;
        assert!(open.starts_with("0{") && open.contains(r#""pingInterval":25000,"pingTimeout":60000"#), "{open}");
        io.say(&format!("40{}{auth}", io.prefix())).await;
        let answer = io.packet().await;
        (io, answer)
    }

    pub async fn open(house: &House, space: &'static str, email: &str) -> Self {
        let token = house.visitor().login(email).await["access_token"].clone();
        let (io, answer) = Self::dial(house, space, &json!({ "token": token })).await;
        assert!(answer.starts_with("40"), "{answer}");
        io
    }

    fn prefix(&self) -> String {
        if self.space == "/" { String::new() } else { format!("{},", self.space) }
    }

    async fn say(&mut self, packet: &str) {
        self.stream.send(Message::text(packet.to_owned())).await.unwrap();
    }

    /// The next packet; pings are answered.
    pub async fn packet(&mut self) -> String {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("nothing was heard for too long") {
                Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.say("3").await,
                Some(Ok(Message::Text(text))) => return text.to_string(),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return "closed".to_owned(),
            }
        }
    }

    /// Emits, and waits for the acknowledgement.
    pub async fn emit(&mut self, name: &str, data: &Value) -> Value {
        self.next += 1;
        let start = format!("43{}{}", self.prefix(), self.next);
        self.say(&format!("42{}{}{}", self.prefix(), self.next, json!([name, data]))).await;
        loop {
            let packet = self.packet().await;
            assert_ne!(packet, "closed", "it ended before the acknowledgement of {name}");
            if let Some(answer) = packet.strip_prefix(&start) {
                return serde_json::from_str::<Vec<Value>>(answer).unwrap().remove(0);
            }
            self.heard.push_back(packet);
        }
    }

    /// What was heard and not asked for yet.
    pub fn kept(&self) -> impl Iterator<Item = &String> {
        self.heard.iter()
    }

    /// The next event of that name.
    pub async fn event(&mut self, name: &str) -> Value {
        let start = format!("42{}[\"{name}\",", self.prefix());
        loop {
            let packet = match self.heard.pop_front() {
                Some(packet) => packet,
                None => self.packet().await,
            };
            assert_ne!(packet, "closed", "it ended before {name}");
            if packet.starts_with(&start) {
                let event = packet.strip_prefix(&format!("42{}", self.prefix())).unwrap();
                return serde_json::from_str::<Vec<Value>>(event).unwrap().remove(1);
            }
        }
    }

    /// Emits what is one too many.
    pub async fn emit_and_end(&mut self, name: &str) -> Vec<String> {
        self.say(&format!("42{}{}", self.prefix(), json!([name, {}]))).await;
        self.end().await
    }

    /// Everything until it is told to go.
    pub async fn end(&mut self) -> Vec<String> {
        let mut words: Vec<String> = self.heard.drain(..).collect();
        loop {
            let packet = self.packet().await;
            let ends = packet == "closed" || packet.starts_with("41");
            words.push(packet);
            if ends {
                return words;
            }
        }
    }
}
