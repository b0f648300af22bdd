//! What of the bell was read and seen: on one device, and so on all. The server alone counts.

pub mod store;

use focushive::{
    Fault, Moment,
    caller::Member,
    id::{HiveId, NotificationId, UserId},
    notification::{Bell, Delivered, Pending, Read, ReadAll, ReadThere, See, UNDO_READ, UndoReadAll},
    protocol::{Event, Topic},
};
use sqlx::{Postgres, Transaction};
use time::Duration;
use uuid::Uuid;

use self::store::Changed;
use super::{
    bell, kinds,
    store::{lock, shift},
    tell::counted,
};
use crate::{failure::Failure, hub::Published, services::Services, topic};

/// How many notifications one request may name.
const MOST_NAMED: usize = 200;

/// How many one event names at most: it stays far below what a frame may weigh.
const IN_ONE_EVENT: usize = 500;

/// Taking back comes over a network: a little more time than is said.
const UNDO_SLACK: Duration = Duration::seconds(2);

/// Opened, or set aside.
pub async fn read(services: &Services, by: Member, ask: Read) -> Result<Bell, Failure> {
    bounded(&ask.notifications)?;
    let now = services.clock.now();
    let mut tx = services.db.begin().await?;
    lock(&mut *tx, by.id).await?;
    let read = store::read(&mut *tx, by.id, &ids(&ask.notifications), now).await?;
    finish(services, tx, by.id, read, Some(now)).await
}

/// Up to the newest row that was shown, and no further.
pub async fn read_all(services: &Services, by: Member, ask: ReadAll) -> Result<Bell, Failure> {
    let now = services.clock.now();
    let mut tx = services.db.begin().await?;
    lock(&mut *tx, by.id).await?;
    let read = store::read_all(&mut *tx, by.id, ask.to, ask.key, kinds(ask.group).as_deref(), now).await?;
    finish(services, tx, by.id, read, Some(now)).await
}

pub async fn undo_read_all(services: &Services, by: Member, ask: UndoReadAll) -> Result<Bell, Failure> {
    let since = services.clock.now().before(UNDO_READ + UNDO_SLACK);
    let mut tx = services.db.begin().await?;
    lock(&mut *tx, by.id).await?;
    let unread = store::undo_read_all(&mut *tx, by.id, ask.key, since).await?;
    if unread.is_empty() {
        return Err(Fault::conflict("it is too late to take that back").into());
    }
    finish(services, tx, by.id, unread, None).await
}

/// Told on every device, with the count the server makes.
async fn finish(
    services: &Services,
    mut tx: Transaction<'static, Postgres>,
    user: UserId,
    changed: Vec<Changed>,
    read_at: Option<Moment>,
) -> Result<Bell, Failure> {
    let told = tell_read(&mut tx, user, changed, read_at, services.clock.now()).await?;
    tx.commit().await?;
    services.hub.publish(told);
    bell(services, user).await
}

/// What changed and how much is left, for every device. The caller holds the lock of the bell.
async fn tell_read(
    tx: &mut Transaction<'static, Postgres>,
    user: UserId,
    changed: Vec<Changed>,
    read_at: Option<Moment>,
    now: Moment,
) -> Result<Vec<Published>, Failure> {
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let (all, meant) = counted(changed.iter().map(|one| one.kind));
    let by = if read_at.is_some() { -1 } else { 1 };
    let count = shift(&mut **tx, user, by * all, by * meant).await?;
    let read = changed.chunks(IN_ONE_EVENT).map(|some| {
        let notifications = some.iter().map(|one| one.id).collect();
        Event::NotificationRead(ReadThere { notifications, read_at })
    });
    let events: Vec<Event> = read.chain([Event::NotificationCount(count)]).collect();
    topic::append(tx, Topic::User(user), now, &events).await
}

/// Whoever reads a hive has read what was told of it.
pub async fn read_in_hive(
    tx: &mut Transaction<'static, Postgres>,
    user: UserId,
    hive: HiveId,
    to: u64,
    now: Moment,
) -> Result<Vec<Published>, Failure> {
    if !store::waits_in_hive(&mut **tx, user, hive, to).await? {
        return Ok(Vec::new());
    }
    lock(&mut **tx, user).await?;
    let read = store::read_in_hive(&mut **tx, user, hive, to, now).await?;
    tell_read(tx, user, read, Some(now), now).await
}

/// Shown in the panel: seen, and not yet read.
pub async fn see(services: &Services, by: Member, ask: See) -> Result<(), Failure> {
    bounded(&ask.notifications)?;
    Ok(store::see(&services.db, by.id, &ids(&ask.notifications), services.clock.now()).await?)
}

/// A device of theirs is listening, and was told all that it missed: what waited has arrived.
pub async fn arrived(services: &Services, user: UserId) -> Result<(), Failure> {
    Ok(store::arrived(&services.db, user, services.clock.now()).await?)
}

/// What nobody has heard yet. The number comes first: what is told after it is told again.
pub async fn pending(services: &Services, by: Member) -> Result<Pending, Failure> {
    let head = topic::head(services, Topic::User(by.id)).await?;
    Ok(Pending { notifications: store::pending(&services.db, by.id, head).await?, head })
}

pub async fn delivered(services: &Services, by: Member, ask: Delivered) -> Result<(), Failure> {
    bounded(&ask.notifications)?;
    Ok(store::delivered(&services.db, by.id, &ids(&ask.notifications), services.clock.now()).await?)
}

/// A message is gone: nobody looks for it any more.
pub async fn message_gone(
    tx: &mut Transaction<'static, Postgres>,
    hive: HiveId,
    message: u64,
    now: Moment,
) -> Result<Vec<Published>, Failure> {
    let mut told = Vec::new();
    for (user, id) in store::unread_of_message(&mut **tx, hive, message).await? {
        lock(&mut **tx, user).await?;
        let read = store::read(&mut **tx, user, &[id], now).await?;
        told.extend(tell_read(tx, user, read, Some(now), now).await?);
    }
    Ok(told)
}

fn bounded(named: &[NotificationId]) -> Result<(), Fault> {
    if named.len() <= MOST_NAMED { Ok(()) } else { Err(Fault::field("notifications", format!("at most {MOST_NAMED}"))) }
}

fn ids(named: &[NotificationId]) -> Vec<Uuid> {
    named.iter().map(|id| id.0).collect()
}
