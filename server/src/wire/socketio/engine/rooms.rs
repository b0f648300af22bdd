//! The namespaces that a client is connected to, and the way in to whoever reads there.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, mpsc},
    time::timeout,
};

use crate::wire::socketio::packet::{Heard, Space};

/// How many events of one client may wait to be read in a namespace. Who says more waits.
const INBOX: usize = 8;

/// What comes to a namespace.
pub enum Came {
    Said(Box<Heard>),
    /// The client answered a ping.
    Answered,
}

/// Whether somebody has left a namespace: whatever is still said there is not for them.
#[derive(Clone, Default)]
pub struct Left(Arc<AtomicBool>);

impl Left {
    pub fn has(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Default)]
pub struct Rooms {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Default)]
struct Inner {
    open: Vec<Room>,
    /// How many pieces of an event are still to come.
    pieces: usize,
    over: bool,
}

struct Room {
    space: Space,
    came: mpsc::Sender<Came>,
    left: Left,
}

impl Rooms {
    /// One more. What comes there is read from the channel.
    pub fn enter(&self, space: Space) -> Option<(mpsc::Receiver<Came>, Left)> {
        let mut inner = self.inner();
        if inner.over {
            return None;
        }
        let ((came, inbox), left) = (mpsc::channel(INBOX), Left::default());
        inner.open.push(Room { space, came, left: left.clone() });
        drop(inner);
        self.changed.notify_one();
        Some((inbox, left))
    }

    /// The client leaves it.
    pub fn exit(&self, space: Space) {
        self.remove(|room| room.space == space);
    }

    /// The same, by whoever reads there. False if the client has left already, and may be back.
    pub fn end(&self, left: &Left) -> bool {
        self.remove(|room| Arc::ptr_eq(&room.left.0, &left.0))
    }

    /// Nobody is connected to anything any more, nor will be.
    pub fn close(&self) {
        self.inner().over = true;
        self.remove(|_| true);
    }

    fn remove(&self, is_meant: impl Fn(&Room) -> bool) -> bool {
        let mut inner = self.inner();
        let before = inner.open.len();
        for room in inner.open.extract_if(.., |room| is_meant(room)) {
            room.left.0.store(true, Ordering::Relaxed);
        }
        let removed = inner.open.len() < before;
        drop(inner);
        self.changed.notify_one();
        removed
    }

    pub fn find(&self, space: Space) -> Option<mpsc::Sender<Came>> {
        self.inner().open.iter().find(|room| room.space == space).map(|room| room.came.clone())
    }

    pub fn is_empty(&self) -> bool {
        self.inner().open.is_empty()
    }

    /// Until it has been connected to nothing for that long.
    pub async fn deserted(&self, for_long: Duration) {
        loop {
            while !self.is_empty() {
                self.changed.notified().await;
            }
            if timeout(for_long, self.entered()).await.is_err() {
                return;
            }
        }
    }

    async fn entered(&self) {
        while self.is_empty() {
            self.changed.notified().await;
        }
    }

    /// An event begins that so many pieces belong to. False in the middle of another one.
    pub fn expect(&self, pieces: usize) -> bool {
        let mut inner = self.inner();
        let is_whole = inner.pieces == 0;
        inner.pieces = pieces;
        is_whole
    }

    /// One piece of it. No request takes bytes: they are read and let go.
    pub fn piece(&self) -> bool {
        let mut inner = self.inner();
        let left = inner.pieces.checked_sub(1);
        inner.pieces = left.unwrap_or_default();
        left.is_some()
    }

    pub fn answered(&self) {
        for room in &self.inner().open {
            // A full inbox says just as well that somebody is there.
            let _ = room.came.try_send(Came::Answered);
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
