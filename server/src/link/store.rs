//! The SQL of one-time links and of the wish for one.

use focushive::{Moment, id::UserId};
use sqlx::{PgExecutor, PgPool, query, query_scalar};

use super::Purpose;

pub async fn replace(
    db: &PgPool,
    digest: &[u8],
    user: UserId,
    purpose: Purpose,
    expires_at: Moment,
) -> sqlx::Result<()> {
    let mut tx = db.begin().await?;
    forget(&mut *tx, user, purpose).await?;
    query!(
        "insert into one_time_link (digest, user_id, purpose, expires_at) values ($1, $2, $3, $4)",
        digest,
        user as UserId,
        purpose as Purpose,
        expires_at as Moment,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Links that were not used yet stop working.
pub async fn forget(db: impl PgExecutor<'_>, user: UserId, purpose: Purpose) -> sqlx::Result<()> {
    query!(
        "delete from one_time_link where user_id = $1 and purpose = $2 and used_at is null",
        user as UserId,
        purpose as Purpose,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn is_good(db: impl PgExecutor<'_>, digest: &[u8], purpose: Purpose, now: Moment) -> sqlx::Result<bool> {
    query_scalar!(
        r#"select exists (select from one_time_link where digest = $1 and purpose = $2 and used_at is null
                          and expires_at > $3) as "good!""#,
        digest,
        purpose as Purpose,
        now as Moment,
    )
    .fetch_one(db)
    .await
}

/// Uses the link up and says whose it was. One statement, so that of two uses at once one wins.
pub async fn spend(
    db: impl PgExecutor<'_>,
    digest: &[u8],
    purpose: Purpose,
    now: Moment,
) -> sqlx::Result<Option<UserId>> {
    query_scalar!(
        r#"update one_time_link set used_at = $3
           where digest = $1 and purpose = $2 and used_at is null and expires_at > $3
           returning user_id as "user: UserId""#,
        digest,
        purpose as Purpose,
        now as Moment,
    )
    .fetch_optional(db)
    .await
}

pub async fn set_verified(db: impl PgExecutor<'_>, user: UserId, now: Moment) -> sqlx::Result<()> {
    query!(r#"update "user" set email_verified_at = $2 where id = $1"#, user as UserId, now as Moment)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn want_reset(db: impl PgExecutor<'_>, user: UserId, now: Moment) -> sqlx::Result<()> {
    query!(
        "insert into reset_request (user_id, asked_at) values ($1, $2) on conflict (user_id) do update set asked_at = $2",
        user as UserId,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn forget_want(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    query!("delete from reset_request where user_id = $1", user as UserId).execute(db).await?;
    Ok(())
}
