//! Takes back what was done last, as though it had not been: by whoever did it, or by a host.

use focushive::{
    Fault,
    caller::Member,
    hive::Right,
    id::UserId,
    timer::{Changed, Done, Lane, Timer, UNDO, Undo},
};
use sqlx::PgConnection;

use super::{Place, lane, member, now, store, turn};
use crate::{failure::Failure, focus, services::Services};

pub async fn undo(services: &Services, by: Member, ask: Undo) -> Result<Done, Failure> {
    let hive = ask.hive;
    let may = match hive {
        Some(hive) => member(services, by, hive).await?.may(Right::Conduct),
        None => true,
    };
    let place = Place::of(by, hive);
    // What goes on as before may have ended meanwhile, and is counted then.
    focus::attest::write(services, Some((place.id(), now(services)))).await?;
    let mut tx = services.db.begin().await?;
    let timer = store::lock(&mut tx, place).await?;
    let (mut restored, lanes) = take_back(services, &mut tx, by, &timer, (&ask, may)).await?;
    let empty_since = turn::empty_since(services, place, store::seen_at(&mut *tx, place.id()).await?);
    let ended = restored.roll(now(services), empty_since);
    let changed = Changed { hive, timer: restored.clone(), ended, acted: None };
    let mut turn = turn::write(services, &mut tx, place, &timer, &restored, changed).await?;
    if let Some(hive) = hive {
        lane::go_back(&mut tx, hive, lanes, now(services), &mut turn).await?;
    }
    tx.commit().await?;
    turn::settle(services, place, &restored, turn);
    Ok(Done { timer: restored, proposal: None })
}

/// The clock as it stood before, and who was out of step; what was recorded since is forgotten.
async fn take_back(
    services: &Services,
    db: &mut PgConnection,
    by: Member,
    timer: &Timer,
    (ask, may): (&Undo, bool),
) -> Result<(Timer, Vec<(UserId, Lane)>), Failure> {
    let (now, place) = (now(services), Place::of(by, ask.hive));
    let done = store::last_act(&mut *db, place.id()).await?;
    let late = || Fault::conflict("it is too late to take that back");
    let done = done.filter(|done| now.since(done.at) <= UNDO && done.act != store::UNDONE).ok_or_else(late)?;
    if ask.at.is_some_and(|at| at != done.at) {
        return Err(Fault::conflict("something else was done meanwhile").into());
    }
    if done.act == store::OPENED_UP {
        return Err(Fault::conflict("a session that was opened up stays with the others").into());
    }
    if !may && done.by != by.id {
        return Err(Fault::Forbidden.into());
    }
    let restored = Timer { revision: timer.revision + 1, ..done.before };
    let first = restored.ordinal + u64::from(restored.phase().is_none());
    store::forget_from(&mut *db, place.id(), first).await?;
    let undone = store::Done {
        revision: restored.revision,
        by: by.id,
        at: now,
        act: store::UNDONE,
        did: None,
        before: timer.clone(),
        lanes: Vec::new(),
    };
    store::note_act(&mut *db, place.id(), &undone).await?;
    Ok((restored, done.lanes))
}
