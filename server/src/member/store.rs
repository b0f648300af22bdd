//! The SQL of looking after people.

use focushive::{
    Moment, caller,
    id::{AvatarId, SectorId, UserId},
    member::Member,
    text::{Email, Handle, Name, SectorName, StatusText},
    user::{Person, Role, Sector, Status},
};
use sqlx::{PgExecutor, query, query_scalar};

/// A page of members by handle. What is looked for is plain text, wildcards included.
pub async fn page(
    db: impl PgExecutor<'_>,
    after: Option<&str>,
    find: Option<&str>,
    limit: i64,
    now: Moment,
) -> sqlx::Result<Vec<Member>> {
    let rows = query!(
        r#"select u.id as "id: UserId", u.name as "name: Name", u.handle as "handle: Handle", u.email as "email: Email",
                  u.role as "role: Role", u.active, u.created_at as "joined_at: Moment",
                  u.avatar_id as "avatar: AvatarId",
                  u.status_text as "status_text: StatusText", u.status_until as "status_until: Moment",
                  s.id as "sector_id?: SectorId", s.name as "sector_name?: SectorName",
                  (select max(seen_at) from session where user_id = u.id) as "seen_at: Moment",
                  exists (select from reset_request where user_id = u.id) as "wants_reset!",
                  (select email from address_change where user_id = u.id) as "wants_email: Email"
           from "user" u left join sector s on s.id = u.sector_id
           where u.removed_at is null and ($1::text is null or u.handle > $1)
             and ($2::text is null or position(lower($2) in lower(u.name)) > 0
                  or position(lower($2) in u.handle) > 0 or position(lower($2) in u.email) > 0)
           order by u.handle limit $3"#,
        after,
        find,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Member {
            person: Person {
                id: row.id,
                name: row.name,
                handle: row.handle,
                avatar: row.avatar,
                status: row.status_text.and_then(|text| Status { text, until: row.status_until }.at(now)),
            },
            email: row.email,
            role: row.role,
            sector: row.sector_id.zip(row.sector_name).map(|(id, name)| Sector { id, name }),
            active: row.active,
            seen_at: row.seen_at,
            joined_at: row.joined_at,
            wants_reset: row.wants_reset,
            wants_email: row.wants_email,
        })
        .collect())
}

pub async fn count(db: impl PgExecutor<'_>, find: Option<&str>) -> sqlx::Result<u32> {
    let count = query_scalar!(
        r#"select count(*) as "count!" from "user" u
           where u.removed_at is null
             and ($1::text is null or position(lower($1) in lower(u.name)) > 0
                  or position(lower($1) in u.handle) > 0 or position(lower($1) in u.email) > 0)"#,
        find,
    )
    .fetch_one(db)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

pub async fn lock_role(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Option<Role>> {
    query_scalar!(
        r#"select role as "role: Role" from "user" where id = $1 and removed_at is null for update"#,
        user as UserId,
    )
    .fetch_optional(db)
    .await
}

/// The role of somebody this member may act upon; nothing if there is no such person.
pub async fn role_below(db: impl PgExecutor<'_>, by: caller::Member, user: UserId) -> sqlx::Result<Option<Role>> {
    let role = query_scalar!(
        r#"select role as "role: Role" from "user" where id = $1 and removed_at is null and active"#,
        user as UserId,
    )
    .fetch_optional(db)
    .await?;
    Ok(role.filter(|role| by.role.outranks(*role)))
}

pub async fn set_role(db: impl PgExecutor<'_>, user: UserId, role: Role) -> sqlx::Result<()> {
    query!(r#"update "user" set role = $2 where id = $1"#, user as UserId, role as Role).execute(db).await?;
    Ok(())
}

pub async fn set_sector(db: impl PgExecutor<'_>, user: UserId, sector: Option<SectorId>) -> sqlx::Result<()> {
    query!(r#"update "user" set sector_id = $2 where id = $1"#, user as UserId, sector as Option<SectorId>)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn set_active(db: impl PgExecutor<'_>, user: UserId, active: bool) -> sqlx::Result<()> {
    query!(r#"update "user" set active = $2 where id = $1"#, user as UserId, active).execute(db).await?;
    Ok(())
}
