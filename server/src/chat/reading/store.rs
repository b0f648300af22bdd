//! The SQL of how far people have read.

use std::collections::HashMap;

use focushive::id::{HiveId, UserId};
use sqlx::{PgExecutor, query, query_as};
use uuid::Uuid;

use crate::topic::stored;

/// Unread messages are counted up to here: beyond it, nobody asks how many they are exactly.
const MOST_UNREAD: i64 = 10_000;

pub struct ReadRow {
    pub read_to: i64,
    pub revision: i32,
    pub unread: i64,
    pub mentions: i64,
}

/// How far somebody has read; nothing for those who do not belong to the hive.
pub async fn read_state(db: impl PgExecutor<'_>, hive: HiveId, user: UserId) -> sqlx::Result<Option<ReadRow>> {
    query_as!(
        ReadRow,
        r#"select m.read_to, m.read_revision as revision, unread.count as "unread!", unread.mentions as "mentions!"
           from hive_member m, lateral (
               select count(*), count(*) filter (where mentions && array[m.user_id, $4]) as mentions
               from (select mentions from message where hive_id = m.hive_id and seq > m.read_to
                     and author <> m.user_id and deleted_at is null limit $3) waiting
           ) unread
           where m.hive_id = $1 and m.user_id = $2"#,
        hive as HiveId,
        user as UserId,
        MOST_UNREAD,
        UserId::EVERYBODY as UserId,
    )
    .fetch_optional(db)
    .await
}

/// How many messages wait in each of somebody's hives.
pub async fn unread(db: impl PgExecutor<'_>, user: UserId, hives: &[Uuid]) -> sqlx::Result<HashMap<HiveId, u32>> {
    let rows = query!(
        r#"select m.hive_id as "hive: HiveId", unread.count as "count!"
           from hive_member m, lateral (
               select count(*) from (select from message where hive_id = m.hive_id and seq > m.read_to
                     and author <> m.user_id and deleted_at is null limit $3) waiting
           ) unread
           where m.user_id = $1 and m.hive_id = any($2)"#,
        user as UserId,
        hives,
        MOST_UNREAD,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.hive, u32::try_from(row.count).unwrap_or(u32::MAX))).collect())
}

/// Reading only goes forward, and not at all if it began before a marking as unread.
pub async fn read(db: impl PgExecutor<'_>, hive: HiveId, user: UserId, to: u64, revision: u32) -> sqlx::Result<bool> {
    let done = query!(
        r#"update hive_member set read_to = $3
           where hive_id = $1 and user_id = $2 and read_to < $3 and read_revision = $4
             and $3 <= (select seq from topic_head where topic = $1)"#,
        hive as HiveId,
        user as UserId,
        stored(to),
        i32::try_from(revision).unwrap_or(i32::MAX),
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// No further than there is something: marking from what was never written would count everything
/// that is yet to come as read.
pub async fn mark_unread(db: impl PgExecutor<'_>, hive: HiveId, user: UserId, from: u64) -> sqlx::Result<()> {
    query!(
        r#"update hive_member
           set read_to = least($3, (select seq from topic_head where topic = $1)), read_revision = read_revision + 1
           where hive_id = $1 and user_id = $2"#,
        hive as HiveId,
        user as UserId,
        stored(from.saturating_sub(1)),
    )
    .execute(db)
    .await?;
    Ok(())
}
