//! How much of the house one connection may hold.

use crate::config;

#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The topics it listens to.
    pub topics: u32,
    /// What waits for it. A hive's busiest second fits; who falls further behind is better off resuming from
    /// the database.
    pub events: u32,
    /// The same in bytes, for events as large as a message may be.
    pub bytes: u32,
}

impl From<&config::Limits> for Bounds {
    fn from(limits: &config::Limits) -> Self {
        Self { topics: limits.topics, events: limits.outbox_events, bytes: limits.outbox_bytes }
    }
}

impl Bounds {
    pub fn is_over(self, events: usize, bytes: usize) -> bool {
        let over = |count: usize, most: u32| u32::try_from(count).map_or(true, |count| count > most);
        over(events, self.events) || over(bytes, self.bytes)
    }
}
