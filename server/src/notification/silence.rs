//! Whether it is to be quiet for somebody right now, and until when: by what they do, by the hours
//! they set, on the wall where they are, and by what they just said.

use focushive::{
    Moment,
    id::UserId,
    notification::{Quiet, Schedule, Why},
    text::Zone,
};
use jiff::{Timestamp, ToSpan, Zoned, tz::TimeZone};
use time::OffsetDateTime;

use super::store::Standing;
use crate::services::Services;

/// Focus first, for it has an end of its own; then what was said last.
pub fn now(services: &Services, user: UserId, standing: &Standing, now: Moment) -> Option<Quiet> {
    let focus = services.presence.focus_of(user, now).map(|focus| Quiet { why: Why::Focus, until: focus.until });
    focus.or_else(|| set(standing, now))
}

/// By hours and by what was said, whatever they do.
pub fn set(standing: &Standing, now: Moment) -> Option<Quiet> {
    let snoozed = standing.snoozed_until.filter(|until| *until > now);
    let hours = ends(&standing.schedule, &standing.zone, now);
    match (snoozed, hours) {
        (Some(snoozed), Some(hours)) if hours > snoozed => Some(Quiet { why: Why::Hours, until: Some(hours) }),
        (Some(snoozed), _) => Some(Quiet { why: Why::Snooze, until: Some(snoozed) }),
        (None, Some(hours)) => Some(Quiet { why: Why::Hours, until: Some(hours) }),
        (None, None) => None,
    }
}

/// When the quiet hours that are on end. The wall's clock decides, also on the days on which it is
/// set: seven in the morning is seven in the morning.
fn ends(schedule: &Schedule, zone: &Zone, now: Moment) -> Option<Moment> {
    if schedule.is_empty() {
        return None;
    }
    let zone = TimeZone::get(zone.as_str()).unwrap_or(TimeZone::UTC);
    let here = on_wall(now, &zone)?;
    let day = u8::try_from(here.weekday().to_monday_zero_offset()).ok()?;
    let minute = u16::try_from(here.hour()).ok()? * 60 + u16::try_from(here.minute()).ok()?;
    let quiet = schedule.quiet_for(day, minute)?;
    let begun = here
        .datetime()
        .round(jiff::civil::DateTimeRound::new().smallest(jiff::Unit::Minute).mode(jiff::RoundMode::Trunc))
        .ok()?;
    let end = begun.checked_add(i64::from(quiet).minutes()).ok()?.to_zoned(zone).ok()?;
    let end = OffsetDateTime::from_unix_timestamp(end.timestamp().as_second()).ok()?;
    Some(Moment(end))
}

/// What the clock on the wall says.
pub fn on_wall(now: Moment, zone: &TimeZone) -> Option<Zoned> {
    let ms = i64::try_from(now.0.unix_timestamp_nanos() / 1_000_000).ok()?;
    Some(Timestamp::from_millisecond(ms).ok()?.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use focushive::notification::Window;
    use time::macros::datetime;

    use super::*;

    fn nights() -> Schedule {
        Schedule::new((0..7).map(|day| Window { day, from: 22 * 60, to: 7 * 60 }).collect()).unwrap()
    }

    fn ends_at(zone: &str, now: OffsetDateTime) -> Option<OffsetDateTime> {
        ends(&nights(), &Zone::parse(zone).unwrap(), Moment(now)).map(|end| end.0)
    }

    #[test]
    fn seven_is_seven_also_in_the_night_in_which_the_clock_is_set() {
        // Summer time begins in Lisbon on 29 March 2026 at one in the morning.
        assert_eq!(ends_at("Europe/Lisbon", datetime!(2026-03-28 22:30 UTC)), Some(datetime!(2026-03-29 06:00 UTC)));
        assert_eq!(ends_at("Europe/Lisbon", datetime!(2026-10-24 21:30 UTC)), Some(datetime!(2026-10-25 07:00 UTC)));
    }

    #[test]
    fn by_day_it_is_not_quiet() {
        assert_eq!(ends_at("Asia/Tokyo", datetime!(2026-01-05 03:00 UTC)), None);
        assert_eq!(ends_at("Asia/Tokyo", datetime!(2026-01-05 13:00:30 UTC)), Some(datetime!(2026-01-05 22:00 UTC)));
    }

    #[test]
    fn the_later_end_counts() {
        let standing = |snoozed: OffsetDateTime| Standing {
            schedule: nights(),
            zone: Zone::utc(),
            snoozed_until: Some(Moment(snoozed)),
            ..Standing::default()
        };
        let now = Moment(datetime!(2026-01-05 23:00 UTC));
        let short = set(&standing(datetime!(2026-01-06 00:00 UTC)), now).unwrap();
        assert_eq!((short.why, short.until), (Why::Hours, Some(Moment(datetime!(2026-01-06 07:00 UTC)))));
        let long = set(&standing(datetime!(2026-01-06 09:00 UTC)), now).unwrap();
        assert_eq!(long.why, Why::Snooze);
    }
}
