//! Slowing down those who guess: failures are counted in the database, by account and by network
//! address, and further tries wait their turn in a short line before anything is checked.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use focushive::{Fault, Moment};
use sqlx::PgPool;

use super::store;
use crate::{config, failure::Failure, secret};

/// How many slowed tries may wait at once for one account or address; more are turned away, so
/// that a flood of tries costs neither memory nor hashing.
const LINE: u32 = 2;

/// The longest a slowed try waits.
const LONGEST: Duration = Duration::from_secs(8);

#[derive(Clone, Default)]
pub struct Throttle {
    waiting: Arc<Mutex<HashMap<Vec<u8>, u32>>>,
}

/// One try to sign in: whose account it names and where it comes from, as digests.
#[derive(Clone)]
pub struct Try {
    pub account: Vec<u8>,
    pub address: Vec<u8>,
}

impl Try {
    pub fn new(email: &str, address: &str) -> Self {
        Self { account: secret::digest(&email.trim().to_lowercase()), address: secret::digest(address) }
    }
}

impl Throttle {
    /// Lets the try through: at once while there were few failures, later after more.
    pub async fn pass(&self, db: &PgPool, config: &config::SignIn, attempt: &Try, now: Moment) -> Result<(), Failure> {
        let since = now.before(time::Duration::seconds(config.failure_window.0.into()));
        let failed = store::failures(db, attempt, since).await?;
        let over_account = failed.account.checked_sub(config.account_failures);
        let over_address = failed.address.checked_sub(config.address_failures);
        let Some(over) = over_account.max(over_address) else { return Ok(()) };
        tracing::warn!(
            failures.account = failed.account,
            failures.address = failed.address,
            "a sign-in is slowed down"
        );
        let key = if over_account >= over_address { &attempt.account } else { &attempt.address };
        let _place = self.line_up(key)?;
        tokio::time::sleep(delay(over)).await;
        Ok(())
    }

    fn line_up(&self, key: &[u8]) -> Result<Place, Fault> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let here = waiting.entry(key.to_vec()).or_default();
        if *here >= LINE {
            return Err(Fault::RateLimited { retry_after_ms: u64::try_from(LONGEST.as_millis()).unwrap_or(u64::MAX) });
        }
        *here += 1;
        Ok(Place { waiting: Arc::clone(&self.waiting), key: key.to_vec() })
    }
}

/// A place in the line, given up when dropped.
struct Place {
    waiting: Arc<Mutex<HashMap<Vec<u8>, u32>>>,
    key: Vec<u8>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(here) = waiting.get_mut(&self.key) {
            *here -= 1;
            if *here == 0 {
                waiting.remove(&self.key);
            }
        }
    }
}

/// One second, then twice as long with each further failure.
fn delay(over: u32) -> Duration {
    Duration::from_secs(1 << over.min(3)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_doubles_the_wait_up_to_a_bound() {
        let waits: Vec<u64> = (0..5).map(|over| delay(over).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 8]);
        assert_eq!(delay(u32::MAX), LONGEST);
    }

    #[test]
    fn the_line_is_short_and_moves_on() {
        let throttle = Throttle::default();
        let first = throttle.line_up(b"ada").unwrap();
        let _second = throttle.line_up(b"ada").unwrap();
        assert!(throttle.line_up(b"ada").is_err());
        assert!(throttle.line_up(b"bob").is_ok());
        drop(first);
        assert!(throttle.line_up(b"ada").is_ok());
    }
}
