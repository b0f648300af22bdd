//! How far people have read: the server alone counts, and tells all of one's devices.

pub mod store;

use focushive::{
    Fault,
    caller::Member,
    chat::{MarkUnread, Read, ReadState},
    id::{HiveId, UserId},
    protocol::{Event, Topic},
};
use sqlx::{PgConnection, Postgres, Transaction};

use crate::{failure::Failure, services::Services, topic};

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
    tell_read(services, tx, by.id, state, moved).await
}

/// On every device, from this message on.
pub async fn mark_unread(services: &Services, by: Member, ask: MarkUnread) -> Result<ReadState, Failure> {
    let mut tx = services.db.begin().await?;
    store::mark_unread(&mut *tx, ask.hive, by.id, ask.message).await?;
    let state = state(&mut tx, ask.hive, by.id).await?;
    tell_read(services, tx, by.id, state, true).await
}

async fn tell_read(
    services: &Services,
    mut tx: Transaction<'static, Postgres>,
    user: UserId,
    state: ReadState,
    moved: bool,
) -> Result<ReadState, Failure> {
    let events = if moved { vec![Event::ReadChanged(state.clone())] } else { Vec::new() };
    let told = if moved {
        topic::append(&mut tx, Topic::User(user), services.clock.now(), &events).await?
    } else {
        Vec::new()
    };
    tx.commit().await?;
    services.hub.publish(told);
    Ok(state)
}
