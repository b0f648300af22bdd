//! Lanes: how a hive's clock goes for one person. Nothing here moves the clock of the others.

use focushive::{
    Fault, Moment,
    caller::Member,
    id::{HiveId, UserId},
    protocol::{Event, Topic},
    timer::{Act, Change, Lane, LaneChanged, OVERTIME, Preset, Run, Span, Step, Timer},
};
use sqlx::PgConnection;

use super::{Place, conduct, now, rolled, store, turn::Turn};
use crate::{failure::Failure, focus, hive, hub::Published, services::Services, topic};

pub async fn change(services: &Services, by: Member, ask: Change) -> Result<Lane, Failure> {
    hive::open_to(services, by, ask.hive).await?.rank.ok_or(Fault::Forbidden)?;
    let now = now(services);
    let place = Place::Hive(ask.hive);
    let timer = rolled(services, place, store::find(&services.db, ask.hive.0).await?, now);
    let before = store::lane(&services.db, ask.hive, by.id).await?;
    let lane = taken(ask.to, &timer, now)?;
    own_clock(services, by, before, lane).await?;
    services.presence.set_lane(ask.hive, by.id, lane, now);
    focus::attest::write(services, None).await?;
    let mut tx = services.db.begin().await?;
    let before = store::lock_lane(&mut *tx, ask.hive, by.id).await?;
    let told = put(&mut tx, (ask.hive, by.id), (before, lane), now, now).await?;
    tx.commit().await?;
    services.hub.publish(told);
    services.alarm.notify_one();
    services.teller.ring();
    Ok(lane)
}

/// The lane that a step leads to, where it makes sense.
fn taken(to: Step, timer: &Timer, now: Moment) -> Result<Lane, Fault> {
    let on = timer.phase();
    match to {
        Step::InStep => Ok(Lane::InStep),
        Step::Pause if on.is_none() => Err(Fault::conflict("no session is on")),
        Step::Pause => Ok(Lane::Paused { since: now }),
        Step::Out => Ok(Lane::Out { ordinal: timer.ordinal }),
        Step::Flow => Ok(Lane::Flow { since: now }),
        Step::Overtime => {
            // It goes on from the end of the focus that one was in.
            let since = match timer.run {
                Run::Running { phase, started_at, .. } if phase.is_break() => started_at,
                Run::Waiting { next, since, .. } if next.is_break() => since,
                _ => return Err(Fault::conflict("overtime begins where focus ends")),
            };
            if now >= since.after(OVERTIME) {
                return Err(Fault::conflict("that is over for too long"));
            }
            Ok(Lane::Overtime { since })
        }
    }
}

/// Flow in a hive is one's own clock, counting up. What one does alone otherwise stays as it was.
async fn own_clock(services: &Services, by: Member, before: Lane, lane: Lane) -> Result<(), Failure> {
    let place = Place::Own(by.id);
    let own = store::find(&services.db, by.id.0).await?;
    match (before, lane) {
        (Lane::Flow { .. }, Lane::Flow { .. }) => {}
        (_, Lane::Flow { .. }) => {
            if own.phase().is_some() {
                return Err(Fault::conflict("your own clock runs already").into());
            }
            // It begins with flow, whatever was due there.
            if own.run != Run::Idle {
                conduct(services, by.id, place, Act::Stop, None).await?;
            }
            let set = |rhythm| Act::Set { rhythm, now: false };
            conduct(services, by.id, place, set(Preset::Flow.rhythm()), None).await?;
            conduct(services, by.id, place, Act::Start { grid: false }, None).await?;
            if own.rhythm != Preset::Flow.rhythm() {
                conduct(services, by.id, place, set(own.rhythm), None).await?;
            }
        }
        (Lane::Flow { .. }, _) if own.phase().is_some() => {
            conduct(services, by.id, place, Act::Stop, None).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Somebody is in another lane from an instant on, and told so; overtime that ends with that is credited.
async fn put(
    db: &mut PgConnection,
    (hive, user): (HiveId, UserId),
    (before, lane): (Lane, Lane),
    from: Moment,
    now: Moment,
) -> Result<Vec<Published>, Failure> {
    let mut told = Vec::new();
    if let Lane::Overtime { since } = before {
        let over = Span { from: since, to: from.max(since) };
        told.extend(focus::record::overtime(db, hive, user, over, now).await?);
    }
    store::set_lane(&mut *db, hive, user, lane).await?;
    let event = Event::LaneChanged(LaneChanged { hive, lane });
    told.extend(topic::append(db, Topic::User(user), now, &[event]).await?);
    Ok(told)
}

/// Overtime has its limit, whether or not anything else happens.
pub async fn lapse(services: &Services, hive: HiveId, user: UserId) -> Result<(), Failure> {
    let now = now(services);
    focus::attest::write(services, Some((hive.0, now))).await?;
    let mut tx = services.db.begin().await?;
    let before = store::lock_lane(&mut *tx, hive, user).await?;
    if before.ends_at().is_none_or(|end| end > now) {
        return Ok(());
    }
    let told = put(&mut tx, (hive, user), (before, Lane::InStep), now, now).await?;
    tx.commit().await?;
    services.presence.set_lane(hive, user, Lane::InStep, now);
    services.hub.publish(told);
    Ok(())
}

/// Focus begins: whoever finished a thought until then, or waited for the next start, is in step.
pub async fn end_for_focus(
    db: &mut PgConnection,
    hive: HiveId,
    begins: Moment,
    now: Moment,
    turn: &mut Turn,
) -> Result<(), Failure> {
    end(db, hive, (begins, now), turn, |lane| matches!(lane, Lane::Overtime { .. } | Lane::Out { .. })).await
}

/// The session is over: a pause in it, and waiting for its next start, are over as well.
pub async fn end_for_stop(db: &mut PgConnection, hive: HiveId, now: Moment, turn: &mut Turn) -> Result<(), Failure> {
    end(db, hive, (now, now), turn, |lane| matches!(lane, Lane::Paused { .. } | Lane::Out { .. })).await
}

async fn end(
    db: &mut PgConnection,
    hive: HiveId,
    (from, now): (Moment, Moment),
    turn: &mut Turn,
    which: impl Fn(Lane) -> bool,
) -> Result<(), Failure> {
    for (user, lane) in store::lanes(&mut *db, hive).await?.into_iter().filter(|(_, lane)| which(*lane)) {
        turn.told.extend(put(db, (hive, user), (lane, Lane::InStep), from, now).await?);
        turn.lanes.push((hive, user, Lane::InStep));
    }
    Ok(())
}

/// What ended their pause, or their waiting for the next start, was taken back: they are out of step
/// again, unless they said otherwise meanwhile.
pub async fn go_back(
    db: &mut PgConnection,
    hive: HiveId,
    lanes: Vec<(UserId, Lane)>,
    now: Moment,
    turn: &mut Turn,
) -> Result<(), Failure> {
    for (user, lane) in lanes {
        let ended = matches!(lane, Lane::Paused { .. } | Lane::Out { .. });
        if ended && store::lock_lane(&mut *db, hive, user).await? == Lane::InStep {
            turn.told.extend(put(db, (hive, user), (Lane::InStep, lane), now, now).await?);
            turn.lanes.push((hive, user, lane));
        }
    }
    Ok(())
}

/// Somebody's own clock counts up no more: they are in step again where they were in flow.
pub async fn end_flow(db: &mut PgConnection, user: UserId, now: Moment, turn: &mut Turn) -> Result<(), Failure> {
    for (hive, lane) in store::lanes_of(&mut *db, user).await? {
        if matches!(lane, Lane::Flow { .. }) {
            turn.told.extend(put(db, (hive, user), (lane, Lane::InStep), now, now).await?);
            turn.lanes.push((hive, user, Lane::InStep));
        }
    }
    Ok(())
}
