//! The SQL of what this house does to people at work.

use focushive::Moment;
use sqlx::{PgExecutor, query};

/// How many seconds people focused in sessions since then, and how often something was told aloud
/// in the middle of one.
pub async fn interrupted(db: impl PgExecutor<'_>, since: Moment) -> sqlx::Result<(u64, u32)> {
    let row = query!(
        r#"select (select coalesce(sum(coalesce(corrected_seconds, credited_seconds)), 0)::bigint
                   from stint where began_at >= $1 and not void) as "seconds!",
                  (select count(*) from notification_delivery d join notification n on n.id = d.notification_id
                   where d.aloud and d.tried_at >= $1
                     and exists (select from stint s where s.user_id = n.user_id and not s.void
                                 and s.began_at >= $1 and d.tried_at >= s.began_at and d.tried_at < s.ended_at)
                  ) as "interruptions!""#,
        since as Moment,
    )
    .fetch_one(db)
    .await?;
    Ok((u64::try_from(row.seconds).unwrap_or_default(), u32::try_from(row.interruptions).unwrap_or(u32::MAX)))
}
