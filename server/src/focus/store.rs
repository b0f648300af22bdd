//! The SQL of focus: sessions, and what pulled at anybody meanwhile. What they are made of is in
//! `attest/store.rs`.

use focushive::{
    Moment,
    focus::{Outcome, Pull, Pulled, Stint},
    id::{HiveId, StintId, UserId},
    text::Goal,
    timer::Span,
};
use sqlx::{PgExecutor, query, query_scalar};
use uuid::Uuid;

use crate::timer::Place;

pub struct New {
    pub id: StintId,
    pub user: UserId,
    pub place: Place,
    pub ordinal: u64,
    pub span: Span,
    pub credited_seconds: i32,
    pub void: bool,
}

/// With the goal that they have at that place right now.
pub async fn insert(db: impl PgExecutor<'_>, new: New) -> sqlx::Result<()> {
    query!(
        r#"insert into stint (id, user_id, place, ordinal, hive_id, began_at, ended_at, credited_seconds, void, goal)
           select $1, u.id, $3, $4, $5, $6, $7, $8, $9, case when $5::uuid is null then u.goal else m.goal end
           from "user" u left join hive_member m on m.user_id = u.id and m.hive_id = $5
           where u.id = $2
           on conflict on constraint stint_once do nothing"#,
        new.id as StintId,
        new.user as UserId,
        new.place.id(),
        i64::try_from(new.ordinal).unwrap_or(i64::MAX),
        new.place.hive().map(|hive| hive.0),
        new.span.from as Moment,
        new.span.to as Moment,
        new.credited_seconds,
        new.void,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What is known of a phase that a session was in.
pub struct Over {
    pub span: Span,
    pub pauses: Vec<Span>,
}

fn pauses(text: &str) -> sqlx::Result<Vec<Span>> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// The session of somebody in the phase that ended then.
pub async fn ending_at(
    db: impl PgExecutor<'_>,
    place: Uuid,
    user: UserId,
    at: Moment,
) -> sqlx::Result<Option<(StintId, Over)>> {
    let row = query!(
        r#"select s.id as "id: StintId", p.began_at as "from: Moment", p.ended_at as "to: Moment", p.pauses
           from stint s join timer_phase p on p.place = s.place and p.ordinal = s.ordinal
           where s.place = $1 and s.user_id = $2 and p.ended_at = $3"#,
        place,
        user as UserId,
        at as Moment,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.id, Over { span: Span { from: row.from, to: row.to }, pauses: pauses(&row.pauses)? })))
        .transpose()
}

pub async fn lengthen(db: impl PgExecutor<'_>, stint: StintId, until: Moment, credited: i32) -> sqlx::Result<()> {
    query!(
        "update stint set ended_at = greatest(ended_at, $2), credited_seconds = greatest(credited_seconds, $3) where id = $1",
        stint as StintId,
        until as Moment,
        credited,
    )
    .execute(db)
    .await?;
    Ok(())
}

struct Row {
    id: StintId,
    hive: Option<HiveId>,
    place: Option<String>,
    from: Moment,
    to: Moment,
    credited: i32,
    corrected: Option<i32>,
    goal: Option<Goal>,
    outcome: Option<Outcome>,
    void: bool,
    inner: i64,
    outer: i64,
}

impl From<Row> for Stint {
    fn from(row: Row) -> Self {
        let whole = |seconds: i32| u32::try_from(seconds).unwrap_or_default();
        let few = |count: i64| u16::try_from(count).unwrap_or(u16::MAX);
        Self {
            id: row.id,
            hive: row.hive,
            place: row.place.unwrap_or_else(|| "On your own".to_owned()),
            span: Span { from: row.from, to: row.to },
            credited_seconds: whole(row.credited),
            corrected_seconds: row.corrected.map(whole),
            goal: row.goal,
            outcome: row.outcome,
            void: row.void,
            inner: few(row.inner),
            outer: few(row.outer),
        }
    }
}

/// One's own sessions, the newest first; or one of them. Those that began at one instant come together.
async fn select(
    db: impl PgExecutor<'_>,
    user: UserId,
    one: Option<StintId>,
    before: Option<Moment>,
    limit: i64,
) -> sqlx::Result<Vec<Stint>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select s.id as "id: StintId", s.hive_id as "hive: HiveId", h.name as "place?", s.began_at as "from: Moment",
                  s.ended_at as "to: Moment", s.credited_seconds as credited, s.corrected_seconds as corrected,
                  s.goal as "goal: Goal", s.outcome as "outcome: Outcome", s.void,
                  (select count(*) from pull where user_id = $1 and kind = 'inner'
                   and at >= s.began_at and at < s.ended_at) as "inner!",
                  (select count(*) from pull where user_id = $1 and kind = 'outer'
                   and at >= s.began_at and at < s.ended_at) as "outer!"
           from stint s left join hive h on h.id = s.hive_id
           where s.user_id = $1 and ($2::uuid is null or s.id = $2) and ($3::timestamptz is null or s.began_at < $3)
           order by s.began_at desc fetch first $4 rows with ties"#,
        user as UserId,
        one.map(|one| one.0),
        before as Option<Moment>,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Stint::from).collect())
}

pub async fn find(db: impl PgExecutor<'_>, user: UserId, stint: StintId) -> sqlx::Result<Option<Stint>> {
    Ok(select(db, user, Some(stint), None, 1).await?.pop())
}

pub async fn page(
    db: impl PgExecutor<'_>,
    user: UserId,
    before: Option<Moment>,
    limit: u32,
) -> sqlx::Result<Vec<Stint>> {
    select(db, user, None, before, limit.into()).await
}

/// Whether any session of somebody began before an instant.
pub async fn is_before(db: impl PgExecutor<'_>, user: UserId, at: Moment) -> sqlx::Result<bool> {
    query_scalar!(
        r#"select exists (select from stint where user_id = $1 and began_at < $2) as "is!""#,
        user as UserId,
        at as Moment
    )
    .fetch_one(db)
    .await
}

/// Where a session was, and the phase it was in.
pub async fn phase_of(db: impl PgExecutor<'_>, stint: StintId) -> sqlx::Result<Option<(Uuid, Over)>> {
    let row = query!(
        r#"select p.place, p.began_at as "from: Moment", s.ended_at as "to: Moment", p.pauses
           from stint s join timer_phase p on p.place = s.place and p.ordinal = s.ordinal where s.id = $1"#,
        stint as StintId
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.place, Over { span: Span { from: row.from, to: row.to }, pauses: pauses(&row.pauses)? })))
        .transpose()
}

pub async fn set_outcome(
    db: impl PgExecutor<'_>,
    user: UserId,
    stint: StintId,
    outcome: Outcome,
) -> sqlx::Result<bool> {
    let done = query!(
        "update stint set outcome = $3 where id = $2 and user_id = $1",
        user as UserId,
        stint as StintId,
        outcome as Outcome
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn correct(
    db: impl PgExecutor<'_>,
    user: UserId,
    stint: StintId,
    seconds: Option<i32>,
) -> sqlx::Result<bool> {
    let done = query!(
        "update stint set corrected_seconds = $3 where id = $2 and user_id = $1",
        user as UserId,
        stint as StintId,
        seconds
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn set_own_goal(db: impl PgExecutor<'_>, user: UserId, goal: Option<&Goal>) -> sqlx::Result<()> {
    query!(r#"update "user" set goal = $2 where id = $1"#, user as UserId, goal as Option<&Goal>).execute(db).await?;
    Ok(())
}

pub async fn note(db: impl PgExecutor<'_>, user: UserId, at: Moment, pull: Pull) -> sqlx::Result<()> {
    query!(
        "insert into pull (user_id, at, kind) values ($1, $2, $3) on conflict do nothing",
        user as UserId,
        at as Moment,
        pull as Pull
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn pulls(db: impl PgExecutor<'_>, user: UserId, span: Span) -> sqlx::Result<Vec<Pulled>> {
    let rows = query!(
        r#"select at as "at: Moment", kind as "by: Pull" from pull
           where user_id = $1 and at >= $2 and at < $3 order by at"#,
        user as UserId,
        span.from as Moment,
        span.to as Moment,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| Pulled { at: row.at, by: row.by }).collect())
}

/// When this house told somebody something aloud.
pub async fn ours(db: impl PgExecutor<'_>, user: UserId, span: Span) -> sqlx::Result<Vec<Moment>> {
    query_scalar!(
        r#"select d.tried_at as "at: Moment" from notification_delivery d
           join notification n on n.id = d.notification_id
           where d.aloud and d.tried_at >= $2 and d.tried_at < $3 and n.user_id = $1 order by d.tried_at"#,
        user as UserId,
        span.from as Moment,
        span.to as Moment,
    )
    .fetch_all(db)
    .await
}

/// What one focused on each personal day, by the zone and the end of day that one has.
pub struct DaySum {
    pub date: time::Date,
    pub seconds: i64,
    pub sessions: i64,
}

pub async fn days(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Vec<DaySum>> {
    sqlx::query_as!(
        DaySum,
        r#"select ((s.began_at at time zone u.zone) - make_interval(mins => u.day_end))::date as "date!",
                  sum(coalesce(s.corrected_seconds, s.credited_seconds)) as "seconds!", count(*) as "sessions!"
           from stint s join "user" u on u.id = s.user_id
           where s.user_id = $1 and (s.corrected_seconds is not null or not s.void)
           group by 1 order by 1"#,
        user as UserId
    )
    .fetch_all(db)
    .await
}

/// The personal day it is for somebody right now.
pub async fn today(db: impl PgExecutor<'_>, user: UserId, now: Moment) -> sqlx::Result<time::Date> {
    query_scalar!(
        r#"select (($2::timestamptz at time zone zone) - make_interval(mins => day_end))::date as "date!"
           from "user" where id = $1"#,
        user as UserId,
        now as Moment
    )
    .fetch_one(db)
    .await
}
