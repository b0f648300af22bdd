//! What a clock shows at an instant: the same for every reader of the same facts.

use time::Duration;

use super::{Phase, Run, Timer, millis, total};
use crate::moment::Moment;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Ready for a phase of this length.
    Ready { next: Phase, length: Duration },
    /// Counting down.
    Down { phase: Phase, left: Duration, whole: Duration, ends_at: Moment },
    /// Counting up.
    Up { worked: Duration },
    /// Standing still.
    Held { phase: Phase, left: Duration, whole: Duration },
}

impl Timer {
    /// Whoever has not rolled it on sees a phase that is over at zero, never below.
    pub fn face(&self, now: Moment) -> Face {
        let paused = total(&self.pauses);
        match self.run {
            Run::Idle | Run::Waiting { parked: true, .. } => self.ready(self.rhythm.style.focus(), None),
            Run::Waiting { next, earned_ms, .. } => self.ready(next, earned_ms),
            Run::Running { phase: Phase::Flow, started_at, .. } => {
                Face::Up { worked: (now.since(started_at) - paused).max(Duration::ZERO) }
            }
            Run::Running { phase, started_at, ends_at } => {
                let whole = ends_at.since(started_at) - paused;
                // A device that is a moment behind shows a phase that begins, not more than all of it.
                Face::Down { phase, left: ends_at.since(now).min(whole), whole, ends_at }
            }
            Run::Paused { phase: Phase::Flow, started_at, paused_at, .. } => Face::Held {
                phase: Phase::Flow,
                left: (paused_at.since(started_at) - paused).max(Duration::ZERO),
                whole: Duration::ZERO,
            },
            Run::Paused { phase, started_at, paused_at, paused_remaining_ms, .. } => {
                let left = millis(paused_remaining_ms);
                Face::Held { phase, left, whole: paused_at.since(started_at) - paused + left }
            }
        }
    }

    fn ready(&self, next: Phase, earned_ms: Option<u64>) -> Face {
        let length = match next {
            Phase::Flow => Duration::ZERO,
            next => earned_ms.map_or_else(|| self.rhythm.length(next), millis),
        };
        Face::Ready { next, length }
    }
}

impl Face {
    /// The time to show, as a clock of the kitchen does: 25:00 is seen, and 0:00 only at the end.
    pub fn digits(self) -> String {
        match self {
            Self::Ready { length, .. } => digits(length),
            Self::Down { left, .. } | Self::Held { left, .. } => digits(left),
            // What counts up has only reached a second once it is over.
            Self::Up { worked } => digits(Duration::seconds(worked.whole_seconds())),
        }
    }

    /// The same in whole minutes, for those who want less to move.
    pub fn by_minutes(self) -> Self {
        match self {
            Self::Down { phase, left, whole, ends_at } => {
                let minutes = Duration::minutes((left.whole_seconds() + 59) / 60);
                Self::Down { phase, left: minutes.min(whole), whole, ends_at }
            }
            Self::Ready { .. } | Self::Up { .. } | Self::Held { .. } => self,
        }
    }

    /// How much of the phase is left, from one to zero; the whole ring for what has no end.
    pub fn fraction(self) -> f64 {
        match self {
            Self::Ready { .. } | Self::Up { .. } => 1.0,
            Self::Down { left, whole, .. } | Self::Held { left, whole, .. } if whole.is_positive() => {
                (left.as_seconds_f64() / whole.as_seconds_f64()).clamp(0.0, 1.0)
            }
            Self::Down { .. } | Self::Held { .. } => 1.0,
        }
    }
}

/// `25:00`, `1:02:03`. A second that has begun is still there.
pub fn digits(left: Duration) -> String {
    let ms = left.max(Duration::ZERO).whole_milliseconds();
    let seconds = ms / 1000 + i128::from(ms % 1000 > 0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
