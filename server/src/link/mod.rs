//! One-time links: to confirm an address, and to set a new password. By mail where there is mail;
//! otherwise an admin hands them over.

pub mod store;

use focushive::{
    Fault,
    caller::Member,
    fault::Problems,
    id::UserId,
    member::ResetLink,
    text::{Email, Name, Password},
};
use time::Duration;

use crate::{account, audit, auth, failure::Failure, mail, member, secret, services::Services};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Purpose {
    Verify,
    Reset,
    /// Of another address: `account/address`.
    Change,
}

impl Purpose {
    const fn lasts(self) -> Duration {
        match self {
            Self::Verify | Self::Change => Duration::days(7),
            Self::Reset => Duration::hours(1),
        }
    }
}

/// Makes a link's secret and keeps its digest. Older ones for the same purpose stop working.
pub async fn make(services: &Services, user: UserId, purpose: Purpose) -> Result<String, Failure> {
    let secret = secret::generate();
    let expires_at = services.clock.now().after(purpose.lasts());
    store::replace(&services.db, &secret::digest(&secret), user, purpose, expires_at).await?;
    Ok(secret)
}

pub async fn send_verification(services: &Services, user: UserId, email: Email, name: Name) -> Result<(), Failure> {
    if services.mail.is_on() {
        let secret = make(services, user, Purpose::Verify).await?;
        let link = services.link(&format!("/verify?token={secret}"));
        services.mail.post(mail::verification(email, name, &link));
    }
    Ok(())
}

/// Sends the verification letter again.
pub async fn verify_again(services: &Services, member: Member) -> Result<(), Failure> {
    let me = account::look_up(services, member.id).await?;
    if me.email_verified {
        return Err(Fault::conflict("this address is confirmed already").into());
    }
    if !services.mail.is_on() {
        return Err(Fault::conflict("this FocusHive sends no mail, so addresses need not be confirmed").into());
    }
    send_verification(services, me.id, me.email, me.name).await
}

pub async fn verify(services: &Services, secret: &str) -> Result<(), Failure> {
    let (now, digest) = (services.clock.now(), secret::digest(secret));
    match store::spend(&services.db, &digest, Purpose::Verify, now).await? {
        Some(user) => Ok(store::set_verified(&services.db, user, now).await?),
        None => account::address::confirm_by(services, &digest).await,
    }
}

/// Somebody forgot a password. The answer is the same whoever they are: what there is to do for a
/// known address is done in the background.
pub async fn forgot(services: &Services, visitor: &auth::Visitor, email: &str) -> Result<(), Failure> {
    let attempt = auth::throttle::Try::new(&format!("forgot:{}", email.trim()), &visitor.address);
    let now = services.clock.now();
    services.throttle.pass(&services.db, &services.config.sign_in, &attempt, now).await?;
    auth::store::note_failure(&services.db, &attempt, now).await?;
    let Some(known) = auth::store::credentials(&services.db, &email.trim().to_lowercase()).await? else {
        return Ok(());
    };
    if !known.active {
        return Ok(());
    }
    if services.mail.is_on() {
        let secret = make(services, known.user, Purpose::Reset).await?;
        let link = services.link(&format!("/reset?token={secret}"));
        services.mail.post(mail::reset(known.email, known.name, &link));
    } else {
        store::want_reset(&services.db, known.user, now).await?;
    }
    Ok(())
}

/// An admin makes the link for somebody who cannot get mail.
pub async fn make_for(services: &Services, admin: Member, user: UserId) -> Result<ResetLink, Failure> {
    member::store::role_below(&services.db, admin, user).await?.ok_or(Fault::NotFound)?;
    let secret = make(services, user, Purpose::Reset).await?;
    store::forget_want(&services.db, user).await?;
    audit::note(&services.db, audit::Entry::new(admin.id, "reset link made").about(user)).await?;
    Ok(ResetLink { link: services.link(&format!("/reset?token={secret}")) })
}

/// Whether a reset link can still be used, without using it.
pub async fn check_reset(services: &Services, secret: &str) -> Result<(), Failure> {
    let good = store::is_good(&services.db, &secret::digest(secret), Purpose::Reset, services.clock.now()).await?;
    if good { Ok(()) } else { Err(Fault::LinkSpent.into()) }
}

/// Sets the new password, once, and ends every sign-in there was.
pub async fn reset(services: &Services, secret: &str, password: &str) -> Result<UserId, Failure> {
    check_reset(services, secret).await?;
    let mut problems = Problems::default();
    let Some(password) = problems.check("password", Password::parse(password)) else {
        return Err(problems.fault().into());
    };
    let hash = services.hasher.hash(password).await?;
    let mut tx = services.db.begin().await?;
    let spent = store::spend(&mut *tx, &secret::digest(secret), Purpose::Reset, services.clock.now()).await?;
    let user = spent.ok_or(Fault::LinkSpent)?;
    auth::store::set_password(&mut *tx, user, &hash).await?;
    auth::store::end_sessions(&mut *tx, user, None).await?;
    tx.commit().await?;
    auth::sessions_ended(services, user, None);
    tracing::info!(user.id = %user, "a password was reset by link");
    Ok(user)
}
