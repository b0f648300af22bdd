//! Messages that wait for the break. They are their author's alone until the transaction that ends
//! the focus phase sets them free; then they go out, each in the transaction that also takes it
//! from what waits, so that it goes out once whatever dies meanwhile.

pub mod delivery;
mod store;

use focushive::{
    Fault, Moment,
    caller::Member,
    chat::{DropHeld, EditHeld, Held, HeldChanged, Hold, Holding, MOST_HELD, Message, Send, SendHeld, frees},
    hive::Right,
    id::{HiveId, UserId},
    protocol::{Event, Topic},
    timer::Timer,
};
use sqlx::PgConnection;

use super::{deliver, store::one};
use crate::{failure::Failure, hive, hub::Published, limit::Doing, services::Services, timer, topic};

/// Keeps it for the break. Where nobody focuses it is sent at once.
pub async fn hold(services: &Services, by: Member, ask: Hold) -> Result<Holding, Failure> {
    services.limits.pace(Doing::Sending, by.id)?;
    may_write(services, by, ask.hive).await?;
    let mut tx = services.db.begin().await?;
    // Nobody ends the phase before this is decided.
    let focus = timer::lock_now(services, &mut tx, ask.hive).await?.is_at_work();
    if let Some(seq) = store::sent(&mut *tx, ask.hive, by.id, ask.key).await? {
        let gone = || Fault::conflict("this message was sent and deleted since");
        let message = one(&mut tx, ask.hive, topic::number(seq)).await?.ok_or_else(gone)?;
        return Ok(Holding::Sent(Box::new(message)));
    }
    let all = store::of(&mut *tx, ask.hive, by.id).await?;
    if let Some(held) = all.iter().find(|held| held.key == ask.key) {
        return Ok(Holding::Waits(Box::new(held.clone())));
    }
    if !focus {
        tx.rollback().await?;
        let Hold { hive, key, body, reply_to } = ask;
        return Ok(Holding::Sent(deliver(services, by.id, Send { hive, key, body, reply_to }, Origin::Hand).await?));
    }
    if all.len() >= MOST_HELD {
        return Err(Fault::conflict(format!("{MOST_HELD} messages of yours wait here already")).into());
    }
    let now = services.clock.now();
    store::add(&mut *tx, by.id, &ask, now).await?;
    let held = Held { key: ask.key, body: ask.body, reply_to: ask.reply_to, at: now, refused: None };
    let told =
        tell(&mut tx, by.id, now, HeldChanged { hive: ask.hive, key: ask.key, held: Some(held.clone()) }).await?;
    tx.commit().await?;
    services.hub.publish(told);
    Ok(Holding::Waits(Box::new(held)))
}

/// Where a message that is written now was until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Hand,
    /// It waited; once it is written it waits no more, and if it does not wait it is not written.
    Held,
}

async fn may_write(services: &Services, by: Member, hive: HiveId) -> Result<(), Failure> {
    let found = hive::open_to(services, by, hive).await?;
    let rank = found.rank.ok_or(Fault::Forbidden)?;
    if found.archived {
        return Err(Fault::conflict("this hive is archived: it can be read, and nothing is added").into());
    }
    if !rank.may(Right::Write) {
        return Err(Fault::Forbidden.into());
    }
    if let Some(until) = found.muted_until.filter(|until| *until > services.clock.now()) {
        return Err(Fault::NotYet { why: "you are muted here", at: until }.into());
    }
    Ok(())
}

/// What waits of one's own.
pub async fn list(services: &Services, by: Member, hive: HiveId) -> Result<Vec<Held>, Failure> {
    hive::open_to(services, by, hive).await?;
    Ok(store::of(&services.db, hive, by.id).await?)
}

pub async fn edit(services: &Services, by: Member, ask: EditHeld) -> Result<(), Failure> {
    services.limits.pace(Doing::Sending, by.id)?;
    let mut tx = services.db.begin().await?;
    let held = store::edit(&mut *tx, ask.hive, by.id, ask.key, &ask.body).await?.ok_or_else(gone)?;
    let changed = HeldChanged { hive: ask.hive, key: ask.key, held: Some(held) };
    let told = tell(&mut tx, by.id, services.clock.now(), changed).await?;
    tx.commit().await?;
    services.hub.publish(told);
    Ok(())
}

pub async fn drop(services: &Services, by: Member, ask: DropHeld) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    if !store::remove(&mut *tx, ask.hive, by.id, ask.key).await? {
        // Dropped before is dropped; sent before is not.
        let sent = store::sent(&mut *tx, ask.hive, by.id, ask.key).await?.is_some();
        return if sent { Err(gone().into()) } else { Ok(()) };
    }
    let changed = HeldChanged { hive: ask.hive, key: ask.key, held: None };
    let told = tell(&mut tx, by.id, services.clock.now(), changed).await?;
    tx.commit().await?;
    services.hub.publish(told);
    Ok(())
}

/// Now rather than at the break.
pub async fn send(services: &Services, by: Member, ask: SendHeld) -> Result<Box<Message>, Failure> {
    let held = store::of(&services.db, ask.hive, by.id).await?.into_iter().find(|held| held.key == ask.key);
    let Some(held) = held else { return sent(services, by, ask).await };
    let send = Send { hive: ask.hive, key: ask.key, body: held.body, reply_to: held.reply_to };
    deliver(services, by.id, send, Origin::Held).await
}

/// It went out meanwhile, or was asked for before.
async fn sent(services: &Services, by: Member, ask: SendHeld) -> Result<Box<Message>, Failure> {
    let mut db = services.db.acquire().await?;
    let seq = store::sent(&mut *db, ask.hive, by.id, ask.key).await?.ok_or_else(gone)?;
    Ok(Box::new(one(&mut db, ask.hive, topic::number(seq)).await?.ok_or_else(gone)?))
}

fn gone() -> Fault {
    Fault::conflict("this message does not wait any more")
}

async fn tell(
    db: &mut PgConnection,
    user: UserId,
    now: Moment,
    changed: HeldChanged,
) -> Result<Vec<Published>, Failure> {
    topic::append(db, Topic::User(user), now, &[Event::HeldChanged(Box::new(changed))]).await
}

/// A hive's clock changes, in this transaction: where focus ends with it, what waits is set free.
/// Before anybody's own log is written to: whoever changes what waits takes both in that order.
pub async fn free(
    db: &mut PgConnection,
    hive: HiveId,
    before: &Timer,
    after: &Timer,
    now: Moment,
) -> Result<(), Failure> {
    if frees(before, after) {
        store::free(db, hive, now).await?;
    }
    Ok(())
}
