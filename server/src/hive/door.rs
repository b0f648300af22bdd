//! A door that is shut behind those who only looked in: whoever may not listen to a hive any more is
//! put off its topics. What decides is the database as it is now, so that looking again does no harm.

use focushive::{
    Moment,
    id::{HiveId, UserId},
    protocol::{Event, Topic, event::PartChanged},
};
use sqlx::PgPool;

use super::store;
use crate::{
    failure::Failure,
    hub::{Hub, Published},
};

/// Everybody on this node who listens is looked at anew. Whoever goes is told that they have no part
/// here, so that their page shows a closed door and not a silence.
pub async fn look_again(db: &PgPool, hub: &Hub, hive: HiveId, now: Moment) -> Result<(), Failure> {
    let topics = [Topic::Hive(hive), Topic::HiveLive(hive)];
    let mut readers: Vec<UserId> = topics.iter().flat_map(|topic| hub.readers(*topic)).collect();
    readers.sort_unstable();
    readers.dedup();
    if readers.is_empty() {
        return Ok(());
    }
    for user in store::strangers(db, hive, &readers, now).await? {
        for topic in topics {
            hub.evict(user, topic);
        }
        let part = Event::PartChanged(PartChanged { hive, me: None });
        hub.publish(vec![Published::volatile(Topic::User(user), now, &part, None)]);
    }
    Ok(())
}
