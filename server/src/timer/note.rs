//! What a clock gives to tell: to those who want to know that a session starts, or that their break
//! is over.

use focushive::{
    id::{HiveId, UserId},
    notification::{self, Actor, Kind, What},
    timer::{Act, Acted, Ended, Ending, Run, Timer},
};
use sqlx::PgConnection;

use super::Place;
use crate::{
    failure::Failure,
    hive,
    notification::{
        choice,
        note::{Note, note},
    },
    services::Services,
};

/// Those who want to know of every session in a hive, and are not in it yet.
pub async fn started(
    services: &Services,
    db: &mut PgConnection,
    place: Place,
    revision: u64,
    acted: &Acted,
) -> Result<(), Failure> {
    let (Act::Start { .. }, Some(id)) = (&acted.act, place.hive()) else { return Ok(()) };
    let Some(hive) = named(db, id).await? else { return Ok(()) };
    let by = Actor { id: acted.by, name: acted.name.clone() };
    let what = What::SessionStarted { by, hive };
    let source = format!("start:{id}:{revision}");
    let mut wanting = choice::wanting(db, Kind::SessionStarted, id).await?;
    wanting.retain(|user| *user != acted.by && !services.presence.sits_in(id, *user));
    let note_for = |user| Note { user, what: what.clone(), at: acted.at, due_at: acted.at, source: source.clone() };
    note(db, &wanting.into_iter().map(note_for).collect::<Vec<_>>()).await
}

/// A break is over and the next focus waits for somebody: those who take part and want to know it.
/// Focus that begins by itself is told by its own quiet.
pub async fn break_over(
    services: &Services,
    db: &mut PgConnection,
    place: Place,
    timer: &Timer,
    ended: &[Ended],
) -> Result<(), Failure> {
    let over = ended.last().filter(|ended| ended.phase.is_break() && ended.ending == Ending::Completed);
    let (Some(over), Run::Waiting { .. }) = (over, &timer.run) else { return Ok(()) };
    let (hive, people) = match place {
        Place::Own(user) => (None, vec![user]),
        Place::Hive(id) => (named(db, id).await?, sitting(services, db, id).await?),
    };
    let (at, source) = (over.span.to, format!("break:{}:{}", place.id(), over.ordinal));
    let what = What::BreakEnded { hive };
    let note_for = |user| Note { user, what: what.clone(), at, due_at: at, source: source.clone() };
    note(db, &people.into_iter().map(note_for).collect::<Vec<_>>()).await
}

async fn sitting(services: &Services, db: &mut PgConnection, hive: HiveId) -> Result<Vec<UserId>, Failure> {
    let mut wanting = choice::wanting(db, Kind::BreakEnded, hive).await?;
    wanting.retain(|user| services.presence.sits_in(hive, *user));
    Ok(wanting)
}

async fn named(db: &mut PgConnection, id: HiveId) -> Result<Option<notification::Place>, Failure> {
    Ok(hive::store::name(db, id).await?.map(|name| notification::Place { id, name }))
}
