//! Links into a hive: made and shown once, listed without their secret, withdrawn, and come in by.

pub mod store;

use focushive::{
    Fault,
    caller::Member,
    fault::InviteRefusal,
    hive::{Accepted, Invite, InviteLink, Link, Rank, Right, Withdraw},
    id::HiveId,
    invite::MAX_USES,
};

use super::{add, change, may, store as hive_store};
use crate::{failure::Failure, limit::Doing, secret, services::Services};

pub async fn create(services: &Services, by: Member, ask: Invite) -> Result<InviteLink, Failure> {
    if !(1..=MAX_USES).contains(&ask.max_uses) {
        return Err(Fault::field("max_uses", format!("from 1 to {MAX_USES}")).into());
    }
    if ask.rank > Rank::Member {
        return Err(Fault::field("rank", "a link makes guests or members").into());
    }
    services.limits.pace(Doing::Inviting, by.id)?;
    let mut change = change(services, by, ask.hive, Right::Invite).await?;
    let secret = secret::generate();
    let expires_at = change.now.after(ask.lasts.duration());
    store::insert(&mut *change.tx, &secret::digest(&secret), &ask, by.id, expires_at).await?;
    change.commit(services).await?;
    Ok(InviteLink { link: services.link(&format!("/join/{secret}")) })
}

/// Those that still let somebody in.
pub async fn list(services: &Services, by: Member, hive: HiveId) -> Result<Vec<Link>, Failure> {
    may(services, by, hive, Right::Invite).await?;
    Ok(store::links(&services.db, hive, services.clock.now()).await?)
}

pub async fn withdraw(services: &Services, by: Member, ask: Withdraw) -> Result<(), Failure> {
    may(services, by, ask.hive, Right::Invite).await?;
    // Without the hive's lock: whoever comes in by the link holds the link, and waits for the hive.
    let withdrawn = store::withdraw(&services.db, ask.hive, ask.invite).await?;
    if withdrawn { Ok(()) } else { Err(Fault::NotFound.into()) }
}

/// Comes in by a link, whatever the hive's access.
pub async fn accept(services: &Services, by: Member, secret: &str) -> Result<Accepted, Failure> {
    services.limits.pace(Doing::Joining, by.id)?;
    let now = services.clock.now();
    let digest = secret::digest(secret);
    let mut tx = services.db.begin().await?;
    let invited = store::find(&mut *tx, &digest, now).await?;
    let (hive, rank) = invited.ok_or(Fault::InviteRefused { why: InviteRefusal::Unknown })?;
    hive_store::lock(&mut *tx, hive).await?;
    let found = hive_store::find(&mut *tx, hive, by.id).await?.ok_or(Fault::NotFound)?;
    if found.me.is_none() {
        store::take_use(&mut *tx, &digest).await?;
        add(services, tx, found, by.id, rank).await?;
    }
    Ok(Accepted { hive })
}
