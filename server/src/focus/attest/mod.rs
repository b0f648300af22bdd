//! Writes what devices attest: many stretches in one statement, a few times a minute, and before
//! every boundary that counts them.

pub mod store;

use focushive::{Moment, timer::Span};
use time::Duration;
use uuid::Uuid;

use super::late;
use crate::{failure::Failure, hub::Published, presence::Stretch, services::Services};

/// What a crash of ours may cost: nobody's focus, since what is missing is within a lease.
const EVERY: Duration = Duration::seconds(10);

/// How long every minute of a session can be explained.
const EXPLAINED_FOR: Duration = Duration::days(400);

/// Writes, if it is time again, and says as well that this house runs. The answer is whether it was.
pub async fn write_in_turn(services: &Services) -> Result<bool, Failure> {
    let now = services.clock.now();
    let due = services.presence.is_due(now, EVERY);
    if due {
        store::set_alive(&services.db, now).await?;
        write(services, None).await?;
    }
    Ok(due)
}

/// Writes all that is not written; at the boundary of one place, up to it.
pub async fn write(services: &Services, boundary: Option<(Uuid, Moment)>) -> Result<(), Failure> {
    let stretches = services.presence.take_attested(boundary);
    if stretches.is_empty() {
        return Ok(());
    }
    match write_all(services, &stretches).await {
        Ok(told) => services.hub.publish(told),
        Err(failure) => {
            services.presence.give_back(stretches);
            return Err(failure);
        }
    }
    Ok(())
}

/// With what they add to sessions that are recorded already.
async fn write_all(services: &Services, stretches: &[Stretch]) -> Result<Vec<Published>, Failure> {
    let mut tx = services.db.begin().await?;
    // Whatever session of these is being recorded is recorded by then, and found.
    late::wait(&mut tx, stretches).await?;
    store::write_attested(&mut *tx, stretches).await?;
    let told = late::add(&mut tx, stretches, services.clock.now()).await?;
    tx.commit().await?;
    Ok(told)
}

/// Forgets what is too long ago for anybody to ask why it counted.
pub async fn tidy(services: &Services) -> Result<(), sqlx::Error> {
    store::forget_attested(&services.db, services.clock.now().before(EXPLAINED_FOR)).await
}

/// The time this house did not run before it did again.
pub async fn outage(services: &Services, now: Moment) -> Result<Span, Failure> {
    Ok(Span { from: store::alive(&services.db).await?.unwrap_or(now), to: now })
}
