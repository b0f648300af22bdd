//! The SQL of presence: what somebody chose to show, and how they are shown in a hive.

use focushive::{
    id::{AvatarId, HiveId, UserId},
    presence::Choice,
    text::{Goal, Handle, Name},
    user::Person,
};
use sqlx::{PgExecutor, query};
use uuid::Uuid;

use super::company::Fellow;

/// Somebody as they sit in a hive.
pub struct Sitter {
    pub person: Person,
    pub goal: Option<Goal>,
    pub choice: Option<Choice>,
    /// Whether they let themselves be seen at all.
    pub shown: bool,
}

pub async fn sitter(db: impl PgExecutor<'_>, hive: HiveId, user: UserId) -> sqlx::Result<Option<Sitter>> {
    let row = query!(
        r#"select u.id as "id: UserId", u.name as "name: Name", u.handle as "handle: Handle",
                  u.avatar_id as "avatar: AvatarId", m.goal as "goal: Goal", u.presence as "choice: Choice",
                  u.send_presence as shown
           from hive_member m join "user" u on u.id = m.user_id where m.hive_id = $1 and m.user_id = $2"#,
        hive as HiveId,
        user as UserId,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Sitter {
        person: Person { id: row.id, name: row.name, handle: row.handle, avatar: row.avatar, status: None },
        goal: row.goal,
        choice: row.choice,
        shown: row.shown,
    }))
}

/// These people, whatever hives they are in.
pub async fn fellows(db: impl PgExecutor<'_>, users: &[UserId]) -> sqlx::Result<Vec<(UserId, Fellow)>> {
    let users: Vec<Uuid> = users.iter().map(|user| user.0).collect();
    let rows = query!(
        r#"select u.id as "id: UserId", u.name as "name: Name", u.handle as "handle: Handle",
                  u.avatar_id as "avatar: AvatarId", u.presence as "choice: Choice", u.send_presence as shown,
                  array(select m.hive_id from hive_member m where m.user_id = u.id) as "hives!: Vec<HiveId>"
           from "user" u where u.id = any($1)"#,
        &users,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let person = Person { id: row.id, name: row.name, handle: row.handle, avatar: row.avatar, status: None };
            let hives = row.hives.into_iter().collect();
            (row.id, Fellow { person, choice: row.choice, shown: row.shown, hives })
        })
        .collect())
}

pub async fn set_choice(db: impl PgExecutor<'_>, user: UserId, choice: Option<Choice>) -> sqlx::Result<()> {
    query!(r#"update "user" set presence = $2 where id = $1"#, user as UserId, choice as Option<Choice>)
        .execute(db)
        .await?;
    Ok(())
}
