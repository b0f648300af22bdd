//! The SQL of the bell: what was told, how much of it is unread, and how each bell is set.

use focushive::{
    Moment,
    id::{HiveId, NotificationId, UserId},
    notification::{Count, Digest, Level, New, Notification, Row, Rule, Schedule, What, Written},
    text::{Body, HiveName, Zone},
};
use sqlx::{PgExecutor, query, query_as, query_scalar};
use uuid::Uuid;

use crate::topic::{number, stored};

/// How a bell stands.
#[derive(Default)]
pub struct Standing {
    pub count: Count,
    /// What is due and not told yet.
    pub waiting: u32,
    pub schedule: Schedule,
    pub snoozed_until: Option<Moment>,
    pub zone: Zone,
    /// Since when they were at work, while the card about that is owed to them.
    pub owed_since: Option<Moment>,
    /// Their focus is over, and the card about it had to wait for the end of another silence.
    pub card_is_due: bool,
}

/// Something that is told, and whether a device of theirs listens right now.
pub struct Told {
    pub new: New,
    pub heard: bool,
}

/// Takes the lock of a bell until the end of the transaction; always before that of the log.
pub async fn lock(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    query!(
        "insert into bell (user_id) values ($1) on conflict (user_id) do update set user_id = excluded.user_id",
        user as UserId
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn standing(db: impl PgExecutor<'_>, user: UserId, now: Moment) -> sqlx::Result<Standing> {
    let row = query!(
        r#"select coalesce(b.unread, 0) as "unread!", coalesce(b.attention, 0) as "attention!",
                  coalesce(b.schedule, '[]') as "schedule!", b.snoozed_until as "snoozed_until?: Moment",
                  u.zone as "zone!: Zone", b.owed_since as "owed_since?: Moment",
                  coalesce(b.card_at <= $2, false) as "card_is_due!",
                  (select count(*) from (select 1 from notification n
                   where n.user_id = u.id and n.seq is null and (n.due_at <= $2 or n.held) limit 1000) waits) as "waiting!"
           from "user" u left join bell b on b.user_id = u.id where u.id = $1"#,
        user as UserId,
        now as Moment,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map_or_else(Standing::default, |row| Standing {
        count: count_of(row.unread, row.attention),
        waiting: u32::try_from(row.waiting).unwrap_or(u32::MAX),
        schedule: serde_json::from_str(&row.schedule).unwrap_or_default(),
        snoozed_until: row.snoozed_until,
        zone: row.zone,
        owed_since: row.owed_since,
        card_is_due: row.card_is_due,
    }))
}

/// Everybody for whom it is quiet by the hour, or was said to be since then.
pub async fn set_to_be_quiet(db: impl PgExecutor<'_>, since: Moment) -> sqlx::Result<Vec<(UserId, Standing)>> {
    let rows = query!(
        r#"select b.user_id as "user: UserId", b.schedule, b.snoozed_until as "snoozed_until: Moment",
                  u.zone as "zone: Zone"
           from bell b join "user" u on u.id = b.user_id
           where b.schedule <> '[]' or b.snoozed_until > $1"#,
        since as Moment,
    )
    .fetch_all(db)
    .await?;
    let standing = |schedule: &str, snoozed_until, zone| Standing {
        schedule: serde_json::from_str(schedule).unwrap_or_default(),
        snoozed_until,
        zone,
        ..Standing::default()
    };
    Ok(rows.into_iter().map(|row| (row.user, standing(&row.schedule, row.snoozed_until, row.zone))).collect())
}

fn count_of(unread: i32, attention: i32) -> Count {
    let number = |count: i32| u32::try_from(count).unwrap_or_default();
    Count { unread: number(unread), attention: number(attention) }
}

/// So many more are unread, or fewer; the answer is how much is now. Its lock is held.
pub async fn shift(db: impl PgExecutor<'_>, user: UserId, unread: i32, attention: i32) -> sqlx::Result<Count> {
    let row = query!(
        r#"update bell set unread = unread + $2, attention = attention + $3 where user_id = $1
           returning unread, attention"#,
        user as UserId,
        unread,
        attention,
    )
    .fetch_one(db)
    .await?;
    Ok(count_of(row.unread, row.attention))
}

/// Plain structures of ours: writing one to memory cannot fail.
pub fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A notification as it is kept.
pub struct Stored {
    pub id: NotificationId,
    pub seq: i64,
    pub what: String,
    pub at: Moment,
    pub level: Level,
    pub rule: Rule,
    pub read_at: Option<Moment>,
    pub body: Option<Body>,
}

impl Stored {
    /// Nothing for what a later version wrote.
    pub fn row(self) -> Option<Row> {
        let what: What = serde_json::from_str(&self.what).ok()?;
        let Self { id, at, level, rule, read_at, .. } = self;
        let notification = Notification { id, seq: number(self.seq), what, at, level, rule, read_at };
        Some(Row { notification, excerpt: self.body.map(|body| body.excerpt()) })
    }
}

/// What was told, newest first, with how the message begins that it is about.
pub async fn page(
    db: impl PgExecutor<'_>,
    user: UserId,
    before: Option<u64>,
    kinds: Option<&[String]>,
    limit: u32,
) -> sqlx::Result<Vec<Row>> {
    let rows = query_as!(
        Stored,
        r#"select n.id as "id: NotificationId", n.seq as "seq!", n.what, n.at as "at: Moment",
                  n.level as "level!: Level", n.rule as "rule!: Rule", n.read_at as "read_at: Moment",
                  m.body as "body?: Body"
           from notification n
           left join message m on m.hive_id = n.hive_id and m.seq = n.message and m.deleted_at is null
                and exists (select from hive_member hm where hm.hive_id = n.hive_id and hm.user_id = n.user_id)
           where n.user_id = $1 and n.seq is not null and n.seq < $2 and ($3::text[] is null or n.kind = any($3))
           order by n.seq desc limit $4"#,
        user as UserId,
        before.map_or(i64::MAX, stored),
        kinds,
        i64::from(limit),
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().filter_map(Stored::row).collect())
}

/// What is unread of what was told since, in order.
pub async fn unread_since(db: impl PgExecutor<'_>, user: UserId, since: Moment) -> sqlx::Result<Vec<Notification>> {
    let rows = query_as!(
        Stored,
        r#"select id as "id: NotificationId", seq as "seq!", what, at as "at: Moment", level as "level!: Level",
                  rule as "rule!: Rule", read_at as "read_at: Moment", null as "body?: Body"
           from notification
           where user_id = $1 and seq is not null and read_at is null and told_at >= $2 and kind <> 'session_ended'
           order by seq limit 5000"#,
        user as UserId,
        since as Moment,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().filter_map(Stored::row).map(|row| row.notification).collect())
}

/// How much was written in one's hives since then and is unread; of each hive at most the newest
/// thousand are looked at.
pub async fn written_since(db: impl PgExecutor<'_>, user: UserId, since: Moment) -> sqlx::Result<Vec<Written>> {
    let rows = query!(
        r#"select m.hive_id as "hive: HiveId", h.name as "name: HiveName", w.count as "count!", w.first as "first!"
           from hive_member m
           join hive h on h.id = m.hive_id
           cross join lateral (
               select count(*) as count, min(newest.seq) as first
               from (select seq, at, author from message
                     where hive_id = m.hive_id and seq > m.read_to and deleted_at is null
                     order by seq desc limit 1000) newest
               where newest.at >= $2 and newest.author <> $1
                 and not exists (select from notification n where n.user_id = $1 and n.hive_id = m.hive_id
                                 and n.message = newest.seq and n.seq is not null)
           ) w
           where m.user_id = $1 and w.count > 0
           order by w.count desc"#,
        user as UserId,
        since as Moment,
    )
    .fetch_all(db)
    .await?;
    let written = rows.into_iter().map(|row| Written {
        hive: row.hive,
        name: row.name,
        count: u32::try_from(row.count).unwrap_or(u32::MAX),
        first: number(row.first),
    });
    Ok(written.collect())
}

pub async fn digest(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Option<Digest>> {
    let found = query_scalar!("select digest from bell where user_id = $1", user as UserId).fetch_optional(db).await?;
    Ok(found.flatten().and_then(|digest| serde_json::from_str(&digest).ok()))
}

pub async fn set_digest(db: impl PgExecutor<'_>, user: UserId, digest: Option<&Digest>) -> sqlx::Result<()> {
    query!("update bell set digest = $2 where user_id = $1", user as UserId, digest.map(json)).execute(db).await?;
    Ok(())
}

pub async fn set_schedule(db: impl PgExecutor<'_>, user: UserId, schedule: &Schedule) -> sqlx::Result<()> {
    query!(
        r#"insert into bell (user_id, schedule) values ($1, $2)
           on conflict (user_id) do update set schedule = excluded.schedule"#,
        user as UserId,
        json(schedule),
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set_snooze(db: impl PgExecutor<'_>, user: UserId, until: Option<Moment>) -> sqlx::Result<()> {
    query!(
        r#"insert into bell (user_id, snoozed_until) values ($1, $2)
           on conflict (user_id) do update set snoozed_until = excluded.snoozed_until"#,
        user as UserId,
        until as Option<Moment>,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A card that is owed to somebody at the end of a focus.
pub struct Debt {
    pub user: UserId,
    pub since: Moment,
    /// They were at work just before this house went down, and their clock may still be running.
    pub is_expected: bool,
}

pub async fn debts(db: impl PgExecutor<'_>, now: Moment) -> sqlx::Result<Vec<Debt>> {
    query_as!(
        Debt,
        r#"select b.user_id as "user: UserId", b.owed_since as "since!: Moment",
                  exists (select from attested a join timer t on t.place = a.place
                          where a.user_id = b.user_id and a.was in ('there', 'overtime')
                            and a.to_at > coalesce((select at from alive), $1) - interval '2 minutes'
                            and coalesce(t.wakes_at > $1, true)) as "is_expected!"
           from bell b where b.owed_since is not null and b.card_at is null"#,
        now as Moment,
    )
    .fetch_all(db)
    .await
}

/// Writes down since when people are at work; what is owed already stays, and is shown when they are
/// done.
pub async fn owe(db: impl PgExecutor<'_>, new: &[(UserId, Moment)]) -> sqlx::Result<()> {
    let users: Vec<Uuid> = new.iter().map(|(user, _)| user.0).collect();
    let sinces: Vec<Moment> = new.iter().map(|(_, since)| *since).collect();
    query!(
        r#"insert into bell (user_id, owed_since)
           select new.user_id, new.since from unnest($1::uuid[], $2::timestamptz[]) as new (user_id, since)
           join "user" u on u.id = new.user_id
           order by new.user_id
           on conflict (user_id) do update
           set owed_since = coalesce(bell.owed_since, excluded.owed_since), card_at = null"#,
        &users,
        &sinces as &[Moment],
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Nothing is owed to them any more.
pub async fn forgive(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    query!("update bell set owed_since = null, card_at = null where user_id = $1", user as UserId).execute(db).await?;
    Ok(())
}

/// The card that is owed to them waits until then.
pub async fn keep_card(db: impl PgExecutor<'_>, user: UserId, until: Moment) -> sqlx::Result<()> {
    query!(
        "update bell set card_at = $2 where user_id = $1 and owed_since is not null",
        user as UserId,
        until as Moment
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A card that waits is looked at anew.
pub async fn release_card(db: impl PgExecutor<'_>, user: UserId, now: Moment) -> sqlx::Result<()> {
    query!("update bell set card_at = $2 where user_id = $1 and card_at > $2", user as UserId, now as Moment)
        .execute(db)
        .await?;
    Ok(())
}

/// Who has something due, but some.
pub async fn due(db: impl PgExecutor<'_>, now: Moment, quiet: &[Uuid], limit: i64) -> sqlx::Result<Vec<UserId>> {
    query_scalar!(
        r#"select user_id as "user!: UserId" from notification
           where seq is null and due_at <= $1 and user_id <> all($2)
           union
           select user_id from bell where card_at <= $1 and user_id <> all($2)
           limit $3"#,
        now as Moment,
        quiet,
        limit,
    )
    .fetch_all(db)
    .await
}

pub async fn next_due(db: impl PgExecutor<'_>, quiet: &[Uuid]) -> sqlx::Result<Option<Moment>> {
    query_scalar!(
        r#"select least((select due_at from notification
                         where seq is null and user_id <> all($1) order by due_at limit 1),
                        (select card_at from bell
                         where card_at is not null and user_id <> all($1) order by card_at limit 1)) as "at: Moment""#,
        quiet,
    )
    .fetch_one(db)
    .await
}
