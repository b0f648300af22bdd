//! The SQL of deleting.

use focushive::{
    Moment,
    id::{HiveId, UserId},
};
use sqlx::{PgExecutor, query, query_scalar};

use crate::topic::stored;

pub async fn hide(db: impl PgExecutor<'_>, hive: HiveId, message: u64, by: UserId, now: Moment) -> sqlx::Result<()> {
    query!(
        "update message set deleted_at = $4, deleted_by = $3 where hive_id = $1 and seq = $2",
        hive as HiveId,
        stored(message),
        by as UserId,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn is_hidden_by(db: impl PgExecutor<'_>, hive: HiveId, message: u64, by: UserId) -> sqlx::Result<bool> {
    query_scalar!(
        r#"select exists (select from message where hive_id = $1 and seq = $2 and deleted_by = $3) as "is!""#,
        hive as HiveId,
        stored(message),
        by as UserId,
    )
    .fetch_one(db)
    .await
}

/// False if somebody else deleted it, or too long ago.
pub async fn show_again(
    db: impl PgExecutor<'_>,
    hive: HiveId,
    message: u64,
    by: UserId,
    since: Moment,
) -> sqlx::Result<bool> {
    let done = query!(
        r#"update message set deleted_at = null, deleted_by = null
           where hive_id = $1 and seq = $2 and deleted_by = $3 and deleted_at >= $4 and body <> ''"#,
        hive as HiveId,
        stored(message),
        by as UserId,
        since as Moment,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Words, versions and emoji are gone for good; the number stays taken. Whoever comes back and asks
/// what they missed is told that it was deleted, in place of what it said.
pub async fn wipe(db: impl PgExecutor<'_>, until: Moment) -> sqlx::Result<()> {
    query!(
        r#"with gone as (
               update message set body = '', html = '', mentions = '{}'
               where deleted_at < $1 and body <> '' returning hive_id, seq
           ), words as (
               delete from message_version v using gone where v.hive_id = gone.hive_id and v.seq = gone.seq
           ), emoji as (
               delete from message_reaction r using gone where r.hive_id = gone.hive_id and r.seq = gone.seq
           ), edits as (
               update topic_event e set name = 'chat.deleted', data = format('{"message":%s}', gone.seq)
               from gone
               where e.topic = gone.hive_id and e.seq > gone.seq
                 and (e.name = 'chat.edited' and e.data like format('{"message":%s,%%', gone.seq)
                      or e.name = 'chat.restored' and e.data like format('{"seq":%s,%%', gone.seq))
           ), alone as (
               update topic_event e
               set name = 'message.deleted', data = format('{"hive":"%s","message":%s}', gone.hive_id, gone.seq)
               from gone join hive h on h.id = gone.hive_id and h.pair is not null
               where e.topic = any(string_to_array(h.pair, ' ')::uuid[]) and e.name = 'message.new'
                 and e.data like format('{"hive":"%s","message":{"seq":%s,%%', gone.hive_id, gone.seq)
           )
           update topic_event e set name = 'chat.deleted', data = format('{"message":%s}', gone.seq)
           from gone where e.topic = gone.hive_id and e.seq = gone.seq"#,
        until as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}
