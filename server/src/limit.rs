//! How much of what one may do in a while: each limit is a setting, and each refusal says when to
//! try again. (Failed sign-ins are counted in the database: `auth/throttle.rs`.)

use std::{hash::Hash, num::NonZeroU32, sync::Arc};

use focushive::{
    Fault,
    id::{SessionId, UserId},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::config;

/// How many may be sent at once before the pace counts.
const BURST: u32 = 20;

#[derive(Clone)]
pub struct Limits {
    sending: Arc<DefaultKeyedRateLimiter<UserId>>,
    connecting: Arc<DefaultKeyedRateLimiter<SessionId>>,
    knocking: Arc<DefaultKeyedRateLimiter<String>>,
}

impl Limits {
    pub fn new(config: &config::Limits) -> Self {
        Self {
            sending: Arc::new(keyed(config.sends_a_minute)),
            connecting: Arc::new(keyed(config.connects_a_minute)),
            knocking: Arc::new(keyed(config.connects_a_minute)),
        }
    }

    /// Somebody sends a message.
    pub fn send(&self, user: UserId) -> Result<(), Fault> {
        take(&self.sending, &user)
    }

    /// A sign-in opens a socket.
    pub fn connect(&self, session: SessionId) -> Result<(), Fault> {
        take(&self.connecting, &session)
    }

    /// An address opens a socket before it is known whose.
    pub fn knock(&self, address: &str) -> Result<(), Fault> {
        take(&self.knocking, &address.to_owned())
    }

    /// Forgets those who have been quiet.
    pub fn sweep(&self) {
        self.sending.retain_recent();
        self.connecting.retain_recent();
        self.knocking.retain_recent();
    }
}

fn keyed<K: Hash + Eq + Clone>(a_minute: u32) -> DefaultKeyedRateLimiter<K> {
    let pace = NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(BURST.max(a_minute / 5)).unwrap_or(NonZeroU32::MIN);
    RateLimiter::keyed(Quota::per_minute(pace).allow_burst(burst))
}

fn take<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Fault> {
    limiter.check_key(key).map_err(|refused| {
        let wait = refused.wait_time_from(DefaultClock::default().now());
        Fault::RateLimited { retry_after_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1) }
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_pace_counts_for_each_apart() {
        let limits = Limits::new(&config::Config::read(&|_| None).unwrap().limits);
        let (ada, bob) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        for _ in 0..20 {
            assert_eq!(limits.send(ada), Ok(()));
        }
        let Err(Fault::RateLimited { retry_after_ms }) = limits.send(ada) else { panic!("the 21st passed") };
        assert!((1..=600).contains(&retry_after_ms), "{retry_after_ms}");
        assert_eq!(limits.send(bob), Ok(()));
    }
}
