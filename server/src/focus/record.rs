//! At the end of a phase: who was there for how much of it, recorded once for each, and told to
//! them alone.

use std::collections::BTreeMap;

use focushive::{
    Moment,
    focus::{Attested, Recorded, Was, account, credit, is_void},
    id::{HiveId, StintId, UserId},
    notification::{self, What},
    protocol::{Event, Topic},
    timer::{Ended, Ending, OVERTIME, Span},
};
use sqlx::PgConnection;
use time::Duration;
use uuid::Uuid;

use super::{
    attest,
    store::{self, New},
};
use crate::{
    failure::Failure,
    hive,
    hub::Published,
    notification::note::{Note, note},
    timer::Place,
    topic,
};

/// Whether anybody was there for any of it.
pub async fn attended(db: &mut PgConnection, place: Place, span: Span) -> Result<bool, Failure> {
    let heard = attest::store::attested(db, place.id(), None, span).await?;
    Ok(heard.iter().any(|(_, attested)| attested.was == Was::There))
}

/// Everybody's part in a focus phase that is over.
pub async fn phase(db: &mut PgConnection, place: Place, ended: &Ended, now: Moment) -> Result<Vec<Published>, Failure> {
    let mut people: BTreeMap<UserId, Vec<Attested>> = BTreeMap::new();
    for (user, attested) in attest::store::attested(&mut *db, place.id(), None, ended.span).await? {
        people.entry(user).or_default().push(attested);
    }
    let (mut told, mut over) = (Vec::new(), Vec::new());
    for (user, attested) in people {
        let pieces = account(ended.span, &ended.pauses, &attested);
        let credited = credit(&pieces);
        if credited < Duration::SECOND {
            continue;
        }
        let planned = Duration::milliseconds(i64::try_from(ended.planned_ms).unwrap_or(i64::MAX));
        let new = New {
            id: StintId(Uuid::now_v7()),
            user,
            place,
            ordinal: ended.ordinal,
            span: ended.span,
            credited_seconds: seconds(credited),
            void: is_void(&pieces, ended.ending, planned),
        };
        let id = new.id;
        store::insert(&mut *db, new).await?;
        told.extend(tell(db, user, id, now).await?);
        over.push((user, credited));
    }
    note_over(db, place, ended, &over).await?;
    Ok(told)
}

/// Everybody's own session is over: told to those who are not looking, and to the others for later.
async fn note_over(
    db: &mut PgConnection,
    place: Place,
    ended: &Ended,
    over: &[(UserId, Duration)],
) -> Result<(), Failure> {
    if ended.ending != Ending::Completed {
        return Ok(());
    }
    let hive = match place.hive() {
        Some(id) => hive::store::name(&mut *db, id).await?.map(|name| notification::Place { id, name }),
        None => None,
    };
    let at = ended.span.to;
    let notes: Vec<Note> = over
        .iter()
        .map(|(user, credited)| {
            let minutes = u32::try_from(credited.whole_minutes()).unwrap_or_default();
            let what = What::SessionEnded { hive: hive.clone(), minutes };
            Note { user: *user, what, at, due_at: at, source: format!("focus:{}:{}", place.id(), ended.ordinal) }
        })
        .collect();
    note(db, &notes).await
}

/// Somebody finished a thought: the session they were in is longer by that.
pub async fn overtime(
    db: &mut PgConnection,
    hive: HiveId,
    user: UserId,
    took: Span,
    now: Moment,
) -> Result<Vec<Published>, Failure> {
    let until = took.to.min(took.from.after(OVERTIME));
    let Some((stint, over)) = store::ending_at(&mut *db, hive.0, user, took.from).await? else { return Ok(Vec::new()) };
    let span = Span { from: over.span.from, to: until };
    let heard = attest::store::attested(&mut *db, hive.0, Some(user), span).await?;
    let attested: Vec<Attested> = heard.into_iter().map(|(_, attested)| attested).collect();
    let credited = credit(&account(span, &over.pauses, &attested));
    store::lengthen(&mut *db, stint, until, seconds(credited)).await?;
    tell(db, user, stint, now).await
}

/// What somebody was attested at one place is attested at another: their session goes on there.
pub async fn move_to(db: &mut PgConnection, user: UserId, from: Place, to: Place, span: Span) -> Result<(), Failure> {
    Ok(attest::store::move_attested(db, user, from.id(), to.id(), span).await?)
}

pub(super) async fn tell(
    db: &mut PgConnection,
    user: UserId,
    stint: StintId,
    now: Moment,
) -> Result<Vec<Published>, Failure> {
    let Some(stint) = store::find(&mut *db, user, stint).await? else { return Ok(Vec::new()) };
    let goal = stint.goal.clone();
    let event = Event::FocusRecorded(Box::new(Recorded { stint, goal }));
    topic::append(db, Topic::User(user), now, &[event]).await
}

pub(super) fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.whole_seconds()).unwrap_or(i32::MAX)
}
