//! A session of SockJS that outlives the requests it is made of: what waits to be told, who is
//! listening for it, and what comes in. The line it gives a dialect is the session itself.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use focushive::protocol::frame::MOST_BYTES;
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::frame;
use crate::{
    hub::Close,
    wire::line::{Ended, Line, Sign, WRITE_WITHIN, Words},
};

/// How long a session waits for somebody to listen again.
pub const GONE_AFTER: Duration = Duration::from_secs(5);

/// How often a request that waits hears that it is not forgotten.
const BEAT_EVERY: Duration = Duration::from_secs(25);

/// How much waits for the next poll before the dialect waits for it in turn.
const MOST_WAITING: usize = 256 * 1024;

/// How many messages may wait to be read.
pub const INBOX: usize = 16;

/// What came from the client, by whatever request.
pub enum Came {
    Message(String),
    /// Somebody listens: the peer is there.
    Listening,
}

pub struct Session {
    pub inbox: mpsc::Sender<Came>,
    state: Mutex<State>,
    changed: Notify,
    taken: Notify,
    /// Since when nobody listens.
    left: watch::Sender<Option<Instant>>,
}

#[derive(Default)]
struct State {
    opened: bool,
    listened: bool,
    waiting: Vec<Utf8Bytes>,
    bytes: usize,
    closed: Option<(u16, String)>,
}

impl Session {
    pub fn new() -> (Arc<Self>, Polled) {
        let (inbox, came) = mpsc::channel(INBOX);
        let (left, seen) = watch::channel(Some(Instant::now()));
        let session =
            Arc::new(Self { inbox, state: Mutex::default(), changed: Notify::new(), taken: Notify::new(), left });
        (Arc::clone(&session), Polled { session, came, left: seen })
    }

    /// It ends, unless it has ended already; whoever listens hears why.
    pub fn close(&self, code: u16, reason: &str) {
        self.state().closed.get_or_insert_with(|| (code, reason.to_owned()));
        self.changed.notify_waiters();
        self.changed.notify_one();
    }

    /// Begins to listen; only one may at a time.
    pub fn listen(self: &Arc<Self>) -> Option<Listener> {
        let mut state = self.state();
        if state.listened {
            return None;
        }
        state.listened = true;
        drop(state);
        self.left.send_replace(None);
        // A full inbox says just as well that somebody is there.
        let _ = self.inbox.try_send(Came::Listening);
        Some(Listener { session: Arc::clone(self), done: false })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that listens. If it breaks off while it waits, what it was told last is uncertain, and
/// the session is over.
pub struct Listener {
    session: Arc<Session>,
    done: bool,
}

impl Listener {
    /// The next frame, and whether it is the last one of the session.
    pub async fn next(&mut self) -> (String, bool) {
        loop {
            if let Some(next) = self.look() {
                return next;
            }
            tokio::select! {
                () = self.session.changed.notified() => {}
                () = sleep(BEAT_EVERY) => {
                    let _ = self.session.inbox.try_send(Came::Listening);
                    return (frame::BEAT.to_owned(), false);
                }
            }
        }
    }

    fn look(&self) -> Option<(String, bool)> {
        let mut state = self.session.state();
        if !state.opened {
            state.opened = true;
            return Some((frame::OPEN.to_owned(), false));
        }
        if !state.waiting.is_empty() {
            state.bytes = 0;
            let waiting = std::mem::take(&mut state.waiting);
            self.session.taken.notify_one();
            return Some((frame::messages(&waiting), false));
        }
        state.closed.as_ref().map(|(code, reason)| (frame::close(*code, reason), true))
    }

    /// It said what it had to say.
    pub fn done(mut self) {
        self.done = true;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.session.state().listened = false;
        if self.done {
            self.session.left.send_replace(Some(Instant::now()));
        } else {
            self.session.close(1002, "Connection interrupted");
            let now = Instant::now();
            self.session.left.send_replace(Some(now.checked_sub(GONE_AFTER).unwrap_or(now)));
        }
    }
}

/// The session as a line.
pub struct Polled {
    session: Arc<Session>,
    came: mpsc::Receiver<Came>,
    left: watch::Receiver<Option<Instant>>,
}

impl Line for Polled {
    type Heard = Words;
    type Told = Utf8Bytes;

    async fn hear(&mut self) -> Result<Sign<Words>, Ended> {
        tokio::select! {
            biased;
            came = self.came.recv() => match came {
                Some(Came::Message(text)) if text.len() > MOST_BYTES => Err(Some(Close::TooLarge)),
                Some(Came::Message(text)) => Ok(Sign::Said(Words::Text(text.into()))),
                Some(Came::Listening) => Ok(Sign::Answered),
                None => Err(None),
            },
            () = abandoned(&mut self.left) => Err(None),
        }
    }

    async fn tell(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), ()> {
        let full = {
            let mut state = self.session.state();
            state.bytes += frames.iter().map(|frame| frame.len()).sum::<usize>();
            state.waiting.extend(frames);
            state.bytes > MOST_WAITING
        };
        self.session.changed.notify_one();
        if full {
            timeout(WRITE_WITHIN, self.session.taken.notified()).await.map_err(|_| ())?;
        }
        Ok(())
    }

    /// Whoever listens is told that we are there by the listener itself.
    async fn ping(&mut self) -> Result<(), ()> {
        Ok(())
    }

    async fn end(&mut self, last: Option<Utf8Bytes>, why: Close) {
        self.session.state().waiting.extend(last);
        self.session.close(why.code(), why.reason());
    }
}

/// Until nobody has listened for too long.
async fn abandoned(left: &mut watch::Receiver<Option<Instant>>) {
    loop {
        let since = *left.borrow_and_update();
        let changed = match since {
            None => left.changed().await,
            Some(since) => tokio::select! {
                changed = left.changed() => changed,
                () = sleep_until(since + GONE_AFTER) => return,
            },
        };
        if changed.is_err() {
            return;
        }
    }
}
