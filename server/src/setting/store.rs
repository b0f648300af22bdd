//! The SQL of the house's settings.

use focushive::{
    setting::{Registration, Settings},
    text::HouseName,
};
use sqlx::{PgExecutor, query, query_as};

pub async fn settings(db: impl PgExecutor<'_>) -> sqlx::Result<Option<Settings>> {
    query_as!(
        Settings,
        r#"select house as "house: HouseName", registration as "registration: Registration" from setting"#,
    )
    .fetch_optional(db)
    .await
}

/// The same, kept as they are until the transaction ends.
pub async fn lock(db: impl PgExecutor<'_>) -> sqlx::Result<Option<Settings>> {
    query_as!(
        Settings,
        r#"select house as "house: HouseName", registration as "registration: Registration" from setting for update"#,
    )
    .fetch_optional(db)
    .await
}

/// Opens the house, once: of two who try at the same time, one is told that it is open already.
pub async fn open_house(db: impl PgExecutor<'_>, house: &HouseName) -> sqlx::Result<bool> {
    let done = query!("insert into setting (house) values ($1) on conflict do nothing", house as &HouseName)
        .execute(db)
        .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn set(db: impl PgExecutor<'_>, settings: &Settings) -> sqlx::Result<()> {
    query!(
        "update setting set house = $1, registration = $2",
        &settings.house as &HouseName,
        settings.registration as Registration,
    )
    .execute(db)
    .await?;
    Ok(())
}
