//! Deleting: gone from sight at once and for good a moment later, since whoever deletes may think
//! again.

mod store;

use std::time::Duration;

use focushive::{
    Fault, Moment,
    caller::Member,
    chat::{Delete, Deleted, Restore, UNDO_WITHIN},
    hive::Right,
    pair::Unsent,
    protocol::Event,
};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::{change, store::one};
use crate::{
    clock::Clock,
    failure::Failure,
    hive,
    notification::{note::Written, reading},
    pair,
    services::Services,
};

/// How often it is looked for words whose time is over.
const SWEEP: Duration = Duration::from_secs(10);

/// One's own, or anybody's for those who keep order. What one deleted already is no second time.
pub async fn delete(services: &Services, by: Member, ask: Delete) -> Result<(), Failure> {
    if store::is_hidden_by(&services.db, ask.hive, ask.message, by.id).await? {
        return hive::open_to(services, by, ask.hive).await.map(drop);
    }
    let (mut change, message) = change(services, by, ask.hive, ask.message, Right::React).await?;
    if message.author.id != by.id && !change.me.rank.may(Right::Moderate) {
        return Err(Fault::Forbidden.into());
    }
    store::hide(&mut *change.tx, ask.hive, ask.message, by.id, services.clock.now()).await?;
    change.tell(Event::ChatDeleted(Deleted { message: ask.message })).await?;
    let told = reading::message_gone(&mut change.tx, ask.hive, ask.message, services.clock.now()).await?;
    change.told.extend(told);
    if change.found.hive.pair {
        let unsent = Unsent { hive: ask.hive, message: ask.message };
        change.told.extend(pair::tell_deleted(&mut change.tx, unsent, services.clock.now()).await?);
    }
    change.commit(services).await
}

/// By whoever deleted it, and nobody else. What is there again already is no second time.
pub async fn restore(services: &Services, by: Member, ask: Restore) -> Result<(), Failure> {
    let mut change = hive::change(services, by, ask.hive, Right::React).await?;
    let since = services.clock.now().before(UNDO_WITHIN);
    if !store::show_again(&mut *change.tx, ask.hive, ask.message, by.id, since).await? {
        if one(&mut change.tx, ask.hive, ask.message).await?.is_some() {
            return Ok(());
        }
        return Err(Fault::conflict("it is too late to take that back: the message is gone").into());
    }
    let message = one(&mut change.tx, ask.hive, ask.message).await?.ok_or(Fault::NotFound)?;
    if change.found.hive.pair {
        let written = [Written { hive: ask.hive, message: &message, answers: None }];
        change.told.extend(pair::tell(&mut change.tx, &written, services.clock.now()).await?);
    }
    change.tell(Event::ChatRestored(Box::new(message))).await?;
    change.commit(services).await
}

/// Wipes the words of what was deleted and can be had again no more, wherever they are kept.
pub async fn wipe(db: &PgPool, now: Moment) -> sqlx::Result<()> {
    store::wipe(db, now.before(UNDO_WITHIN)).await
}

/// For as long as the server runs.
pub async fn keep(db: PgPool, clock: Clock, stop: CancellationToken) {
    let mut every = tokio::time::interval(SWEEP);
    loop {
        tokio::select! { () = stop.cancelled() => return, _ = every.tick() => {} }
        if let Err(error) = wipe(&db, clock.now()).await {
            tracing::warn!(%error, "deleted words could not be wiped");
        }
    }
}
