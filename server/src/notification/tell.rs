//! Telling one person all that waits for them: numbered in their log, counted, and written down as
//! tried, in one transaction. A silence that ends is told in one card, and makes no sound.

use std::collections::HashSet;

use focushive::{
    Moment,
    id::UserId,
    notification::{Digest, HOLD_BACK, Kind, Level, New, Notification, Tone, Why},
    protocol::{Event, Topic},
};
use sqlx::{Postgres, Transaction};
use time::Duration;
use uuid::Uuid;

use super::{
    choice, silence, store,
    store::Told,
    waiting::{Due, Waiting, store as waiting},
};
use crate::{failure::Failure, push, services::Services, topic};

/// How many things are told at once; the rest comes in the next round.
const TOGETHER: i64 = 500;

/// What is older than this is no news, and makes no sound.
const NEWS: Duration = Duration::minutes(5);

/// What a later version of this program wrote, and this one cannot read, is let be for so long.
const STRANGE: Duration = Duration::HOUR;

/// A silence that just ended.
#[derive(Clone, Copy, Debug)]
struct Silence {
    why: Why,
    since: Moment,
}

/// What was over just before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Focus,
    Nothing,
}

/// How it stands after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Same,
    /// Something is withheld now, or is no more.
    Changed,
    /// The same, and there is more to tell before the card.
    More,
}

pub async fn tell(services: &Services, user: UserId, after: After) -> Result<Outcome, Failure> {
    let now = services.clock.now();
    let mut tx = services.db.begin().await?;
    store::lock(&mut *tx, user).await?;
    let standing = store::standing(&mut *tx, user, now).await?;
    let is_over = after == After::Focus || standing.card_is_due;
    if let Some(until) = silence::set(&standing, now).and_then(|quiet| quiet.until) {
        withhold(&mut tx, user, now, until, is_over).await?;
        tx.commit().await?;
        return Ok(Outcome::Changed);
    }
    let owed = standing.owed_since.filter(|_| is_over);
    // What came in the last seconds of a focus is in its card, and makes no sound after it.
    let up_to = if owed.is_some() { now.after(HOLD_BACK) } else { now };
    let Due { waiting: due, strange } = waiting::due(&mut *tx, user, up_to, TOGETHER).await?;
    waiting::put_off(&mut *tx, &strange, now.after(STRANGE)).await?;
    let more = i64::try_from(due.len() + strange.len()).unwrap_or(TOGETHER) == TOGETHER;
    let held = || due.iter().filter(|waiting| waiting.held).map(|waiting| happened(waiting, now)).min();
    let over = owed
        .map(|since| Silence { why: Why::Focus, since })
        .or_else(|| held().map(|since| Silence { why: Why::Hours, since }));
    let news = choose(services, &mut tx, user, due, over, now).await?;
    let more = more && owed.is_some();
    if owed.is_some() && !more {
        store::forgive(&mut *tx, user).await?;
    }
    // After a focus there is one card, at the end of everything.
    write(services, tx, user, &news, over.filter(|_| !more), now).await?;
    services.pushes.notify_one();
    Ok(if more {
        Outcome::More
    } else if over.is_some() {
        Outcome::Changed
    } else {
        Outcome::Same
    })
}

/// It is quiet for another reason than focus: all that is due waits for the end of that, and so does
/// the card of a focus that is over.
async fn withhold(
    tx: &mut Transaction<'static, Postgres>,
    user: UserId,
    now: Moment,
    until: Moment,
    is_over: bool,
) -> Result<(), Failure> {
    waiting::hold(&mut **tx, user, now, until).await?;
    if is_over {
        store::keep_card(&mut **tx, user, until).await?;
    }
    Ok(())
}

/// What one asked to be reminded of was asked long ago, and happens when it is told.
fn happened(waiting: &Waiting, now: Moment) -> Moment {
    if waiting.what.kind() == Kind::Reminder { now } else { waiting.at }
}

/// What is told of what is due, how loudly, and under which numbers.
async fn choose(
    services: &Services,
    tx: &mut Transaction<'static, Postgres>,
    user: UserId,
    due: Vec<Waiting>,
    over: Option<Silence>,
    now: Moment,
) -> Result<Vec<Told>, Failure> {
    let choices = choice::of(&mut *tx, user).await?;
    let chosen = due.into_iter().map(|waiting| {
        let (level, rule) = choices.level(waiting.what.kind(), waiting.what.hive());
        (waiting, level, rule)
    });
    let (kept, dropped): (Vec<_>, Vec<_>) =
        chosen.partition(|(waiting, level, _)| *level != Level::Off && !waiting.is_gone);
    waiting::drop_all(&mut **tx, &dropped.iter().map(|(waiting, ..)| waiting.id.0).collect::<Vec<_>>()).await?;
    let head = topic::number(topic::store::advance(&mut **tx, user.0, 0).await?);
    let heard = services.hub.hears(user);
    let looking = services.presence.is_looking(user, now);
    let device = services.presence.last_touched(user, now);
    let news: Vec<Told> = (head + 1..)
        .zip(kept)
        .map(|(seq, (waiting, level, rule))| {
            // Whoever sits before the clock saw it end.
            let seen = waiting.is_read || (waiting.what.kind() == Kind::SessionEnded && looking);
            let read_at = seen.then_some(now);
            // One's own session ends into the very silence that ends with it, and is said all the same.
            let own = waiting.what.kind() == Kind::SessionEnded;
            let aloud = level == Level::Interrupt && (own || over.is_none()) && !seen && is_news(&waiting, now);
            let Waiting { id, what, at, .. } = waiting;
            let notification = Notification { id, seq, what, at, level, rule, read_at };
            Told { new: New { notification, aloud, device: device.filter(|_| aloud) }, heard }
        })
        .collect();
    push_some(tx, user, &news, looking, over.is_some(), now).await?;
    Ok(news)
}

/// What is said aloud is pushed: to whoever looks at a page after a minute in which to read it there.
/// What would have been, had it not been quiet, is pushed where nobody saw the card come in: the
/// first of each line of it.
async fn push_some(
    tx: &mut Transaction<'static, Postgres>,
    user: UserId,
    news: &[Told],
    looking: bool,
    was_quiet: bool,
    now: Moment,
) -> Result<(), Failure> {
    let id = |new: &New| new.notification.id.0;
    let (aloud, silent): (Vec<&New>, Vec<&New>) = news.iter().map(|told| &told.new).partition(|new| new.aloud);
    let later = now.after(push::UNREAD_FOR);
    let aloud: Vec<Uuid> = aloud.into_iter().map(id).collect();
    push::note(&mut *tx, user, &aloud, if looking { later } else { now }).await?;
    if looking || !was_quiet {
        return Ok(());
    }
    let mut lines = HashSet::new();
    let held = silent.into_iter().filter(|new| {
        let Notification { what, level, read_at, .. } = &new.notification;
        *level == Level::Interrupt && read_at.is_none() && lines.insert((what.kind(), what.hive()))
    });
    push::note(&mut *tx, user, &held.map(id).collect::<Vec<_>>(), later).await
}

fn is_news(waiting: &Waiting, now: Moment) -> bool {
    now.since(waiting.due_at) < NEWS
}

async fn write(
    services: &Services,
    mut tx: Transaction<'static, Postgres>,
    user: UserId,
    news: &[Told],
    over: Option<Silence>,
    now: Moment,
) -> Result<(), Failure> {
    let mut events: Vec<Event> = news.iter().map(|told| Event::NotificationNew(Box::new(told.new.clone()))).collect();
    if !news.is_empty() {
        waiting::told(&mut tx, news, now).await?;
        let (unread, attention) = added(news);
        let count = store::shift(&mut *tx, user, unread, attention).await?;
        events.push(Event::NotificationCount(count));
    }
    if let Some(digest) = digest(&mut tx, user, over, now).await? {
        store::set_digest(&mut *tx, user, Some(&digest)).await?;
        events.push(Event::DigestChanged(Some(digest)));
    }
    if events.is_empty() {
        return Ok(tx.commit().await?);
    }
    let told = topic::append(&mut tx, Topic::User(user), now, &events).await?;
    tx.commit().await?;
    services.hub.publish(told);
    Ok(())
}

/// How many more are unread, and how many of them are meant for one.
fn added(news: &[Told]) -> (i32, i32) {
    let unread = news.iter().map(|told| &told.new.notification).filter(|one| one.read_at.is_none());
    counted(unread.map(|one| one.what.kind()))
}

/// How many there are, and how many of them are meant for one.
pub fn counted(kinds: impl Iterator<Item = Kind>) -> (i32, i32) {
    kinds.fold((0, 0), |(all, meant), kind| (all + 1, meant + i32::from(kind.tone() == Tone::Attention)))
}

/// Everything that waited, and what was written meanwhile. What an earlier digest said and nobody
/// looked at is in this one too.
async fn digest(
    tx: &mut Transaction<'static, Postgres>,
    user: UserId,
    over: Option<Silence>,
    now: Moment,
) -> Result<Option<Digest>, Failure> {
    let Some(Silence { why, since }) = over else { return Ok(None) };
    let before = store::digest(&mut **tx, user).await?;
    let from = before.map_or(since, |before| before.from.min(since));
    let told = store::unread_since(&mut **tx, user, from).await?;
    let written = if why == Why::Focus { store::written_since(&mut **tx, user, from).await? } else { Vec::new() };
    let digest = Digest::new(from, now, why, &told, written);
    Ok(Some(digest).filter(|digest| !digest.is_empty()))
}
