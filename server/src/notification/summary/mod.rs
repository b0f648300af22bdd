//! The summary: what somebody left unread, by mail, when they want it. Of what they read on any
//! device, and of what a summary has told already, it says nothing.

mod send;
mod store;

use focushive::{
    Fault, Moment,
    caller::Member,
    id::UserId,
    notification::{Days, SetSummary, Summary},
    text::Zone,
};
use jiff::{ToSpan, tz::TimeZone};
pub use send::keep;
use time::OffsetDateTime;

use super::silence;
use crate::{failure::Failure, secret, services::Services};

const PURPOSE: &str = "summary";

pub async fn look(services: &Services, by: Member) -> Result<Summary, Failure> {
    Ok(store::of(&services.db, by.id).await?.map_or_else(Summary::default, |(summary, _)| summary))
}

pub async fn set(services: &Services, by: Member, ask: SetSummary) -> Result<(), Failure> {
    let summary = ask.summary().map_err(|(field, problem)| Fault::field(field, problem.to_string()))?;
    if summary.days != Days::Never && !services.mail.is_on() {
        return Err(Fault::field("days", "this house sends no mail").into());
    }
    let zone = store::zone(&services.db, by.id).await?;
    put(services, by.id, summary, &zone).await
}

/// Whose clock on the wall is another one now.
pub async fn move_to(services: &Services, user: UserId, zone: &Zone) -> Result<(), Failure> {
    match store::of(&services.db, user).await? {
        Some((summary, _)) => put(services, user, summary, zone).await,
        None => Ok(()),
    }
}

async fn put(services: &Services, user: UserId, summary: Summary, zone: &Zone) -> Result<(), Failure> {
    let now = services.clock.now();
    match next(summary, zone, now) {
        Some(due_at) => store::set(&services.db, user, summary, due_at).await?,
        None => store::remove(&services.db, user).await?,
    }
    services.summaries.notify_one();
    Ok(())
}

/// By the link in a letter: nobody needs to sign in to be left alone.
pub async fn stop(services: &Services, token: &str) -> Result<(), Failure> {
    let user = user_of(services, token).ok_or(Fault::NotFound)?;
    Ok(store::remove(&services.db, user).await?)
}

fn token(services: &Services, user: UserId) -> String {
    format!("{user}.{}", secret::sign(&services.cookie_key, PURPOSE, &user.to_string()))
}

fn user_of(services: &Services, token: &str) -> Option<UserId> {
    let (user, signature) = token.split_once('.')?;
    let ours = secret::verify(&services.cookie_key, PURPOSE, user, signature);
    user.parse().ok().filter(|_| ours)
}

/// The next time at which one is due: by the clock on the wall, also on the days on which it is
/// set; a time that such a day leaves out comes right after the gap.
fn next(summary: Summary, zone: &Zone, now: Moment) -> Option<Moment> {
    let zone = TimeZone::get(zone.as_str()).unwrap_or(TimeZone::UTC);
    let here = silence::on_wall(now, &zone)?;
    let at = jiff::civil::time(i8::try_from(summary.at / 60).ok()?, i8::try_from(summary.at % 60).ok()?, 0, 0);
    (0..=7).find_map(|ahead| {
        let date = here.date().checked_add(i64::from(ahead).days()).ok()?;
        let day = u8::try_from(date.weekday().to_monday_zero_offset()).ok()?;
        let due = date.to_datetime(at).to_zoned(zone.clone()).ok()?;
        let due = Moment(OffsetDateTime::from_unix_timestamp(due.timestamp().as_second()).ok()?);
        (summary.days.has(day) && due > now).then_some(due)
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn due(days: Days, at: u16, zone: &str, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let summary = Summary { days, at, ..Summary::default() };
        next(summary, &Zone::parse(zone).unwrap(), Moment(now)).map(|due| due.0)
    }

    #[test]
    fn it_is_due_on_its_days_at_its_time() {
        // A Friday.
        let now = datetime!(2026-11-20 09:00 UTC);
        assert_eq!(due(Days::EveryDay, 8 * 60, "Europe/Berlin", now), Some(datetime!(2026-11-21 07:00 UTC)));
        assert_eq!(due(Days::EveryDay, 11 * 60, "Europe/Berlin", now), Some(datetime!(2026-11-20 10:00 UTC)));
        assert_eq!(due(Days::Workdays, 8 * 60, "Europe/Berlin", now), Some(datetime!(2026-11-23 07:00 UTC)));
        assert_eq!(due(Days::Mondays, 0, "Asia/Tokyo", now), Some(datetime!(2026-11-22 15:00 UTC)));
        assert_eq!(due(Days::Never, 8 * 60, "Europe/Berlin", now), None);
    }

    #[test]
    fn at_its_very_minute_the_next_one_is_that_of_the_next_time() {
        let now = datetime!(2026-11-23 07:00 UTC);
        assert_eq!(due(Days::Mondays, 8 * 60, "Europe/Berlin", now), Some(datetime!(2026-11-30 07:00 UTC)));
    }

    #[test]
    fn eight_is_eight_also_when_the_clock_is_set() {
        // Summer time begins in Lisbon on 29 March 2026 at one in the morning, which leaves out half past one.
        let now = datetime!(2026-03-28 12:00 UTC);
        assert_eq!(due(Days::EveryDay, 8 * 60, "Europe/Lisbon", now), Some(datetime!(2026-03-29 07:00 UTC)));
        assert_eq!(due(Days::EveryDay, 90, "Europe/Lisbon", now), Some(datetime!(2026-03-29 01:30 UTC)));
    }
}
