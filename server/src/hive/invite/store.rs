//! The SQL of the links into hives.

use focushive::{
    Moment,
    hive::{Invite, Link, Rank},
    id::{HiveId, InviteId, UserId},
    text::Name,
};
use sqlx::{PgExecutor, query};

pub async fn insert(
    db: impl PgExecutor<'_>,
    digest: &[u8],
    ask: &Invite,
    by: UserId,
    expires_at: Moment,
) -> sqlx::Result<()> {
    query!(
        r#"insert into hive_invite (digest, hive_id, rank, max_uses, expires_at, made_by)
           values ($1, $2, $3, $4, $5, $6)"#,
        digest,
        ask.hive as HiveId,
        ask.rank as Rank,
        i16::try_from(ask.max_uses).unwrap_or(i16::MAX),
        expires_at as Moment,
        by as UserId,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The links that still let somebody in, the newest first.
pub async fn links(db: impl PgExecutor<'_>, hive: HiveId, now: Moment) -> sqlx::Result<Vec<Link>> {
    let rows = query!(
        r#"select i.id as "id: InviteId", i.rank as "rank: Rank", i.max_uses, i.uses,
                  i.expires_at as "expires_at: Moment", u.name as "made_by: Name"
           from hive_invite i join "user" u on u.id = i.made_by
           where i.hive_id = $1 and i.expires_at > $2 and i.uses < i.max_uses
           order by i.created_at desc, i.id
           limit 200"#,
        hive as HiveId,
        now as Moment,
    )
    .fetch_all(db)
    .await?;
    let count = |uses: i16| u16::try_from(uses).unwrap_or_default();
    Ok(rows
        .into_iter()
        .map(|row| Link {
            id: row.id,
            rank: row.rank,
            max_uses: count(row.max_uses),
            uses: count(row.uses),
            expires_at: row.expires_at,
            made_by: row.made_by,
        })
        .collect())
}

/// False if there is no such link into this hive.
pub async fn withdraw(db: impl PgExecutor<'_>, hive: HiveId, link: InviteId) -> sqlx::Result<bool> {
    let done = query!("delete from hive_invite where hive_id = $1 and id = $2", hive as HiveId, link as InviteId)
        .execute(db)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Which hive a link leads to, and as what, if it is still good.
pub async fn find(db: impl PgExecutor<'_>, digest: &[u8], now: Moment) -> sqlx::Result<Option<(HiveId, Rank)>> {
    let row = query!(
        r#"select hive_id as "hive: HiveId", rank as "rank: Rank" from hive_invite
           where digest = $1 and expires_at > $2 and uses < max_uses for update"#,
        digest,
        now as Moment,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.hive, row.rank)))
}

pub async fn take_use(db: impl PgExecutor<'_>, digest: &[u8]) -> sqlx::Result<()> {
    query!("update hive_invite set uses = uses + 1 where digest = $1", digest).execute(db).await?;
    Ok(())
}
