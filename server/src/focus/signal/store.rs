//! The SQL of signals; those who never chose have no row.

use focushive::{focus::Signals, id::UserId};
use sqlx::{PgExecutor, query};

pub async fn signals(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Signals> {
    let row = query!(
        "select focus_sound, break_sound, focus_title, break_title, focus_tick, break_tick, volume
         from signals where user_id = $1",
        user as UserId
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map_or_else(Signals::default, |row| Signals {
        focus_sound: row.focus_sound,
        break_sound: row.break_sound,
        focus_title: row.focus_title,
        break_title: row.break_title,
        focus_tick: row.focus_tick,
        break_tick: row.break_tick,
        volume: u8::try_from(row.volume).unwrap_or_default(),
    }))
}

pub async fn set_signals(db: impl PgExecutor<'_>, user: UserId, signals: Signals) -> sqlx::Result<()> {
    query!(
        r#"insert into signals (user_id, focus_sound, break_sound, focus_title, break_title, focus_tick, break_tick, volume)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (user_id) do update set focus_sound = excluded.focus_sound, break_sound = excluded.break_sound,
               focus_title = excluded.focus_title, break_title = excluded.break_title, focus_tick = excluded.focus_tick,
               break_tick = excluded.break_tick, volume = excluded.volume"#,
        user as UserId,
        signals.focus_sound,
        signals.break_sound,
        signals.focus_title,
        signals.break_title,
        signals.focus_tick,
        signals.break_tick,
        i16::from(signals.volume),
    )
    .execute(db)
    .await?;
    Ok(())
}
