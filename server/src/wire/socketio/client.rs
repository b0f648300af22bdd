//! What a client says, whichever transport brings it: it connects to namespaces, each of which is a
//! session of ours like any other, and what it emits there is read there.

use std::sync::Arc;

use focushive::{Caller, Fault};
use serde_json::Value;
use uuid::Uuid;

use super::{
    dialect::SocketIo,
    engine::{
        frame::Frame,
        session::{Came, Session},
    },
    line::Emitting,
    packet::{self, Broken, Packet, Space},
};
use crate::{
    auth::{Visitor, identify},
    backend::settle,
    hub::Close,
    services::Services,
    wire::{line::Mouth, pump},
};

pub struct Client {
    pub services: Services,
    pub session: Arc<Session>,
    pub visitor: Visitor,
    /// What its first request said of who it is.
    pub token: Option<String>,
}

impl Client {
    /// `Err` is the end of it.
    pub async fn hear(&self, frame: Frame<'_>) -> Result<(), Close> {
        match frame {
            Frame::Message(text) => self.read(text).await,
            Frame::Bytes if self.session.piece() => Ok(()),
            Frame::Pong => {
                self.session.answered();
                Ok(())
            }
            Frame::Upgrade | Frame::Nothing => Ok(()),
            Frame::Close => {
                self.session.leave();
                Err(Close::Done)
            }
            Frame::Bytes | Frame::Probe => Err(Close::Malformed),
        }
    }

    async fn read(&self, text: &str) -> Result<(), Close> {
        let packet = packet::read(text).map_err(|Broken| Close::Malformed)?;
        let pieces = match &packet {
            Packet::Event { attachments, .. } | Packet::Ack { attachments } => *attachments,
            Packet::Connect { .. } | Packet::Disconnect { .. } => 0,
        };
        if !self.session.expect(pieces) {
            return Err(Close::Malformed);
        }
        match packet {
            // Put aside, as it happens once: what hears it is kept as long as somebody is connected.
            Packet::Connect { space, auth } => Box::pin(self.connect(space, &auth)).await,
            Packet::Disconnect { space } => Space::of(space).into_iter().for_each(|space| self.session.exit(space)),
            // What is said where one is not connected is said to nobody.
            Packet::Event { space, heard, .. } => {
                if let Some(room) = Space::of(space).and_then(|space| self.session.room(space)) {
                    // Whoever says more than is read waits.
                    let _ = room.send(Came::Said(Box::new(heard))).await;
                }
            }
            Packet::Ack { .. } => {}
        }
        Ok(())
    }

    async fn connect(&self, name: &str, auth: &Value) {
        let Some(space) = Space::of(name) else {
            return self.session.say(packet::refused(name, "Invalid namespace"));
        };
        if self.session.room(space).is_some() {
            return;
        }
        match self.know(space, auth).await {
            Ok(caller) => self.enter(space, caller),
            Err(fault) => self.session.say(packet::refused(name, fault.code())),
        }
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
        let Some(inbox) = self.session.enter(space) else { return };
        self.session.say(packet::connected(space, &Uuid::new_v4().simple().to_string()));
        let (services, session) = (self.services.clone(), Arc::clone(&self.session));
        let line = Emitting::new(Arc::clone(&session), space, inbox);
        let tasks = services.tasks.clone();
        tasks.spawn(async move {
            pump::run(services, line, SocketIo::new(space), caller).await;
            session.forget();
            if session.is_behind() {
                // It took nothing for too long.
                session.close(Close::Slow);
            }
        });
    }
}
