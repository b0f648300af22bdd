//! The SQL of drafts.

use focushive::{id::UserId, text::DraftText};
use sqlx::{PgExecutor, query, query_scalar};
use uuid::Uuid;

use crate::topic::stored;

/// Where a draft is: in a place, and there in its composer, or where a message is written anew.
#[derive(Clone, Copy)]
pub struct Spot {
    pub place: Uuid,
    pub message: Option<u64>,
}

impl Spot {
    /// Zero stands for the composer: messages are numbered from one.
    fn message(self) -> i64 {
        self.message.map(stored).unwrap_or_default()
    }
}

pub async fn find(db: impl PgExecutor<'_>, user: UserId, spot: Spot) -> sqlx::Result<Option<DraftText>> {
    query_scalar!(
        r#"select text as "text: DraftText" from draft where user_id = $1 and place = $2 and message = $3"#,
        user as UserId,
        spot.place,
        spot.message(),
    )
    .fetch_optional(db)
    .await
}

/// In which composers somebody left something unsent.
pub async fn places(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Vec<Uuid>> {
    query_scalar!("select place from draft where user_id = $1 and message = 0", user as UserId).fetch_all(db).await
}

pub async fn set(db: impl PgExecutor<'_>, user: UserId, spot: Spot, text: &DraftText) -> sqlx::Result<()> {
    query!(
        r#"insert into draft (user_id, place, message, text) values ($1, $2, $3, $4)
           on conflict (user_id, place, message) do update set text = excluded.text, updated_at = now()"#,
        user as UserId,
        spot.place,
        spot.message(),
        text as &DraftText,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn remove(db: impl PgExecutor<'_>, user: UserId, spot: Spot) -> sqlx::Result<()> {
    query!(
        "delete from draft where user_id = $1 and place = $2 and message = $3",
        user as UserId,
        spot.place,
        spot.message(),
    )
    .execute(db)
    .await?;
    Ok(())
}
