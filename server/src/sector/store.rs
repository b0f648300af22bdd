//! The SQL of departments.

use focushive::{id::SectorId, sector::Counted, text::SectorName, user::Sector};
use sqlx::{PgExecutor, query, query_scalar};

pub async fn all(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Counted>> {
    let rows = query!(
        r#"select s.id as "id: SectorId", s.name as "name: SectorName", count(u.id) as "members!"
           from sector s left join "user" u on u.sector_id = s.id and u.removed_at is null
           group by s.id order by lower(s.name)"#,
    )
    .fetch_all(db)
    .await?;
    let counted = rows.into_iter().map(|row| Counted {
        sector: Sector { id: row.id, name: row.name },
        members: u32::try_from(row.members).unwrap_or(u32::MAX),
    });
    Ok(counted.collect())
}

/// False if it was made before with the same key.
pub async fn insert(db: impl PgExecutor<'_>, sector: SectorId, name: &SectorName) -> sqlx::Result<bool> {
    let done = query!(
        "insert into sector (id, name) values ($1, $2) on conflict (id) do nothing",
        sector as SectorId,
        name as &SectorName,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn lock_name(db: impl PgExecutor<'_>, sector: SectorId) -> sqlx::Result<Option<SectorName>> {
    query_scalar!(r#"select name as "name: SectorName" from sector where id = $1 for update"#, sector as SectorId)
        .fetch_optional(db)
        .await
}

pub async fn rename(db: impl PgExecutor<'_>, sector: SectorId, name: &SectorName) -> sqlx::Result<()> {
    query!("update sector set name = $2 where id = $1", sector as SectorId, name as &SectorName).execute(db).await?;
    Ok(())
}

pub async fn delete(db: impl PgExecutor<'_>, sector: SectorId) -> sqlx::Result<()> {
    query!("delete from sector where id = $1", sector as SectorId).execute(db).await?;
    Ok(())
}
