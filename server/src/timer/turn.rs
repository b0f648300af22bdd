//! How a clock changes, whatever changes it: locked, brought to now, written with all that follows
//! from it in one transaction, and told after commit.

use focushive::{
    Fault, Moment,
    id::{HiveId, UserId},
    presence::{BEAT, LEASE},
    protocol::{Event, Topic},
    timer::{Act, Acted, Changed, Ended, Lane, Run, Timer},
};
use sqlx::PgConnection;
use time::Duration;

use super::{Place, lane, note, now, store};
use crate::{
    chat,
    failure::Failure,
    focus,
    hub::{Merge, Published},
    services::Services,
    topic,
};

/// A hive's clock is started anew this often in an hour at most; skipping ahead does that, too.
const STARTS_AN_HOUR: i64 = 12;

/// A change of a clock under way: what is told after commit, and who is in another lane with it.
pub struct Turn {
    /// The instant of the change, which may be a little before it was written.
    pub at: Moment,
    pub told: Vec<Published>,
    pub lanes: Vec<(HiveId, UserId, Lane)>,
}

/// Brings a clock to now, and does what is to be done.
pub async fn turn(services: &Services, place: Place, acted: Option<Acted>) -> Result<Timer, Failure> {
    let now = acted.as_ref().map_or_else(|| now(services), |acted| acted.at);
    let before = store::find(&services.db, place.id()).await?;
    let empty = empty_since(services, place, store::seen_at(&services.db, place.id()).await?);
    prepare(services, place, &before, &advanced(before.clone(), acted.as_ref(), now, empty)).await?;
    let mut tx = services.db.begin().await?;
    let before = store::lock(&mut tx, place).await?;
    let empty = empty_since(services, place, store::seen_at(&mut *tx, place.id()).await?);
    let (mut timer, ended) = advanced(before.clone(), acted.as_ref(), now, empty)?;
    if timer.day_ends_at != before.day_ends_at {
        // The next day is as long as the calendar there says, which is not always as long as this one.
        timer.day_ends_at = store::day_end(&mut *tx, place, now).await?;
    }
    if let Some(acted) = &acted {
        keep(&mut tx, place, &mut timer, acted, &before).await?;
        note::started(services, &mut tx, place, timer.revision, acted).await?;
    }
    if timer == before {
        return Ok(timer);
    }
    let turn = write(
        services,
        &mut tx,
        place,
        &before,
        &timer,
        Changed { hive: place.hive(), timer: timer.clone(), ended, acted },
    )
    .await?;
    tx.commit().await?;
    settle(services, place, &timer, turn);
    Ok(timer)
}

/// Since when nobody takes part, as far as this node knows and any other has written down.
pub fn empty_since(services: &Services, place: Place, seen_at: Option<Moment>) -> Option<Moment> {
    let here = services.presence.idle_since(place.hive()?, now(services))?;
    // Nobody was there when this house went down, so that nobody is missed since.
    let before = services.presence.outage().filter(|outage| outage.to == here).map(|outage| outage.from.before(LEASE));
    let was_empty = |seen: &Moment| before.is_some_and(|before| *seen < before);
    Some(seen_at.map_or(here, |seen| if was_empty(&seen) { seen } else { seen.max(here) }))
}

type Advanced = Result<(Timer, Vec<Ended>), Fault>;

/// The clock by then, and with what was done to it.
fn advanced(mut timer: Timer, acted: Option<&Acted>, now: Moment, empty_since: Option<Moment>) -> Advanced {
    let ended = match acted {
        None => timer.roll(now, empty_since),
        Some(acted) => timer.act(acted.clone(), empty_since)?,
    };
    Ok((timer, ended))
}

/// Before phases begin or end: what was attested up to then is written, outside of the transaction,
/// so that it never waits for a second connection.
async fn prepare(services: &Services, place: Place, before: &Timer, after: &Advanced) -> Result<(), Failure> {
    let Ok((timer, ended)) = after else { return Ok(()) };
    if ended.is_empty() && timer.ordinal == before.ordinal {
        return Ok(());
    }
    let focus = ended.iter().rfind(|ended| !ended.phase.is_break());
    let boundary = focus.map_or_else(|| now(services), |ended| ended.span.to);
    focus::attest::write(services, Some((place.id(), boundary))).await
}

/// Writes down what was done, and how the clock stood before, so that it can be taken back.
pub async fn keep(
    db: &mut PgConnection,
    place: Place,
    timer: &mut Timer,
    acted: &Acted,
    before: &Timer,
) -> Result<(), Failure> {
    if matches!(acted.act, Act::Start { .. } | Act::Skip | Act::OpenUp) {
        spare(db, place, acted.at).await?;
    }
    if matches!(acted.act, Act::Start { .. } | Act::OpenUp) {
        timer.day_ends_at = store::day_end(&mut *db, place, acted.at).await?;
    }
    let lanes = match place {
        Place::Hive(hive) => store::lanes(&mut *db, hive).await?,
        Place::Own(_) => Vec::new(),
    };
    let done = store::Done {
        lanes,
        revision: timer.revision,
        by: acted.by,
        at: acted.at,
        act: name(&acted.act),
        did: Some(acted.act.clone()),
        before: before.clone(),
    };
    Ok(store::note_act(db, place.id(), &done).await?)
}

async fn spare(db: &mut PgConnection, place: Place, now: Moment) -> Result<(), Failure> {
    let since = now.before(Duration::HOUR);
    if place.hive().is_some() && store::starts_since(db, place.id(), since).await? >= STARTS_AN_HOUR {
        return Err(
            Fault::conflict("this clock was started anew very often in the last hour: let it run for a while").into()
        );
    }
    Ok(())
}

const fn name(act: &Act) -> &'static str {
    match act {
        Act::Start { .. } => "start",
        Act::Pause { .. } => "pause",
        Act::Resume => "resume",
        Act::Skip => "skip",
        Act::Stop => "stop",
        Act::Extend { .. } => "extend",
        Act::Set { .. } => "set",
        Act::OpenUp => store::OPENED_UP,
    }
}

/// Writes a clock that changed, and all that follows: each boundary, everybody's part in it, and
/// the lanes that end with it.
pub async fn write(
    services: &Services,
    db: &mut PgConnection,
    place: Place,
    before: &Timer,
    timer: &Timer,
    changed: Changed,
) -> Result<Turn, Failure> {
    let now = now(services);
    if let Place::Hive(hive) = place {
        chat::held::free(db, hive, before, timer, now).await?;
    }
    let told = record(services, db, place, &changed.ended, now).await?;
    note::break_over(services, db, place, timer, &changed.ended).await?;
    let mut turn = Turn { at: instant(before, timer, &changed, now), told, lanes: Vec::new() };
    match place {
        Place::Hive(hive) if timer.ordinal > before.ordinal && timer.is_focus() => {
            lane::end_for_focus(db, hive, timer.started_at().unwrap_or(now), now, &mut turn).await?;
        }
        Place::Hive(hive) if stands_still(timer) && !stands_still(before) => {
            lane::end_for_stop(db, hive, now, &mut turn).await?;
        }
        Place::Own(user) if before.is_at_work() && !timer.is_at_work() => {
            lane::end_flow(db, user, now, &mut turn).await?;
        }
        Place::Hive(_) | Place::Own(_) => {}
    }
    store::save(&mut *db, place, timer).await?;
    turn.told.extend(tell(db, place, now, changed).await?);
    Ok(turn)
}

/// Whether its session is over: it was stopped, or everybody left it.
const fn stands_still(timer: &Timer) -> bool {
    matches!(timer.run, Run::Idle | Run::Waiting { parked: true, .. })
}

/// When a clock changed: at the act, or where focus began by itself a moment ago, at its first moment.
fn instant(before: &Timer, timer: &Timer, changed: &Changed, now: Moment) -> Moment {
    let begun = timer.started_at().filter(|_| timer.ordinal > before.ordinal);
    let just_begun = begun.filter(|begun| now.since(*begun) <= BEAT);
    changed.acted.as_ref().map(|acted| acted.at).or(just_begun).unwrap_or(now)
}

/// Each boundary, once, and with it everybody's part in it.
async fn record(
    services: &Services,
    db: &mut PgConnection,
    place: Place,
    ended: &[Ended],
    now: Moment,
) -> Result<Vec<Published>, Failure> {
    let mut told = Vec::new();
    for ended in ended {
        let attended = if ended.phase.is_break() {
            place.hive().is_none_or(|hive| services.presence.is_attended(hive, ended.span.to))
        } else {
            focus::record::attended(db, place, ended.span).await?
        };
        if store::record(&mut *db, place.id(), ended, attended).await? && !ended.phase.is_break() {
            told.extend(focus::record::phase(db, place, ended, now).await?);
        }
    }
    Ok(told)
}

async fn tell(db: &mut PgConnection, place: Place, now: Moment, changed: Changed) -> Result<Vec<Published>, Failure> {
    let event = Event::TimerChanged(Box::new(changed));
    match place {
        Place::Hive(hive) => Ok(vec![Published::volatile(Topic::HiveLive(hive), now, &event, Some(Merge::Newest))]),
        Place::Own(user) => topic::append(db, Topic::User(user), now, &[event]).await,
    }
}

/// After commit: whoever listens, presence and the alarm know of it. The clock is told before what
/// it means for anybody.
pub fn settle(services: &Services, place: Place, timer: &Timer, turn: Turn) {
    services.hub.publish(turn.told);
    match place {
        Place::Hive(hive) => services.presence.set_timer(hive, timer, turn.at),
        Place::Own(user) => services.presence.set_own(user, timer, turn.at),
    }
    for (hive, user, lane) in turn.lanes {
        services.presence.set_lane(hive, user, lane, turn.at);
    }
    services.alarm.notify_one();
    services.teller.ring();
    services.freed.notify_one();
}
