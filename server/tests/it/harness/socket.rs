//! A client on our own door: says frames, and hears them until one is as it should be.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue, protocol::CloseFrame},
};

use super::{House, Person};

/// How long a frame may take; far longer than it does.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    heard: VecDeque<Value>,
    next: u32,
    pub closed: Option<CloseFrame>,
}

impl Socket {
    /// As a page of ours opens it.
    pub async fn open(house: &House, person: &Person) -> Self {
        Self::of(house.address, person).await
    }

    /// The same, wherever the server listens.
    pub async fn of(address: SocketAddr, person: &Person) -> Self {
        let headers = [("cookie", person.jar()), ("origin", format!("http://{address}"))];
        Self::to(address, &headers.each_ref().map(|(name, value)| (*name, value.as_str()))).await.unwrap()
    }

    pub async fn with(house: &House, headers: &[(&str, &str)]) -> Result<Self, u16> {
        Self::to(house.address, headers).await
    }

    pub async fn to(address: SocketAddr, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        for (name, value) in headers {
            let name: tokio_tungstenite::tungstenite::http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Self { stream, heard: VecDeque::new(), next: 0, closed: None }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn say(&mut self, frame: &Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    pub async fn send(&mut self, message: Message) {
        // A server that has closed already is seen by what is heard.
        let _ = self.stream.send(message).await;
    }

    /// The next frame; nothing once the socket is closed.
    pub async fn hear(&mut self) -> Option<Value> {
        if let Some(frame) = self.heard.pop_front() {
            return Some(frame);
        }
        self.read().await
    }

    async fn read(&mut self) -> Option<Value> {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("nothing was heard for too long") {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => self.closed = frame,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Asks, and waits for the answer; what is heard meanwhile is kept.
    pub async fn ask(&mut self, does: &str, with: Value) -> Value {
        self.exchange(json!({ "do": does, "with": with })).await
    }

    pub async fn ok(&mut self, does: &str, with: Value) -> Value {
        let answer = self.ask(does, with).await;
        assert!(answer.get("fault").is_none(), "{does}: {answer}");
        answer["ok"].clone()
    }

    /// The code of a refusal.
    pub async fn refused(&mut self, does: &str, with: Value) -> String {
        let answer = self.ask(does, with).await;
        answer["fault"]["code"].as_str().unwrap_or_else(|| panic!("{does} was not refused: {answer}")).to_owned()
    }

    pub async fn join(&mut self, topic: &str, since: Option<u64>) -> Value {
        self.exchange(json!({ "join": topic, "since": since })).await
    }

    /// Whose socket it is.
    pub async fn id(&mut self) -> String {
        self.ok("account.look", json!({})).await["id"].as_str().unwrap().to_owned()
    }

    pub async fn exchange(&mut self, mut frame: Value) -> Value {
        self.next += 1;
        let id = self.next.to_string();
        frame["id"] = json!(id);
        frame.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.say(&frame).await;
        loop {
            let heard = self.read().await.expect("the socket closed before the answer");
            if heard["id"] == json!(id) {
                return heard;
            }
            self.heard.push_back(heard);
        }
    }

    /// The next event of that name; others are passed over.
    pub async fn event(&mut self, name: &str) -> Value {
        loop {
            let heard = self.hear().await.unwrap_or_else(|| panic!("the socket closed before {name}"));
            if heard["event"] == json!(name) {
                return heard;
            }
        }
    }

    /// Everything that is heard until it is quiet.
    pub async fn rest(&mut self) -> Vec<Value> {
        // A pong comes after everything that was waiting before it.
        self.say(&json!({ "ping": 4711 })).await;
        let mut heard = Vec::new();
        while let Some(frame) = self.hear().await {
            if frame["pong"] == json!(4711) {
                break;
            }
            heard.push(frame);
        }
        heard
    }

    /// Says goodbye, as a page does that is left.
    pub async fn leave(mut self) {
        let _ = self.stream.close(None).await;
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    /// Waits for the end, and says why it came.
    pub async fn end(&mut self) -> (String, u16) {
        let mut reason = String::new();
        while let Some(frame) = self.hear().await {
            if let Some(bye) = frame["bye"]["reason"].as_str() {
                bye.clone_into(&mut reason);
            }
        }
        (reason, self.closed.as_ref().map_or(0, |frame| frame.code.into()))
    }
}
