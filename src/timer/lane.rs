//! How the shared clock goes for one person. A lane never moves the clock of the others.

use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;

use super::{Run, Timer};
use crate::{moment::Moment, presence};

/// How far somebody may finish a thought beyond the end.
pub const OVERTIME: Duration = Duration::minutes(15);

/// What somebody chose; everything but going in step is for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Lane {
    #[default]
    InStep,
    /// Paused for oneself alone.
    Paused { since: Moment },
    /// Finishing a thought, while the others rest.
    Overtime { since: Moment },
    /// At one's own count-up clock.
    Flow { since: Moment },
    /// Sits this phase out, and joins at the next start.
    Out { ordinal: u64 },
}

/// What somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    InStep,
    Pause,
    Overtime,
    Flow,
    Out,
}

impl Lane {
    /// What is left of it by now: overtime ends, and whoever sat out is in step at the next start.
    pub fn at(self, timer: &Timer, now: Moment) -> Self {
        match self {
            Self::Overtime { since } if now >= since.after(OVERTIME) || timer.is_focus() => Self::InStep,
            Self::Out { ordinal } if timer.ordinal > ordinal && timer.is_focus() => Self::InStep,
            Self::InStep | Self::Paused { .. } | Self::Overtime { .. } | Self::Flow { .. } | Self::Out { .. } => self,
        }
    }

    /// When it is over by itself, whatever the clock does.
    pub fn ends_at(self) -> Option<Moment> {
        match self {
            Self::Overtime { since } => Some(since.after(OVERTIME)),
            Self::InStep | Self::Paused { .. } | Self::Flow { .. } | Self::Out { .. } => None,
        }
    }

    /// Whether time spent now counts as focus with the others.
    pub fn counts(self, timer: &Timer) -> bool {
        match self {
            Self::InStep => timer.is_focus(),
            Self::Overtime { .. } => true,
            Self::Paused { .. } | Self::Flow { .. } | Self::Out { .. } => false,
        }
    }

    /// The part somebody has in a session, for what the others see of them.
    pub fn session(self, timer: &Timer) -> Option<presence::Session> {
        match self {
            Self::Overtime { since } => Some(presence::Session::Overtime { since }),
            Self::Flow { since } => Some(presence::Session::Flow { since }),
            Self::Out { .. } => None,
            Self::Paused { .. } => timer.phase().map(|_| presence::Session::Paused),
            Self::InStep => match timer.run {
                Run::Running { phase, ends_at, .. } if phase.is_break() => {
                    Some(presence::Session::Break { until: ends_at })
                }
                Run::Running { phase: super::Phase::Flow, started_at, .. } => {
                    Some(presence::Session::Flow { since: started_at })
                }
                Run::Running { ends_at, .. } => Some(presence::Session::Focus { until: ends_at }),
                Run::Paused { .. } => Some(presence::Session::Paused),
                Run::Idle | Run::Waiting { .. } => None,
            },
        }
    }
}
