//! What is committed together, and what is decided about each message of it: in turn, each by what
//! was decided before.

use std::collections::{HashMap, HashSet};

use focushive::{
    Fault, Moment,
    chat::{Floor, Message, Quote},
    hive::Membership,
    id::{HiveId, MessageId, UserId},
    protocol::{Event, Topic},
    text::Body,
    user::Person,
};
use uuid::Uuid;

use super::{
    Name, New, Refusal,
    store::{Columns, Known},
};
use crate::{
    chat::held::Origin,
    failure::Failure,
    hub::{Published, parts},
    notification::note::Written,
    topic::{number, stored},
};

pub enum Verdict {
    /// In this hive, and whom it answers.
    Written(Box<Message>, HiveId, Option<UserId>),
    Refused(Fault),
    Again(HiveId, u64),
}

/// What was written, for those who are told of it.
pub fn written(verdicts: &[Verdict]) -> Vec<Written<'_>> {
    let written = verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Written(message, hive, answers) => Some(Written { hive: *hive, message, answers: *answers }),
        Verdict::Refused(_) | Verdict::Again(..) => None,
    });
    written.collect()
}

impl Verdict {
    fn fault(&self) -> Option<Fault> {
        match self {
            Self::Refused(fault) => Some(fault.clone()),
            Self::Written(..) | Self::Again(..) => None,
        }
    }
}

/// What is committed together, and what was decided within it so far.
pub struct Batch {
    now: Moment,
    pub heads: HashMap<Uuid, i64>,
    /// What is decided by is remembered, and has to be looked at when it is written.
    remembered: bool,
    waiting: HashSet<Name>,
    /// Those that waited and are written now.
    pub released: Vec<Name>,
    written: HashMap<Name, u64>,
    wrote: HashMap<(HiveId, UserId), Moment>,
    /// Where and by whom something was written in slow mode.
    pub slowed: (Vec<Uuid>, Vec<Uuid>),
    pub columns: Columns,
    pub told: Vec<Published>,
}

impl Batch {
    pub fn new(heads: HashMap<Uuid, i64>, waiting: HashSet<Name>, now: Moment) -> Self {
        let (written, wrote, released) = (HashMap::new(), HashMap::new(), Vec::new());
        let (slowed, columns, told) = Default::default();
        Self { now, heads, remembered: false, waiting, released, written, wrote, slowed, columns, told }
    }

    /// By what is remembered.
    pub fn remembered(heads: HashMap<Uuid, i64>, now: Moment) -> Self {
        Self { remembered: true, ..Self::new(heads, HashSet::new(), now) }
    }

    /// On each in turn; or it is all of them or none.
    pub fn decide_all(&mut self, news: Vec<New>, known: Vec<Known>, refusal: Refusal) -> Result<Vec<Verdict>, Failure> {
        let verdicts: Vec<Verdict> = news.into_iter().zip(known).map(|(new, known)| self.decide(new, known)).collect();
        let refused = verdicts.iter().find_map(Verdict::fault).filter(|_| refusal == Refusal::OfAll);
        refused.map_or(Ok(verdicts), |fault| Err(fault.into()))
    }

    fn decide(&mut self, new: New, known: Known) -> Verdict {
        let (hive, author) = (new.ask.hive, new.author);
        let name = new.name();
        if let Some(seq) = known.sent.map(number).or_else(|| self.written.get(&name).copied()) {
            self.released.extend(self.waiting.contains(&name).then_some(name));
            return Verdict::Again(hive, seq);
        }
        if new.origin == Origin::Held && !self.waiting.contains(&name) {
            return Verdict::Refused(Fault::conflict("this message does not wait any more"));
        }
        let floor = Floor {
            me: known.rank.map(|rank| Membership {
                rank,
                muted_until: known.muted_until,
                rules_seen: 0,
                goal: None,
                offered: false,
            }),
            archived: known.archived,
            slow_seconds: u16::try_from(known.slow_seconds).unwrap_or_default(),
            wrote_at: self.wrote.get(&(hive, author)).copied().or(known.wrote_at),
        };
        if let Err(fault) = floor.take(self.now) {
            return Verdict::Refused(fault);
        }
        let Some(head) = self.heads.get_mut(&hive.0) else { return Verdict::Refused(Fault::NotFound) };
        *head += 1;
        let seq = *head;
        self.written.insert(name, number(seq));
        self.released.extend(self.waiting.contains(&name).then_some(name));
        self.wrote.insert((hive, author), self.now);
        let slow = floor.slow_seconds > 0;
        let answers = known.reply_author;
        self.columns.standings.push(self.remembered.then(|| known.standing.clone()));
        let message = Box::new(message(new, known, number(seq), self.now));
        if slow {
            self.slowed.0.push(hive.0);
            self.slowed.1.push(message.author.id.0);
        }
        self.add(hive, &message);
        Verdict::Written(message, hive, answers)
    }

    fn add(&mut self, hive: HiveId, message: &Message) {
        let (name, data) = parts(&Event::ChatCreated(Box::new(message.clone())));
        let columns = &mut self.columns;
        columns.hives.push(hive.0);
        columns.seqs.push(stored(message.seq));
        columns.ids.push(message.id.0);
        columns.authors.push(message.author.id.0);
        columns.keys.push(message.key.0);
        columns.bodies.push(message.body.as_str().to_owned());
        columns.htmls.push(message.html.clone());
        columns.replies.push(message.reply.as_ref().map(|quote| stored(quote.seq)));
        let mentions: Vec<String> = message.mentions.iter().map(ToString::to_string).collect();
        columns.mentions.push(format!("{{{}}}", mentions.join(",")));
        columns.data.push(data.clone());
        self.told.push(Published::durable(Topic::Hive(hive), message.seq, self.now, name, data));
    }
}

fn message(new: New, known: Known, seq: u64, now: Moment) -> Message {
    let quote = |seq| Quote {
        seq: number(seq),
        name: known.reply_name.unwrap_or_default(),
        excerpt: known.reply_body.map(|body| body.excerpt()).unwrap_or_default(),
    };
    let body: Body = new.ask.body;
    Message {
        seq,
        id: MessageId(Uuid::now_v7()),
        key: new.ask.key,
        author: Person { id: known.author, name: known.name, handle: known.handle, avatar: known.avatar, status: None },
        body,
        html: new.html,
        at: now,
        edited_at: None,
        reply: known.reply_to.map(quote),
        mentions: new.mentions,
        reactions: Vec::new(),
        pinned: false,
    }
}
