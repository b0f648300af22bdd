//! Quiet hours begin and end by the wall's clock, also where there is nothing to tell: whoever
//! listens sees then how their bell stands.

use focushive::Moment;

use super::{silence, store, tell_bell};
use crate::{failure::Failure, services::Services};

/// Shows what changed since it was last looked, once a minute; the answer is whether it was.
pub async fn passed(services: &Services, since: Moment, now: Moment) -> Result<bool, Failure> {
    let minute = |at: Moment| at.0.unix_timestamp().div_euclid(60);
    if minute(since) == minute(now) {
        return Ok(false);
    }
    for (user, standing) in store::set_to_be_quiet(&services.db, since).await? {
        if silence::set(&standing, since) != silence::set(&standing, now) && services.hub.hears(user) {
            tell_bell(services, user).await?;
        }
    }
    Ok(true)
}
