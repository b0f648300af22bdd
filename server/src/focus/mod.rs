//! One's own sessions: how they came out, why they count what they count, and what they add up to.
//! Nobody sees anybody else's. What is recorded at the end of a phase is in `record.rs`.

pub mod attest;
pub mod csv;
pub mod house;
mod late;
pub mod record;
pub mod rest;
pub mod signal;
pub mod store;

use focushive::{
    Fault,
    caller::Member,
    focus::{Account, Attested, Correct, Day, History, Note, PAGE, Page, SetOutcome, Totals, account, streak},
    id::{StintId, UserId},
    text::Goal,
    timer::{Lane, Phase},
};
use time::{Date, Duration};
use uuid::Uuid;

use crate::{failure::Failure, services::Services, timer};

/// How many days the picture of the last days shows.
const SHOWN_DAYS: i64 = 14;

/// The longest session somebody may say it was.
const LONGEST_MINUTES: u16 = 12 * 60;

pub async fn history(services: &Services, by: Member, ask: History) -> Result<Page, Failure> {
    let limit = ask.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let stints = store::page(&services.db, by.id, ask.before, limit).await?;
    let earlier = match stints.last() {
        Some(last) => store::is_before(&services.db, by.id, last.span.from).await?,
        None => false,
    };
    Ok(Page { stints, earlier })
}

pub async fn totals(services: &Services, by: Member) -> Result<Totals, Failure> {
    let today = store::today(&services.db, by.id, services.clock.now()).await?;
    let days = store::days(&services.db, by.id).await?;
    let of = |date: Date| days.iter().find(|day| day.date == date);
    let seconds = |date: Date| of(date).map_or(0, |day| u32::try_from(day.seconds).unwrap_or(u32::MAX));
    let back = |count: i64| today.checked_sub(Duration::days(count)).unwrap_or(today);
    let week = i64::from(today.weekday().number_days_from_monday());
    let with_focus: Vec<Date> = days.iter().filter(|day| day.seconds > 0).map(|day| day.date).collect();
    Ok(Totals {
        today_seconds: seconds(today),
        today_sessions: of(today).map_or(0, |day| u32::try_from(day.sessions).unwrap_or(u32::MAX)),
        week_seconds: (0..=week).map(|count| seconds(back(count))).sum(),
        streak_days: streak(&with_focus, today),
        days: (0..SHOWN_DAYS)
            .rev()
            .map(|count| Day { date: back(count).to_string(), seconds: seconds(back(count)) })
            .collect(),
    })
}

/// Every minute of a session, with its reason: all of one instant, since what is heard late is added
/// to a session and to its minutes at once.
pub async fn explain(services: &Services, by: Member, stint: StintId) -> Result<Account, Failure> {
    let mut tx = services.db.begin_with("begin isolation level repeatable read, read only").await?;
    let found = store::find(&mut *tx, by.id, stint).await?.ok_or(Fault::NotFound)?;
    let (place, over) = store::phase_of(&mut *tx, stint).await?.ok_or(Fault::NotFound)?;
    let heard = attest::store::attested(&mut *tx, place, Some(by.id), over.span).await?;
    let attested: Vec<Attested> = heard.into_iter().map(|(_, attested)| attested).collect();
    let pulls = store::pulls(&mut *tx, by.id, over.span).await?;
    let ours = store::ours(&mut *tx, by.id, over.span).await?;
    Ok(Account { stint: found, pieces: account(over.span, &over.pauses, &attested), pulls, ours })
}

/// Every device of theirs hears it, and asks no more.
pub async fn set_outcome(services: &Services, by: Member, ask: SetOutcome) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    if !store::set_outcome(&mut *tx, by.id, ask.stint, ask.outcome).await? {
        return Err(Fault::NotFound.into());
    }
    let told = record::tell(&mut tx, by.id, ask.stint, services.clock.now()).await?;
    tx.commit().await?;
    services.hub.publish(told);
    Ok(())
}

/// One's own word stands above the computed time, and is marked as such.
pub async fn correct(services: &Services, by: Member, ask: Correct) -> Result<(), Failure> {
    if ask.minutes.is_some_and(|minutes| minutes > LONGEST_MINUTES) {
        return Err(Fault::field("minutes", format!("at most {LONGEST_MINUTES}, or empty for what was counted")).into());
    }
    let seconds = ask.minutes.map(|minutes| i32::from(minutes) * 60);
    let found = store::correct(&services.db, by.id, ask.stint, seconds).await?;
    if found { Ok(()) } else { Err(Fault::NotFound.into()) }
}

/// Something pulled at one, while the clock goes on.
pub async fn note(services: &Services, by: Member, ask: Note) -> Result<(), Failure> {
    let view = timer::sync(services, by, ask.hive).await?;
    let alone = matches!(view.lane, Lane::Overtime { .. } | Lane::Flow { .. });
    if !alone && !matches!(view.timer.phase(), Some(Phase::Focus | Phase::Flow)) {
        return Err(Fault::conflict("no focus is on").into());
    }
    Ok(store::note(&services.db, by.id, view.now, ask.by).await?)
}

/// The last stretch of somebody at a place, to go on with.
pub async fn last_attested(services: &Services, place: Uuid, user: UserId) -> Result<Option<Attested>, Failure> {
    Ok(attest::store::last_attested(&services.db, place, user).await?)
}

pub async fn set_own_goal(services: &Services, by: Member, goal: Option<&Goal>) -> Result<(), Failure> {
    Ok(store::set_own_goal(&services.db, by.id, goal).await?)
}
