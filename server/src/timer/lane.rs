//! Lanes: how a hive's clock goes for one person. Nothing here moves the clock of the others.

use focushive::{
    Fault, Moment,
    caller::Member,
    id::{HiveId, UserId},
    protocol::{Event, Topic},
    timer::{Act, Change, Lane, LaneChanged, OVERTIME, Preset, Run, Step, Timer},
};
use sqlx::PgConnection;

use super::{Place, conduct, now, rolled, store};
use crate::{failure::Failure, focus, hive, hub::Published, services::Services, topic};

pub async fn change(services: &Services, by: Member, ask: Change) -> Result<Lane, Failure> {
    hive::open_to(services, by, ask.hive).await?.me.ok_or(Fault::Forbidden)?;
    let now = now(services);
    let place = Place::Hive(ask.hive);
    let timer = rolled(services, place, store::find(&services.db, ask.hive.0).await?, now);
    let before = store::lane(&services.db, ask.hive, by.id).await?.at(&timer, now);
    let lane = taken(ask.to, &timer, now)?;
    own_clock(services, by, before, lane).await?;
    services.presence.set_lane(ask.hive, by.id, lane, now);
    focus::attest::write(services, None).await?;
    let mut tx = services.db.begin().await?;
    store::set_lane(&mut *tx, ask.hive, by.id, lane).await?;
    let mut told = Vec::new();
    if let Lane::Overtime { since } = before {
        told.extend(focus::record::overtime(&mut tx, ask.hive, by.id, since, now).await?);
    }
    told.extend(tell(&mut tx, by.id, ask.hive, lane, now).await?);
    tx.commit().await?;
    services.hub.publish(told);
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

/// Flow in a hive is one's own clock, counting up.
async fn own_clock(services: &Services, by: Member, before: Lane, lane: Lane) -> Result<(), Failure> {
    let place = Place::Own(by.id);
    let own = store::find(&services.db, by.id.0).await?;
    match (before, lane) {
        (Lane::Flow { .. }, Lane::Flow { .. }) => {}
        (_, Lane::Flow { .. }) => {
            if own.phase().is_some() {
                return Err(Fault::conflict("your own clock runs already").into());
            }
            conduct(services, by.id, place, Act::Set { rhythm: Preset::Flow.rhythm(), now: false }).await?;
            conduct(services, by.id, place, Act::Start { grid: false }).await?;
        }
        (Lane::Flow { .. }, _) if own.phase().is_some() => {
            conduct(services, by.id, place, Act::Stop).await?;
        }
        _ => {}
    }
    Ok(())
}

async fn tell(
    db: &mut PgConnection,
    user: UserId,
    hive: HiveId,
    lane: Lane,
    now: Moment,
) -> Result<Vec<Published>, Failure> {
    topic::append(db, Topic::User(user), now, &[Event::LaneChanged(LaneChanged { hive, lane })]).await
}

/// Focus begins again: whoever finished a thought until now is in step, and credited for it.
pub async fn end_overtime(
    services: &Services,
    db: &mut PgConnection,
    place: Place,
    now: Moment,
) -> Result<Vec<Published>, Failure> {
    let Some(hive) = place.hive() else { return Ok(Vec::new()) };
    let mut told = Vec::new();
    for (user, lane) in store::lanes(&mut *db, hive).await? {
        match lane {
            Lane::Overtime { since } => {
                told.extend(focus::record::overtime(db, hive, user, since, now).await?);
            }
            Lane::Out { .. } => {}
            Lane::InStep | Lane::Paused { .. } | Lane::Flow { .. } => continue,
        }
        store::set_lane(&mut *db, hive, user, Lane::InStep).await?;
        services.presence.set_lane(hive, user, Lane::InStep, now);
        told.extend(tell(db, user, hive, Lane::InStep, now).await?);
    }
    Ok(told)
}
