//! A client's session of Engine.IO: the transport it is on, what waits for its next poll where that
//! is no socket, and the namespaces it is connected to. It outlives its requests, and moves from
//! polling to a socket without losing a word.

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Notify, mpsc},
    time::{sleep, timeout},
};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::frame;
use crate::{
    config,
    hub::Close,
    wire::{
        line::{Mouth, WRITE_WITHIN},
        socket::Pipe,
        socketio::packet::{Heard, Space},
    },
};

/// How many events of one client may wait to be read in a namespace.
const INBOX: usize = 64;

/// How much waits for the next poll before whoever has more to say waits in turn.
const MOST_WAITING: usize = 256 * 1024;

/// What comes to a namespace.
pub enum Came {
    Said(Box<Heard>),
    /// The client answered a ping.
    Answered,
    /// It is held for alive until it has had time to.
    Asked,
}

pub struct Session {
    pub id: Uuid,
    /// Once it is on a socket.
    pipe: OnceLock<Arc<Pipe>>,
    waiting: Mutex<Waiting>,
    /// Something waits for a poll, or it is over.
    changed: Notify,
    /// Nothing waits any more.
    taken: Notify,
    answered: Notify,
    rooms: Mutex<Rooms>,
    entered: Notify,
    turn: tokio::sync::Mutex<()>,
    over: CancellationToken,
    why: OnceLock<Close>,
}

#[derive(Default)]
struct Waiting {
    frames: Vec<Utf8Bytes>,
    bytes: usize,
    polled: bool,
    /// Its socket is tried: it polls no more than it has to.
    moving: bool,
    /// What the last poll ends with.
    last: Option<&'static str>,
}

/// The namespaces it is connected to, and how many pieces of an event are still to come.
#[derive(Default)]
struct Rooms {
    open: Vec<(Space, mpsc::Sender<Came>)>,
    pieces: usize,
}

impl Session {
    pub fn new() -> Self {
        Self {
            id: Uuid::new_v4(),
            pipe: OnceLock::new(),
            waiting: Mutex::default(),
            changed: Notify::new(),
            taken: Notify::new(),
            answered: Notify::new(),
            rooms: Mutex::default(),
            entered: Notify::new(),
            turn: tokio::sync::Mutex::default(),
            over: CancellationToken::new(),
            why: OnceLock::new(),
        }
    }

    /// Told after all that was told before.
    pub fn say(&self, frame: Utf8Bytes) {
        self.keep(&[frame]);
        self.speak();
    }

    /// From now on it is on this socket, unless it is over or on another. What waited goes there.
    pub fn move_to(&self, pipe: Arc<Pipe>) -> bool {
        let mut waiting = self.waiting();
        if waiting.last.is_some() || self.pipe.get().is_some() {
            return false;
        }
        pipe.keep(&std::mem::take(&mut *waiting).frames);
        let moved = self.pipe.set(Arc::clone(&pipe)).is_ok();
        drop(waiting);
        pipe.speak();
        self.taken.notify_waiters();
        moved
    }

    /// A socket is tried for it, or is not any more. Whoever polls meanwhile does not wait.
    pub fn is_moving(&self, moving: bool) {
        self.waiting().moving = moving;
        self.changed.notify_one();
    }

    /// Whether requests go on with it.
    pub fn is_polled(&self) -> bool {
        self.pipe.get().is_none() && !self.over.is_cancelled()
    }

    /// One request at a time says something.
    pub fn turn(&self) -> Option<impl Drop> {
        self.turn.try_lock().ok()
    }

    /// It is over: the client hears so, if it waits for anything.
    pub fn close(&self, why: Close) {
        self.finish(why, frame::CLOSE);
    }

    /// The client said goodbye.
    pub fn leave(&self) {
        self.finish(Close::Done, frame::NOTHING);
    }

    fn finish(&self, why: Close, last: &'static str) {
        let _ = self.why.set(why);
        self.waiting().last.get_or_insert(last);
        self.rooms().open.clear();
        self.over.cancel();
        self.changed.notify_one();
        self.taken.notify_waiters();
    }

    pub async fn ended(&self) -> Close {
        self.over.cancelled().await;
        self.why.get().copied().unwrap_or(Close::Done)
    }

    /// A namespace it was not connected to yet. What comes there is read from the channel.
    pub fn enter(&self, space: Space) -> Option<mpsc::Receiver<Came>> {
        let mut rooms = self.rooms();
        if self.over.is_cancelled() {
            return None;
        }
        let (came, inbox) = mpsc::channel(INBOX);
        rooms.open.push((space, came));
        drop(rooms);
        self.entered.notify_one();
        Some(inbox)
    }

    pub fn exit(&self, space: Space) {
        self.rooms().open.retain(|(open, _)| *open != space);
        self.entered.notify_one();
    }

    /// What nobody reads any more is not open.
    pub fn forget(&self) {
        self.rooms().open.retain(|(_, came)| !came.is_closed());
        self.entered.notify_one();
    }

    pub fn room(&self, space: Space) -> Option<mpsc::Sender<Came>> {
        self.rooms().open.iter().find(|(open, _)| *open == space).map(|(_, came)| came.clone())
    }

    /// Until it has been connected to nothing for that long.
    pub async fn is_deserted(&self, for_long: Duration) {
        loop {
            if !self.rooms().open.is_empty() {
                self.entered.notified().await;
            } else if timeout(for_long, self.entered.notified()).await.is_err() && self.rooms().open.is_empty() {
                return;
            }
        }
    }

    /// An event begins that so many pieces belong to. False in the middle of another one.
    pub fn expect(&self, pieces: usize) -> bool {
        let mut rooms = self.rooms();
        let is_whole = rooms.pieces == 0;
        rooms.pieces = pieces;
        is_whole
    }

    /// One piece of it. No request takes bytes: they are read and let go.
    pub fn piece(&self) -> bool {
        let mut rooms = self.rooms();
        let left = rooms.pieces.checked_sub(1);
        rooms.pieces = left.unwrap_or_default();
        left.is_some()
    }

    pub fn answered(&self) {
        self.answered.notify_one();
        self.pass_on(|| Came::Answered);
    }

    fn pass_on(&self, came: fn() -> Came) {
        for (_, room) in &self.rooms().open {
            // A full inbox says just as well that somebody is there.
            let _ = room.try_send(came());
        }
    }

    /// Asks again and again whether anybody is there, until nobody is.
    pub async fn beat(&self, limits: &config::Limits) {
        loop {
            sleep(limits.ping_every.duration()).await;
            self.say(Utf8Bytes::from_static(frame::PING));
            self.pass_on(|| Came::Asked);
            if timeout(limits.dead_after.duration(), self.answered.notified()).await.is_err() {
                return;
            }
        }
    }

    /// Until what was told has been taken, or is for nobody any more.
    pub async fn drained(&self) -> Result<(), ()> {
        timeout(WRITE_WITHIN, self.all_taken()).await.unwrap_or(Err(()))
    }

    async fn all_taken(&self) -> Result<(), ()> {
        loop {
            let taken = self.taken.notified();
            if let Some(pipe) = self.pipe.get() {
                return pipe.drained().await.map_err(drop);
            }
            if self.over.is_cancelled() {
                return Err(());
            }
            if !self.is_behind() {
                return Ok(());
            }
            taken.await;
        }
    }

    /// Begins a poll; only one may at a time.
    pub fn listen(self: &Arc<Self>) -> Option<Listener> {
        let was_polled = std::mem::replace(&mut self.waiting().polled, true);
        (!was_polled).then(|| Listener { session: Arc::clone(self), done: false })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mouth<Utf8Bytes> for Session {
    fn keep(&self, frames: &[Utf8Bytes]) {
        if let Some(pipe) = self.pipe.get() {
            return pipe.keep(frames);
        }
        let mut waiting = self.waiting();
        // It may have moved just now.
        if let Some(pipe) = self.pipe.get() {
            return pipe.keep(frames);
        }
        if waiting.last.is_none() {
            waiting.bytes += frames.iter().map(|frame| frame.len()).sum::<usize>();
            waiting.frames.extend_from_slice(frames);
        }
    }

    fn speak(&self) {
        match self.pipe.get() {
            Some(pipe) => pipe.speak(),
            None => self.changed.notify_one(),
        }
    }

    fn is_behind(&self) -> bool {
        self.pipe.get().map_or_else(|| self.waiting().bytes > MOST_WAITING, |pipe| pipe.is_behind())
    }
}

/// A request that waits for what there is to tell. If it breaks off, what it was told last is
/// uncertain, and the session is over.
pub struct Listener {
    session: Arc<Session>,
    done: bool,
}

impl Listener {
    /// Everything there is to tell, once there is something.
    pub async fn hear(mut self) -> String {
        loop {
            if let Some(text) = self.look() {
                self.done = true;
                return text;
            }
            self.session.changed.notified().await;
        }
    }

    fn look(&self) -> Option<String> {
        let mut waiting = self.session.waiting();
        let mut frames = std::mem::take(&mut waiting.frames);
        waiting.bytes = 0;
        frames.extend(waiting.last.map(Utf8Bytes::from_static));
        if frames.is_empty() && (waiting.moving || self.session.pipe.get().is_some()) {
            frames.push(Utf8Bytes::from_static(frame::NOTHING));
        }
        drop(waiting);
        self.session.taken.notify_waiters();
        (!frames.is_empty()).then(|| frame::together(&frames))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.session.waiting().polled = false;
        if !self.done {
            self.session.close(Close::Done);
        }
    }
}
