//! The task that tells people what was noted for them: at once, or when their silence ends. It
//! decides nothing for good: what is noted and not told is found again, whoever died meanwhile.

use std::{collections::HashMap, sync::Arc, time::Duration};

use focushive::{Moment, id::UserId, notification::Why};
use futures::{StreamExt, stream};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{hours, store, tell, tell::Silence, tell_bell};
use crate::{failure::Failure, presence::Focus, services::Services};

/// It looks this often while somebody focuses: what they missed is there within a second of the end.
const WHILE_FOCUSING: Duration = Duration::from_millis(250);

/// It looks at least this often, should the clock of the machine be set.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long it rests where the database cannot be asked.
const REST: Duration = Duration::from_secs(1);

/// How many people are told at the same time: what is left of the database is everybody else's.
const AT_ONCE: usize = 4;

/// How many people are looked after in one round.
const TOGETHER: i64 = 500;

/// After a start, those who were just at work are given this long to come back, and nobody tells
/// them anything: their clock may still be running.
const COME_BACK: time::Duration = time::Duration::seconds(35);

/// Rings when there is something to tell.
#[derive(Clone, Default)]
pub struct Teller {
    bell: Arc<Notify>,
}

impl Teller {
    /// Something was noted, or a silence may have ended.
    pub fn ring(&self) {
        self.bell.notify_one();
    }
}

/// Who is at work as it was last seen.
struct Round {
    focusing: HashMap<UserId, Focus>,
    /// Those who were at work when this house went down, and may be on the way back.
    expected: HashMap<UserId, Focus>,
    until: Moment,
    /// Up to when it was looked whose quiet hours begin or end.
    looked: Moment,
}

pub async fn keep(services: Services, stop: CancellationToken) {
    let mut round = begin(&services).await;
    loop {
        let wait = match look(&services, &mut round).await {
            Ok(wait) => wait,
            Err(failure) => {
                tracing::warn!(?failure, "what is to be told could not be looked at");
                REST
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = services.teller.bell.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn begin(services: &Services) -> Round {
    let now = services.clock.now();
    let expected = store::were_focusing(&services.db, now).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "who was at work before is not known");
        Vec::new()
    });
    let focus = |(user, since)| (user, Focus { since, until: None });
    Round {
        focusing: HashMap::new(),
        expected: expected.into_iter().map(focus).collect(),
        until: now.after(COME_BACK),
        looked: now,
    }
}

/// Whose focus began or ended is seen first, and then whoever has something to be told. The answer
/// is how long there is nothing to do.
async fn look(services: &Services, round: &mut Round) -> Result<Duration, Failure> {
    let now = services.clock.now();
    let mut focusing = services.presence.focusing(now);
    if now < round.until {
        for (user, focus) in &round.expected {
            // Once they are back, what they do counts.
            if !services.presence.is_known(*user) {
                focusing.entry(*user).or_insert(*focus);
            }
        }
    }
    let before = std::mem::replace(&mut round.focusing, focusing);
    let ended = before.iter().filter(|(user, _)| !round.focusing.contains_key(*user));
    let ended = ended.map(|(user, focus)| {
        let silence = Silence { why: Why::Focus, since: focus.since };
        async move {
            settle(services, *user, tell::tell(services, *user, Some(silence)).await.map(drop));
            settle(services, *user, tell_bell(services, *user).await);
        }
    });
    stream::iter(ended).for_each_concurrent(AT_ONCE, |told| told).await;
    // Whose end moved is shown the new one.
    let until = |focus: &Focus| focus.until;
    let moved = round.focusing.iter().filter(|(user, focus)| before.get(*user).map(until) != Some(focus.until));
    let moved = moved.map(|(user, _)| async { settle(services, *user, tell_bell(services, *user).await) });
    stream::iter(moved).for_each_concurrent(AT_ONCE, |told| told).await;
    if hours::passed(services, round.looked, now).await? {
        round.looked = now;
    }
    let quiet: Vec<uuid::Uuid> = round.focusing.keys().map(|user| user.0).collect();
    let due = store::due(&services.db, now, &quiet, TOGETHER).await?;
    let full = i64::try_from(due.len()).unwrap_or(TOGETHER) == TOGETHER;
    let told = due.into_iter().map(|user| async move { settle(services, user, tell_due(services, user).await) });
    stream::iter(told).for_each_concurrent(AT_ONCE, |told| told).await;
    if full {
        return Ok(Duration::ZERO);
    }
    let next = store::next_due(&services.db, &quiet).await?.map(|at| at.since(services.clock.now()));
    let wait = next.and_then(|wait| wait.try_into().ok()).unwrap_or(LOOK_EVERY);
    let most = if round.focusing.is_empty() { LOOK_EVERY } else { WHILE_FOCUSING };
    Ok(wait.clamp(Duration::from_millis(10), most))
}

async fn tell_due(services: &Services, user: UserId) -> Result<(), Failure> {
    if tell::tell(services, user, None).await? {
        tell_bell(services, user).await?;
    }
    Ok(())
}

/// One whom nothing could be told holds up no other; they are tried again.
fn settle(services: &Services, user: UserId, told: Result<(), Failure>) {
    if let Err(failure) = told {
        tracing::error!(?failure, %user, "somebody could not be told what waits for them");
        let teller = services.teller.clone();
        services.tasks.spawn(async move {
            tokio::time::sleep(REST).await;
            teller.ring();
        });
    }
}
