//! The SQL of tokens: signing keys and refresh tokens.

use focushive::{
    Moment,
    id::{SessionId, UserId},
};
use sqlx::{PgExecutor, PgPool, query, query_as};

use super::keyring::Key;

/// Adds `fresh` if no key is younger than `oldest`; the others then verify until `retires_at`.
pub async fn rotate_keys(db: &PgPool, fresh: &Key, oldest: Moment, retires_at: Moment) -> sqlx::Result<()> {
    let mut tx = db.begin().await?;
    query!("lock table token_key in share row exclusive mode").execute(&mut *tx).await?;
    let added = query!(
        r#"insert into token_key (kid, secret, created_at)
           select $1, $2, $3 where not exists (select from token_key where created_at > $4)"#,
        fresh.kid,
        fresh.secret,
        fresh.created_at as Moment,
        oldest as Moment,
    )
    .execute(&mut *tx)
    .await?;
    if added.rows_affected() > 0 {
        query!(
            "update token_key set retires_at = $2 where kid <> $1 and retires_at is null",
            fresh.kid,
            retires_at as Moment,
        )
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await
}

pub async fn token_keys(db: impl PgExecutor<'_>, now: Moment) -> sqlx::Result<Vec<Key>> {
    query_as!(
        Key,
        r#"select kid, secret, created_at as "created_at: Moment", retires_at as "retires_at: Moment"
           from token_key where retires_at is null or retires_at > $1 order by created_at"#,
        now as Moment,
    )
    .fetch_all(db)
    .await
}

pub async fn insert_refresh(
    db: impl PgExecutor<'_>,
    digest: &[u8],
    session: SessionId,
    expires_at: Moment,
) -> sqlx::Result<()> {
    query!(
        "insert into refresh_token (digest, session_id, expires_at) values ($1, $2, $3)",
        digest,
        session as SessionId,
        expires_at as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub struct RefreshToken {
    pub session: SessionId,
    pub user: UserId,
    pub active: bool,
    pub used_at: Option<Moment>,
    pub expires_at: Moment,
}

/// The token, locked, so that of two uses at once one is the second.
pub async fn lock_refresh(db: impl PgExecutor<'_>, digest: &[u8]) -> sqlx::Result<Option<RefreshToken>> {
    query_as!(
        RefreshToken,
        r#"select t.session_id as "session: SessionId", s.user_id as "user: UserId", u.active,
                  t.used_at as "used_at: Moment", t.expires_at as "expires_at: Moment"
           from refresh_token t join session s on s.id = t.session_id join "user" u on u.id = s.user_id
           where t.digest = $1
           for update of t"#,
        digest,
    )
    .fetch_optional(db)
    .await
}

pub async fn use_refresh(db: impl PgExecutor<'_>, digest: &[u8], now: Moment) -> sqlx::Result<()> {
    query!("update refresh_token set used_at = $2 where digest = $1", digest, now as Moment).execute(db).await?;
    Ok(())
}
