//! `Idempotency-Key`: what is asked again under the same key is not done again, and has the first
//! answer. Of two at the same time one does the work, and the other waits for its answer.

pub mod store;

use std::time::Duration;

use axum::http::HeaderMap;
use focushive::{
    Fault,
    id::{Key, UserId},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{problem::Problem, route::Fields};
use crate::{failure::Failure, secret, services::Services};

pub const HEADER: &str = "idempotency-key";
pub const REPLAYED: &str = "idempotency-replayed";

pub const LONGEST: usize = 255;

/// How long an answer is kept.
pub const KEPT: time::Duration = time::Duration::DAY;

/// Work that was begun longer ago has died with its server.
const DEAD_AFTER: time::Duration = time::Duration::MINUTE;

/// How often the other one is looked at, and for how long: a request lasts no longer.
const LOOK_EVERY: Duration = Duration::from_millis(40);
const LOOKS: u32 = 250;

/// An answer as it was given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Given {
    pub answer: Value,
    pub place: Option<String>,
}

/// Somebody's key, with what was asked under it.
pub struct Asked {
    user: UserId,
    key: String,
    digest: Vec<u8>,
    request: Vec<u8>,
}

pub enum Turn {
    /// It is to be done now.
    Mine,
    /// It was done already.
    Done(Given),
}

/// The client's own key, if it sent one.
pub fn key(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let fits = |key: &&str| (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = value.to_str().ok().filter(fits).map(str::to_owned);
    key.map(Some).ok_or_else(|| Fault::field(HEADER, format!("1 to {LONGEST} letters, digits and signs")))
}

/// The key that the request of the table is done under: the client's if it is a UUID, one that
/// follows from it otherwise, and a fresh one if there is none.
pub fn request_key(user: UserId, key: Option<&str>) -> Key {
    let Some(text) = key else { return Key(Uuid::now_v7()) };
    let derived = || {
        let digest = Sha256::digest(format!("{user}:{text}"));
        Uuid::from_slice(digest.get(..16).unwrap_or_default()).unwrap_or_else(|_| Uuid::now_v7())
    };
    Key(text.parse().unwrap_or_else(|_| derived()))
}

impl Asked {
    pub fn new(user: UserId, key: String, operation: &str, fields: &Fields) -> Self {
        let what = serde_json::json!([operation, fields]).to_string();
        Self { user, digest: secret::digest(&key), key, request: secret::digest(&what) }
    }

    /// Waits for one's turn.
    pub async fn turn(&self, services: &Services) -> Result<Turn, Problem> {
        for _ in 0..LOOKS {
            if let Some(turn) = self.look(services).await? {
                return Ok(turn);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err(Fault::conflict("the first request with this Idempotency-Key is still being worked on").into())
    }

    async fn look(&self, services: &Services) -> Result<Option<Turn>, Problem> {
        let Self { user, digest, request, .. } = self;
        let (db, now) = (&services.db, services.clock.now());
        let taken = store::take(db, *user, digest, request, (now, now.before(KEPT))).await.map_err(Failure::from)?;
        if taken {
            return Ok(Some(Turn::Mine));
        }
        let Some(begun) = store::look(db, *user, digest).await.map_err(Failure::from)? else { return Ok(None) };
        if begun.request != *request {
            return Err(Problem::KeyTaken);
        }
        if let Some(sealed) = begun.answer {
            return self.open(services, &sealed).map(|given| Some(Turn::Done(given)));
        }
        let dead = now.since(begun.began_at) > DEAD_AFTER;
        let times = (now, begun.began_at);
        let mine = dead && store::take_over(db, *user, digest, times).await.map_err(Failure::from)?;
        Ok(mine.then_some(Turn::Mine))
    }

    fn open(&self, services: &Services, sealed: &[u8]) -> Result<Given, Problem> {
        let opened = secret::unseal(&services.cookie_key, &self.password(), sealed);
        let given = opened.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        given.ok_or_else(|| Failure::internal("an answer that was kept cannot be opened").into())
    }

    /// Keeps the answer; what was refused may be asked again.
    pub async fn settle(&self, services: &Services, given: Option<&Given>) -> Result<(), Failure> {
        let sealed = given
            .and_then(|given| serde_json::to_vec(given).ok())
            .and_then(|bytes| secret::seal(&services.cookie_key, &self.password(), &bytes));
        match sealed {
            Some(sealed) => store::keep(&services.db, self.user, &self.digest, &sealed).await?,
            None => store::forget(&services.db, self.user, &self.digest).await?,
        }
        Ok(())
    }

    fn password(&self) -> String {
        format!("{}:{}", self.user, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_the_key_itself_and_any_other_word_leads_to_one_of_each_persons_own() {
        let (ada, bob) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let uuid = Uuid::from_u128(7);
        assert_eq!(request_key(ada, Some(&uuid.to_string())), Key(uuid));
        assert_eq!(request_key(ada, Some("order-7")), request_key(ada, Some("order-7")));
        assert_ne!(request_key(ada, Some("order-7")), request_key(bob, Some("order-7")));
        assert_ne!(request_key(ada, None), request_key(ada, None));
    }
}
