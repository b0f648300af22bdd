//! One open connection of somebody, of whatever door: what it listens to, and its outbox.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use focushive::{
    Moment,
    account::Me,
    id::{SessionId, UserId},
    presence::Choice,
    protocol::Topic,
};

use super::{
    Bounds, Published,
    outbox::{Events, Outbox},
};

/// Why the server closes a connection, and whether to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// The server restarts: come back, at a time of one's own.
    Restart {
        retry_in_ms: u64,
    },
    /// It reads too slowly: come back and resume.
    Slow,
    /// The sign-in ended.
    SignedOut,
    /// What one may do changed: come back to be looked at anew.
    Changed,
    /// Nothing was said for too long.
    Idle,
    /// No answer to pings.
    Dead,
    /// What it sent cannot be read.
    Malformed,
    TooLarge,
    /// It went on after having been refused too often.
    Flood,
    /// What it asked for was refused, and by its protocol that is the end.
    Refused,
    /// It said goodbye.
    Done,
}

impl Close {
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Restart { .. } => "restart",
            Self::Slow => "slow",
            Self::SignedOut => "signed_out",
            Self::Changed => "changed",
            Self::Idle => "idle",
            Self::Dead => "dead",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Flood => "flood",
            Self::Refused => "refused",
            Self::Done => "done",
        }
    }

    /// The close code of RFC 6455, or of its private range.
    pub const fn code(self) -> u16 {
        match self {
            Self::Restart { .. } => 1012,
            Self::Slow => 1013,
            Self::SignedOut => 4401,
            Self::Changed => 4205,
            Self::Idle | Self::Dead => 1001,
            Self::Malformed => 1007,
            Self::TooLarge => 1009,
            Self::Flood | Self::Refused => 1008,
            Self::Done => 1000,
        }
    }

    /// When to come back, where that helps.
    pub const fn retry_in_ms(self) -> Option<u64> {
        match self {
            Self::Restart { retry_in_ms } => Some(retry_in_ms),
            Self::Slow | Self::Changed => Some(0),
            Self::Flood => Some(60_000),
            Self::SignedOut | Self::Idle | Self::Dead | Self::Malformed | Self::TooLarge => None,
            Self::Refused | Self::Done => None,
        }
    }
}

/// What somebody is on a topic they listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Hears,
    /// And may be heard there too.
    Speaks,
    /// The same, once a mute is over. Nothing has to lift it.
    SpeaksFrom(Moment),
}

impl Part {
    pub fn speaks(self, now: Moment) -> bool {
        match self {
            Self::Hears => false,
            Self::Speaks => true,
            Self::SpeaksFrom(at) => at <= now,
        }
    }
}

/// Tells what waits for a connection, as far as that goes without waiting.
pub trait Voice: Send + Sync {
    /// Whether that was everything; if not, its owner goes on.
    fn speak(&self, connection: &Connection) -> bool;
}

pub struct Connection {
    pub id: u64,
    pub user: UserId,
    pub name: String,
    pub session: SessionId,
    shows_typing: AtomicBool,
    /// Whether they chose to look offline: then nothing of them is seen, writing neither.
    looks_offline: AtomicBool,
    outbox: Outbox,
    bounds: Bounds,
    /// Without one its owner is woken for whatever there is to tell.
    voice: Option<Arc<dyn Voice>>,
    topics: Mutex<Vec<(Topic, Part)>>,
}

impl Connection {
    pub(super) fn new(id: u64, me: &Me, session: SessionId, voice: Option<Arc<dyn Voice>>, bounds: Bounds) -> Self {
        Self {
            id,
            user: me.id,
            name: me.name.to_string(),
            session,
            shows_typing: AtomicBool::new(me.privacy.typing),
            looks_offline: AtomicBool::new(me.presence == Some(Choice::Offline)),
            outbox: Outbox::default(),
            bounds,
            voice,
            topics: Mutex::default(),
        }
    }

    /// Whether others may see that they write.
    pub fn shows_typing(&self) -> bool {
        self.shows_typing.load(Ordering::Relaxed) && !self.looks_offline.load(Ordering::Relaxed)
    }

    pub(super) fn show_typing(&self, shows: bool) {
        self.shows_typing.store(shows, Ordering::Relaxed);
    }

    pub(super) fn look_offline(&self, offline: bool) {
        self.looks_offline.store(offline, Ordering::Relaxed);
    }

    /// Whether it has to be let speak.
    pub(super) fn tell(&self, published: &Arc<Published>) -> bool {
        let unknown = self.outbox.push(published, self.bounds);
        if unknown && self.voice.is_none() {
            self.outbox.wake();
        }
        unknown && self.voice.is_some()
    }

    /// The same for what is no event.
    pub(super) fn mark(&self) -> bool {
        self.outbox.mark()
    }

    pub(super) fn speak(&self) {
        if !self.voice.as_ref().is_some_and(|voice| voice.speak(self)) {
            self.outbox.wake();
        }
    }

    pub fn close(&self, why: Close) {
        self.outbox.close(why);
    }

    pub async fn ready(&self) {
        self.outbox.ready().await;
    }

    pub fn take(&self) -> Result<Events, Close> {
        self.outbox.take()
    }

    pub fn listens_to(&self, topic: Topic) -> bool {
        self.part(topic).is_some()
    }

    pub fn part(&self, topic: Topic) -> Option<Part> {
        self.topics().iter().find(|(known, _)| *known == topic).map(|(_, part)| *part)
    }

    /// Whether it may listen to yet another topic.
    pub fn has_room(&self) -> bool {
        u32::try_from(self.topics().len()).is_ok_and(|count| count < self.bounds.topics)
    }

    pub fn listens(&self) -> bool {
        !self.topics().is_empty()
    }

    /// False if it listens to it already; its part is the new one all the same.
    pub(super) fn add_topic(&self, topic: Topic, part: Part) -> bool {
        let mut topics = self.topics();
        if let Some((_, known)) = topics.iter_mut().find(|(known, _)| *known == topic) {
            *known = part;
            return false;
        }
        topics.push((topic, part));
        true
    }

    pub fn set_part(&self, topic: Topic, part: Part) {
        if let Some((_, known)) = self.topics().iter_mut().find(|(known, _)| *known == topic) {
            *known = part;
        }
    }

    pub(super) fn remove_topic(&self, topic: Topic) -> bool {
        let mut topics = self.topics();
        let before = topics.len();
        topics.retain(|(known, _)| *known != topic);
        topics.len() < before
    }

    pub(super) fn forget_topics(&self) -> Vec<Topic> {
        std::mem::take(&mut *self.topics()).into_iter().map(|(topic, _)| topic).collect()
    }

    fn topics(&self) -> MutexGuard<'_, Vec<(Topic, Part)>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
