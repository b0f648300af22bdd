//! Keeping order in a hive: who holds which rank, who is silent for a time, and who is out.

pub mod store;

use focushive::{
    Fault,
    caller::Member,
    hive::{self, Banned, Rank, Right},
    id::{HiveId, UserId},
    notification::{Actor, Place, What},
    protocol::{Event, Topic, event::MemberLeft},
};

use super::{Change, change, may, store as hive_store};
use crate::{
    account,
    failure::Failure,
    listen,
    notification::note::{Note, note},
    services::Services,
};

/// Hands somebody a rank. There is always an owner left.
pub async fn set_rank(services: &Services, by: Member, ask: hive::SetRank) -> Result<(), Failure> {
    let mut change = change(services, by, ask.hive, Right::ChangeRanks).await?;
    let before = rank(&mut change, ask.user).await?;
    let last = before == Rank::Owner && hive_store::owners(&mut *change.tx, ask.hive).await? < 2;
    if last && ask.rank != Rank::Owner {
        return Err(Fault::conflict("a hive needs an owner: make somebody else owner first").into());
    }
    store::set_rank(&mut *change.tx, ask.hive, ask.user, ask.rank).await?;
    if before != ask.rank && ask.user != by.id {
        note_rank(services, &mut change, by, &ask).await?;
    }
    ranked(services, change, ask.user).await
}

/// Whoever has another rank now is told so, wherever they are.
async fn note_rank(
    services: &Services,
    change: &mut Change<'_>,
    by: Member,
    ask: &hive::SetRank,
) -> Result<(), Failure> {
    let at = services.clock.now();
    let actor = Actor { id: by.id, name: account::look_up(services, by.id).await?.name };
    let place = Place { id: ask.hive, name: change.found.hive.name.clone() };
    let what = What::Rank { by: actor, hive: place, rank: ask.rank };
    let source = format!("rank:{}:{at}", ask.hive);
    note(&mut change.tx, &[Note { user: ask.user, what, at, due_at: at, source }]).await
}

pub async fn mute(services: &Services, by: Member, ask: hive::Mute) -> Result<(), Failure> {
    let mut change = upon(services, by, ask.hive, ask.user).await?;
    let until = ask.lasts.until(services.clock.now());
    store::set_mute(&mut *change.tx, ask.hive, ask.user, Some(until)).await?;
    tell(&mut change, ask.user).await?;
    commit(services, change, ask.user).await
}

/// Ends a mute or a ban.
pub async fn pardon(services: &Services, by: Member, ask: hive::Pardon) -> Result<(), Failure> {
    let mut change = change(services, by, ask.hive, Right::Remove).await?;
    store::lift_ban(&mut *change.tx, ask.hive, ask.user).await?;
    store::set_mute(&mut *change.tx, ask.hive, ask.user, None).await?;
    tell(&mut change, ask.user).await?;
    commit(services, change, ask.user).await
}

pub async fn kick(services: &Services, by: Member, ask: hive::Kick) -> Result<(), Failure> {
    let change = upon(services, by, ask.hive, ask.user).await?;
    put_out(services, change, ask.user).await
}

pub async fn ban(services: &Services, by: Member, ask: hive::Ban) -> Result<(), Failure> {
    let mut change = upon(services, by, ask.hive, ask.user).await?;
    let now = services.clock.now();
    store::set_ban(&mut *change.tx, &ask, by.id, (now, ask.lasts.until(now))).await?;
    put_out(services, change, ask.user).await
}

/// Those who are kept out.
pub async fn bans(services: &Services, by: Member, hive: HiveId) -> Result<Vec<Banned>, Failure> {
    may(services, by, hive, Right::Remove).await?;
    Ok(store::bans(&services.db, hive, services.clock.now()).await?)
}

/// They are out: their seat is empty at once, and they hear nothing any more.
pub async fn put_out(services: &Services, mut change: Change<'_>, user: UserId) -> Result<(), Failure> {
    let hive = change.found.hive.id;
    hive_store::remove_member(&mut *change.tx, hive, user).await?;
    change.tell(Event::MemberLeft(MemberLeft { user })).await?;
    change.tell_part(user).await?;
    let access = change.found.hive.access;
    change.tell_lobby(access, access);
    change.commit(services).await?;
    services.presence.remove(hive, user, services.clock.now());
    for topic in [Topic::Hive(hive), Topic::HiveLive(hive)] {
        services.hub.evict(user, topic);
    }
    Ok(())
}

/// Somebody has another rank, which was written: everybody knows of it.
pub async fn ranked(services: &Services, mut change: Change<'_>, user: UserId) -> Result<(), Failure> {
    tell(&mut change, user).await?;
    commit(services, change, user).await
}

async fn tell(change: &mut Change<'_>, user: UserId) -> Result<(), Failure> {
    change.tell_member(user).await?;
    change.tell_part(user).await
}

/// After commit: on connections that are open, the change counts at once.
async fn commit(services: &Services, mut change: Change<'_>, user: UserId) -> Result<(), Failure> {
    let hive = change.found.hive.id;
    let me = hive_store::find(&mut *change.tx, hive, user).await?.and_then(|found| found.me);
    change.commit(services).await?;
    let (rank, muted_until) = me.map(|me| (me.rank, me.muted_until)).unzip();
    services.hub.set_part(user, Topic::HiveLive(hive), listen::part(rank, muted_until.flatten()));
    Ok(())
}

/// Begins a change upon somebody of a lower rank.
async fn upon(services: &Services, by: Member, hive: HiveId, user: UserId) -> Result<Change<'static>, Failure> {
    let mut change = change(services, by, hive, Right::Remove).await?;
    let theirs = rank(&mut change, user).await?;
    if change.me.rank.outranks(theirs) { Ok(change) } else { Err(Fault::Forbidden.into()) }
}

async fn rank(change: &mut Change<'_>, user: UserId) -> Result<Rank, Failure> {
    let found = hive_store::find(&mut *change.tx, change.found.hive.id, user).await?;
    Ok(found.and_then(|found| found.me).ok_or(Fault::NotFound)?.rank)
}
