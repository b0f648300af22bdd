//! A namespace of Socket.IO as a line: packets come in by a channel in their order, and what is told
//! is emitted. Engine.IO looks after the transports and whether anybody is there.

use std::{collections::HashMap, sync::Arc, time::Duration};

use serde_json::{Value, value::RawValue};
use socketioxide::{
    SendError, SocketError,
    extract::{AckSender, SocketRef},
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::LAST_WORDS;
use crate::{
    hub::Close,
    wire::line::{Ended, Line, Sign, WRITE_WITHIN},
};

/// How often a peer that Engine.IO still holds for alive counts as having answered.
const ANSWERS_EVERY: Duration = Duration::from_secs(20);

/// How long to wait for room in a socket's own queue before looking again.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// What a client emitted: its name, its first argument, and the number to acknowledge it by.
#[derive(Debug)]
pub struct Packet {
    pub name: String,
    pub data: Value,
    pub ack: u64,
}

#[derive(Clone, Debug)]
pub enum Told {
    Emit { name: String, body: Arc<RawValue> },
    Ack { ack: u64, body: Arc<RawValue> },
}

pub type Came = (String, Value, AckSender);

pub struct Emitting {
    socket: SocketRef,
    came: mpsc::Receiver<Came>,
    gone: CancellationToken,
    answers_at: Instant,
    acks: HashMap<u64, AckSender>,
    next: u64,
}

impl Emitting {
    pub fn new(socket: SocketRef, came: mpsc::Receiver<Came>, gone: CancellationToken) -> Self {
        Self { socket, came, gone, answers_at: Instant::now() + ANSWERS_EVERY, acks: HashMap::new(), next: 0 }
    }

    fn write(&mut self, told: &Told) -> Result<(), SendError> {
        match told {
            Told::Emit { name, body } => self.socket.emit(name, &**body),
            // One that was answered already, or wanted no answer, is not answered again.
            Told::Ack { ack, body } => self.acks.remove(ack).map_or(Ok(()), |ack| ack.send(&**body)),
        }
    }
}

impl Line for Emitting {
    type Heard = Packet;
    type Told = Told;

    async fn hear(&mut self) -> Result<Sign<Packet>, Ended> {
        tokio::select! {
            biased;
            () = self.gone.cancelled() => Err(None),
            came = self.came.recv() => {
                let Some((name, data, ack)) = came else { return Err(None) };
                self.next += 1;
                self.acks.insert(self.next, ack);
                Ok(Sign::Said(Packet { name, data, ack: self.next }))
            }
            () = sleep_until(self.answers_at) => {
                self.answers_at = Instant::now() + ANSWERS_EVERY;
                Ok(Sign::Answered)
            }
        }
    }

    async fn tell(&mut self, frames: Vec<Told>) -> Result<(), ()> {
        let until = Instant::now() + WRITE_WITHIN;
        for told in &frames {
            loop {
                match self.write(told) {
                    Ok(()) => break,
                    Err(SendError::Socket(SocketError::InternalChannelFull)) if Instant::now() < until => {
                        sleep(LOOK_AGAIN).await;
                    }
                    Err(_) => return Err(()),
                }
            }
        }
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), ()> {
        Ok(())
    }

    /// A client that is disconnected stays away until it is told to come; one whose server restarts
    /// comes back by itself once its transport is closed.
    async fn end(&mut self, last: Option<Told>, why: Close) {
        if self.tell(last.into_iter().collect()).await.is_err() {
            return;
        }
        match why {
            Close::Restart { .. } => {}
            Close::Slow
            | Close::SignedOut
            | Close::Changed
            | Close::Idle
            | Close::Dead
            | Close::Malformed
            | Close::TooLarge
            | Close::Flood
            | Close::Refused
            | Close::Done => {
                // A client that changes its transport just now would lose what closes under it.
                sleep(LAST_WORDS).await;
                let _ = self.socket.clone().disconnect();
            }
        }
    }
}
