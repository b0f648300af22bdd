//! SockJS on a WebSocket: the same frames, each as a message.

use std::collections::VecDeque;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use tokio::time::timeout;

use super::frame::{self, Nothing};
use crate::{
    hub::Close,
    wire::line::{Ended, Line, Sign, WRITE_WITHIN, Words},
};

pub struct Framed {
    socket: WebSocket,
    /// One frame of the client's may be many messages.
    heard: VecDeque<String>,
}

impl Framed {
    /// With the word that opens a session.
    pub async fn open(mut socket: WebSocket) -> Self {
        let _ = timeout(WRITE_WITHIN, socket.send(Message::Text(Utf8Bytes::from_static(frame::OPEN)))).await;
        Self { socket, heard: VecDeque::new() }
    }
}

impl Line for Framed {
    type Heard = Words;
    type Told = Utf8Bytes;

    async fn hear(&mut self) -> Result<Sign<Words>, Ended> {
        if let Some(text) = self.heard.pop_front() {
            return Ok(Sign::Said(Words::Text(text.into())));
        }
        match self.socket.hear().await? {
            Sign::Said(Words::Text(text)) if text.is_empty() => Ok(Sign::Alive),
            Sign::Said(Words::Text(text)) => match frame::read_socket(&text) {
                Ok(messages) => {
                    self.heard.extend(messages);
                    let first = self.heard.pop_front();
                    Ok(first.map_or(Sign::Alive, |text| Sign::Said(Words::Text(text.into()))))
                }
                Err(Nothing::Empty | Nothing::Broken) => Err(Some(Close::Malformed)),
            },
            Sign::Said(Words::Binary(_)) => Err(Some(Close::Malformed)),
            Sign::Answered => Ok(Sign::Answered),
            Sign::Alive => Ok(Sign::Alive),
        }
    }

    async fn tell(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), ()> {
        self.socket.tell(vec![frame::messages(&frames).into()]).await
    }

    async fn ping(&mut self) -> Result<(), ()> {
        self.socket.tell(vec![Utf8Bytes::from_static(frame::BEAT)]).await?;
        self.socket.ping().await
    }

    async fn end(&mut self, last: Option<Utf8Bytes>, why: Close) {
        let mut frames: Vec<Utf8Bytes> = last.map(|last| frame::messages(&[last]).into()).into_iter().collect();
        frames.push(frame::close(why.code(), why.reason()).into());
        if self.socket.tell(frames).await.is_err() {
            return;
        }
        let close = CloseFrame { code: why.code(), reason: why.reason().into() };
        let _ = timeout(WRITE_WITHIN, self.socket.send(Message::Close(Some(close)))).await;
    }
}
