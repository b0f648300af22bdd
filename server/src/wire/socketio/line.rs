//! A namespace of Socket.IO as a line: events come in by a channel in their order, and what is told
//! goes out by the client's session. Engine.IO looks after the transports and whether anybody is
//! there.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    engine::session::{Came, Session},
    packet::{self, Heard, Space},
};
use crate::{
    hub::Close,
    wire::line::{Ended, Line, Mouth, Sign},
};

pub struct Emitting {
    session: Arc<Session>,
    space: Space,
    came: mpsc::Receiver<Came>,
}

impl Emitting {
    pub fn new(session: Arc<Session>, space: Space, came: mpsc::Receiver<Came>) -> Self {
        Self { session, space, came }
    }
}

impl Line for Emitting {
    type Heard = Heard;
    type Told = Utf8Bytes;

    fn mouth(&self) -> Option<Arc<dyn Mouth<Utf8Bytes>>> {
        Some(Arc::clone(&self.session) as Arc<dyn Mouth<Utf8Bytes>>)
    }

    async fn hear(&mut self) -> Result<Sign<Heard>, Ended> {
        match self.came.recv().await {
            Some(Came::Said(heard)) => Ok(Sign::Said(*heard)),
            Some(Came::Answered) => Ok(Sign::Answered),
            Some(Came::Asked) => Ok(Sign::Alive),
            None => Err(None),
        }
    }

    async fn tell(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), ()> {
        self.session.keep(&frames);
        self.session.speak();
        self.catch_up().await
    }

    async fn catch_up(&mut self) -> Result<(), ()> {
        if self.session.is_behind() { self.session.drained().await } else { Ok(()) }
    }

    /// The session asks for all its namespaces.
    async fn ping(&mut self) -> Result<(), ()> {
        Ok(())
    }

    /// A client that is disconnected stays away until it is told to come; one whose transport is
    /// closed comes back by itself.
    async fn end(&mut self, last: Option<Utf8Bytes>, why: Close) {
        let mut words: Vec<Utf8Bytes> = last.into_iter().collect();
        match why {
            // Its transport is closed when all have heard it.
            Close::Restart { .. } => {}
            Close::Dead => return self.session.close(why),
            Close::Slow
            | Close::SignedOut
            | Close::Changed
            | Close::Idle
            | Close::Malformed
            | Close::TooLarge
            | Close::Flood
            | Close::Refused
            | Close::Done => {
                // It may connect again as soon as it has heard that.
                self.session.exit(self.space);
                words.push(packet::disconnected(self.space));
            }
        }
        let _ = self.tell(words).await;
    }
}
