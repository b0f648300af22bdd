//! The SQL of announcements.

use focushive::{
    Moment,
    id::{AnnouncementId, SectorId, UserId},
    notification::{Announce, Announcement},
    text::{Name, Notice, Title},
};
use sqlx::{PgExecutor, query, query_scalar};

/// False if it was sent before.
pub async fn insert(
    db: impl PgExecutor<'_>,
    id: AnnouncementId,
    by: UserId,
    ask: &Announce,
    now: Moment,
) -> sqlx::Result<bool> {
    let done = query!(
        r#"insert into announcement (id, by, key, title, text, audience, at) values ($1, $2, $3, $4, $5, $6, $7)
           on conflict on constraint announcement_key_unique do nothing"#,
        id as AnnouncementId,
        by as UserId,
        ask.key.0,
        ask.title.as_str(),
        ask.text.as_str(),
        ask.audience,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn is_sector(db: impl PgExecutor<'_>, sector: SectorId) -> sqlx::Result<bool> {
    query_scalar!(r#"select exists (select from sector where id = $1) as "is!""#, sector as SectorId)
        .fetch_one(db)
        .await
}

/// Those it is for, without whoever says it.
pub async fn people(
    db: impl PgExecutor<'_>,
    sector: Option<SectorId>,
    admins: bool,
    except: UserId,
) -> sqlx::Result<Vec<UserId>> {
    query_scalar!(
        r#"select id as "id: UserId" from "user"
           where active and id <> $3 and ($1::uuid is null or sector_id = $1)
             and (not $2 or role in ('admin', 'owner'))
           order by id"#,
        sector.map(|sector| sector.0),
        admins,
        except as UserId,
    )
    .fetch_all(db)
    .await
}

/// The newest hundred, with how many were told and how many of them read it.
pub async fn list(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Announcement>> {
    let rows = query!(
        r#"select a.id as "id: AnnouncementId", a.title as "title: Title", a.text as "text: Notice",
                  u.name as "by: Name", a.at as "at: Moment",
                  coalesce(s.name, a.audience) as "audience!",
                  n.told as "told!", n.read as "read!"
           from announcement a
           join "user" u on u.id = a.by
           left join sector s on s.id::text = a.audience
           cross join lateral (
               select count(*) as told, count(read_at) as read from notification
               where kind = 'announcement' and source = 'announcement:' || a.id::text
           ) n
           order by a.at desc limit 100"#
    )
    .fetch_all(db)
    .await?;
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let announcement = rows.into_iter().map(|row| Announcement {
        id: row.id,
        title: row.title,
        text: row.text,
        by: row.by,
        at: row.at,
        audience: row.audience,
        told: number(row.told),
        read: number(row.read),
    });
    Ok(announcement.collect())
}
