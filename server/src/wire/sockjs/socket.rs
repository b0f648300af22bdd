//! SockJS on a WebSocket: the same frames, each as a message.

use std::{collections::VecDeque, sync::Arc};

use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::frame::{self, Nothing};
use crate::{
    hub::Close,
    wire::{
        line::{Ended, Line, Mouth, Sign, Words},
        socket::{Pipe, Socket},
    },
};

pub struct Framed {
    socket: Socket,
    /// One frame of the client's may be many messages.
    heard: VecDeque<String>,
}

impl Framed {
    /// With the word that opens a session.
    pub async fn open(mut socket: Socket) -> Self {
        let _ = socket.tell(vec![Utf8Bytes::from_static(frame::OPEN)]).await;
        Self { socket, heard: VecDeque::new() }
    }
}

/// All that is told at once is one message.
struct Together(Arc<Pipe>);

impl Mouth<Utf8Bytes> for Together {
    fn keep(&self, frames: &[Utf8Bytes]) {
        if !frames.is_empty() {
            self.0.keep(&[frame::messages(frames).into()]);
        }
    }

    fn speak(&self) {
        self.0.speak();
    }

    fn is_behind(&self) -> bool {
        self.0.is_behind()
    }
}

impl Line for Framed {
    type Heard = Words;
    type Told = Utf8Bytes;

    fn mouth(&self) -> Option<Arc<dyn Mouth<Utf8Bytes>>> {
        Some(Arc::new(Together(self.socket.pipe())))
    }

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
                // Nothing is said to whoever does not speak this.
                Err(Nothing::Empty | Nothing::Broken) => Err(None),
            },
            Sign::Said(Words::Binary(_)) => Err(Some(Close::Malformed)),
            Sign::Answered => Ok(Sign::Answered),
            Sign::Alive => Ok(Sign::Alive),
        }
    }

    async fn tell(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), ()> {
        self.socket.tell(vec![frame::messages(&frames).into()]).await
    }

    async fn catch_up(&mut self) -> Result<(), ()> {
        self.socket.catch_up().await
    }

    async fn ping(&mut self) -> Result<(), ()> {
        self.socket.tell(vec![Utf8Bytes::from_static(frame::BEAT)]).await?;
        self.socket.ping().await
    }

    async fn end(&mut self, last: Option<Utf8Bytes>, why: Close) {
        let mut frames: Vec<Utf8Bytes> = last.map(|last| frame::messages(&[last]).into()).into_iter().collect();
        frames.push(frame::close(why.code(), why.reason()).into());
        if self.socket.tell(frames).await.is_ok() {
            let _ = self.socket.close(why).await;
        }
    }
}
