//! What a client's frames ask for, command by command.

use std::time::Duration;

use focushive::{
    Fault, Moment,
    account::Me,
    chat::SendAll,
    protocol::{Request, Topic},
};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    Asked, Beats, Begun, CAN_BEAT_MS, Close, MISSED_BEATS, Published, Step, Stomp, Tag, WANT_BEAT_MS, body, envelope,
    frame::{Command, Frame, Version, Written},
    subscription::{self, About, Ack, Channel, Subscription},
};
use crate::wire::{dialect::Greeting, line::Words};

/// A client's own words (ids, correlations) are echoed; they are no place to keep things.
const LONGEST_WORD: usize = 256;

/// A day: who wants less than that wants none.
const LONGEST_BEAT_MS: u64 = 86_400_000;

impl Stomp {
    pub(super) fn push(&mut self, heard: &Words) {
        match heard {
            Words::Text(text) => self.reader.push(text.as_bytes()),
            Words::Binary(bytes) => self.reader.push(bytes),
        }
    }

    /// The first frame: which version is spoken, how often one beats, and who it is.
    pub(super) fn greeted(&mut self, frame: Frame) -> Greeting {
        if frame.command != Command::Connect {
            return Greeting::Refused(Fault::SignedOut);
        }
        let agreed = Version::agree(frame.header("accept-version"));
        let beats = heart_beat(frame.header("heart-beat"));
        let token = token(&frame).map(str::to_owned);
        self.connect = Some(frame);
        let Some(version) = agreed else {
            return Greeting::Refused(Fault::field("accept-version", "supported versions are 1.0, 1.1 and 1.2"));
        };
        let Some(beats) = beats else {
            return Greeting::Refused(Fault::field("heart-beat", "it is not two numbers"));
        };
        (self.version, self.reader.version, self.beats) = (version, Some(version), beats);
        token.map_or(Greeting::Cookie, Greeting::Token)
    }

    pub(super) fn connected(&self, connect: Option<&Frame>, me: &Me) -> Utf8Bytes {
        let receipt = connect.and_then(|frame| frame.header("receipt"));
        self.written("CONNECTED")
            .header("version", self.version.as_str())
            .header("heart-beat", format!("{CAN_BEAT_MS},{WANT_BEAT_MS}"))
            .header("server", concat!("FocusHive/", env!("CARGO_PKG_VERSION")))
            .header("user-name", me.id)
            .maybe("receipt-id", receipt)
            .end()
    }

    pub(super) fn act(&mut self, frame: Frame, now: Moment) -> Vec<Step<Self>> {
        if frame.headers.iter().any(|(name, value)| is_word(name) && value.len() > LONGEST_WORD) {
            return self.fail(&frame, Fault::field("frame", "an id of it is too long"), now);
        }
        let transaction = frame.header("transaction").map(str::to_owned);
        let outcome = match (frame.command, transaction) {
            (Command::Send | Command::Ack | Command::Nack, Some(transaction)) => {
                // Its receipt comes when it has happened.
                self.transactions.put(&transaction, frame.clone()).map(|()| Vec::new())
            }
            (Command::Send, None) => return self.send(&frame, now),
            (Command::Ack | Command::Nack, None) => self.acknowledge(&frame),
            (Command::Subscribe, _) => return self.subscribe(&frame, now),
            (Command::Unsubscribe, _) => self.unsubscribe(&frame),
            (Command::Begin, Some(name)) => self.transactions.begin(&name).map(|()| self.receipted(&frame)),
            (Command::Abort, Some(name)) => self.transactions.end(&name).map(|_| self.receipted(&frame)),
            (Command::Commit, Some(name)) => match self.transactions.end(&name) {
                Ok(frames) => return self.commit(frame, frames, now),
                Err(why) => Err(why),
            },
            (Command::Begin | Command::Abort | Command::Commit, None) => Err("it names no transaction"),
            (Command::Disconnect, _) => {
                let mut steps = self.receipted(&frame);
                self.told_off = true;
                steps.push(Step::Close(Close::Done));
                Ok(steps)
            }
            (Command::Connect, _) => Err("this session is connected already"),
        };
        outcome.unwrap_or_else(|why| self.fail(&frame, Fault::field("frame", why), now))
    }

    fn receipted(&self, frame: &Frame) -> Vec<Step<Self>> {
        frame.header("receipt").map(|id| Step::Say(self.receipt(id))).into_iter().collect()
    }

    fn send(&mut self, frame: &Frame, now: Moment) -> Vec<Step<Self>> {
        let Some(destination) = frame.header("destination") else {
            return self.fail(frame, Fault::field("destination", "it is missing"), now);
        };
        let key = frame.header("idempotency-key").or_else(|| frame.header("key"));
        let mut asked = Asked {
            destination: destination.to_owned(),
            name: "",
            correlation: frame.header("correlation-id").map(str::to_owned),
            receipt: frame.header("receipt").map(str::to_owned),
            then: Vec::new(),
        };
        match body::request(destination, &frame.body, key) {
            Ok(request) => {
                asked.name = request.name();
                vec![Step::Ask { tag: Tag::Asked(Box::new(asked)), request }]
            }
            Err(refused) => self.refused(refused, asked, now),
        }
    }

    /// All of it is read before any of it is done, and it is done at once: one request, or messages,
    /// which are stored together. Different requests would be done one after the other, and the first
    /// would stay done if the second is refused: they are refused as a whole.
    fn commit(&mut self, commit: Frame, frames: Vec<Frame>, now: Moment) -> Vec<Step<Self>> {
        let (sent, mut then): (Vec<_>, Vec<_>) = frames.into_iter().partition(|frame| frame.command == Command::Send);
        let mut asks = Vec::new();
        for frame in &sent {
            let mut steps = self.send(frame, now);
            match steps.pop() {
                Some(Step::Ask { tag: Tag::Asked(asked), request }) => asks.push((asked, request)),
                last => {
                    steps.extend(last);
                    return steps;
                }
            }
        }
        for frame in &then {
            if let Err(why) = self.named(frame) {
                return self.fail(frame, Fault::field("frame", why), now);
            }
        }
        if asks.len() > 1 && asks.iter().any(|(_, request)| !matches!(request, Request::SendMessage(_))) {
            return self.mixed(&commit, asks, now);
        }
        then.push(commit);
        self.together(asks, then)
    }

    /// One step for all of it.
    fn together(&mut self, mut asks: Vec<(Box<Asked>, Request)>, then: Vec<Frame>) -> Vec<Step<Self>> {
        let Some((last, _)) = asks.last_mut() else { return self.afterwards(&then) };
        last.then = then;
        if asks.len() == 1 {
            let one = asks.into_iter().map(|(asked, request)| Step::Ask { tag: Tag::Asked(asked), request });
            return one.collect();
        }
        let (mut together, mut messages) = (Vec::new(), Vec::new());
        for (asked, request) in asks {
            if let Request::SendMessage(send) = request {
                together.push(*asked);
                messages.push(send);
            }
        }
        vec![Step::Ask { tag: Tag::Together(together), request: Request::SendMessages(SendAll { messages }) }]
    }

    /// Says no to the whole, naming the first that is no message.
    fn mixed(&mut self, commit: &Frame, asks: Vec<(Box<Asked>, Request)>, now: Moment) -> Vec<Step<Self>> {
        let mut others = asks.into_iter().filter(|(_, request)| !matches!(request, Request::SendMessage(_)));
        let asked = Asked {
            destination: others.next().map(|(asked, _)| asked.destination).unwrap_or_default(),
            name: "",
            correlation: commit.header("correlation-id").map(str::to_owned),
            receipt: commit.header("receipt").map(str::to_owned),
            then: Vec::new(),
        };
        let why = "a transaction is one request, or messages alone: nothing of this one was done";
        self.refused((Some(body::Check::Rules), Fault::conflict(why)), asked, now)
    }

    /// What a transaction acknowledges, and its receipt, once the rest of it is done.
    pub(super) fn afterwards(&mut self, then: &[Frame]) -> Vec<Step<Self>> {
        let mut steps = Vec::new();
        for frame in then {
            steps.extend(match frame.command {
                Command::Ack | Command::Nack => self.acknowledge(frame).unwrap_or_default(),
                _ => self.receipted(frame),
            });
        }
        steps
    }

    fn subscribe(&mut self, frame: &Frame, now: Moment) -> Vec<Step<Self>> {
        let destination = frame.header("destination").unwrap_or_default();
        let id = match (frame.header("id"), self.version) {
            (Some(id), _) => id,
            // The first version names a subscription by its destination.
            (None, Version::V10) => destination,
            (None, Version::V11 | Version::V12) => {
                return self.fail(frame, Fault::field("id", "it is missing"), now);
            }
        };
        let Some(ack) = Ack::read(frame.header("ack")) else {
            return self.fail(frame, Fault::field("ack", "one of auto, client, client-individual"), now);
        };
        let since = match frame.header("since").map(str::parse) {
            None => None,
            Some(Ok(since)) => Some(since),
            Some(Err(_)) => return self.fail(frame, Fault::field("since", "it is not a number"), now),
        };
        if self.subscriptions.len() >= subscription::MOST || self.subscriptions.iter().any(|one| one.id == id) {
            return self.fail(frame, Fault::conflict("this id is in use, or there are too many"), now);
        }
        let Some(channel) = self.me.and_then(|me| Channel::of(destination, me)) else {
            return self.fail(frame, Fault::NotFound, now);
        };
        let topics = channel.topics().to_vec();
        let (id, destination) = (id.to_owned(), destination.to_owned());
        self.subscriptions.push(Subscription { id: id.clone(), destination, channel, ack, told: Vec::new() });
        if topics.is_empty() {
            return self.receipted(frame);
        }
        let receipt = frame.header("receipt");
        let last = topics.len() - 1;
        let joins = topics.into_iter().enumerate().map(|(n, topic)| {
            let receipt = receipt.map(str::to_owned);
            let since = since.filter(|_| topic.log().is_some());
            Step::Join { tag: Tag::Joining { subscription: id.clone(), receipt, last: n == last }, topic, since }
        });
        joins.collect()
    }

    /// It listens from now on: what was missed comes first, and how things stand where nothing is kept.
    pub(super) fn begun(
        &mut self,
        at: usize,
        topic: Topic,
        begun: Begun,
        receipt: Option<&str>,
        now: Moment,
    ) -> Vec<Step<Self>> {
        let Begun { joined, missed } = begun;
        let Some(subscription) = self.subscriptions.get_mut(at) else { return Vec::new() };
        subscription.told.push((topic, joined.last));
        let last = subscription.told.iter().find_map(|(_, told)| *told);
        let first = match &joined.snapshot {
            Some(_) if joined.reset => Some(("reset", envelope::reset(topic, joined.last, &joined.snapshot, now))),
            None if joined.reset => Some(("reset", envelope::reset(topic, joined.last, &None, now))),
            Some(snapshot) if subscription.hears_everything() => {
                Some(("snapshot", envelope::snapshot(topic, snapshot, now)))
            }
            Some(_) | None => None,
        };
        let mut frames = Vec::new();
        frames.extend(receipt.map(|id| self.written("RECEIPT").header("receipt-id", id).maybe("last", last).end()));
        if let Some((event, body)) = first {
            let about =
                About { event: Some(event.to_owned()), topic: Some(topic), seq: joined.last, ..About::default() };
            match self.message(at, about, &body) {
                Ok(frame) => frames.extend(frame),
                Err(close) => return vec![Step::Close(close)],
            }
        }
        for event in &missed {
            if self.subscriptions.get(at).is_some_and(|one| one.missed(event))
                && let Err(close) = self.tell_one(at, event, &mut frames)
            {
                return vec![Step::Close(close)];
            }
        }
        frames.into_iter().map(Step::Say).collect()
    }

    /// One event to one subscription: the beginning of a frame is its own, the rest everybody's.
    pub(super) fn tell_one(&mut self, at: usize, event: &Published, frames: &mut Vec<Utf8Bytes>) -> Result<(), Close> {
        if self.subscriptions.get(at).is_some_and(Subscription::keeps) {
            for body in envelope::event(event) {
                frames.extend(self.message(at, About::event(event), &body)?);
            }
            return Ok(());
        }
        for ending in event.enveloped(ending) {
            self.messages += 1;
            let Some(subscription) = self.subscriptions.get(at) else { continue };
            frames.push(self.own(subscription, self.messages).end_as(ending));
        }
        Ok(())
    }

    fn unsubscribe(&mut self, frame: &Frame) -> Result<Vec<Step<Self>>, &'static str> {
        let name = match (frame.header("id"), self.version) {
            (Some(id), _) => id,
            (None, Version::V10) => frame.header("destination").unwrap_or_default(),
            (None, Version::V11 | Version::V12) => return Err("it names no subscription"),
        };
        let at = self.subscriptions.iter().position(|one| one.id == name).ok_or("there is no such subscription")?;
        let gone = self.subscriptions.remove(at);
        self.unacked.forget(&gone.id);
        let is_heard = |topic: &Topic| self.subscriptions.iter().any(|one| one.channel.topics().contains(topic));
        let unheard = gone.channel.topics().iter().filter(|topic| !is_heard(topic));
        let mut steps: Vec<_> = unheard.map(|topic| Step::Leave(*topic)).collect();
        steps.extend(self.receipted(frame));
        Ok(steps)
    }

    /// Yes or no to messages that wait for it. One that does not wait any more is no mistake: its
    /// subscription may have gone while the word was on its way.
    fn acknowledge(&mut self, frame: &Frame) -> Result<Vec<Step<Self>>, &'static str> {
        let number = self.named(frame)?;
        let mut steps = Vec::new();
        if let Some(subscription) = self.unacked.subscription(number).map(str::to_owned) {
            let known = self.subscriptions.iter().position(|one| one.id == subscription);
            let ack = known.and_then(|at| self.subscriptions.get(at)).map_or(Ack::Individual, |one| one.ack);
            let meant = self.unacked.take(number, ack, &subscription);
            if frame.command == Command::Nack {
                steps = self.redeliver(known, meant);
            }
        }
        steps.extend(self.receipted(frame));
        Ok(steps)
    }

    /// Which message an acknowledgement is about.
    fn named(&self, frame: &Frame) -> Result<u64, &'static str> {
        let named = match self.version {
            Version::V12 => frame.header("id"),
            Version::V11 | Version::V10 => frame.header("message-id"),
        };
        named.ok_or("it names no message")?.parse().map_err(|_| "there is no such message")
    }

    fn redeliver(&mut self, to: Option<usize>, meant: Vec<subscription::Unacked>) -> Vec<Step<Self>> {
        let mut steps = Vec::new();
        for one in meant {
            self.messages += 1;
            let number = self.messages;
            let Some(again) = self.unacked.again(one, number) else { continue };
            let (about, body) = (again.about.clone(), again.body.clone());
            if let Some(subscription) = to.and_then(|at| self.subscriptions.get(at)) {
                let frame = self.addressed(subscription, number, &about).header("redelivered", true).body(&body);
                steps.push(Step::Say(frame));
            }
        }
        steps
    }
}

/// What is the same in every frame that tells an event.
fn ending(event: &Published) -> Vec<Utf8Bytes> {
    let about = About::event(event);
    envelope::event(event).iter().map(|body| about.write(Written::ending()).body(body)).collect()
}

/// Headers that hold a word of the client's own.
fn is_word(name: &str) -> bool {
    matches!(name, "id" | "receipt" | "transaction" | "correlation-id" | "destination")
}

/// The token of somebody without a cookie.
fn token(frame: &Frame) -> Option<&str> {
    let bearer = frame.header("Authorization").or_else(|| frame.header("authorization")).and_then(|value| {
        let (scheme, token) = value.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    bearer.or_else(|| frame.header("passcode").filter(|passcode| !passcode.is_empty()))
}

/// What both sides can and want; nothing where either does not.
fn heart_beat(header: Option<&str>) -> Option<Beats> {
    let Some(header) = header else { return Some(Beats::default()) };
    let (can, wants) = header.split_once(',')?;
    let (can, wants): (u64, u64) = (can.trim().parse().ok()?, wants.trim().parse().ok()?);
    let agreed = |theirs: u64, ours: u64| (theirs > 0).then(|| Duration::from_millis(theirs.max(ours)));
    let heard_every = agreed(can.min(LONGEST_BEAT_MS), WANT_BEAT_MS);
    Some(Beats {
        every: agreed(wants.min(LONGEST_BEAT_MS), CAN_BEAT_MS),
        silent_at_most: heard_every.map(|each| each * MISSED_BEATS),
    })
}
