//! The SQL of an address that is to change.

use focushive::{Moment, id::UserId, text::Email};
use sqlx::{PgExecutor, query, query_scalar};

pub async fn wanted(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Option<Email>> {
    let wanted =
        query_scalar!(r#"select email as "email: Email" from address_change where user_id = $1"#, user as UserId);
    Ok(wanted.fetch_optional(db).await?.flatten())
}

/// False if the last wish is younger than that.
pub async fn want(
    db: impl PgExecutor<'_>,
    user: UserId,
    email: &Email,
    now: Moment,
    not_since: Moment,
) -> sqlx::Result<bool> {
    let done = query!(
        r#"insert into address_change (user_id, email, asked_at) values ($1, $2, $3)
           on conflict (user_id) do update set email = $2, asked_at = $3 where address_change.asked_at <= $4"#,
        user as UserId,
        email as &Email,
        now as Moment,
        not_since as Moment,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn is_taken(db: impl PgExecutor<'_>, email: &Email) -> sqlx::Result<bool> {
    query_scalar!(r#"select exists (select from "user" where email = $1) as "taken!""#, email as &Email)
        .fetch_one(db)
        .await
}

/// It is wanted no more; when it was asked for is kept, since that bounds how often one may ask.
pub async fn forget(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    query!("update address_change set email = null where user_id = $1", user as UserId).execute(db).await?;
    Ok(())
}

pub async fn set(db: impl PgExecutor<'_>, user: UserId, email: &Email, now: Moment) -> sqlx::Result<()> {
    query!(
        r#"update "user" set email = $2, email_verified_at = $3 where id = $1"#,
        user as UserId,
        email as &Email,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}
