//! The numbered log of durable topics: what happens is written in the transaction that makes it
//! happen, told after commit, and read again by whoever comes back.

pub mod store;

use std::collections::HashMap;

use focushive::{
    Moment,
    protocol::{Event, Topic},
};
use sqlx::{PgConnection, PgPool};
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use crate::{
    clock::Clock,
    failure::Failure,
    hive::door,
    hub::{Hub, Published, parts},
    services::Services,
    together::Together,
};

/// How long a number that is missing may take to come by itself before it is fetched.
const GAP_PATIENCE: std::time::Duration = std::time::Duration::from_millis(100);

/// How often the numbers told are held against those of the database.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(1500);

/// What may end somebody's listening: on the server where it happened they are put off at once, and
/// on every other one when it is heard of.
const MAY_SHUT_OUT: [&str; 2] = ["hive.changed", "member.left"];

/// Writes what happens, under the next numbers of its topic. The caller publishes after commit.
pub async fn append(
    db: &mut PgConnection,
    topic: Topic,
    now: Moment,
    events: &[Event],
) -> Result<Vec<Published>, Failure> {
    let log = topic.log().ok_or_else(|| Failure::internal("a volatile topic has no log"))?;
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let last = store::advance(&mut *db, log, count).await?;
    let first = last - count + 1;
    let (names, data): (Vec<String>, Vec<String>) = events.iter().map(parts).unzip();
    store::write(db, log, first, now, &names, &data).await?;
    let numbers = number(first)..;
    let told = numbers.zip(names.into_iter().zip(data));
    Ok(told.map(|(seq, (name, data))| Published::durable(topic, seq, now, name, data)).collect())
}

/// Numbers are counted up from one and never come near the end of either type.
pub fn number(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or_default()
}

/// What a client names may be anything; the number after it can still be named.
pub fn stored(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX).min(i64::MAX - 1)
}

/// What somebody missed who has heard everything up to `since`.
pub enum Missed {
    Events(Vec<Published>),
    /// It is too long ago, or of another time altogether.
    TooOld,
}

/// Of `most` events at most.
pub async fn missed(db: &PgPool, topic: Topic, since: u64, upto: u64, most: u32) -> Result<Missed, Failure> {
    let Some(log) = topic.log() else { return Ok(Missed::Events(Vec::new())) };
    if since > upto || upto - since > most.into() {
        return Ok(Missed::TooOld);
    }
    let events = store::between(db, log, stored(since), stored(upto)).await?;
    let complete = u64::try_from(events.len()).unwrap_or_default() == upto - since;
    if !complete {
        return Ok(Missed::TooOld);
    }
    let told =
        events.into_iter().map(|event| Published::durable(topic, number(event.seq), event.at, event.name, event.data));
    Ok(Missed::Events(told.collect()))
}

/// The newest numbers of topics, looked up together.
pub fn heads(db: &PgPool, tasks: &TaskTracker) -> Together<Uuid, i64> {
    let db = db.clone();
    Together::start(tasks, move |logs: Vec<Uuid>| {
        let db = db.clone();
        async move { Ok(store::heads(&db, &logs).await?) }
    })
}

/// A topic's newest number; zero before anything happened.
pub async fn head(services: &Services, topic: Topic) -> Result<u64, Failure> {
    let Some(log) = topic.log() else { return Ok(0) };
    Ok(services.heads.find(log).await?.map(number).unwrap_or_default())
}

/// What the keeper of topics works with.
pub struct Keeper {
    pub db: PgPool,
    pub hub: Hub,
    pub clock: Clock,
    /// How many events it fetches at once.
    pub most: u32,
}

/// Fetches what nobody told: its writer died between commit and telling, or could not know that the
/// commit went through. A gap in the numbers shows it at once; where nothing follows, a look now and
/// then does.
pub async fn keep(keeper: Keeper, mut gaps: mpsc::Receiver<Topic>, stop: CancellationToken) {
    let mut every = tokio::time::interval(LOOK_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(topic) = gaps.recv() => keeper.close_gap(topic, &stop).await,
            _ = every.tick() => {
                if let Err(failure) = keeper.look().await {
                    tracing::warn!(?failure, "what was not told cannot be looked for now");
                }
            }
        }
    }
}

impl Keeper {
    async fn close_gap(&self, topic: Topic, stop: &CancellationToken) {
        tokio::time::sleep(GAP_PATIENCE).await;
        while let Some(told) = self.hub.gap(topic) {
            if let Err(failure) = self.fill(topic, told).await {
                tracing::warn!(?failure, %topic, "a gap cannot be filled yet");
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
            if stop.is_cancelled() {
                return;
            }
        }
    }

    async fn look(&self) -> Result<(), Failure> {
        let heard = self.hub.heard();
        let logs: Vec<Uuid> = heard.iter().filter_map(|(topic, _)| topic.log()).collect();
        let heads: HashMap<Uuid, i64> = store::heads(&self.db, &logs).await?.into_iter().collect();
        for (topic, told) in heard {
            let head = topic.log().and_then(|log| heads.get(&log)).copied().map(number);
            if head.is_some_and(|head| head > told) {
                self.fill(topic, told).await?;
            }
        }
        Ok(())
    }

    async fn fill(&self, topic: Topic, told: u64) -> Result<(), Failure> {
        let Some(log) = topic.log() else { return Ok(()) };
        let head = number(store::head(&self.db, log).await?);
        let missed = missed(&self.db, topic, told, head, self.most).await?;
        let shut = match &missed {
            Missed::Events(events) => events.iter().any(|event| MAY_SHUT_OUT.contains(&event.name.as_str())),
            Missed::TooOld => true,
        };
        // Whoever is out goes before they are told what happened since.
        if let Topic::Hive(hive) = topic
            && shut
        {
            door::look_again(&self.db, &self.hub, hive, self.clock.now()).await?;
        }
        match missed {
            Missed::Events(events) => self.hub.publish(events),
            Missed::TooOld => self.hub.skip_to(topic, head),
        }
        Ok(())
    }
}
