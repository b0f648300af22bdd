//! Telling in rounds: whoever has something to tell is put on a list, and once everything that came in
//! together has been done, all of them speak, each in one write. So nobody is woken for a delivery,
//! and what happens at the same time costs each reader one write and not many.

use std::sync::{Arc, Mutex};

use tokio::{sync::Notify, task::yield_now};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Connection, Hub, Speakers, lock};

#[derive(Default)]
pub struct Round {
    speakers: Mutex<Speakers>,
    wake: Notify,
}

/// One for each processor, so that none waits for another.
pub fn all() -> Vec<Round> {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    (0..count).map(|_| Round::default()).collect()
}

impl Round {
    pub fn add(&self, speakers: Speakers) {
        lock(&self.speakers).extend(speakers);
        self.wake.notify_one();
    }

    async fn go_on(&self) {
        loop {
            self.wake.notified().await;
            // What can be done without waiting is done first, and may add to what is told.
            yield_now().await;
            let speakers: Speakers = std::mem::take(&mut lock(&self.speakers));
            speakers.iter().map(Arc::as_ref).for_each(Connection::speak);
        }
    }
}

impl Hub {
    /// Lets speak whoever has to, until told to stop.
    pub fn go_rounds(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        for n in 0..self.inner.rounds.len() {
            let (hub, stop) = (self.clone(), stop.clone());
            tasks.spawn(async move {
                let Some(round) = hub.inner.rounds.get(n) else { return };
                tokio::select! { () = stop.cancelled() => {}, () = round.go_on() => {} }
            });
        }
    }
}
