//! The numbered log of durable topics: what happens is written in the transaction that makes it
//! happen, told after commit, and read again by whoever comes back.

pub mod store;

use focushive::{
    Moment,
    protocol::{Event, Topic},
};
use sqlx::{PgConnection, PgPool};
use time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    failure::Failure,
    hub::{Hub, Published, parts},
};

/// How long, and how far back, somebody may come back and be told all they missed.
pub const REPLAY_FOR: Duration = Duration::hours(24);
pub const REPLAY_MOST: u64 = 10_000;

/// How long a number that is missing may take to come by itself before it is fetched.
const GAP_PATIENCE: std::time::Duration = std::time::Duration::from_millis(100);

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

pub fn stored(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// What somebody missed who has heard everything up to `since`.
pub enum Missed {
    Events(Vec<Published>),
    /// It is too long ago, or of another time altogether.
    TooOld,
}

pub async fn missed(db: &PgPool, topic: Topic, since: u64, upto: u64) -> Result<Missed, Failure> {
    let Some(log) = topic.log() else { return Ok(Missed::Events(Vec::new())) };
    if since > upto || upto - since > REPLAY_MOST {
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

pub async fn head(db: &PgPool, topic: Topic) -> Result<u64, Failure> {
    match topic.log() {
        Some(log) => Ok(number(store::head(db, log).await?)),
        None => Ok(0),
    }
}

/// Fetches what a topic waits for and nobody told: its writer died between commit and telling.
pub async fn keep(db: PgPool, hub: Hub, mut gaps: mpsc::Receiver<Topic>, stop: CancellationToken) {
    loop {
        let topic = tokio::select! {
            () = stop.cancelled() => return,
            Some(topic) = gaps.recv() => topic,
        };
        tokio::time::sleep(GAP_PATIENCE).await;
        while let Some(told) = hub.gap(topic) {
            if let Err(failure) = fill(&db, &hub, topic, told).await {
                tracing::warn!(?failure, %topic, "a gap cannot be filled yet");
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
            if stop.is_cancelled() {
                return;
            }
        }
    }
}

async fn fill(db: &PgPool, hub: &Hub, topic: Topic, told: u64) -> Result<(), Failure> {
    let head = head(db, topic).await?;
    match missed(db, topic, told, head).await? {
        Missed::Events(events) => hub.publish(events),
        Missed::TooOld => hub.skip_to(topic, head),
    }
    Ok(())
}
