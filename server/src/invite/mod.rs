//! Invite links: made, shown once, looked at by visitors, used up to their last use.

pub mod rest;
pub mod store;

use focushive::{
    Fault, Moment,
    caller::Member,
    fault::InviteRefusal,
    id::InviteId,
    invite::{Create, Created, Invite, MAX_USES, Welcome, Withdraw},
    user::Role,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    audit::{self, Entry},
    failure::Failure,
    limit::Doing,
    secret,
    services::Services,
};

/// Makes a link. Its secret follows from the maker's key, so that asking twice gives the same one.
pub async fn create(services: &Services, member: Member, ask: Create) -> Result<Created, Failure> {
    if ask.role > member.role {
        return Err(Fault::field("role", "you cannot invite somebody above your own role").into());
    }
    if ask.max_uses == 0 || ask.max_uses > MAX_USES {
        return Err(Fault::field("max_uses", format!("between 1 and {MAX_USES}, please")).into());
    }
    services.limits.pace(Doing::Inviting, member.id)?;
    let secret = secret::sign(&services.cookie_key, "invite", &format!("{}:{}", member.id, ask.key));
    let now = services.clock.now();
    let new = store::NewInvite {
        id: InviteId(Uuid::now_v7()),
        digest: &secret::digest(&secret),
        role: ask.role,
        max_uses: ask.max_uses,
        expires_at: now.after(ask.lasts.duration()),
        made_by: member.id,
        key: ask.key,
        now,
    };
    let mut tx = services.db.begin().await?;
    if store::insert(&mut *tx, new).await? {
        let entry =
            Entry::new(member.id, "invite made").change("", format!("{} × {}", ask.role.as_str(), ask.max_uses));
        audit::note(&mut *tx, entry).await?;
    }
    let invite = store::by_digest(&mut *tx, &secret::digest(&secret)).await?.ok_or(Fault::NotFound)?;
    tx.commit().await?;
    Ok(Created { invite, link: services.link(&format!("/invite/{secret}")) })
}

pub async fn list(services: &Services) -> Result<Vec<Invite>, Failure> {
    Ok(store::newest(&services.db).await?)
}

pub async fn withdraw(services: &Services, member: Member, ask: Withdraw) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    if !store::withdraw(&mut *tx, ask.invite, services.clock.now()).await? {
        return Err(Fault::NotFound.into());
    }
    audit::note(&mut *tx, Entry::new(member.id, "invite withdrawn")).await?;
    tx.commit().await?;
    Ok(())
}

/// What a visitor may know of the link they hold.
pub async fn open(services: &Services, secret: &str) -> Result<Welcome, Failure> {
    let invite = store::by_digest(&services.db, &secret::digest(secret)).await?;
    let invite = invite.ok_or(refused(InviteRefusal::Unknown))?;
    invite.check(services.clock.now()).map_err(refused)?;
    Ok(Welcome { made_by: invite.made_by, role: invite.role })
}

/// Uses the link up by one, within the transaction that makes the account.
pub async fn accept(tx: &mut PgConnection, secret: &str, now: Moment) -> Result<Role, Failure> {
    let digest = secret::digest(secret);
    if let Some(role) = store::take_use(&mut *tx, &digest, now).await? {
        return Ok(role);
    }
    // Somebody was quicker, or time ran out between opening and signing up: say which.
    let invite = store::by_digest(&mut *tx, &digest).await?.ok_or(refused(InviteRefusal::Unknown))?;
    let why = invite.check(now).err().unwrap_or(InviteRefusal::Used);
    Err(refused(why).into())
}

const fn refused(why: InviteRefusal) -> Fault {
    Fault::InviteRefused { why }
}
