//! How far people have read: the server alone counts, and tells all of one's devices.

pub mod store;

use focushive::{
    Fault,
    caller::Member,
    chat::{MarkUnread, Read, ReadState},
    id::{HiveId, UserId},
    protocol::{Event, Topic},
};
use sqlx::PgConnection;

use crate::{failure::Failure, notification, services::Services, topic};

/// Nothing, for somebody who only looks in.
pub async fn look(services: &Services, by: Member, hive: HiveId) -> Result<Option<ReadState>, Failure> {
    find(&mut *services.db.acquire().await?, hive, by.id).await
}

async fn state(db: &mut PgConnection, hive: HiveId, user: UserId) -> Result<ReadState, Failure> {
    Ok(find(db, hive, user).await?.ok_or(Fault::NotFound)?)
}

async fn find(db: &mut PgConnection, hive: HiveId, user: UserId) -> Result<Option<ReadState>, Failure> {
    let row = store::read_state(db, hive, user).await?;
    Ok(row.map(|row| ReadState {
        hive,
        read_to: topic::number(row.read_to),
        revision: u32::try_from(row.revision).unwrap_or_default(),
        unread: u32::try_from(row.unread).unwrap_or(u32::MAX),
        mentions: u32::try_from(row.mentions).unwrap_or(u32::MAX),
    }))
}

pub async fn read(services: &Services, by: Member, ask: Read) -> Result<ReadState, Failure> {
    let mut tx = services.db.begin().await?;
    let moved = store::read(&mut *tx, ask.hive, by.id, ask.to, ask.revision).await?;
    let state = state(&mut tx, ask.hive, by.id).await?;
    if !moved {
        return Ok(state);
    }
    let now = services.clock.now();
    // What was told of these messages is read with them; the bell's lock comes before the log's.
    let mut told = notification::reading::read_in_hive(&mut tx, by.id, ask.hive, state.read_to, now).await?;
    told.extend(topic::append(&mut tx, Topic::User(by.id), now, &[Event::ReadChanged(state.clone())]).await?);
    tx.commit().await?;
    services.hub.publish(told);
    Ok(state)
}

/// On every device, from this message on.
pub async fn mark_unread(services: &Services, by: Member, ask: MarkUnread) -> Result<ReadState, Failure> {
    let mut tx = services.db.begin().await?;
    store::mark_unread(&mut *tx, ask.hive, by.id, ask.message).await?;
    let state = state(&mut tx, ask.hive, by.id).await?;
    let events = [Event::ReadChanged(state.clone())];
    let told = topic::append(&mut tx, Topic::User(by.id), services.clock.now(), &events).await?;
    tx.commit().await?;
    services.hub.publish(told);
    Ok(state)
}
