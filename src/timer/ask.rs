//! What is asked of a clock: a hive's, or with no hive one's own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Act, Acted, Ended, Lane, Proposal, Rhythm, Step, Style, Timer};
use crate::{
    id::{HiveId, Key, UserId},
    moment::Moment,
    text::{Goal, Name},
};

/// Names one clock; most requests are no more than that.
macro_rules! asks_of_a_clock {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            #[serde(default)]
            pub hive: Option<HiveId>,
        }
    )*};
}

asks_of_a_clock! {
    /// How it stands.
    Sync;
}

/// Takes back what was done last, for ten seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    #[serde(default)]
    pub hive: Option<HiveId>,
    /// When that was done, as one saw it: what somebody did meanwhile is not taken back instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

/// Done to what is on, and to nothing else where that is named: a press that comes a moment late
/// does not meet the next phase.
macro_rules! asks_of_a_phase {
    ($($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            #[serde(default)]
            pub hive: Option<HiveId>,
            $($(#[$about])* pub $field: $type,)*
            /// Twice the ordinal of the phase that is on, and one more once it is over.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub stage: Option<u64>,
        }
    )*};
}

asks_of_a_phase! {
    Pause {
        /// Then it goes on by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 1, maximum = 60)]
        minutes: Option<u8>,
    }
    Resume {}
    Skip {}
    Stop {}
    Extend {
        /// Less than none takes time off.
        seconds: i32,
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Start {
    #[serde(default)]
    pub hive: Option<HiveId>,
    /// What one is going to work on; left out, what one said last stays.
    /// Left blank, there is none.
    #[serde(default, with = "crate::said")]
    pub goal: Option<Option<Goal>>,
    /// Joins the rhythm where it would be by now, instead of starting afresh.
    #[serde(default)]
    pub grid: bool,
}

/// Another rhythm, from the next phase on. Flat, so that a form can be it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Set {
    #[serde(default)]
    pub hive: Option<HiveId>,
    #[serde(default)]
    pub style: Style,
    #[schema(minimum = 1, maximum = 180)]
    pub focus_minutes: u16,
    #[schema(minimum = 1, maximum = 60)]
    pub short_minutes: u16,
    #[schema(minimum = 1, maximum = 120)]
    pub long_minutes: u16,
    #[schema(minimum = 1, maximum = 12)]
    pub rounds: u8,
    #[schema(minimum = 2, maximum = 10)]
    pub flow_ratio: u8,
    #[serde(default)]
    pub auto_break: bool,
    #[serde(default)]
    pub auto_focus: bool,
    /// Also for the phase that is on.
    #[serde(default)]
    pub now: bool,
}

impl Set {
    pub fn rhythm(&self) -> Rhythm {
        let Self {
            style, focus_minutes, short_minutes, long_minutes, rounds, flow_ratio, auto_break, auto_focus, ..
        } = *self;
        Rhythm { style, focus_minutes, short_minutes, long_minutes, rounds, flow_ratio, auto_break, auto_focus }
    }
}

/// Agrees to what somebody proposed, or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub hive: HiveId,
    pub proposal: Key,
    pub yes: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub hive: HiveId,
    pub to: Step,
}

/// One's own clock goes on as the clock of a hive, without starting again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenUp {
    pub hive: HiveId,
}

/// What was done to a hive's clock in the last days, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListActs {
    pub hive: HiveId,
}

/// As many as anybody reads.
pub const MOST_ACTS: usize = 50;

/// One thing that was done, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Did {
    pub by: UserId,
    pub name: Name,
    pub at: Moment,
    /// Nothing where what was done before it was taken back.
    pub act: Option<Act>,
}

impl Did {
    /// What they did, after their name.
    pub fn words(&self) -> String {
        self.act.as_ref().map_or_else(|| "took that back".to_owned(), Act::words)
    }
}

/// The clocks one takes part in right now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListMine {}

/// One of them, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mine {
    pub hive: Option<HiveId>,
    pub name: String,
    pub view: View,
}

/// A clock, and how it goes for whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct View {
    pub timer: Timer,
    pub lane: Lane,
    pub proposal: Option<Proposal>,
    /// What one works on at a clock of one's own.
    #[serde(default)]
    pub goal: Option<Goal>,
    /// What time it is where the facts are from.
    pub now: Moment,
}

/// The clock after an act, or what was proposed instead to those whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {
    pub timer: Timer,
    pub proposal: Option<Proposal>,
}

/// A clock that changed, and which phases ended with that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    /// The hive, or none for one's own.
    pub hive: Option<HiveId>,
    pub timer: Timer,
    pub ended: Vec<Ended>,
    /// What somebody did, if anybody did.
    pub acted: Option<Acted>,
}

/// What becomes of a proposal: asked, or settled one way or the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proposed {
    pub proposal: Proposal,
    pub open: bool,
}

/// One's own lane, on every device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LaneChanged {
    pub hive: HiveId,
    pub lane: Lane,
}
