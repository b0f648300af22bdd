//! The SQL of clocks: how each stands, what was done to it, and the lanes of those out of step.

use std::collections::HashMap;

use focushive::{
    Moment,
    id::{HiveId, UserId},
    text::{Goal, Name},
    timer::{Act, Did, Ended, Ending, Lane, Timer},
};
use sqlx::{PgExecutor, query, query_scalar};
use uuid::Uuid;

use super::Place;

pub(super) fn read<T: serde::de::DeserializeOwned>(text: &str) -> sqlx::Result<T> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

pub(super) fn written<T: serde::Serialize>(value: &T) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn big(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How a clock stands; one that was never touched is ready.
pub async fn find(db: impl PgExecutor<'_>, place: Uuid) -> sqlx::Result<Timer> {
    let facts = query_scalar!("select facts from timer where place = $1", place).fetch_optional(db).await?;
    facts.map_or_else(|| Ok(Timer::default()), |facts| read(&facts))
}

pub async fn find_all(db: impl PgExecutor<'_>, places: &[Uuid]) -> sqlx::Result<HashMap<HiveId, Timer>> {
    let rows = query!("select place, facts from timer where place = any($1)", places).fetch_all(db).await?;
    rows.into_iter().map(|row| Ok((HiveId(row.place), read(&row.facts)?))).collect()
}

/// The same, for somebody who is about to change it; nobody else does meanwhile.
pub async fn lock(db: &mut sqlx::PgConnection, place: Place) -> sqlx::Result<Timer> {
    let (hive, user) = (place.hive().map(|hive| hive.0), place.user().map(|user| user.0));
    query!(
        r#"insert into timer (place, hive_id, user_id, facts, revision) values ($1, $2, $3, $4, 0)
           on conflict (place) do nothing"#,
        place.id(),
        hive,
        user,
        written(&Timer::default())?,
    )
    .execute(&mut *db)
    .await?;
    let facts = query_scalar!("select facts from timer where place = $1 for update", place.id()).fetch_one(db).await?;
    read(&facts)
}

pub async fn save(db: impl PgExecutor<'_>, place: Place, timer: &Timer) -> sqlx::Result<()> {
    query!(
        "update timer set facts = $2, revision = $3, wakes_at = $4 where place = $1",
        place.id(),
        written(timer)?,
        big(timer.revision),
        timer.wakes_at() as Option<Moment>,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// When somebody was last known to be in a hive, on whichever node.
pub async fn seen_at(db: impl PgExecutor<'_>, place: Uuid) -> sqlx::Result<Option<Moment>> {
    let seen = query_scalar!(r#"select seen_at as "at: Moment" from timer where place = $1"#, place);
    Ok(seen.fetch_optional(db).await?.flatten())
}

pub async fn set_seen(db: impl PgExecutor<'_>, hives: &[Uuid], now: Moment) -> sqlx::Result<()> {
    query!("update timer set seen_at = $2 where place = any($1) and seen_at is distinct from $2", hives, now as Moment)
        .execute(db)
        .await?;
    Ok(())
}

/// The clocks that change by themselves by then.
pub async fn due(db: impl PgExecutor<'_>, now: Moment) -> sqlx::Result<Vec<Place>> {
    let rows = query!(
        r#"select place, hive_id is not null as "of_hive!" from timer where wakes_at <= $1 order by wakes_at limit 200"#,
        now as Moment
    )
    .fetch_all(db)
    .await?;
    let place = |place, of_hive| if of_hive { Place::Hive(HiveId(place)) } else { Place::Own(UserId(place)) };
    Ok(rows.into_iter().map(|row| place(row.place, row.of_hive)).collect())
}

/// Clocks of people's own that run.
pub async fn own_running(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<(UserId, Timer)>> {
    let rows = query!(r#"select place, facts from timer where user_id is not null and wakes_at is not null"#)
        .fetch_all(db)
        .await?;
    rows.into_iter().map(|row| Ok((UserId(row.place), read(&row.facts)?))).collect()
}

/// When something next happens by itself.
pub async fn next_due(db: impl PgExecutor<'_>) -> sqlx::Result<Option<Moment>> {
    query_scalar!(
        r#"select least((select min(wakes_at) from timer), (select min(ends_at) from timer_lane)) as "at: Moment""#
    )
    .fetch_one(db)
    .await
}

/// Records a phase that is over, once; the answer is whether it is new.
pub async fn record(db: impl PgExecutor<'_>, place: Uuid, ended: &Ended, attended: bool) -> sqlx::Result<bool> {
    let done = query!(
        r#"insert into timer_phase (place, ordinal, phase, round, began_at, ended_at, planned_ms, pauses, ending, attended)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing"#,
        place,
        big(ended.ordinal),
        ended.phase.as_str(),
        i16::from(ended.round),
        ended.span.from as Moment,
        ended.span.to as Moment,
        big(ended.planned_ms),
        written(&ended.pauses)?,
        ended.ending as Ending,
        attended,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Takes phases back that are not over after all, and with them what was recorded of anybody.
pub async fn forget_from(db: impl PgExecutor<'_>, place: Uuid, ordinal: u64) -> sqlx::Result<()> {
    query!("delete from timer_phase where place = $1 and ordinal >= $2", place, big(ordinal)).execute(db).await?;
    Ok(())
}

/// What is written of an act that was taken back, and of a session that was opened up: nothing that
/// could itself be taken back.
pub const UNDONE: &str = "undo";
pub const OPENED_UP: &str = "open_up";

/// One thing that was done, and how the clock stood before.
pub struct Done {
    pub revision: u64,
    pub by: UserId,
    pub at: Moment,
    pub act: &'static str,
    pub did: Option<Act>,
    pub before: Timer,
    /// Who was out of step.
    pub lanes: Vec<(UserId, Lane)>,
}

pub async fn note_act(db: impl PgExecutor<'_>, place: Uuid, done: &Done) -> sqlx::Result<()> {
    query!(
        r#"insert into timer_act (place, revision, user_id, act, at, before, lanes, did)
           values ($1, $2, $3, $4, $5, $6, $7, $8)"#,
        place,
        big(done.revision),
        done.by as UserId,
        done.act,
        done.at as Moment,
        written(&done.before)?,
        written(&done.lanes)?,
        done.did.as_ref().map(written).transpose()?,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What was done to a hive's clock, the newest first.
pub async fn acts(db: impl PgExecutor<'_>, hive: HiveId, most: usize) -> sqlx::Result<Vec<Did>> {
    let rows = query!(
        r#"select a.user_id as "by: UserId", u.name as "name: Name", a.at as "at: Moment", a.did
           from timer_act a join "user" u on u.id = a.user_id
           where a.place = $1 and (a.did is not null or a.act = $2) order by a.revision desc limit $3"#,
        hive as HiveId,
        UNDONE,
        i64::try_from(most).unwrap_or(i64::MAX),
    )
    .fetch_all(db)
    .await?;
    let did = |did: Option<String>| did.as_deref().map(read).transpose();
    rows.into_iter().map(|row| Ok(Did { by: row.by, name: row.name, at: row.at, act: did(row.did)? })).collect()
}

/// What was done last, so that it can be taken back.
pub struct Last {
    pub by: UserId,
    pub at: Moment,
    pub act: String,
    pub before: Timer,
    pub lanes: Vec<(UserId, Lane)>,
}

pub async fn last_act(db: impl PgExecutor<'_>, place: Uuid) -> sqlx::Result<Option<Last>> {
    let row = query!(
        r#"select user_id as "by: UserId", at as "at: Moment", act, before, lanes from timer_act
           where place = $1 order by revision desc limit 1"#,
        place,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let (before, lanes) = (read(&row.before)?, read(&row.lanes)?);
        Ok(Last { by: row.by, at: row.at, act: row.act, before, lanes })
    })
    .transpose()
}

/// How often it was started anew since then.
pub async fn starts_since(db: impl PgExecutor<'_>, place: Uuid, since: Moment) -> sqlx::Result<i64> {
    query_scalar!(
        r#"select count(*) as "count!" from timer_act where place = $1 and act in ('start', 'skip', 'open_up') and at > $2"#,
        place,
        since as Moment
    )
    .fetch_one(db)
    .await
}

/// When the day ends at a place: by the zone and the day of whoever owns it.
pub async fn day_end(db: impl PgExecutor<'_>, place: Place, now: Moment) -> sqlx::Result<Option<Moment>> {
    query_scalar!(
        r#"select (date_trunc('day', ($3::timestamptz at time zone zone) - make_interval(mins => day_end))
                   + make_interval(days => 1, mins => day_end)) at time zone zone as "at: Moment"
           from "user"
           where id = coalesce($2, (select user_id from hive_member where hive_id = $1 and rank = 'owner'
                                    order by joined_at limit 1))"#,
        place.hive().map(|hive| hive.0),
        place.user().map(|user| user.0),
        now as Moment,
    )
    .fetch_optional(db)
    .await
    .map(Option::flatten)
}

pub async fn lane(db: impl PgExecutor<'_>, hive: HiveId, user: UserId) -> sqlx::Result<Lane> {
    let lane = query_scalar!(
        "select lane from timer_lane where hive_id = $1 and user_id = $2",
        hive as HiveId,
        user as UserId
    )
    .fetch_optional(db)
    .await?;
    lane.map_or_else(|| Ok(Lane::default()), |lane| read(&lane))
}

/// The same, for somebody whose lane is about to end; nobody else ends it meanwhile.
pub async fn lock_lane(db: impl PgExecutor<'_>, hive: HiveId, user: UserId) -> sqlx::Result<Lane> {
    let lane = query_scalar!(
        "select lane from timer_lane where hive_id = $1 and user_id = $2 for update",
        hive as HiveId,
        user as UserId
    )
    .fetch_optional(db)
    .await?;
    lane.map_or_else(|| Ok(Lane::default()), |lane| read(&lane))
}

/// Everybody in a hive who is not in step; one after the other where others look as well.
pub async fn lanes(db: impl PgExecutor<'_>, hive: HiveId) -> sqlx::Result<Vec<(UserId, Lane)>> {
    let rows = query!(
        r#"select user_id as "user: UserId", lane from timer_lane where hive_id = $1 order by user_id for update"#,
        hive as HiveId
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(|row| Ok((row.user, read(&row.lane)?))).collect()
}

/// The hives in which somebody is in a lane of their own.
pub async fn lanes_of(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Vec<(HiveId, Lane)>> {
    let rows = query!(
        r#"select hive_id as "hive: HiveId", lane from timer_lane where user_id = $1 order by hive_id for update"#,
        user as UserId
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(|row| Ok((row.hive, read(&row.lane)?))).collect()
}

/// Lanes that end by themselves by then.
pub async fn lanes_due(db: impl PgExecutor<'_>, now: Moment) -> sqlx::Result<Vec<(HiveId, UserId)>> {
    let rows = query!(
        r#"select hive_id as "hive: HiveId", user_id as "user: UserId" from timer_lane where ends_at <= $1
           order by ends_at limit 200"#,
        now as Moment
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.hive, row.user)).collect())
}

pub async fn set_lane(db: impl PgExecutor<'_>, hive: HiveId, user: UserId, lane: Lane) -> sqlx::Result<()> {
    if lane == Lane::InStep {
        query!("delete from timer_lane where hive_id = $1 and user_id = $2", hive as HiveId, user as UserId)
            .execute(db)
            .await?;
    } else {
        query!(
            r#"insert into timer_lane (hive_id, user_id, lane, ends_at) values ($1, $2, $3, $4)
               on conflict (hive_id, user_id) do update set lane = excluded.lane, ends_at = excluded.ends_at"#,
            hive as HiveId,
            user as UserId,
            written(&lane)?,
            lane.ends_at() as Option<Moment>,
        )
        .execute(db)
        .await?;
    }
    Ok(())
}

/// What somebody works on at their own clock.
pub async fn own_goal(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Option<Goal>> {
    let goal = query_scalar!(r#"select goal as "goal: Goal" from "user" where id = $1"#, user as UserId);
    Ok(goal.fetch_optional(db).await?.flatten())
}

/// What somebody works on alone is what they work on in a hive from now on.
pub async fn bring_goal(db: impl PgExecutor<'_>, hive: HiveId, user: UserId) -> sqlx::Result<Option<Goal>> {
    let goal = query_scalar!(
        r#"update hive_member m set goal = u.goal from "user" u
           where u.id = m.user_id and m.hive_id = $1 and m.user_id = $2 returning m.goal as "goal: Goal""#,
        hive as HiveId,
        user as UserId,
    );
    Ok(goal.fetch_optional(db).await?.flatten())
}

/// Forgets some of what was done so long ago that nobody takes it back.
pub async fn sweep(db: impl PgExecutor<'_>, before: Moment, most: i64) -> sqlx::Result<u64> {
    let swept = query!(
        r#"delete from timer_act where (place, revision) in (
               select place, revision from timer_act where at < $1 order by at limit $2)"#,
        before as Moment,
        most,
    );
    Ok(swept.execute(db).await?.rows_affected())
}
