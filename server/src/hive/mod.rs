//! Hives: made, found, set, joined and left. Keeping order in one is in `order/`, and the links
//! that lead into one are in `invite/`.

pub mod door;
pub mod find;
pub mod handover;
pub mod invite;
pub mod order;
pub mod rest;
pub mod store;

use focushive::{
    Fault, Moment,
    caller::Member,
    hive::{self, Access, Card, Create, Hive, Membership, Rank, Right, Room},
    id::{HiveId, UserId},
    presence::Seat,
    protocol::{
        Event, Topic,
        event::{LobbyChanged, PartChanged},
    },
};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use time::Duration;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use self::store::Found;
pub use self::store::Standing;
use crate::{
    chat, draft,
    failure::Failure,
    focus,
    hub::{Merge, Published},
    limit::Doing,
    presence::{self, Entering},
    seen,
    services::Services,
    timer,
    together::Together,
    topic,
};

/// A change of a hive under way: its lock is held, and what happens is told after commit.
pub struct Change<'a> {
    pub tx: Transaction<'a, Postgres>,
    pub found: Found,
    /// What whoever asks may do is asked of this.
    pub me: Membership,
    now: Moment,
    pub told: Vec<Published>,
}

impl Change<'_> {
    /// Something happens on the hive's own topic.
    pub async fn tell(&mut self, event: Event) -> Result<(), Failure> {
        let topic = Topic::Hive(self.found.hive.id);
        self.told.extend(topic::append(&mut self.tx, topic, self.now, &[event]).await?);
        Ok(())
    }

    /// Somebody's part in the hive is another one now, or none any more.
    pub async fn tell_part(&mut self, user: UserId) -> Result<(), Failure> {
        self.told.extend(part_of(&mut self.tx, self.found.hive.id, user, self.now).await?);
        Ok(())
    }

    /// Whoever looks at the lobby sees it differently now, if strangers see the hive, or did.
    fn tell_lobby(&mut self, before: Access, after: Access) {
        if before.is_seen(None) || after.is_seen(None) {
            self.told.push(lobby_changed(self.now));
        }
    }

    /// Tells the hive how a member stands now.
    pub async fn tell_member(&mut self, user: UserId) -> Result<(), Failure> {
        let members = store::members(&mut *self.tx, self.found.hive.id, Some(user), self.now).await?;
        for member in members {
            self.tell(Event::MemberChanged(Box::new(member))).await?;
        }
        Ok(())
    }

    pub async fn commit(self, services: &Services) -> Result<(), Failure> {
        self.tx.commit().await?;
        services.hub.publish(self.told);
        services.teller.ring();
        Ok(())
    }
}

/// Somebody's part in a hive as it is now, for themselves.
pub async fn part_of(
    db: &mut PgConnection,
    hive: HiveId,
    user: UserId,
    now: Moment,
) -> Result<Vec<Published>, Failure> {
    let me = store::find(&mut *db, hive, user).await?.and_then(|found| found.me);
    let part = Event::PartChanged(PartChanged { hive, me });
    topic::append(db, Topic::User(user), now, &[part]).await
}

/// Everybody asks what they may see of it: no more is said than that there is something.
fn lobby_changed(now: Moment) -> Published {
    Published::volatile(Topic::Presence, now, &Event::LobbyChanged(LobbyChanged {}), Some(Merge::Newest))
}

/// Begins a change that asks for a right.
pub async fn change(services: &Services, by: Member, hive: HiveId, right: Right) -> Result<Change<'static>, Failure> {
    let (tx, found) = lock(services, by, hive).await?;
    let me = found.me.clone().ok_or(Fault::Forbidden)?;
    if !me.rank.may(right) {
        return Err(Fault::Forbidden.into());
    }
    Ok(Change { tx, found, me, now: services.clock.now(), told: Vec::new() })
}

/// To those who may do that; a hive that one may not know of is none.
pub async fn may(services: &Services, by: Member, hive: HiveId, right: Right) -> Result<(), Failure> {
    let found = visible(&mut *services.db.acquire().await?, by.id, hive).await?;
    if found.me.is_some_and(|me| me.rank.may(right)) { Ok(()) } else { Err(Fault::Forbidden.into()) }
}

async fn lock(
    services: &Services,
    by: Member,
    hive: HiveId,
) -> Result<(Transaction<'static, Postgres>, Found), Failure> {
    let mut tx = services.db.begin().await?;
    store::lock(&mut *tx, hive).await?;
    let found = visible(&mut tx, by.id, hive).await?;
    Ok((tx, found))
}

/// The hive as somebody stands to it; to those who may not know of it, there is none.
async fn visible(db: &mut PgConnection, user: UserId, hive: HiveId) -> Result<Found, Failure> {
    let found = store::find(db, hive, user).await?.ok_or(Fault::NotFound)?;
    let rank = found.me.as_ref().map(|me| me.rank);
    if found.hive.access.is_seen(rank) { Ok(found) } else { Err(Fault::NotFound.into()) }
}

/// How people stand to hives, looked up together.
pub fn standings(db: &PgPool, tasks: &TaskTracker) -> Together<(HiveId, UserId), Standing> {
    let db = db.clone();
    Together::start(tasks, move |pairs: Vec<(HiveId, UserId)>| {
        let db = db.clone();
        async move {
            let (hives, users): (Vec<Uuid>, Vec<Uuid>) = pairs.iter().map(|(hive, user)| (hive.0, user.0)).unzip();
            let found = store::standings(&db, &hives, &users).await?;
            Ok(found.into_iter().map(|standing| ((standing.hive, standing.user), standing)).collect())
        }
    })
}

/// How somebody stands to a hive, if they may look in.
pub async fn open_to(services: &Services, by: Member, hive: HiveId) -> Result<Standing, Failure> {
    let standing = services.standings.find((hive, by.id)).await?.ok_or(Fault::NotFound)?;
    if !standing.access.is_seen(standing.rank) {
        return Err(Fault::NotFound.into());
    }
    let banned = standing.banned_until.is_some_and(|until| until > services.clock.now());
    if standing.access.is_open(standing.rank) && !banned { Ok(standing) } else { Err(Fault::Forbidden.into()) }
}

pub async fn create(services: &Services, by: Member, ask: Create) -> Result<Hive, Failure> {
    services.limits.pace(Doing::MakingHives, by.id)?;
    let now = services.clock.now();
    let mut tx = services.db.begin().await?;
    let id = HiveId(Uuid::now_v7());
    let Some(id) = store::insert(&mut *tx, id, by.id, &ask, now).await? else {
        let made = store::made(&mut *tx, by.id, ask.key.0).await?;
        return Ok(visible(&mut tx, by.id, made).await?.hive);
    };
    topic::store::advance(&mut *tx, id.0, 0).await?;
    store::add_member(&mut *tx, id, by.id, Rank::Owner, now).await?;
    let found = visible(&mut tx, by.id, id).await?;
    let part = Event::PartChanged(PartChanged { hive: id, me: found.me });
    let mut told = topic::append(&mut tx, Topic::User(by.id), now, &[part]).await?;
    told.extend(ask.access.is_seen(None).then(|| lobby_changed(now)));
    tx.commit().await?;
    services.hub.publish(told);
    services.presence.look_again(by.id);
    Ok(found.hive)
}

pub async fn list(services: &Services, by: Member, ask: hive::List) -> Result<Vec<Card>, Failure> {
    let now = services.clock.now();
    let find = ask.find.as_deref().map(str::trim).filter(|find| !find.is_empty());
    let found = store::visible(&services.db, by.id, find, now).await?;
    let mine: Vec<Uuid> = found.iter().filter(|found| found.me.is_some()).map(|found| found.hive.id.0).collect();
    let unread = chat::reading::store::unread(&services.db, by.id, &mine).await?;
    let drafts = draft::places(services, by).await?;
    let ids: Vec<Uuid> = found.iter().map(|found| found.hive.id.0).collect();
    let mut timers = timer::standings(services, &ids).await?;
    let card = |found: Found| Card {
        here: look_in(services, &found),
        timer: timers.remove(&found.hive.id).filter(|_| is_open(&found, now)),
        unread: unread.get(&found.hive.id).copied().unwrap_or_default(),
        drafted: drafts.contains(&found.hive.id.0),
        rank: found.me.map(|me| me.rank),
        members: found.members,
        hive: found.hive,
    };
    Ok(found.into_iter().map(card).collect())
}

fn is_open(found: &Found, now: Moment) -> bool {
    let banned = found.banned_until.is_some_and(|until| until > now);
    found.hive.access.is_open(found.me.as_ref().map(|me| me.rank)) && !banned
}

/// Who is in, to those who may know.
fn look_in(services: &Services, found: &Found) -> Vec<Seat> {
    if is_open(found, services.clock.now()) { services.presence.seats(found.hive.id) } else { Vec::new() }
}

pub async fn look(services: &Services, by: Member, hive: HiveId) -> Result<Room, Failure> {
    let found = visible(&mut *services.db.acquire().await?, by.id, hive).await?;
    Ok(Room { here: look_in(services, &found), hive: found.hive, me: found.me, members: found.members })
}

pub async fn members(services: &Services, by: Member, hive: HiveId) -> Result<Vec<hive::Member>, Failure> {
    open_to(services, by, hive).await?;
    Ok(store::members(&services.db, hive, None, services.clock.now()).await?)
}

pub async fn seats(services: &Services, by: Member, hive: HiveId) -> Result<Vec<Seat>, Failure> {
    open_to(services, by, hive).await?;
    Ok(services.presence.seats(hive))
}

pub async fn set(services: &Services, by: Member, ask: hive::Set) -> Result<(), Failure> {
    ask.check()?;
    let mut change = change(services, by, ask.hive, Right::ChangeSettings).await?;
    seen::unchanged(by, &change.found.hive)?;
    store::set(&mut *change.tx, &ask).await?;
    tell_hive(&mut change, by).await?;
    let now = change.now;
    change.commit(services).await?;
    if ask.access.is_open(None) { Ok(()) } else { door::look_again(&services.db, &services.hub, ask.hive, now).await }
}

/// For the time being, with everything kept. Its clock stops, and counts up to then.
pub async fn archive(services: &Services, by: Member, hive: HiveId) -> Result<(), Failure> {
    set_archived(services, by, hive, Some(services.clock.now())).await?;
    timer::stand_still(services, by, hive).await
}

pub async fn reopen(services: &Services, by: Member, hive: HiveId) -> Result<(), Failure> {
    set_archived(services, by, hive, None).await
}

async fn set_archived(services: &Services, by: Member, hive: HiveId, at: Option<Moment>) -> Result<(), Failure> {
    let mut change = change(services, by, hive, Right::Archive).await?;
    store::set_archived(&mut *change.tx, hive, at).await?;
    tell_hive(&mut change, by).await?;
    change.commit(services).await
}

async fn tell_hive(change: &mut Change<'_>, by: Member) -> Result<(), Failure> {
    let now = visible(&mut change.tx, by.id, change.found.hive.id).await?.hive;
    change.tell_lobby(change.found.hive.access, now.access);
    change.tell(Event::HiveChanged(Box::new(now))).await
}

/// Anybody may join a public hive; joining again is no second membership.
pub async fn join(services: &Services, by: Member, hive: HiveId) -> Result<(), Failure> {
    services.limits.pace(Doing::Joining, by.id)?;
    let (tx, found) = lock(services, by, hive).await?;
    if found.me.is_some() {
        return Ok(());
    }
    if found.hive.access != hive::Access::Public {
        return Err(Fault::Forbidden.into());
    }
    add(services, tx, found, by.id, Rank::Member).await
}

/// Somebody who left a hive that nobody lets them into, since nobody else could.
pub async fn come_back(services: &Services, by: Member, hive: HiveId) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    store::lock(&mut *tx, hive).await?;
    let found = store::find(&mut *tx, hive, by.id).await?.ok_or(Fault::NotFound)?;
    add(services, tx, found, by.id, Rank::Member).await
}

async fn add(
    services: &Services,
    tx: Transaction<'static, Postgres>,
    found: Found,
    user: UserId,
    rank: Rank,
) -> Result<(), Failure> {
    let now = services.clock.now();
    if found.banned_until.is_some_and(|until| until > now) {
        return Err(Fault::conflict("you were asked to stay out of this hive for a time").into());
    }
    if found.hive.archived {
        return Err(Fault::conflict("this hive is archived").into());
    }
    if found.hive.seats.is_some_and(|seats| found.members >= seats.into()) {
        return Err(Fault::conflict("this hive is full").into());
    }
    let me = Membership { rank, muted_until: None, rules_seen: 0, goal: None, offered: false };
    let mut change = Change { tx, me, found, now, told: Vec::new() };
    if store::add_member(&mut *change.tx, change.found.hive.id, user, rank, now).await? {
        change.tell_member(user).await?;
        change.tell_part(user).await?;
        let access = change.found.hive.access;
        change.tell_lobby(access, access);
    }
    change.commit(services).await?;
    services.presence.look_again(user);
    Ok(())
}

/// The last owner stays: a hive needs one.
pub async fn leave(services: &Services, by: Member, hive: HiveId) -> Result<(), Failure> {
    let (mut tx, found) = lock(services, by, hive).await?;
    let Some(me) = found.me.clone() else { return Ok(()) };
    if me.rank == Rank::Owner && store::owners(&mut *tx, hive).await? < 2 {
        return Err(Fault::conflict("a hive needs an owner: make somebody else owner first, or archive it").into());
    }
    let change = Change { tx, found, me, now: services.clock.now(), told: Vec::new() };
    order::put_out(services, change, by.id).await
}

pub async fn accept_rules(services: &Services, by: Member, ask: hive::AcceptRules) -> Result<(), Failure> {
    Ok(store::accept_rules(&services.db, ask.hive, by.id, ask.version).await?)
}

/// Everyone in the hive sees it beside one's name.
pub async fn set_goal(services: &Services, by: Member, ask: hive::SetGoal) -> Result<(), Failure> {
    open_to(services, by, ask.hive).await?.rank.ok_or(Fault::Forbidden)?;
    store::set_goal(&services.db, ask.hive, by.id, ask.goal.as_ref()).await?;
    services.presence.set_goal(ask.hive, by.id, ask.goal);
    Ok(())
}

/// Takes a seat: a member of the hive is there now, on this device.
pub async fn enter(services: &Services, by: Member, ask: hive::Enter) -> Result<(), Failure> {
    let (hive, now) = (ask.hive, services.clock.now());
    let sitter = presence::sitter(services, hive, by.id).await?.ok_or(Fault::NotFound)?;
    let (timer, lane) = timer::standing(services, by.id, hive).await?;
    let attested = focus::last_attested(services, hive.0, by.id).await?;
    let is_on = timer.phase().is_some();
    let touched_at = ask.idle_seconds.map(|idle| now.before(Duration::seconds(idle.into())));
    services.presence.enter(by, hive, Entering { sitter, timer, lane, attested, touched_at }, now);
    // Whoever sits down where a session is on is at work from now on.
    if is_on {
        services.teller.ring();
    }
    Ok(())
}

pub fn exit(services: &Services, by: Member, hive: HiveId) {
    services.presence.exit(by, hive, services.clock.now());
}
