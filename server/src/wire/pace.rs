//! How fast somebody may speak: so many frames a minute, with a burst for those who come back and
//! join all they had. It is counted on the connection, before anything is read or looked up.

use std::time::Duration;

use tokio::time::Instant;

/// As many topics as a connection may join, and a little more.
const BURST: u32 = 400;

pub struct Pace {
    /// How long each frame takes of what is allowed.
    each: Duration,
    /// When everything said so far would have been said, at the pace that is allowed.
    due: Instant,
}

impl Pace {
    pub fn new(a_minute: u32, now: Instant) -> Self {
        Self { each: Duration::from_secs(60) / a_minute.max(1), due: now }
    }

    /// One more frame, or the time in milliseconds after which it would be heard.
    pub fn step(&mut self, now: Instant) -> Result<(), u64> {
        let due = self.due.max(now) + self.each;
        let ahead = due.duration_since(now).saturating_sub(self.each * BURST);
        if !ahead.is_zero() {
            return Err(u64::try_from(ahead.as_millis()).unwrap_or(u64::MAX).max(1));
        }
        self.due = due;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_heard_and_then_the_pace_counts() {
        let now = Instant::now();
        let mut pace = Pace::new(1200, now);
        assert!((0..BURST).all(|_| pace.step(now).is_ok()));
        assert_eq!(pace.step(now), Err(50));
        let later = now + Duration::from_secs(1);
        assert_eq!((0..BURST).filter(|_| pace.step(later).is_ok()).count(), 20);
    }
}
