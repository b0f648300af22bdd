//! Web Push: what interrupts somebody reaches their browsers while no page of ours is looked at.
//! With keys of our own: no account anywhere, and nobody on the way can read it.

pub mod rest;
mod seal;
mod send;
mod store;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use focushive::{
    Fault, Moment,
    caller::Member,
    id::UserId,
    notification::{LookPushKey, PushKey, Subscribe, Unsubscribe},
};
pub use seal::Key;
pub use send::{UNREAD_FOR, keep};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{failure::Failure, services::Services};

/// How many browsers one person has at most; the oldest give way.
const MOST: i64 = 20;

/// The key of this house: the one that was made at its first start.
pub async fn key(db: &PgPool) -> sqlx::Result<Key> {
    let stored = store::key(db, &Key::fresh()).await?;
    Key::read(&stored).ok_or_else(|| sqlx::Error::Decode("the push key is not one".into()))
}

/// These are pushed then, where there is a browser to push to.
pub async fn note(db: &mut PgConnection, user: UserId, ids: &[Uuid], due_at: Moment) -> Result<(), Failure> {
    if ids.is_empty() {
        return Ok(());
    }
    Ok(store::note(db, user, ids, due_at).await?)
}

pub async fn look(services: &Services, by: Member, ask: LookPushKey) -> Result<PushKey, Failure> {
    let browsers = store::browsers(&services.db, by.id).await?;
    let known = browsers.iter().any(|browser| ask.endpoint.as_ref() == Some(&browser.endpoint));
    let browsers = u32::try_from(browsers.len()).unwrap_or(u32::MAX);
    Ok(PushKey { key: services.push_key.public(), browsers, known })
}

pub async fn subscribe(services: &Services, by: Member, ask: Subscribe) -> Result<(), Failure> {
    if !services.config.push.allows(&ask.endpoint) {
        return Err(Fault::field("endpoint", "this house does not speak to that push service").into());
    }
    let read = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    let p256dh =
        read(&ask.p256dh).filter(|key| seal::is_key(key)).ok_or_else(|| Fault::field("p256dh", "not a key"))?;
    let auth = read(&ask.auth).filter(|auth| auth.len() == 16).ok_or_else(|| Fault::field("auth", "not a secret"))?;
    let new = store::New {
        endpoint: &ask.endpoint,
        user: by.id,
        session: by.session,
        p256dh: &p256dh,
        auth: &auth,
        now: services.clock.now(),
    };
    store::insert(&services.db, new).await?;
    Ok(store::cut(&services.db, by.id, MOST).await?)
}

pub async fn unsubscribe(services: &Services, by: Member, ask: Unsubscribe) -> Result<(), Failure> {
    Ok(store::remove(&services.db, Some(by.id), &ask.endpoint).await?)
}
