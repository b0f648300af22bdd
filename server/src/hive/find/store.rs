//! The SQL of finding people.

use focushive::{
    Moment,
    hive::{COMPANIONS, Companion},
    id::{AvatarId, HiveId, UserId},
    text::{Handle, HiveName, Name, StatusText},
    user::{Person, Status},
};
use sqlx::{PgExecutor, query};

/// Who has this in their name or handle, with one hive of both, those whose name begins with it first. What is
/// looked for is plain text, wildcards included.
pub async fn companions(
    db: impl PgExecutor<'_>,
    user: UserId,
    words: &str,
    now: Moment,
) -> sqlx::Result<Vec<Companion>> {
    let rows = query!(
        r#"select u.id as "id: UserId", u.name as "name: Name", u.handle as "handle: Handle",
                  u.avatar_id as "avatar: AvatarId",
                  u.status_text as "status_text: StatusText", u.status_until as "status_until: Moment",
                  h.id as "hive: HiveId", h.name as "hive_name: HiveName"
           from "user" u
           join lateral (
               select h.id, h.name
               from hive_member theirs
               join hive_member mine on mine.hive_id = theirs.hive_id and mine.user_id = $1
               join hive h on h.id = theirs.hive_id
               where theirs.user_id = u.id
               order by h.pair is not null, h.archived_at is not null, lower(h.name), h.id
               limit 1
           ) h on true
           where u.id <> $1 and u.removed_at is null
             and (position(lower($2) in lower(u.name)) > 0 or position(lower($2) in u.handle) > 0)
           order by position(lower($2) in lower(u.name)) <> 1, lower(u.name), u.id
           limit $3"#,
        user as UserId,
        words,
        i64::from(COMPANIONS),
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Companion {
            person: Person {
                id: row.id,
                name: row.name,
                handle: row.handle,
                avatar: row.avatar,
                status: row.status_text.and_then(|text| Status { text, until: row.status_until }.at(now)),
            },
            hive: row.hive,
            name: row.hive_name,
        })
        .collect())
}
