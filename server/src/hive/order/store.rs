//! The SQL of keeping order.

use focushive::{
    Moment,
    hive::{Ban, Banned, Rank},
    id::{AvatarId, HiveId, UserId},
    text::{Handle, Name, Reason},
    user::Person,
};
use sqlx::{PgExecutor, query};

pub async fn set_rank(db: impl PgExecutor<'_>, hive: HiveId, user: UserId, rank: Rank) -> sqlx::Result<()> {
    query!(
        "update hive_member set rank = $3 where hive_id = $1 and user_id = $2",
        hive as HiveId,
        user as UserId,
        rank as Rank,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set_mute(db: impl PgExecutor<'_>, hive: HiveId, user: UserId, until: Option<Moment>) -> sqlx::Result<()> {
    query!(
        "update hive_member set muted_until = $3 where hive_id = $1 and user_id = $2",
        hive as HiveId,
        user as UserId,
        until as Option<Moment>,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Those who are kept out, the newest first.
pub async fn bans(db: impl PgExecutor<'_>, hive: HiveId, now: Moment) -> sqlx::Result<Vec<Banned>> {
    let rows = query!(
        r#"select u.id as "id: UserId", u.name as "name: Name", u.handle as "handle: Handle",
                  u.avatar_id as "avatar: AvatarId", m.name as "by?: Name", b.made_at as "since: Moment",
                  b.until as "until: Moment", b.why as "why: Reason"
           from hive_ban b join "user" u on u.id = b.user_id left join "user" m on m.id = b.made_by
           where b.hive_id = $1 and b.until > $2
           order by b.made_at desc, u.id
           limit 1000"#,
        hive as HiveId,
        now as Moment,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Banned {
            person: Person { id: row.id, name: row.name, handle: row.handle, avatar: row.avatar, status: None },
            by: row.by,
            since: row.since,
            until: row.until,
            why: row.why,
        })
        .collect())
}

pub async fn set_ban(
    db: impl PgExecutor<'_>,
    ask: &Ban,
    by: UserId,
    (from, until): (Moment, Moment),
) -> sqlx::Result<()> {
    query!(
        r#"insert into hive_ban (hive_id, user_id, until, made_by, made_at, why) values ($1, $2, $3, $4, $5, $6)
           on conflict (hive_id, user_id) do update
           set until = excluded.until, made_by = excluded.made_by, made_at = excluded.made_at, why = excluded.why"#,
        ask.hive as HiveId,
        ask.user as UserId,
        until as Moment,
        by as UserId,
        from as Moment,
        &ask.why as &Option<Reason>,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn lift_ban(db: impl PgExecutor<'_>, hive: HiveId, user: UserId) -> sqlx::Result<()> {
    query!("delete from hive_ban where hive_id = $1 and user_id = $2", hive as HiveId, user as UserId)
        .execute(db)
        .await?;
    Ok(())
}
