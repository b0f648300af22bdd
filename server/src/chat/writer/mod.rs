//! Writing messages: what is sent at the same time is committed together, so that storing before
//! telling costs little. A message that comes alone waits for nobody.

mod batch;
mod kept;
mod remembered;
mod store;

use std::{
    collections::{HashSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use focushive::{
    Fault,
    chat::{Message, Send},
    id::{HiveId, Key, UserId},
};
use sqlx::{Connection, PgPool};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use self::{
    batch::{Batch, Verdict, written},
    kept::{KEPT_FOR, Kept},
    remembered::Remembered,
    store::Known,
};
use super::{held::Origin, store::one};
use crate::{
    backend::settle,
    clock::Clock,
    failure::{self, Failure},
    hub::{Hub, Published},
    notification::{note, teller::Teller},
    pair,
    topic::{self, stored},
};

/// Hives are spread over this many lanes, each with one commit under way at a time.
const LANES: u64 = 2;

/// How many messages may wait in a lane; more wait at their connections.
const WAITING: usize = 1024;

/// How many are committed together at most.
const TOGETHER: usize = 256;

/// How long the database may take before those who wait are told to come back, and the next are
/// tried. What was committed all the same is answered when it is sent again, and told by the keeper.
const WITHIN: Duration = Duration::from_secs(3);

type Answer = Result<Box<Message>, Fault>;

/// A message that somebody wants to write, rendered already.
#[derive(Clone)]
pub struct New {
    pub author: UserId,
    pub ask: Send,
    pub html: String,
    pub mentions: Vec<UserId>,
    pub origin: Origin,
}

impl New {
    fn name(&self) -> Name {
        (self.ask.hive, self.author, self.ask.key)
    }
}

/// What makes a message the same message.
type Name = (HiveId, UserId, Key);

enum Job {
    One { new: New, answer: oneshot::Sender<Answer> },
    All { news: Vec<New>, answer: oneshot::Sender<Result<Vec<Message>, Fault>> },
}

/// What becomes of the others when one of those that are committed together is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refusal {
    OfOne,
    OfAll,
}

#[derive(Clone)]
pub struct Writer {
    lanes: Arc<[mpsc::Sender<Job>]>,
}

impl Writer {
    /// The lanes end when the last writer is dropped.
    pub fn start(db: &PgPool, hub: &Hub, clock: &Clock, teller: &Teller, tasks: &TaskTracker) -> Self {
        let lane = |_| {
            let (lane, jobs) = mpsc::channel(WAITING);
            let (db, hub, clock, teller) = (Kept::of(db), hub.clone(), clock.clone(), teller.clone());
            tasks.spawn(Lane { db, hub, clock, teller, remembered: Remembered::default() }.run(jobs));
            lane
        };
        Self { lanes: (0..LANES).map(lane).collect() }
    }

    /// Comes back once it is committed.
    pub async fn write(&self, new: New) -> Result<Box<Message>, Failure> {
        let (answer, answered) = oneshot::channel();
        self.put(new.ask.hive, Job::One { new, answer }, answered).await
    }

    /// Comes back once all of them are committed, or none is to be.
    pub async fn write_all(&self, news: Vec<New>) -> Result<Vec<Message>, Failure> {
        let (answer, answered) = oneshot::channel();
        let Some(hive) = news.first().map(|new| new.ask.hive) else { return Ok(Vec::new()) };
        self.put(hive, Job::All { news, answer }, answered).await
    }

    async fn put<T>(
        &self,
        hive: HiveId,
        job: Job,
        answered: oneshot::Receiver<Result<T, Fault>>,
    ) -> Result<T, Failure> {
        let lane = self.lane(hive).ok_or_else(|| Failure::internal("there is no lane"))?;
        let writing = async {
            lane.send(job).await.map_err(|_| Failure::internal("the lane is closed"))?;
            Ok(answered.await.map_err(|_| Failure::internal("the lane broke off"))??)
        };
        timeout(WITHIN, writing).await.unwrap_or_else(|_| Err(failure::away().into()))
    }

    fn lane(&self, hive: HiveId) -> Option<&mpsc::Sender<Job>> {
        let mut hasher = DefaultHasher::new();
        hive.hash(&mut hasher);
        self.lanes.get(usize::try_from(hasher.finish() % LANES).ok()?)
    }
}

/// What is committed.
struct Done {
    verdicts: Vec<Verdict>,
    told: Vec<Published>,
    /// Somebody is to be told besides.
    noted: bool,
}

struct Lane {
    db: Kept,
    hub: Hub,
    clock: Clock,
    teller: Teller,
    remembered: Remembered,
}

impl Lane {
    async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut together = Vec::with_capacity(TOGETHER);
        while self.receive(&mut jobs, &mut together).await > 0 {
            let (mut news, mut waiting) = (Vec::new(), Vec::new());
            for job in together.drain(..) {
                match job {
                    Job::One { new, answer } => {
                        news.push(new);
                        waiting.push(answer);
                    }
                    Job::All { news, answer } => {
                        let _ = answer.send(self.all(news).await);
                    }
                }
            }
            let answers = self.answer(news).await;
            for (waiting, answer) in waiting.into_iter().zip(answers) {
                // Whoever asked may be gone; the message is written all the same.
                let _ = waiting.send(answer);
            }
        }
    }

    /// How many there are to be done.
    async fn receive(&mut self, jobs: &mut mpsc::Receiver<Job>, together: &mut Vec<Job>) -> usize {
        self.db.share();
        if let Ok(count) = timeout(KEPT_FOR, jobs.recv_many(together, TOGETHER)).await {
            return count;
        }
        self.db.give_back();
        jobs.recv_many(together, TOGETHER).await
    }

    /// In a commit of their own, so that nobody else's refusal is theirs.
    async fn all(&mut self, news: Vec<New>) -> Result<Vec<Message>, Fault> {
        let answers = self.try_to_commit(news, Refusal::OfAll).await?;
        answers.into_iter().map(|answer| answer.map(|message| *message)).collect()
    }

    /// What the database refuses because of one message is no reason to refuse the others: they are
    /// tried one by one then. Where it cannot be had at all, that would only take longer.
    async fn answer(&mut self, news: Vec<New>) -> Vec<Answer> {
        if news.is_empty() {
            return Vec::new();
        }
        let fault = match self.try_to_commit(news.clone(), Refusal::OfOne).await {
            Ok(answers) => return answers,
            Err(fault) => fault,
        };
        if news.len() == 1 || matches!(fault, Fault::Unavailable { .. }) {
            return news.iter().map(|_| Err(fault.clone())).collect();
        }
        let mut answers = Vec::with_capacity(news.len());
        for new in news {
            let alone = self.try_to_commit(vec![new], Refusal::OfOne).await;
            answers.push(alone.and_then(|mut answers| answers.pop().unwrap_or(Err(failure::away()))));
        }
        answers
    }

    async fn try_to_commit(&mut self, news: Vec<New>, refusal: Refusal) -> Result<Vec<Answer>, Fault> {
        let committed = timeout(WITHIN, self.commit(news, refusal)).await;
        let answers = committed.unwrap_or_else(|_| Err(failure::away().into()));
        if answers.is_err() {
            // It may be what went wrong.
            self.db.give_back();
        }
        answers.map_err(settle)
    }

    /// Decides on each, writes those that may be written, and tells of them.
    async fn commit(&mut self, news: Vec<New>, refusal: Refusal) -> Result<Vec<Answer>, Failure> {
        let done = match self.at_once(&news, refusal).await? {
            Some(done) => done,
            None => self.in_turn(news, refusal).await?,
        };
        if done.noted {
            self.teller.ring();
        }
        self.hub.publish(done.told);
        let mut answers = Vec::with_capacity(done.verdicts.len());
        for verdict in done.verdicts {
            answers.push(match verdict {
                Verdict::Written(message, ..) => Ok(message),
                Verdict::Refused(fault) => Err(fault),
                Verdict::Again(hive, seq) => self.first_answer(hive, seq).await,
            });
        }
        Ok(answers)
    }

    /// As most are written: what is decided by is read in one statement, and everything is written in
    /// another, if nothing has happened in these hives between the two. Not so where something did,
    /// where anybody is to be told besides, in slow mode, or where what is written waited for the break.
    async fn at_once(&mut self, news: &[New], refusal: Refusal) -> Result<Option<Done>, Failure> {
        if news.iter().any(|new| new.origin == Origin::Held || !new.mentions.is_empty()) {
            return Ok(None);
        }
        if let Some(done) = self.unasked(news).await? {
            return Ok(Some(done));
        }
        let now = self.clock.now();
        let db = self.db.get().await?;
        let known = known(db, news).await?;
        let is_plain = |known: &Known| known.slow_seconds == 0 && !known.watched && !known.pair;
        if !known.iter().all(|known| is_plain(known) && known.reply_author.is_none()) {
            return Ok(None);
        }
        let heads = news.iter().zip(&known).filter_map(|(new, known)| Some((new.ask.hive.0, known.head?))).collect();
        let mut batch = Batch::new(heads, HashSet::new(), now);
        let verdicts = batch.decide_all(news.to_vec(), known.clone(), refusal)?;
        if !batch.columns.hives.is_empty() {
            if !store::write(db, &batch.columns, CREATED, now).await? {
                return Ok(None);
            }
            self.remembered.keep(news, known, &verdicts);
            self.remembered.move_on(&batch.heads);
        }
        Ok(Some(Done { verdicts, told: batch.told, noted: false }))
    }

    /// By what is remembered of all who write, without asking first. Only what may be written is: a
    /// refusal might not hold any more.
    async fn unasked(&mut self, news: &[New]) -> Result<Option<Done>, Failure> {
        let Some((heads, known)) = self.remembered.recall(news, &self.hub) else { return Ok(None) };
        let now = self.clock.now();
        let mut batch = Batch::remembered(heads, now);
        let decided = batch.decide_all(news.to_vec(), known, Refusal::OfAll);
        let verdicts = decided.unwrap_or_default();
        let is_plain = verdicts.iter().all(|verdict| matches!(verdict, Verdict::Written(..)));
        if verdicts.is_empty() || !is_plain || !store::write(self.db.get().await?, &batch.columns, CREATED, now).await?
        {
            self.remembered.forget(news);
            return Ok(None);
        }
        self.remembered.move_on(&batch.heads);
        Ok(Some(Done { verdicts, told: batch.told, noted: false }))
    }

    /// Nothing else happens in these hives meanwhile.
    async fn in_turn(&mut self, news: Vec<New>, refusal: Refusal) -> Result<Done, Failure> {
        let now = self.clock.now();
        let mut tx = self.db.get().await?.begin().await?;
        let mut hives: Vec<Uuid> = news.iter().map(|new| new.ask.hive.0).collect();
        hives.sort_unstable();
        hives.dedup();
        let heads = topic::store::lock(&mut *tx, &hives).await?.into_iter().collect();
        let waiting = waiting(&mut tx, &news).await?;
        let known = known(&mut tx, &news).await?;
        let is_private = known.iter().any(|known| known.pair);
        let mut batch = Batch::new(heads, waiting, now);
        let verdicts = batch.decide_all(news, known, refusal)?;
        let mut noted = false;
        if !batch.columns.hives.is_empty() {
            if !store::write(&mut *tx, &batch.columns, CREATED, now).await? {
                return Err(Failure::internal("a hive moved on although it was locked"));
            }
            if !batch.slowed.0.is_empty() {
                store::wrote(&mut *tx, &batch.slowed, now).await?;
            }
            noted = note::messages(&mut tx, &written(&verdicts), now).await?;
            if is_private {
                batch.told.extend(pair::tell(&mut tx, &written(&verdicts), now).await?);
            }
        }
        release(&mut tx, &batch.released).await?;
        tx.commit().await?;
        Ok(Done { verdicts, told: batch.told, noted })
    }

    /// A message that was sent again is answered as it was the first time.
    async fn first_answer(&mut self, hive: HiveId, seq: u64) -> Answer {
        let found = async {
            let db = self.db.get().await?;
            Ok::<_, Failure>(one(db, hive, seq).await?)
        };
        match found.await {
            Ok(Some(message)) => Ok(Box::new(message)),
            Ok(None) => Err(Fault::conflict("this message was sent and deleted since")),
            Err(failure) => Err(settle(failure)),
        }
    }
}

const CREATED: &str = "chat.created";

async fn known(db: &mut sqlx::PgConnection, news: &[New]) -> Result<Vec<Known>, Failure> {
    let hives: Vec<Uuid> = news.iter().map(|new| new.ask.hive.0).collect();
    let authors: Vec<Uuid> = news.iter().map(|new| new.author.0).collect();
    let keys: Vec<Uuid> = news.iter().map(|new| new.ask.key.0).collect();
    let replies: Vec<i64> = news.iter().map(|new| new.ask.reply_to.map_or(0, stored)).collect();
    let known = store::known(db, &hives, &authors, &keys, &replies).await?;
    // An author who is gone would shift the rows that follow.
    if known.len() == news.len() { Ok(known) } else { Err(Fault::SignedOut.into()) }
}

/// Which of them wait; they do until the end of this transaction.
async fn waiting(db: &mut sqlx::PgConnection, news: &[New]) -> Result<HashSet<Name>, Failure> {
    let held: Vec<Name> = news.iter().filter(|new| new.origin == Origin::Held).map(New::name).collect();
    if held.is_empty() {
        return Ok(HashSet::new());
    }
    let (hives, authors, keys) = ids(&held);
    let rows = store::lock_held(db, &hives, &authors, &keys).await?;
    Ok(rows.into_iter().collect())
}

/// They wait no more.
async fn release(db: &mut sqlx::PgConnection, released: &[Name]) -> Result<(), Failure> {
    if released.is_empty() {
        return Ok(());
    }
    let (hives, authors, keys) = ids(released);
    Ok(store::forget_held(db, &hives, &authors, &keys).await?)
}

fn ids(names: &[Name]) -> (Vec<Uuid>, Vec<Uuid>, Vec<Uuid>) {
    let hives = names.iter().map(|(hive, _, _)| hive.0).collect();
    let authors = names.iter().map(|(_, author, _)| author.0).collect();
    (hives, authors, names.iter().map(|(_, _, key)| key.0).collect())
}
