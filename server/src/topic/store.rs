//! The SQL of the numbered log.

use focushive::Moment;
use sqlx::{PgExecutor, query, query_as, query_scalar};
use uuid::Uuid;

/// Takes the next `count` numbers of a log, and its lock until the end of the transaction. The
/// answer is the last of them.
pub async fn advance(db: impl PgExecutor<'_>, log: Uuid, count: i64) -> sqlx::Result<i64> {
    query_scalar!(
        r#"insert into topic_head as head (topic, seq) values ($1, $2)
           on conflict (topic) do update set seq = head.seq + $2
           returning seq"#,
        log,
        count,
    )
    .fetch_one(db)
    .await
}

/// Takes the locks of several logs, always in the same order, and reads their newest numbers.
pub async fn lock(db: impl PgExecutor<'_>, logs: &[Uuid]) -> sqlx::Result<Vec<(Uuid, i64)>> {
    let rows = query!(r#"select topic, seq from topic_head where topic = any($1) order by topic for update"#, logs)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.topic, row.seq)).collect())
}

/// The newest numbers of several logs.
pub async fn heads(db: impl PgExecutor<'_>, logs: &[Uuid]) -> sqlx::Result<Vec<(Uuid, i64)>> {
    let rows = query!("select topic, seq from topic_head where topic = any($1)", logs).fetch_all(db).await?;
    Ok(rows.into_iter().map(|row| (row.topic, row.seq)).collect())
}

pub async fn write(
    db: impl PgExecutor<'_>,
    log: Uuid,
    first: i64,
    at: Moment,
    names: &[String],
    data: &[String],
) -> sqlx::Result<()> {
    query!(
        r#"insert into topic_event (topic, seq, at, name, data)
           select $1, $2 + n - 1, $3, name, data
           from unnest($4::text[], $5::text[]) with ordinality as event (name, data, n)"#,
        log,
        first,
        at as Moment,
        names,
        data,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The newest number; zero before anything happened.
pub async fn head(db: impl PgExecutor<'_>, log: Uuid) -> sqlx::Result<i64> {
    let head = query_scalar!("select seq from topic_head where topic = $1", log).fetch_optional(db).await?;
    Ok(head.unwrap_or_default())
}

pub struct Kept {
    pub seq: i64,
    pub at: Moment,
    pub name: String,
    pub data: String,
}

/// What happened after `since`, up to and with `upto`, in order.
pub async fn between(db: impl PgExecutor<'_>, log: Uuid, since: i64, upto: i64) -> sqlx::Result<Vec<Kept>> {
    query_as!(
        Kept,
        r#"select seq, at as "at: Moment", name, data from topic_event
           where topic = $1 and seq > $2 and seq <= $3 order by seq"#,
        log,
        since,
        upto,
    )
    .fetch_all(db)
    .await
}

/// Forgets what nobody may ask for any more.
pub async fn sweep(db: impl PgExecutor<'_>, before: Moment) -> sqlx::Result<u64> {
    let swept = query!("delete from topic_event where at < $1", before as Moment).execute(db).await?;
    Ok(swept.rows_affected())
}
