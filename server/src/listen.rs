//! Who may listen to what: one match over the topics. Asked when listening starts; what ends it
//! later is said to the hub by whoever makes it end.

use focushive::{
    Fault, Moment,
    caller::Member,
    hive::{Rank, Right},
    protocol::Topic,
    user::Role,
};
use serde_json::{Value, json};

use crate::{account, chat, failure::Failure, hive, hub::Part, notification, presence, services::Services, timer};

/// Whether somebody may listen, and whether they may be heard there too.
pub async fn allow(services: &Services, by: Member, topic: Topic) -> Result<Part, Failure> {
    match topic {
        Topic::Hive(hive) | Topic::HiveLive(hive) => {
            let standing = hive::open_to(services, by, hive).await?;
            Ok(part(standing.rank, standing.muted_until))
        }
        Topic::User(user) if user == by.id => Ok(Part::Hears),
        Topic::Presence | Topic::Announcements => Ok(Part::Hears),
        Topic::Admin if by.role >= Role::Admin => Ok(Part::Hears),
        Topic::Sector(sector) => {
            let own = account::look_up(services, by.id).await?.sector.map(|own| own.id);
            if own == Some(sector) { Ok(Part::Hears) } else { Err(Fault::NotFound.into()) }
        }
        // To others there is no such topic, whether or not there is.
        Topic::User(_) | Topic::Admin => Err(Fault::NotFound.into()),
    }
}

/// What somebody's membership makes of them where a hive is live.
pub fn part(rank: Option<Rank>, muted_until: Option<Moment>) -> Part {
    if rank.is_some_and(|rank| rank.may(Right::Write)) {
        muted_until.map_or(Part::Speaks, Part::SpeaksFrom)
    } else {
        Part::Hears
    }
}

/// Somebody listens from now on: what waited for any device of theirs has arrived. They listen all
/// the same if that cannot be written down.
pub async fn began(services: &Services, topic: Topic) {
    if let Topic::User(user) = topic
        && let Err(failure) = notification::reading::arrived(services, user).await
    {
        tracing::warn!(?failure, %user, "that somebody was reached could not be written down");
    }
}

/// How things stand on a topic, for somebody who begins to listen.
pub async fn snapshot(services: &Services, by: Member, topic: Topic) -> Result<Option<Value>, Failure> {
    let value = match topic {
        Topic::HiveLive(hive) => serde_json::to_value(timer::live(services, hive).await?),
        Topic::Hive(hive) => {
            let ask = focushive::chat::History { hive, place: None, limit: None };
            let page = chat::page(&mut *services.db.acquire().await?, ask).await?;
            serde_json::to_value(page)
        }
        Topic::Presence => Ok(json!({ "seats": presence::company::of(services, by).await? })),
        Topic::User(_) | Topic::Sector(_) | Topic::Announcements | Topic::Admin => return Ok(None),
    };
    value.map(Some).map_err(Failure::internal)
}
