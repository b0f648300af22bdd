//! The SQL of what was attested: stretches, and how long this house has been running.

use focushive::{
    Moment,
    focus::{Attested, Was},
    id::UserId,
    timer::Span,
};
use sqlx::{PgExecutor, query, query_scalar};
use uuid::Uuid;

use crate::presence::Stretch;

pub async fn alive(db: impl PgExecutor<'_>) -> sqlx::Result<Option<Moment>> {
    query_scalar!(r#"select at as "at: Moment" from alive"#).fetch_optional(db).await
}

pub async fn set_alive(db: impl PgExecutor<'_>, now: Moment) -> sqlx::Result<()> {
    query!("insert into alive (at) values ($1) on conflict (only_row) do update set at = excluded.at", now as Moment)
        .execute(db)
        .await?;
    Ok(())
}

/// A stretch that goes on is the same stretch, longer.
pub async fn write_attested(db: impl PgExecutor<'_>, stretches: &[Stretch]) -> sqlx::Result<()> {
    let places: Vec<Uuid> = stretches.iter().map(|stretch| stretch.place).collect();
    let users: Vec<Uuid> = stretches.iter().map(|stretch| stretch.user.0).collect();
    let from: Vec<_> = stretches.iter().map(|stretch| stretch.attested.span.from.0).collect();
    let to: Vec<_> = stretches.iter().map(|stretch| stretch.attested.span.to.0).collect();
    let was: Vec<Was> = stretches.iter().map(|stretch| stretch.attested.was).collect();
    if places.is_empty() {
        return Ok(());
    }
    query!(
        r#"insert into attested (place, user_id, from_at, to_at, was)
           select place, user_id, from_at, max(to_at), min(was)
           from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::text[])
                as t (place, user_id, from_at, to_at, was)
           where exists (select from "user" u where u.id = t.user_id)
           group by place, user_id, from_at
           on conflict (place, user_id, from_at) do update set to_at = greatest(attested.to_at, excluded.to_at)"#,
        &places,
        &users,
        &from,
        &to,
        &was as &[Was],
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What was attested at a place within a span, of one person or of all.
pub async fn attested(
    db: impl PgExecutor<'_>,
    place: Uuid,
    user: Option<UserId>,
    span: Span,
) -> sqlx::Result<Vec<(UserId, Attested)>> {
    let rows = query!(
        r#"select user_id as "user: UserId", from_at as "from: Moment", to_at as "to: Moment", was as "was: Was"
           from attested where place = $1 and ($2::uuid is null or user_id = $2) and to_at > $3 and from_at < $4
           order by from_at"#,
        place,
        user.map(|user| user.0),
        span.from as Moment,
        span.to as Moment,
    )
    .fetch_all(db)
    .await?;
    let attested = |from, to, was| Attested { span: Span { from, to }, was };
    Ok(rows.into_iter().map(|row| (row.user, attested(row.from, row.to, row.was))).collect())
}

/// The last stretch of somebody at a place.
pub async fn last_attested(db: impl PgExecutor<'_>, place: Uuid, user: UserId) -> sqlx::Result<Option<Attested>> {
    let row = query!(
        r#"select from_at as "from: Moment", to_at as "to: Moment", was as "was: Was" from attested
           where place = $1 and user_id = $2 order by from_at desc limit 1"#,
        place,
        user as UserId,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Attested { span: Span { from: row.from, to: row.to }, was: row.was }))
}

pub async fn move_attested(
    db: impl PgExecutor<'_>,
    user: UserId,
    from: Uuid,
    to: Uuid,
    span: Span,
) -> sqlx::Result<()> {
    query!(
        "update attested set place = $3 where place = $2 and user_id = $1 and to_at > $4 and from_at <= $5",
        user as UserId,
        from,
        to,
        span.from as Moment,
        span.to as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Stretches whose sessions can be explained no more.
pub async fn forget_attested(db: impl PgExecutor<'_>, before: Moment) -> sqlx::Result<()> {
    query!("delete from attested where to_at < $1", before as Moment).execute(db).await?;
    Ok(())
}
