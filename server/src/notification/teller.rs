//! The task that tells people what was noted for them: at once, or when their silence ends. It
//! decides nothing for good: what is noted and not told is found again, and so is the card that is
//! owed after a focus, whoever died meanwhile.

use std::{collections::HashMap, sync::Arc, time::Duration};

use focushive::{Moment, id::UserId};
use futures::{StreamExt, stream};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    hours, store,
    tell::{self, After, Outcome},
    tell_bell,
};
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

/// One whom nothing could be told is let be for a second, then for two, for four, up to a minute.
const LONGEST_REST: u32 = 6;

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
    /// To whom a card is owed at the end of their focus, as it is written down.
    owed: HashMap<UserId, Moment>,
    resting: HashMap<UserId, Rest>,
}

/// Somebody whom nothing could be told, so many times.
#[derive(Clone, Copy)]
struct Rest {
    times: u32,
    until: Moment,
}

pub async fn keep(services: Services, stop: CancellationToken) {
    let mut round = None;
    loop {
        let wait = match go_on(&services, &mut round).await {
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

/// Nobody is told anything before it is known what is owed.
async fn go_on(services: &Services, round: &mut Option<Round>) -> Result<Duration, Failure> {
    let mut going = match round.take() {
        Some(going) => going,
        None => begin(services).await?,
    };
    let wait = look(services, &mut going).await;
    *round = Some(going);
    wait
}

async fn begin(services: &Services) -> Result<Round, Failure> {
    let now = services.clock.now();
    let debts = store::debts(&services.db, now).await?;
    let expected = debts.iter().filter(|debt| debt.is_expected);
    Ok(Round {
        focusing: HashMap::new(),
        expected: expected.map(|debt| (debt.user, Focus { since: debt.since, until: None })).collect(),
        until: now.after(COME_BACK),
        looked: now,
        owed: debts.iter().map(|debt| (debt.user, debt.since)).collect(),
        resting: HashMap::new(),
    })
}

impl Round {
    /// Who is at work now; those who may be on the way back are taken to be.
    fn at_work(&self, services: &Services, now: Moment) -> HashMap<UserId, Focus> {
        let mut focusing = services.presence.focusing(now);
        if now < self.until {
            for (user, focus) in &self.expected {
                // Once they are back, what they do counts.
                if !services.presence.is_known(*user) {
                    focusing.entry(*user).or_insert(*focus);
                }
            }
        }
        focusing
    }

    fn rests(&self, user: UserId, now: Moment) -> bool {
        self.resting.get(&user).is_some_and(|rest| rest.until > now)
    }

    /// One whom nothing could be told holds up no other, and is tried again after a rest.
    fn settle(&mut self, user: UserId, told: Result<(), Failure>, now: Moment) -> bool {
        let Err(failure) = told else {
            self.resting.remove(&user);
            return true;
        };
        tracing::error!(?failure, %user, "somebody could not be told what waits for them");
        let rest = self.resting.entry(user).or_insert(Rest { times: 0, until: now });
        let seconds = time::Duration::seconds(1 << rest.times.min(LONGEST_REST));
        *rest = Rest { times: rest.times + 1, until: now.after(seconds) };
        false
    }

    /// Whom nothing is told now: those at work, those whose card comes first, those who rest.
    fn let_be(&self, now: Moment) -> Vec<Uuid> {
        let resting = self.resting.keys().filter(|user| self.rests(**user, now));
        self.focusing.keys().chain(self.owed.keys()).chain(resting).map(|user| user.0).collect()
    }
}

/// Whose focus began or ended is seen first, and then whoever has something to be told. The answer
/// is how long there is nothing to do.
async fn look(services: &Services, round: &mut Round) -> Result<Duration, Failure> {
    let now = services.clock.now();
    let focusing = round.at_work(services, now);
    let before = std::mem::replace(&mut round.focusing, focusing);
    owe(services, round).await?;
    tell_ended(services, round, now).await;
    show_moved(services, round, &before).await;
    if hours::passed(services, round.looked, now).await? {
        round.looked = now;
    }
    let due = store::due(&services.db, now, &round.let_be(now), TOGETHER).await?;
    let full = i64::try_from(due.len()).unwrap_or(TOGETHER) == TOGETHER;
    let told = stream::iter(due).map(|user| async move { (user, tell_due(services, user).await) });
    for (user, told) in told.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await {
        round.settle(user, told, now);
    }
    if full {
        return Ok(Duration::ZERO);
    }
    let next = store::next_due(&services.db, &round.let_be(now)).await?;
    let rested = round.resting.values().map(|rest| rest.until).filter(|until| *until > now).min();
    let wait = next.into_iter().chain(rested).min().map(|at| at.since(services.clock.now()));
    let wait = wait.and_then(|wait| wait.try_into().ok()).unwrap_or(LOOK_EVERY);
    let most = if round.focusing.is_empty() { LOOK_EVERY } else { WHILE_FOCUSING };
    Ok(wait.clamp(Duration::from_millis(10), most))
}

/// Whoever is at work is owed a card at the end: that is written down, and so outlives trouble.
async fn owe(services: &Services, round: &mut Round) -> Result<(), Failure> {
    let new = round.focusing.iter().filter(|(user, _)| !round.owed.contains_key(*user));
    let new: Vec<(UserId, Moment)> = new.map(|(user, focus)| (*user, focus.since)).collect();
    if !new.is_empty() {
        store::owe(&services.db, &new).await?;
        round.owed.extend(new);
    }
    Ok(())
}

async fn tell_ended(services: &Services, round: &mut Round, now: Moment) {
    let ended = |user: &UserId| !round.focusing.contains_key(user) && !round.rests(*user, now);
    let ended: Vec<UserId> = round.owed.keys().copied().filter(ended).collect();
    let told = stream::iter(ended).map(|user| async move { (user, tell_after_focus(services, user).await) });
    for (user, told) in told.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await {
        if round.settle(user, told, now) {
            round.owed.remove(&user);
        }
    }
}

/// Everything that waited, however much, and then the bell.
async fn tell_after_focus(services: &Services, user: UserId) -> Result<(), Failure> {
    while tell::tell(services, user, After::Focus).await? == Outcome::More {}
    tell_bell(services, user).await
}

/// Whose focus begins, or ends at another time than before, sees it.
async fn show_moved(services: &Services, round: &Round, before: &HashMap<UserId, Focus>) {
    let until = |focus: &Focus| focus.until;
    let moved = round.focusing.iter().filter(|(user, focus)| before.get(*user).map(until) != Some(focus.until));
    let shown = moved.map(|(user, _)| async move {
        if let Err(failure) = tell_bell(services, *user).await {
            tracing::error!(?failure, %user, "somebody could not be shown how their bell stands");
        }
    });
    stream::iter(shown).for_each_concurrent(AT_ONCE, |shown| shown).await;
}

async fn tell_due(services: &Services, user: UserId) -> Result<(), Failure> {
    match tell::tell(services, user, After::Nothing).await? {
        Outcome::Same => Ok(()),
        Outcome::Changed | Outcome::More => tell_bell(services, user).await,
    }
}
