//! Tokens for outside clients: a short-lived access token, and a refresh token that is used once.
//! One that comes a second time is a copy in somebody's hands: its whole sign-in ends.

pub mod keyring;
pub mod rest;
pub mod store;

use focushive::{
    Fault,
    account::SessionKind,
    auth::{Refresh, SignIn, Tokens},
    id::{SessionId, UserId},
    notification::What,
};
use sqlx::{Postgres, Transaction};
use time::Duration;

use crate::{
    account,
    auth::{self, Visitor},
    failure::Failure,
    mail,
    notification::note::{Note, note},
    secret,
    services::Services,
};

/// Signs an outside client in.
pub async fn login(services: &Services, mut visitor: Visitor, ask: SignIn) -> Result<Tokens, Failure> {
    let user = auth::check_password(services, &visitor, &ask.email, ask.password).await?;
    if let Some(device) = ask.device {
        visitor.name_device(&device);
    }
    open(services, &visitor, user).await
}

/// Opens a sign-in of the token kind for somebody who has proved who they are.
pub async fn open(services: &Services, visitor: &Visitor, user: UserId) -> Result<Tokens, Failure> {
    let session = auth::open_session(services, visitor, user, SessionKind::Token).await?;
    let refresh = secret::generate();
    let expires_at = services.clock.now().after(refresh_lasts(services));
    store::insert_refresh(&services.db, &secret::digest(&refresh), session, expires_at).await?;
    tokens(services, user, session, refresh).await
}

/// Trades a refresh token for fresh ones.
pub async fn refresh(services: &Services, ask: Refresh) -> Result<Tokens, Failure> {
    let now = services.clock.now();
    let digest = secret::digest(&ask.refresh_token);
    let mut tx = services.db.begin().await?;
    let old = store::lock_refresh(&mut *tx, &digest).await?.ok_or(Fault::SignedOut)?;
    if old.used_at.is_some() {
        return Err(end_reused(services, tx, old.user, old.session).await?.into());
    }
    if old.expires_at <= now || !old.active {
        return Err(Fault::SignedOut.into());
    }
    let fresh = secret::generate();
    let expires_at = now.after(refresh_lasts(services));
    store::use_refresh(&mut *tx, &digest, now).await?;
    store::insert_refresh(&mut *tx, &secret::digest(&fresh), old.session, expires_at).await?;
    auth::store::touch_session(&mut *tx, old.session, now, expires_at).await?;
    tx.commit().await?;
    tokens(services, old.user, old.session, fresh).await
}

/// Ends the sign-in of a token that was used twice, and tells its owner in the bell and by mail.
async fn end_reused(
    services: &Services,
    mut tx: Transaction<'static, Postgres>,
    user: UserId,
    session: SessionId,
) -> Result<Fault, Failure> {
    auth::store::end_session(&mut *tx, user, session).await?;
    let (at, source) = (services.clock.now(), format!("reuse:{session}"));
    note(&mut tx, &[Note { user, what: What::TokenReused, at, due_at: at, source }]).await?;
    tx.commit().await?;
    auth::session_ended(services, user, session);
    services.teller.ring();
    tracing::warn!(user.id = %user, "a refresh token was used twice; its sign-in was ended");
    let me = account::look_up(services, user).await?;
    services.mail.post(mail::token_reuse(me.email, me.name));
    Ok(Fault::SignedOut)
}

async fn tokens(
    services: &Services,
    user: UserId,
    session: SessionId,
    refresh_token: String,
) -> Result<Tokens, Failure> {
    let now = services.clock.now();
    let expires_at = now.after(Duration::seconds(services.config.sign_in.access_token.0.into()));
    let me = account::look_up(services, user).await?;
    Ok(Tokens {
        access_token: services.keyring.issue(user, session, now, expires_at)?,
        refresh_token,
        token_type: "Bearer".to_owned(),
        expires_at,
        user: me.person(),
    })
}

fn refresh_lasts(services: &Services) -> Duration {
    Duration::days(services.config.sign_in.refresh_token_days.into())
}
