//! The SQL of rhythms that are kept.

use focushive::{
    Moment,
    id::{HiveId, RhythmId},
    text::RhythmName,
    timer::Saved,
};
use sqlx::{PgExecutor, query};

use crate::timer::store::{read, written};

/// In the order of their names.
pub async fn all(db: impl PgExecutor<'_>, hive: HiveId) -> sqlx::Result<Vec<Saved>> {
    let rows = query!(
        r#"select id as "id: RhythmId", name as "name: RhythmName", rhythm from hive_rhythm
           where hive_id = $1 order by lower(name), id"#,
        hive as HiveId,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(|row| Ok(Saved { id: row.id, name: row.name, rhythm: read(&row.rhythm)? })).collect()
}

pub async fn insert(db: impl PgExecutor<'_>, hive: HiveId, saved: &Saved, now: Moment) -> sqlx::Result<()> {
    query!(
        "insert into hive_rhythm (id, hive_id, name, rhythm, created_at) values ($1, $2, $3, $4, $5)",
        saved.id as RhythmId,
        hive as HiveId,
        &saved.name as &RhythmName,
        written(&saved.rhythm)?,
        now as Moment,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// False if there is none.
pub async fn rename(db: impl PgExecutor<'_>, hive: HiveId, rhythm: RhythmId, name: &RhythmName) -> sqlx::Result<bool> {
    let done = query!(
        "update hive_rhythm set name = $3 where hive_id = $1 and id = $2",
        hive as HiveId,
        rhythm as RhythmId,
        name as &RhythmName,
    );
    Ok(done.execute(db).await?.rows_affected() > 0)
}

/// False if there is none.
pub async fn remove(db: impl PgExecutor<'_>, hive: HiveId, rhythm: RhythmId) -> sqlx::Result<bool> {
    let done = query!("delete from hive_rhythm where hive_id = $1 and id = $2", hive as HiveId, rhythm as RhythmId);
    Ok(done.execute(db).await?.rows_affected() > 0)
}
