//! Another address for an account. The old one stays until a link that went to the new one is
//! opened, and is told. Whether somebody has the new one already is nobody's business: the answer
//! is the same, and only the link is missing.

mod store;

use focushive::{
    Fault,
    account::{Address, ChangeEmail},
    caller::Member,
    id::UserId,
    member::ResetLink,
};
use time::Duration;

use super::{confirm, look_up};
use crate::{
    audit,
    failure::Failure,
    link::{self, Purpose},
    mail, member,
    services::Services,
};

/// How soon one may ask again: a letter goes to an address that may be a stranger's.
const AGAIN: Duration = Duration::minutes(1);

/// What one asked for, and is not confirmed yet.
pub async fn look(services: &Services, member: Member) -> Result<Address, Failure> {
    Ok(Address { wants: store::wanted(&services.db, member.id).await? })
}

pub async fn change(services: &Services, member: Member, ask: ChangeEmail) -> Result<(), Failure> {
    let me = look_up(services, member.id).await?;
    confirm(services, member, "password", &ask.password).await?;
    if ask.email == me.email {
        return Err(Fault::field("email", "this is your address already").into());
    }
    let now = services.clock.now();
    if !store::want(&services.db, me.id, &ask.email, now, now.before(AGAIN)).await? {
        let retry_after_ms = u64::try_from(AGAIN.whole_milliseconds()).unwrap_or_default();
        return Err(Fault::RateLimited { retry_after_ms }.into());
    }
    // A link that went to another address is worth nothing any more.
    let secret = link::make(services, me.id, Purpose::Change).await?;
    if !store::is_taken(&services.db, &ask.email).await? {
        let link = services.link(&format!("/verify?token={secret}"));
        services.mail.post(mail::new_address(ask.email.clone(), me.name.clone(), &link));
    }
    services.mail.post(mail::address_changes(me.email, me.name, &ask.email));
    tracing::info!(user.id = %me.id, "somebody asked for another address");
    Ok(())
}

/// The old address stays after all.
pub async fn keep(services: &Services, member: Member) -> Result<(), Failure> {
    let mut tx = services.db.begin().await?;
    store::forget(&mut *tx, member.id).await?;
    link::store::forget(&mut *tx, member.id, Purpose::Change).await?;
    Ok(tx.commit().await?)
}

/// Where there is no mail, an admin hands the link over.
pub async fn make_link(services: &Services, admin: Member, user: UserId) -> Result<ResetLink, Failure> {
    member::store::role_below(&services.db, admin, user).await?.ok_or(Fault::NotFound)?;
    let wanted = store::wanted(&services.db, user).await?.ok_or(Fault::NotFound)?;
    if store::is_taken(&services.db, &wanted).await? {
        return Err(Fault::conflict("somebody else has this address").into());
    }
    let secret = link::make(services, user, Purpose::Change).await?;
    audit::note(&services.db, audit::Entry::new(admin.id, "address link made").about(user)).await?;
    Ok(ResetLink { link: services.link(&format!("/verify?token={secret}")) })
}

/// A link was opened that went to the new address: it is theirs from now on.
pub async fn confirm_by(services: &Services, digest: &[u8]) -> Result<(), Failure> {
    let now = services.clock.now();
    let mut tx = services.db.begin().await?;
    let user = link::store::spend(&mut *tx, digest, Purpose::Change, now).await?.ok_or(Fault::LinkSpent)?;
    let wanted = store::wanted(&mut *tx, user).await?.ok_or(Fault::LinkSpent)?;
    if store::is_taken(&mut *tx, &wanted).await? {
        return Err(Fault::conflict("there is another account with this address by now").into());
    }
    store::set(&mut *tx, user, &wanted, now).await?;
    store::forget(&mut *tx, user).await?;
    tx.commit().await?;
    tracing::info!(user.id = %user, "somebody has another address");
    Ok(())
}
