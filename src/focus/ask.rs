//! What is asked about one's own sessions. Nobody is asked about another's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Outcome, Piece, Pull, Stint};
use crate::{
    id::{HiveId, StintId},
    moment::Moment,
    text::{Goal, number_or_none},
    timer::Phase,
};

/// The most sessions in one page of history.
pub const PAGE: u32 = 50;

/// How it came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetOutcome {
    pub stint: StintId,
    pub outcome: Outcome,
}

/// One's own word about how long it was; none takes it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correct {
    pub stint: StintId,
    #[serde(default, deserialize_with = "number_or_none")]
    #[schema(maximum = 720)]
    pub minutes: Option<u16>,
}

/// The account of one session, piece by piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    pub stint: StintId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    pub stint: Stint,
    pub pieces: Vec<Piece>,
    pub pulls: Vec<Pulled>,
    /// When this house itself interrupted them: whatever made a sound or showed a notice.
    #[serde(default)]
    pub ours: Vec<Moment>,
}

/// What pulled them away, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pulled {
    pub at: Moment,
    pub by: Pull,
}

/// Something pulled one away, and the clock goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    #[serde(default)]
    pub hive: Option<HiveId>,
    pub by: Pull,
}

/// One's own sessions, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// Those that began before this.
    #[serde(default)]
    pub before: Option<Moment>,
    #[serde(default)]
    pub limit: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = StintPage)]
pub struct Page {
    pub stints: Vec<Stint>,
    pub earlier: bool,
}

/// Today, this week, and how many days in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookTotals {}

/// How often this house itself interrupted people at work, all of them together, of late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookHouse {}

/// Nobody's own figures: what all of them add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct House {
    pub days: u16,
    pub focus_seconds: u64,
    /// What made a sound or showed a notice in the middle of somebody's focus.
    pub interruptions: u32,
}

impl House {
    /// How often in an hour of focus, in tenths; nothing where nobody focused.
    pub const fn tenths_an_hour(self) -> Option<u64> {
        (self.interruptions as u64 * 36_000).checked_div(self.focus_seconds)
    }
}

/// Which signals one wants at the end of a phase: one soft chime each, unless one chose otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signals {
    #[serde(default)]
    pub focus_sound: bool,
    #[serde(default)]
    pub break_sound: bool,
    /// The tab's title says it for a while, where one is not looking.
    #[serde(default)]
    pub focus_title: bool,
    #[serde(default)]
    pub break_title: bool,
    #[serde(default)]
    pub focus_tick: bool,
    #[serde(default)]
    pub break_tick: bool,
    /// In parts of a hundred.
    #[schema(maximum = 100)]
    pub volume: u8,
}

impl Default for Signals {
    fn default() -> Self {
        Self {
            focus_sound: true,
            break_sound: true,
            focus_title: false,
            break_title: false,
            focus_tick: false,
            break_tick: false,
            volume: 40,
        }
    }
}

impl Signals {
    /// Whether a sound is wanted at the end of that phase.
    pub const fn sounds(self, ended: Phase) -> bool {
        if ended.is_break() { self.break_sound } else { self.focus_sound }
    }

    /// Whether a tick every second is wanted in that phase.
    pub const fn ticks(self, on: Phase) -> bool {
        if on.is_break() { self.break_tick } else { self.focus_tick }
    }

    /// Whether the title is to say that it is over.
    pub const fn says_so(self, ended: Phase) -> bool {
        if ended.is_break() { self.break_title } else { self.focus_title }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookSignals {}

/// On `user/{id}`: a session of one's own is over, and wants to know how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recorded {
    pub stint: Stint,
    /// What is offered first the next time.
    pub goal: Option<Goal>,
}
