//! What a session runs on: something that frames come from and go to. A WebSocket is one; so are the
//! sessions of SockJS and of Socket.IO, which look after their own transports.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use focushive::protocol::frame::MOST_BYTES;
use futures::SinkExt;
use tokio::time::timeout;

use crate::hub::Close;

/// Why a session goes no further: with a reason to tell, or none where nobody would hear it.
pub type Ended = Option<Close>;

/// How long one write may take before the peer counts as gone.
pub const WRITE_WITHIN: Duration = Duration::from_secs(10);

/// How long what comes after the last word is still taken.
const LINGER: Duration = Duration::from_secs(1);

pub enum Sign<H> {
    Said(H),
    /// It answered a ping.
    Answered,
    /// It is there.
    Alive,
}

pub trait Line: Send {
    type Heard: Send;
    type Told: Send;

    /// The next thing heard. Nothing is lost when this is dropped half-way.
    fn hear(&mut self) -> impl Future<Output = Result<Sign<Self::Heard>, Ended>> + Send;

    /// Tells all of it in as few writes as it fits into; `Err` when nobody is there to be told.
    fn tell(&mut self, frames: Vec<Self::Told>) -> impl Future<Output = Result<(), ()>> + Send;

    /// Asks whether anybody is there.
    fn ping(&mut self) -> impl Future<Output = Result<(), ()>> + Send;

    /// With a last word.
    fn end(&mut self, last: Option<Self::Told>, why: Close) -> impl Future<Output = ()> + Send;
}

/// One message of a line of text.
#[derive(Debug)]
pub enum Words {
    Text(Utf8Bytes),
    Binary(axum::body::Bytes),
}

impl Line for WebSocket {
    type Heard = Words;
    type Told = Utf8Bytes;

    async fn hear(&mut self) -> Result<Sign<Words>, Ended> {
        match self.recv().await {
            Some(Ok(Message::Text(text))) if text.len() > MOST_BYTES => Err(Some(Close::TooLarge)),
            Some(Ok(Message::Binary(bytes))) if bytes.len() > MOST_BYTES => Err(Some(Close::TooLarge)),
            Some(Ok(Message::Text(text))) => Ok(Sign::Said(Words::Text(text))),
            Some(Ok(Message::Binary(bytes))) => Ok(Sign::Said(Words::Binary(bytes))),
            Some(Ok(Message::Pong(_))) => Ok(Sign::Answered),
            Some(Ok(Message::Ping(_))) => Ok(Sign::Alive),
            Some(Ok(Message::Close(_))) | None => Err(None),
            Some(Err(error)) => Err(unreadable(&error)),
        }
    }

    async fn tell(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), ()> {
        let writing = async {
            for frame in frames {
                self.feed(Message::Text(frame)).await?;
            }
            self.flush().await
        };
        written(timeout(WRITE_WITHIN, writing).await)
    }

    async fn ping(&mut self) -> Result<(), ()> {
        written(timeout(WRITE_WITHIN, self.send(Message::Ping(Vec::new().into()))).await)
    }

    /// What the peer still sends is taken and thrown away for a moment: a connection that is closed
    /// over unread bytes is reset, and the peer never reads why.
    async fn end(&mut self, last: Option<Utf8Bytes>, why: Close) {
        let close = CloseFrame { code: why.code(), reason: why.reason().into() };
        let goodbye = async {
            if let Some(last) = last {
                let _ = self.feed(Message::Text(last)).await;
            }
            self.send(Message::Close(Some(close))).await
        };
        if let Ok(Ok(())) = timeout(WRITE_WITHIN, goodbye).await {
            let _ = timeout(LINGER, async { while let Some(Ok(_)) = self.recv().await {} }).await;
        }
    }
}

fn written<E>(outcome: Result<Result<(), axum::Error>, E>) -> Result<(), ()> {
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(()),
    }
}

/// Why a socket that cannot be read any further ends. The library tells its errors apart in words.
fn unreadable(error: &axum::Error) -> Ended {
    let words = error.to_string();
    if words.contains("too long") {
        Some(Close::TooLarge)
    } else if words.contains("UTF-8") {
        Some(Close::Malformed)
    } else {
        None
    }
}
