//! What time it is where the facts are from, seen from a device whose own clock is wrong: an offset
//! from pings, and two clocks of the device that watch each other. It reads no clock itself: every
//! reading comes in as an argument.

/// Both clocks of a device at one instant, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Runs on evenly, and may stand still while the machine sleeps.
    pub steady: f64,
    /// The time of day, which may be set by hand.
    pub wall: f64,
}

/// How many pings make a measurement.
pub const PINGS: usize = 5;

/// The two clocks of a device moved apart by this much: it slept, or its clock was set.
const JUMP_MS: f64 = 2000.0;

/// A correction up to this goes in slowly, at so much a second; a greater one at once.
const SLEW_UP_TO_MS: f64 = 1000.0;
const SLEW_PER_MS: f64 = 0.05;

/// What the time of the facts was at a reading.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    at: Reading,
    true_ms: f64,
}

impl Anchor {
    fn by_steady(self, reading: Reading) -> f64 {
        self.true_ms + reading.steady - self.at.steady
    }

    fn by_wall(self, reading: Reading) -> f64 {
        self.true_ms + reading.wall - self.at.wall
    }
}

/// One ping that came back: it was answered after it was sent and before it was heard, so the time
/// of the facts is ahead of the steady clock by no less and no more than this.
#[derive(Clone, Copy, Debug)]
struct Sample {
    least: f64,
    most: f64,
    heard: Reading,
}

impl Sample {
    fn round_trip(&self) -> f64 {
        self.most - self.least
    }
}

/// What all pings of a measurement agree on. One was quick on its way there, another on its way
/// back, so together they know more than the quickest alone, which is believed where they disagree.
fn agreed(samples: &[Sample]) -> Option<Anchor> {
    let best = samples.iter().copied().min_by(|a, b| a.round_trip().total_cmp(&b.round_trip()))?;
    let least = samples.iter().map(|sample| sample.least).fold(best.least, f64::max);
    let most = samples.iter().map(|sample| sample.most).fold(best.most, f64::min);
    let ahead = if least <= most { f64::midpoint(least, most) } else { f64::midpoint(best.least, best.most) };
    Some(Anchor { at: best.heard, true_ms: best.heard.steady + ahead })
}

#[derive(Clone, Debug, Default)]
pub struct Clock {
    anchor: Option<Anchor>,
    samples: Vec<Sample>,
    /// How far what is shown is still from what is believed, and since when that shrinks.
    slew: Option<(f64, Reading)>,
}

impl Clock {
    /// A first guess, from a page that was rendered a moment ago.
    pub fn guess(&mut self, true_ms: f64, at: Reading) {
        if self.anchor.is_none() {
            self.anchor = Some(Anchor { at, true_ms });
        }
    }

    /// Whether it knows more than the device's own word.
    pub const fn is_known(&self) -> bool {
        self.anchor.is_some()
    }

    /// Begins a measurement: what came back of another, perhaps from before a sleep, does not count.
    pub fn begin(&mut self) {
        self.samples.clear();
    }

    /// A ping came back: it was answered at some instant in between.
    pub fn pong(&mut self, sent: Reading, true_ms: f64, heard: Reading) {
        let sample = Sample { least: true_ms - heard.steady, most: true_ms - sent.steady, heard };
        if sample.round_trip() >= 0.0 {
            self.samples.push(sample);
        }
    }

    /// How many pings of this measurement came back.
    pub fn heard(&self) -> usize {
        self.samples.len()
    }

    /// Ends a measurement: what is shown goes where the pings say.
    pub fn settle(&mut self, reading: Reading) {
        let Some(anchor) = agreed(&std::mem::take(&mut self.samples)) else { return };
        let shown = self.anchor.map(|_| self.now(reading));
        self.anchor = Some(anchor);
        let apart = shown.map(|shown| shown - anchor.by_steady(reading));
        self.slew = apart.filter(|apart| apart.abs() <= SLEW_UP_TO_MS).map(|apart| (apart, reading));
    }

    /// The time of the facts; the device's own word, as long as nothing is known.
    pub fn now(&self, reading: Reading) -> f64 {
        let Some(anchor) = self.anchor else { return reading.wall };
        if self.jumped(reading) {
            // The steady clock may have slept; the time of day has not, and is right again now.
            return anchor.by_wall(reading);
        }
        anchor.by_steady(reading)
            + self.slew.map_or(0.0, |(apart, since)| left_of(apart, reading.steady - since.steady))
    }

    /// Whether the machine slept, or its clock was set, since the last measurement: time for another.
    pub fn jumped(&self, reading: Reading) -> bool {
        self.anchor.is_some_and(|anchor| (anchor.by_wall(reading) - anchor.by_steady(reading)).abs() > JUMP_MS)
    }
}

/// What is left of a correction after a while.
fn left_of(apart: f64, elapsed: f64) -> f64 {
    let gone = (elapsed * SLEW_PER_MS).max(0.0);
    if gone >= apart.abs() { 0.0 } else { apart - gone.copysign(apart) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A device whose time of day is wrong by ten minutes.
    fn at(true_ms: f64) -> Reading {
        Reading { steady: true_ms - 5_000.0, wall: true_ms + 600_000.0 }
    }

    fn measured(latencies: [(f64, f64); PINGS]) -> Clock {
        let mut clock = Clock::default();
        for (there, back) in latencies {
            clock.pong(at(10_000.0), 10_000.0 + there, at(10_000.0 + there + back));
        }
        clock.settle(at(11_000.0));
        clock
    }

    #[test]
    fn a_clock_wrong_by_minutes_shows_the_right_time() {
        let clock = measured([(20.0, 20.0), (200.0, 20.0), (30.0, 300.0), (90.0, 90.0), (50.0, 60.0)]);
        assert!((clock.now(at(70_000.0)) - 70_000.0).abs() < 1.0);
    }

    #[test]
    fn pings_that_are_slow_one_way_are_right_together() {
        let clock = measured([(20.0, 300.0), (350.0, 22.0), (200.0, 200.0), (90.0, 310.0), (400.0, 120.0)]);
        assert!((clock.now(at(20_000.0)) - 20_000.0).abs() <= 1.0);
    }

    #[test]
    fn the_quickest_ping_is_believed() {
        let clock = measured([(400.0, 20.0), (20.0, 400.0), (400.0, 20.0), (25.0, 20.0), (300.0, 90.0)]);
        assert!((clock.now(at(20_000.0)) - 20_000.0).abs() <= 2.5);
    }

    #[test]
    fn a_machine_that_slept_is_right_before_it_is_measured_again() {
        let clock = measured([(20.0, 20.0); PINGS]);
        let asleep = 420_000.0;
        let woken = Reading { steady: at(20_000.0).steady, wall: at(20_000.0 + asleep).wall };
        assert!(clock.jumped(woken));
        assert!((clock.now(woken) - (20_000.0 + asleep)).abs() < 1.0);
    }

    #[test]
    fn a_small_correction_goes_in_slowly_and_a_great_one_at_once() {
        let mut clock = measured([(20.0, 20.0); PINGS]);
        clock.pong(at(30_000.0), 30_420.0, at(30_040.0));
        clock.settle(at(30_040.0));
        let soon = clock.now(at(31_040.0)) - 31_040.0;
        assert!((49.0..=51.0).contains(&soon), "{soon}");
        assert!((clock.now(at(60_000.0)) - 60_400.0).abs() < 1.0);
        clock.pong(at(70_000.0), 75_020.0, at(70_040.0));
        clock.settle(at(70_040.0));
        assert!((clock.now(at(70_050.0)) - 75_050.0).abs() < 1.0);
    }

    #[test]
    fn a_first_guess_stands_until_something_is_measured() {
        let mut clock = Clock::default();
        clock.guess(10_000.0, at(10_080.0));
        assert!((clock.now(at(11_080.0)) - 11_000.0).abs() < 1.0);
        assert_eq!(Clock::default().now(at(0.0)), 600_000.0);
    }
}
