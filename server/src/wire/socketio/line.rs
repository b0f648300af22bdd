//! A namespace of Socket.IO as a line: events come in by a channel in their order, and what is told
//! goes out by the client's session. Engine.IO looks after the transports and whether anybody is
//! there.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    engine::{
        rooms::{Came, Left},
        session::Session,
    },
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
    left: Left,
}

impl Emitting {
    pub fn new(session: Arc<Session>, space: Space, came: mpsc::Receiver<Came>, left: Left) -> Self {
        Self { session, space, came, left }
    }
}

/// The way out, as long as the client has not left the namespace.
struct Out {
    session: Arc<Session>,
    left: Left,
}

impl Mouth<Utf8Bytes> for Out {
    fn keep(&self, frames: &[Utf8Bytes]) {
        if !self.left.has() {
            self.session.keep(frames);
        }
    }

    fn speak(&self) {
        self.session.speak();
    }

    fn is_behind(&self) -> bool {
        self.session.is_behind()
    }
}

impl Line for Emitting {
    type Heard = Heard;
    type Told = Utf8Bytes;

    const KEEPS_WATCH: bool = true;

    fn mouth(&self) -> Option<Arc<dyn Mouth<Utf8Bytes>>> {
        Some(Arc::new(Out { session: Arc::clone(&self.session), left: self.left.clone() }))
    }

    async fn hear(&mut self) -> Result<Sign<Heard>, Ended> {
        match self.came.recv().await {
            Some(Came::Said(heard)) => Ok(Sign::Said(*heard)),
            Some(Came::Answered) => Ok(Sign::Answered),
            None => Err(None),
        }
    }

    async fn tell(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), ()> {
        if self.left.has() {
            return Err(());
        }
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
        if self.tell(last.into_iter().collect()).await.is_err() {
            return;
        }
        match why {
            // All transports are closed a little later.
            Close::Restart { .. } => {
                self.session.rooms.end(&self.left);
            }
            Close::Slow | Close::Changed | Close::Dead => self.session.close(why),
            Close::SignedOut
            | Close::Idle
            | Close::Malformed
            | Close::TooLarge
            | Close::Flood
            | Close::Refused
            | Close::Done => {
                // It may connect again as soon as it has heard that.
                if self.session.rooms.end(&self.left) {
                    self.session.say(packet::disconnected(self.space));
                }
            }
        }
    }
}
