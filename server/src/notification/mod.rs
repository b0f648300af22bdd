//! The bell: what somebody was told of, what of it they read, and how loud they want it. What there
//! is to tell is noted where it happens (`note.rs`), told by a task of its own (`teller.rs`,
//! `tell.rs`), and withheld while it is to be quiet (`silence.rs`).

pub mod announcement;
pub mod choice;
mod hours;
pub mod note;
pub mod reading;
pub mod rest;
mod silence;
pub mod store;
pub mod summary;
mod tell;
pub mod teller;
mod waiting;

use focushive::{
    Fault, Moment,
    caller::Member,
    id::UserId,
    notification::{
        Actor, Bell, Group, Hours, List, MOST_IN_PAGE, Missed, PAGE, Page, Place, Remind, Row, Said, SetSchedule,
        Snooze, SnoozeFor, What, When,
    },
    protocol::{Event, Topic},
};
use time::Duration;

use self::note::Note;
pub use self::store::Told;
use crate::{
    chat,
    failure::Failure,
    hive,
    hub::{Merge, Published},
    services::Services,
    timer, topic,
};

/// How long what was read is kept.
const READ_KEPT_FOR: Duration = Duration::days(90);

/// How much old is swept at a time, so that nobody waits for it.
const SWEPT_AT_ONCE: i64 = 1000;

/// Forgets what was read long ago.
pub async fn tidy(services: &Services) -> Result<(), sqlx::Error> {
    let before = services.clock.now().before(READ_KEPT_FOR);
    while reading::store::sweep(&services.db, before, SWEPT_AT_ONCE).await? >= SWEPT_AT_ONCE.unsigned_abs() {}
    Ok(())
}

pub async fn list(services: &Services, by: Member, ask: List) -> Result<Page, Failure> {
    let limit = ask.limit.unwrap_or(PAGE).clamp(1, MOST_IN_PAGE);
    let mut rows = store::page(&services.db, by.id, ask.before, kinds(ask.group).as_deref(), limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let bell = bell(services, by.id).await?;
    // What others wrote is not shown on a screen that others may see while one focuses.
    let rows = if bell.quiet.is_some() { rows.into_iter().map(Row::without_words).collect() } else { rows };
    Ok(Page { rows, bell, more, now: services.clock.now() })
}

/// What a list is narrowed to.
fn kinds(group: Option<Group>) -> Option<Vec<String>> {
    group.map(|group| group.kinds().into_iter().map(|kind| kind.as_str().to_owned()).collect())
}

/// How the bell of somebody stands.
pub async fn bell(services: &Services, user: UserId) -> Result<Bell, Failure> {
    let now = services.clock.now();
    let standing = store::standing(&services.db, user, now).await?;
    let quiet = silence::now(services, user, &standing, now);
    Ok(Bell { count: standing.count, held: if quiet.is_some() { standing.waiting } else { 0 }, quiet })
}

/// Comes back to a message later.
pub async fn remind(services: &Services, by: Member, ask: Remind) -> Result<(), Failure> {
    let found = hive::open_to(services, by, ask.hive).await?;
    let mut tx = services.db.begin().await?;
    let message = chat::store::one(&mut tx, ask.hive, ask.message).await?.ok_or(Fault::NotFound)?;
    let now = services.clock.now();
    let due_at = match ask.when {
        When::Break => timer::focus_ends_at(services, by, ask.hive).await?.unwrap_or(now),
        When::Hour => now.after(Duration::HOUR),
        When::Tomorrow => tomorrow(services, by, now).await?,
    };
    let what = What::Reminder(Said {
        by: Actor { id: message.author.id, name: message.author.name },
        hive: Place { id: ask.hive, name: found.name },
        message: ask.message,
    });
    let source = format!("remind:{}:{}:{due_at}", ask.hive, ask.message);
    note::note(&mut tx, &[Note { user: by.id, what, at: now, due_at, source }]).await?;
    tx.commit().await?;
    services.teller.ring();
    Ok(())
}

pub async fn hours(services: &Services, by: Member) -> Result<Hours, Failure> {
    let now = services.clock.now();
    let standing = store::standing(&services.db, by.id, now).await?;
    Ok(Hours { snoozed_until: standing.snoozed_until.filter(|until| *until > now), schedule: standing.schedule })
}

/// What waited for the end of hours that are no more quiet is told at once.
pub async fn set_schedule(services: &Services, by: Member, ask: SetSchedule) -> Result<(), Failure> {
    let schedule = ask.schedule().map_err(|problem| Fault::field("from", problem.to_string()))?;
    store::set_schedule(&services.db, by.id, &schedule).await?;
    look_again(services, by.id).await
}

pub async fn snooze(services: &Services, by: Member, ask: Snooze) -> Result<Bell, Failure> {
    let now = services.clock.now();
    let until = match ask.lasts {
        SnoozeFor::Hour => Some(now.after(Duration::HOUR)),
        SnoozeFor::Tomorrow => Some(tomorrow(services, by, now).await?),
        SnoozeFor::Over => None,
    };
    store::set_snooze(&services.db, by.id, until).await?;
    look_again(services, by.id).await?;
    bell(services, by.id).await
}

/// When the personal day begins anew.
async fn tomorrow(services: &Services, by: Member, now: Moment) -> Result<Moment, Failure> {
    Ok(timer::day_ends_at(services, by, now).await?.unwrap_or_else(|| now.after(Duration::DAY)))
}

/// Whatever is held is looked at anew, and every device shows how the bell stands.
pub async fn look_again(services: &Services, user: UserId) -> Result<(), Failure> {
    let now = services.clock.now();
    waiting::store::unhold(&services.db, user, now).await?;
    store::release_card(&services.db, user, now).await?;
    services.teller.ring();
    tell_bell(services, user).await
}

/// Not kept: whoever comes later asks.
async fn tell_bell(services: &Services, user: UserId) -> Result<(), Failure> {
    let bell = bell(services, user).await?;
    let event = Event::BellChanged(bell);
    let (topic, now) = (Topic::User(user), services.clock.now());
    services.hub.publish(vec![Published::volatile(topic, now, &event, Some(Merge::Newest))]);
    Ok(())
}

pub async fn digest(services: &Services, by: Member) -> Result<Missed, Failure> {
    Ok(store::digest(&services.db, by.id).await?)
}

pub async fn dismiss_digest(services: &Services, by: Member) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    store::lock(&mut *tx, by.id).await?;
    if store::digest(&mut *tx, by.id).await?.is_none() {
        return Ok(());
    }
    store::set_digest(&mut *tx, by.id, None).await?;
    let told = topic::append(&mut tx, Topic::User(by.id), services.clock.now(), &[Event::DigestChanged(None)]).await?;
    tx.commit().await?;
    services.hub.publish(told);
    Ok(())
}
