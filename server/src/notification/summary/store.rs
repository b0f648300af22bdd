//! The SQL of summaries.

use focushive::{
    Moment,
    id::UserId,
    notification::{Days, Notification, Summary},
    text::{Email, Name, Zone},
};
use sqlx::{PgExecutor, query, query_as, query_scalar};
use uuid::Uuid;

use crate::{notification::store::Stored, topic::stored};

/// How somebody wants it, and when the next one is due.
pub async fn of(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Option<(Summary, Moment)>> {
    let row = query!(
        r#"select days as "days: Days", at_minute, after_hours, due_at as "due_at: Moment"
           from summary where user_id = $1"#,
        user as UserId,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (summary(row.days, row.at_minute, row.after_hours), row.due_at)))
}

fn summary(days: Days, at: i16, after_hours: i16) -> Summary {
    let number = |number: i16| u16::try_from(number).unwrap_or_default();
    Summary { days, at: number(at), after_hours: number(after_hours) }
}

pub async fn zone(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Zone> {
    query_scalar!(r#"select zone as "zone: Zone" from "user" where id = $1"#, user as UserId).fetch_one(db).await
}

pub async fn set(db: impl PgExecutor<'_>, user: UserId, summary: Summary, due_at: Moment) -> sqlx::Result<()> {
    let number = |number: u16| i16::try_from(number).unwrap_or(i16::MAX);
    query!(
        r#"insert into summary (user_id, days, at_minute, after_hours, due_at) values ($1, $2, $3, $4, $5)
           on conflict (user_id) do update
           set days = excluded.days, at_minute = excluded.at_minute, after_hours = excluded.after_hours,
               due_at = excluded.due_at"#,
        user as UserId,
        summary.days as Days,
        number(summary.at),
        number(summary.after_hours),
        due_at as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn remove(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    query!("delete from summary where user_id = $1", user as UserId).execute(db).await?;
    Ok(())
}

/// Whom one is due to. An address that nobody confirmed gets none.
pub struct Due {
    pub user: UserId,
    pub name: Name,
    pub email: Email,
    pub zone: Zone,
    pub summary: Summary,
}

pub async fn due(db: impl PgExecutor<'_>, now: Moment, limit: i64) -> sqlx::Result<Vec<Due>> {
    let rows = query!(
        r#"select s.user_id as "user: UserId", u.name as "name: Name", u.email as "email: Email",
                  u.zone as "zone: Zone", s.days as "days: Days", s.at_minute, s.after_hours
           from summary s
           join "user" u on u.id = s.user_id and u.active and u.email_verified_at is not null
           where s.due_at <= $1 order by s.due_at limit $2"#,
        now as Moment,
        limit,
    )
    .fetch_all(db)
    .await?;
    let due = rows.into_iter().map(|row| Due {
        user: row.user,
        name: row.name,
        email: row.email,
        zone: row.zone,
        summary: summary(row.days, row.at_minute, row.after_hours),
    });
    Ok(due.collect())
}

/// Whether it was this hand that put it off: what is due is taken by one alone.
pub async fn take(db: impl PgExecutor<'_>, user: UserId, now: Moment, next: Moment) -> sqlx::Result<bool> {
    let done = query!(
        "update summary set due_at = $3 where user_id = $1 and due_at <= $2",
        user as UserId,
        now as Moment,
        next as Moment
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// It is tried again, if it is still the one that was taken.
pub async fn again(db: impl PgExecutor<'_>, user: UserId, taken: Moment, again: Moment) -> sqlx::Result<()> {
    query!(
        "update summary set due_at = $3 where user_id = $1 and due_at = $2",
        user as UserId,
        taken as Moment,
        again as Moment
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn next_due(db: impl PgExecutor<'_>) -> sqlx::Result<Option<Moment>> {
    query_scalar!(
        r#"select s.due_at as "at: Moment" from summary s
           join "user" u on u.id = s.user_id and u.active and u.email_verified_at is not null
           order by s.due_at limit 1"#
    )
    .fetch_optional(db)
    .await
}

/// What was told before and is unread still, newest first, but for what a letter has told already.
pub async fn unread(
    db: impl PgExecutor<'_>,
    user: UserId,
    before: Moment,
    limit: u32,
) -> sqlx::Result<Vec<Notification>> {
    let rows = query_as!(
        Stored,
        r#"select n.id as "id: _", n.seq as "seq!", n.what, n.at as "at: Moment", n.level as "level!: _",
                  n.rule as "rule!: _", n.read_at as "read_at: Moment", null as "body?: _"
           from notification n
           where n.user_id = $1 and n.seq is not null and n.read_at is null and n.level <> 'off' and n.told_at <= $2
             and not exists (select from notification_delivery d
                             where d.notification_id = n.id and d.channel = 'email' and d.delivered_at is not null)
           order by n.seq desc limit $3"#,
        user as UserId,
        before as Moment,
        stored(u64::from(limit)),
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().filter_map(Stored::row).map(|row| row.notification).collect())
}

/// Each try is written down.
pub async fn tried(
    db: impl PgExecutor<'_>,
    ids: &[Uuid],
    now: Moment,
    arrived: Option<Moment>,
    failure: Option<&str>,
) -> sqlx::Result<()> {
    query!(
        r#"insert into notification_delivery (notification_id, channel, attempt, tried_at, delivered_at, aloud, failure)
           select id, 'email',
                  (select coalesce(max(attempt), 0) + 1 from notification_delivery
                   where notification_id = id and channel = 'email'), $2, $3, false, $4
           from unnest($1::uuid[]) as told (id)"#,
        ids,
        now as Moment,
        arrived as Option<Moment>,
        failure,
    )
    .execute(db)
    .await?;
    Ok(())
}
