//! Who listens to what on this node, and how each hears of it. The hub knows topics, numbers and
//! bytes; what they mean, and who may listen, is decided elsewhere.
//!
//! A durable topic is told strictly by number. What comes out of turn waits for what is missing; if
//! that does not come by itself, the keeper (`topic::keep`) fetches it from the database.

mod bounds;
mod connection;
mod outbox;
mod published;
mod round;
mod shards;

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use focushive::{
    account::Me,
    id::{SessionId, UserId},
    presence::Choice,
    protocol::Topic,
};
use tokio::sync::mpsc;

pub use bounds::Bounds;
pub use connection::{Close, Connection, Part, Voice};
pub use published::{Emitted, Merge, Published, parts};
use round::Round;
use shards::{Shards, spread};

/// How many topics may wait for the keeper at once; it asks again, so that none is lost.
const KEEPER_QUEUE: usize = 1024;

#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    shards: Shards,
    /// The connections of each, in the order of their ids.
    people: Mutex<HashMap<UserId, Vec<Arc<Connection>>>>,
    next_connection: AtomicU64,
    bounds: Bounds,
    rounds: Vec<Round>,
    gaps: mpsc::Sender<Topic>,
    gaps_seen: Mutex<Option<mpsc::Receiver<Topic>>>,
}

/// Connections that have something to tell.
type Speakers = Vec<Arc<Connection>>;

/// The readers of one topic, and how far it was told to them.
#[derive(Default)]
struct Room {
    readers: Vec<Arc<Connection>>,
    /// Unknown until the first reader has learnt it from the database.
    told: Option<u64>,
    waiting: BTreeMap<u64, Arc<Published>>,
}

impl Room {
    /// Whoever has to be let speak for that is put on the list.
    fn tell(&self, published: &Arc<Published>, speakers: &mut Speakers) {
        speakers.extend(self.readers.iter().filter(|reader| reader.tell(published)).cloned());
    }

    /// Tells everything that has its turn.
    fn tell_in_order(&mut self, speakers: &mut Speakers) {
        let Some(mut told) = self.told else { return };
        while let Some(entry) = self.waiting.first_entry() {
            let seq = *entry.key();
            if seq > told + 1 {
                break;
            }
            let published = entry.remove();
            if seq == told + 1 {
                told = seq;
                self.tell(&published, speakers);
            }
        }
        self.told = Some(told);
    }
}

impl Hub {
    pub fn new(bounds: Bounds) -> Self {
        let (gaps, gaps_seen) = mpsc::channel(KEEPER_QUEUE);
        let inner = Inner {
            shards: Shards::default(),
            people: Mutex::default(),
            next_connection: AtomicU64::new(1),
            bounds,
            rounds: round::all(),
            gaps,
            gaps_seen: Mutex::new(Some(gaps_seen)),
        };
        Self { inner: Arc::new(inner) }
    }

    /// A new connection of somebody. With a voice it is told without its owner being woken.
    pub fn connect(&self, me: &Me, session: SessionId, voice: Option<Arc<dyn Voice>>) -> Arc<Connection> {
        let id = self.inner.next_connection.fetch_add(1, Ordering::Relaxed);
        let connection = Arc::new(Connection::new(id, me, session, voice, self.inner.bounds));
        let mut people = lock(&self.inner.people);
        let theirs = people.entry(me.id).or_default();
        theirs.insert(theirs.partition_point(|known| known.id < id), Arc::clone(&connection));
        drop(people);
        metrics::gauge!("focushive_connections").increment(1.0);
        connection
    }

    /// It is gone, and listens to nothing any more.
    pub fn disconnect(&self, connection: &Arc<Connection>) {
        for topic in connection.forget_topics() {
            self.remove(topic, connection.id);
        }
        let mut people = lock(&self.inner.people);
        if let Some(theirs) = people.get_mut(&connection.user) {
            theirs.retain(|known| known.id != connection.id);
            if theirs.is_empty() {
                people.remove(&connection.user);
            }
        }
        metrics::gauge!("focushive_connections").decrement(1.0);
    }

    /// From now on it hears what happens there. The answer is how far the topic was told so far,
    /// where that is known.
    pub fn listen(&self, topic: Topic, connection: &Arc<Connection>, part: Part) -> Option<u64> {
        let mut shard = self.shard(topic);
        let room = shard.entry(topic).or_default();
        if connection.add_topic(topic, part) {
            room.readers.push(Arc::clone(connection));
        }
        room.told
    }

    /// The topic's newest number, read after `listen`: everything up to it is to be had from the
    /// database. The answer is the number that the live telling really goes on from.
    pub fn open(&self, topic: Topic, head: u64) -> u64 {
        let mut speakers = Speakers::new();
        let mut shard = self.shard(topic);
        let Some(room) = shard.get_mut(&topic) else { return head };
        if room.told.is_none() {
            room.told = Some(head);
            room.tell_in_order(&mut speakers);
        }
        let told = room.told.unwrap_or(head);
        drop(shard);
        self.to_round(topic, speakers);
        told
    }

    pub fn leave(&self, topic: Topic, connection: &Connection) {
        if connection.remove_topic(topic) {
            self.remove(topic, connection.id);
        }
    }

    fn remove(&self, topic: Topic, connection: u64) {
        let mut shard = self.shard(topic);
        let Some(room) = shard.get_mut(&topic) else { return };
        room.readers.retain(|reader| reader.id != connection);
        if room.readers.is_empty() {
            shard.remove(&topic);
        }
    }

    /// Tells everybody who listens. Durable events are told by number, each once.
    pub fn publish(&self, published: Vec<Published>) {
        for one in published {
            self.publish_one(Arc::new(one));
        }
    }

    fn publish_one(&self, published: Arc<Published>) {
        let topic = published.topic;
        let mut speakers = Speakers::new();
        let mut shard = self.shard(topic);
        let Some(room) = shard.get_mut(&topic) else { return };
        match published.seq {
            None => room.tell(&published, &mut speakers),
            Some(seq) => {
                room.waiting.insert(seq, published);
                room.tell_in_order(&mut speakers);
            }
        }
        let gap = room.told.is_some() && !room.waiting.is_empty();
        drop(shard);
        self.to_round(topic, speakers);
        if gap {
            // A full queue means that the keeper is at work; it looks for more gaps when done.
            let _ = self.inner.gaps.try_send(topic);
        }
    }

    /// Tells those of these people who listen, and nobody else.
    pub fn publish_to<'a>(&self, people: impl IntoIterator<Item = &'a UserId>, published: Published) {
        let (topic, published) = (published.topic, Arc::new(published));
        let known = lock(&self.inner.people);
        let connections = people.into_iter().filter_map(|user| known.get(user)).flatten();
        let hear = |reader: &&Arc<Connection>| reader.listens_to(topic) && reader.tell(&published);
        let speakers: Speakers = connections.filter(hear).cloned().collect();
        drop(known);
        self.to_round(topic, speakers);
    }

    /// How far a topic was told, where somebody listens and it is known.
    pub fn told(&self, topic: Topic) -> Option<u64> {
        self.shard(topic).get(&topic)?.told
    }

    /// The number after which a topic still waits for something, if it does.
    pub fn gap(&self, topic: Topic) -> Option<u64> {
        let shard = self.shard(topic);
        let room = shard.get(&topic)?;
        if room.waiting.is_empty() { None } else { room.told }
    }

    /// Goes on from here: what is missing cannot be had any more. Readers see the jump in the
    /// numbers, and ask anew.
    pub fn skip_to(&self, topic: Topic, head: u64) {
        let mut speakers = Speakers::new();
        let mut shard = self.shard(topic);
        if let Some(room) = shard.get_mut(&topic) {
            room.told = room.told.max(Some(head));
            room.waiting.retain(|seq, _| *seq > head);
            room.tell_in_order(&mut speakers);
        }
        drop(shard);
        self.to_round(topic, speakers);
    }

    /// The durable topics that somebody listens to, and how far each was told.
    pub fn heard(&self) -> Vec<(Topic, u64)> {
        let mut heard = Vec::new();
        for shard in self.inner.shards.all() {
            heard.extend(lock(shard).iter().filter_map(|(topic, room)| Some((*topic, room.told?))));
        }
        heard
    }

    /// Where the keeper hears of gaps; there is one keeper.
    pub fn gaps(&self) -> Option<mpsc::Receiver<Topic>> {
        lock(&self.inner.gaps_seen).take()
    }

    /// Whether anybody on this node listens to it.
    pub fn is_heard(&self, topic: Topic) -> bool {
        self.shard(topic).contains_key(&topic)
    }

    /// Who on this node listens to it, once for each of their connections.
    pub fn readers(&self, topic: Topic) -> Vec<UserId> {
        let shard = self.shard(topic);
        shard.get(&topic).map(|room| room.readers.iter().map(|reader| reader.user).collect()).unwrap_or_default()
    }

    /// Somebody may not listen to a topic any more.
    pub fn evict(&self, user: UserId, topic: Topic) {
        for connection in self.connections(user) {
            self.leave(topic, &connection);
        }
    }

    /// Somebody may or may not be heard any more where they listen.
    pub fn set_part(&self, user: UserId, topic: Topic, part: Part) {
        for connection in self.connections(user) {
            connection.set_part(topic, part);
        }
    }

    /// Whether others may see that somebody writes.
    pub fn show_typing(&self, user: UserId, shows: bool) {
        for connection in self.connections(user) {
            connection.show_typing(shows);
        }
    }

    /// What somebody chose to show of themselves.
    pub fn show(&self, user: UserId, choice: Option<Choice>) {
        for connection in self.connections(user) {
            connection.look_offline(choice == Some(Choice::Offline));
        }
    }

    /// A sign-in ended: its connections are told why and closed.
    pub fn end_session(&self, user: UserId, session: SessionId) {
        for connection in self.connections(user).iter().filter(|connection| connection.session == session) {
            connection.close(Close::SignedOut);
        }
    }

    /// All sign-ins of somebody ended, but perhaps for one.
    pub fn end_sessions(&self, user: UserId, except: Option<SessionId>) {
        for connection in self.connections(user).iter().filter(|connection| Some(connection.session) != except) {
            connection.close(Close::SignedOut);
        }
    }

    /// What somebody may do changed: their connections come back and are looked at anew.
    pub fn reconnect(&self, user: UserId) {
        for connection in self.connections(user) {
            connection.close(Close::Changed);
        }
    }

    /// The server goes: everybody is told, each with a time of their own to come back at.
    pub fn close_all(&self, spread_ms: u64) {
        let everybody: Vec<Arc<Connection>> = lock(&self.inner.people).values().flatten().cloned().collect();
        let count = u64::try_from(everybody.len()).unwrap_or(u64::MAX).max(1);
        for (n, connection) in (0u64..).zip(everybody) {
            connection.close(Close::Restart { retry_in_ms: 500 + spread_ms.saturating_mul(n) / count });
        }
    }

    /// Whether a device of theirs hears what is told to them alone.
    pub fn hears(&self, user: UserId) -> bool {
        self.is_heard_by(Topic::User(user), user)
    }

    /// Whether a device of theirs listens to it.
    pub fn is_heard_by(&self, topic: Topic, user: UserId) -> bool {
        self.connections(user).iter().any(|connection| connection.listens_to(topic))
    }

    /// One connection of somebody's.
    pub fn connection(&self, user: UserId, id: u64) -> Option<Arc<Connection>> {
        let people = lock(&self.inner.people);
        let theirs = people.get(&user)?;
        theirs.get(theirs.binary_search_by_key(&id, |known| known.id).ok()?).cloned()
    }

    pub fn connections(&self, user: UserId) -> Vec<Arc<Connection>> {
        lock(&self.inner.people).get(&user).cloned().unwrap_or_default()
    }

    /// It has something of its own to tell, which goes out with what else there is.
    pub fn let_speak(&self, connection: &Arc<Connection>) {
        if connection.mark() {
            self.to_round(connection.id, vec![Arc::clone(connection)]);
        }
    }

    fn to_round(&self, of: impl Hash, speakers: Speakers) {
        if !speakers.is_empty()
            && let Some(round) = self.inner.rounds.get(spread(of, self.inner.rounds.len()))
        {
            round.add(speakers);
        }
    }

    fn shard(&self, topic: Topic) -> MutexGuard<'_, HashMap<Topic, Room>> {
        lock(self.inner.shards.of(topic))
    }
}

/// A panic under one of these locks would leave a list as good as before: nothing here can panic
/// halfway through a change.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
