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

/// What one may do only so often, whichever door one came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Sending,
    Joining,
    Typing,
    Reacting,
    Inviting,
    MakingHives,
    Uploading,
}

type Paced = Arc<DefaultKeyedRateLimiter<UserId>>;

#[derive(Clone)]
pub struct Limits {
    sending: Paced,
    joining: Paced,
    typing: Paced,
    reacting: Paced,
    inviting: Paced,
    making_hives: Paced,
    uploading: Paced,
    refusing: Paced,
    flooding: Paced,
    connecting: Arc<DefaultKeyedRateLimiter<SessionId>>,
    knocking: Arc<DefaultKeyedRateLimiter<String>>,
    asking: Arc<DefaultKeyedRateLimiter<SessionId>>,
    visiting: Arc<DefaultKeyedRateLimiter<String>>,
}

impl Limits {
    pub fn new(config: &config::Limits) -> Self {
        let burst = config.burst;
        Self {
            sending: Arc::new(keyed(config.sends_a_minute, burst)),
            joining: Arc::new(keyed(config.joins_a_minute, burst)),
            typing: Arc::new(keyed(config.typing_a_minute, burst)),
            reacting: Arc::new(keyed(config.reactions_a_minute, burst)),
            inviting: Arc::new(keyed(config.invites_a_minute, burst)),
            making_hives: Arc::new(keyed(config.hives_a_minute, burst)),
            uploading: Arc::new(keyed(config.uploads_a_minute, burst)),
            // Whoever is refused so often floods, and it is noted once in an hour.
            refusing: Arc::new(keyed(config.refusals_a_minute, burst)),
            flooding: Arc::new(RateLimiter::keyed(Quota::per_hour(NonZeroU32::MIN))),
            connecting: Arc::new(keyed(config.connects_a_minute, burst)),
            knocking: Arc::new(keyed(config.connects_a_minute, burst)),
            asking: Arc::new(keyed(config.frames_a_minute, burst)),
            visiting: Arc::new(keyed(config.frames_a_minute, burst)),
        }
    }

    /// Somebody does it once more, or is told when they may.
    pub fn pace(&self, doing: Doing, user: UserId) -> Result<(), Fault> {
        let paced = match doing {
            Doing::Sending => &self.sending,
            Doing::Joining => &self.joining,
            Doing::Typing => &self.typing,
            Doing::Reacting => &self.reacting,
            Doing::Inviting => &self.inviting,
            Doing::MakingHives => &self.making_hives,
            Doing::Uploading => &self.uploading,
        };
        take(paced, &user)
    }

    /// Somebody was refused once more; whether that makes a flood that is not known of yet.
    pub fn floods(&self, user: UserId) -> bool {
        take(&self.refusing, &user).is_err() && take(&self.flooding, &user).is_ok()
    }

    /// A sign-in opens a socket.
    pub fn connect(&self, session: SessionId) -> Result<(), Fault> {
        take(&self.connecting, &session)
    }

    /// An address opens a socket before it is known whose.
    pub fn knock(&self, address: &str) -> Result<(), Fault> {
        take(&self.knocking, &address.to_owned())
    }

    /// A sign-in asks something by REST: as often as it may say something on a socket.
    pub fn ask(&self, session: SessionId) -> Result<(), Fault> {
        take(&self.asking, &session)
    }

    /// An address asks something by REST, and nobody knows whose it is.
    pub fn visit(&self, address: &str) -> Result<(), Fault> {
        take(&self.visiting, &address.to_owned())
    }

    /// Forgets those who have been quiet.
    pub fn sweep(&self) {
        for paced in [&self.sending, &self.joining, &self.typing, &self.reacting, &self.inviting] {
            paced.retain_recent();
        }
        for paced in [&self.making_hives, &self.uploading, &self.refusing, &self.flooding] {
            paced.retain_recent();
        }
        self.connecting.retain_recent();
        self.knocking.retain_recent();
        self.asking.retain_recent();
        self.visiting.retain_recent();
    }
}

fn keyed<K: Hash + Eq + Clone>(a_minute: u32, burst: u32) -> DefaultKeyedRateLimiter<K> {
    let pace = NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(burst.max(a_minute / 5).min(a_minute)).unwrap_or(NonZeroU32::MIN);
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
            assert_eq!(limits.pace(Doing::Sending, ada), Ok(()));
        }
        let Err(Fault::RateLimited { retry_after_ms }) = limits.pace(Doing::Sending, ada) else {
            panic!("the 21st passed")
        };
        assert!((1..=600).contains(&retry_after_ms), "{retry_after_ms}");
        assert_eq!(limits.pace(Doing::Sending, bob), Ok(()));
    }

    #[test]
    fn a_flood_is_known_of_once() {
        let limits = Limits::new(&config::Config::read(&|_| None).unwrap().limits);
        let (ada, bob) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let floods = (0..50).filter(|_| limits.floods(ada)).count();
        assert_eq!((floods, limits.floods(bob)), (1, false));
    }
}
