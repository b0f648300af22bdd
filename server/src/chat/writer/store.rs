//! The SQL of writing many messages at once: what to decide by is read in one statement, and
//! everything is written in another.

use focushive::{
    Moment,
    hive::Rank,
    id::{AvatarId, HiveId, Key, UserId},
    text::{Body, Handle, Name},
};
use sqlx::{PgExecutor, query, query_as};
use uuid::Uuid;

/// What is known about one message that somebody wants to write.
#[derive(Clone)]
pub struct Known {
    pub author: UserId,
    pub name: Name,
    pub handle: Handle,
    pub avatar: Option<AvatarId>,
    pub rank: Option<Rank>,
    pub muted_until: Option<Moment>,
    pub wrote_at: Option<Moment>,
    pub archived: bool,
    pub slow_seconds: i16,
    /// The newest number of its hive.
    pub head: Option<i64>,
    /// It is where two people write to each other alone.
    pub pair: bool,
    /// Somebody wants to know of every message there.
    pub watched: bool,
    /// All that is decided and told by of the author and the hive, as Postgres writes it.
    pub standing: String,
    /// The number it has already, if it was sent before.
    pub sent: Option<i64>,
    pub reply_to: Option<i64>,
    pub reply_author: Option<UserId>,
    pub reply_name: Option<String>,
    pub reply_body: Option<Body>,
}

/// In the order of the messages. Each row is looked up by its
/// key, however little Postgres knows of how large the tables have grown since it planned this.
pub async fn known(
    db: impl PgExecutor<'_>,
    hives: &[Uuid],
    authors: &[Uuid],
    keys: &[Uuid],
    replies: &[i64],
) -> sqlx::Result<Vec<Known>> {
    query_as!(
        Known,
        r#"select u.id as "author!: UserId", u.name as "name!: Name", u.handle as "handle!: Handle",
                  u.avatar_id as "avatar: AvatarId", m.rank as "rank?: Rank", m.muted_until as "muted_until?: Moment",
                  m.wrote_at as "wrote_at?: Moment", coalesce(h.archived_at is not null, false) as "archived!",
                  coalesce(h.slow_seconds, 0::smallint) as "slow_seconds!", head.seq as "head?", coalesce(h.pair is not null, false) as "pair!",
                  exists (select from notification_choice c where c.kind = 'hive_message' and c.level <> 'off'
                          and (c.hive_id = w.hive or c.hive_id is null)) as "watched!",
                  row(u.name, u.handle, u.avatar_id, m.rank, m.muted_until, h.archived_at, h.slow_seconds)::text as "standing!",
                  x.seq as "sent?", r.seq as "reply_to?", r.author as "reply_author?: UserId", r.name as "reply_name?", r.body as "reply_body?: Body"
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[]) with ordinality as w (hive, author, key, reply, n)
           join "user" u on u.id = w.author
           left join hive h on h.id = w.hive
           left join lateral (select head.seq from topic_head head where head.topic = w.hive limit 1) head on true
           left join lateral (select * from hive_member m where m.hive_id = w.hive and m.user_id = w.author limit 1) m
             on true
           left join lateral (select x.seq from message x
                              where x.hive_id = w.hive and x.author = w.author and x.key = w.key limit 1) x on true
           left join lateral (select r.seq, r.author, ru.name, r.body from message r join "user" ru on ru.id = r.author
                              where r.hive_id = w.hive and r.seq = w.reply and r.deleted_at is null limit 1) r on true
           order by w.n"#,
        hives,
        authors,
        keys,
        replies,
    )
    .fetch_all(db)
    .await
}

/// Columns of what is to be written, a row a message.
#[derive(Default)]
pub struct Columns {
    pub hives: Vec<Uuid>,
    pub seqs: Vec<i64>,
    pub ids: Vec<Uuid>,
    pub authors: Vec<Uuid>,
    pub keys: Vec<Uuid>,
    pub bodies: Vec<String>,
    pub htmls: Vec<String>,
    pub replies: Vec<Option<i64>>,
    /// Arrays of ids, as Postgres writes them.
    pub mentions: Vec<String>,
    pub data: Vec<String>,
    /// What was remembered of the author and the hive, where they were not asked about.
    pub standings: Vec<Option<String>>,
}

/// Messages, their events, and the heads of their hives: all of it in one statement. Nothing is
/// written, and the answer is no, where anything else has happened in one of the hives since their
/// numbers were taken, or where what was remembered does not hold. What holds is what held when the
/// statement began: all that decides whether somebody may write moves the number of the hive along
/// with it. (Asked whether it exists, a message would be looked for in a copy of the whole table.)
pub async fn write(db: impl PgExecutor<'_>, columns: &Columns, name: &str, now: Moment) -> sqlx::Result<bool> {
    let written = query!(
        r#"with new as (
               select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],
                                    $8::bigint[], $9::text[], $10::text[], $11::text[])
               as new (hive, seq, id, author, key, body, html, reply, mentions, data, standing)
           ), last as (
               select hive, min(seq) - 1 as before, max(seq) as seq from new group by hive
           ), locked as (
               select head.topic, head.seq from topic_head head join last on head.topic = last.hive
               order by head.topic for update of head
           ), changed as (
               select exists (
                   select from new where new.standing is not null and (
                       new.standing is distinct from (
                           select row(u.name, u.handle, u.avatar_id, m.rank, m.muted_until, h.archived_at, h.slow_seconds)::text
                           from "user" u
                           left join lateral (select * from hive_member m
                                              where m.hive_id = new.hive and m.user_id = new.author limit 1) m on true
                           left join lateral (select * from hive h where h.id = new.hive limit 1) h on true
                           where u.id = new.author)
                       or (select x.seq from message x
                           where x.hive_id = new.hive and x.author = new.author and x.key = new.key limit 1) is not null
                       or exists (select from notification_choice c where c.kind = 'hive_message' and c.level <> 'off'
                                  and (c.hive_id = new.hive or c.hive_id is null)))
               ) as yes
           ), unmoved as (
               select count(*) = (select count(*) from last) and not (select yes from changed) as yes
               from locked join last on locked.topic = last.hive and locked.seq = last.before
           ), messages as (
               insert into message (hive_id, seq, id, author, key, body, html, reply_to, mentions, at)
               select hive, seq, id, author, key, body, html, reply, mentions::uuid[], $12 from new
               where (select yes from unmoved)
           ), heads as (
               update topic_head head set seq = last.seq from last
               where head.topic = last.hive and (select yes from unmoved)
           )
           insert into topic_event (topic, seq, at, name, data) select hive, seq, $12, $13, data from new
           where (select yes from unmoved)"#,
        &columns.hives,
        &columns.seqs,
        &columns.ids,
        &columns.authors,
        &columns.keys,
        &columns.bodies,
        &columns.htmls,
        &columns.replies as &[Option<i64>],
        &columns.mentions,
        &columns.data,
        &columns.standings as &[Option<String>],
        now as Moment,
        name,
    )
    .execute(db)
    .await?;
    Ok(written.rows_affected() > 0)
}

/// When each of them wrote last, where that is what the next word is decided by.
pub async fn wrote(
    db: impl PgExecutor<'_>,
    (hives, authors): &(Vec<Uuid>, Vec<Uuid>),
    now: Moment,
) -> sqlx::Result<()> {
    query!(
        r#"update hive_member m set wrote_at = $3 from unnest($1::uuid[], $2::uuid[]) as wrote (hive, author)
           where m.hive_id = wrote.hive and m.user_id = wrote.author"#,
        hives,
        authors,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Those of them that wait for the break; they stay as they are until the end of the transaction.
pub async fn lock_held(
    db: impl PgExecutor<'_>,
    hives: &[Uuid],
    authors: &[Uuid],
    keys: &[Uuid],
) -> sqlx::Result<Vec<(HiveId, UserId, Key)>> {
    let rows = query!(
        r#"select h.hive_id as "hive: HiveId", h.author as "author: UserId", h.key as "key: Key" from held_message h
           join unnest($1::uuid[], $2::uuid[], $3::uuid[]) as new (hive, author, key)
           on h.hive_id = new.hive and h.author = new.author and h.key = new.key
           order by h.ordinal for update of h"#,
        hives,
        authors,
        keys,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.hive, row.author, row.key)).collect())
}

pub async fn forget_held(db: impl PgExecutor<'_>, hives: &[Uuid], authors: &[Uuid], keys: &[Uuid]) -> sqlx::Result<()> {
    query!(
        r#"delete from held_message h using unnest($1::uuid[], $2::uuid[], $3::uuid[]) as new (hive, author, key)
           where h.hive_id = new.hive and h.author = new.author and h.key = new.key"#,
        hives,
        authors,
        keys,
    )
    .execute(db)
    .await?;
    Ok(())
}
