//! The SQL of what was read and seen, and of what arrived. Whoever changes what is read changes the
//! counts in the same transaction.

use focushive::{
    Moment,
    id::{HiveId, Key, NotificationId, UserId},
    notification::{Kind, Level, Notification, Rule},
    text::Body,
};
use sqlx::{PgExecutor, query, query_as, query_scalar};
use uuid::Uuid;

use crate::{notification::store::Stored, topic::stored};

/// What is read, or unread again.
pub struct Changed {
    pub id: NotificationId,
    pub kind: Kind,
}

/// Whether anything of that hive is unread up to there: most who read a hive were told of nothing.
pub async fn waits_in_hive(db: impl PgExecutor<'_>, user: UserId, hive: HiveId, to: u64) -> sqlx::Result<bool> {
    query_scalar!(
        r#"select exists (select from notification
           where user_id = $1 and hive_id = $2 and message <= $3 and seq is not null and read_at is null) as "waits!""#,
        user as UserId,
        hive as HiveId,
        stored(to),
    )
    .fetch_one(db)
    .await
}

pub async fn read(db: impl PgExecutor<'_>, user: UserId, ids: &[Uuid], now: Moment) -> sqlx::Result<Vec<Changed>> {
    query_as!(
        Changed,
        r#"update notification set read_at = $3
           where user_id = $1 and id = any($2) and seq is not null and read_at is null
           returning id as "id: NotificationId", kind as "kind: Kind""#,
        user as UserId,
        ids,
        now as Moment,
    )
    .fetch_all(db)
    .await
}

pub async fn read_in_hive(
    db: impl PgExecutor<'_>,
    user: UserId,
    hive: HiveId,
    to: u64,
    now: Moment,
) -> sqlx::Result<Vec<Changed>> {
    query_as!(
        Changed,
        r#"update notification set read_at = $4
           where user_id = $1 and hive_id = $2 and message <= $3 and seq is not null and read_at is null
           returning id as "id: NotificationId", kind as "kind: Kind""#,
        user as UserId,
        hive as HiveId,
        stored(to),
        now as Moment,
    )
    .fetch_all(db)
    .await
}

pub async fn read_all(
    db: impl PgExecutor<'_>,
    user: UserId,
    to: u64,
    key: Key,
    kinds: Option<&[String]>,
    now: Moment,
) -> sqlx::Result<Vec<Changed>> {
    query_as!(
        Changed,
        r#"update notification set read_at = $3, read_key = $4
           where user_id = $1 and seq <= $2 and read_at is null and ($5::text[] is null or kind = any($5))
           returning id as "id: NotificationId", kind as "kind: Kind""#,
        user as UserId,
        stored(to),
        now as Moment,
        key as Key,
        kinds,
    )
    .fetch_all(db)
    .await
}

pub async fn undo_read_all(
    db: impl PgExecutor<'_>,
    user: UserId,
    key: Key,
    since: Moment,
) -> sqlx::Result<Vec<Changed>> {
    query_as!(
        Changed,
        r#"update notification set read_at = null, read_key = null
           where user_id = $1 and read_key = $2 and read_at >= $3
           returning id as "id: NotificationId", kind as "kind: Kind""#,
        user as UserId,
        key as Key,
        since as Moment,
    )
    .fetch_all(db)
    .await
}

/// First seen is what counts.
pub async fn see(db: impl PgExecutor<'_>, user: UserId, ids: &[Uuid], now: Moment) -> sqlx::Result<()> {
    query!(
        r#"insert into notification_seen (notification_id, seen_at)
           select id, $3 from notification where user_id = $1 and id = any($2) and seq is not null
           on conflict do nothing"#,
        user as UserId,
        ids,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn arrived(db: impl PgExecutor<'_>, user: UserId, now: Moment) -> sqlx::Result<()> {
    query!(
        r#"update notification_delivery d set delivered_at = $2
           from notification n
           where n.id = d.notification_id and n.user_id = $1 and d.channel = 'in_app' and d.delivered_at is null"#,
        user as UserId,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whoever deleted their words wants nobody to look for them.
pub async fn unread_of_message(
    db: impl PgExecutor<'_>,
    hive: HiveId,
    message: u64,
) -> sqlx::Result<Vec<(UserId, Uuid)>> {
    let rows = query!(
        r#"select user_id as "user: UserId", id from notification
           where hive_id = $1 and message = $2 and seq is not null and read_at is null"#,
        hive as HiveId,
        stored(message),
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.user, row.id)).collect())
}

/// What no device has heard, up to a number.
pub async fn pending(db: impl PgExecutor<'_>, user: UserId, head: u64) -> sqlx::Result<Vec<Notification>> {
    let rows = query_as!(
        Stored,
        r#"select n.id as "id: NotificationId", n.seq as "seq!", n.what, n.at as "at: Moment", n.level as "level!: Level",
                  n.rule as "rule!: Rule", n.read_at as "read_at: Moment", null as "body?: Body"
           from notification_delivery d
           join notification n on n.id = d.notification_id
           where d.delivered_at is null and d.channel = 'in_app' and n.user_id = $1 and n.seq <= $2
           order by n.seq limit 500"#,
        user as UserId,
        stored(head),
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().filter_map(Stored::row).map(|row| row.notification).collect())
}

pub async fn delivered(db: impl PgExecutor<'_>, user: UserId, ids: &[Uuid], now: Moment) -> sqlx::Result<()> {
    query!(
        r#"update notification_delivery d set delivered_at = $3
           from notification n
           where n.id = d.notification_id and n.user_id = $1 and n.id = any($2) and d.channel = 'in_app'
             and d.delivered_at is null"#,
        user as UserId,
        ids,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets some of what was read before then.
pub async fn sweep(db: impl PgExecutor<'_>, before: Moment, most: i64) -> sqlx::Result<u64> {
    let swept = query!(
        r#"delete from notification where id in (
               select id from notification where read_at < $1 order by read_at limit $2)"#,
        before as Moment,
        most,
    );
    Ok(swept.execute(db).await?.rows_affected())
}
