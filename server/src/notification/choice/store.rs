//! The SQL of choices.

use focushive::{
    id::{HiveId, NotificationId, UserId},
    notification::{Kind, Level},
};
use sqlx::{PgExecutor, query, query_scalar};

pub async fn all(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Vec<(Option<HiveId>, Kind, Level)>> {
    let rows = query!(
        r#"select hive_id as "hive: HiveId", kind as "kind: Kind", level as "level: Level"
           from notification_choice where user_id = $1"#,
        user as UserId,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.hive, row.kind, row.level)).collect())
}

/// None takes the choice back.
pub async fn set(
    db: impl PgExecutor<'_>,
    user: UserId,
    hive: Option<HiveId>,
    kind: Kind,
    level: Option<Level>,
) -> sqlx::Result<()> {
    let (hive, kind) = (hive.map(|hive| hive.0), kind.as_str());
    let done = match level {
        Some(level) => query!(
            r#"insert into notification_choice (user_id, hive_id, kind, level) values ($1, $2, $3, $4)
               on conflict on constraint notification_choice_once do update set level = excluded.level"#,
            user as UserId,
            hive,
            kind,
            level as Level,
        )
        .execute(db),
        None => query!(
            "delete from notification_choice where user_id = $1 and hive_id is not distinct from $2 and kind = $3",
            user as UserId,
            hive,
            kind,
        )
        .execute(db),
    };
    done.await?;
    Ok(())
}

/// What a notification was about, and which hive it came from.
pub async fn kind_of(
    db: impl PgExecutor<'_>,
    user: UserId,
    notification: NotificationId,
) -> sqlx::Result<Option<(Kind, Option<HiveId>)>> {
    let row = query!(
        r#"select kind as "kind: Kind", hive_id as "hive: HiveId" from notification where user_id = $1 and id = $2"#,
        user as UserId,
        notification as NotificationId,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (row.kind, row.hive)))
}

/// What was chosen for the hive stands above what was chosen for all of them.
pub async fn wanting(db: impl PgExecutor<'_>, kind: Kind, hive: HiveId) -> sqlx::Result<Vec<UserId>> {
    query_scalar!(
        r#"select m.user_id as "user: UserId"
           from hive_member m
           left join notification_choice here
                on here.user_id = m.user_id and here.kind = $1 and here.hive_id = m.hive_id
           left join notification_choice anywhere
                on anywhere.user_id = m.user_id and anywhere.kind = $1 and anywhere.hive_id is null
           where m.hive_id = $2 and coalesce(here.level, anywhere.level, 'off') <> 'off'"#,
        kind.as_str(),
        hive as HiveId,
    )
    .fetch_all(db)
    .await
}
