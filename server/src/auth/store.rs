//! The SQL of coming in: sessions, cookies, credentials, failures.

use focushive::{
    Moment,
    account::{Session, SessionKind},
    id::{SessionId, UserId},
    text::{Email, Label, Name},
    user::Role,
};
use serde_json::Value;
use sqlx::{PgExecutor, PgPool, query, query_as, query_scalar};
use uuid::Uuid;

use super::throttle::Try;

/// What identification needs to know of a sign-in.
#[derive(Clone)]
pub struct SignedIn {
    pub user: UserId,
    pub role: Role,
    pub session: SessionId,
    pub seen_at: Moment,
}

/// The people behind those of these sign-ins that live: there, active, and not expired.
pub async fn signed_in(db: impl PgExecutor<'_>, sessions: &[Uuid], now: Moment) -> sqlx::Result<Vec<SignedIn>> {
    query_as!(
        SignedIn,
        r#"select u.id as "user: UserId", u.role as "role: Role", s.id as "session: SessionId",
                  s.seen_at as "seen_at: Moment"
           from session s join "user" u on u.id = s.user_id
           where s.id = any($1) and s.expires_at > $2 and u.active and u.removed_at is null"#,
        sessions,
        now as Moment,
    )
    .fetch_all(db)
    .await
}

pub struct NewSession<'a> {
    pub id: SessionId,
    pub user: UserId,
    pub kind: SessionKind,
    pub label: &'a Label,
    pub address: &'a str,
    pub now: Moment,
    pub expires_at: Moment,
}

pub async fn insert_session(db: impl PgExecutor<'_>, new: NewSession<'_>) -> sqlx::Result<()> {
    query!(
        r#"insert into session (id, user_id, kind, label, address, created_at, seen_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $6, $7)"#,
        new.id as SessionId,
        new.user as UserId,
        new.kind as SessionKind,
        new.label as &Label,
        new.address,
        new.now as Moment,
        new.expires_at as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn touch_session(
    db: impl PgExecutor<'_>,
    session: SessionId,
    now: Moment,
    expires_at: Moment,
) -> sqlx::Result<()> {
    query!(
        "update session set seen_at = $2, expires_at = greatest(expires_at, $3) where id = $1",
        session as SessionId,
        now as Moment,
        expires_at as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn sessions(
    db: impl PgExecutor<'_>,
    user: UserId,
    current: SessionId,
    now: Moment,
) -> sqlx::Result<Vec<Session>> {
    query_as!(
        Session,
        r#"select id as "id: SessionId", kind as "kind: SessionKind", label as "label: Label", address,
                  created_at as "created_at: Moment", seen_at as "seen_at: Moment", id = $2 as "current!"
           from session where user_id = $1 and expires_at > $3
           order by id = $2 desc, seen_at desc"#,
        user as UserId,
        current as SessionId,
        now as Moment,
    )
    .fetch_all(db)
    .await
}

/// Ends one sign-in of somebody; false if they have no such one.
pub async fn end_session(db: impl PgExecutor<'_>, user: UserId, session: SessionId) -> sqlx::Result<bool> {
    let done = query!("delete from session where id = $1 and user_id = $2", session as SessionId, user as UserId)
        .execute(db)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Ends all sign-ins of somebody, but for one that may be kept.
pub async fn end_sessions(db: impl PgExecutor<'_>, user: UserId, keep: Option<SessionId>) -> sqlx::Result<()> {
    query!(
        "delete from session where user_id = $1 and id is distinct from $2",
        user as UserId,
        keep as Option<SessionId>,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What a sign-in is checked against.
pub struct Credentials {
    pub user: UserId,
    pub email: Email,
    pub name: Name,
    pub password_hash: Option<String>,
    pub active: bool,
}

pub async fn credentials(db: impl PgExecutor<'_>, email: &str) -> sqlx::Result<Option<Credentials>> {
    query_as!(
        Credentials,
        r#"select id as "user: UserId", email as "email: Email", name as "name: Name", password_hash, active
           from "user" where email = $1 and removed_at is null"#,
        email,
    )
    .fetch_optional(db)
    .await
}

pub async fn password_hash(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Option<String>> {
    query_scalar!(r#"select password_hash from "user" where id = $1"#, user as UserId).fetch_one(db).await
}

pub async fn set_password(db: impl PgExecutor<'_>, user: UserId, hash: &str) -> sqlx::Result<()> {
    query!(r#"update "user" set password_hash = $2 where id = $1"#, user as UserId, hash).execute(db).await?;
    Ok(())
}

pub struct Failures {
    pub account: u32,
    pub address: u32,
}

pub async fn failures(db: impl PgExecutor<'_>, attempt: &Try, since: Moment) -> sqlx::Result<Failures> {
    let row = query!(
        r#"select (select count(*) from sign_in_failure where account = $1 and at > $3) as "account!",
                  (select count(*) from sign_in_failure where address = $2 and at > $3) as "address!""#,
        attempt.account,
        attempt.address,
        since as Moment,
    )
    .fetch_one(db)
    .await?;
    let bounded = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Failures { account: bounded(row.account), address: bounded(row.address) })
}

pub async fn note_failure(db: impl PgExecutor<'_>, attempt: &Try, now: Moment) -> sqlx::Result<()> {
    query!(
        "insert into sign_in_failure (account, address, at) values ($1, $2, $3)",
        attempt.account,
        attempt.address,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A sign-in that worked forgives the account's failures, but not the address's other ones.
pub async fn forgive(db: impl PgExecutor<'_>, attempt: &Try) -> sqlx::Result<()> {
    query!("delete from sign_in_failure where account = $1", attempt.account).execute(db).await?;
    Ok(())
}

/// Forgets what is over: sessions, cookies, links, failures that no longer count.
pub async fn sweep(db: &PgPool, now: Moment, failures_before: Moment) -> sqlx::Result<()> {
    query!("delete from session where expires_at < $1", now as Moment).execute(db).await?;
    query!("delete from cookie_session where expires_at < $1", now as Moment).execute(db).await?;
    query!("delete from one_time_link where expires_at < $1", now as Moment).execute(db).await?;
    query!("delete from sign_in_failure where at < $1", failures_before as Moment).execute(db).await?;
    Ok(())
}

pub struct Cookie {
    pub data: Value,
    pub expires_at: Moment,
}

/// Saves a browser's session. One whose sign-in has ended meanwhile is not brought back to life.
pub async fn save_cookie(
    db: impl PgExecutor<'_>,
    digest: &[u8],
    session: Option<SessionId>,
    data: &Value,
    expires_at: Moment,
) -> sqlx::Result<()> {
    query!(
        r#"insert into cookie_session (digest, session_id, data, expires_at)
           select $1, $2, $3, $4 where $2::uuid is null or exists (select from session where id = $2)
           on conflict (digest) do update
           set session_id = excluded.session_id, data = excluded.data, expires_at = excluded.expires_at"#,
        digest,
        session as Option<SessionId>,
        data,
        expires_at as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn load_cookie(db: impl PgExecutor<'_>, digest: &[u8]) -> sqlx::Result<Option<Cookie>> {
    query_as!(
        Cookie,
        r#"select data, expires_at as "expires_at: Moment" from cookie_session where digest = $1 and expires_at > now()"#,
        digest,
    )
    .fetch_optional(db)
    .await
}

pub async fn delete_cookie(db: impl PgExecutor<'_>, digest: &[u8]) -> sqlx::Result<()> {
    query!("delete from cookie_session where digest = $1", digest).execute(db).await?;
    Ok(())
}

/// The house's cookie key, which is `fresh` if there was none.
pub async fn cookie_key(db: impl PgExecutor<'_>, fresh: &[u8]) -> sqlx::Result<Vec<u8>> {
    query_scalar!(
        r#"insert into house_secret (cookie_key) values ($1)
           on conflict (id) do update set cookie_key = house_secret.cookie_key
           returning cookie_key"#,
        fresh,
    )
    .fetch_one(db)
    .await
}
