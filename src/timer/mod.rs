//! The one clock of a hive, or of somebody alone: facts, never ticks. Whoever has the facts and
//! knows what time it is knows the phase, what is left of it, and every boundary on the way, so
//! every node and every device says the same. What may be done to it is in `act.rs`, what is asked
//! of it in `ask.rs`, how it goes for one person in `lane.rs`.

mod act;
mod ask;
mod face;
mod lane;
mod rhythm;
mod saved;
#[cfg(test)]
mod tests;

pub use act::{Act, Acted, Proposal, UNDO, VOTE, needs};
pub use ask::*;
pub use face::{Face, digits};
pub use lane::{Lane, OVERTIME, Step};
pub use rhythm::{Preset, Rhythm, Style};
pub use saved::{ListSaved, MOST_SAVED, Pick, Remove, Rename, Save, Saved};
use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;

use crate::{moment::Moment, presence::GRACE};

/// A stretch of time, its end left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Span {
    pub from: Moment,
    pub to: Moment,
}

impl Span {
    pub fn length(self) -> Duration {
        self.to.since(self.from)
    }

    /// What both have in common, if anything.
    pub fn within(self, other: Self) -> Option<Self> {
        let both = Self { from: self.from.max(other.from), to: self.to.min(other.to) };
        (both.from < both.to).then_some(both)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Focus,
    /// Focus that counts up, and earns its break.
    Flow,
    ShortBreak,
    LongBreak,
}

impl Phase {
    pub const ALL: [Self; 4] = [Self::Focus, Self::Flow, Self::ShortBreak, Self::LongBreak];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::Flow => "flow",
            Self::ShortBreak => "short_break",
            Self::LongBreak => "long_break",
        }
    }

    /// In words, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Focus => "Focus",
            Self::Flow => "Flow",
            Self::ShortBreak => "Break",
            Self::LongBreak => "Long break",
        }
    }

    pub const fn is_break(self) -> bool {
        matches!(self, Self::ShortBreak | Self::LongBreak)
    }
}

/// What is going on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Run {
    #[default]
    Idle,
    Running {
        phase: Phase,
        started_at: Moment,
        ends_at: Moment,
    },
    Paused {
        phase: Phase,
        started_at: Moment,
        paused_at: Moment,
        paused_remaining_ms: u64,
        /// When it goes on by itself, if it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Moment>,
    },
    /// A phase is over, and the next one waits for somebody.
    Waiting {
        next: Phase,
        since: Moment,
        /// Nobody was there when the last one ended.
        parked: bool,
        /// How long a break was earned, after flow.
        earned_ms: Option<u64>,
    },
}

/// How long a clock goes on by itself after anybody last touched it.
const BY_ITSELF: Duration = Duration::DAY;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Timer {
    #[serde(flatten)]
    pub run: Run,
    /// The focus phase of its cycle that is on or was last, from one; zero before the first.
    pub round: u8,
    /// How many phases have begun here since ever.
    pub ordinal: u64,
    /// Counts every change.
    pub revision: u64,
    pub rhythm: Rhythm,
    /// When this phase was paused, and until when.
    #[serde(default)]
    pub pauses: Vec<Span>,
    /// When the hive's day is over, and with it the cycle.
    pub day_ends_at: Option<Moment>,
    /// What somebody did last.
    pub last: Option<Acted>,
}

/// How a phase came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Completed,
    Skipped,
    Stopped,
}

/// A phase that is over: a boundary, recorded once under its ordinal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ended {
    pub ordinal: u64,
    pub phase: Phase,
    pub round: u8,
    pub span: Span,
    pub pauses: Vec<Span>,
    pub planned_ms: u64,
    pub ending: Ending,
}

impl Timer {
    /// Goes on to now, through every boundary on the way. `empty_since` is when the last person
    /// left, if nobody is there: after a grace, no new phase begins by itself.
    pub fn roll(&mut self, now: Moment, empty_since: Option<Moment>) -> Vec<Ended> {
        let mut over = Vec::new();
        while let Some(at) = self.wakes_at().filter(|at| *at <= now) {
            self.revision += 1;
            if !self.go_on(at) {
                over.extend(self.end_by_itself(at, empty_since));
            }
        }
        over
    }

    fn end_by_itself(&mut self, at: Moment, empty_since: Option<Moment>) -> Option<Ended> {
        let ended = self.end(at, Ending::Completed)?;
        let alone = empty_since.is_some_and(|since| at >= since.after(GRACE));
        let forgotten = self.last.as_ref().is_none_or(|last| at >= last.at.after(BY_ITSELF));
        let (next, earned_ms) = self.next_after(&ended);
        let goes_on = if next.is_break() { self.rhythm.auto_break } else { self.rhythm.auto_focus };
        if goes_on && !alone && !forgotten {
            self.begin(next, at, earned_ms);
        } else {
            self.run = Run::Waiting { next, since: at, parked: alone || forgotten, earned_ms };
        }
        Some(ended)
    }

    /// Whether it was paused; then it is not any more.
    fn go_on(&mut self, at: Moment) -> bool {
        let Run::Paused { phase, started_at, paused_at, paused_remaining_ms, .. } = self.run else { return false };
        self.pauses.push(Span { from: paused_at, to: at.max(paused_at) });
        self.run = Run::Running { phase, started_at, ends_at: at.after(millis(paused_remaining_ms)) };
        true
    }

    /// The next instant at which it changes by itself.
    pub const fn wakes_at(&self) -> Option<Moment> {
        match self.run {
            Run::Running { ends_at, .. } => Some(ends_at),
            Run::Paused { until, .. } => until,
            Run::Idle | Run::Waiting { .. } => None,
        }
    }

    /// When the phase that is on ends, as far as that is known: not while it stands still.
    pub const fn ends_at(&self) -> Option<Moment> {
        if let Run::Running { ends_at, .. } = self.run { Some(ends_at) } else { None }
    }

    /// A number for what is on: another one as soon as a phase begins or ends.
    pub const fn stage(&self) -> u64 {
        let over = matches!(self.run, Run::Idle | Run::Waiting { .. });
        self.ordinal * 2 + if over { 1 } else { 0 }
    }

    /// When people may be spoken to next, once the break that is on is over: the first boundary after
    /// which a break begins, or waits to. Nothing where that is up to somebody, as it is in flow.
    pub fn next_break(&self) -> Option<Moment> {
        let mut ahead = self.clone();
        // A pause, the break that is on, and the focus after it: it takes no more than that.
        for _ in 0..3 {
            let at = ahead.wakes_at().filter(|_| ahead.phase() != Some(Phase::Flow))?;
            let ends = ahead.ends_at().is_some();
            ahead.roll(at, None);
            if ends && ahead.rests() {
                return Some(at);
            }
        }
        None
    }

    /// Whether a break is on, or due.
    const fn rests(&self) -> bool {
        match self.run {
            Run::Running { phase: on, .. } | Run::Paused { phase: on, .. } | Run::Waiting { next: on, .. } => {
                on.is_break()
            }
            Run::Idle => false,
        }
    }

    /// The phase that is on, paused or not.
    pub const fn phase(&self) -> Option<Phase> {
        match self.run {
            Run::Running { phase, .. } | Run::Paused { phase, .. } => Some(phase),
            Run::Idle | Run::Waiting { .. } => None,
        }
    }

    /// Whether people focus right now.
    pub fn is_focus(&self) -> bool {
        matches!(self.run, Run::Running { phase: Phase::Focus | Phase::Flow, .. })
    }

    /// Whether a phase of focus is on, paused or not.
    pub fn is_at_work(&self) -> bool {
        self.phase().is_some_and(|phase| !phase.is_break())
    }

    pub fn started_at(&self) -> Option<Moment> {
        match self.run {
            Run::Running { started_at, .. } | Run::Paused { started_at, .. } => Some(started_at),
            Run::Idle | Run::Waiting { .. } => None,
        }
    }

    /// What follows a phase that is over, and how long a break was earned.
    fn next_after(&self, ended: &Ended) -> (Phase, Option<u64>) {
        match ended.phase {
            Phase::Focus if self.round >= self.rhythm.rounds => (Phase::LongBreak, None),
            Phase::Focus => (Phase::ShortBreak, None),
            Phase::Flow => (Phase::ShortBreak, Some(self.rhythm.earned(ended.worked()))),
            Phase::ShortBreak | Phase::LongBreak => (self.rhythm.style.focus(), None),
        }
    }

    /// A phase begins. A new cycle does after a long break, and on a new day.
    fn begin(&mut self, phase: Phase, at: Moment, earned_ms: Option<u64>) {
        if !phase.is_break() {
            let over = self.round >= self.rhythm.rounds || self.is_new_day(at);
            self.round = if over { 1 } else { self.round + 1 };
        }
        let ends_at = self.rhythm.end_of(phase, at, earned_ms);
        self.ordinal += 1;
        self.pauses.clear();
        self.run = Run::Running { phase, started_at: at, ends_at };
    }

    /// Whether the day is over by then; if so, the next one lasts a day from its end.
    fn is_new_day(&mut self, at: Moment) -> bool {
        let Some(end) = self.day_ends_at.filter(|end| at >= *end) else { return false };
        self.day_ends_at = Some(end.after(Duration::days(at.since(end).whole_days() + 1)));
        true
    }

    /// Ends the phase that is on; nothing if none is.
    fn end(&mut self, at: Moment, ending: Ending) -> Option<Ended> {
        let (phase, started_at) = (self.phase()?, self.started_at()?);
        let mut pauses = std::mem::take(&mut self.pauses);
        let planned = match self.run {
            Run::Running { ends_at, .. } => ends_at.since(started_at) - total(&pauses),
            Run::Paused { paused_at, paused_remaining_ms, .. } => {
                let before = paused_at.since(started_at) - total(&pauses);
                pauses.push(Span { from: paused_at, to: at });
                before + millis(paused_remaining_ms)
            }
            Run::Idle | Run::Waiting { .. } => return None,
        };
        self.run = Run::Idle;
        Some(Ended {
            ordinal: self.ordinal,
            phase,
            round: self.round,
            span: Span { from: started_at, to: at.max(started_at) },
            pauses,
            planned_ms: in_millis(planned),
            ending,
        })
    }
}

impl Ended {
    /// How long it ran, pauses left out.
    pub fn worked(&self) -> Duration {
        (self.span.length() - total(&self.pauses)).max(Duration::ZERO)
    }
}

fn total(pauses: &[Span]) -> Duration {
    pauses.iter().map(|pause| pause.length()).sum()
}

fn millis(ms: u64) -> Duration {
    Duration::milliseconds(i64::try_from(ms).unwrap_or(i64::MAX))
}

/// Whole milliseconds; none for a time that is negative.
pub fn in_millis(duration: Duration) -> u64 {
    u64::try_from(duration.whole_milliseconds()).unwrap_or_default()
}
