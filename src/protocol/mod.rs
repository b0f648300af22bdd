//! How FocusHive is spoken: one vocabulary for every door.
//!
//! `request.rs` is the table of what one can ask, `event.rs` of what can happen, `topic.rs` of what
//! one can listen to, `frame.rs` the
//! envelopes of our own door. The golden files in `snapshots/` freeze how each of them is written.

pub mod event;
pub mod frame;
pub mod request;
pub mod topic;

#[cfg(test)]
mod golden;

use std::{future::Future, pin::Pin};

pub use event::Event;
pub use request::{Ask, Reply, Request};
pub use topic::Topic;

use crate::{Caller, Fault};

/// What a backend answers with, some time later.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Reply, Fault>> + Send + 'a>>;

/// The only port: whoever can answer requests. The UI knows this and never the server.
pub trait Backend: Send + Sync {
    fn handle(&self, caller: Caller, request: Request) -> Answering<'_>;
}

/// Asks and unwraps the answer that the table pairs with the question.
pub async fn call<A: Ask>(backend: &dyn Backend, caller: Caller, ask: A) -> Result<A::Answer, Fault> {
    let reply = backend.handle(caller, ask.into_request()).await?;
    A::answer(reply).ok_or_else(|| Fault::Internal { trace: "a reply of another kind".to_owned() })
}
