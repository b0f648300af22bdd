//! The SQL of what is attested late.

use focushive::id::{StintId, UserId};
use sqlx::{PgExecutor, query};
use uuid::Uuid;

use crate::presence::Stretch;

/// Their clocks stand still for as long as the transaction lasts.
pub async fn hold_clocks(db: impl PgExecutor<'_>, stretches: &[Stretch]) -> sqlx::Result<()> {
    let places: Vec<Uuid> = stretches.iter().map(|stretch| stretch.place).collect();
    query!("select from timer where place = any($1) order by place for share", &places).execute(db).await?;
    Ok(())
}

/// The recorded sessions that these reach into, and whose they are.
pub async fn touched(db: impl PgExecutor<'_>, stretches: &[Stretch]) -> sqlx::Result<Vec<(StintId, UserId)>> {
    let places: Vec<Uuid> = stretches.iter().map(|stretch| stretch.place).collect();
    let users: Vec<Uuid> = stretches.iter().map(|stretch| stretch.user.0).collect();
    let from: Vec<_> = stretches.iter().map(|stretch| stretch.attested.span.from.0).collect();
    let to: Vec<_> = stretches.iter().map(|stretch| stretch.attested.span.to.0).collect();
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let rows = query!(
        r#"select distinct s.id as "id: StintId", s.user_id as "user: UserId"
           from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) as t (place, user_id, from_at, to_at)
           join stint s on s.user_id = t.user_id and s.place = t.place
                       and s.began_at < t.to_at and s.ended_at > t.from_at"#,
        &places,
        &users,
        &from,
        &to,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.user)).collect())
}

/// It counts so much, if that is more; with enough it is not void any more.
pub async fn raise(db: impl PgExecutor<'_>, stint: StintId, credited: i32, least: i32) -> sqlx::Result<bool> {
    let done = query!(
        "update stint set credited_seconds = $2, void = void and $2 < $3 where id = $1 and credited_seconds < $2",
        stint as StintId,
        credited,
        least,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}
