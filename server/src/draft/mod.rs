//! Drafts: what stands in a composer, on every device of whoever writes it.

pub mod rest;
pub mod store;

use focushive::{
    caller::Member,
    chat::{Draft, SetDraft},
    id::HiveId,
    protocol::{Event, Topic},
};
use uuid::Uuid;

use crate::{failure::Failure, hive, services::Services, topic};

pub async fn look(services: &Services, by: Member, hive: HiveId) -> Result<Draft, Failure> {
    Ok(Draft { hive, text: store::find(&services.db, by.id, hive.0).await? })
}

/// Where somebody left something unsent.
pub async fn places(services: &Services, by: Member) -> Result<Vec<Uuid>, Failure> {
    Ok(store::places(&services.db, by.id).await?)
}

pub async fn set(services: &Services, by: Member, ask: SetDraft) -> Result<(), Failure> {
    hive::open_to(services, by, ask.hive).await?;
    let mut tx = services.db.begin().await?;
    match &ask.text {
        Some(text) => store::set(&mut *tx, by.id, ask.hive.0, text).await?,
        None => store::remove(&mut *tx, by.id, ask.hive.0).await?,
    }
    let event = Event::DraftChanged(Draft { hive: ask.hive, text: ask.text });
    let told = topic::append(&mut tx, Topic::User(by.id), services.clock.now(), &[event]).await?;
    tx.commit().await?;
    services.hub.publish(told);
    Ok(())
}
