//! What may be done to a clock: each act by its name, who may do it, and what it changes. An act
//! first brings the clock to now, so that nothing is done to a phase that is over.

use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;

use super::{Ended, Ending, Phase, Rhythm, Run, Style, Timer, in_millis, millis};
use crate::{
    fault::Fault,
    hive::Right,
    id::{Key, UserId},
    moment::Moment,
    text::Name,
};

/// How long an act may be taken back.
pub const UNDO: Duration = Duration::seconds(10);

/// How long a proposal may be answered.
pub const VOTE: Duration = Duration::seconds(20);

/// How many minutes somebody may pause for.
const LONGEST_PAUSE: u8 = 60;

/// Extending goes no further than this from the start of a phase.
const LONGEST: Duration = Duration::hours(6);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    Start {
        /// Where the rhythm would be by now, had somebody been there.
        #[serde(default)]
        grid: bool,
    },
    Pause {
        /// Then it goes on by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minutes: Option<u8>,
    },
    Resume,
    Skip,
    Stop,
    Extend {
        seconds: i32,
    },
    Set {
        rhythm: Rhythm,
        /// Also for the phase that is on.
        #[serde(default)]
        now: bool,
    },
    /// What somebody began alone goes on with the others.
    OpenUp,
}

impl Act {
    /// What somebody did, after their name.
    pub fn words(&self) -> String {
        match self {
            Self::Start { .. } => "started".to_owned(),
            Self::Pause { minutes: None } => "paused".to_owned(),
            Self::Pause { minutes: Some(minutes) } => format!("paused for {minutes} min"),
            Self::Resume => "went on".to_owned(),
            Self::Skip => "skipped ahead".to_owned(),
            Self::Stop => "stopped".to_owned(),
            Self::Extend { seconds } if *seconds < 0 => format!("took {} min off", -seconds / 60),
            Self::Extend { seconds } => format!("added {} min", seconds / 60),
            Self::Set { .. } => "changed the rhythm".to_owned(),
            Self::OpenUp => "opened a session up".to_owned(),
        }
    }

    /// What somebody proposes to do.
    pub fn proposal(&self) -> String {
        match self {
            Self::Start { .. } => "start".to_owned(),
            Self::Pause { minutes: None } => "pause".to_owned(),
            Self::Pause { minutes: Some(minutes) } => format!("pause for {minutes} min"),
            Self::Resume => "go on".to_owned(),
            Self::Skip => "skip ahead".to_owned(),
            Self::Stop => "stop".to_owned(),
            Self::Extend { seconds } if *seconds < 0 => format!("take {} min off", -seconds / 60),
            Self::Extend { seconds } => format!("add {} min", seconds / 60),
            Self::Set { .. } => "change the rhythm".to_owned(),
            Self::OpenUp => "open a session up".to_owned(),
        }
    }

    /// Whether it is meant for the phase that is on, and for no other.
    pub const fn is_of_a_phase(&self) -> bool {
        matches!(self, Self::Pause { .. } | Self::Resume | Self::Skip | Self::Stop | Self::Extend { .. })
    }

    /// Whether it can be taken back: what was begun alone stays with the others.
    pub const fn is_undoable(&self) -> bool {
        !matches!(self, Self::OpenUp)
    }
}

/// The right to do an act at once, without asking the others.
pub const fn needs(act: &Act) -> Right {
    match act {
        Act::Start { .. }
        | Act::Pause { .. }
        | Act::Resume
        | Act::Skip
        | Act::Stop
        | Act::Extend { .. }
        | Act::OpenUp => Right::Conduct,
        Act::Set { .. } => Right::ChangeSettings,
    }
}

/// Something that was done, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acted {
    pub by: UserId,
    pub name: Name,
    pub at: Moment,
    #[serde(flatten)]
    pub act: Act,
    /// What was on when it was meant, as `Timer::stage` counts: it is done to nothing else.
    #[serde(skip)]
    pub stage: Option<u64>,
}

/// Something that somebody would do, if the others agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proposal {
    pub id: Key,
    pub by: UserId,
    pub name: Name,
    #[serde(flatten)]
    pub act: Act,
    #[serde(skip)]
    pub stage: Option<u64>,
    pub until: Moment,
    pub yes: u32,
    /// How many are asked, whoever proposed it among them.
    pub asked: u32,
}

impl Proposal {
    /// More than half of those who are asked.
    pub const fn passes(&self) -> bool {
        self.yes * 2 > self.asked
    }
}

impl Timer {
    /// Does it now. What ended on the way, or by it, is the answer.
    pub fn act(&mut self, acted: Acted, empty_since: Option<Moment>) -> Result<Vec<Ended>, Fault> {
        let now = acted.at;
        let mut ended = self.roll(now, empty_since);
        if acted.stage.is_some_and(|stage| stage != self.stage()) {
            return Err(Fault::conflict("what that was meant for is over"));
        }
        match &acted.act {
            Act::Start { grid } => self.start(now, *grid)?,
            Act::Pause { minutes } => self.pause(now, *minutes)?,
            Act::Resume => self.resume(now)?,
            Act::Skip => ended.extend(self.skip(now)?),
            Act::Stop => ended.extend(self.stop(now)?),
            Act::Extend { seconds } => self.extend(now, Duration::seconds((*seconds).into()))?,
            Act::Set { rhythm, now: at_once } => {
                rhythm.check()?;
                self.rhythm = rhythm.clone();
                // What has not begun begins as the new one does.
                if let Run::Waiting { next, .. } = &mut self.run
                    && !next.is_break()
                {
                    *next = rhythm.style.focus();
                }
                if *at_once {
                    ended.extend(self.fit(now));
                }
            }
            // It takes two clocks, and comes from the other one.
            Act::OpenUp => return Err(Fault::conflict("start a session of your own first")),
        }
        self.revision += 1;
        self.last = Some(acted);
        Ok(ended)
    }

    fn start(&mut self, now: Moment, grid: bool) -> Result<(), Fault> {
        match self.run {
            Run::Running { .. } => Err(Fault::conflict("it is running already")),
            Run::Paused { .. } => self.resume(now),
            Run::Idle => {
                self.begin(self.rhythm.style.focus(), now, None);
                Ok(())
            }
            Run::Waiting { next, since, earned_ms, .. } if grid => {
                self.join_grid(next, since, earned_ms, now);
                Ok(())
            }
            // Nobody sat through what was due: whoever comes first begins a cycle of their own.
            Run::Waiting { parked: true, .. } => {
                self.round = 0;
                self.begin(self.rhythm.style.focus(), now, None);
                Ok(())
            }
            Run::Waiting { next, earned_ms, .. } => {
                self.begin(next, now, earned_ms);
                Ok(())
            }
        }
    }

    /// As though it had gone on by itself; what nobody sat through is not recorded.
    fn join_grid(&mut self, next: Phase, since: Moment, earned_ms: Option<u64>, now: Moment) {
        let rhythm = self.rhythm.clone();
        (self.rhythm.auto_break, self.rhythm.auto_focus) = (true, true);
        self.begin(next, since, earned_ms);
        while let Run::Running { ends_at, .. } = self.run
            && ends_at <= now
        {
            let Some(ended) = self.end(ends_at, Ending::Completed) else { break };
            let (next, earned_ms) = self.next_after(&ended);
            self.begin(next, ends_at, earned_ms);
        }
        self.rhythm = rhythm;
    }

    fn pause(&mut self, now: Moment, minutes: Option<u8>) -> Result<(), Fault> {
        if minutes.is_some_and(|minutes| !(1..=LONGEST_PAUSE).contains(&minutes)) {
            return Err(Fault::field("minutes", format!("between 1 and {LONGEST_PAUSE}")));
        }
        let Run::Running { phase, started_at, ends_at } = self.run else {
            return Err(Fault::conflict("nothing is running"));
        };
        let paused_remaining_ms = in_millis(ends_at.since(now));
        let until = minutes.map(|minutes| now.after(Duration::minutes(minutes.into())));
        self.run = Run::Paused { phase, started_at, paused_at: now, paused_remaining_ms, until };
        Ok(())
    }

    fn resume(&mut self, now: Moment) -> Result<(), Fault> {
        if self.go_on(now) { Ok(()) } else { Err(Fault::conflict("it is not paused")) }
    }

    /// On to the next phase, which begins at once: somebody asked for it.
    fn skip(&mut self, now: Moment) -> Result<Option<Ended>, Fault> {
        if let Run::Waiting { next, .. } = self.run {
            if !next.is_break() {
                return Err(Fault::conflict("nothing is running"));
            }
            self.begin(self.rhythm.style.focus(), now, None);
            return Ok(None);
        }
        let ended = self.end(now, Ending::Skipped).ok_or_else(|| Fault::conflict("nothing is running"))?;
        let (next, earned_ms) = self.next_after(&ended);
        self.begin(next, now, earned_ms);
        Ok(Some(ended))
    }

    fn stop(&mut self, now: Moment) -> Result<Option<Ended>, Fault> {
        if self.run == Run::Idle {
            return Err(Fault::conflict("nothing is running"));
        }
        let ended = self.end(now, Ending::Stopped);
        self.run = Run::Idle;
        self.round = 0;
        Ok(ended)
    }

    fn extend(&mut self, now: Moment, by: Duration) -> Result<(), Fault> {
        let too_far = || Fault::conflict("a phase lasts six hours at most");
        let too_near = || Fault::conflict("less than that is left: skip ahead instead");
        let paused = super::total(&self.pauses);
        match &mut self.run {
            Run::Running { phase: Phase::Flow, .. } => Err(Fault::conflict("flow has no end to move")),
            Run::Running { started_at, ends_at, .. } => {
                let end = ends_at.after(by);
                if end <= now {
                    return Err(too_near());
                }
                if end.since(*started_at) - paused > LONGEST {
                    return Err(too_far());
                }
                *ends_at = end;
                Ok(())
            }
            Run::Paused { started_at, paused_at, paused_remaining_ms, .. } => {
                let left = millis(*paused_remaining_ms) + by;
                if left <= Duration::ZERO {
                    return Err(too_near());
                }
                if paused_at.since(*started_at) - paused + left > LONGEST {
                    return Err(too_far());
                }
                *paused_remaining_ms = in_millis(left);
                Ok(())
            }
            Run::Idle | Run::Waiting { .. } => Err(Fault::conflict("nothing is running")),
        }
    }

    /// The new rhythm for the phase that is on: it ends as if it had always been so, but not in the past.
    fn fit(&mut self, now: Moment) -> Vec<Ended> {
        let paused = super::total(&self.pauses);
        let rhythm = self.rhythm.clone();
        match &mut self.run {
            Run::Running { phase, started_at, ends_at } => {
                let end = match rhythm.style {
                    Style::Aligned => rhythm.end_of(*phase, *started_at, None),
                    Style::Rounds | Style::Flow => started_at.after(rhythm.length(*phase)).after(paused),
                };
                *ends_at = end.max(now);
            }
            Run::Paused { phase, started_at, paused_at, paused_remaining_ms, .. } => {
                let worked = paused_at.since(*started_at) - paused;
                *paused_remaining_ms = in_millis(rhythm.length(*phase) - worked);
            }
            Run::Idle | Run::Waiting { .. } => {}
        }
        self.roll(now, None)
    }
}
