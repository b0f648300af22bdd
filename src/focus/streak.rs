//! Days and streaks, from stretches that are summed by the personal day.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

/// One personal day, as a date without a zone: `2026-01-05`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Day {
    pub date: String,
    pub seconds: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    pub today_seconds: u32,
    pub today_sessions: u32,
    pub week_seconds: u32,
    pub streak_days: u32,
    /// The last fourteen days, the oldest first, those without focus too.
    pub days: Vec<Day>,
}

/// How many days in a row there was focus, up to today; today may still come.
pub fn streak(days: &[Date], today: Date) -> u32 {
    let has = |date: Date| days.contains(&date);
    let mut day = if has(today) { Some(today) } else { today.previous_day() };
    let mut count = 0;
    while let Some(date) = day.filter(|date| has(*date)) {
        count += 1;
        day = date.previous_day();
    }
    count
}
