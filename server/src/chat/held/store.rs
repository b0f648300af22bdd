//! The SQL of messages that wait for the break. That one is sent and waits no more is one
//! transaction, and so in `writer/store.rs`.

use focushive::{
    Moment,
    chat::{Held, Hold, Send},
    id::{HiveId, Key, UserId},
    text::Body,
};
use sqlx::{PgExecutor, query, query_as, query_scalar};

use crate::topic::{number, stored};

struct Row {
    key: Key,
    body: Body,
    reply_to: Option<i64>,
    at: Moment,
    refused: Option<String>,
}

impl From<Row> for Held {
    fn from(row: Row) -> Self {
        let Row { key, body, reply_to, at, refused } = row;
        Self { key, body, reply_to: reply_to.map(number), at, refused }
    }
}

/// What waits of somebody in a hive, in the order in which it was written.
pub async fn of(db: impl PgExecutor<'_>, hive: HiveId, author: UserId) -> sqlx::Result<Vec<Held>> {
    let rows = query_as!(
        Row,
        r#"select key as "key: Key", body as "body: Body", reply_to, at as "at: Moment", refused from held_message
           where hive_id = $1 and author = $2 order by ordinal"#,
        hive as HiveId,
        author as UserId,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Held::from).collect())
}

/// The number under which a message was sent already, if it was.
pub async fn sent(db: impl PgExecutor<'_>, hive: HiveId, author: UserId, key: Key) -> sqlx::Result<Option<i64>> {
    query_scalar!(
        "select seq from message where hive_id = $1 and author = $2 and key = $3",
        hive as HiveId,
        author as UserId,
        key as Key,
    )
    .fetch_optional(db)
    .await
}

pub async fn add(db: impl PgExecutor<'_>, author: UserId, ask: &Hold, now: Moment) -> sqlx::Result<()> {
    query!(
        "insert into held_message (hive_id, author, key, body, reply_to, at) values ($1, $2, $3, $4, $5, $6)",
        ask.hive as HiveId,
        author as UserId,
        ask.key as Key,
        &ask.body as &Body,
        ask.reply_to.map(stored),
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Other words for it; nothing if it waits no more.
pub async fn edit(
    db: impl PgExecutor<'_>,
    hive: HiveId,
    author: UserId,
    key: Key,
    body: &Body,
) -> sqlx::Result<Option<Held>> {
    let row = query_as!(
        Row,
        r#"update held_message set body = $4, refused = null where hive_id = $1 and author = $2 and key = $3
           returning key as "key: Key", body as "body: Body", reply_to, at as "at: Moment", refused"#,
        hive as HiveId,
        author as UserId,
        key as Key,
        body as &Body,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Held::from))
}

/// False if it waited no more.
pub async fn remove(db: impl PgExecutor<'_>, hive: HiveId, author: UserId, key: Key) -> sqlx::Result<bool> {
    let done = query!(
        "delete from held_message where hive_id = $1 and author = $2 and key = $3",
        hive as HiveId,
        author as UserId,
        key as Key,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The focus of a hive is over: what waited goes out.
pub async fn free(db: impl PgExecutor<'_>, hive: HiveId, now: Moment) -> sqlx::Result<()> {
    query!(
        "update held_message set due_at = $2 where hive_id = $1 and (due_at is null or due_at > $2)",
        hive as HiveId,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A message that is to go out, and whose it is.
pub struct Due {
    pub author: UserId,
    pub send: Send,
}

/// What is to go out by now, in the order in which it was written. Somebody who is suspended says nothing.
pub async fn due(db: impl PgExecutor<'_>, now: Moment) -> sqlx::Result<Vec<Due>> {
    let rows = query!(
        r#"select h.hive_id as "hive: HiveId", h.author as "author: UserId", h.key as "key: Key", h.body as "body: Body",
                  h.reply_to
           from held_message h join "user" u on u.id = h.author and u.active
           where h.due_at <= $1 order by h.ordinal limit 500"#,
        now as Moment,
    )
    .fetch_all(db)
    .await?;
    let due = rows.into_iter().map(|row| Due {
        author: row.author,
        send: Send { hive: row.hive, key: row.key, body: row.body, reply_to: row.reply_to.map(number) },
    });
    Ok(due.collect())
}

/// When something next goes out.
pub async fn next_due(db: impl PgExecutor<'_>) -> sqlx::Result<Option<Moment>> {
    query_scalar!(
        r#"select min(h.due_at) as "at: Moment" from held_message h join "user" u on u.id = h.author and u.active
           where h.due_at is not null"#
    )
    .fetch_one(db)
    .await
}

/// It could not go out, and why; it is tried again then, or at the next break. Nothing if it waits
/// no more.
pub async fn refuse(
    db: impl PgExecutor<'_>,
    due: &Due,
    why: &str,
    again_at: Option<Moment>,
) -> sqlx::Result<Option<Held>> {
    let row = query_as!(
        Row,
        r#"update held_message set refused = $4, due_at = $5 where hive_id = $1 and author = $2 and key = $3
           returning key as "key: Key", body as "body: Body", reply_to, at as "at: Moment", refused"#,
        due.send.hive as HiveId,
        due.author as UserId,
        due.send.key as Key,
        why,
        again_at as Option<Moment>,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Held::from))
}
