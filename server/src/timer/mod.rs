//! Clocks: how one stands, what is done to it at once, and what is taken back. What the others are
//! asked about first is in `vote.rs`, how it goes for one person in `lane.rs`, and what happens by
//! itself in `alarm.rs`. A clock is only ever changed in `turn`.

pub mod alarm;
pub mod lane;
pub mod store;
pub mod vote;

use std::collections::HashMap;

use focushive::{
    Fault, Moment,
    caller::Member,
    hive::{Live, Right},
    id::{HiveId, UserId},
    protocol::{Event, Topic},
    text::{HiveName, Name},
    timer::{Act, Acted, Changed, Done, Ended, Lane, Mine, Start, Timer, UNDO, View, needs},
};
use sqlx::PgConnection;
use time::Duration;
use uuid::Uuid;

use crate::{account, failure::Failure, focus, hive, hub::Published, services::Services, topic};

/// A clock is started this often in an hour at most.
const STARTS_AN_HOUR: i64 = 12;

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
    Ok(View { lane: lane.at(&timer, now), timer, proposal, now })
}

/// As it is by now, whether or not that is written yet.
fn rolled(services: &Services, place: Place, mut timer: Timer, now: Moment) -> Timer {
    timer.roll(now, place.hive().and_then(|hive| services.presence.empty_since(hive)));
    timer
}

/// How a hive's clock stands, and how it goes for somebody who sits down there.
pub async fn standing(services: &Services, user: UserId, hive: HiveId) -> Result<(Timer, Lane), Failure> {
    let timer = store::find(&services.db, hive.0).await?;
    Ok((timer, store::lane(&services.db, hive, user).await?))
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
            mine.push(Mine { hive: Some(hive), name: HiveName::to_string(&found.hive.name), view });
        }
    }
    let own = view(services, by.id, Place::Own(by.id)).await?;
    mine.push(Mine { hive: None, name: "On your own".to_owned(), view: own });
    mine.retain(|mine| mine.view.timer.phase().is_some());
    Ok(mine)
}

pub async fn start(services: &Services, by: Member, ask: Start) -> Result<Done, Failure> {
    match (ask.hive, &ask.goal) {
        (Some(hive), Some(goal)) => {
            hive::set_goal(services, by, focushive::hive::SetGoal { hive, goal: Some(goal.clone()) }).await?;
        }
        (None, Some(goal)) => focus::set_own_goal(services, by, goal).await?,
        (_, None) => {}
    }
    act(services, by, ask.hive, Act::Start { grid: ask.grid }).await
}

/// Done at once by those who may; proposed to the others by those who belong to it.
pub async fn act(services: &Services, by: Member, hive: Option<HiveId>, act: Act) -> Result<Done, Failure> {
    let Some(hive) = hive else {
        return conduct(services, by.id, Place::Own(by.id), act).await;
    };
    let me = member(services, by, hive).await?;
    if me.may(needs(&act)) {
        let done = conduct(services, by.id, Place::Hive(hive), act).await?;
        vote::settled(services, hive);
        return Ok(done);
    }
    if needs(&act) != Right::Conduct || !me.may(Right::Write) {
        return Err(Fault::Forbidden.into());
    }
    vote::propose(services, by, hive, act).await
}

/// The rank of somebody in a hive whose clock may be touched.
async fn member(services: &Services, by: Member, hive: HiveId) -> Result<focushive::hive::Rank, Failure> {
    let found = hive::open_to(services, by, hive).await?;
    let me = found.me.ok_or(Fault::Forbidden)?;
    if found.hive.archived {
        return Err(Fault::conflict("this hive is archived: its clock stands still").into());
    }
    Ok(me.rank)
}

/// Does it, in somebody's name.
async fn conduct(services: &Services, by: UserId, place: Place, act: Act) -> Result<Done, Failure> {
    let name = account::look_up(services, by).await?.name;
    let acted = Acted { by, name, at: now(services), act };
    let timer = turn(services, place, Some(acted)).await?;
    Ok(Done { timer, proposal: None })
}

/// Brings a clock to now, and does what is to be done: the only place where one changes.
pub async fn turn(services: &Services, place: Place, acted: Option<Acted>) -> Result<Timer, Failure> {
    prepare(services, place, acted.as_ref()).await?;
    let mut tx = services.db.begin().await?;
    let mut timer = store::lock(&mut tx, place).await?;
    let before = timer.clone();
    let now = acted.as_ref().map_or_else(|| now(services), |acted| acted.at);
    let empty_since = place.hive().and_then(|hive| services.presence.empty_since(hive));
    let ended = match &acted {
        None => timer.roll(now, empty_since),
        Some(acted) => {
            if matches!(acted.act, Act::Start { .. }) {
                spare(&mut tx, place, now).await?;
                timer.day_ends_at = store::day_end(&mut *tx, place, now).await?;
            }
            let ended = timer.act(acted.clone(), empty_since)?;
            store::note_act(&mut *tx, place.id(), timer.revision, name(&acted.act), acted, &before).await?;
            ended
        }
    };
    if timer == before {
        return Ok(timer);
    }
    let mut told = record(services, &mut tx, place, &ended, now).await?;
    if timer.is_focus() && !before.is_focus() {
        told.extend(lane::end_overtime(services, &mut tx, place, now).await?);
    }
    store::save(&mut *tx, place, &timer).await?;
    let changed = Changed { hive: place.hive(), timer: timer.clone(), ended, acted };
    told.extend(tell(&mut tx, place, now, changed).await?);
    tx.commit().await?;
    settle(services, place, &timer, told);
    Ok(timer)
}

/// Each boundary, once, and with it everybody's part in it.
async fn record(
    services: &Services,
    db: &mut PgConnection,
    place: Place,
    ended: &[Ended],
    now: Moment,
) -> Result<Vec<Published>, Failure> {
    let mut told = Vec::new();
    for ended in ended {
        let attended = if ended.phase.is_break() {
            place.hive().is_none_or(|hive| services.presence.empty_since(hive).is_none())
        } else {
            focus::record::attended(db, place, ended.span).await?
        };
        if store::record(&mut *db, place.id(), ended, attended).await? && !ended.phase.is_break() {
            told.extend(focus::record::phase(db, place, ended, now).await?);
        }
    }
    Ok(told)
}

/// Before a focus phase ends: what was attested up to its end is written.
async fn prepare(services: &Services, place: Place, acted: Option<&Acted>) -> Result<(), Failure> {
    let mut timer = store::find(&services.db, place.id()).await?;
    let empty_since = place.hive().and_then(|hive| services.presence.empty_since(hive));
    let ended = match acted {
        Some(acted) => timer.act(acted.clone(), empty_since).unwrap_or_default(),
        None => timer.roll(now(services), empty_since),
    };
    if let Some(last) = ended.iter().rfind(|ended| !ended.phase.is_break()) {
        focus::attest::write(services, Some((place.id(), last.span.to))).await?;
    }
    Ok(())
}

/// After commit: presence, the alarm and whoever listens know of it.
fn settle(services: &Services, place: Place, timer: &Timer, told: Vec<Published>) {
    match place {
        Place::Hive(hive) => services.presence.set_timer(hive, timer, services.clock.now()),
        Place::Own(user) => services.presence.set_own(user, timer, services.clock.now()),
    }
    services.alarm.notify_one();
    services.hub.publish(told);
}

async fn tell(db: &mut PgConnection, place: Place, now: Moment, changed: Changed) -> Result<Vec<Published>, Failure> {
    let event = Event::TimerChanged(Box::new(changed));
    match place {
        Place::Hive(hive) => Ok(vec![Published::volatile(Topic::HiveLive(hive), now, &event, None)]),
        Place::Own(user) => topic::append(db, Topic::User(user), now, &[event]).await,
    }
}

async fn spare(db: &mut PgConnection, place: Place, now: Moment) -> Result<(), Failure> {
    let since = now.before(Duration::HOUR);
    if place.hive().is_some() && store::acts_since(db, place.id(), "start", since).await? >= STARTS_AN_HOUR {
        return Err(
            Fault::conflict("this clock was started very often in the last hour: let it run for a while").into()
        );
    }
    Ok(())
}

const fn name(act: &Act) -> &'static str {
    match act {
        Act::Start { .. } => "start",
        Act::Pause => "pause",
        Act::Resume => "resume",
        Act::Skip => "skip",
        Act::Stop => "stop",
        Act::Extend { .. } => "extend",
        Act::Set { .. } => "set",
    }
}

/// Takes back what was done last, as though it had not been: by whoever did it, or by a host.
pub async fn undo(services: &Services, by: Member, hive: Option<HiveId>) -> Result<Done, Failure> {
    let place = Place::of(by, hive);
    let may = match hive {
        Some(hive) => member(services, by, hive).await?.may(Right::Conduct),
        None => true,
    };
    let now = now(services);
    let mut tx = services.db.begin().await?;
    let timer = store::lock(&mut tx, place).await?;
    let done = store::last_act(&mut *tx, place.id()).await?;
    let late = || Fault::conflict("it is too late to take that back");
    let done = done.filter(|done| done.revision == timer.revision && now.since(done.at) <= UNDO).ok_or_else(late)?;
    if !may && done.by != by.id {
        return Err(Fault::Forbidden.into());
    }
    let mut restored = Timer { revision: timer.revision + 1, ..done.before };
    let first = restored.ordinal + u64::from(restored.phase().is_none());
    store::forget_from(&mut *tx, place.id(), first).await?;
    let acted = Acted { by: by.id, name: name_of(services, by).await?, at: now, act: Act::Resume };
    store::note_act(&mut *tx, place.id(), restored.revision, "undo", &acted, &timer).await?;
    let empty_since = place.hive().and_then(|hive| services.presence.empty_since(hive));
    let ended: Vec<Ended> = restored.roll(now, empty_since);
    let mut told = record(services, &mut tx, place, &ended, now).await?;
    store::save(&mut *tx, place, &restored).await?;
    let changed = Changed { hive, timer: restored.clone(), ended, acted: None };
    told.extend(tell(&mut tx, place, now, changed).await?);
    tx.commit().await?;
    settle(services, place, &restored, told);
    Ok(Done { timer: restored, proposal: None })
}

async fn name_of(services: &Services, by: Member) -> Result<Name, Failure> {
    Ok(account::look_up(services, by.id).await?.name)
}

/// One's own clock goes on as a hive's, where nothing runs yet.
pub async fn open_up(services: &Services, by: Member, hive: HiveId) -> Result<Done, Failure> {
    if !member(services, by, hive).await?.may(Right::Write) {
        return Err(Fault::Forbidden.into());
    }
    let (own, theirs) = (Place::Own(by.id), Place::Hive(hive));
    let now = now(services);
    let stop = Acted { by: by.id, name: name_of(services, by).await?, at: now, act: Act::Stop };
    prepare(services, own, Some(&stop)).await?;
    let mut tx = services.db.begin().await?;
    let mut mine = store::lock(&mut tx, own).await?;
    let mut shared = store::lock(&mut tx, theirs).await?;
    mine.roll(now, None);
    if mine.phase().is_none() {
        return Err(Fault::conflict("start a session of your own first").into());
    }
    if shared.phase().is_some() {
        return Err(Fault::conflict("a session is on in this hive already: join it").into());
    }
    let ordinal = shared.ordinal + 1;
    shared = Timer { ordinal, revision: shared.revision + 1, ..mine.clone() };
    // What they focused alone so far stays theirs: it is recorded, and the hive's begins from here.
    let ended = mine.act(stop, None)?;
    let mut told = record(services, &mut tx, own, &ended, now).await?;
    for (place, timer, ended) in [(own, &mine, ended), (theirs, &shared, Vec::new())] {
        store::save(&mut *tx, place, timer).await?;
        let changed = Changed { hive: place.hive(), timer: timer.clone(), ended, acted: None };
        told.extend(tell(&mut tx, place, now, changed).await?);
    }
    tx.commit().await?;
    services.presence.set_own(by.id, &mine, now);
    settle(services, theirs, &shared, told);
    Ok(Done { timer: shared, proposal: None })
}
