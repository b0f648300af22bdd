//! The SQL of drafts.

use focushive::{id::UserId, text::DraftText};
use sqlx::{PgExecutor, query, query_scalar};
use uuid::Uuid;

pub async fn find(db: impl PgExecutor<'_>, user: UserId, place: Uuid) -> sqlx::Result<Option<DraftText>> {
    query_scalar!(
        r#"select text as "text: DraftText" from draft where user_id = $1 and place = $2"#,
        user as UserId,
        place,
    )
    .fetch_optional(db)
    .await
}

/// Where somebody left something unsent.
pub async fn places(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Vec<Uuid>> {
    query_scalar!("select place from draft where user_id = $1", user as UserId).fetch_all(db).await
}

pub async fn set(db: impl PgExecutor<'_>, user: UserId, place: Uuid, text: &DraftText) -> sqlx::Result<()> {
    query!(
        r#"insert into draft (user_id, place, text) values ($1, $2, $3)
           on conflict (user_id, place) do update set text = excluded.text, updated_at = now()"#,
        user as UserId,
        place,
        text as &DraftText,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn remove(db: impl PgExecutor<'_>, user: UserId, place: Uuid) -> sqlx::Result<()> {
    query!("delete from draft where user_id = $1 and place = $2", user as UserId, place).execute(db).await?;
    Ok(())
}
