//! Drafts: what stands in a composer, or where a message is written anew, on every device of whoever
//! writes it.

pub mod rest;
pub mod store;

use focushive::{
    Fault,
    caller::Member,
    chat::{Draft, LookDraft, SetDraft},
    protocol::{Event, Topic},
};
use uuid::Uuid;

use self::store::Spot;
use crate::{chat, failure::Failure, hive, services::Services, topic};

pub async fn look(services: &Services, by: Member, ask: LookDraft) -> Result<Draft, Failure> {
    let LookDraft { hive, message } = ask;
    Ok(Draft { hive, message, text: store::find(&services.db, by.id, Spot { place: hive.0, message }).await? })
}

/// Where somebody left something unsent.
pub async fn places(services: &Services, by: Member) -> Result<Vec<Uuid>, Failure> {
    Ok(store::places(&services.db, by.id).await?)
}

pub async fn set(services: &Services, by: Member, ask: SetDraft) -> Result<(), Failure> {
    let SetDraft { hive, message, text } = ask;
    hive::open_to(services, by, hive).await?;
    let mut tx = services.db.begin().await?;
    if let Some(message) = message {
        let message = chat::store::one(&mut tx, hive, message).await?.ok_or(Fault::NotFound)?;
        if message.author.id != by.id {
            return Err(Fault::Forbidden.into());
        }
    }
    let spot = Spot { place: hive.0, message };
    match &text {
        Some(text) => store::set(&mut *tx, by.id, spot, text).await?,
        None => store::remove(&mut *tx, by.id, spot).await?,
    }
    let event = Event::DraftChanged(Draft { hive, message, text });
    let told = topic::append(&mut tx, Topic::User(by.id), services.clock.now(), &[event]).await?;
    tx.commit().await?;
    services.hub.publish(told);
    Ok(())
}
