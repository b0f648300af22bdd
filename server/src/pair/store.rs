//! The SQL of pairs.

use focushive::{
    Moment,
    id::{HiveId, UserId},
};
use sqlx::{PgExecutor, query, query_scalar};
use uuid::Uuid;

/// How two people stand to each other.
pub struct Known {
    pub pair: Option<HiveId>,
    /// Whether whoever asks is in it.
    pub belongs: bool,
    /// Whether there is a hive of both.
    pub shares: bool,
}

/// Nothing where the other one is not, or not any more.
pub async fn known(db: impl PgExecutor<'_>, by: UserId, to: UserId, pair: &str) -> sqlx::Result<Option<Known>> {
    sqlx::query_as!(
        Known,
        r#"select h.id as "pair?: HiveId",
                  exists (select from hive_member m where m.hive_id = h.id and m.user_id = $1) as "belongs!",
                  exists (select from hive_member mine join hive_member theirs on theirs.hive_id = mine.hive_id
                          where mine.user_id = $1 and theirs.user_id = $2) as "shares!"
           from "user" u left join hive h on h.pair = $3
           where u.id = $2 and u.removed_at is null"#,
        by as UserId,
        to as UserId,
        pair,
    )
    .fetch_optional(db)
    .await
}

/// Makes it, or finds the one that was made at the same time. Where both are told of it in the same
/// words, it is called by both their names.
pub async fn insert(
    db: impl PgExecutor<'_>,
    id: HiveId,
    (by, to): (UserId, UserId),
    pair: &str,
    now: Moment,
) -> sqlx::Result<HiveId> {
    query_scalar!(
        r#"insert into hive (id, name, access, made_by, key, created_at, pair)
           select $1, trim(left(mine.name, 27)) || ' and ' || trim(left(theirs.name, 27)), 'private', mine.id, $4, $5, $6
           from "user" mine join "user" theirs on theirs.id = $3 where mine.id = $2
           on conflict on constraint hive_pair_unique do update set pair = excluded.pair
           returning id as "id: HiveId""#,
        id as HiveId,
        by as UserId,
        to as UserId,
        id.0,
        now as Moment,
        pair,
    )
    .fetch_one(db)
    .await
}

/// Who is in those of these hives that are pairs.
pub async fn people(db: impl PgExecutor<'_>, hives: &[Uuid]) -> sqlx::Result<Vec<(HiveId, UserId)>> {
    let rows = query!(
        r#"select m.hive_id as "hive: HiveId", m.user_id as "user: UserId"
           from hive h join hive_member m on m.hive_id = h.id
           where h.id = any($1) and h.pair is not null order by m.user_id, m.hive_id"#,
        hives
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.hive, row.user)).collect())
}
