//! Clocks: how one stands, and what is done to it at once. What the others are asked about first is
//! in `vote.rs`, what is taken back in `undo.rs`, how it goes for one person in `lane.rs`, and what
//! happens by itself in `alarm.rs`, what it gives to tell in `note.rs`. How a clock changes, whatever
//! changes it, is in `turn.rs`.

pub mod alarm;
pub mod lane;
mod note;
pub mod open_up;
pub mod rest;
pub mod rhythm;
pub mod store;
mod turn;
pub mod undo;
pub mod vote;

use std::collections::HashMap;

use focushive::{
    Fault, Moment,
    caller::Member,
    hive::{Live, Right},
    id::{HiveId, UserId},
    text::{HiveName, Name},
    timer::{Act, Acted, Did, Done, Lane, ListActs, MOST_ACTS, Mine, Run, Start, Timer, View, needs},
};
use sqlx::PgConnection;
use time::Duration;
use uuid::Uuid;

use crate::{account, failure::Failure, focus, hive, services::Services};

/// Whose clock it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Hive(HiveId),
    Own(UserId),
}

impl Place {
    pub const fn id(self) -> Uuid {
        match self {
            Self::Hive(hive) => hive.0,
            Self::Own(user) => user.0,
        }
    }

    pub const fn hive(self) -> Option<HiveId> {
        if let Self::Hive(hive) = self { Some(hive) } else { None }
    }

    pub const fn user(self) -> Option<UserId> {
        if let Self::Own(user) = self { Some(user) } else { None }
    }

    const fn of(by: Member, hive: Option<HiveId>) -> Self {
        match hive {
            Some(hive) => Self::Hive(hive),
            None => Self::Own(by.id),
        }
    }
}

/// How long it is kept what was done to a clock: longer than it can be taken back, and than counts
/// for how often one may be started.
const ACTS_KEPT_FOR: Duration = Duration::days(7);

/// How much old is swept at a time, so that nobody waits for it.
const SWEPT_AT_ONCE: i64 = 5000;

/// Forgets what was done long ago.
pub async fn tidy(services: &Services) -> Result<(), sqlx::Error> {
    let before = services.clock.now().before(ACTS_KEPT_FOR);
    while store::sweep(&services.db, before, SWEPT_AT_ONCE).await? >= SWEPT_AT_ONCE.unsigned_abs() {}
    Ok(())
}

/// What time it is, as facts are written.
pub fn now(services: &Services) -> Moment {
    services.clock.now().whole_ms()
}

pub async fn sync(services: &Services, by: Member, hive: Option<HiveId>) -> Result<View, Failure> {
    if let Some(hive) = hive {
        hive::open_to(services, by, hive).await?;
    }
    view(services, by.id, Place::of(by, hive)).await
}

async fn view(services: &Services, user: UserId, place: Place) -> Result<View, Failure> {
    let now = now(services);
    let timer = rolled(services, place, store::find(&services.db, place.id()).await?, now);
    let (lane, proposal) = match place {
        Place::Hive(hive) => (store::lane(&services.db, hive, user).await?, services.votes.open(hive, now)),
        Place::Own(_) => (Lane::InStep, None),
    };
    let goal = match place {
        Place::Hive(_) => None,
        Place::Own(user) => store::own_goal(&services.db, user).await?,
    };
    Ok(View { lane: lane.at(&timer, now), timer, proposal, goal, now })
}

/// As it is by now, whether or not that is written yet.
fn rolled(services: &Services, place: Place, mut timer: Timer, now: Moment) -> Timer {
    timer.roll(now, place.hive().and_then(|hive| services.presence.idle_since(hive, now)));
    timer
}

/// How a hive's clock stands, and how it goes for somebody who sits down there.
pub async fn standing(services: &Services, user: UserId, hive: HiveId) -> Result<(Timer, Lane), Failure> {
    let timer = store::find(&services.db, hive.0).await?;
    Ok((timer, store::lane(&services.db, hive, user).await?))
}

/// The clock of a hive as it is by now; nobody changes it until the end of the transaction.
pub async fn lock_now(services: &Services, db: &mut PgConnection, hive: HiveId) -> Result<Timer, Failure> {
    let place = Place::Hive(hive);
    let mut timer = store::lock(db, place).await?;
    timer.roll(now(services), turn::empty_since(services, place, store::seen_at(db, hive.0).await?));
    Ok(timer)
}

/// The clocks of people's own that run: known to presence before anybody is heard again.
async fn wake_own(services: &Services) -> Result<(), Failure> {
    for (user, timer) in store::own_running(&services.db).await? {
        let last = focus::last_attested(services, user.0, user).await?;
        services.presence.set_own(user, &timer, services.clock.now());
        services.presence.go_on_own(user, last);
    }
    Ok(())
}

pub async fn standings(services: &Services, hives: &[Uuid]) -> Result<HashMap<HiveId, Timer>, Failure> {
    let now = now(services);
    let found = store::find_all(&services.db, hives).await?;
    Ok(found.into_iter().map(|(hive, timer)| (hive, rolled(services, Place::Hive(hive), timer, now))).collect())
}

/// When the focus that is on in a hive ends, if one is on and its end is known.
pub async fn focus_ends_at(services: &Services, by: Member, hive: HiveId) -> Result<Option<Moment>, Failure> {
    let timer = sync(services, by, Some(hive)).await?.timer;
    Ok(timer.ends_at().filter(|_| timer.is_focus()))
}

/// When the personal day of somebody ends.
pub async fn day_ends_at(services: &Services, by: Member, now: Moment) -> Result<Option<Moment>, Failure> {
    Ok(store::day_end(&services.db, Place::Own(by.id), now).await?)
}

/// What is live in a hive, for somebody who begins to listen.
pub async fn live(services: &Services, hive: HiveId) -> Result<Live, Failure> {
    let now = now(services);
    let timer = rolled(services, Place::Hive(hive), store::find(&services.db, hive.0).await?, now);
    Ok(Live { seats: services.presence.seats(hive), timer, proposal: services.votes.open(hive, now) })
}

/// The clocks that run for somebody right now: of the hives they sit in, and their own.
pub async fn mine(services: &Services, by: Member) -> Result<Vec<Mine>, Failure> {
    let mut mine = Vec::new();
    for hive in services.presence.hives_of(by.id) {
        if let Ok(found) = hive::open_to(services, by, hive).await {
            let view = view(services, by.id, Place::Hive(hive)).await?;
            mine.push(Mine { hive: Some(hive), name: HiveName::to_string(&found.name), view });
        }
    }
    let own = view(services, by.id, Place::Own(by.id)).await?;
    mine.push(Mine { hive: None, name: "On your own".to_owned(), view: own });
    mine.retain(|mine| mine.view.timer.phase().is_some());
    Ok(mine)
}

/// What was done to a hive's clock, and by whom: for all who may look at it.
pub async fn acts(services: &Services, by: Member, ask: ListActs) -> Result<Vec<Did>, Failure> {
    hive::open_to(services, by, ask.hive).await?;
    Ok(store::acts(&services.db, ask.hive, MOST_ACTS).await?)
}

pub async fn start(services: &Services, by: Member, ask: Start) -> Result<Done, Failure> {
    match (ask.hive, ask.goal) {
        (Some(hive), Some(goal)) => hive::set_goal(services, by, focushive::hive::SetGoal { hive, goal }).await?,
        (None, Some(goal)) => focus::set_own_goal(services, by, goal.as_ref()).await?,
        (_, None) => {}
    }
    act(services, by, ask.hive, Act::Start { grid: ask.grid }, None).await
}

/// Done at once by those who may; proposed to the others by those who belong to it.
/// `stage` is what it is meant for, if that was said.
pub async fn act(
    services: &Services,
    by: Member,
    hive: Option<HiveId>,
    act: Act,
    stage: Option<u64>,
) -> Result<Done, Failure> {
    let Some(hive) = hive else {
        return conduct(services, by.id, Place::Own(by.id), act, stage).await;
    };
    let me = member(services, by, hive).await?;
    if me.may(needs(&act)) {
        let done = carry_out(services, by.id, hive, act, stage).await?;
        vote::settled(services, hive);
        return Ok(done);
    }
    if needs(&act) != Right::Conduct || !me.may(Right::Write) {
        return Err(Fault::Forbidden.into());
    }
    vote::propose(services, by, hive, act, stage).await
}

/// Those who may decided that it be done.
async fn carry_out(
    services: &Services,
    by: UserId,
    hive: HiveId,
    act: Act,
    stage: Option<u64>,
) -> Result<Done, Failure> {
    match act {
        Act::OpenUp => open_up::hand_over(services, by, hive).await,
        act => conduct(services, by, Place::Hive(hive), act, stage).await,
    }
}

/// Nobody goes on in a hive that is archived. It was seen before that they may.
pub async fn stand_still(services: &Services, by: Member, hive: HiveId) -> Result<(), Failure> {
    if store::find(&services.db, hive.0).await?.run == Run::Idle {
        return Ok(());
    }
    conduct(services, by.id, Place::Hive(hive), Act::Stop, None).await?;
    vote::settled(services, hive);
    Ok(())
}

/// The rank of somebody in a hive whose clock may be touched.
async fn member(services: &Services, by: Member, hive: HiveId) -> Result<focushive::hive::Rank, Failure> {
    let found = hive::open_to(services, by, hive).await?;
    let rank = found.rank.ok_or(Fault::Forbidden)?;
    if found.archived {
        return Err(Fault::conflict("this hive is archived: its clock stands still").into());
    }
    Ok(rank)
}

/// Does it, in somebody's name.
async fn conduct(services: &Services, by: UserId, place: Place, act: Act, stage: Option<u64>) -> Result<Done, Failure> {
    let name = name_of(services, by).await?;
    let acted = Acted { by, name, at: now(services), act, stage };
    let timer = turn::turn(services, place, Some(acted)).await?;
    Ok(Done { timer, proposal: None })
}

async fn name_of(services: &Services, user: UserId) -> Result<Name, Failure> {
    Ok(account::look_up(services, user).await?.name)
}
