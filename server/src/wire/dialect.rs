//! What every dialect is: a state machine of one session that reads frames into steps and writes
//! answers and events as frames. It owns no socket, waits for nothing and asks nobody: tests speak to
//! it in strings. Whether an event is new to its reader is the dialect's business, because one of
//! them has many readers on one connection.

use std::time::Duration;

use focushive::{
    Fault, Moment,
    account::Me,
    protocol::{Reply, Request, Topic, frame::Joined},
};
use serde_json::Value;

use crate::hub::{Close, Published};

/// What is to be done about something that was read or answered, in this order.
pub enum Step<D: Dialect> {
    Ask {
        tag: D::Tag,
        request: Request,
    },
    Join {
        tag: D::Tag,
        topic: Topic,
        since: Option<u64>,
    },
    Leave(Topic),
    Say(D::Told),
    /// Says no; whoever is told so too often is cut off.
    Refuse(D::Told, Fault),
    /// The peer is there, though it says nothing.
    Alive,
    Close(Close),
}

/// The first words of a peer.
pub enum Greeting {
    /// Not all of them yet.
    More,
    Token(String),
    /// It is who its cookie says.
    Cookie,
    Refused(Fault),
}

/// How often both sides have agreed to say at least something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beats {
    pub every: Option<Duration>,
    pub silent_at_most: Option<Duration>,
}

/// How a `join` ended: where listening goes on from, and what was missed.
pub struct Begun {
    pub joined: Joined<Value>,
    pub missed: Vec<Published>,
}

pub trait Dialect: Send + Sized + 'static {
    type Heard: Send;
    type Told: Send + Sync + 'static;
    /// The peer's own word for what it asked.
    type Tag: Send;

    /// Whether somebody who is known by a cookie still has to say hello.
    const ALL_GREET: bool;

    fn greet(&mut self, heard: Self::Heard) -> Greeting;

    /// It is known who it is, or that it is nobody we know.
    fn welcome(&mut self, known: Result<&Me, Fault>, now: Moment) -> Vec<Self::Told>;

    fn read(&mut self, heard: Self::Heard, now: Moment) -> Vec<Step<Self>>;

    /// What came along with the first words.
    fn rest(&mut self, _now: Moment) -> Vec<Step<Self>> {
        Vec::new()
    }

    fn answer(&mut self, tag: Self::Tag, answer: Result<Reply, Fault>, now: Moment) -> Vec<Step<Self>>;

    fn joined(&mut self, tag: Self::Tag, topic: Topic, begun: Result<Begun, Fault>, now: Moment) -> Vec<Step<Self>>;

    /// Adds the frames that tell an event. `Err` if the peer lets too much of it wait.
    fn tell(&mut self, event: &Published, frames: &mut Vec<Self::Told>) -> Result<(), Close>;

    /// Too much was said at once to be read at all.
    fn too_fast(&self, fault: &Fault, now: Moment) -> Option<Self::Told>;

    fn bye(&self, close: Close, now: Moment) -> Option<Self::Told>;

    fn beats(&self) -> Beats {
        Beats::default()
    }

    /// What is said when there is nothing to say.
    fn beat(&self) -> Option<Self::Told> {
        None
    }

    /// Whether it listens to anything besides topics.
    fn listens(&self) -> bool {
        false
    }
}
