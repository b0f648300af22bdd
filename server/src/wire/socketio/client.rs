//! What a client says, whichever transport brings it: it connects to namespaces, each of which is a
//! session of ours like any other, and what it emits there is read there.

use std::sync::{Arc, Mutex, PoisonError};

use focushive::{Caller, Fault};
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    dialect::SocketIo,
    engine::{frame::Frame, rooms::Came, session::Session},
    line::Emitting,
    packet::{self, Broken, Packet, Space},
};
use crate::{
    auth::{Visitor, identify},
    backend::settle,
    hub::Close,
    services::Services,
    wire::{pace::Pace, pump},
};

pub struct Client {
    pub services: Services,
    pub session: Arc<Session>,
    pub visitor: Visitor,
    /// What its first request said of who it is.
    pub token: Option<String>,
    /// How fast it may say what no namespace counts.
    pub pace: Mutex<Pace>,
}

/// The longest name of a namespace that is answered.
const LONGEST_NAME: usize = 64;

impl Client {
    /// `Err` is the end of it.
    pub async fn hear(&self, frame: Frame<'_>) -> Result<(), Close> {
        match frame {
            Frame::Message(text) => return self.read(text).await,
            Frame::Bytes if self.session.rooms.piece() => {}
            Frame::Pong => self.session.answered(),
            Frame::Upgrade | Frame::Nothing => {}
            Frame::Close => {
                self.session.leave();
                return Err(Close::Done);
            }
            Frame::Bytes | Frame::Probe => return Err(Close::Malformed),
        }
        self.step()
    }

    /// One more of what no namespace counts.
    fn step(&self) -> Result<(), Close> {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.step(Instant::now()).map_err(|_| Close::Flood)
    }

    async fn read(&self, text: &str) -> Result<(), Close> {
        let packet = packet::read(text).map_err(|Broken| Close::Malformed)?;
        let pieces = match &packet {
            Packet::Event { attachments, .. } | Packet::Ack { attachments } => *attachments,
            Packet::Connect { .. } | Packet::Disconnect { .. } => 0,
        };
        if !self.session.rooms.expect(pieces) {
            return Err(Close::Malformed);
        }
        if let Packet::Event { space, heard, .. } = packet {
            // Whoever says more than is read waits. What is said where one is not connected is said
            // to nobody.
            let Some(room) = Space::of(space).and_then(|space| self.session.rooms.find(space)) else {
                return self.step();
            };
            let _ = room.send(Came::Said(Box::new(heard))).await;
            return Ok(());
        }
        self.step()?;
        match packet {
            // Put aside, as it happens once: what hears it is kept as long as somebody is connected.
            Packet::Connect { space, auth } => Box::pin(self.connect(space, &auth)).await,
            Packet::Disconnect { space } => {
                Space::of(space).into_iter().for_each(|space| self.session.rooms.exit(space));
                Ok(())
            }
            Packet::Event { .. } | Packet::Ack { .. } => Ok(()),
        }
    }

    async fn connect(&self, name: &str, auth: &Value) -> Result<(), Close> {
        // Who takes no answers gets none.
        self.session.drained().await.map_err(|()| Close::Slow)?;
        let Some(space) = Space::of(name) else {
            let name = name.get(..LONGEST_NAME.min(name.len())).ok_or(Close::Malformed)?;
            self.session.say(packet::refused(name, "Invalid namespace"));
            return Ok(());
        };
        if self.session.rooms.find(space).is_none() {
            match self.know(space, auth).await {
                Ok(caller) => self.enter(space, caller),
                Err(fault) => self.session.say(packet::refused(name, fault.code())),
            }
        }
        Ok(())
    }

    /// Who it is, before it is let in: by the token it brings, or in the main namespace by what it
    /// says first.
    async fn know(&self, space: Space, auth: &Value) -> Result<Caller, Fault> {
        let limits = &self.services.limits;
        let said = auth.get("token").and_then(Value::as_str).map(|token| token.trim_start_matches("Bearer "));
        let Some(token) = said.or(self.token.as_deref()) else {
            limits.knock(&self.visitor.address)?;
            return if space == Space::Main { Ok(Caller::Guest) } else { Err(Fault::SignedOut) };
        };
        // Many people may come from one address; it counts against it only if it is nobody we know.
        match identify::by_token(&self.services, token).await.map_err(settle).and_then(Caller::user) {
            Ok(member) => limits.connect(member.session).map(|()| Caller::Member(member)),
            Err(fault) => Err(limits.knock(&self.visitor.address).err().unwrap_or(fault)),
        }
    }

    fn enter(&self, space: Space, caller: Caller) {
        let Some((inbox, left)) = self.session.rooms.enter(space) else { return };
        self.session.say(packet::connected(space, &Uuid::new_v4().simple().to_string()));
        let (services, session) = (self.services.clone(), Arc::clone(&self.session));
        let line = Emitting::new(Arc::clone(&session), space, inbox, left.clone());
        let tasks = services.tasks.clone();
        tasks.spawn(async move {
            pump::run(services, line, SocketIo::new(space), caller).await;
            // It ended without a word: the client is to notice, and to come back.
            if session.rooms.end(&left) {
                session.close(Close::Slow);
            }
        });
    }
}
