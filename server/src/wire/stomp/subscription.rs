//! What a session is subscribed to, and what it still has to acknowledge. A destination is one or two
//! of our topics, or a queue of the session's own; several subscriptions may hear the same topic.

use std::collections::VecDeque;

use focushive::{id::UserId, protocol::Topic};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::frame::Written;
use crate::hub::Published;

/// The most subscriptions of one connection; the hub bounds its topics too.
pub const MOST: usize = 512;

/// The most messages that may wait to be acknowledged, and how often each is sent at most.
const MOST_UNACKED: usize = 256;
const MOST_ATTEMPTS: u32 = 5;

/// How messages of a subscription are acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    Auto,
    /// One stands for all before it.
    Client,
    Individual,
}

impl Ack {
    pub fn read(word: Option<&str>) -> Option<Self> {
        Some(match word {
            None | Some("auto") => Self::Auto,
            Some("client") => Self::Client,
            Some("client-individual") => Self::Individual,
            Some(_) => return None,
        })
    }
}

/// Which events of its topics a subscription hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hears {
    All,
    /// Those whose names begin like this: of kinds to come as well.
    Only(&'static str),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    Topics { topics: Vec<Topic>, hears: Hears },
    Replies,
    Errors,
}

impl Channel {
    /// What a destination is, to somebody; whether they may hear it is asked when they join it.
    pub fn of(destination: &str, me: UserId) -> Option<Self> {
        let parts: Vec<&str> = destination.strip_prefix('/')?.split('/').collect();
        let (topics, hears) = match parts.as_slice() {
            ["user", "queue", "replies"] => return Some(Self::Replies),
            ["user", "queue", "errors"] => return Some(Self::Errors),
            ["user", "queue", "msgs"] => (vec![Topic::User(me)], Hears::Only("message.")),
            ["user", "queue", "notifications"] => (vec![Topic::User(me)], Hears::Only("notification.")),
            ["user", "queue", "events"] => (vec![Topic::User(me)], Hears::All),
            ["topic", "notifications", user] => (vec![Topic::User(user.parse().ok()?)], Hears::Only("notification.")),
            ["topic", "chat", hive] => {
                let hive = hive.parse().ok()?;
                (vec![Topic::Hive(hive), Topic::HiveLive(hive)], Hears::Only("chat."))
            }
            ["topic", "hive", hive] => {
                let hive = hive.parse().ok()?;
                (vec![Topic::Hive(hive), Topic::HiveLive(hive)], Hears::All)
            }
            ["topic", rest @ ..] => (vec![rest.join("/").parse().ok()?], Hears::All),
            _ => return None,
        };
        Some(Self::Topics { topics, hears })
    }

    pub fn topics(&self) -> &[Topic] {
        match self {
            Self::Topics { topics, .. } => topics,
            Self::Replies | Self::Errors => &[],
        }
    }
}

pub struct Subscription {
    pub id: String,
    pub destination: String,
    pub channel: Channel,
    pub ack: Ack,
    /// From which number on each durable topic is told live; none is told before it is joined.
    pub told: Vec<(Topic, Option<u64>)>,
}

impl Subscription {
    pub fn hears(&self, event: &Published) -> bool {
        let Channel::Topics { hears, .. } = &self.channel else { return false };
        let in_turn = self.told.iter().any(|(topic, told)| {
            *topic == event.topic && event.seq.is_none_or(|seq| told.is_none_or(|told| seq > told))
        });
        in_turn && self.wants(&event.name, *hears)
    }

    fn wants(&self, name: &str, hears: Hears) -> bool {
        match hears {
            Hears::All => true,
            Hears::Only(start) => name.starts_with(start),
        }
    }

    /// The same for what is missed, whose number is behind.
    pub fn missed(&self, event: &Published) -> bool {
        match self.channel {
            Channel::Topics { hears, .. } => self.wants(&event.name, hears),
            Channel::Replies | Channel::Errors => false,
        }
    }

    pub fn hears_everything(&self) -> bool {
        matches!(self.channel, Channel::Topics { hears: Hears::All, .. })
    }

    /// What is not a topic's is somebody's own: it is kept until it is acknowledged.
    pub fn keeps(&self) -> bool {
        self.ack != Ack::Auto && self.destination.starts_with("/user/")
    }
}

/// A message that is out and not acknowledged.
pub struct Unacked {
    pub number: u64,
    pub subscription: String,
    pub about: About,
    pub body: Utf8Bytes,
    attempts: u32,
}

/// What a message's header says besides whose it is.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub event: Option<String>,
    pub topic: Option<Topic>,
    pub seq: Option<u64>,
    pub correlation: Option<String>,
    pub receipt: Option<String>,
}

impl About {
    pub fn event(event: &Published) -> Self {
        Self { event: Some(event.name.clone()), topic: Some(event.topic), seq: event.seq, ..Self::default() }
    }

    pub fn write(&self, frame: Written) -> Written {
        frame
            .maybe("event", self.event.as_deref())
            .maybe("topic", self.topic)
            .maybe("seq", self.seq)
            .maybe("correlation-id", self.correlation.as_deref())
            .maybe("receipt-id", self.receipt.as_deref())
    }
}

#[derive(Default)]
pub struct Unacknowledged(VecDeque<Unacked>);

impl Unacknowledged {
    /// `Err` if too many wait already.
    pub fn keep(&mut self, number: u64, subscription: &str, about: About, body: Utf8Bytes) -> Result<(), ()> {
        if self.0.len() >= MOST_UNACKED {
            return Err(());
        }
        self.0.push_back(Unacked { number, subscription: subscription.to_owned(), about, body, attempts: 1 });
        Ok(())
    }

    /// Takes out what one acknowledgement, or its refusal, is about.
    pub fn take(&mut self, number: u64, ack: Ack, subscription: &str) -> Vec<Unacked> {
        let is_meant = |one: &Unacked| {
            one.subscription == subscription && (one.number == number || ack == Ack::Client && one.number < number)
        };
        let (meant, others) = std::mem::take(&mut self.0).into_iter().partition::<VecDeque<_>, _>(is_meant);
        self.0 = others;
        meant.into()
    }

    /// Back for another try, unless it was tried often enough.
    pub fn again(&mut self, mut one: Unacked, number: u64) -> Option<&Unacked> {
        one.attempts += 1;
        one.number = number;
        if one.attempts > MOST_ATTEMPTS {
            return None;
        }
        self.0.push_back(one);
        self.0.back()
    }

    pub fn subscription(&self, number: u64) -> Option<&str> {
        self.0.iter().find(|one| one.number == number).map(|one| one.subscription.as_str())
    }

    pub fn forget(&mut self, subscription: &str) {
        self.0.retain(|one| one.subscription != subscription);
    }
}

#[cfg(test)]
mod tests {
    use focushive::id::HiveId;
    use uuid::Uuid;

    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    fn topics(destination: &str) -> Vec<Topic> {
        Channel::of(destination, UserId(Uuid::from_u128(1))).unwrap().topics().to_vec()
    }

    #[test]
    fn destinations_are_topics_or_queues_of_ones_own() {
        let (hive, me) = (HiveId(ID), UserId(Uuid::from_u128(1)));
        assert_eq!(topics(&format!("/topic/hive/{hive}")), [Topic::Hive(hive), Topic::HiveLive(hive)]);
        assert_eq!(topics(&format!("/topic/hive/{hive}/live")), [Topic::HiveLive(hive)]);
        assert_eq!(topics(&format!("/topic/notifications/{ID}")), [Topic::User(UserId(ID))]);
        assert_eq!(topics("/user/queue/notifications"), [Topic::User(me)]);
        assert_eq!(topics("/topic/announcements"), [Topic::Announcements]);
        assert_eq!(topics("/user/queue/replies"), []);
        for nothing in
            ["", "/", "/topic", "/topic/hive/x", "/queue/x", "/user/queue/x", "/topic/board/x", "topic/presence"]
        {
            assert_eq!(Channel::of(nothing, me), None, "{nothing}");
        }
    }

    #[test]
    fn one_acknowledgement_stands_for_those_before_it_where_it_was_agreed() {
        let mut unacked = Unacknowledged::default();
        for number in 1..=4 {
            unacked.keep(number, if number == 2 { "other" } else { "one" }, About::default(), "{}".into()).unwrap();
        }
        assert_eq!(unacked.take(3, Ack::Client, "one").len(), 2);
        assert_eq!(unacked.take(4, Ack::Individual, "one").len(), 1);
        assert_eq!(unacked.subscription(2), Some("other"));
    }

    #[test]
    fn what_is_refused_comes_again_but_not_for_ever() {
        let mut unacked = Unacknowledged::default();
        unacked.keep(1, "one", About::default(), "{}".into()).unwrap();
        let mut sent = 1;
        loop {
            let one = unacked.take(sent, Ack::Individual, "one").remove(0);
            if unacked.again(one, sent + 1).is_none() {
                break;
            }
            sent += 1;
        }
        assert_eq!(sent, u64::from(MOST_ATTEMPTS));
    }
}
