//! The one place the time of day is read. Everything that runs here runs by it, so it goes evenly,
//! whatever is done to the clock of the machine: one that jumps is not believed at once.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use focushive::Moment;
use time::{Duration, OffsetDateTime};

/// A clock that is set by less than this at a time is followed as it goes.
const EVENLY: Duration = Duration::milliseconds(100);

/// A clock that jumped is believed once it has gone evenly for so long since. A machine that slept
/// looks the same.
const BELIEVED_AFTER: Duration = Duration::seconds(30);

#[derive(Clone)]
pub struct Clock {
    begun: Instant,
    steady: Arc<Mutex<Steady>>,
    ahead_ms: Arc<AtomicI64>,
}

impl Default for Clock {
    fn default() -> Self {
        let steady = Steady::new(OffsetDateTime::now_utc());
        Self { begun: Instant::now(), steady: Arc::new(Mutex::new(steady)), ahead_ms: Arc::default() }
    }
}

impl Clock {
    pub fn now(&self) -> Moment {
        let ahead = Duration::milliseconds(self.ahead_ms.load(Ordering::Relaxed));
        let mut steady = self.steady.lock().unwrap_or_else(PoisonError::into_inner);
        let ticks = self.begun.elapsed().try_into().unwrap_or(Duration::MAX);
        Moment(steady.read(OffsetDateTime::now_utc(), ticks)).after(ahead)
    }

    /// Moves the clock on; for tests of what happens later.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.whole_milliseconds()).unwrap_or(i64::MAX);
        self.ahead_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

/// Goes by the machine's clock as long as that goes as its ticks do.
struct Steady {
    /// What time it was, so many ticks from the beginning.
    at: OffsetDateTime,
    ticks: Duration,
    /// What the machine says since when, while that is not believed.
    doubted: Option<(Duration, Duration)>,
}

impl Steady {
    const fn new(wall: OffsetDateTime) -> Self {
        Self { at: wall, ticks: Duration::ZERO, doubted: None }
    }

    fn read(&mut self, wall: OffsetDateTime, ticks: Duration) -> OffsetDateTime {
        let even = self.at + (ticks - self.ticks);
        let off = wall - even;
        let is_even = off.abs() <= EVENLY;
        if is_even || self.believes(off, ticks) {
            // What is a little behind waits: time never goes back by as little as that.
            self.at = if is_even { wall.max(self.at) } else { wall };
            self.doubted = None;
        } else {
            self.at = even;
        }
        self.ticks = ticks;
        self.at
    }

    /// Whether it has been off by just as much for long enough.
    fn believes(&mut self, off: Duration, ticks: Duration) -> bool {
        let same = self.doubted.filter(|(doubted, _)| (*doubted - off).abs() <= EVENLY);
        if same.is_none() {
            tracing::warn!(by = %off, "the clock of this machine jumped; it is believed if it stays so");
        }
        let (_, since) = *self.doubted.insert(same.unwrap_or((off, ticks)));
        ticks - since >= BELIEVED_AFTER
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-01-05 12:00 UTC);

    #[test]
    fn a_clock_that_is_set_by_an_hour_is_followed_once_it_stays_so() {
        for step in [Duration::HOUR, -Duration::HOUR] {
            let mut steady = Steady::new(NOON);
            for second in 1..100 {
                let ticks = Duration::seconds(second);
                let wall = NOON + ticks + if second >= 10 { step } else { Duration::ZERO };
                let believed = second >= 10 + 30;
                let expected = NOON + ticks + if believed { step } else { Duration::ZERO };
                assert_eq!(steady.read(wall, ticks), expected, "{second}");
            }
        }
    }

    #[test]
    fn one_that_jumps_and_jumps_back_is_not_followed() {
        let mut steady = Steady::new(NOON);
        for second in 1..200 {
            let ticks = Duration::seconds(second);
            let off = if second % 25 < 20 { Duration::minutes(second % 2 * 7 + 10) } else { Duration::ZERO };
            assert_eq!(steady.read(NOON + ticks + off, ticks), NOON + ticks, "{second}");
        }
    }

    proptest! {
        #[test]
        fn it_is_never_far_from_a_clock_that_goes_a_little_wrong_and_never_goes_back(
            drifts in proptest::collection::vec(-50..50_i64, 1..200),
        ) {
            let (mut steady, mut drift, mut last) = (Steady::new(NOON), 0, NOON);
            for (second, by) in (1..).zip(drifts) {
                drift += by;
                let ticks = Duration::seconds(second);
                let wall = NOON + ticks + Duration::milliseconds(drift);
                let read = steady.read(wall, ticks);
                prop_assert!((read - wall).abs() <= EVENLY && read >= last);
                last = read;
            }
        }
    }
}
