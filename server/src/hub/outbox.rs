//! What one connection has still to be told: bounded, with volatile events giving way first. Its
//! owner empties it in one go, so that many frames become one write.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use smallvec::SmallVec;
use tokio::sync::Notify;

use super::{Bounds, Close, Merge, Published};

#[derive(Default)]
pub struct Outbox {
    waiting: Mutex<Waiting>,
    wake: Notify,
}

/// Mostly one waits, or none.
pub type Events = SmallVec<[Arc<Published>; 2]>;

#[derive(Default)]
struct Waiting {
    events: Events,
    bytes: usize,
    close: Option<Close>,
    /// Somebody knows that something waits.
    known: bool,
}

impl Outbox {
    /// Whether somebody has to be found who tells it: it is not known yet that anything waits.
    pub fn push(&self, published: &Arc<Published>, bounds: Bounds) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.close.is_some() {
            return false;
        }
        if let Some(merge @ Merge::Typing(_)) = published.merge {
            waiting.forget(|event| event.topic == published.topic && event.merge == Some(merge));
        }
        waiting.bytes += published.data.len();
        waiting.events.push(Arc::clone(published));
        if waiting.is_over(bounds) {
            waiting.give_way();
        }
        if waiting.is_over(bounds) {
            waiting.events = Events::new();
            waiting.close = Some(Close::Slow);
            metrics::counter!("focushive_slow_readers").increment(1);
        }
        !std::mem::replace(&mut waiting.known, true)
    }

    /// Something waits beside events; whether somebody has to be found who tells it.
    pub fn mark(&self) -> bool {
        !std::mem::replace(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner).known, true)
    }

    /// Whoever waits until there is something is to look.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    pub fn close(&self, why: Close) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).close.get_or_insert(why);
        self.wake.notify_one();
    }

    /// Waits until there is something.
    pub async fn ready(&self) {
        self.wake.notified().await;
    }

    /// Everything there is, at once; or why it is to be closed.
    pub fn take(&self) -> Result<Events, Close> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        (waiting.bytes, waiting.known) = (0, false);
        let events = std::mem::take(&mut waiting.events);
        waiting.close.map_or(Ok(events), Err)
    }
}

impl Waiting {
    fn is_over(&self, bounds: Bounds) -> bool {
        bounds.is_over(self.events.len(), self.bytes)
    }

    /// Who writes is let go. Of everything else that is volatile, one event of each kind and topic
    /// is left, so that the last state is never lost.
    fn give_way(&mut self) {
        let mut kept = Events::new();
        let mut places = HashMap::new();
        for event in self.events.drain(..) {
            match event.merge {
                Some(Merge::Typing(_)) => continue,
                Some(Merge::Newest | Merge::Presence) => {
                    let place = places.entry((event.topic, event.name.clone())).or_insert(kept.len());
                    let older = kept.get_mut(*place);
                    if let Some((older, both)) = older.and_then(|older| older.then(&event).map(|both| (older, both))) {
                        *older = both;
                        continue;
                    }
                    *place = kept.len();
                }
                None => {}
            }
            kept.push(event);
        }
        self.events = kept;
        self.bytes = self.events.iter().map(|event| event.data.len()).sum();
    }

    fn forget(&mut self, unwanted: impl Fn(&Published) -> bool) {
        if self.events.iter().any(|event| unwanted(event)) {
            self.events.retain(|event| !unwanted(event));
            self.bytes = self.events.iter().map(|event| event.data.len()).sum();
        }
    }
}
