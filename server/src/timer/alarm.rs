//! What happens by itself: a task that sleeps until the next boundary of any clock. It decides
//! nothing: every boundary follows from the facts, and is recorded once however many tasks wake.

use tokio_util::sync::CancellationToken;

use super::{lane, now, store, turn::turn, wake_own};
use crate::{failure::Failure, focus, services::Services};

/// It looks at least this often, should the clock of the machine be set.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(5);

/// How long it rests where the database cannot be asked.
const REST: std::time::Duration = std::time::Duration::from_secs(1);

pub async fn keep(services: Services, stop: CancellationToken) {
    loop {
        let wait = match ring(&services).await {
            Ok(wait) => wait,
            Err(failure) => {
                tracing::warn!(?failure, "the clocks could not be looked at");
                REST
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = services.alarm.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    if let Err(failure) = focus::attest::write(&services, None).await {
        tracing::warn!(?failure, "what people were there for last could not be written");
    }
}

/// An outage of ours is known before anybody is heard again.
pub async fn begin(services: &Services) {
    let begun = async {
        services.presence.was_out(focus::attest::outage(services, now(services)).await?);
        wake_own(services).await
    };
    if let Err(failure) = begun.await {
        tracing::warn!(?failure, "the time since the last run is not known");
    }
}

/// Brings every clock that is due to now; the answer is how long nothing is due. One that cannot be
/// brought there holds up no other.
async fn ring(services: &Services) -> Result<std::time::Duration, Failure> {
    if focus::attest::write_in_turn(services).await? {
        let now = now(services);
        store::set_seen(&services.db, &services.presence.occupied(now), now).await?;
    }
    let mut failed = false;
    for place in store::due(&services.db, now(services)).await? {
        if let Err(failure) = turn(services, place, None).await {
            tracing::error!(?failure, place = %place.id(), "a clock could not be brought to now");
            failed = true;
        }
    }
    for (hive, user) in store::lanes_due(&services.db, now(services)).await? {
        if let Err(failure) = lane::lapse(services, hive, user).await {
            tracing::error!(?failure, %hive, %user, "a lane could not be ended");
            failed = true;
        }
    }
    if failed {
        return Ok(REST);
    }
    let next = store::next_due(&services.db).await?;
    let wait = next.map(|at| (at.0 - services.clock.now().0).max(time::Duration::ZERO));
    Ok(wait.and_then(|wait| wait.try_into().ok()).map_or(LOOK_EVERY, |wait: std::time::Duration| wait.min(LOOK_EVERY)))
}
