//! The SQL of invite links.

use focushive::{
    Moment,
    id::{InviteId, Key, UserId},
    invite::Invite,
    text::Name,
    user::Role,
};
use sqlx::{PgExecutor, query, query_scalar};

pub struct NewInvite<'a> {
    pub id: InviteId,
    pub digest: &'a [u8],
    pub role: Role,
    pub max_uses: u16,
    pub expires_at: Moment,
    pub made_by: UserId,
    pub key: Key,
    pub now: Moment,
}

/// False if this key made one already.
pub async fn insert(db: impl PgExecutor<'_>, new: NewInvite<'_>) -> sqlx::Result<bool> {
    let done = query!(
        r#"insert into invite (id, digest, role, max_uses, expires_at, made_by, key, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (made_by, key) do nothing"#,
        new.id as InviteId,
        new.digest,
        new.role as Role,
        i16::try_from(new.max_uses).unwrap_or(i16::MAX),
        new.expires_at as Moment,
        new.made_by as UserId,
        new.key as Key,
        new.now as Moment,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

struct Row {
    id: InviteId,
    role: Role,
    max_uses: i16,
    uses: i16,
    expires_at: Moment,
    withdrawn: bool,
    made_by: Option<Name>,
    created_at: Moment,
}

impl From<Row> for Invite {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            role: row.role,
            max_uses: u16::try_from(row.max_uses).unwrap_or_default(),
            uses: u16::try_from(row.uses).unwrap_or_default(),
            expires_at: row.expires_at,
            withdrawn: row.withdrawn,
            made_by: row.made_by,
            created_at: row.created_at,
        }
    }
}

pub async fn by_digest(db: impl PgExecutor<'_>, digest: &[u8]) -> sqlx::Result<Option<Invite>> {
    let row = sqlx::query_as!(
        Row,
        r#"select i.id as "id: InviteId", i.role as "role: Role", i.max_uses, i.uses,
                  i.expires_at as "expires_at: Moment", i.withdrawn_at is not null as "withdrawn!",
                  u.name as "made_by?: Name", i.created_at as "created_at: Moment"
           from invite i left join "user" u on u.id = i.made_by where i.digest = $1"#,
        digest,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Invite::from))
}

pub async fn newest(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Invite>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select i.id as "id: InviteId", i.role as "role: Role", i.max_uses, i.uses,
                  i.expires_at as "expires_at: Moment", i.withdrawn_at is not null as "withdrawn!",
                  u.name as "made_by?: Name", i.created_at as "created_at: Moment"
           from invite i left join "user" u on u.id = i.made_by
           order by i.created_at desc limit 100"#,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Invite::from).collect())
}

pub async fn withdraw(db: impl PgExecutor<'_>, invite: InviteId, now: Moment) -> sqlx::Result<bool> {
    let done = query!(
        "update invite set withdrawn_at = coalesce(withdrawn_at, $2) where id = $1",
        invite as InviteId,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Takes one use, if there is one left. The row's lock makes a hundred at once stand in line, so
/// the last use goes to exactly one.
pub async fn take_use(db: impl PgExecutor<'_>, digest: &[u8], now: Moment) -> sqlx::Result<Option<Role>> {
    query_scalar!(
        r#"update invite set uses = uses + 1
           where digest = $1 and uses < max_uses and withdrawn_at is null and expires_at > $2
           returning role as "role: Role""#,
        digest,
        now as Moment,
    )
    .fetch_optional(db)
    .await
}
