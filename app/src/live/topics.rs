//! What the tab listens to, and how far it has heard of it. Pure; the socket does what it says.

use std::{collections::HashMap, rc::Rc};

use focushive::protocol::Topic;

use super::told::Told;

pub type Listener = Rc<dyn Fn(Told)>;

struct Listening {
    number: u64,
    listener: Listener,
}

#[derive(Default)]
struct Subscription {
    last: Option<u64>,
    listeners: Vec<Listening>,
}

/// Where an event stands among those that were heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Next,
    /// Heard before.
    Old,
    /// Something before it was not heard.
    Ahead,
}

#[derive(Default)]
pub struct Topics {
    heard: HashMap<Topic, Subscription>,
    /// Joins under way, by the number they were asked under.
    joins: HashMap<String, Topic>,
}

impl Topics {
    /// One more listens; the answer is whether that is to be joined, from where this one stands.
    pub fn listen(&mut self, topic: Topic, since: Option<u64>, number: u64, listener: Listener) -> bool {
        let subscription = self.heard.entry(topic).or_default();
        subscription.listeners.push(Listening { number, listener });
        // What the others heard meanwhile, this one did not: it is told again from there on.
        let behind = since.is_some() && subscription.last.is_none_or(|last| since < Some(last));
        if behind {
            subscription.last = since;
        }
        subscription.listeners.len() == 1 || behind
    }

    /// The answer is whether nobody listens to it any more.
    pub fn stop(&mut self, topic: Topic, number: u64) -> bool {
        let Some(subscription) = self.heard.get_mut(&topic) else { return false };
        subscription.listeners.retain(|listening| listening.number != number);
        let nobody = subscription.listeners.is_empty();
        if nobody {
            self.heard.remove(&topic);
        }
        nobody
    }

    /// A new connection has joined nothing yet, and answers nothing that an older one was asked.
    pub fn begin(&mut self) -> Vec<Topic> {
        self.joins.clear();
        self.heard.keys().copied().collect()
    }

    /// It is joined under this number; the answer is from where on. An answer to an older question,
    /// which came from elsewhere, counts no more.
    pub fn join(&mut self, topic: Topic, id: String) -> Option<u64> {
        self.joins.retain(|_, joining| *joining != topic);
        self.joins.insert(id, topic);
        self.heard.get(&topic).and_then(|subscription| subscription.last)
    }

    /// What was joined under this number; it is not under way any more.
    pub fn joined(&mut self, id: &str) -> Option<Topic> {
        self.joins.remove(id)
    }

    /// Whether somebody listens, and nobody has asked for it.
    pub fn is_missing(&self, topic: Topic) -> bool {
        self.heard.contains_key(&topic) && !self.joins.values().any(|joining| *joining == topic)
    }

    /// Where an event of this number stands; what is not numbered is always the next.
    pub fn place(&self, topic: Topic, seq: Option<u64>) -> Place {
        let last = self.heard.get(&topic).and_then(|subscription| subscription.last);
        match (last, seq) {
            (Some(last), Some(seq)) if seq <= last => Place::Old,
            (Some(last), Some(seq)) if seq > last + 1 => Place::Ahead,
            _ => Place::Next,
        }
    }

    /// Everything up to this number is heard.
    pub fn note(&mut self, topic: Topic, seq: Option<u64>) {
        if let Some(subscription) = self.heard.get_mut(&topic) {
            subscription.last = seq.or(subscription.last);
        }
    }

    pub fn listeners(&self, topic: Topic) -> Vec<Listener> {
        let listening = self.heard.get(&topic).map(|subscription| &subscription.listeners);
        listening.into_iter().flatten().map(|listening| Rc::clone(&listening.listener)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listens(topics: &mut Topics, since: Option<u64>, number: u64) -> bool {
        topics.listen(Topic::Presence, since, number, Rc::new(|_| {}))
    }

    #[test]
    fn what_nobody_listens_to_yet_is_joined_and_what_nobody_listens_to_any_more_is_left() {
        let mut topics = Topics::default();
        assert!(listens(&mut topics, None, 1));
        assert!(!listens(&mut topics, None, 2));
        assert!(!topics.stop(Topic::Presence, 1));
        assert!(topics.stop(Topic::Presence, 2));
    }

    #[test]
    fn who_comes_later_and_knows_less_is_told_from_where_they_stand() {
        let mut topics = Topics::default();
        listens(&mut topics, None, 1);
        topics.join(Topic::Presence, "1".to_owned());
        topics.note(Topic::Presence, Some(9));
        assert!(!listens(&mut topics, Some(9), 2));
        assert!(listens(&mut topics, Some(7), 3));
        assert_eq!(topics.join(Topic::Presence, "2".to_owned()), Some(7));
        // The answer to the older question says nothing about what this one has missed.
        assert_eq!(topics.joined("1"), None);
        assert_eq!(topics.joined("2"), Some(Topic::Presence));
    }

    #[test]
    fn an_event_is_told_once_and_never_before_the_one_before_it() {
        let mut topics = Topics::default();
        listens(&mut topics, Some(4), 1);
        assert_eq!(topics.place(Topic::Presence, Some(5)), Place::Next);
        topics.note(Topic::Presence, Some(5));
        assert_eq!(topics.place(Topic::Presence, Some(5)), Place::Old);
        assert_eq!(topics.place(Topic::Presence, Some(7)), Place::Ahead);
        assert_eq!(topics.place(Topic::Presence, None), Place::Next);
        assert!(topics.is_missing(Topic::Presence));
        topics.join(Topic::Presence, "3".to_owned());
        assert!(!topics.is_missing(Topic::Presence));
        assert_eq!(topics.begin(), [Topic::Presence]);
        assert!(topics.is_missing(Topic::Presence));
    }

    #[test]
    fn a_reset_may_lead_back() {
        let mut topics = Topics::default();
        listens(&mut topics, Some(40), 1);
        topics.note(Topic::Presence, Some(3));
        assert_eq!(topics.place(Topic::Presence, Some(4)), Place::Next);
    }
}
