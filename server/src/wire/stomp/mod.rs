//! STOMP 1.2 (and 1.1, 1.0) as a dialect: frames in, steps and frames out. What a peer asks goes the
//! same way as in our own dialect; what it hears is the standard envelope. It owns no socket.

mod body;
mod codec;
mod envelope;
mod frame;
mod reading;
mod subscription;
mod transaction;

use focushive::{
    Fault, Moment,
    account::Me,
    id::UserId,
    protocol::{Reply, Topic},
};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use self::{
    body::Check,
    codec::{Item, Problem, Reader},
    frame::{Frame, Version, Written},
    subscription::{About, Channel, Subscription, Unacknowledged},
    transaction::Transactions,
};
use super::{
    dialect::{Beats, Begun, Dialect, Greeting, Step},
    line::Words,
};
use crate::hub::{Close, Published};

/// How often we can beat at most, and how often we want to hear a peer: timers of a hidden tab are
/// slow, and a WebSocket answers pings besides.
const CAN_BEAT_MS: u64 = 10_000;
const WANT_BEAT_MS: u64 = 25_000;

/// A peer that agreed to beat is gone after this many that did not come.
const MISSED_BEATS: u32 = 3;

/// What is done once something asked is answered.
pub enum Tag {
    Asked(Box<Asked>),
    /// A transaction's messages, which are stored together.
    Together(Vec<Asked>),
    Joining {
        subscription: String,
        receipt: Option<String>,
        /// Whether it is the last of the topics that the destination is.
        last: bool,
    },
}

pub struct Asked {
    destination: String,
    name: &'static str,
    correlation: Option<String>,
    receipt: Option<String>,
    /// What counts only if this was done: what a transaction acknowledges, and its end.
    then: Vec<Frame>,
}

#[derive(Default)]
pub struct Stomp {
    reader: Reader,
    version: Version,
    beats: Beats,
    me: Option<UserId>,
    /// The first frame, once it is there.
    connect: Option<Frame>,
    /// It was told no, which is the last word.
    told_off: bool,
    subscriptions: Vec<Subscription>,
    unacked: Unacknowledged,
    transactions: Transactions,
    /// Each message of a session has a number of its own.
    messages: u64,
}

impl Stomp {
    /// Everything that is whole by now, as steps; none after one that ends the session.
    fn drain(&mut self, now: Moment) -> Vec<Step<Self>> {
        let mut steps = Vec::new();
        loop {
            match self.reader.next() {
                Ok(None) => return steps,
                Ok(Some(Item::Beat)) => steps.push(Step::Alive),
                Ok(Some(Item::Frame(frame))) => {
                    steps.extend(self.act(frame, now));
                    if matches!(steps.last(), Some(Step::Close(_))) {
                        return steps;
                    }
                }
                Err(problem) => {
                    let (fault, close) = broken(problem);
                    let error = self.error(None, None, fault.clone(), now);
                    steps.extend(self.last_word(error, fault, close));
                    return steps;
                }
            }
        }
    }

    /// A frame that says no, after which nothing more is said.
    fn error(&self, receipt: Option<&str>, about: Option<&str>, fault: Fault, now: Moment) -> Utf8Bytes {
        self.written("ERROR")
            .header("message", format!("{}: {fault}", fault.code()))
            .maybe("receipt-id", receipt)
            .maybe("destination", about)
            .maybe("retry-in-ms", fault.retry_after_ms())
            .body(&envelope::refusal(None, fault, now))
    }

    fn written(&self, command: &'static str) -> Written {
        Written::new(command, self.version)
    }

    fn receipt(&self, id: &str) -> Utf8Bytes {
        self.written("RECEIPT").header("receipt-id", id).end()
    }

    /// Ends the session over one frame.
    fn fail(&mut self, frame: &Frame, fault: Fault, now: Moment) -> Vec<Step<Self>> {
        let about = frame.header("destination");
        let error = self.error(frame.header("receipt"), about, fault.clone(), now);
        self.last_word(error, fault, Close::Refused)
    }

    fn last_word(&mut self, error: Utf8Bytes, fault: Fault, close: Close) -> Vec<Step<Self>> {
        self.told_off = true;
        vec![Step::Refuse(error, fault), Step::Close(close)]
    }

    /// A message for one subscription; it waits to be acknowledged if that was agreed.
    fn message(&mut self, at: usize, about: About, body: &Utf8Bytes) -> Result<Option<Utf8Bytes>, Close> {
        self.messages += 1;
        let number = self.messages;
        let Some(subscription) = self.subscriptions.get(at) else { return Ok(None) };
        let frame = self.addressed(subscription, number, &about).body(body);
        if subscription.keeps() {
            self.unacked.keep(number, &subscription.id, about, body.clone()).map_err(|()| Close::Slow)?;
        }
        Ok(Some(frame))
    }

    /// What is a reader's own in a message.
    fn own(&self, subscription: &Subscription, number: u64) -> Written {
        let acknowledged = subscription.ack != subscription::Ack::Auto && self.version == Version::V12;
        self.written("MESSAGE")
            .header("subscription", &subscription.id)
            .header("message-id", number)
            .header("destination", &subscription.destination)
            .maybe("ack", acknowledged.then_some(number))
    }

    fn addressed(&self, subscription: &Subscription, number: u64, about: &About) -> Written {
        about.write(self.own(subscription, number))
    }

    /// To everybody on this session who subscribed to a queue of its own.
    fn queue(&mut self, channel: &Channel, about: &About, body: &Utf8Bytes) -> Vec<Step<Self>> {
        let ears: Vec<usize> = self
            .subscriptions
            .iter()
            .enumerate()
            .filter(|(_, one)| one.channel == *channel)
            .map(|(at, _)| at)
            .collect();
        let mut steps = Vec::new();
        for at in ears {
            match self.message(at, about.clone(), body) {
                Ok(frame) => steps.extend(frame.map(Step::Say)),
                Err(close) => steps.push(Step::Close(close)),
            }
        }
        steps
    }

    fn answered(&mut self, asked: Asked, reply: &Reply, now: Moment) -> Vec<Step<Self>> {
        let Asked { name, correlation, receipt, then, .. } = asked;
        let mut steps = Vec::new();
        if self.subscriptions.iter().any(|one| one.channel == Channel::Replies) {
            let body = envelope::reply(name, serde_json::to_value(reply).unwrap_or_default(), now);
            let about = About { correlation, ..About::default() };
            steps = self.queue(&Channel::Replies, &about, &body);
        }
        steps.extend(receipt.map(|id| Step::Say(self.receipt(&id))));
        steps.extend(self.afterwards(&then));
        steps
    }

    /// A refusal of what was asked: told where the peer listens for it, or else as the protocol says
    /// it, which ends the session.
    fn refused(&mut self, refused: (Option<Check>, Fault), asked: Asked, now: Moment) -> Vec<Step<Self>> {
        let Asked { destination, correlation, receipt, .. } = asked;
        let (check, fault) = refused;
        let body = envelope::refusal(check, fault.clone(), now);
        let about = About { correlation, receipt: receipt.clone(), ..About::default() };
        let mut told = self.queue(&Channel::Errors, &about, &body).into_iter();
        let Some(Step::Say(first)) = told.next() else {
            let error = self.error(receipt.as_deref(), Some(&destination), fault.clone(), now);
            return self.last_word(error, fault, Close::Refused);
        };
        std::iter::once(Step::Refuse(first, fault)).chain(told).collect()
    }
}

fn broken(problem: Problem) -> (Fault, Close) {
    match problem {
        Problem::TooLarge => (Fault::TooLarge { limit: "64 KB".to_owned() }, Close::TooLarge),
        Problem::Malformed(why) => (Fault::field("frame", why), Close::Malformed),
    }
}

impl Dialect for Stomp {
    type Heard = Words;
    type Told = Utf8Bytes;
    type Tag = Tag;

    const ALL_GREET: bool = true;

    fn greet(&mut self, heard: Words) -> Greeting {
        self.push(&heard);
        loop {
            let frame = match self.reader.next() {
                Ok(None) => return Greeting::More,
                Ok(Some(Item::Beat)) => continue,
                Ok(Some(Item::Frame(frame))) => frame,
                Err(problem) => return Greeting::Refused(broken(problem).0),
            };
            return self.greeted(frame);
        }
    }

    fn welcome(&mut self, known: Result<&Me, Fault>, now: Moment) -> Vec<Utf8Bytes> {
        let connect = self.connect.take();
        vec![match known {
            Ok(me) => {
                self.me = Some(me.id);
                self.connected(connect.as_ref(), me)
            }
            Err(fault) => {
                self.told_off = true;
                let connect = connect.as_ref();
                let receipt = connect.and_then(|frame| frame.header("receipt"));
                let agreed = connect.is_none_or(|frame| Version::agree(frame.header("accept-version")).is_some());
                self.written("ERROR")
                    .header("message", format!("{}: {fault}", fault.code()))
                    .maybe("receipt-id", receipt)
                    .maybe("version", (!agreed).then_some("1.0,1.1,1.2"))
                    .body(&envelope::refusal(None, fault, now))
            }
        }]
    }

    fn read(&mut self, heard: Words, now: Moment) -> Vec<Step<Self>> {
        self.push(&heard);
        self.drain(now)
    }

    fn rest(&mut self, now: Moment) -> Vec<Step<Self>> {
        self.drain(now)
    }

    fn answer(&mut self, tag: Tag, answer: Result<Reply, Fault>, now: Moment) -> Vec<Step<Self>> {
        let asked = match tag {
            Tag::Asked(asked) => vec![*asked],
            Tag::Together(asked) => asked,
            Tag::Joining { .. } => return Vec::new(),
        };
        let replies: Vec<Reply> = match answer {
            Ok(Reply::SendMessages(messages)) if asked.len() == messages.len() => {
                messages.into_iter().map(|message| Reply::SendMessage(Box::new(message))).collect()
            }
            Ok(reply) => vec![reply],
            Err(fault) => {
                let rules = Check::refuses(&fault).then_some(Check::Rules);
                // Of several one word is enough: none of them was done.
                let first = asked.into_iter().next();
                return first.map(|asked| self.refused((rules, fault), asked, now)).unwrap_or_default();
            }
        };
        asked.into_iter().zip(&replies).flat_map(|(asked, reply)| self.answered(asked, reply, now)).collect()
    }

    fn joined(&mut self, tag: Tag, topic: Topic, begun: Result<Begun, Fault>, now: Moment) -> Vec<Step<Self>> {
        let Tag::Joining { subscription, receipt, last } = tag else { return Vec::new() };
        let Some(at) = self.subscriptions.iter().position(|one| one.id == subscription) else { return Vec::new() };
        match begun {
            Ok(begun) => self.begun(at, topic, begun, receipt.as_deref().filter(|_| last), now),
            Err(fault) => {
                let destination = self.subscriptions.remove(at).destination;
                let error = self.error(receipt.as_deref(), Some(&destination), fault.clone(), now);
                self.last_word(error, fault, Close::Refused)
            }
        }
    }

    fn tell(&mut self, event: &Published, frames: &mut Vec<Utf8Bytes>) -> Result<(), Close> {
        for at in 0..self.subscriptions.len() {
            if self.subscriptions.get(at).is_some_and(|one| one.hears(event)) {
                self.tell_one(at, event, frames)?;
            }
        }
        Ok(())
    }

    fn too_fast(&self, fault: &Fault, now: Moment) -> Option<Utf8Bytes> {
        let body = envelope::refusal(None, fault.clone(), now);
        let errors = self.subscriptions.iter().find(|one| one.channel == Channel::Errors)?;
        Some(self.addressed(errors, 0, &About::default()).body(&body))
    }

    fn bye(&self, close: Close, now: Moment) -> Option<Utf8Bytes> {
        if self.told_off {
            return None;
        }
        let fault = match close {
            Close::SignedOut => Fault::SignedOut,
            Close::TooLarge => Fault::TooLarge { limit: "64 KB".to_owned() },
            Close::Flood => Fault::RateLimited { retry_after_ms: 60_000 },
            other => Fault::Unavailable { retry_after_ms: other.retry_in_ms().unwrap_or_default() },
        };
        let body = envelope::refusal(None, fault, now);
        Some(
            self.written("ERROR")
                .header("message", close.reason())
                .maybe("retry-in-ms", close.retry_in_ms())
                .body(&body),
        )
    }

    fn beats(&self) -> Beats {
        self.beats
    }

    fn beat(&self) -> Option<Utf8Bytes> {
        Some(Utf8Bytes::from_static("\n"))
    }

    fn listens(&self) -> bool {
        !self.subscriptions.is_empty()
    }
}

#[cfg(test)]
mod tests;
