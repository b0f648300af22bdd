//! One socket's life: frames in, answers and events out, heartbeats, and an end with a reason.
//! Requests of one socket are done one after another, which is also what slows its sender down;
//! events go out meanwhile, also while the database takes its time.

use std::{pin::pin, sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use focushive::{
    Caller, Fault,
    caller::Member,
    protocol::{Backend, Topic, frame::MOST_BYTES},
};
use futures::SinkExt;
use tokio::time::{Instant, sleep_until, timeout};

use super::{
    join::{Begun, begin},
    native::{self, Action, Frame},
    pace::Pace,
};
use crate::{
    account, auth,
    backend::settle,
    failure,
    hub::{Close, Connection, Item, Published},
    services::Services,
};

/// When somebody comes back who came while the server was going.
const COME_BACK_MS: u64 = 2_000;

/// How long one write may take before the peer counts as gone.
const WRITE_WITHIN: Duration = Duration::from_secs(10);

/// How long what comes after the last word is still taken.
const LINGER: Duration = Duration::from_secs(1);

/// How long a request may take before whoever asks is told to come back. What they wrote may have
/// been stored all the same: they say it again under the same key.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Who goes on after this many refusals in a minute is cut off.
const REFUSALS: u32 = 10;

pub async fn run(services: Services, mut socket: WebSocket, caller: Caller) {
    let known = match caller {
        Caller::Member(member) => Some(member),
        Caller::Guest => {
            let patience = services.config.limits.handshake.duration();
            timeout(patience, hello(&services, &mut socket)).await.ok().flatten()
        }
    };
    let Some(member) = known else { return end(&mut socket, Close::SignedOut).await };
    let Ok(me) = account::look_up(&services, member.id).await else { return };
    let connection = services.hub.connect(&me, member.session);
    if services.stop.is_cancelled() {
        // Those who were there are told; this one came while they were.
        connection.close(Close::Restart { retry_in_ms: COME_BACK_MS });
    }
    let mut pump = Pump::new(services, socket, Arc::clone(&connection), member);
    if let Some(why) = pump.live().await {
        end(&mut pump.socket, why).await;
    }
    pump.services.hub.disconnect(&connection);
}

/// The first word of a client without a cookie: its token.
async fn hello(services: &Services, socket: &mut WebSocket) -> Option<Member> {
    while let Some(Ok(message)) = socket.recv().await {
        let Message::Text(text) = message else { continue };
        let Frame { id, action } = native::read(&text);
        let known = match action {
            Ok(Action::Hello { token }) => auth::identify::by_token(services, &token).await.map_err(settle),
            Ok(_) => Err(Fault::SignedOut),
            Err(fault) => Err(fault),
        };
        let (member, answer) = match known {
            Ok(Caller::Member(member)) => (Some(member), native::welcome(id, member.id)),
            Ok(Caller::Guest) => (None, native::refuse(id, Fault::SignedOut)),
            Err(fault) => (None, native::refuse(id, fault)),
        };
        let _ = socket.send(Message::Text(answer)).await;
        return member;
    }
    None
}

/// With a last word. What the peer still sends is taken and thrown away for a moment: a connection
/// that is closed over unread bytes is reset, and the peer never reads why.
async fn end(socket: &mut WebSocket, why: Close) {
    let close = CloseFrame { code: why.code(), reason: why.reason().into() };
    let goodbye = async {
        let _ = socket.feed(Message::Text(native::bye(why))).await;
        socket.send(Message::Close(Some(close))).await
    };
    if let Ok(Ok(())) = timeout(WRITE_WITHIN, goodbye).await {
        let _ = timeout(LINGER, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
    }
}

struct Pump {
    services: Services,
    socket: WebSocket,
    connection: Arc<Connection>,
    member: Member,
    /// From which number on each durable topic is told live.
    told: Vec<(Topic, u64)>,
    /// A topic that is being joined, and what happens there meanwhile.
    joining: Option<(Topic, Vec<Arc<Published>>)>,
    heard_at: Instant,
    ping_at: Instant,
    spoke_at: Instant,
    refused: (Instant, u32),
    pace: Pace,
}

/// Why a socket's life goes no further: with a reason to tell, or none where nobody would hear it.
type Ended = Option<Close>;

impl Pump {
    fn new(services: Services, socket: WebSocket, connection: Arc<Connection>, member: Member) -> Self {
        let now = Instant::now();
        let member = Member { connection: Some(connection.id), ..member };
        let pace = Pace::new(services.config.limits.frames_a_minute, now);
        let ping_at = now + services.config.limits.ping_every.duration();
        Self {
            services,
            socket,
            connection,
            member,
            told: Vec::new(),
            joining: None,
            heard_at: now,
            ping_at,
            spoke_at: now,
            refused: (now, 0),
            pace,
        }
    }

    /// Until something ends it.
    async fn live(&mut self) -> Ended {
        let connection = Arc::clone(&self.connection);
        // It is set anew when it rings, and not whenever something is heard.
        let mut alarm = pin!(sleep_until(self.alarm_at()));
        loop {
            let step = tokio::select! {
                biased;
                () = connection.ready() => self.tell().await,
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.hear(message).await,
                    Some(Err(error)) => Err(unreadable(&error)),
                    None => Err(None),
                },
                () = alarm.as_mut() => {
                    let looked = self.look_after().await;
                    alarm.as_mut().reset(self.alarm_at());
                    looked
                }
            };
            if let Err(ended) = step {
                return ended;
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), Ended> {
        self.heard_at = Instant::now();
        if let Err(retry_after_ms) = self.pace.step(self.heard_at) {
            let refused = Fault::RateLimited { retry_after_ms };
            self.count(Some(&refused))?;
            return self.send([native::refuse(None, refused)]).await;
        }
        match message {
            Message::Text(text) if text.len() > MOST_BYTES => Err(Some(Close::TooLarge)),
            Message::Text(text) => self.act(native::read(&text)).await,
            // Binary frames are kept for documents.
            Message::Binary(_) => Err(Some(Close::Malformed)),
            Message::Pong(_) => {
                self.services.presence.answered(self.member, self.services.clock.now());
                Ok(())
            }
            Message::Ping(_) => Ok(()),
            Message::Close(_) => Err(None),
        }
    }

    async fn act(&mut self, frame: Frame) -> Result<(), Ended> {
        let id = frame.id;
        match frame.action {
            Ok(Action::Ping(ping)) => self.send([native::pong(ping, self.services.clock.now())]).await,
            Ok(Action::Ask(request)) => {
                self.spoke_at = Instant::now();
                let services = self.services.clone();
                let asking = timeout(ANSWER_WITHIN, services.handle(Caller::Member(self.member), request));
                let answer = self.meanwhile(asking).await?.unwrap_or_else(|_| Err(failure::away()));
                self.count(answer.as_ref().err())?;
                self.send([native::answer(id, answer)]).await
            }
            Ok(Action::Join { topic, since }) => {
                self.spoke_at = Instant::now();
                self.join(id, topic, since).await
            }
            Ok(Action::Leave(topic)) => {
                self.services.hub.leave(topic, &self.connection);
                self.told.retain(|(known, _)| *known != topic);
                self.send([native::left(id)]).await
            }
            Ok(Action::Hello { .. }) => self.send([native::welcome(id, self.member.id)]).await,
            Err(fault) => {
                self.count(Some(&fault))?;
                self.send([native::refuse(id, fault)]).await
            }
        }
    }

    /// Goes on telling while something is done.
    async fn meanwhile<T>(&mut self, doing: impl Future<Output = T>) -> Result<T, Ended> {
        let connection = Arc::clone(&self.connection);
        let mut doing = std::pin::pin!(doing);
        loop {
            tokio::select! {
                biased;
                done = &mut doing => return Ok(done),
                () = connection.ready() => self.tell().await?,
            }
        }
    }

    async fn join(&mut self, id: Option<String>, topic: Topic, since: Option<u64>) -> Result<(), Ended> {
        self.joining = Some((topic, Vec::new()));
        let (services, connection) = (self.services.clone(), Arc::clone(&self.connection));
        let member = self.member;
        // It takes more memory than all the rest of a connection, and only for a moment.
        let beginning = Box::pin(begin(&services, &connection, member, topic, since));
        let beginning = timeout(ANSWER_WITHIN, beginning);
        let joined = self.meanwhile(beginning).await?.unwrap_or_else(|_| {
            services.hub.leave(topic, &connection);
            Err(failure::away().into())
        });
        let held = self.joining.take().map(|(_, held)| held).unwrap_or_default();
        let Begun { joined, missed } = match joined {
            Ok(begun) => begun,
            Err(failure) => {
                let fault = settle(failure);
                self.count(Some(&fault))?;
                return self.send([native::refuse(id, fault)]).await;
            }
        };
        self.told.retain(|(known, _)| *known != topic);
        if let Some(last) = joined.last {
            self.told.push((topic, last));
        }
        let held: Vec<Utf8Bytes> = held.iter().filter(|event| self.is_new(event)).map(|event| event.native()).collect();
        let frames = std::iter::once(native::joined(id, joined)).chain(missed.iter().map(Published::native));
        self.send(frames.chain(held)).await
    }

    /// Whether it comes after what the reader got on joining.
    fn is_new(&self, event: &Published) -> bool {
        let told = self.told.iter().find(|(topic, _)| *topic == event.topic).map(|(_, last)| *last);
        event.seq.is_none_or(|seq| told.is_none_or(|told| seq > told))
    }

    /// Tells everything that waits, in as few writes as it fits into.
    async fn tell(&mut self) -> Result<(), Ended> {
        let mut frames = Vec::new();
        for item in self.connection.take() {
            match item {
                Item::Close(why) => return Err(Some(why)),
                Item::Event(event) => frames.extend(self.turn(event)),
            }
        }
        self.send(frames).await
    }

    /// The frame of an event whose turn it is.
    fn turn(&mut self, event: Arc<Published>) -> Option<Utf8Bytes> {
        // What was waiting when somebody was put out is not for them any more.
        if !self.connection.listens_to(event.topic) {
            return None;
        }
        if let Some((topic, held)) = &mut self.joining
            && *topic == event.topic
        {
            held.push(event);
            return None;
        }
        self.is_new(&event).then(|| event.native())
    }

    async fn send(&mut self, frames: impl IntoIterator<Item = Utf8Bytes>) -> Result<(), Ended> {
        let writing = async {
            for frame in frames {
                self.socket.feed(Message::Text(frame)).await?;
            }
            self.socket.flush().await
        };
        match timeout(WRITE_WITHIN, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(None),
        }
    }

    /// Refusals are answered, but not without end.
    fn count(&mut self, fault: Option<&Fault>) -> Result<(), Ended> {
        let Some(Fault::RateLimited { .. } | Fault::Invalid { .. } | Fault::NotFound) = fault else { return Ok(()) };
        let (since, count) = &mut self.refused;
        if since.elapsed() > Duration::from_secs(60) {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
        if *count > REFUSALS { Err(Some(Close::Flood)) } else { Ok(()) }
    }

    /// When to look after it next: to ping, or because it is dead if nothing is heard until then.
    fn alarm_at(&self) -> Instant {
        self.ping_at.min(self.heard_at + self.services.config.limits.dead_after.duration())
    }

    /// Whether anybody is there, and whether the sign-in still holds.
    async fn look_after(&mut self) -> Result<(), Ended> {
        let services = self.services.clone();
        let (limits, now) = (&services.config.limits, Instant::now());
        if self.heard_at + limits.dead_after.duration() <= now {
            return Err(Some(Close::Dead));
        }
        if now < self.ping_at {
            return Ok(());
        }
        self.ping_at = now + limits.ping_every.duration();
        // What ended it may have been another node, or somebody at a terminal.
        let known = Box::pin(auth::store::signed_in(&services.db, self.member.session, services.clock.now()));
        if matches!(self.meanwhile(timeout(ANSWER_WITHIN, known)).await?, Ok(Ok(None))) {
            return Err(Some(Close::SignedOut));
        }
        if !self.connection.listens() && self.spoke_at.elapsed() > limits.idle_after.duration() {
            return Err(Some(Close::Idle));
        }
        match timeout(WRITE_WITHIN, self.socket.send(Message::Ping(Vec::new().into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(None),
        }
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
