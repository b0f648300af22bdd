//! The SQL of who is asked to be a host.

use focushive::{
    Moment,
    hive::{Handover, Rank},
    id::{HiveId, UserId},
};
use sqlx::{PgExecutor, query};
use uuid::Uuid;

/// Somebody who belongs to a hive, as far as it matters who leads it.
pub struct Belongs {
    pub hive: HiveId,
    pub user: UserId,
    pub rank: Rank,
    pub muted: bool,
}

/// Those of some people who belong to the hive beside each.
pub async fn ranks(db: impl PgExecutor<'_>, hives: &[Uuid], users: &[Uuid], now: Moment) -> sqlx::Result<Vec<Belongs>> {
    let rows = query!(
        r#"select m.hive_id as "hive: HiveId", m.user_id as "user: UserId", m.rank as "rank: Rank",
                  coalesce(m.muted_until > $3, false) as "muted!"
           from unnest($1::uuid[], $2::uuid[]) as there (hive, person)
           join hive_member m on m.hive_id = there.hive and m.user_id = there.person"#,
        hives,
        users,
        now as Moment,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Belongs { hive: row.hive, user: row.user, rank: row.rank, muted: row.muted })
        .collect())
}

/// Hives in which a host was, among these or all of them. Few are: it is forgotten when nobody is
/// there any more.
pub async fn all(db: impl PgExecutor<'_>, among: Option<&[HiveId]>) -> sqlx::Result<Vec<(HiveId, Handover)>> {
    let among: Option<Vec<Uuid>> = among.map(|hives| hives.iter().map(|hive| hive.0).collect());
    let rows = query!(
        r#"select hive_id as "hive: HiveId", gone_at as "gone_at: Moment", offered_to as "offered: UserId", declined
           from hive_handover where $1::uuid[] is null or hive_id = any($1)"#,
        among.as_deref()
    )
    .fetch_all(db)
    .await?;
    let handover = |gone_at, offered, declined: Vec<Uuid>| Handover {
        gone_at,
        offered,
        declined: declined.into_iter().map(UserId).collect(),
    };
    Ok(rows.into_iter().map(|row| (row.hive, handover(row.gone_at, row.offered, row.declined))).collect())
}

/// How it stands in one hive; the hive's own lock is held.
pub async fn find(db: impl PgExecutor<'_>, hive: HiveId) -> sqlx::Result<Option<Handover>> {
    let row = query!(
        r#"select gone_at as "gone_at: Moment", offered_to as "offered: UserId", declined
           from hive_handover where hive_id = $1"#,
        hive as HiveId,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Handover {
        gone_at: row.gone_at,
        offered: row.offered,
        declined: row.declined.into_iter().map(UserId).collect(),
    }))
}

pub async fn save(db: impl PgExecutor<'_>, hive: HiveId, handover: &Handover) -> sqlx::Result<()> {
    let declined: Vec<Uuid> = handover.declined.iter().map(|user| user.0).collect();
    query!(
        r#"insert into hive_handover (hive_id, gone_at, offered_to, declined) values ($1, $2, $3, $4)
           on conflict (hive_id) do update
           set gone_at = excluded.gone_at, offered_to = excluded.offered_to, declined = excluded.declined"#,
        hive as HiveId,
        handover.gone_at as Option<Moment>,
        handover.offered as Option<UserId>,
        &declined,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn forget(db: impl PgExecutor<'_>, hive: HiveId) -> sqlx::Result<()> {
    query!("delete from hive_handover where hive_id = $1", hive as HiveId).execute(db).await?;
    Ok(())
}
