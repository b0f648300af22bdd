//! The role of host, handed on while no host is there: a task that looks who is, and asks one after
//! the other. What was asked is written down, so that a restart takes nothing back; the clock is
//! never touched.

mod calm;
mod store;

use std::{collections::HashMap, time::Duration};

use focushive::{
    Fault, Moment,
    caller::Member,
    hive::{AnswerOffer, Handover, Rank, Sitting},
    id::{HiveId, UserId},
};
use tokio_util::sync::CancellationToken;

pub use calm::Calm;

use super::{Change, order, store as hive_store, visible};
use crate::{failure::Failure, presence::Seated, services::Services};

/// How often it is looked who is there.
const LOOK_EVERY: Duration = Duration::from_secs(2);

pub async fn keep(services: Services, stop: CancellationToken) {
    let mut every = tokio::time::interval(LOOK_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut calm = Calm::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => {}
        }
        if let Err(failure) = look(&services, &mut calm).await {
            tracing::warn!(?failure, "it could not be seen which hives have no host");
        }
    }
}

/// Everywhere that somebody is, or somebody was asked; where all is calm, without the database.
pub async fn look(services: &Services, calm: &mut Calm) -> Result<(), Failure> {
    let now = services.clock.now();
    let anew = calm.is_stale(now);
    let mut seated: HashMap<HiveId, Vec<Seated>> = HashMap::new();
    for one in services.presence.seated() {
        seated.entry(one.hive).or_default().push(one);
    }
    let restless: Vec<HiveId> =
        seated.iter().filter(|(hive, people)| !calm.is_calm(**hive, people, now)).map(|(hive, _)| *hive).collect();
    if restless.is_empty() && !anew {
        return Ok(());
    }
    let among = (!anew).then_some(restless.as_slice());
    let known: HashMap<HiveId, Handover> = store::all(&services.db, among).await?.into_iter().collect();
    let people = restless.iter().filter_map(|hive| seated.get(hive)).flatten().copied().collect();
    let mut there = there(services, people, now).await?;
    for hive in restless {
        let sitting = there.remove(&hive).unwrap_or_default();
        let before = known.get(&hive);
        let hosted = before.is_some() || sitting.iter().any(Sitting::is_host);
        let mut after = before.cloned().unwrap_or_default();
        after.look(&sitting, now);
        if hosted && before != Some(&after) {
            warn(hive, settle(services, hive, |handover| handover.look(&sitting, now)).await);
        }
        let is_calm = !hosted || after == Handover::default();
        calm.note(hive, seated.get(&hive).filter(|_| is_calm), &sitting);
    }
    for (hive, handover) in known.iter().filter(|(hive, _)| !seated.contains_key(hive)) {
        if services.presence.is_empty_for_good(*hive, now) {
            warn(*hive, leave(services, *hive, handover).await);
        }
    }
    calm.forget(&seated);
    Ok(())
}

/// One hive that cannot be seen to holds up no other.
fn warn(hive: HiveId, seen_to: Result<(), Failure>) {
    if let Err(failure) = seen_to {
        tracing::warn!(?failure, %hive, "it could not be written who is asked to be a host");
    }
}

/// Who sits where, with their ranks.
async fn there(
    services: &Services,
    seated: Vec<Seated>,
    now: Moment,
) -> Result<HashMap<HiveId, Vec<Sitting>>, Failure> {
    if seated.is_empty() {
        return Ok(HashMap::new());
    }
    let hives: Vec<_> = seated.iter().map(|seated| seated.hive.0).collect();
    let users: Vec<_> = seated.iter().map(|seated| seated.user.0).collect();
    let belong = store::ranks(&services.db, &hives, &users, now).await?;
    let belong: HashMap<_, _> = belong.into_iter().map(|one| ((one.hive, one.user), one)).collect();
    let mut there: HashMap<HiveId, Vec<Sitting>> = HashMap::new();
    for Seated { hive, user, since, heard_at } in seated {
        if let Some(one) = belong.get(&(hive, user)) {
            let sitting = Sitting { user, rank: one.rank, muted: one.muted, since, heard_at };
            there.entry(hive).or_default().push(sitting);
        }
    }
    Ok(there)
}

/// Changes it under the hive's lock, and tells whom it concerns.
async fn settle(services: &Services, hive: HiveId, what: impl FnOnce(&mut Handover)) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    hive_store::lock(&mut *tx, hive).await?;
    let before = store::find(&mut *tx, hive).await?.unwrap_or_default();
    let mut after = before.clone();
    what(&mut after);
    store::save(&mut *tx, hive, &after).await?;
    let now = services.clock.now();
    let mut told = Vec::new();
    for user in concerned(&before, &after) {
        told.extend(super::part_of(&mut tx, hive, user, now).await?);
    }
    tx.commit().await?;
    services.hub.publish(told);
    Ok(())
}

/// Whoever is not asked any more, and whoever is now.
fn concerned(before: &Handover, after: &Handover) -> Vec<UserId> {
    if before.offered == after.offered {
        return Vec::new();
    }
    before.offered.into_iter().chain(after.offered).collect()
}

/// Nobody is there any more: it begins anew with the next host.
async fn leave(services: &Services, hive: HiveId, handover: &Handover) -> Result<(), Failure> {
    if handover.offered.is_some() {
        settle(services, hive, |handover| handover.offered = None).await?;
    }
    Ok(store::forget(&services.db, hive).await?)
}

pub async fn answer(services: &Services, by: Member, ask: AnswerOffer) -> Result<(), Failure> {
    if ask.yes { take(services, by, ask.hive).await } else { decline(services, by, ask.hive).await }
}

async fn take(services: &Services, by: Member, hive: HiveId) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    hive_store::lock(&mut *tx, hive).await?;
    let found = visible(&mut tx, by.id, hive).await?;
    let me = found.me.clone().ok_or(Fault::Forbidden)?;
    if !me.offered {
        return Err(over().into());
    }
    store::save(&mut *tx, hive, &Handover::default()).await?;
    order::store::set_rank(&mut *tx, hive, by.id, Rank::Host).await?;
    let change = Change { tx, found, me, now: services.clock.now(), told: Vec::new() };
    order::ranked(services, change, by.id).await
}

/// The next one is asked at once.
async fn decline(services: &Services, by: Member, hive: HiveId) -> Result<(), Failure> {
    let now = services.clock.now();
    let found = visible(&mut *services.db.acquire().await?, by.id, hive).await?;
    if !found.me.is_some_and(|me| me.offered) {
        return Ok(());
    }
    let seated = services.presence.seated().into_iter().filter(|seated| seated.hive == hive).collect();
    let sitting = there(services, seated, now).await?.remove(&hive).unwrap_or_default();
    settle(services, hive, |handover| {
        if handover.offered == Some(by.id) {
            handover.decline(by.id, &sitting, now);
        }
    })
    .await
}

fn over() -> Fault {
    Fault::conflict("you are not asked any more: a host is back, or somebody else has taken it")
}
