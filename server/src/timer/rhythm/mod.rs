//! The rhythms that a hive keeps under names of its own.

mod store;

use focushive::{
    Fault,
    caller::Member,
    hive::Right,
    id::{HiveId, RhythmId},
    timer::{Act, Done, ListSaved, MOST_SAVED, Pick, Remove, Rename, Save, Saved},
};

use super::act;
use crate::{failure::Failure, hive, services::Services};

/// Whoever may look in may know them.
pub async fn list(services: &Services, by: Member, ask: ListSaved) -> Result<Vec<Saved>, Failure> {
    hive::open_to(services, by, ask.hive).await?;
    Ok(store::all(&services.db, ask.hive).await?)
}

/// The key is the id: saving again under the same key keeps what was saved first.
pub async fn save(services: &Services, by: Member, ask: Save) -> Result<Saved, Failure> {
    if let Some(rhythm) = &ask.rhythm {
        rhythm.check()?;
    }
    let mut change = hive::change(services, by, ask.hive, Right::ChangeSettings).await?;
    let known = store::all(&mut *change.tx, ask.hive).await?;
    let id = RhythmId(ask.key.0);
    if let Some(saved) = known.iter().find(|saved| saved.id == id) {
        return Ok(saved.clone());
    }
    if known.len() >= MOST_SAVED {
        return Err(Fault::conflict(format!("a hive keeps {MOST_SAVED} rhythms at most: remove one first")).into());
    }
    let rhythm = match ask.rhythm {
        Some(rhythm) => rhythm,
        None => super::store::find(&mut *change.tx, ask.hive.0).await?.rhythm,
    };
    let saved = Saved { id, name: ask.name, rhythm };
    store::insert(&mut *change.tx, ask.hive, &saved, services.clock.now()).await?;
    change.commit(services).await?;
    Ok(saved)
}

pub async fn rename(services: &Services, by: Member, ask: Rename) -> Result<(), Failure> {
    let mut change = hive::change(services, by, ask.hive, Right::ChangeSettings).await?;
    found(store::rename(&mut *change.tx, ask.hive, ask.rhythm, &ask.name).await?)?;
    change.commit(services).await
}

pub async fn remove(services: &Services, by: Member, ask: Remove) -> Result<(), Failure> {
    let mut change = hive::change(services, by, ask.hive, Right::ChangeSettings).await?;
    found(store::remove(&mut *change.tx, ask.hive, ask.rhythm).await?)?;
    change.commit(services).await
}

/// The clock has it from its next phase on.
pub async fn pick(services: &Services, by: Member, ask: Pick) -> Result<Done, Failure> {
    hive::may(services, by, ask.hive, Right::ChangeSettings).await?;
    let rhythm = picked(services, ask.hive, ask.rhythm).await?;
    act(services, by, Some(ask.hive), Act::Set { rhythm, now: false }, None).await
}

async fn picked(services: &Services, hive: HiveId, id: RhythmId) -> Result<focushive::timer::Rhythm, Failure> {
    let known = store::all(&services.db, hive).await?;
    Ok(known.into_iter().find(|saved| saved.id == id).ok_or(Fault::NotFound)?.rhythm)
}

fn found(is: bool) -> Result<(), Fault> {
    if is { Ok(()) } else { Err(Fault::NotFound) }
}
