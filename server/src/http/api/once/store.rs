//! The SQL of what is done once.

use focushive::{Moment, id::UserId};
use sqlx::{PgExecutor, query, query_as};

/// Something that was begun under a key.
pub struct Begun {
    pub request: Vec<u8>,
    pub answer: Option<Vec<u8>>,
    pub began_at: Moment,
}

/// Takes the key, if nobody has since `forgotten`.
pub async fn take(
    db: impl PgExecutor<'_>,
    user: UserId,
    key: &[u8],
    request: &[u8],
    (now, forgotten): (Moment, Moment),
) -> sqlx::Result<bool> {
    let taken = query!(
        r#"insert into idempotency (user_id, key, request, began_at) values ($1, $2, $3, $4)
           on conflict (user_id, key) do update
           set request = excluded.request, answer = null, began_at = excluded.began_at
           where idempotency.began_at < $5"#,
        user as UserId,
        key,
        request,
        now as Moment,
        forgotten as Moment,
    )
    .execute(db)
    .await?;
    Ok(taken.rows_affected() == 1)
}

pub async fn look(db: impl PgExecutor<'_>, user: UserId, key: &[u8]) -> sqlx::Result<Option<Begun>> {
    query_as!(
        Begun,
        r#"select request, answer, began_at as "began_at: Moment" from idempotency where user_id = $1 and key = $2"#,
        user as UserId,
        key,
    )
    .fetch_optional(db)
    .await
}

/// Takes over what was begun and never ended.
pub async fn take_over(
    db: impl PgExecutor<'_>,
    user: UserId,
    key: &[u8],
    (now, began_at): (Moment, Moment),
) -> sqlx::Result<bool> {
    let taken = query!(
        "update idempotency set began_at = $4 where user_id = $1 and key = $2 and began_at = $3 and answer is null",
        user as UserId,
        key,
        began_at as Moment,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(taken.rows_affected() == 1)
}

pub async fn keep(db: impl PgExecutor<'_>, user: UserId, key: &[u8], answer: &[u8]) -> sqlx::Result<()> {
    query!("update idempotency set answer = $3 where user_id = $1 and key = $2", user as UserId, key, answer)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn forget(db: impl PgExecutor<'_>, user: UserId, key: &[u8]) -> sqlx::Result<()> {
    query!("delete from idempotency where user_id = $1 and key = $2", user as UserId, key).execute(db).await?;
    Ok(())
}

pub async fn sweep(db: impl PgExecutor<'_>, forgotten: Moment) -> sqlx::Result<()> {
    query!("delete from idempotency where began_at < $1", forgotten as Moment).execute(db).await?;
    Ok(())
}
