//! Something that happened, ready to be told: written once, shared by all who hear it.

use std::sync::{Arc, OnceLock};

use focushive::{
    Moment,
    id::UserId,
    presence::Difference,
    protocol::{Event, Topic},
};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// How volatile events give way where there is too much to tell. Whoever has read them all knows how
/// things stand, however many of them gave way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Merge {
    /// Of nobody's interest once something newer is known of the same person, and may be lost.
    Typing(UserId),
    /// It says all there is to know: an older one of the same name and topic is worth nothing.
    Newest,
    /// Each of them counts: two become one that says the same as both.
    Presence,
}

#[derive(Debug)]
pub struct Published {
    pub topic: Topic,
    /// Its number on a durable topic; volatile ones have none.
    pub seq: Option<u64>,
    pub at: Moment,
    pub name: String,
    /// The event's data as JSON.
    pub data: String,
    pub merge: Option<Merge>,
    native: OnceLock<Utf8Bytes>,
    enveloped: OnceLock<Box<[Utf8Bytes]>>,
    emitted: OnceLock<Box<[Emitted]>>,
}

/// An event in a dialect that knows namespaces.
#[derive(Clone, Debug)]
pub struct Emitted {
    pub name: String,
    /// Whom it is about, where it is told only to those who do not know.
    pub user: Option<UserId>,
    /// As it is told in the main namespace, and in the other one once somebody hears it there.
    pub frame: Utf8Bytes,
    pub aside: OnceLock<Utf8Bytes>,
}

impl Published {
    pub fn durable(topic: Topic, seq: u64, at: Moment, name: String, data: String) -> Self {
        Self {
            topic,
            seq: Some(seq),
            at,
            name,
            data,
            merge: None,
            native: OnceLock::new(),
            enveloped: OnceLock::new(),
            emitted: OnceLock::new(),
        }
    }

    pub fn volatile(topic: Topic, at: Moment, event: &Event, merge: Option<Merge>) -> Self {
        let (name, data) = parts(event);
        Self {
            topic,
            seq: None,
            at,
            name,
            data,
            merge,
            native: OnceLock::new(),
            enveloped: OnceLock::new(),
            emitted: OnceLock::new(),
        }
    }

    /// One event in the place of this and of a newer one of the same kind.
    pub fn then(&self, newer: &Arc<Self>) -> Option<Arc<Self>> {
        match newer.merge? {
            Merge::Typing(_) | Merge::Newest => Some(Arc::clone(newer)),
            Merge::Presence => {
                let (older, later): (Difference, Difference) =
                    (serde_json::from_str(&self.data).ok()?, serde_json::from_str(&newer.data).ok()?);
                let both = Event::PresenceChanged(older.then(later));
                Some(Arc::new(Self::volatile(newer.topic, newer.at, &both, newer.merge)))
            }
        }
    }

    /// The frame of our own protocol: the same bytes for every reader.
    pub fn native(&self) -> Utf8Bytes {
        let write = || {
            let Self { topic, at, name, data, .. } = self;
            match self.seq {
                Some(seq) => {
                    format!(r#"{{"topic":"{topic}","seq":{seq},"at":"{at}","event":"{name}","data":{data}}}"#)
                }
                None => format!(r#"{{"topic":"{topic}","at":"{at}","event":"{name}","data":{data}}}"#),
            }
        };
        self.native.get_or_init(|| write().into()).clone()
    }

    /// The bodies of another dialect, written by whoever knows how when the first reader of it is told.
    pub fn enveloped(&self, write: impl FnOnce(&Self) -> Vec<Utf8Bytes>) -> &[Utf8Bytes] {
        self.enveloped.get_or_init(|| write(self).into())
    }

    /// The same for a dialect that knows namespaces.
    pub fn emitted(&self, write: impl FnOnce(&Self) -> Vec<Emitted>) -> &[Emitted] {
        self.emitted.get_or_init(|| write(self).into())
    }
}

/// The name and the data of an event, as they are kept and told.
pub fn parts(event: &Event) -> (String, String) {
    let mut data = Vec::new();
    let written = event.write(&mut serde_json::Serializer::new(&mut data));
    // Events are plain structures: writing one to memory cannot fail.
    let data = written.ok().and_then(|()| String::from_utf8(data).ok()).unwrap_or_else(|| "null".to_owned());
    (event.name().to_owned(), data)
}
