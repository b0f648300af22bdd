//! Pairs: what somebody writes to one other person alone. A pair is a hive of two; how one is made
//! and found again, and how both hear of what is written wherever they are, is here. All else is in
//! `chat/` and `hive/`.

pub mod rest;
mod store;

use focushive::{
    Fault, Moment,
    caller::Member,
    chat,
    hive::Rank,
    id::{HiveId, UserId},
    pair::{self, Open, Opened, Send, Sent, Unsent},
    protocol::{Event, Topic},
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    chat::send as write, failure::Failure, hive, hub::Published, limit::Doing, notification::note::Written,
    services::Services, topic,
};

/// With people one shares a hive with. Whoever left it comes back by opening it.
pub async fn open(services: &Services, by: Member, ask: Open) -> Result<Opened, Failure> {
    if ask.to == by.id {
        return Err(Fault::field("to", "name somebody else").into());
    }
    let known = store::known(&services.db, by.id, ask.to, &pair::name(by.id, ask.to)).await?.ok_or(Fault::NotFound)?;
    match known.pair {
        Some(hive) if known.belongs => Ok(Opened { hive }),
        Some(hive) => hive::come_back(services, by, hive).await.map(|()| Opened { hive }),
        None if known.shares => make(services, by, ask.to).await,
        None => Err(Fault::Forbidden.into()),
    }
}

/// To whoever is still in it.
pub async fn send(services: &Services, by: Member, ask: Send) -> Result<Sent, Failure> {
    let Opened { hive } = open(services, by, Open { to: ask.to }).await?;
    if store::people(&services.db, &[hive.0]).await?.iter().all(|(_, user)| *user != ask.to) {
        return Err(Fault::conflict("they left this conversation; they come back by opening it").into());
    }
    let message = write(services, by, chat::Send { hive, key: ask.key, body: ask.body, reply_to: None }).await?;
    Ok(Sent { hive, message })
}

async fn make(services: &Services, by: Member, to: UserId) -> Result<Opened, Failure> {
    services.limits.pace(Doing::MakingHives, by.id)?;
    let now = services.clock.now();
    let mut tx = services.db.begin().await?;
    let new = HiveId(Uuid::now_v7());
    let hive = store::insert(&mut *tx, new, (by.id, to), &pair::name(by.id, to), now).await?;
    topic::store::advance(&mut *tx, hive.0, 0).await?;
    let mut told = Vec::new();
    // In one order, whoever of them asks first.
    for user in [by.id.min(to), by.id.max(to)] {
        if hive::store::add_member(&mut *tx, hive, user, Rank::Member, now).await? {
            told.extend(hive::part_of(&mut tx, hive, user, now).await?);
        }
    }
    tx.commit().await?;
    services.hub.publish(told);
    for user in [by.id, to] {
        services.presence.look_again(user);
    }
    Ok(Opened { hive })
}

/// In the transaction that writes them, or has them back: both hear of what is written, on every device of theirs.
pub async fn tell(db: &mut PgConnection, written: &[Written<'_>], now: Moment) -> Result<Vec<Published>, Failure> {
    let hives: Vec<Uuid> = written.iter().map(|written| written.hive.0).collect();
    let mut told = Vec::new();
    // By person: of those who are written to by several at once, each is locked in the same order.
    for (hive, user) in store::people(&mut *db, &hives).await? {
        let events: Vec<Event> = written
            .iter()
            .filter(|written| written.hive == hive)
            .map(|written| Event::MessageNew(Box::new(Sent { hive, message: Box::new(written.message.clone()) })))
            .collect();
        told.extend(topic::append(&mut *db, Topic::User(user), now, &events).await?);
    }
    Ok(told)
}

/// The same, where one was deleted.
pub async fn tell_deleted(db: &mut PgConnection, unsent: Unsent, now: Moment) -> Result<Vec<Published>, Failure> {
    let mut told = Vec::new();
    for (_, user) in store::people(&mut *db, &[unsent.hive.0]).await? {
        told.extend(topic::append(&mut *db, Topic::User(user), now, &[Event::MessageDeleted(unsent)]).await?);
    }
    Ok(told)
}
