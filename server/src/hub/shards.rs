//! Topics, spread over many locks, so that busy hives do not wait for each other.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::Mutex,
};

use focushive::protocol::Topic;

use super::Room;

/// How many locks there are.
const SHARDS: usize = 64;

type Shard = Mutex<HashMap<Topic, Room>>;

/// There is one for every number: the first stands apart, so that none is missing.
pub struct Shards {
    first: Shard,
    others: Vec<Shard>,
}

impl Default for Shards {
    fn default() -> Self {
        Self { first: Mutex::default(), others: (1..SHARDS).map(|_| Mutex::default()).collect() }
    }
}

impl Shards {
    pub fn of(&self, topic: Topic) -> &Shard {
        spread(topic, SHARDS).checked_sub(1).and_then(|n| self.others.get(n)).unwrap_or(&self.first)
    }

    pub fn all(&self) -> impl Iterator<Item = &Shard> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

/// Which of so many it belongs to.
pub fn spread(of: impl Hash, over: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    usize::try_from(hasher.finish() % over.max(1) as u64).unwrap_or_default()
}
