//! The SQL of pushes: keys, browsers, and what is to be pushed.

use focushive::{
    Moment,
    id::{NotificationId, SessionId, UserId},
    notification::{Level, Notification, Rule},
};
use sqlx::{PgExecutor, query, query_as, query_scalar};
use uuid::Uuid;

use crate::topic::number;

/// The house's key, which is `fresh` if there was none.
pub async fn key(db: impl PgExecutor<'_>, fresh: &[u8]) -> sqlx::Result<Vec<u8>> {
    query_scalar!(
        r#"insert into push_key (secret) values ($1)
           on conflict (only_row) do update set secret = push_key.secret returning secret"#,
        fresh,
    )
    .fetch_one(db)
    .await
}

pub struct New<'a> {
    pub endpoint: &'a str,
    pub user: UserId,
    pub session: SessionId,
    pub p256dh: &'a [u8],
    pub auth: &'a [u8],
    pub now: Moment,
}

/// A browser that is asked again belongs to whoever asks now.
pub async fn insert(db: impl PgExecutor<'_>, new: New<'_>) -> sqlx::Result<()> {
    query!(
        r#"insert into push_subscription (endpoint, user_id, session_id, p256dh, auth, created_at)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (endpoint) do update
           set user_id = excluded.user_id, session_id = excluded.session_id, p256dh = excluded.p256dh,
               auth = excluded.auth, created_at = excluded.created_at"#,
        new.endpoint,
        new.user as UserId,
        new.session as SessionId,
        new.p256dh,
        new.auth,
        new.now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn cut(db: impl PgExecutor<'_>, user: UserId, most: i64) -> sqlx::Result<()> {
    query!(
        r#"delete from push_subscription where endpoint in (
               select endpoint from push_subscription where user_id = $1 order by created_at desc offset $2)"#,
        user as UserId,
        most,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Somebody's own, or whosever it is.
pub async fn remove(db: impl PgExecutor<'_>, user: Option<UserId>, endpoint: &str) -> sqlx::Result<()> {
    query!(
        "delete from push_subscription where endpoint = $1 and ($2::uuid is null or user_id = $2)",
        endpoint,
        user.map(|user| user.0),
    )
    .execute(db)
    .await?;
    Ok(())
}

pub struct Browser {
    pub session: SessionId,
    pub endpoint: String,
    pub p256dh: Vec<u8>,
    pub auth: Vec<u8>,
}

pub async fn browsers(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Vec<Browser>> {
    query_as!(
        Browser,
        r#"select session_id as "session: SessionId", endpoint, p256dh, auth from push_subscription where user_id = $1"#,
        user as UserId,
    )
    .fetch_all(db)
    .await
}

pub struct Job {
    pub user: UserId,
    pub notification: Notification,
    pub attempt: i16,
}

/// What is due, and what of it only another version of this program can read.
pub struct Due {
    pub jobs: Vec<Job>,
    pub strange: Vec<NotificationId>,
}

/// What is due and still unread, one for each person but some. What was read meanwhile is nobody's
/// business any more.
pub async fn due(db: impl PgExecutor<'_>, now: Moment, but: &[Uuid], limit: usize) -> sqlx::Result<Due> {
    let rows = query!(
        r#"with read as (
               delete from push_job j using notification n where n.id = j.notification_id and n.read_at is not null
           ), due as (
               select distinct on (n.user_id) n.user_id, n.id, n.seq, n.what, n.at, n.level, n.rule, j.attempt, j.due_at
               from push_job j
               join notification n on n.id = j.notification_id and n.read_at is null and n.seq is not null
               where j.due_at <= $1 and n.user_id <> all($2)
               order by n.user_id, j.due_at
           )
           select user_id as "user!: UserId", id as "id!: NotificationId", seq as "seq!", what as "what!",
                  at as "at!: Moment", level as "level!: Level", rule as "rule!: Rule", attempt as "attempt!"
           from due order by due_at limit $3"#,
        now as Moment,
        but,
        i64::try_from(limit).unwrap_or(i64::MAX),
    )
    .fetch_all(db)
    .await?;
    let mut due = Due { jobs: Vec::new(), strange: Vec::new() };
    for row in rows {
        let (id, at, level, rule) = (row.id, row.at, row.level, row.rule);
        match serde_json::from_str(&row.what) {
            Ok(what) => {
                let notification = Notification { id, seq: number(row.seq), what, at, level, rule, read_at: None };
                due.jobs.push(Job { user: row.user, notification, attempt: row.attempt });
            }
            Err(_) => due.strange.push(id),
        }
    }
    Ok(due)
}

pub async fn next_due(db: impl PgExecutor<'_>, but: &[Uuid]) -> sqlx::Result<Option<Moment>> {
    query_scalar!(
        r#"select j.due_at as "at: Moment" from push_job j join notification n on n.id = j.notification_id
           where n.user_id <> all($1) order by j.due_at limit 1"#,
        but,
    )
    .fetch_optional(db)
    .await
}

pub async fn put_off(db: impl PgExecutor<'_>, id: NotificationId, until: Moment, attempt: i16) -> sqlx::Result<()> {
    query!(
        "update push_job set due_at = $2, attempt = $3 where notification_id = $1",
        id as NotificationId,
        until as Moment,
        attempt,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn done(db: impl PgExecutor<'_>, id: NotificationId) -> sqlx::Result<()> {
    query!("delete from push_job where notification_id = $1", id as NotificationId).execute(db).await?;
    Ok(())
}

/// Each try is written down.
pub async fn tried(
    db: impl PgExecutor<'_>,
    job: &Job,
    now: Moment,
    arrived: Option<Moment>,
    failure: Option<&str>,
) -> sqlx::Result<()> {
    query!(
        r#"insert into notification_delivery (notification_id, channel, attempt, tried_at, delivered_at, aloud, failure)
           values ($1, 'push', $2, $3, $4, $5, $6) on conflict do nothing"#,
        job.notification.id as NotificationId,
        job.attempt,
        now as Moment,
        arrived as Option<Moment>,
        arrived.is_some(),
        failure,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn note(db: impl PgExecutor<'_>, user: UserId, ids: &[Uuid], due_at: Moment) -> sqlx::Result<()> {
    query!(
        r#"insert into push_job (notification_id, due_at)
           select id, $3 from unnest($2::uuid[]) as told (id)
           where exists (select from push_subscription where user_id = $1)
           on conflict do nothing"#,
        user as UserId,
        ids,
        due_at as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}
