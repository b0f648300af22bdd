//! What a session runs on: something that frames come from and go to. A WebSocket is one; so are the
//! sessions of SockJS and of Socket.IO, which look after their own transports.

use std::{sync::Arc, time::Duration};

use axum::body::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::hub::Close;

/// Why a session goes no further: with a reason to tell, or none where nobody would hear it.
pub type Ended = Option<Close>;

/// How long one write may take before the peer counts as gone.
pub const WRITE_WITHIN: Duration = Duration::from_secs(10);

/// How long what comes after the last word is still taken.
pub const LINGER: Duration = Duration::from_secs(1);

pub enum Sign<H> {
    Said(H),
    /// It answered a ping.
    Answered,
    /// It is there.
    Alive,
}

pub trait Line: Send {
    type Heard: Send;
    type Told: Send + Sync + 'static;

    /// Whether it finds out itself that nobody is there any more.
    const KEEPS_WATCH: bool = false;

    /// The next thing heard. Nothing is lost when this is dropped half-way.
    fn hear(&mut self) -> impl Future<Output = Result<Sign<Self::Heard>, Ended>> + Send;

    /// Tells all of it in as few writes as it fits into; `Err` when nobody is there to be told.
    fn tell(&mut self, frames: Vec<Self::Told>) -> impl Future<Output = Result<(), ()>> + Send;

    /// By which others may tell something too, where a line can be told without waiting.
    fn mouth(&self) -> Option<Arc<dyn Mouth<Self::Told>>> {
        None
    }

    /// Until the peer has taken everything that was put into the mouth.
    fn catch_up(&mut self) -> impl Future<Output = Result<(), ()>> + Send {
        async { Ok(()) }
    }

    /// Asks whether anybody is there.
    fn ping(&mut self) -> impl Future<Output = Result<(), ()>> + Send;

    /// Whether the other side said goodbye, and was not just gone.
    fn is_left(&self) -> bool {
        false
    }

    /// With a last word.
    fn end(&mut self, last: Option<Self::Told>, why: Close) -> impl Future<Output = ()> + Send;
}

/// Takes what is to be told, and keeps what the peer has not taken yet.
pub trait Mouth<T>: Send + Sync {
    /// It is told with what comes next.
    fn keep(&self, frames: &[T]);

    /// Tells what is kept, as far as the peer takes it.
    fn speak(&self);

    /// Whether the peer did not take everything.
    fn is_behind(&self) -> bool;
}

/// One message of a line of text.
#[derive(Debug)]
pub enum Words {
    Text(Utf8Bytes),
    Binary(Bytes),
}
