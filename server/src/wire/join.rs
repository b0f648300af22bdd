//! How listening begins: first to what happens from now on, then it is asked whether one may, then
//! comes what was missed. Nothing falls between the three.

use std::sync::Arc;

use focushive::{
    Fault,
    caller::Member,
    protocol::{Topic, frame::Joined},
};

use super::dialect::Begun;
use crate::{
    failure::Failure,
    hub::{Connection, Part},
    listen,
    services::Services,
    topic::{self, Missed},
};

/// Whoever is put out while this goes on is not let in by a look that was taken before: what ends
/// their listening finds them here already. Until it is known that they may, nothing is told.
pub async fn begin(
    services: &Services,
    connection: &Arc<Connection>,
    member: Member,
    topic: Topic,
    since: Option<u64>,
) -> Result<Begun, Failure> {
    if !connection.has_room() {
        return Err(Fault::conflict("a connection listens to a bounded number of topics: leave some first").into());
    }
    let told = services.hub.listen(topic, connection, Part::Hears);
    let begun = async {
        let part = listen::allow(services, member, topic).await?;
        connection.set_part(topic, part);
        catch_up(services, member, topic, since, told).await
    };
    let begun = begun.await;
    match &begun {
        Ok(_) => listen::began(services, topic).await,
        Err(_) => services.hub.leave(topic, connection),
    }
    begun
}

async fn catch_up(
    services: &Services,
    member: Member,
    topic: Topic,
    since: Option<u64>,
    told: Option<u64>,
) -> Result<Begun, Failure> {
    let nothing = Joined { topic, last: None, replay: None, reset: false, snapshot: None };
    if topic.log().is_none() {
        let snapshot = listen::snapshot(services, member, topic).await?;
        return Ok(Begun { joined: Joined { snapshot, ..nothing }, missed: Vec::new() });
    }
    let last = match told {
        Some(told) => told,
        None => services.hub.open(topic, topic::head(services, topic).await?),
    };
    let Some(since) = since else {
        return Ok(Begun { joined: Joined { last: Some(last), replay: Some(0), ..nothing }, missed: Vec::new() });
    };
    match topic::missed(&services.db, topic, since, last, services.config.limits.replay_events).await? {
        Missed::Events(missed) => {
            let replay = u64::try_from(missed.len()).ok();
            Ok(Begun { joined: Joined { last: Some(last), replay, ..nothing }, missed })
        }
        Missed::TooOld => {
            let snapshot = listen::snapshot(services, member, topic).await?;
            Ok(Begun { joined: Joined { last: Some(last), reset: true, snapshot, ..nothing }, missed: Vec::new() })
        }
    }
}
