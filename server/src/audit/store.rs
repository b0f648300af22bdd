//! The SQL of the audit.

use focushive::{Moment, id::UserId, member::AuditEntry};
use sqlx::{PgExecutor, query, query_as};

use super::Entry;

pub async fn insert(db: impl PgExecutor<'_>, entry: Entry) -> sqlx::Result<()> {
    query!(
        "insert into audit (actor, deed, subject, before, after) values ($1, $2, $3, $4, $5)",
        entry.actor as UserId,
        entry.deed,
        entry.subject as Option<UserId>,
        entry.before,
        entry.after,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn newest(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<AuditEntry>> {
    query_as!(
        AuditEntry,
        r#"select a.at as "at: Moment", actor.name as "actor?", a.deed, subject.name as "subject?", a.before, a.after
           from audit a
           left join "user" actor on actor.id = a.actor
           left join "user" subject on subject.id = a.subject
           order by a.at desc, a.id desc limit 100"#,
    )
    .fetch_all(db)
    .await
}
