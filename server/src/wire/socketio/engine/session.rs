//! A client's session of Engine.IO: the transport it is on, what waits for its next poll where that
//! is no socket, and the namespaces it is connected to. It outlives its requests, and moves from
//! polling to a socket without losing a word.

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{frame, rooms::Rooms};
use crate::{
    config,
    hub::Close,
    wire::{
        line::{Mouth, WRITE_WITHIN},
        socket::Pipe,
    },
};

/// How much waits for the next poll before whoever has more to say waits in turn.
const MOST_WAITING: usize = 256 * 1024;

/// How long a poll waits for a socket that is about to carry.
const A_MOMENT: Duration = Duration::from_millis(100);

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
    pub rooms: Rooms,
    turn: tokio::sync::Mutex<()>,
    over: CancellationToken,
    why: OnceLock<Close>,
}

#[derive(Default)]
struct Waiting {
    frames: Vec<Utf8Bytes>,
    bytes: usize,
    polled: bool,
    /// A socket is tried for it.
    tried: bool,
    /// And carries: it polls no more than it has to.
    moving: bool,
    /// What the last poll ends with, and whether somebody was told so.
    last: Option<&'static str>,
    is_told: bool,
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
            rooms: Rooms::default(),
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
        pipe.keep(&std::mem::take(&mut waiting.frames));
        waiting.bytes = 0;
        let moved = self.pipe.set(Arc::clone(&pipe)).is_ok();
        drop(waiting);
        pipe.speak();
        self.taken.notify_waiters();
        moved
    }

    /// A socket is tried for it from now on; none while another one is.
    pub fn try_move(self: &Arc<Self>) -> Option<Trial> {
        let was_tried = std::mem::replace(&mut self.waiting().tried, true);
        (!was_tried).then(|| Trial(Arc::clone(self)))
    }

    /// The socket carries: whoever polls meanwhile does not wait.
    pub fn begin_move(&self) {
        self.waiting().moving = true;
        self.changed.notify_one();
    }

    fn end_move(&self) {
        let mut waiting = self.waiting();
        (waiting.tried, waiting.moving) = (false, false);
        drop(waiting);
        self.changed.notify_one();
        self.taken.notify_waiters();
    }

    /// A socket that is tried for it may carry in a moment: then it polls no more.
    pub async fn let_move(&self) {
        let moved = async {
            loop {
                let settled = self.taken.notified();
                if !self.waiting().tried {
                    return;
                }
                settled.await;
            }
        };
        let _ = timeout(A_MOMENT, moved).await;
    }

    pub fn has_moved(&self) -> bool {
        self.pipe.get().is_some()
    }

    /// Whether requests go on with it.
    pub fn is_polled(&self) -> bool {
        !self.has_moved() && !self.over.is_cancelled()
    }

    /// The client said goodbye by one request, and comes to hear it by another.
    pub fn is_to_hear(&self) -> bool {
        let waiting = self.waiting();
        waiting.last == Some(frame::NOTHING) && !waiting.is_told
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
        self.over.cancel();
        self.rooms.close();
        self.changed.notify_one();
        self.taken.notify_waiters();
    }

    pub async fn ended(&self) -> Close {
        self.over.cancelled().await;
        self.why.get().copied().unwrap_or(Close::Done)
    }

    pub fn answered(&self) {
        self.answered.notify_one();
        self.rooms.answered();
    }

    /// Asks again and again whether anybody is there, until nobody is.
    pub async fn beat(&self, limits: &config::Limits) {
        loop {
            sleep(limits.ping_every.duration()).await;
            self.say(Utf8Bytes::from_static(frame::PING));
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

/// A socket is tried. Whatever becomes of it, none is any more when this is dropped.
pub struct Trial(Arc<Session>);

impl Drop for Trial {
    fn drop(&mut self) {
        self.0.end_move();
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
        waiting.is_told |= waiting.last.is_some();
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
