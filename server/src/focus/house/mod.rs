//! How often this house itself interrupted people at work: one figure for all of them, which names
//! nobody.

pub mod store;

use focushive::focus::House;
use time::Duration;

use crate::{failure::Failure, services::Services};

/// How far back it looks.
const DAYS: u16 = 30;

pub async fn look(services: &Services) -> Result<House, Failure> {
    let since = services.clock.now().before(Duration::days(DAYS.into()));
    let (focus_seconds, interruptions) = store::interrupted(&services.db, since).await?;
    Ok(House { days: DAYS, focus_seconds, interruptions })
}
